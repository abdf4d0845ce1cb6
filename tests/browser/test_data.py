"""What people see of data: in a run's details, beside other runs, and by itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.test_panels import live_panel
from tests.browser.test_runs_tab import row, sidebar

MADE = """
%load_ext cellbook
import cellbook as cb
from sklearn.datasets import load_digits, load_wine
from sklearn.linear_model import LogisticRegression
wine = load_wine(as_frame=True).frame
wine.to_csv("wine.csv", index=False)
cb.track_data("wine.csv", "wine-raw", labels=["raw", "uci"])
cb.track_data(load_digits(as_frame=True).frame, "digits", keep=True)
train = wine.sample(frac=0.8, random_state=1)
rest = wine.drop(train.index)
for name, test in (("whole", rest[20:]), ("few", rest[:20])):
    with cb.start_run(name) as run:
        cb.track_data(train, "wine-train", split="train", derived_from="wine-raw", alias="best")
        cb.track_data(test, "wine-test", split="test", derived_from="wine-raw", labels=name)
        model = LogisticRegression(max_iter=20).fit(train.drop(columns="target"), train.target)
        run.log_metric("acc", model.score(test.drop(columns="target"), test.target))
"""


def made(lab: Lab, folder: str, *cells: str) -> None:
    lab.server.write_notebook(f"{folder}/work.ipynb", MADE, *cells)
    lab.open(f"{folder}/work.ipynb")
    lab.run_cell(0)


def panel(lab: Lab) -> Locator:
    """Return the panel in the main area."""
    return lab.page.locator(".cellbook-data:not(.lm-mod-hidden) .cb-datapanel")


def test_details_of_a_run_name_its_data_and_lead_there(lab: Lab) -> None:
    made(lab, "data-details")
    side = sidebar(lab)
    row(side, "few").click()
    used = side.get_by_role("list", name="Data").get_by_role("listitem")
    expect(used).to_have_count(2)
    expect(used.first).to_contain_text("wine-train@1")
    expect(used.first).to_contain_text("train")
    expect(used.first).to_contain_text("142 rows × 14 columns")
    expect(used.first).to_contain_text("@best")
    expect(used.last).to_contain_text("wine-test@2")
    used.last.scroll_into_view_if_needed()
    lab.screenshot("data-details-narrow", side)
    used.last.get_by_role("button", name="wine-test@2").click()
    shown = panel(lab)
    expect(shown.get_by_role("heading", name="wine-test@2")).to_be_visible()
    expect(shown.get_by_role("list", name="Used by")).to_contain_text("few")
    expect(shown.get_by_role("list", name="Versions")).to_contain_text("16 rows × 14 columns")
    expect(shown).to_contain_text("cellbook-frame-1:")
    shown.get_by_text("Lineage", exact=True).click()
    expect(shown.locator(".cb-node").filter(has_text="wine-raw@1")).to_be_attached()
    lab.screenshot("data-version-light")
    # Keys lead on to another version, and back to the list.
    shown.get_by_role("button", name="@1", exact=True).press("Enter")
    expect(shown.get_by_role("heading", name="wine-test@1")).to_be_visible()
    expect(shown).to_be_focused()
    lab.page.keyboard.press("Escape")
    expect(shown.get_by_role("table")).to_contain_text("digits@1")
    # What used it leads to the run.
    shown.get_by_role("button", name="wine-train@1").click()
    shown.get_by_role("list", name="Used by").get_by_role("button", name="whole").click()
    expect(side.get_by_role("heading", name="whole")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_data_of_a_book_is_listed_and_found(lab: Lab, theme: str) -> None:
    made(lab, f"data-list-{theme}")
    lab.use_theme(theme)
    lab.command("cellbook:open-data")
    shown = panel(lab)
    rows = shown.get_by_role("row")
    expect(rows).to_have_count(5)
    expect(shown).to_contain_text("4 data sets")
    lab.screenshot(f"data-list-{theme}")
    shown.get_by_label("all versions").check()
    expect(rows).to_have_count(6)
    shown.get_by_role("searchbox").fill("uci")
    expect(rows).to_have_count(2)
    shown.get_by_role("searchbox").fill("no such thing")
    expect(shown.get_by_text("Nothing on record has all of these words.")).to_be_visible()
    shown.get_by_role("button", name="Show all data").click()
    shown.get_by_role("button", name="wine-raw@1").click()
    expect(shown.get_by_role("heading", name="wine-raw@1")).to_be_visible()
    columns = shown.get_by_role("region", name="Columns")
    expect(columns.get_by_role("row")).to_have_count(15)
    expect(columns.locator(".cb-histogram")).to_have_count(14)
    lab.screenshot(f"data-version-{theme}")


def test_without_data_a_sentence_teaches(lab: Lab) -> None:
    lab.server.write_notebook("data-none/work.ipynb", "%load_ext cellbook\n%track_run one")
    lab.open("data-none/work.ipynb")
    lab.run_cell(0)
    lab.command("cellbook:open-data")
    expect(panel(lab).get_by_text("No data on record yet")).to_be_visible()
    lab.command("cellbook:open-data", data="nothing@7")
    expect(panel(lab).get_by_role("alert")).to_contain_text("no data set 'nothing@7'")
    panel(lab).get_by_role("button", name="All data").click()
    expect(panel(lab).get_by_text("No data on record yet")).to_be_visible()
    expect(panel(lab).get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_runs_are_compared_by_their_data(lab: Lab, theme: str) -> None:
    made(lab, f"data-compare-{theme}", "%compare")
    lab.use_theme(theme)
    lab.run_cell(1)
    shown = live_panel(lab, 1)
    shown.get_by_role("tab", name="Data").click()
    tab = shown.get_by_role("tabpanel")
    expect(tab.get_by_role("note")).to_have_text(
        re.compile("scored on different test data: #1 on wine-test@1; #2 on wine-test@2")
    )
    # What differs comes first.
    expect(tab.get_by_role("row").nth(1)).to_contain_text("wine-test")
    expect(tab.locator("td.cb-mod-other")).to_have_count(1)
    tab.get_by_role("button", name="@1 test").click()
    chosen = tab.get_by_role("region", name="Chosen versions")
    expect(chosen).to_contain_text("16 rows × 14 columns")
    tab.get_by_role("button", name="@2 test").press("Enter")
    expect(chosen).to_contain_text("20 rows × 14 columns")
    expect(chosen).to_contain_text("wine-test@1 → wine-test@2")
    expect(chosen).to_contain_text("Both have the same columns, of the same types.")
    expect(chosen).to_contain_text("Columns that shifted most")
    lab.screenshot(f"data-compare-{theme}", shown)
    chosen.get_by_role("button", name="wine-test@2").click()
    expect(panel(lab).get_by_role("heading", name="wine-test@2")).to_be_visible()
    lab.screenshot(f"data-beside-{theme}")


def test_deleted_versions_are_told(lab: Lab) -> None:
    made(lab, "data-gone", 'cb.open().datasets.delete("wine-test@1")', "%compare")
    lab.run_cell(1)
    lab.run_cell(2)
    shown = live_panel(lab, 2)
    shown.get_by_role("tab", name="Data").click()
    tab = shown.get_by_role("tabpanel")
    expect(tab.get_by_role("row").last).to_contain_text("(deleted)")
    side = sidebar(lab)
    row(side, "whole").click()
    expect(side.get_by_role("list", name="Data")).to_contain_text("(deleted)")


def test_a_page_of_its_own_has_the_data(lab: Lab) -> None:
    made(lab, "data-page", 'cb.compare(1, 2).save("both.html")')
    lab.run_cell(1)
    page = lab.page.context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((lab.server.root / "data-page" / "both.html").as_uri())
    page.get_by_role("tab", name="Data").click()
    tab = page.get_by_role("tabpanel")
    expect(tab.get_by_role("note")).to_contain_text("scored on different test data")
    expect(tab.get_by_role("row").nth(1)).to_contain_text("@2 test")
    # There is nobody to ask what a version is.
    assert tab.get_by_role("button").count() == 0
    page.screenshot(path=lab.screenshots / "data-page.png", full_page=True)
    page.close()
    assert not problems
