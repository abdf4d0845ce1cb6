"""Comments: bubbles on cells, threads beside them and in the sidebar, and what others write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import nbformat
import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from cellbook.book import Book
from cellbook.capture import source_hash
from cellbook.commenting import Threads
from cellbook.records import Anchor, AnchorKind, Author, Quote
from cellbook.store import FolderStore
from tests.browser.lab import Lab

LIN = Author("lin", "Lin Wei")
SOON = 5_000
"""Milliseconds in which what somebody else writes is seen; two seconds where it is quiet."""

HOSTILE = """<script>document.title = 'broken'</script>
<img src=x onerror="document.title = 'broken'">
[press](javascript:document.title='broken') <svg onload="document.title = 'broken'"></svg>
<style>body { display: none !important }</style>
<div style="position: fixed; inset: 0; background: red">cover</div>
<a href="https://example.org" onmouseover="document.title = 'broken'">link</a>
$\\href{javascript:document.title='broken'}{x}$
"""


def write_notebook(lab: Lab, name: str, *cells: str) -> list[str]:
    """Write a notebook, and return the ids of its cells."""
    path = lab.server.write_notebook(f"{name}/work.ipynb", *cells)
    with threads_of(lab, name):
        # There is a book: somebody has recorded something here.
        return [cell["id"] for cell in nbformat.read(path, nbformat.NO_CONVERT)["cells"]]


@contextmanager
def book_of(lab: Lab, name: str) -> Iterator[Book]:
    """Open the book beside a notebook, as another process does."""
    book = Book(FolderStore(lab.server.root / name / ".cellbook", create=True))
    try:
        yield book
    finally:
        book.close()


@contextmanager
def threads_of(lab: Lab, name: str) -> Iterator[Threads]:
    """Write in the book beside a notebook, as another process does."""
    with book_of(lab, name) as book:
        yield book.threads


def on_cell(cell: str, source: str, quote: str = "") -> Anchor:
    """Return the anchor of a cell of ``work.ipynb``."""
    return Anchor(
        AnchorKind.CELL,
        notebook="work.ipynb",
        cell_id=cell,
        cell_type="code",
        source=source,
        source_hash=source_hash(source),
        quote=Quote(quote) if quote else None,
    )


def bubble(lab: Lab, index: int) -> Locator:
    """Return the bubble of a cell; there may be none."""
    return lab.cell(index).locator("> .cb-cell-bubble")


def comment_on(lab: Lab, index: int, text: str) -> None:
    """Begin a thread on a cell, by the button in its toolbar."""
    lab.select(index)
    lab.command("cellbook:comment")
    dialog = popover(lab)
    field = dialog.get_by_role("combobox").last
    field.fill(text)
    field.press("Control+Enter")
    expect(dialog.locator(".cb-comment").last).to_contain_text(text)


def popover(lab: Lab) -> Locator:
    """Return the threads beside a cell."""
    return lab.page.locator("dialog.cb-popover")


def open_tab(lab: Lab) -> Locator:
    """Open the tab Comments of the sidebar."""
    lab.command("cellbook:open-comments")
    tab = lab.page.locator("#cellbook-sidebar .cb-commentstab")
    expect(tab).to_be_visible()
    return tab


@pytest.mark.parametrize("theme", ["light", "dark", "dark high contrast"])
def test_threads_are_seen(lab: Lab, theme: str) -> None:
    name = f"comments-seen-{theme.replace(' ', '-')}"
    sources = [
        "import pandas as pd\nframe = pd.read_csv('train.csv')",
        "frame = frame.drop_duplicates()\nmodel.fit(frame, target, epochs=20, learning_rate=0.003)",
        "model.score(frame)",
    ]
    cells = write_notebook(lab, name, *sources)
    with threads_of(lab, name) as threads:
        first = threads.start(
            on_cell(cells[1], sources[1], "drop_duplicates()"),
            "Is this **before** or after the split? @ada, see #1 and `checkpoint:clean`.\n\n"
            "```python\nframe.duplicated().sum()\n```\n\n$\\frac{1}{n}\\sum_i x_i^2$",
            labels=["question"],
            author=LIN,
        )
        answer = threads.reply(first.thread_id, "After, I think.", author=Author("ada"))
        threads.react(answer.comment_id, "👍", True, author=LIN)
        gone = threads.reply(first.thread_id, "Oops", author=LIN)
        threads.delete(gone.comment_id, author=LIN)
        edited = threads.reply(first.thread_id, "Frst", author=LIN)
        threads.edit(edited.comment_id, "First of all: thanks!", author=LIN)
        lost = threads.start(
            on_cell("gone", "model.score(frame, metric='auc')"), "Why not F1?", author=LIN
        )
        threads.label(lost.thread_id, "todo", True)
        threads.assign(lost.thread_id, "ada", True)
        done = threads.start(
            on_cell(cells[0], sources[0]), "Which version of the data?", author=LIN
        )
        threads.resolve(done.thread_id, "It is in the brief.", author=Author("ada"))
        threads.save_brief(
            Anchor(AnchorKind.NOTEBOOK, notebook="work.ipynb"),
            {
                "question": "Can we tell who will leave, a month before?",
                "owner": "Ada",
                "success_metric": "auc",
                "target": "auc ≥ 0.85",
                "deadline": "2027-01-15",
            },
            author=Author("ada"),
        )
    lab.open(f"{name}/work.ipynb")
    lab.use_theme(theme)
    expect(bubble(lab, 1)).to_have_text("3")
    expect(bubble(lab, 2)).to_have_count(0)
    lab.select(1)
    lab.screenshot(f"comments-bubbles-{theme}")
    tab = open_tab(lab)
    expect(tab.locator(".cb-folded")).to_have_count(2)
    lab.screenshot(f"comments-tab-{theme}")
    tab.locator(".cb-folded").nth(1).click()
    tab.locator(".cb-folded").first.click()
    lab.page.mouse.move(500, 500)
    lab.screenshot(f"comments-tab-open-{theme}")
    bubble(lab, 1).click()
    expect(popover(lab).locator(".cb-comment")).to_have_count(4)
    popover(lab).get_by_role("combobox").press_sequentially("I agree with @l")
    lab.screenshot(f"comments-popover-{theme}")


def test_what_one_window_writes_another_sees(lab: Lab, context: BrowserContext) -> None:
    write_notebook(lab, "comments-two", "x = 1", "y = 2")
    lab.open("comments-two/work.ipynb")
    other = Lab(context.new_page(), lab.server, lab.screenshots)
    other.open("comments-two/work.ipynb")
    lab.page.bring_to_front()
    comment_on(lab, 1, "Why two?")
    other.page.bring_to_front()
    expect(bubble(other, 1)).to_have_text("1", timeout=SOON)
    # One's own comments are no news.
    expect(other.page.locator(".Toastify__toast")).to_have_count(0)
    with threads_of(lab, "comments-two") as threads:
        (thread,) = threads.all()
        threads.reply(thread.thread_id, "Because of **three**.", author=LIN)
    toast = other.page.locator(".Toastify__toast")
    expect(toast).to_contain_text("Lin Wei: Because of", timeout=SOON)
    expect(bubble(other, 1)).to_have_text("2")
    expect(bubble(other, 1)).to_contain_class("cb-mod-unread")
    toast.get_by_role("button", name="Show").click()
    expect(popover(other).locator(".cb-comment").last).to_contain_text("Because of three.")
    # Seen for a moment, it is read.
    expect(bubble(other, 1)).not_to_contain_class("cb-mod-unread")
    lab.page.bring_to_front()
    # There the thread was in sight all along: nothing was told.
    expect(popover(lab).locator(".cb-comment").last).to_contain_text("Because of three.")
    expect(lab.page.locator(".Toastify__toast")).to_have_count(0)


def test_nothing_moves_under_typing_hands(lab: Lab) -> None:
    sources = ["x = 1", "y = 2", "z = 3"]
    cells = write_notebook(lab, "comments-typing", *sources)
    with threads_of(lab, "comments-typing") as threads:
        made = [
            threads.start(on_cell(*one), f"About {one[1]}", author=LIN)
            for one in zip(cells, sources, strict=True)
        ]
        lab.open("comments-typing/work.ipynb")
        tab = open_tab(lab)
        tab.locator(".cb-folded", has_text="About y").click()
        thread = tab.locator("article.cb-thread")
        field = thread.get_by_role("combobox")
        field.press_sequentially("I think that @li")
        names = thread.get_by_role("option")
        expect(names).to_have_count(1)
        field.press("Enter")
        expect(field).to_have_value("I think that @lin ")
        place = thread.bounding_box()
        threads.reply(made[0].thread_id, "News elsewhere", author=LIN)
        threads.reply(made[1].thread_id, "News here", author=LIN)
        expect(thread.locator(".cb-comment")).to_have_count(2, timeout=SOON)
        field.press_sequentially("is right")
        expect(field).to_be_focused()
        expect(field).to_have_value("I think that @lin is right")
        assert place is not None
        assert (thread.bounding_box() or place)["y"] == place["y"]
    lab.page.reload()
    expect(lab.cells.first).to_be_visible()
    tab = open_tab(lab)
    tab.locator(".cb-folded", has_text="About y").click()
    field = tab.locator("article.cb-thread").get_by_role("combobox")
    expect(field).to_have_value("I think that @lin is right")
    field.press("Control+Enter")
    expect(tab.locator(".cb-comment").last).to_contain_text("I think that @lin is right")
    expect(field).to_have_value("")


def test_a_bubble_follows_its_cell(lab: Lab) -> None:
    sources = ["x = 1", "y = 2", "z = 3"]
    cells = write_notebook(lab, "comments-move", *sources)
    with threads_of(lab, "comments-move") as threads:
        threads.start(on_cell(cells[0], sources[0]), "About x", author=LIN)
    lab.open("comments-move/work.ipynb")
    expect(bubble(lab, 0)).to_have_text("1")
    lab.select(0)
    lab.command("notebook:move-cell-down")
    lab.command("notebook:move-cell-down")
    expect(bubble(lab, 2)).to_have_text("1")
    lab.type_into(2, "x = 100")
    expect(bubble(lab, 2)).to_have_text("1")
    tab = open_tab(lab)
    expect(tab.locator(".cb-folded")).to_contain_text("Cell 3 of work.ipynb")
    lab.select(0)
    tab.locator(".cb-folded").click()
    tab.get_by_role("button", name=re.compile("Cell 3 of")).click()
    expect(lab.cell(2)).to_contain_class("jp-mod-active")


def test_a_thread_that_lost_its_cell_is_attached_anew(lab: Lab) -> None:
    sources = ["import math", "loss = math.log(value) + penalty * weight", "print(loss)"]
    cells = write_notebook(lab, "comments-orphan", *sources)
    with threads_of(lab, "comments-orphan") as threads:
        threads.start(on_cell(cells[1], sources[1]), "Natural logarithm?", author=LIN)
    lab.open("comments-orphan/work.ipynb")
    expect(bubble(lab, 1)).to_have_text("1")
    lab.select(1)
    lab.command("notebook:delete-cell")
    tab = open_tab(lab)
    expect(tab.locator(".cb-lostmark")).to_be_visible()
    tab.locator(".cb-folded").click()
    orphan = tab.locator(".cb-orphan")
    expect(orphan).to_contain_text(sources[1])
    lab.append_cell("loss = math.log10(value) + penalty * weight")
    expect(orphan).to_contain_text("Much like it is cell 3")
    lab.screenshot("comments-orphan")
    orphan.get_by_role("button", name="Attach to cell 3").click()
    expect(orphan).to_have_count(0)
    expect(bubble(lab, 2)).to_have_text("1")
    expect(tab.locator(".cb-event")).to_contain_text("attached")


def test_marked_text_is_quoted(lab: Lab) -> None:
    write_notebook(lab, "comments-quote", "print('alpha beta gamma')")
    lab.open("comments-quote/work.ipynb")
    lab.run_cell(0)
    lab.page.evaluate(
        """() => {
            const pre = document.querySelector('.jp-OutputArea-child pre');
            const range = document.createRange();
            range.setStart(pre.firstChild, 6);
            range.setEnd(pre.firstChild, 10);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }"""
    )
    comment_on_marked = popover(lab)
    lab.command("cellbook:comment")
    expect(comment_on_marked.locator(".cb-quote")).to_have_text("beta")
    comment_on_marked.get_by_role("combobox").fill("Why this one?")
    # Escape closes it; what was written is there when it is opened again.
    lab.page.keyboard.press("Escape")
    expect(comment_on_marked).to_have_count(0)
    lab.command("cellbook:comment")
    field = comment_on_marked.get_by_role("combobox")
    expect(field).to_have_value("Why this one?")
    field.press("Control+Enter")
    expect(comment_on_marked.locator(".cb-comment")).to_contain_text("Why this one?")
    with threads_of(lab, "comments-quote") as threads:
        (thread,) = threads.all()
    assert thread.anchor.kind is AnchorKind.OUTPUT
    assert thread.anchor.output == 0
    assert thread.anchor.quote == Quote("beta", "alpha ", " gamma\n")


def test_hostile_markdown_does_nothing(lab: Lab) -> None:
    cells = write_notebook(lab, "comments-hostile", "x = 1")
    with threads_of(lab, "comments-hostile") as threads:
        threads.start(on_cell(cells[0], "x = 1"), HOSTILE, author=LIN)
    lab.open("comments-hostile/work.ipynb")
    bubble(lab, 0).click()
    written = popover(lab).locator(".cb-markdown").first
    expect(written).to_contain_text("onerror")
    for link in written.locator("a").all():
        assert not (link.get_attribute("href") or "").lower().startswith("javascript")
    assert written.locator("script, img, svg, style, iframe, [style], [onmouseover]").count() == 0
    popover(lab).get_by_role("combobox").fill(HOSTILE)
    popover(lab).get_by_role("button", name="Preview").click()
    expect(popover(lab).get_by_role("region", name="Preview")).to_contain_text("onerror")
    assert "broken" not in lab.page.title()


def test_a_comment_lives_and_leaves_a_tombstone(lab: Lab) -> None:
    write_notebook(lab, "comments-life", "x = 1")
    lab.open("comments-life/work.ipynb")
    comment_on(lab, 0, "Frst")
    dialog = popover(lab)
    one = dialog.locator(".cb-comment").first
    one.hover()
    one.get_by_role("button", name="What to do with this comment").click()
    dialog.get_by_role("menuitem", name="Edit").click()
    one.get_by_role("combobox").fill("First")
    one.get_by_role("button", name="Save").click()
    expect(one.locator(".cb-markdown")).to_have_text("First")
    one.get_by_role("button", name="edited").click()
    expect(one.get_by_role("region")).to_contain_text("Frst")
    one.get_by_role("button", name="React").click()
    one.get_by_role("button", name="🎉", exact=True).click()
    expect(one.locator(".cb-reactions")).to_contain_text("1")
    dialog.get_by_role("button", name=re.compile("Labels of the thread")).click()
    dialog.get_by_role("menuitemcheckbox", name="Label: decision").click()
    expect(dialog.locator(".cb-label")).to_have_text("decision")
    dialog.get_by_role("button", name="Resolve").click()
    expect(dialog.locator(".cb-event").last).to_contain_text("resolved this")
    dialog.get_by_role("button", name="Reopen").click()
    expect(dialog.locator(".cb-event").last).to_contain_text("opened this again")
    one.hover()
    one.get_by_role("button", name="What to do with this comment").click()
    dialog.get_by_role("menuitem", name="Delete…").click()
    one.get_by_role("button", name="Delete", exact=True).click()
    expect(one).to_contain_text("This comment was deleted.")


def test_a_problem_is_stated_before_there_is_a_book(lab: Lab) -> None:
    lab.server.write_notebook("comments-first/work.ipynb", "x = 1")
    lab.open("comments-first/work.ipynb")
    tab = open_tab(lab)
    expect(tab).to_contain_text("Nothing is said yet")
    tab.get_by_role("button", name="Write the brief").click()
    tab.get_by_label("Question").fill("Who will leave?")
    tab.get_by_label("Deadline").fill("2027-01-15")
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator(".cb-briefquestion")).to_have_text("Who will leave?")
    field = tab.get_by_role("combobox", name="Comment on the notebook…")
    field.fill("Whom do we ask?")
    field.press("Control+Enter")
    expect(tab.locator(".cb-folded")).to_contain_text("Whom do we ask?")


def test_comments_in_notebook_7(lab: Lab) -> None:
    (cell,) = write_notebook(lab, "comments-seven", "x = 1")
    with threads_of(lab, "comments-seven") as threads:
        threads.start(on_cell(cell, "x = 1"), "Why one?", author=LIN)
    server = lab.server
    lab.page.goto(
        f"{server.url}/notebooks/comments-seven/work.ipynb?token={server.token}", timeout=60_000
    )
    expect(bubble(lab, 0)).to_have_text("1", timeout=60_000)
    bubble(lab, 0).click()
    popover(lab).get_by_role("combobox").fill("Because.")
    popover(lab).get_by_role("button", name="Reply").click()
    expect(popover(lab).locator(".cb-comment").last).to_contain_text("Because.")
    lab.page.keyboard.press("Escape")
    lab.cell(0).locator(".jp-InputPrompt").click(button="right")
    lab.page.locator(".lm-Menu-item", has_text="Comment").click()
    expect(popover(lab).get_by_role("combobox").last).to_be_focused()
    lab.page.keyboard.press("Escape")
    lab.cell(0).locator(".jp-cell-toolbar").get_by_role("button", name="Comment").click()
    popover(lab).get_by_role("button", name="New thread").click()
    popover(lab).get_by_role("combobox").last.fill("And of its name?")
    lab.page.keyboard.press("Control+Enter")
    expect(bubble(lab, 0)).to_have_text("3")
    lab.page.keyboard.press("Escape")
    tab = open_tab(lab)
    expect(tab.locator(".cb-folded", has_text="Why one?")).to_be_visible()
    lab.screenshot("comments-notebook-7")


def test_a_run_is_discussed_where_it_is_shown(lab: Lab) -> None:
    write_notebook(
        lab,
        "comments-run",
        "%load_ext cellbook\nimport cellbook as cb",
        "with cb.start_run('wide', params={'lr': 0.1}) as run:\n    run.log_metric('acc', 0.9)",
        "with cb.start_run('deep', params={'lr': 0.2}) as run:\n    run.log_metric('acc', 0.8)",
        "cb.comments('#1')",
        "%compare #1 #2",
    )
    lab.open("comments-run/work.ipynb")
    for index in range(3):
        lab.run_cell(index)
    with book_of(lab, "comments-run") as book:
        anchor = Anchor(AnchorKind.RUN, runs=(book.find_run("#1").run_id,))
        book.threads.start(anchor, "Wide is enough, see #2.", author=LIN)
    lab.command("cellbook:open-run", run="1")
    details = lab.page.locator("#cellbook-sidebar .cb-details")
    # It opens by itself, as there is something new in it.
    expect(details.locator("summary", has_text="Discussion")).to_contain_text("1 new")
    expect(details.locator(".cb-comment")).to_contain_text("Wide is enough")
    lab.screenshot("comments-run-details")
    details.get_by_role("link", name="#2").click()
    expect(details).to_contain_text("deep")
    lab.command("notebook:run-all-cells")
    panel = lab.outputs(3).last
    expect(panel.locator(".cb-comment")).to_contain_text("Wide is enough")
    field = panel.get_by_role("combobox", name="Reply…")
    field.fill("And faster.")
    field.press("Control+Enter")
    expect(panel.locator(".cb-comment").last).to_contain_text("And faster.")
    lab.screenshot("comments-inline", lab.cell(3))
    compared = lab.outputs(4).last
    compared.get_by_role("tab", name="Discussion").click()
    expect(compared.locator(".cb-folded, .cb-thread")).to_contain_text("Wide is enough")
