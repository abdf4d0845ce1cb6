"""The panels of %runs and %compare as a person sees and uses them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab

RUNS = """
import math
import cellbook as cb
from cellbook.widgets import compare_panel, runs_list
book = cb.open(".")
made = [("baseline", 0.01, 2), ("wide <b>net</b>", 0.03, 4), ("too bold", 1.0, 2)]
made += [(f"number {place}", place / 100, 3) for place in range(4, 12)]
for name, lr, layers in made:
    params = {"lr": lr, "layers": layers, "seed": 7}
    with cb.start_run(name, experiment="digits", params=params) as run:
        for step in range(40):
            gain = 1 - math.exp(-step * lr * 10)
            run.log_metrics({"acc": 0.5 + 0.4 * gain, "loss": 2.2 - 2 * gain}, step)
        if name.endswith("8"):
            run.end("stopped")
"""


def open_runs(lab: Lab, name: str, *cells: str) -> None:
    lab.server.write_notebook(f"{name}/{name}.ipynb", RUNS, *cells)
    lab.open(f"{name}/{name}.ipynb")
    lab.run_cell(0)


def live_panel(lab: Lab, index: int) -> Locator:
    panel = lab.cell(index).locator(".cellbook-panel")
    expect(panel).to_be_visible()
    return panel


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_panels_are_seen(lab: Lab, theme: str) -> None:
    open_runs(
        lab,
        f"panels-{theme}",
        "runs_list(book)",
        "compare_panel(book, [1, 2, 3])",
        "compare_panel(book, range(1, 9))",
    )
    lab.use_theme(theme)
    assert "wide <b>net</b>" in lab.run_cell(1)
    lab.screenshot(f"runs-{theme}", lab.outputs(1).first)
    lab.run_cell(2)
    panel = live_panel(lab, 2)
    expect(panel).to_contain_text("#2 wide <b>net</b>")
    expect(panel.locator("svg[role=img]")).to_be_visible()
    expect(lab.outputs(2).first).to_be_hidden()
    lab.screenshot(f"compare-{theme}", panel)
    lab.run_cell(3)
    expect(live_panel(lab, 3).locator("svg[role=img]")).to_be_visible()
    lab.screenshot(f"compare-many-{theme}", live_panel(lab, 3))


def test_compare_follows_the_hands(lab: Lab) -> None:
    open_runs(lab, "hands", "compare_panel(book, ['#1', '#3'])")
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(panel).not_to_contain_text("seed")
    panel.get_by_role("button", name="all", exact=True).click()
    expect(panel).to_contain_text("seed")
    baseline = panel.locator(".widget-dropdown", has_text="baseline ★").get_by_role("combobox")
    baseline.select_option("#3 too bold")
    expect(panel.locator("th", has_text="#3 too bold")).to_contain_text("★")
    expect(panel.locator("th", has_text="#1 baseline")).not_to_contain_text("★")
    chart = panel.locator("svg[role=img]")
    panel.get_by_role("combobox").nth(1).select_option("loss")
    expect(chart.locator(".cb-title")).to_have_text("loss")
    panel.get_by_role("button", name="time", exact=True).click()
    expect(chart.get_by_text("time", exact=True)).to_be_attached()
    chart.hover()
    expect(chart.locator(".cb-tip >> visible=true").get_by_text("#1").first).to_be_visible()


def test_compare_outlives_its_kernel(lab: Lab) -> None:
    open_runs(lab, "later", "compare_panel(book, [1, 2])")
    lab.run_cell(1)
    live_panel(lab, 1)
    lab.save()
    lab.server.end_kernels()
    lab.open("later/later.ipynb")
    still, live = lab.outputs(1).first, lab.outputs(1).last
    expect(still).to_be_visible()
    expect(still).to_contain_text("#1 baseline ★")
    expect(live).to_contain_text("model not found", timeout=60_000)
    expect(live).to_be_hidden()


def test_status_is_a_table(lab: Lab) -> None:
    lab.server.write_notebook("status/status.ipynb", "%load_ext cellbook", "%cellbook doctor")
    lab.open("status/status.ipynb")
    lab.run_cell(0)
    lab.run_cell(1)
    expect(lab.cell(1).locator("th", has_text="recording")).to_be_visible()
    expect(lab.cell(1).locator("th", has_text="✓ cellbook")).to_be_visible()
    lab.screenshot("status", lab.outputs(1).first)
