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
    page.screenshot(path=lab.screenshots / f"page-{theme}.png", full_page=True)
    page.close()
    assert not problems
