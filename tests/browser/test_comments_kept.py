"""What one writes is kept: while others write, while it is sent, when its notebook is renamed."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from cellbook.records import Author
from tests.browser.lab import Lab
from tests.browser.test_comments import (
    LIN,
    SOON,
    book_of,
    comment_on,
    on_cell,
    open_tab,
    popover,
    threads_of,
    write_notebook,
)


def rename(lab: Lab, former: str, name: str) -> None:
    """Rename a file, as the file browser does."""
    lab.page.evaluate(
        "names => window.jupyterapp.serviceManager.contents.rename(...names)", [former, name]
    )


def test_two_write_in_a_brief_at_once(lab: Lab) -> None:
    write_notebook(lab, "kept-brief", "x = 1")
    lab.open("kept-brief/work.ipynb")
    tab = open_tab(lab)
    tab.get_by_role("button", name="Write the brief").click()
    tab.get_by_label("Question").fill("Who will leave?")
    tab.get_by_label("Target").fill("auc > 0.8")
    tab.get_by_role("button", name="Save").click()
    tab.locator(".cb-brief summary").click()
    tab.get_by_role("button", name="Edit the brief").click()
    tab.get_by_label("Owner").fill("@ada")
    with threads_of(lab, "kept-brief") as threads:
        (brief,) = threads.briefs()
        threads.save_brief(brief.anchor, {"target": "auc > 0.9"}, author=LIN)
    # What one does not write in is as it is on record, also while one writes.
    expect(tab.get_by_label("Target")).to_have_value("auc > 0.9", timeout=SOON)
    # What one does write in outlasts a reload.
    lab.page.reload()
    expect(lab.cells.first).to_be_visible()
    tab = open_tab(lab)
    expect(tab.get_by_label("Owner")).to_have_value("@ada")
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator(".cb-briefline")).to_have_text("@ada · auc > 0.9")
    with threads_of(lab, "kept-brief") as threads:
        (brief,) = threads.briefs()
    assert (brief.brief["target"], brief.brief["owner"]) == ("auc > 0.9", "@ada")


def test_nothing_is_typed_into_what_is_being_sent(lab: Lab) -> None:
    write_notebook(lab, "kept-sending", "x = 1")
    lab.open("kept-sending/work.ipynb")
    comment_on(lab, 0, "First")
    field = popover(lab).get_by_role("combobox")
    held: list[Route] = []
    lab.page.route("**/cellbook/reply*", lambda route: held.append(route))
    field.fill("Second")
    field.press("Control+Enter")
    expect(field).not_to_be_editable()
    field.press_sequentially(" thought")
    expect(field).to_have_value("Second")
    held[0].continue_()
    expect(popover(lab).locator(".cb-comment").last).to_contain_text("Second")
    expect(field).to_be_editable()
    expect(field).to_be_focused()
    field.press_sequentially("Third")
    expect(field).to_have_value("Third")


def test_what_is_begun_goes_with_a_notebook_that_is_renamed(lab: Lab) -> None:
    write_notebook(lab, "kept-renamed", "x = 1")
    lab.open("kept-renamed/work.ipynb")
    tab = open_tab(lab)
    field = tab.get_by_role("combobox", name="Comment on the notebook…")
    field.fill("Half a sen")
    rename(lab, "kept-renamed/work.ipynb", "kept-renamed/other.ipynb")
    expect(lab.page.locator(".jp-mod-current .lm-TabBar-tabLabel")).to_have_text("other.ipynb")
    expect(field).to_have_value("Half a sen")


def test_a_copy_shows_its_threads_as_soon_as_it_is_there(lab: Lab) -> None:
    (cell,) = write_notebook(lab, "kept-copy", "x = 1")
    with threads_of(lab, "kept-copy") as threads:
        threads.start(on_cell(cell, "x = 1"), "Why one?", author=LIN)
    folder = lab.server.root / "kept-copy"
    (folder / "copy.ipynb").write_bytes((folder / "work.ipynb").read_bytes())
    lab.open("kept-copy/work.ipynb")
    tab = open_tab(lab)
    expect(tab.locator(".cb-folded")).to_contain_text("Cell 1 of work.ipynb")
    # The tab asks before the document is loaded.
    lab.command("docmanager:open", path="kept-copy/copy.ipynb")
    expect(tab.locator(".cb-folded")).to_contain_text("Cell 1 of copy.ipynb")
    expect(tab.locator(".cb-lostmark")).to_have_count(0)


def test_labels_and_people_are_one_line_where_they_are_many(lab: Lab) -> None:
    (cell,) = write_notebook(lab, "kept-labels", "x = 1")
    with threads_of(lab, "kept-labels") as threads:
        thread = threads.start(on_cell(cell, "x = 1"), "Is $\\frac{1}{40}$ few?", author=LIN)
        threads.reply(thread.thread_id, "No", author=Author("grace"))
        for on in (True, False, True):
            threads.label(thread.thread_id, "todo", on, author=LIN)
    lab.open("kept-labels/work.ipynb")
    tab = open_tab(lab)
    # Nobody said anything by a label: the last word is grace's.
    expect(tab.locator(".cb-lastline")).to_contain_text("grace")
    expect(tab.locator(".cb-excerpt")).to_contain_text("Is 1/40 few?")
    tab.locator(".cb-folded").click()
    thread_shown = tab.locator("article.cb-thread")
    expect(thread_shown.locator(".cb-event")).to_have_count(1)
    thread_shown.get_by_role("button", name="3 small changes").click()
    expect(thread_shown.locator(".cb-event")).to_have_count(4)
    lab.screenshot("comments-small-entries")


def test_a_panel_has_the_colours_of_the_theme_that_comes(lab: Lab) -> None:
    write_notebook(lab, "kept-theme", "import cellbook as cb\ncb.comments()")
    with book_of(lab, "kept-theme") as book:
        book.start_run("wide").end()
    lab.open("kept-theme/work.ipynb")
    lab.run_cell(0)
    panel = lab.outputs(0).locator(".cellbook-inline")
    expect(panel).not_to_contain_class("cb-mod-foreign")
    lab.use_theme("light")
    # As one that was drawn while JupyterLab had no theme, between two of them.
    panel.evaluate("panel => panel.classList.add('cb-mod-foreign')")
    lab.use_theme("dark")
    expect(panel).not_to_contain_class("cb-mod-foreign")
    lab.screenshot("comments-inline-dark", panel)


def test_a_refusal_stands_below_what_it_is_of(lab: Lab) -> None:
    write_notebook(lab, "kept-refused", "x = 1")
    lab.open("kept-refused/work.ipynb")
    comment_on(lab, 0, "First")
    field = popover(lab).get_by_role("combobox")
    lab.page.route("**/cellbook/reply*", lambda route: route.abort())
    field.fill("Second")
    field.press("Control+Enter")
    refusal = popover(lab).get_by_role("alert")
    expect(refusal).to_have_text("The Jupyter server does not answer. Is it still running?")
    above, below = field.bounding_box(), refusal.bounding_box()
    assert above is not None
    assert below is not None
    assert below["y"] >= above["y"] + above["height"]
    # What was to be sent is still there, and can be sent when the server answers.
    lab.page.unroute("**/cellbook/reply*")
    expect(field).to_have_value("Second")
    field.press("Control+Enter")
    expect(popover(lab).locator(".cb-comment").last).to_contain_text("Second")
    expect(refusal).to_have_count(0)
