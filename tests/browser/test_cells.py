"""Marks beside cells, and the history behind each."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab

PATIENCE = 15_000
"""Milliseconds for what is recorded, or edited, to be seen at the cell."""

WINDOWING = """mode => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.notebookConfig = { ...notebook.notebookConfig, windowingMode: mode };
}"""


def open_cells(lab: Lab, name: str, *cells: str) -> None:
    """Open a notebook whose first cell has loaded Cellbook."""
    lab.server.write_notebook(f"{name}/work.ipynb", "%load_ext cellbook", *cells)
    lab.open(f"{name}/work.ipynb")


def mark(lab: Lab, index: int) -> Locator:
    """Return the mark of a cell; there may be none."""
    return lab.cell(index).locator("> .cb-cell-mark")


def expect_mark(lab: Lab, index: int, kind: str, label: str = "") -> None:
    """Wait until a cell's mark is of that kind, and says that."""
    expect(mark(lab, index)).to_have_attribute("data-kind", kind, timeout=PATIENCE)
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
    expect_mark(lab, 2, "stale", r"uses `x`, whose cell \[2\] was edited since it ran")
    expect_mark(lab, 3, "history")
    lab.type_into(1, "x = 1")
    expect_mark(lab, 1, "history")
    expect_mark(lab, 2, "history")


def test_a_cell_that_ran_again_makes_others_stale(lab: Lab) -> None:
    open_cells(lab, "again", "x = 1", "y = x + 1")
    lab.run_all()
    expect_mark(lab, 2, "history")
    lab.run_cell(1)
    expect_mark(lab, 2, "stale", r"uses `x`, whose cell \[4\] ran again since")
    expect_mark(lab, 1, "history", "2 times on record")
    lab.run_cell(2)
    expect_mark(lab, 2, "history")
