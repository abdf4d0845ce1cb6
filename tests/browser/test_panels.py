"""The panels of %runs and %compare as a person sees and uses them."""

from __future__ import annotations

import re

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


def plot_of(panel: Locator) -> Locator:
    return panel.locator(".cb-plot .svg-container")


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
    lab.run_cell(1)
    expect(live_panel(lab, 1)).to_contain_text("wide <b>net</b>")
    expect(lab.outputs(1).first).to_be_hidden()
    lab.screenshot(f"runs-{theme}", live_panel(lab, 1))
    lab.run_cell(2)
    panel = live_panel(lab, 2)
    expect(panel).to_contain_text("wide <b>net</b>")
    expect(plot_of(panel)).to_be_visible()
    expect(lab.outputs(2).first).to_be_hidden()
    lab.screenshot(f"compare-{theme}", panel)
    lab.run_cell(3)
    expect(plot_of(live_panel(lab, 3))).to_be_visible()
    lab.screenshot(f"compare-many-{theme}", live_panel(lab, 3))


def test_compare_follows_the_hands(lab: Lab) -> None:
    open_runs(lab, "hands", "compare_panel(book, [1, 3, 4])")
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(panel.locator("table")).not_to_contain_text("seed")
    panel.get_by_label("only what differs").uncheck()
    expect(panel.locator("table")).to_contain_text("seed")
    panel.get_by_role("button", name="Run 3 is the baseline").click()
    expect(panel.get_by_role("button", name="Run 3 is the baseline")).to_have_attribute(
        "aria-pressed", "true"
    )
    plot = plot_of(panel)
    expect(plot).to_be_visible()
    expect(plot.locator(".scatterlayer .trace.scatter")).to_have_count(6)
    panel.get_by_label("metric").select_option("loss")
    expect(panel.get_by_role("img", name="loss of 3 runs")).to_be_visible()
    panel.get_by_label("group by").select_option("params.layers")
    expect(plot.locator(".legend")).to_contain_text("layers 2 (2 runs)")
    panel.get_by_label("band").select_option("95 % CI")
    panel.get_by_label("over").select_option("relative time")
    expect(plot.locator(".xtitle")).to_have_text("seconds since the start")
    panel.get_by_label("smoothing").fill("0.5")
    panel.get_by_label("log").check()
    panel.get_by_role("button", name="Take run 4 out").click()
    expect(panel).to_contain_text("2 runs compared")


def test_a_zoom_fetches_what_lies_between(lab: Lab) -> None:
    many = """
import math
with cb.start_run("long", experiment="long") as run:
    for step in range(20_000):
        run.log_metric("wave", math.sin(step / 3) + step / 20_000, step)
compare_panel(book, ["long"])
"""
    open_runs(lab, "zoom", many)
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    plot = plot_of(panel)
    expect(plot).to_be_visible()
    plot.scroll_into_view_if_needed()
    area = plot.locator(".nsewdrag.drag").first.bounding_box()
    assert area is not None
    middle = area["y"] + area["height"] / 2
    lab.page.mouse.move(area["x"] + area["width"] * 0.5, middle)
    lab.page.mouse.down()
    lab.page.mouse.move(area["x"] + area["width"] * 0.505 + 12, middle, steps=4)
    lab.page.mouse.up()
    expect(panel.get_by_role("button", name="whole axis")).to_be_visible()
    shown = "node => node.data.find(trace => trace.mode === 'lines').x"
    lab.page.wait_for_function(
        f"node => {{ const x = ({shown})(node); return x[1] - x[0] === 1; }}",
        arg=panel.locator(".js-plotly-plot").element_handle(),
    )
    panel.get_by_role("button", name="whole axis").click()
    lab.page.wait_for_function(
        f"node => {{ const x = ({shown})(node); return x[0] === 0 && x.at(-1) === 19999; }}",
        arg=panel.locator(".js-plotly-plot").element_handle(),
    )


def test_compare_follows_a_run_of_its_own_kernel_while_a_cell_runs(lab: Lab) -> None:
    train = """
import time
run = cb.start_run("live", experiment="live")
run.log_metric("loss", 1.0, 0)
run.log_metric("loss", 0.9, 1)
display(compare_panel(book, [run.run_id]))
for step in range(2, 60):
    run.log_metric("loss", 1 / step, step)
    time.sleep(0.5)
"""
    open_runs(lab, "panel-follow", train)
    lab.cell(1).click()
    lab.page.keyboard.press("Control+Enter")
    panel = lab.cell(1).locator(".cellbook-panel")
    expect(plot_of(panel)).to_be_visible(timeout=20_000)
    lab.page.wait_for_function(
        "node => node.data.find(trace => trace.mode === 'lines').x.length > 8",
        arg=panel.locator(".js-plotly-plot").element_handle(),
    )
    expect(lab.cell(1).locator(".jp-InputPrompt")).to_have_text("[*]:")
    lab.command("notebook:interrupt-kernel")


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


def test_a_panel_of_a_kernel_that_is_gone_keeps_none_waiting(lab: Lab) -> None:
    """A notebook that keeps its widgets' state shows the old panel, of which nothing comes."""
    open_runs(lab, "kept", "compare_panel(book, [1, 2])", "compare_panel(book, [1, 3])")
    lab.run_cell(1)
    live_panel(lab, 1)
    lab.command("@jupyter-widgets/jupyterlab-manager:saveWidgetState")
    lab.save()
    lab.server.end_kernels()
    assert "_esm" in (lab.server.root / "kept/kept.ipynb").read_text()
    lab.open("kept/kept.ipynb")
    expect(lab.cell(1).locator(".jupyter-widgets-disconnected")).to_be_attached(timeout=20_000)
    for place in (0, 2):
        lab.select(place)
        lab.command("notebook:run-cell")
    expect(plot_of(lab.cell(2).locator(".cellbook-panel"))).to_be_visible(timeout=20_000)
    lab.command("@jupyter-widgets/jupyterlab-manager:saveWidgetState")


def test_status_is_a_table(lab: Lab) -> None:
    lab.server.write_notebook("doctor/status.ipynb", "%load_ext cellbook", "%cellbook doctor")
    lab.open("doctor/status.ipynb")
    lab.run_cell(0)
    lab.run_cell(1)
    expect(lab.cell(1).locator("th", has_text="recording")).to_be_visible()
    expect(lab.cell(1).locator("th", has_text="✓ cellbook")).to_be_visible()
    lab.screenshot("status", lab.outputs(1).first)


def test_keys_in_a_panel_stay_there_but_those_with_control(lab: Lab) -> None:
    open_runs(lab, "panel-keys", "compare_panel(book, [1, 2])")
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(plot_of(panel)).to_be_visible()
    panel.get_by_label("smoothing").press("ArrowRight")
    expect(panel.locator("output")).to_have_text("0.01")
    expect(lab.cell(1)).to_have_class(re.compile("jp-mod-selected"))
    lab.page.keyboard.press("Control+s")
    expect(
        lab.page.locator(".jp-Document.lm-mod-current, .lm-TabBar-tab.jp-mod-dirty")
    ).to_have_count(0)


def test_the_code_of_a_picture_of_curves_makes_it(lab: Lab) -> None:
    open_runs(lab, "curves-code", "compare_panel(book, [1, 3, 4])")
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(plot_of(panel)).to_be_visible()
    panel.get_by_role("button", name="picture").click()
    panel.get_by_role("menuitem", name="Show the code").click()
    shown = panel.locator(".cb-picturecode pre")
    expect(shown).to_contain_text('cb.metric_history([1, 3, 4], ["acc"])')
    plain = shown.inner_text()
    panel.get_by_label("group by").select_option("params.layers")
    panel.get_by_label("over").select_option("relative time")
    panel.get_by_label("smoothing").fill("0.5")
    expect(shown).to_contain_text("ewm(alpha=0.50)")
    for code in (plain, shown.inner_text()):
        made = lab.append_cell(code)
        assert "Error" not in lab.run_cell(made), code
        drawn = lab.cell(made).locator(".js-plotly-plot .main-svg").first
        expect(drawn).to_be_visible(timeout=60_000)
