"""Where comments hang: on cells that are split and merged, on outputs, without any kernel."""

from __future__ import annotations

import json
import re

import nbformat
from playwright.sync_api import Locator, expect

from cellbook.records import Anchor, AnchorKind, Quote
from tests.browser.lab import Lab
from tests.browser.test_comments import (
    LIN,
    book_of,
    bubble,
    on_cell,
    open_tab,
    popover,
    threads_of,
    write_notebook,
)


def choose(lab: Lab, name: str) -> None:
    """Choose an entry of the menu that is open."""
    lab.page.locator(".lm-Menu-item", has_text=name).click()


def head_of(thread: Locator) -> Locator:
    """Return what a thread says above its comments."""
    return thread.locator(".cb-threadhead")


def test_a_thread_goes_with_a_cell_that_is_merged(lab: Lab) -> None:
    sources = ["x = 1", "y = 2", "z = 3"]
    cells = write_notebook(lab, "merged", *sources)
    with threads_of(lab, "merged") as threads:
        for cell, source in zip(cells[:2], sources[:2], strict=True):
            threads.start(on_cell(cell, source), f"About {source[0]}", author=LIN)
    lab.open("merged/work.ipynb")
    expect(bubble(lab, 0)).to_have_text("1")
    # What is on record is the source as it was when the comment was written.
    lab.type_into(0, "x = 100")
    lab.page.wait_for_timeout(500)
    lab.select(0)
    lab.command("notebook:merge-cell-below")
    expect(lab.cells).to_have_count(2)
    expect(bubble(lab, 0)).to_have_text("2")
    lab.command("notebook:undo-cell-action")
    expect(bubble(lab, 1)).to_have_text("1")
    lab.command("notebook:redo-cell-action")
    expect(bubble(lab, 0)).to_have_text("2")
    with threads_of(lab, "merged") as threads:
        # Others, who have the file as it was, see them where they were.
        assert [one.anchor.cell_id for one in threads.all()] == cells[:2]
    lab.save()
    bubble(lab, 0).click()
    expect(popover(lab).locator(".cb-event")).to_have_count(2)
    expect(popover(lab).locator(".cb-event").first).to_contain_text("merged its cell into another")
    lab.screenshot("comments-merged")
    lab.page.reload()
    expect(lab.cells.first).to_be_visible()
    expect(bubble(lab, 0)).to_have_text("2")
    with threads_of(lab, "merged") as threads:
        found = {one.anchor.cell_id for one in threads.all()}
    assert len(found) == 1
    assert not found & set(cells)


def test_a_quote_is_found_in_the_half_that_has_it(lab: Lab) -> None:
    source = "frame = load('train.csv')\nframe = frame.dropna()\nmodel.fit(frame)"
    (cell,) = write_notebook(lab, "halves", source)
    with threads_of(lab, "halves") as threads:
        threads.start(on_cell(cell, source, "load('train.csv')"), "Which version?", author=LIN)
        threads.start(on_cell(cell, source), "On all of it", author=LIN)
    lab.open("halves/work.ipynb")
    expect(bubble(lab, 0)).to_have_text("2")
    lab.cell(0).locator(".cm-line").nth(1).click()
    lab.page.keyboard.press("Home")
    lab.command("notebook:split-cell-at-cursor")
    expect(lab.cells).to_have_count(2)
    # JupyterLab has the last half keep the id.
    expect(bubble(lab, 1)).to_have_text("2")
    bubble(lab, 1).click()
    thread = popover(lab).locator("article", has_text="Which version?")
    expect(thread).to_contain_text("What this quotes is in cell 1 now.")
    expect(popover(lab).locator("article", has_text="On all of it")).not_to_contain_text("quotes")
    lab.screenshot("comments-split")
    thread.get_by_role("button", name="Attach to cell 1").click()
    expect(bubble(lab, 0)).to_have_text("1")
    with threads_of(lab, "halves") as threads:
        anchor = threads.all()[0].anchor
    assert anchor.quote == Quote("load('train.csv')", "frame = ", "")


def test_a_picture_among_outputs_is_commented_on(lab: Lab) -> None:
    draw = (
        "from IPython.display import SVG, display\nprint('before')\n"
        'display(SVG(\'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
        '<circle r="20" cx="20" cy="20"/></svg>\'))'
    )
    write_notebook(lab, "picture", draw)
    lab.open("picture/work.ipynb")
    lab.run_cell(0)
    lab.outputs(0).last.click(button="right")
    choose(lab, "Comment on this output")
    field = popover(lab).get_by_role("combobox", name="Comment on this output…")
    field.fill("Why a circle?")
    lab.page.keyboard.press("Control+Enter")
    expect(popover(lab).locator(".cb-comment")).to_contain_text("Why a circle?")
    expect(head_of(popover(lab))).to_contain_text("on its output")
    with threads_of(lab, "picture") as threads:
        (thread,) = threads.all()
    assert (thread.anchor.kind, thread.anchor.output) == (AnchorKind.OUTPUT, 1)


def test_comments_need_no_kernel(lab: Lab) -> None:
    (cell,) = write_notebook(lab, "kernelless", "x = 1")
    file = lab.server.root / "kernelless" / "work.ipynb"
    notebook = nbformat.read(file, nbformat.NO_CONVERT)
    notebook.metadata["kernelspec"] = {"name": "nosuch", "display_name": "No such"}
    nbformat.write(notebook, file)
    with threads_of(lab, "kernelless") as threads:
        threads.start(on_cell(cell, "x = 1"), "Why one?", author=LIN)
    server = lab.server
    lab.page.goto(
        f"{server.url}/lab/tree/kernelless/work.ipynb?token={server.token}&reset", timeout=60_000
    )
    dialog = lab.page.get_by_role("dialog")
    dialog.get_by_role("button", name="No Kernel").click(timeout=60_000)
    expect(bubble(lab, 0)).to_have_text("1")
    # By the button that JupyterLab shows at the top of the active cell.
    lab.select(0)
    lab.cell(0).locator(".jp-cell-toolbar").get_by_role("button", name="Comment").click()
    field = popover(lab).get_by_role("combobox", name="Reply…")
    field.fill("Because.")
    field.press("Control+Enter")
    expect(popover(lab).locator(".cb-comment")).to_have_count(2)
    tab = open_tab(lab)
    expect(tab.locator(".cb-folded")).to_contain_text("Why one?")
    assert json.loads(json.dumps(server.call("GET", "api/kernels"))) == []


def test_links_open_what_they_name(lab: Lab) -> None:
    cells = write_notebook(lab, "linked", "%load_ext cellbook", "x = 1\n%checkpoint clean", "y = 2")
    with book_of(lab, "linked") as book:
        with book.start_run("wide") as run:
            for step in range(60):
                run.log_metric("loss", 1 / (1 + step), step)
        text = (
            f"cell:{cells[2]} checkpoint:clean #1 metric:1/loss@40 notebook:work.ipynb "
            "board:best $x^2$ `#1`"
        )
        book.threads.start(Anchor(AnchorKind.NOTEBOOK, "work.ipynb"), text, author=LIN)
    lab.open("linked/work.ipynb")
    lab.run_cell(0)
    lab.run_cell(1)
    lab.select(0)
    side = lab.page.locator("#cellbook-sidebar")

    def follow(name: str) -> None:
        tab = open_tab(lab)
        if tab.locator("article").count() == 0:
            tab.locator(".cb-folded").click()
        tab.get_by_role("link", name=name, exact=True).press("Enter")

    follow(f"cell:{cells[2]}")
    expect(lab.cell(2)).to_contain_class("jp-mod-active")
    expect(side.locator("math msup")).to_be_visible()
    follow("checkpoint:clean")
    expect(side.get_by_role("option").filter(has_text="clean")).to_have_attribute(
        "aria-selected", "true"
    )
    follow("#1")
    expect(side.locator(".cb-details")).to_contain_text("wide")
    follow("metric:1/loss@40")
    expect(side.get_by_role("img", name=re.compile("step 40"))).to_be_visible()
    follow("board:best")
    expect(lab.page.locator(".Toastify__toast")).to_contain_text("is shown in a cell")
