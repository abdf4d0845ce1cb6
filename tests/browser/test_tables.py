"""What tables of runs have in common, in whichever way round, as a person sees and uses it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.test_panels import live_panel, plot_of

RUNS = """
%load_ext cellbook
import cellbook as cb
from cellbook.widgets import compare_panel, runs_list
book = cb.open(".")
for place in range(4):
    params = {"lr": round(0.01 * 3 ** place, 3), "layers": 2 + place % 2, "optimizer": "adam"}
    with cb.start_run(f"run {place}", experiment="digits", params=params) as run:
        run.log_input("digits", f"digest {place // 2}", role="train")
        for step in range(20):
            run.log_metric("acc", 0.5 + 0.1 * place * step / 20, step)
"""


def open_tables(lab: Lab, name: str, *cells: str) -> None:
    lab.server.write_notebook(f"{name}/{name}.ipynb", RUNS, *cells)
    lab.open(f"{name}/{name}.ipynb")
    lab.run_cell(0)


def in_sight(lab: Lab, part: Locator) -> None:
    """Assert that what is open is seen whole: what lies at its corners is its own."""
    whole = part.evaluate(
        """node => {
            const box = node.getBoundingClientRect();
            const at = [box.left + 3, box.right - 3].flatMap(x =>
                [box.top + 3, box.bottom - 3].map(y => document.elementFromPoint(x, y)));
            return at.every(one => node.contains(one));
        }"""
    )
    assert whole, part.bounding_box()


@pytest.mark.parametrize("width", [700, 900, 1280])
def test_what_is_opened_stays_in_sight(lab: Lab, width: int) -> None:
    lab.page.set_viewport_size({"width": width, "height": 800})
    name = f"narrow{width}"
    open_tables(lab, name, "%runs", "c = compare_panel(book, [1, 2, 3, 4]); c")
    lab.run_cell(1)
    lab.run_cell(2)
    for index, rows in ((1, False), (2, True)):
        panel = live_panel(lab, index)
        if rows:
            panel.get_by_label("runs as rows").check()
        panel.get_by_role("button", name="columns").click()
        dialog = panel.get_by_role("dialog", name="Columns")
        expect(dialog).to_contain_text("layers")
        in_sight(lab, dialog)
        lab.screenshot(f"columns-{width}-{index}")
        dialog.get_by_role("searchbox").fill("optim")
        dialog.get_by_role("checkbox", name="optimizer").check()
        expect(dialog).to_contain_text("9 shown")
        lab.page.keyboard.press("Escape")
        expect(panel.get_by_role("grid")).to_be_visible()
        panel.get_by_role("button", name="export").click()
        in_sight(lab, panel.get_by_role("menu"))
        lab.page.keyboard.press("Escape")


def test_goals_and_the_trash_are_told_where_they_change(lab: Lab) -> None:
    open_tables(
        lab,
        "goals",
        "%compare #1 #2 #3 #4",
        "%runs",
        "%metric acc goal=0.65 direction=more",
        "cb.active_run(); book.runs.change(1, trashed=True)",
    )
    lab.run_cell(1)
    compared = live_panel(lab, 1)
    lab.run_cell(2)
    listed = live_panel(lab, 2)
    lab.run_cell(3)
    for panel in (compared, listed):
        expect(panel.get_by_role("img", name="goal reached", exact=True)).to_have_count(2)
        expect(panel.get_by_role("img", name="goal not reached")).to_have_count(2)
    lab.screenshot("goals-compare", compared)
    lab.screenshot("goals-runs", listed)
    lab.run_cell(4)
    expect(compared.get_by_role("columnheader").filter(has_text="#1")).to_contain_text(
        "in the trash"
    )


def test_a_run_is_hidden_and_comes_back(lab: Lab) -> None:
    open_tables(lab, "eye", "%compare #1 #2 #3")
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(plot_of(panel).locator(".legend .traces")).to_have_count(3)
    panel.get_by_role("button", name="Hide run 2").click()
    expect(plot_of(panel).locator(".legend .traces")).to_have_count(2)
    expect(panel.locator("thead")).not_to_contain_text("#2")
    lab.screenshot("hidden-run", panel)
    panel.get_by_role("button", name="Show run 2 again").click()
    expect(panel.locator("thead")).to_contain_text("#2")
    expect(plot_of(panel).locator(".legend .traces")).to_have_count(3)


def test_both_tables_offer_the_same(lab: Lab) -> None:
    open_tables(lab, "exports", "%compare #1 #2 #3", "%runs params.layers = 2")
    offered = []
    for index, kept in ((1, "#1 #2 #3"), (2, "params.layers = 2")):
        lab.run_cell(index)
        panel = live_panel(lab, index)
        panel.get_by_role("button", name="export").click()
        items = panel.get_by_role("menuitem")
        expect(items).to_have_count(7)
        offered.append(items.all_inner_texts())
        with lab.page.expect_download() as download:
            panel.get_by_role("menuitem", name="Download Parquet").click()
        assert download.value.path().read_bytes()[:4] == b"PAR1"
        panel.get_by_role("button", name="export").click()
        panel.get_by_role("menuitem", name="Show me the code").click()
        expect(panel.get_by_role("region", name="The code of this table")).to_contain_text(
            "cb.search_runs("
        )
        panel.get_by_role("button", name="export").click()
        panel.get_by_role("menuitem", name="Add to a dashboard").click()
        panel.get_by_label("add to the dashboard").fill("all")
        panel.get_by_role("button", name="Add", exact=True).click()
        expect(panel).to_contain_text("It is on the dashboard all.")
        assert kept
    assert offered[0] == offered[1]
    shown = lab.append_cell("%dashboard all")
    lab.run_cell(shown)
    titles = live_panel(lab, shown).get_by_label("Title", exact=True)
    expect(titles).to_have_count(2)
    assert [one.input_value() for one in titles.all()] == ["#1 #2 #3", "params.layers = 2"]
    lab.screenshot("pinned", live_panel(lab, shown))


@pytest.mark.parametrize("theme", ["light", "dark", "dark high contrast"])
def test_boxes_and_details_look_as_jupyterlabs(lab: Lab, theme: str) -> None:
    name = theme.replace(" ", "-")
    open_tables(lab, f"looks-{name}", "%runs", "%compare #1 #2")
    lab.use_theme(theme)
    lab.run_cell(1)
    box = live_panel(lab, 1).get_by_label("Search runs")
    ground = box.evaluate("node => getComputedStyle(node).backgroundColor")
    own = lab.page.evaluate(
        """() => {
            const node = document.body.appendChild(document.createElement('i'));
            node.style.background = 'var(--jp-input-active-background)';
            return getComputedStyle(node).backgroundColor;
        }"""
    )
    assert ground == own
    lab.screenshot(f"search-{name}", live_panel(lab, 1))
    lab.run_cell(2)
    panel = live_panel(lab, 2)
    panel.get_by_role("tab", name="Details").click()
    details = panel.locator(".cb-rundetails")
    value = details.get_by_role("row").filter(has_text="lr").locator("td")
    expect(value).to_have_css("font-weight", "400")
    details.get_by_text("Packages").click()
    details.get_by_label("Find a package").fill("cellbook")
    expect(details.locator(".cb-fold[open] tr")).to_have_count(1)
    lab.screenshot(f"details-tab-{name}", panel)


def test_a_comparison_of_nothing_comes_alive(lab: Lab) -> None:
    lab.server.write_notebook("alive/alive.ipynb", "%load_ext cellbook", "%compare", RUNS)
    lab.open("alive/alive.ipynb")
    lab.run_cell(0)
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(panel).to_contain_text("No runs yet.")
    lab.run_cell(2)
    expect(panel.locator("thead")).to_contain_text("run 3")
    expect(plot_of(panel)).to_be_visible()
