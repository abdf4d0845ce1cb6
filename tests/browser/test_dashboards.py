"""Dashboards as a person puts them together, keeps them, and hands them on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.test_panels import live_panel, open_runs, plot_of


def test_a_comparison_goes_on_a_dashboard_which_is_changed_by_hand(lab: Lab) -> None:
    open_runs(
        lab,
        "dashboards",
        "%load_ext cellbook",
        "compare_panel(book, [1, 2])",
        '%dashboard "my week" --query "params.layers = 3" --title "three layers"',
        '%dashboard "my week"',
    )
    lab.run_cell(1)
    lab.run_cell(2)
    panel = live_panel(lab, 2)
    panel.get_by_label("metric").select_option("loss")
    panel.get_by_label("log").check()
    panel.get_by_role("button", name="export").click()
    panel.get_by_role("menuitem", name="Add to a dashboard").click()
    panel.get_by_label("add to the dashboard").fill("my week")
    panel.get_by_label("add to the dashboard").press("Enter")
    expect(panel.locator("p[role=status]")).to_contain_text("It is on the dashboard my week.")
    lab.run_cell(3)
    board = live_panel(lab, 3)
    placed = board.locator(".cb-placed")
    expect(placed).to_have_count(2)
    first, second = placed.first, placed.last
    expect(plot_of(first)).to_be_visible()
    assert first.get_by_label("metric").input_value() == "loss"
    expect(first.get_by_label("log")).to_be_checked()
    expect(second.get_by_label("Title")).to_have_value("three layers")
    first.get_by_label("Title").fill("wide <b>against</b> narrow")
    first.get_by_role("button", name="panel").click()
    first.get_by_role("menuitem", name="Move down").click()
    expect(board).to_contain_text("changed, not saved")
    board.get_by_role("button", name="Save", exact=True).click()
    expect(board).not_to_contain_text("changed, not saved")
    lab.run_cell(4)
    again = live_panel(lab, 4).locator(".cb-placed")
    expect(again.first.get_by_label("Title")).to_have_value("three layers")
    expect(again.last.get_by_label("Title")).to_have_value("wide <b>against</b> narrow")
    expect(again.last.get_by_label("log")).to_be_checked()


def test_panels_stand_side_by_side_and_are_moved_by_key_and_by_hand(lab: Lab) -> None:
    open_runs(
        lab,
        "columns",
        "%load_ext cellbook",
        '%dashboard pair --add #1 #2 --title "first"',
        '%dashboard pair --add #2 #3 --title "second"',
        "%dashboard pair",
    )
    lab.page.set_viewport_size({"width": 1600, "height": 1000})
    for index in (1, 2, 3):
        lab.run_cell(index)
    board = live_panel(lab, 3)
    placed = board.locator(".cb-placed")
    expect(placed).to_have_count(2)
    for panel in (placed.first, placed.last):
        panel.get_by_role("button", name="panel ▾").click()
        panel.get_by_role("menuitem", name="Half width").click()
    boxes = [panel.bounding_box() for panel in (placed.first, placed.last)]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"]
    expect(plot_of(placed.first)).to_be_visible()
    placed.last.get_by_label("metric").select_option("loss")
    expect(placed.last.get_by_role("img", name="loss of 2 runs")).to_be_visible()
    lab.screenshot("dashboard-columns", board)
    board.get_by_role("button", name="Move first (1 of 2)").focus()
    lab.page.keyboard.press("ArrowRight")
    expect(placed.first.get_by_label("Title")).to_have_value("second")
    expect(board.get_by_role("button", name="Move first (2 of 2)")).to_be_focused()
    # To a place that is in sight: a page that scrolls under the hand begins no drag.
    grip = board.get_by_role("button", name="Move first")
    grip.drag_to(placed.first, target_position={"x": 200, "y": 40})
    expect(placed.first.get_by_label("Title")).to_have_value("first")
    board.get_by_role("button", name="Save", exact=True).click()
    expect(board).not_to_contain_text("changed, not saved")
    lab.run_cell(4)
    again = live_panel(lab, 4).locator(".cb-placed.cb-mod-half")
    expect(again).to_have_count(2)


def test_a_panel_is_moved_to_a_place_out_of_sight(lab: Lab) -> None:
    added = [f'%dashboard far --add #{number} --title "panel {number}"' for number in (1, 2, 3)]
    open_runs(lab, "far", "%load_ext cellbook", *added)
    lab.page.set_viewport_size({"width": 1280, "height": 1000})
    for index in (1, 2, 3, 4):
        lab.run_cell(index)
    board = live_panel(lab, 4)
    placed = board.locator(".cb-placed")
    expect(placed).to_have_count(3)
    expect(plot_of(placed.last)).to_be_attached()
    grip = board.get_by_role("button", name="Move panel 1")
    grip.evaluate("grip => grip.closest('.cb-placed').scrollIntoView()")
    area = lab.notebook.locator(".jp-WindowedPanel-outer").bounding_box()
    assert area is not None
    across, middle = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    mouse = lab.page.mouse
    grip.hover()
    mouse.down()
    mouse.move(across, middle, steps=4)
    reached = "([panel, y]) => panel.getBoundingClientRect().top < y - 40"
    aimed = [placed.last.element_handle(), middle]
    assert not lab.page.evaluate(reached, aimed)
    # The nearer to the edge, the faster it scrolls.
    mouse.move(across, area["y"] + area["height"] - 42, steps=2)
    lab.page.wait_for_function(reached, arg=aimed)
    # The first move is told as an entry into what is there, the next one as being over it.
    mouse.move(across, middle, steps=2)
    mouse.move(across, middle + 1)
    mouse.up()
    expect(placed.last.get_by_label("Title")).to_have_value("panel 1")
    board.get_by_role("button", name="Move panel 2 (1 of 3)").focus()
    for place in (2, 3):
        lab.page.keyboard.press("ArrowDown")
        expect(board.get_by_role("button", name=f"Move panel 2 ({place} of 3)")).to_be_focused()
        # It is seen, not only what it is moved by; the page has no room for all of it.
        expect(placed.nth(place - 1)).to_be_in_viewport(ratio=0.5)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_dashboard_is_seen_and_is_a_page_of_its_own(lab: Lab, theme: str) -> None:
    name = f"dashboard-{theme}"
    open_runs(
        lab,
        name,
        "%load_ext cellbook",
        '%dashboard weekly --add #1 #2 #3 --title "three to begin with"',
        "%dashboard weekly --export weekly.html",
    )
    lab.use_theme(theme)
    lab.run_cell(1)
    lab.run_cell(2)
    board = live_panel(lab, 2)
    expect(plot_of(board)).to_be_visible()
    lab.screenshot(name, board)
    lab.run_cell(3)
    page = lab.page.context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url)
            if request.url.startswith("http") else None)  # fmt: skip
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto((lab.server.root / name / "weekly.html").as_uri())
    expect(page.locator(".cb-plot .svg-container")).to_be_visible()
    expect(page.get_by_role("heading", name="three to begin with")).to_be_visible()
    page.get_by_label("metric").select_option("loss")
    expect(page.get_by_role("img", name="loss of 3 runs")).to_be_visible()
    page.get_by_label("over").select_option("relative time")
    expect(page.locator(".xtitle")).to_have_text("seconds since the start")
    page.get_by_label("only what differs").uncheck()
    expect(page.locator("table")).to_contain_text("seed")
    page.get_by_role("tab", name="Relations").click()
    expect(page.locator(".cb-parallel .svg-container")).to_be_visible()
    assert page.get_by_role("radio").count() == 3
    page.get_by_role("tab", name="Curves").click()
    page.get_by_role("button", name="all metrics").click()
    expect(page.locator(".cb-small .svg-container")).to_have_count(2)
    page.screenshot(path=lab.screenshots / f"page-{theme}.png", full_page=True)
    page.close()
    assert not problems
