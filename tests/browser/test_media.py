"""What runs show besides numbers, and their details, as a person sees and uses them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.test_panels import live_panel, plot_of

SHOW = """
%load_ext cellbook
import cellbook as cb
import numpy as np
import plotly.graph_objects as go
rng = np.random.default_rng(0)
for name in ("first <b>run</b>", "second"):
    with cb.start_run(name, experiment="media") as run:
        for step in (0, 5, 10):
            run.log_image(rng.random((64, 96, 3)), key="sample", step=step)
            run.log_histogram(rng.normal(step, 1, 500), "weights", step=step)
            run.log_metric("loss", 1 / (step + 1), step)
        run.log_table({"label": ["<script>alert(1)</script>", "b"], "share": [0.2, 0.8]}, "top.csv")
        run.log_text("a report of " + name, "report.txt")
        run.log_dict({"deep": [1, 2]}, "settings.json")
        run.log_figure(go.Figure(go.Scatter(y=[1, 3, 2])), "curve.json")
        run.log_audio(np.sin(np.arange(8000) / 5), "tone.wav", sample_rate=8000)
        print("trained", name)
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_media_stand_side_by_side(lab: Lab, theme: str) -> None:
    name = f"media-{theme}"
    lab.server.write_notebook(f"{name}/{name}.ipynb", SHOW, "%compare #1 #2")
    lab.open(f"{name}/{name}.ipynb")
    lab.use_theme(theme)
    lab.run_cell(0)
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    panel.get_by_role("tab", name="Curves").press("ArrowRight")
    expect(panel.get_by_role("tab", name="Relations")).to_be_focused()
    panel.get_by_role("tab", name="Media").click()
    shown = panel.get_by_label("show")
    shown.select_option(label="sample · image")
    pictures = panel.locator(".cb-media img")
    expect(pictures).to_have_count(2)
    expect(pictures.first).to_have_js_property("naturalWidth", 96)
    last = pictures.first.get_attribute("src")
    panel.get_by_label("step").fill("0")
    expect(panel.locator("output")).to_have_text("0")
    expect(pictures.first).not_to_have_attribute("src", str(last))
    lab.screenshot(f"media-{theme}", panel)
    shown.select_option(label="top.csv · table")
    expect(panel.locator(".cb-media table").first).to_contain_text("<script>alert(1)</script>")
    shown.select_option(label="report.txt · text")
    expect(panel.locator(".cb-media pre").last).to_have_text("a report of second")
    shown.select_option(label="settings.json · dict")
    expect(panel.locator(".cb-media pre").first).to_contain_text("deep")
    shown.select_option(label="weights · histogram")
    expect(panel.locator(".cb-media .barlayer").first).to_be_attached()
    shown.select_option(label="curve.json · figure")
    expect(panel.locator(".cb-media .scatterlayer").first).to_be_attached()
    shown.select_option(label="tone.wav · audio")
    expect(panel.locator("audio")).to_have_count(2)
    with lab.page.expect_download() as saved:
        panel.get_by_role("button", name="download").first.click()
    assert saved.value.suggested_filename == "tone.wav"


def test_details_show_what_is_on_record(lab: Lab) -> None:
    lab.server.write_notebook("details/details.ipynb", SHOW, "%compare #1 #2")
    lab.open("details/details.ipynb")
    lab.run_cell(0)
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(plot_of(panel)).to_be_visible()
    panel.get_by_role("tab", name="Details").click()
    panel.locator(".cb-rundetails select").select_option("#2 second")
    panel.locator("summary", has_text="Cells").click()
    expect(panel.locator(".cb-cells")).to_contain_text("rng.normal")
    panel.get_by_text("Console").click()
    expect(panel.locator(".cb-console pre")).to_contain_text("trained second")
    panel.get_by_text("Artifacts").click()
    with lab.page.expect_download() as saved:
        panel.get_by_role("button", name="report.txt").click()
    assert saved.value.path().read_text() == "a report of second"
    panel.get_by_text("Environment").last.click()
    expect(panel.locator(".cb-fold .cb-facts-table").first).to_contain_text("CPython")
    expect(panel.locator(".cb-detailsparts")).to_contain_text("loss")
    lab.screenshot("details-inline", panel)
