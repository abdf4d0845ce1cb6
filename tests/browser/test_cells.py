"""Marks beside cells, and the history behind each."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from cellbook.capture import CellLog
from cellbook.records import CellExecution, CellState
from cellbook.store import FolderStore
from tests.browser.lab import Lab


def open_cells(lab: Lab, name: str, *cells: str) -> None:
    """Open a notebook whose first cell has loaded Cellbook."""
    lab.server.write_notebook(f"{name}/work.ipynb", "%load_ext cellbook", *cells)
    lab.open(f"{name}/work.ipynb")


def mark(lab: Lab, index: int) -> Locator:
    """Return the mark of a cell; there may be none."""
    return lab.cell(index).locator("> .cb-cell-mark")


def expect_mark(lab: Lab, index: int, kind: str, label: str = "") -> None:
    """Wait until a cell's mark is of that kind, and says that."""
    expect(mark(lab, index)).to_have_attribute("data-kind", kind)
    if label:
        expect(mark(lab, index)).to_have_attribute("aria-label", re.compile(label))


def open_history(lab: Lab, index: int) -> Locator:
    """Open the history of a cell by its mark."""
    mark(lab, index).click(force=True)
    dialog = lab.page.locator("dialog.cb-history")
    expect(dialog.locator(".cb-version").first).to_be_visible()
    return dialog


def source(lab: Lab, index: int) -> str:
    """Return a cell's source as it is in the notebook."""
    return str(
        lab.page.evaluate(
            "index => window.jupyterapp.shell.currentWidget.content.widgets[index]"
            ".model.sharedModel.getSource()",
            index,
        )
    )


def test_an_edit_is_seen_on_the_cell_and_on_those_it_feeds(lab: Lab) -> None:
    open_cells(lab, "edit", "x = 1", "y = x + 1", "z = 5")
    lab.run_all()
    for index in range(4):
        expect_mark(lab, index, "history", "Ran 20.* · took .* · once on record")
    lab.type_into(1, "x = 2")
    expect_mark(lab, 1, "stale", "edited since it ran")
    expect_mark(lab, 2, "stale", r"uses x, whose cell \[2\] was edited since it ran")
    expect_mark(lab, 3, "history")
    lab.type_into(1, "x = 1")
    expect_mark(lab, 1, "history")
    expect_mark(lab, 2, "history")


def test_a_cell_that_ran_again_makes_others_stale(lab: Lab) -> None:
    open_cells(lab, "again", "x = 1", "y = x + 1")
    lab.run_all()
    expect_mark(lab, 2, "history")
    lab.run_cell(1)
    expect_mark(lab, 2, "stale", r"uses x, whose cell \[4\] ran again since")
    expect_mark(lab, 1, "history", "2 times on record")
    lab.run_cell(2)
    expect_mark(lab, 2, "history")


@pytest.mark.parametrize("theme", ["light", "dark", "dark high contrast"])
def test_marks_and_history_are_seen(lab: Lab, theme: str) -> None:
    open_cells(
        lab,
        f"seen-{theme}",
        "import numpy as np\nrate = 0.01",
        "%track_run 'wide <b>net</b>'",
        "print('rate', rate)",
        "raise ValueError('<img src=x onerror=document.title=1>')",
        "rate * 2",
        "# never ran\nrate",
    )
    lab.use_theme(theme)
    for index in range(6):
        lab.run_cell(index)
    expect_mark(lab, 3, "open", r"Part of run #1 wide <b>net</b>, which is open")
    expect_mark(lab, 4, "failed", "Failed: ValueError: <img src=x")
    lab.type_into(3, "print('rate', rate, 'of', 2 * rate)")
    lab.run_cell(3)
    lab.type_into(3, "for each in (1, 2):\n    print('rate', rate, 'of', 3 * rate)")
    lab.run_cell(3)
    lab.run_cell(3)
    lab.type_into(1, "import numpy as np\nrate = 0.02")
    expect_mark(lab, 1, "stale")
    expect_mark(lab, 3, "stale", "Part of run #1")
    expect(mark(lab, 6)).to_have_count(0)
    mark(lab, 3).hover()
    expect(lab.page.locator(".cb-cell-tip")).to_contain_text("◌ Stale: uses rate")
    lab.screenshot(f"cells-marks-{theme}")
    dialog = open_history(lab, 3)
    expect(dialog.locator(".cb-version")).to_have_count(3)
    expect(dialog.locator(".cb-history-outputs").first).to_contain_text("rate 0.01 of 0.03")
    lab.screenshot(f"cells-history-{theme}")
    lab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    dialog = open_history(lab, 4)
    expect(dialog.locator(".cb-history-outputs")).to_contain_text("<img src=x")
    lab.screenshot(f"cells-history-failed-{theme}")


def test_a_version_is_put_back_and_taken_back(lab: Lab) -> None:
    open_cells(lab, "back", "print('first')")
    lab.run_all()
    lab.type_into(1, "print('second')")
    lab.run_cell(1)
    expect_mark(lab, 1, "history", "2 times")
    dialog = open_history(lab, 1)
    versions = dialog.locator(".cb-version")
    expect(versions).to_have_count(2)
    expect(versions.first.locator("ins")).to_have_text("second")
    expect(versions.first.locator("del")).to_have_text("first")
    expect(versions.last.locator("ins")).to_have_count(0)
    dialog.get_by_label("the cell now").check()
    expect(versions.first.locator("ins")).to_have_count(0)
    expect(versions.last.locator("ins")).to_have_text("first")
    expect(versions.last.locator("del")).to_have_text("second")
    expect(versions.first.get_by_role("button", name="Put this version back")).to_have_count(0)
    versions.last.get_by_role("button", name="Put this version back").click()
    expect(dialog).to_have_count(0)
    assert source(lab, 1) == "print('first')"
    assert lab.output_text(1) == "second"
    expect_mark(lab, 1, "stale", "edited since it ran")
    lab.page.get_by_role("button", name="Undo").click()
    assert source(lab, 1) == "print('second')"
    expect_mark(lab, 1, "history")


def test_a_history_can_be_had_by_keys_alone(lab: Lab) -> None:
    open_cells(lab, "history-keys", "print('one')")
    lab.run_all()
    expect_mark(lab, 1, "history")
    lab.select(0)
    expect(mark(lab, 0)).to_have_attribute("tabindex", "0")
    lab.select(1)
    expect(mark(lab, 0)).to_have_attribute("tabindex", "-1")
    lab.cell(1).focus()
    lab.page.keyboard.press("Tab")
    expect(mark(lab, 1)).to_be_focused()
    expect(lab.page.locator(".cb-cell-tip")).to_contain_text("once on record")
    lab.page.keyboard.press("Enter")
    dialog = lab.page.locator("dialog.cb-history")
    expect(dialog).to_be_visible()
    for _ in range(12):
        lab.page.keyboard.press("Tab")
        assert (
            lab.page.evaluate("() => document.activeElement.closest('body > :not(dialog)')") is None
        )
    lab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(mark(lab, 1)).to_be_focused()
    lab.page.keyboard.press("Control+Alt+V")
    expect(dialog).to_be_visible()
    lab.page.keyboard.press("d")
    lab.page.keyboard.press("d")
    lab.page.keyboard.press("Escape")
    expect(lab.cells).to_have_count(2)
    lab.cell(1).locator(".jp-InputPrompt").click(button="right")
    lab.page.get_by_role("menuitem", name="History of this cell").click()
    expect(dialog).to_be_visible()


def test_marks_can_be_switched_off(lab: Lab) -> None:
    open_cells(lab, "off", "raise KeyError('no')")
    for index in range(2):
        lab.run_cell(index)
    expect(mark(lab, 1)).to_be_visible()
    change = """shown => window.jupyterapp.serviceManager.settings.save(
        'cellbook-labextension:cells', JSON.stringify({ showMarks: shown }))"""
    try:
        lab.page.evaluate(change, False)
        lab.open("off/work.ipynb")
        lab.select(1)
        expect(mark(lab, 1)).to_have_attribute("data-kind", "failed")
        expect(mark(lab, 1)).to_be_hidden()
        lab.page.keyboard.press("Control+Alt+V")
        expect(lab.page.locator("dialog.cb-history .cb-version")).to_have_count(1)
    finally:
        lab.page.evaluate(change, True)
    lab.open("off/work.ipynb")
    expect(mark(lab, 1)).to_be_visible()


def test_marks_follow_their_cells(lab: Lab) -> None:
    open_cells(lab, "marks-follow", "a = 1\nb = 2", "raise KeyError('no')", "c = 3")
    for index in range(4):
        lab.run_cell(index)
    expect_mark(lab, 2, "failed")
    lab.select(2)
    lab.command("notebook:move-cell-down")
    expect_mark(lab, 3, "failed", "KeyError")
    expect_mark(lab, 2, "history")
    expect(lab.notebook.locator(".cb-cell-mark")).to_have_count(4)

    lab.select(3)
    lab.command("notebook:copy-cell")
    lab.command("notebook:paste-cell-below")
    expect(lab.cells).to_have_count(5)
    expect_mark(lab, 3, "failed")
    lab.page.wait_for_timeout(700)
    expect(mark(lab, 4)).to_have_count(0)

    lab.command("notebook:cut-cell")
    lab.command("notebook:undo-cell-action")
    expect(lab.cells).to_have_count(5)

    # The lower half of a cell that is split is the one that ran, edited since.
    lab.cell(1).locator(".cm-content").click()
    lab.page.keyboard.press("ControlOrMeta+Home")
    lab.page.keyboard.press("End")
    lab.command("notebook:split-cell-at-cursor")
    expect(lab.cells).to_have_count(6)
    expect_mark(lab, 2, "stale", "edited since it ran")
    expect(mark(lab, 1)).to_have_count(0)

    # One that others were merged into is a new one.
    lab.select(1)
    lab.command("notebook:merge-cell-below")
    expect(lab.cells).to_have_count(5)
    lab.page.wait_for_timeout(700)
    expect(mark(lab, 1)).to_have_count(0)


def test_what_it_put_out_runs_nothing(lab: Lab) -> None:
    attack = "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'><b>bold</b>"
    open_cells(
        lab,
        "hostile",
        f"from IPython.display import HTML, Javascript\nHTML({attack!r})",
        "Javascript('window.hit = 2')",
    )
    lab.run_all()
    expect_mark(lab, 2, "history")
    lab.page.evaluate("() => { window.hit = 0 }")
    for index in (1, 2):
        dialog = open_history(lab, index)
        if index == 1:
            expect(dialog.locator(".cb-history-outputs b")).to_have_text("bold")
            assert dialog.locator(".cb-history-outputs script").count() == 0
        lab.page.wait_for_timeout(500)
        assert lab.page.evaluate("() => window.hit") == 0
        lab.page.keyboard.press("Escape")


def test_cells_without_lasting_ids_are_found_by_their_text(lab: Lab) -> None:
    path = lab.server.write_notebook("old/work.ipynb", "%load_ext cellbook", "print('same')")
    document = nbformat.read(path, as_version=4)
    document.nbformat_minor = 4
    for cell in document.cells:
        del cell["id"]
    nbformat.write(document, path)
    lab.open("old/work.ipynb")
    lab.run_all()
    expect_mark(lab, 1, "history")
    lab.open("old/work.ipynb")
    expect_mark(lab, 1, "history", "Found by its text")
    dialog = open_history(lab, 1)
    expect(dialog).to_contain_text("found by the text of the cell")
    expect(dialog.locator(".cb-version")).to_have_count(1)


# JupyterLab itself draws some ten cells a second where it defers or draws all: fewer do there.
@pytest.mark.parametrize(
    ("mode", "count"),
    [("full", 1_000), ("contentVisibility", 1_000), ("none", 200), ("defer", 200)],
)
def test_many_cells_have_their_marks_where_they_are_seen(lab: Lab, mode: str, count: int) -> None:
    sources = [f"x{number} = {number}" for number in range(count)]
    name = f"many-{mode}/work.ipynb"
    record(lab.server.write_notebook(name, *sources))
    lab.server.write_notebook(f"many-{mode}/small.ipynb", "")
    lab.open(f"many-{mode}/small.ipynb")
    use_windowing(lab, mode)
    try:
        lab.open(name)
        assert lab.page.evaluate(f"() => {NOTEBOOK}.notebookConfig.windowingMode") == mode
        go_to(lab, count - 1)
        last = at(lab, sources[-1])
        expect(last).to_have_attribute("data-kind", "failed")
        expect(last).to_be_in_viewport()
        go_to(lab, 0)
        first = at(lab, "x0 = ")
        expect(first).to_have_attribute("data-kind", "history")
        lab.page.evaluate(f"() => {NOTEBOOK}.widgets[0].model.sharedModel.setSource('x0 = 7')")
        expect(first).to_have_attribute("data-kind", "stale")
        expect(first).to_have_attribute("aria-label", re.compile("edited since it was recorded"))
        expect_marks_to_follow(lab, sources)
    finally:
        use_windowing(lab, "none")


NOTEBOOK = "window.jupyterapp.shell.currentWidget.content"


def at(lab: Lab, text: str) -> Locator:
    """Return the mark of the cell whose source is, or begins with, that text."""
    code = lab.page.locator(".cm-content", has_text=re.compile(f"^{re.escape(text)}"))
    return lab.cells.filter(has=code).locator("> .cb-cell-mark")


def go_to(lab: Lab, index: int) -> None:
    """Bring a cell into sight; in some modes it is there when all before it have been drawn."""
    lab.page.evaluate(f"index => {{ {NOTEBOOK}.activeCellIndex = index; }}", index)
    lab.page.wait_for_function(
        f"""index => {{
            {NOTEBOOK}.scrollToItem(index);
            return !{NOTEBOOK}.widgets[index].isPlaceholder();
        }}""",
        arg=index,
        timeout=120_000,
        polling=500,
    )


def expect_marks_to_follow(lab: Lab, sources: list[str]) -> None:
    """Move the last cell, which failed, to the middle; copy, split and merge there."""
    last, middle = len(sources) - 1, len(sources) // 2
    go_to(lab, last)
    lab.page.evaluate(f"() => {NOTEBOOK}.moveCell({last}, {middle})")
    go_to(lab, middle)
    moved = at(lab, sources[-1])
    expect(moved).to_have_attribute("data-kind", "failed")
    expect(moved).to_be_in_viewport()
    lab.command("notebook:copy-cell")
    lab.command("notebook:paste-cell-below")
    lab.page.evaluate(
        f"() => {NOTEBOOK}.widgets[{middle + 1}].model.sharedModel.setSource('copy = 1')"
    )
    expect(at(lab, sources[middle - 1])).to_have_attribute("data-kind", "history")
    expect(moved).to_have_count(1)
    expect(at(lab, "copy = 1")).to_have_count(0)
    # The lower half of a cell that is split is the one that ran; what is merged is a new one.
    go_to(lab, middle)
    lab.page.evaluate(
        f"""() => {{
            const cell = {NOTEBOOK}.activeCell;
            cell.model.sharedModel.setSource('upper = 1\\nlower = 2');
            cell.editor.setCursorPosition({{ line: 0, column: 9 }});
        }}"""
    )
    lab.command("notebook:split-cell-at-cursor")
    expect(at(lab, "lower = 2")).to_have_attribute("data-kind", "failed")
    expect(at(lab, "upper = 1")).to_have_count(0)
    go_to(lab, middle)
    lab.command("notebook:merge-cell-below")
    merged = lab.cells.filter(has_text="upper = 1").filter(has_text="lower = 2")
    expect(merged).to_have_count(1)
    lab.page.wait_for_timeout(700)
    expect(merged.locator("> .cb-cell-mark")).to_have_count(0)


def record(notebook: Path) -> None:
    """Put an execution of each cell on record; the last one failed."""
    store = FolderStore(notebook.parent / ".cellbook")
    log = CellLog(store)
    cells = nbformat.read(notebook, as_version=4).cells
    for order, cell in enumerate(cells):
        log.end(
            CellExecution(
                execution_id=store.new_id(),
                session="01K8ZZZZZZZZZZZZZZZZZZZZZZ",
                source=cell.source,
                state=CellState.OK if order < len(cells) - 1 else CellState.ERROR,
                start_time=1_790_000_000_000,
                order=order,
                notebook=notebook.name,
                cell_id=cell.id,
            )
        )
    store.close()


def use_windowing(lab: Lab, mode: str) -> None:
    """Have notebooks that are opened from now on draw their cells in one of JupyterLab's modes."""
    lab.page.evaluate(
        """mode => window.jupyterapp.serviceManager.settings.save(
            '@jupyterlab/notebook-extension:tracker', JSON.stringify({ windowingMode: mode }))""",
        mode,
    )
