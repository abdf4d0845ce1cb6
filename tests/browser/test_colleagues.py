"""What colleagues ask of one another: who somebody is, a review, to take a notebook over."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from cellbook.book import Book
from cellbook.records import Anchor, AnchorKind, Author, DashboardPanel
from cellbook.store import FolderStore
from tests.browser.conftest import SCREENSHOTS
from tests.browser.lab import Lab
from tests.browser.server import running_lab

LIN = Author("lin", "Lin Wei")
TRAIN = """
import cellbook as cb
with cb.start_run("wide", params={"lr": 0.1}) as run:
    for step in range(60):
        run.log_metric("acc", 1 - 1 / (1 + step), step)
"""


def write_notebook(lab: Lab, name: str, *cells: str) -> None:
    """Write a notebook, and begin a book beside it."""
    lab.server.write_notebook(f"{name}/work.ipynb", *cells)
    book_of(lab, name).close()


def book_of(lab: Lab, name: str) -> Book:
    """Open the book beside a notebook, as another process does."""
    return Book(FolderStore(lab.server.root / name / ".cellbook", create=True))


def sidebar(lab: Lab, tab: str) -> Locator:
    """Open a tab of the sidebar."""
    lab.command(f"cellbook:open-{tab}")
    side = lab.page.locator("#cellbook-sidebar")
    wanted = side.get_by_role("tab", name=tab.title())
    expect(wanted).to_have_attribute("aria-selected", "true")
    return side


def popover(lab: Lab) -> Locator:
    """Return the threads beside a cell."""
    return lab.page.locator("dialog.cb-popover")


def choose(lab: Lab, name: str) -> None:
    """Choose an entry of the menu that is open."""
    lab.page.locator(".lm-Menu-item", has_text=name).click()


def train(lab: Lab, name: str, *cells: str) -> None:
    """Open a notebook in which a run was recorded."""
    write_notebook(lab, name, "%load_ext cellbook", TRAIN, *cells)
    lab.open(f"{name}/work.ipynb")
    for index in range(len(cells) + 2):
        lab.run_cell(index)


def test_who_writes_is_asked_once(page: Page, tmp_path: Path) -> None:
    with running_lab(tmp_path, extra={"CELLBOOK_USER": ""}) as server:
        lab = Lab(page, server, SCREENSHOTS)
        write_notebook(lab, "who", "x = 1")
        lab.open("who/work.ipynb")
        lab.select(0)
        lab.command("cellbook:comment")
        field = popover(lab).get_by_role("combobox")
        field.fill("Why one?")
        field.press("Control+Enter")
        who = popover(lab).get_by_role("form", name="Who are you?")
        expect(who.get_by_label("Your name")).to_be_focused()
        expect(who.get_by_role("button", name="That is me")).to_be_disabled()
        who.get_by_label("Your name").fill("Grace Hopper")
        expect(who.get_by_label("Mentioned as @")).to_have_attribute("placeholder", "grace")
        lab.screenshot("comments-who", popover(lab))
        # It can be put off; what was written stays.
        lab.page.keyboard.press("Escape")
        expect(who).to_have_count(0)
        expect(field).to_have_value("Why one?")
        field.press("Control+Enter")
        who.get_by_label("Your name").fill("Grace Hopper")
        who.get_by_label("Mentioned as @").fill("no name!")
        who.get_by_role("button", name="That is me").click()
        expect(who.get_by_role("alert")).to_contain_text("is no user name")
        who.get_by_label("Mentioned as @").fill("")
        lab.page.keyboard.press("Enter")
        comment = popover(lab).locator(".cb-comment")
        expect(comment).to_contain_text("Why one?")
        expect(comment.locator(".cb-author")).to_have_text("Grace Hopper")
        answer = popover(lab).get_by_role("combobox")
        answer.fill("Because.")
        answer.press("Control+Enter")
        expect(comment).to_have_count(2)
        expect(who).to_have_count(0)
        server.end_kernels()


def test_a_review_is_returned_and_approved(lab: Lab) -> None:
    write_notebook(lab, "review", "x = 1")
    book = book_of(lab, "review")
    with book.start_run("wide") as run:
        run.log_metric("acc", 0.9)
    anchor = Anchor(AnchorKind.RUN, runs=(run.run_id,), notebook="work.ipynb")
    book.threads.request_review(anchor, ["ada", "grace"], "Is it fair?", author=LIN)
    lab.open("review/work.ipynb")
    tab = sidebar(lab, "comments")
    tab.locator(".cb-folded").click()
    review = tab.locator(".cb-review")
    expect(review).to_contain_text("Review asked of @ada, @grace")
    lab.screenshot("review-asked", tab)
    review.get_by_role("button", name="Return…").click()
    reason = review.get_by_role("combobox", name="Why is it returned?")
    expect(reason).to_be_focused()
    reason.fill("The test set was seen.")
    reason.press("Control+Enter")
    expect(review).to_contain_text("Returned by @ada")
    expect(tab.locator(".cb-comment").last).to_contain_text("The test set was seen.")
    review.get_by_role("button", name="Approve").click()
    # It waits for grace; there is nothing more for ada to approve.
    expect(review).to_contain_text("Review asked of @ada, @grace")
    expect(review).to_contain_text("You approved")
    expect(review.get_by_role("button", name="Approve")).to_have_count(0)
    lab.screenshot("review-approved-by-one", tab)
    (thread,) = book.threads.all()
    book.threads.review(thread.thread_id, "approved", author=Author("grace"))
    # Done with, it is open no more.
    expect(review).to_have_count(0)
    tab.get_by_role("button", name="All", exact=False).click()
    expect(review).to_contain_text("Approved by @grace")
    book.close()


def test_the_context_menu_comments_on_a_cell_and_on_marked_text(lab: Lab) -> None:
    write_notebook(lab, "context", "alpha = 1", "beta = 2")
    lab.open("context/work.ipynb")
    lab.select(0)
    lab.cell(1).locator(".jp-InputPrompt").click(button="right")
    choose(lab, "Comment")
    expect(popover(lab).locator(".cb-quote")).to_have_count(0)
    popover(lab).get_by_role("combobox").fill("On the whole cell")
    lab.page.keyboard.press("Control+Enter")
    expect(popover(lab).locator(".cb-comment")).to_contain_text("On the whole cell")
    lab.page.keyboard.press("Escape")
    editor = lab.cell(0).locator(".cm-line").first
    editor.dblclick(position={"x": 8, "y": 8})
    editor.click(button="right", position={"x": 8, "y": 8})
    choose(lab, "Comment")
    expect(popover(lab).locator(".cb-quote")).to_have_text("alpha")
    popover(lab).get_by_role("combobox").last.fill("On this name")
    lab.page.keyboard.press("Control+Enter")
    expect(popover(lab).locator(".cb-comment")).to_contain_text("On this name")
    book = book_of(lab, "context")
    quotes = [one.anchor.quote for one in book.threads.all()]
    book.close()
    assert [quote and quote.exact for quote in quotes] == [None, "alpha"]


def test_a_popover_is_left_by_keys_for_its_cell(lab: Lab) -> None:
    write_notebook(lab, "keys", "alpha = 1")
    lab.open("keys/work.ipynb")
    lab.select(0)
    lab.page.keyboard.press("Control+Alt+m")
    field = popover(lab).get_by_role("combobox")
    expect(field).to_be_focused()
    field.fill("Why?")
    for stop in ("Preview", "Comment"):
        lab.page.keyboard.press("Tab")
        expect(popover(lab).get_by_role("button", name=stop)).to_be_focused()
    lab.page.keyboard.press("Tab")
    assert lab.notebook.evaluate("node => node.contains(document.activeElement)")
    # It stays there, and is gone back to as it was come to.
    lab.page.keyboard.press("Control+Alt+m")
    expect(field).to_be_focused()
    expect(field).to_have_value("Why?")
    lab.page.keyboard.press("Escape")
    expect(popover(lab)).to_have_count(0)
    assert lab.notebook.evaluate("node => node.contains(document.activeElement)")


def test_a_run_is_sent_for_review_from_its_menu(lab: Lab) -> None:
    write_notebook(lab, "ask-review", "x = 1")
    book = book_of(lab, "ask-review")
    with book.start_run("wide") as run:
        run.log_metric("acc", 0.9)
    book.threads.start(Anchor(AnchorKind.RUN, runs=(run.run_id,)), "Nice.", author=LIN)
    lab.open("ask-review/work.ipynb")
    side = sidebar(lab, "runs")
    row = side.get_by_role("option").filter(has_text="wide")
    expect(row.locator(".cb-said")).to_have_text("1")
    row.click(button="right")
    choose(lab, "Request Review…")
    dialog = lab.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Send run #1 wide for review?")
    dialog.get_by_role("button", name="Request review").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Who is asked?")
    dialog.get_by_label("Lin Wei").check()
    dialog.get_by_label("Somebody else").fill("@grace")
    dialog.get_by_label("What are they to look at?").fill("The split")
    lab.screenshot("review-dialog", dialog.locator(".jp-Dialog-content"))
    dialog.get_by_role("button", name="Request review").click()
    expect(dialog).to_have_count(0)
    expect(row.locator(".cb-said")).to_have_text("2")
    row.locator(".cb-said").click()
    discussion = side.get_by_role("region", name="Discussion")
    expect(discussion).to_be_in_viewport()
    expect(discussion).to_contain_text("Review asked of @grace, @lin")
    lab.screenshot("review-of-run", side)
    book.close()


def test_a_run_is_forked_from_its_menu(lab: Lab) -> None:
    train(lab, "fork-run")
    side = sidebar(lab, "runs")
    side.get_by_role("option").filter(has_text="wide").click(button="right")
    choose(lab, "Fork into a New Notebook…")
    dialog = lab.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Fork run #1 wide into a new notebook?")
    dialog.get_by_label("Name of the new notebook").fill("work")
    lab.screenshot("fork-dialog", dialog.locator(".jp-Dialog-content"))
    lab.page.keyboard.press("Enter")
    # No file is overwritten; what was written is there to be bettered.
    expect(dialog.get_by_role("alert")).to_contain_text("is there already")
    expect(dialog.get_by_label("Name of the new notebook")).to_have_value("work")
    dialog.get_by_label("Name of the new notebook").fill("mine")
    lab.page.keyboard.press("Enter")
    expect(lab.page.locator(".lm-TabBar-tab.lm-mod-current", has_text="mine.ipynb")).to_be_visible()
    expect(lab.cell(0)).to_contain_text("wide")
    expect(lab.cell(2)).to_contain_text("start_run")
    lab.screenshot("fork-opened")


def test_a_checkpoint_is_discussed_and_forked(lab: Lab) -> None:
    train(lab, "fork-checkpoint", "%checkpoint clean")
    side = sidebar(lab, "checkpoints")
    row = side.get_by_role("option").filter(has_text="clean")
    row.click(button="right")
    choose(lab, "Discuss")
    field = row.get_by_role("combobox", name="Comment…")
    field.fill("Before or after the split?")
    field.press("Control+Enter")
    expect(row.locator(".cb-comment")).to_contain_text("Before or after the split?")
    expect(row.locator(".cb-said")).to_have_text("1")
    lab.screenshot("checkpoint-discussed", side)
    row.get_by_role("button", name="More for this checkpoint").click()
    choose(lab, "Fork into a New Notebook…")
    lab.page.get_by_role("dialog").get_by_role("button", name="Fork").click()
    made = re.compile(r"work-from-checkpoint-\d+\.ipynb")
    current = lab.page.locator(".lm-TabBar-tab.lm-mod-current", has_text=made)
    expect(current).to_be_visible()
    expect(lab.cell(0)).to_contain_text("clean")


def test_what_a_comment_names_is_opened(lab: Lab) -> None:
    write_notebook(lab, "links", "x = 1")
    book = book_of(lab, "links")
    with book.start_run("wide") as run:
        run.log_input("train", "9f2c", role="train")
        for step in range(60):
            run.log_metric("loss", 1 / (1 + step), step)
            run.log_metric("acc", 1 - 1 / (1 + step), step)
    with book.start_run("deep"):
        pass
    book.dashboards.add("weekly", DashboardPanel("all", look={"metric": "acc"}))
    point = Anchor(AnchorKind.METRIC, runs=(run.run_id,), metric="acc", step=40)
    book.threads.start(point, "See dashboard:weekly and data:train.", author=LIN)
    book.close()
    lab.open("links/work.ipynb")
    side = sidebar(lab, "comments")
    side.get_by_role("combobox", name="Whose comments").select_option("book")
    side.locator(".cb-folded").click()
    side.get_by_role("link", name="data:train").click()
    expect(lab.page.locator(".cellbook-data")).to_contain_text("train@1")
    side.get_by_role("link", name="dashboard:weekly").click()
    panel = lab.page.locator(".cellbook-dashboard")
    expect(panel.get_by_role("heading", name="weekly")).to_be_visible()
    expect(panel.locator(".cb-compare")).to_contain_text("deep")
    lab.screenshot("dashboard-opened")
    side.locator(".cb-threadhead .cb-anchor").click()
    marked = side.get_by_role("img", name="step 40: 0.9756")
    expect(marked).to_be_visible()
    lab.screenshot("metric-marked", side)
