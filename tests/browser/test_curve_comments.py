"""Points of curves are chosen, by hand and by keys, and discussed; so are dashboards."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.test_panels import live_panel, open_runs, plot_of

LONG = """
import math
import cellbook as cb
from cellbook.widgets import compare_panel
book = cb.open(".")
for name, rate in (("slow", 0.002), ("fast", 0.006)):
    with cb.start_run(name, experiment="long") as run:
        for step in range(4000):
            run.log_metric("acc", 1 - math.exp(-step * rate) + 0.02 * math.sin(step), step)
"""


def point_box(panel: Locator) -> Locator:
    return panel.get_by_role("region", name="Chosen point")


def say(panel: Locator, text: str) -> None:
    """Comment on the point that is chosen."""
    point_box(panel).get_by_role("button", name="Comment on this point").click()
    point_box(panel).get_by_role("combobox", name="Comment on this point").fill(text)
    point_box(panel).get_by_role("button", name="Comment", exact=True).click()
    expect(point_box(panel).locator(".cb-comment")).to_contain_text(text)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_point_is_clicked_discussed_and_marked(lab: Lab, theme: str) -> None:
    name = f"points-{theme}"
    lab.server.write_notebook(f"{name}/{name}.ipynb", LONG, "compare_panel(book, [1, 2])")
    lab.open(f"{name}/{name}.ipynb")
    lab.run_cell(0)
    lab.use_theme(theme)
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(plot_of(panel)).to_be_visible()
    panel.get_by_label("over").select_option("relative time")
    panel.get_by_label("smoothing").fill("0.9")
    expect(panel.locator(".xtitle")).to_have_text("seconds since the start")
    expect(panel.locator(".trace.scatter")).to_have_count(6)
    plot_of(panel).click(position={"x": 400, "y": 150})
    head = point_box(panel).locator(".cb-pointhead")
    expect(head).to_have_text(re.compile(r"#[12] (slow|fast) · acc · step \d+ · 0\.\d+"))
    told = head.locator("bdi").inner_text()
    expect(panel.locator("[role=status]").filter(has_text="Chosen")).to_have_text(f"Chosen: {told}")
    say(panel, "Why does it bend here?")
    step = re.search(r"step (\d+)", told)[1]  # type: ignore[index]
    mark = panel.get_by_role("button", name=re.compile(rf"^1 comment on step {step} of #"))
    expect(mark).to_be_visible()
    lab.screenshot(f"curve-comment-{theme}", panel)
    # Another window, hours later: the mark is there, and opens what was said.
    lab.command("docmanager:save")
    lab.page.reload()
    lab.wait_idle()
    lab.run_cell(1)
    again = live_panel(lab, 1)
    mark = again.get_by_role("button", name=re.compile(r"^1 comment on step \d+ of #"))
    mark.click()
    expect(mark).to_have_attribute("aria-pressed", "true")
    expect(point_box(again)).to_contain_text("Why does it bend here?")
    expect(point_box(again).locator(".cb-pointhead")).to_contain_text(f"step {step}")
    point_box(again).get_by_role("button", name="Let go of this point").click()
    expect(point_box(again)).to_have_count(0)
    expect(again.get_by_role("application")).to_be_focused()


def test_a_point_is_chosen_by_keys_and_never_by_a_drag(lab: Lab) -> None:
    open_runs(lab, "points-keys", "compare_panel(book, [1, 2])")
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(plot_of(panel)).to_be_visible()
    chart = panel.get_by_role("application", name=re.compile("Points of acc"))
    # A click on the legend chooses nothing.
    plot_of(panel).locator(".legendtoggle").first.click()
    named = plot_of(panel).locator(".legend .traces").first
    expect(named).to_have_css("opacity", "0.5")
    expect(point_box(panel)).to_have_count(0)
    # The first run is hidden: what is nearest is of the second one.
    plot_of(panel).click(position={"x": 300, "y": 200})
    expect(point_box(panel).locator(".cb-pointhead")).to_contain_text("#2 wide")
    plot_of(panel).locator(".legendtoggle").first.click()
    expect(named).to_have_css("opacity", "1")
    lab.page.keyboard.press("Escape")
    expect(point_box(panel)).to_have_count(0)
    chart.focus()
    press = lab.page.keyboard.press
    told = panel.locator("[role=status].cb-sr")
    press("ArrowRight")
    expect(told).to_have_text("#1 baseline · acc · step 0 · 0.5000")
    press("ArrowRight")
    press("ArrowRight")
    expect(told).to_have_text(re.compile("^#1 baseline · acc · step 2 "))
    press("ArrowUp")
    expect(told).to_have_text(re.compile("^#2 wide <b>net</b> · acc · step 2 "))
    lab.screenshot("curve-keys", panel)
    press("Enter")
    expect(told).to_have_text(re.compile("^Chosen: #2 wide"))
    press("Escape")
    expect(point_box(panel)).to_have_count(0)
    press("End")
    press("End")
    press("Enter")
    expect(told).to_have_text(re.compile("^Chosen: #[12] .* step 39 "))
    press("Tab")
    expect(panel.get_by_role("button", name="Comment on this point")).to_be_focused()
    press("Enter")
    lab.page.keyboard.type("By keys alone")
    press("Control+Enter")
    expect(point_box(panel).locator(".cb-comment")).to_contain_text("By keys alone")
    expect(panel.get_by_role("button", name="Comment on this point")).to_be_focused()
    press("Escape")
    expect(chart).to_be_focused()
    # Who drags zooms, and chooses nothing.
    whole = panel.get_by_role("button", name="whole axis")
    drawn = panel.locator(".js-plotly-plot").element_handle()
    ranges = "node => [node._fullLayout.xaxis.autorange, node._fullLayout.yaxis.autorange]"
    for reset in (whole.click, lambda: plot_of(panel).dblclick(position={"x": 300, "y": 100})):
        plot_of(panel).hover(position={"x": 200, "y": 50})
        box = plot_of(panel).bounding_box()
        assert box is not None
        lab.page.mouse.down()
        lab.page.mouse.move(box["x"] + 500, box["y"] + 130, steps=5)
        lab.page.mouse.up()
        expect(whole).to_be_visible()
        expect(point_box(panel)).to_have_count(0)
        assert lab.page.evaluate(ranges, drawn) == [False, False]
        # Whole means in both directions: the first point can be chosen again.
        reset()
        expect(whole).to_have_count(0)
        lab.page.wait_for_function(f"node => ({ranges})(node).every(Boolean)", arg=drawn)
        chart.focus()
        press("Home")
        press("Home")
        expect(told).to_contain_text(" · step 0 · ")
        press("Escape")


def test_a_point_is_discussed_in_the_sidebar(lab: Lab) -> None:
    open_runs(lab, "points-side", "%load_ext cellbook", '%comment metric:#1/acc@30 "Flat here"')
    for index in (1, 2):
        lab.run_cell(index)
    lab.command("cellbook:open-run", run="#1", metric="acc", step=30)
    side = lab.page.locator("#cellbook-sidebar")
    expect(point_box(side)).to_contain_text("Flat here")
    side.get_by_role("button", name="1 comment on step 30 of #1").click()
    expect(point_box(side).locator(".cb-pointhead")).to_contain_text("step 30")
    chart = side.locator(".cb-points svg[role=img]")
    chart.click(position={"x": 60, "y": 60})
    expect(point_box(side).locator(".cb-pointhead")).not_to_contain_text("step 30")
    say(side, "And here")
    expect(side.locator(".cb-pointmark")).to_have_count(2)
    lab.screenshot("curve-side", side)


def test_five_tabs_of_a_narrow_sidebar_can_be_read(lab: Lab) -> None:
    open_runs(lab, "narrow")
    lab.command("cellbook:open-run", run="#1")
    side = lab.page.locator("#cellbook-sidebar")
    tabs = side.get_by_role("tablist", name="Cellbook")
    expect(tabs.get_by_role("tab", name="Runs")).to_be_visible()
    outside = """list => {
        while (list.children.length < 5) list.append(list.lastElementChild.cloneNode(true));
        list.style.width = '250px';
        const { right, bottom } = list.getBoundingClientRect();
        return [...list.children].filter(tab => {
            const box = tab.getBoundingClientRect();
            return box.right > right || box.bottom > bottom || tab.scrollWidth > tab.clientWidth;
        }).length;
    }"""
    assert tabs.evaluate(outside) == 0
    lab.screenshot("sidebar-narrow", side)


def test_a_dashboard_is_discussed(lab: Lab) -> None:
    open_runs(
        lab,
        "board-talk",
        "%load_ext cellbook",
        "%dashboard weekly --add #1 #2",
        "%dashboard weekly",
        "%comments dashboard:weekly",
    )
    for index in (1, 2, 3):
        lab.run_cell(index)
    talk = live_panel(lab, 3).get_by_role("region", name="Discussion of the dashboard")
    expect(talk).to_contain_text("Nothing is said of this dashboard yet")
    talk.get_by_role("combobox", name="Comment").fill("Add the third run?")
    talk.get_by_role("button", name="Comment", exact=True).click()
    expect(talk.locator(".cb-comment")).to_contain_text("Add the third run?")
    lab.screenshot("dashboard-talk", live_panel(lab, 3))
    lab.run_cell(4)
    expect(live_panel(lab, 4)).to_contain_text("Add the third run?")
