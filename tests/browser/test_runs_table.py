"""The table of many runs as a person sees and uses it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.test_panels import live_panel

RUNS = """
import math, random
import cellbook as cb
from cellbook.widgets import compare_panel, runs_list
book = cb.open(".")
rnd = random.Random(3)
for place in range(40):
    params = {"lr": round(10 ** rnd.uniform(-4, -1), 5), "layers": rnd.choice([2, 3, 4]),
              "optimizer": rnd.choice(["adam", "sgd"]), "seed": 7}
    name = "<img src=x onerror=alert(1)>" if place == 5 else f"run {place}"
    notes = "the one for the paper" if place == 37 else ""
    with cb.start_run(name, experiment="digits", params=params, description=notes) as run:
        for step in range(15):
            gain = 1 - math.exp(-step * params["lr"] * 40)
            run.log_metrics({"acc": 0.5 + 0.4 * gain + rnd.random() / 50,
                             "loss": 2.2 - 2 * gain + rnd.random() / 20}, step)
        if place % 11 == 8:
            run.end("stopped")
with cb.start_run("odd", params={"text": "x" * 100_000, "lr": float("nan")}) as run:
    run.log_metrics({"acc": float("inf"), "loss": float("nan")})
"""


def open_table(lab: Lab, name: str, *cells: str) -> None:
    lab.server.write_notebook(f"{name}/{name}.ipynb", RUNS, *cells)
    lab.open(f"{name}/{name}.ipynb")
    lab.run_cell(0)


def table_of(lab: Lab, index: int = 1) -> Locator:
    lab.run_cell(index)
    table = live_panel(lab, index).get_by_role("grid", name="Runs")
    expect(table).to_be_visible()
    return table


def names(table: Locator) -> list[str]:
    rows = table.locator(".cb-gridbody .cb-name")
    expect(rows.first).to_be_visible()
    return rows.all_inner_texts()


def head(table: Locator, name: str) -> Locator:
    return table.get_by_role("columnheader").filter(has=table.page.get_by_text(name, exact=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_table_is_seen(lab: Lab, theme: str) -> None:
    open_table(lab, f"table-{theme}", "runs_list(book)", "compare_panel(book, range(1, 21))")
    lab.use_theme(theme)
    table = table_of(lab)
    panel = live_panel(lab, 1)
    expect(table.locator(".cb-gridbody")).to_contain_text("run 39")
    lab.screenshot(f"runs-table-{theme}", panel)
    row = table.locator(".cb-gridbody").get_by_role("row").filter(has_text="run 37")
    row.hover()
    row.get_by_role("button", name="is the baseline").click()
    table.get_by_role("checkbox", name="Select run 38").first.click()
    table.get_by_role("checkbox", name="Select run 36").click()
    expect(table.locator(".cb-mod-pinned")).to_contain_text("run 37")
    lab.screenshot(f"runs-table-baseline-{theme}", panel)
    panel.get_by_role("button", name="columns").click()
    expect(panel.get_by_role("dialog", name="Columns")).to_contain_text("optimizer")
    lab.screenshot(f"runs-table-columns-{theme}", panel)
    table_of(lab, 2)
    lab.screenshot(f"compare-rows-{theme}", live_panel(lab, 2))


def test_a_click_sorts_and_a_query_filters(lab: Lab) -> None:
    open_table(lab, "table-sort", "runs_list(book)")
    table = table_of(lab)
    panel = live_panel(lab, 1)
    assert names(table)[:2] == ["odd", "run 39"]
    loss = head(table, "loss")
    loss.get_by_role("button").click()
    expect(loss).to_have_attribute("aria-sort", "ascending")
    loss.get_by_role("button").click()
    expect(loss).to_have_attribute("aria-sort", "descending")
    loss.get_by_role("button").click()
    expect(loss).to_have_attribute("aria-sort", "none")
    search = panel.get_by_label("Search runs")
    search.fill("params.layers = 2 and params.optimizer = 'adam'")
    expect(table).not_to_contain_text("sgd")
    expect(panel.locator(".cb-count")).not_to_contain_text("41 runs")
    search.fill("metrics.acc >> 1")
    problem = panel.get_by_role("alert")
    expect(problem.locator("mark")).to_have_text("> 1")
    search.fill("name = 'nobody'")
    expect(panel).to_contain_text("No run matches.")
    panel.get_by_role("button", name="Show all runs").click()
    expect(panel.locator(".cb-count")).to_have_text("41 runs")
    assert lab.page.locator("img[src=x]").count() == 0


def test_columns_are_chosen_moved_and_hidden(lab: Lab) -> None:
    open_table(lab, "table-columns", "runs_list(book)")
    table = table_of(lab)
    panel = live_panel(lab, 1)
    panel.get_by_role("button", name="columns").click()
    dialog = panel.get_by_role("dialog", name="Columns")
    dialog.get_by_role("searchbox").fill("python")
    dialog.get_by_role("checkbox", name="python").check()
    dialog.get_by_role("searchbox").fill("opti")
    dialog.get_by_role("checkbox", name="optimizer").uncheck()
    lab.page.keyboard.press("Escape")
    expect(head(table, "optimizer")).to_have_count(0)
    lr = head(table, "lr").get_by_role("button")
    lr.focus()
    lab.page.keyboard.press("Shift+ArrowLeft")
    expect(table.get_by_role("columnheader").nth(3)).to_contain_text("lr")
    lr.drag_to(table.get_by_role("columnheader").nth(1), target_position={"x": 4, "y": 20})
    expect(table.get_by_role("columnheader").nth(1)).to_contain_text("lr")
    lr.focus()
    lab.page.keyboard.press("Delete")
    expect(head(table, "lr")).to_have_count(0)
    panel.get_by_label("only what differs").check()
    expect(head(table, "lr")).to_be_visible()


def test_runs_are_chosen_by_keys_and_compared(lab: Lab) -> None:
    open_table(lab, "table-keys", "runs_list(book)")
    table = table_of(lab)
    panel = live_panel(lab, 1)
    table.focus()
    keyboard = lab.page.keyboard
    for key in ("ArrowDown", "Space", "ArrowDown", "ArrowDown", "Space"):
        keyboard.press(key)
    expect(panel.get_by_role("status").last).to_have_text("2 selected")
    keyboard.press("End")
    expect(table.locator(".cb-gridbody")).to_contain_text("run 0")
    expect(table.locator(".cb-mod-current")).to_contain_text("#1")
    keyboard.press("Home")
    expect(table.locator(".cb-mod-current")).to_contain_text("#41")
    panel.get_by_role("button", name="Compare").click()
    expect(panel.get_by_role("heading", name="2 runs compared")).to_be_visible()
    expect(panel.locator(".cb-table")).to_contain_text("run 39")
    panel.get_by_role("button", name="All runs").click()
    expect(panel.get_by_role("status").last).to_have_text("2 selected")
    table.focus()
    keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="1 run compared")).to_be_visible()


def test_many_compared_runs_are_rows(lab: Lab) -> None:
    open_table(lab, "table-compare", "compare_panel(book, range(1, 13))")
    table = table_of(lab)
    panel = live_panel(lab, 1)
    expect(table.locator(".cb-mod-pinned")).to_contain_text("run 0")
    row = table.locator(".cb-gridbody").get_by_role("row").filter(has_text="run 3")
    row.hover()
    row.get_by_role("button", name="Run 4 is the baseline").click()
    expect(table.locator(".cb-mod-pinned")).to_contain_text("run 3")
    expect(row).not_to_contain_text("▲")
    panel.get_by_label("runs as rows").uncheck()
    expect(panel.locator(".cb-table")).to_contain_text("run 11")
    expect(panel.get_by_role("button", name="Run 4 is the baseline")).to_have_attribute(
        "aria-pressed", "true"
    )
    panel.get_by_label("runs as rows").check()
    for number in (2, 3):
        table.get_by_role("checkbox", name=f"Select run {number}").click()
    panel.get_by_role("button", name="Compare").click()
    expect(panel.get_by_role("heading", name="2 runs compared")).to_be_visible()


def test_the_table_is_taken_elsewhere(lab: Lab) -> None:
    open_table(lab, "table-export", "runs_list(book, 'name = \\'run 39\\'')")
    table_of(lab)
    panel = live_panel(lab, 1)
    for item, name in (("CSV", "runs.csv"), ("Parquet", "runs.parquet"), ("Markdown", "runs.md")):
        panel.get_by_role("button", name="export").click()
        with lab.page.expect_download() as download:
            panel.get_by_role("menuitem", name=f"Download {item}").click()
        assert download.value.suggested_filename == name
        if item == "CSV":
            assert "run 39" in download.value.path().read_text()
    panel.get_by_role("button", name="export").click()
    panel.get_by_role("menuitem", name="Show me the code").click()
    expect(panel.get_by_role("region", name="The code of this table")).to_contain_text(
        "cb.search_runs"
    )


def test_a_running_run_changes_its_row_and_nothing_else(lab: Lab) -> None:
    train = """
import time
run = cb.start_run("live", params={"lr": 1})
run.log_metric("acc", 0.0, 0)
display(runs_list(book))
for step in range(1, 200):
    run.log_metric("acc", float(step), step)
    if step == 25:
        cb.start_run("another", nested=True).end()
    time.sleep(0.2)
"""
    open_table(lab, "table-live", train)
    lab.cell(1).click()
    lab.page.keyboard.press("Control+Enter")
    table = live_panel(lab, 1).get_by_role("grid", name="Runs")
    row = table.locator(".cb-gridbody").get_by_role("row").filter(has_text="live")
    expect(row).to_be_visible(timeout=20_000)
    table.get_by_role("checkbox", name="Select run 40").click()
    value = row.get_by_role("gridcell").nth(1)
    seen = value.inner_text()
    expect(value).not_to_have_text(seen, timeout=4_000)
    expect(table).to_contain_text("another", timeout=20_000)
    expect(table.get_by_role("checkbox", name="Select run 40")).to_be_checked()
    expect(table.locator(".cb-mod-current")).to_contain_text("#40")
    expect(table).to_be_focused()
    lab.command("notebook:interrupt-kernel")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_runs_are_a_tab_of_the_main_area(lab: Lab, theme: str) -> None:
    open_table(lab, f"table-main-{theme}", "1")
    lab.use_theme(theme)
    lab.command("cellbook:open-table")
    table = lab.page.locator(".cellbook-table").get_by_role("grid", name="Runs")
    expect(table.locator(".cb-gridbody")).to_contain_text("run 39")
    for number in (39, 40):
        table.get_by_role("checkbox", name=f"Select run {number}").click()
    lab.screenshot(f"runs-table-main-{theme}")
    lab.page.locator(".cellbook-table").get_by_role("button", name="Compare").click()
    compared = lab.page.locator(".cb-compare")
    expect(compared.get_by_role("heading", name="2 runs compared")).to_be_visible()
