"""The tab Runs of the sidebar, and the comparison that it opens."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab

HOSTILE = "<img src=x onerror=\"document.title='hacked'\"><b>bold</b> שלום עולם " + "long " * 30

MADE = f"""
import math
import cellbook as cb
hostile = {HOSTILE!r}
made = [("baseline", 0.01, 2), ("wide-net", 0.03, 4), ("lr too high", 1.0, 2)]
made += [(hostile, 0.02, 3), ("tall-net", 0.05, 8), ("warm-up", 0.04, 4)]
for name, lr, layers in made:
    params = {{"lr": lr, "layers": layers, "seed": 7, "why": "because " * 1000}}
    with cb.start_run(name, experiment="digits", params=params) as run:
        for step in range(40):
            gain = 1 - math.exp(-step * lr * 5)
            bend = 0.02 * math.sin(step * layers)
            metrics = {{"acc": 0.5 + 0.45 * gain + bend, "loss": 2.2 - 2 * gain - bend}}
            run.log_metrics(metrics, step)
        if lr == 1.0:
            run.end("failed", error="ValueError: loss is NaN <script>")
"""

LIVE = """
import itertools, os, time
with cb.start_run("live", experiment="digits", params={"lr": 0.5}) as run:
    for step in itertools.takewhile(lambda _: not os.path.exists("enough"), range(1000)):
        run.log_metric("acc", step / 1000, step)
        time.sleep(0.1)
"""
"""Runs until the test has seen enough of it, however slow the machine is."""


def sidebar(lab: Lab) -> Locator:
    lab.command("cellbook:open-runs")
    side = lab.page.locator("#cellbook-sidebar")
    expect(side.get_by_role("tab", name="Runs")).to_have_attribute("aria-selected", "true")
    return side


def open_runs(lab: Lab, name: str, *cells: str) -> Locator:
    lab.server.write_notebook(f"{name}/work.ipynb", MADE, *cells)
    lab.open(f"{name}/work.ipynb")
    lab.run_cell(0)
    side = sidebar(lab)
    expect(row(side, "baseline")).to_be_visible()
    return side


def row(side: Locator, text: str) -> Locator:
    return side.get_by_role("option").filter(has_text=text).first


def rows(side: Locator) -> Locator:
    return side.get_by_role("option")


def search(side: Locator, query: str) -> None:
    side.get_by_label("Search runs").fill(query)


def choose(side: Locator, *names: str) -> None:
    for name in names:
        row(side, name).locator("[data-check]").click()


def menu_item(page: Page, name: str) -> Locator:
    return page.get_by_role("menuitem", name=re.compile(rf"^{name}"))


@pytest.fixture
def quiet(lab: Lab) -> Iterator[list[str]]:
    """Collect errors of the page's scripts; there may be none."""
    errors: list[str] = []
    lab.page.on("pageerror", lambda error: errors.append(str(error)))
    yield errors
    assert errors == []


def test_empty_book_teaches(lab: Lab) -> None:
    lab.server.write_notebook("empty/work.ipynb", "1")
    lab.open("empty/work.ipynb")
    side = sidebar(lab)
    expect(side).to_contain_text("No runs yet.")
    expect(side.locator("code").first).to_have_text("%load_ext cellbook")
    lab.screenshot("runs-tab-empty", side)
    side.get_by_role("button", name="Record this notebook").click()
    side.get_by_role("button", name="Start a run…").click()
    lab.page.get_by_role("dialog").get_by_role("button", name="Start").click()
    expect(rows(side)).to_have_count(1)


def test_run_appears_and_grows_live(lab: Lab) -> None:
    side = open_runs(lab, "live", LIVE)
    lab.select(1)
    # By its key: the command would be waited for until the cell has ended.
    lab.page.keyboard.press("Control+Enter")
    live = row(side, "live")
    expect(live).to_contain_text("●", timeout=10_000)
    expect(live).to_have_attribute("aria-label", re.compile("running"))
    value = live.locator(".cb-metric")
    expect(value).not_to_have_text("—", timeout=10_000)
    before = value.inner_text()
    expect(value).not_to_have_text(before, timeout=5_000)
    expect(live.locator("svg path")).to_be_attached(timeout=4_000)
    choose(side, "baseline")
    # What comes in disturbs neither the choice nor the hands.
    side.get_by_label("Search runs").focus()
    (lab.server.root / "live" / "enough").touch()
    expect(live).to_contain_text("✓", timeout=20_000)
    expect(side.get_by_label("Search runs")).to_be_focused()
    expect(row(side, "baseline")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_runs_are_searched_compared_and_read(lab: Lab, quiet: list[str], theme: str) -> None:
    side = open_runs(lab, f"runs-{theme}")
    lab.use_theme(theme)
    expect(rows(side)).to_have_count(6)
    lab.screenshot(f"runs-tab-{theme}", side)
    assert lab.page.title() != "hacked"
    choose(side, "baseline", "wide-net", "tall-net")
    expect(side).to_contain_text("3 selected")
    lab.screenshot(f"runs-tab-selected-{theme}")
    side.get_by_role("button", name="Compare", exact=True).click()
    panel = lab.page.locator(".cb-compare:visible")
    expect(panel.get_by_role("columnheader").filter(has_text="baseline")).to_contain_text("★")
    expect(panel.get_by_role("row").filter(has_text="acc")).to_contain_text("▲")
    expect(panel).not_to_contain_text("seed")
    expect(panel.locator(".cb-plot .svg-container")).to_be_visible(timeout=20_000)
    lab.screenshot(f"comparison-{theme}")
    search(side, "metrics.acc > > 1")
    problem = side.get_by_role("alert")
    expect(problem).to_contain_text("Expected a value")
    lab.screenshot(f"runs-tab-query-{theme}", side)
    expect(side.locator(".cb-mod-old")).to_be_attached()
    side.evaluate("side => side.style.width = '250px'")
    lab.screenshot(f"runs-tab-narrow-{theme}", side)
    side.evaluate("side => side.style.width = ''")
    search(side, "params.layers = 4")
    expect(rows(side)).to_have_count(2)
    row(side, "wide-net").click()
    details = side.locator(".cb-details")
    expect(details.get_by_role("heading", name="wide-net")).to_be_visible()
    expect(details.locator(".cb-curve")).to_be_attached()
    expect(details.get_by_role("row").filter(has_text="lr")).to_contain_text("0.03")
    lab.screenshot(f"run-details-{theme}", side)
    lab.page.keyboard.press("Escape")
    expect(rows(side)).to_have_count(2)


def test_query_that_finds_nothing_says_so(lab: Lab) -> None:
    side = open_runs(lab, "nothing")
    search(side, "metrics.ac > 0.1")
    expect(side).to_contain_text("No run matches.")
    expect(side).to_contain_text("metrics.acc")
    side.get_by_role("button", name="Show all runs").click()
    expect(rows(side)).to_have_count(6)
    expect(side.get_by_label("Search runs")).to_have_value("")


def test_run_is_renamed_tagged_and_described(lab: Lab) -> None:
    side = open_runs(lab, "words", "cb.search_runs('tags.team = vision').run_name.tolist()")
    row(side, "warm-up").click(button="right")
    menu_item(lab.page, "Rename").click()
    field = side.get_by_label("Name of run 6")
    expect(field).to_be_focused()
    field.fill("7")
    field.press("Enter")
    expect(side.get_by_role("alert")).to_be_visible()
    lab.screenshot("run-name-refused", side)
    field.fill("cold start")
    field.press("Enter")
    expect(row(side, "cold start")).to_be_visible()
    row(side, "cold start").click(button="right")
    menu_item(lab.page, "Edit Tags").click()
    tag = side.get_by_label("New tag")
    expect(tag).to_be_focused()
    tag.fill("team=vision")
    tag.press("Enter")
    expect(side.get_by_role("listitem").filter(has_text="team=vision")).to_be_visible()
    notes = side.get_by_label("Notes")
    notes.fill("Warms up too slowly.")
    notes.press("ControlOrMeta+Enter")
    assert "cold start" in lab.run_cell(1)
    side.get_by_role("button", name="Runs", exact=True).click()
    side.get_by_label("Search runs").fill("description LIKE '%slowly%'")
    expect(rows(side)).to_have_count(1)


def test_deleted_run_comes_back_by_undo(lab: Lab) -> None:
    side = open_runs(lab, "trash-undo")
    row(side, "warm-up").click(button="right")
    menu_item(lab.page, "Delete").click()
    expect(side.get_by_role("status").filter(has_text="in the trash")).to_be_visible()
    expect(rows(side)).to_have_count(5)
    side.get_by_role("button", name="Undo").click()
    expect(row(side, "warm-up")).to_be_visible()
    expect(rows(side)).to_have_count(6)


def test_everything_goes_by_keys(lab: Lab) -> None:
    side = open_runs(lab, "runs-keys")
    page = lab.page
    side.get_by_label("Search runs").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    listbox = side.get_by_role("listbox", name="Runs")
    expect(listbox).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(side).to_contain_text("2 selected")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    expect(side).to_contain_text("6 selected")
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    page.keyboard.press("F2")
    page.keyboard.type("by keys")
    page.keyboard.press("Enter")
    expect(row(side, "by keys")).to_be_visible()
    expect(listbox).to_be_focused()
    page.keyboard.press("Delete")
    expect(rows(side)).to_have_count(5)
    page.keyboard.press("ControlOrMeta+Z")
    expect(rows(side)).to_have_count(6)
    page.keyboard.press("Shift+F10")
    expect(menu_item(page, "Details")).to_be_visible()
    page.keyboard.press("Escape")
    expect(listbox).to_be_focused()
    page.keyboard.press("Enter")
    expect(side.get_by_role("heading", level=3)).to_be_visible()
    page.keyboard.press("Escape")
    expect(listbox).to_be_visible()


def test_comparison_follows_the_hands_and_outlives_the_page(lab: Lab) -> None:
    side = open_runs(lab, "compare", LIVE)
    choose(side, "baseline", "wide-net", "warm-up")
    side.get_by_role("button", name="Compare", exact=True).click()
    panel = lab.page.locator(".cb-compare:visible")
    panel.get_by_label("Run 2 is the baseline").click()
    head = panel.get_by_role("columnheader")
    expect(head.filter(has_text="wide-net")).to_contain_text("★")
    panel.get_by_label("only what differs").uncheck()
    expect(panel.get_by_role("row").filter(has_text="seed")).to_be_visible()
    panel.get_by_label("metric").select_option("loss")
    panel.get_by_label("log").check()
    panel.get_by_label("Take run 6 out").click()
    expect(head.filter(has_text="warm-up")).to_have_count(0)
    expect(panel.get_by_role("img", name="loss of 2 runs")).to_be_visible()
    expect(panel.locator(".cb-plot .svg-container")).to_be_visible(timeout=20_000)
    with lab.page.expect_download() as download:
        panel.get_by_role("button", name="export").click()
        menu_item(lab.page, "Download CSV").click()
    text = download.value.path().read_text("utf-8-sig")
    assert "#1 baseline,#2 wide-net" in text
    assert "Params,lr,0.01,0.03" in text
    # JupyterLab writes down what is open a moment after it has changed.
    lab.page.wait_for_timeout(2_000)
    lab.server.end_kernels()
    lab.page.goto(f"{lab.server.url}/lab?token={lab.server.token}")
    lab.page.get_by_role("tab", name="#1 #2").click(timeout=60_000)
    expect(head.filter(has_text="wide-net")).to_contain_text("★")
    expect(panel.get_by_label("metric")).to_have_value("loss")
    expect(panel.get_by_role("row").filter(has_text="seed")).to_be_visible()


def test_notebook_7_has_the_sidebar(lab: Lab) -> None:
    lab.server.write_notebook("seven/work.ipynb", MADE)
    page = lab.page
    page.goto(f"{lab.server.url}/notebooks/seven/work.ipynb?token={lab.server.token}")
    expect(page.locator(".jp-Cell").first).to_be_visible(timeout=60_000)
    lab.wait_idle()
    lab.command("notebook:run-all-cells")
    lab.command("cellbook:open-runs")
    side = page.locator("#cellbook-sidebar")
    expect(row(side, "baseline")).to_be_visible(timeout=30_000)
    lab.screenshot("notebook-7")
