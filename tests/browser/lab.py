"""What a person does in JupyterLab, as methods."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from tests.browser.server import LabServer

START_LIMIT = 60_000
"""Milliseconds for the page, or a kernel, to come up on a slow machine."""

RUN_LIMIT = 90_000
"""Milliseconds for one cell."""

KERNEL_IDLE = """() => {
    const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
    return session?.isReady && session.kernelDisplayStatus === 'idle';
}"""
"""The page shows a kernel as idle for a moment before it is there; a cell run then is not run."""

EXECUTION_COUNT = """index =>
    window.jupyterapp.shell.currentWidget.content.widgets[index].model.executionCount"""

SHOWN_ANEW = """([index, formerCount]) => {
    const cell = window.jupyterapp.shell.currentWidget.content.widgets[index];
    if (cell.model.type !== 'code') return true;
    const drawn = 'img, svg, canvas, iframe, .jupyter-widgets';
    const shown = [...cell.node.querySelectorAll('.jp-OutputArea-output')];
    return cell.model.executionCount !== formerCount
        && cell.node.querySelector('.jp-InputPrompt').innerText !== '[*]:'
        && shown.length === cell.model.outputs.length
        && shown.every(node => node.innerText !== '' || node.querySelector(drawn));
}"""
"""JupyterLab draws outputs some time after the kernel has sent them, text in several goes."""


class Lab:
    """One JupyterLab window with one notebook open.

    Cells are counted from 0.  Cells run through JupyterLab's own commands, those behind its menu
    and keys; typing, clicking and reading go through the page.
    """

    def __init__(self, page: Page, server: LabServer, screenshots: Path) -> None:
        self.page = page
        self.server = server
        self.screenshots = screenshots

    def open(self, name: str) -> None:
        """Open a notebook file of the served folder and wait for its kernel."""
        self.page.goto(
            f"{self.server.url}/lab/tree/{quote(name)}?token={self.server.token}&reset",
            timeout=START_LIMIT,
        )
        expect(self.cells.first).to_be_visible(timeout=START_LIMIT)
        self.wait_idle()

    def command(self, name: str, **arguments: Any) -> Any:
        """Run one of JupyterLab's commands and return what it resolves to, where that is JSON."""
        return self.page.evaluate(
            """async ([name, args]) => {
                const result = await window.jupyterapp.commands.execute(name, args);
                return ['boolean', 'number', 'string'].includes(typeof result) ? result : null;
            }""",
            [name, arguments],
        )

    @property
    def notebook(self) -> Locator:
        """The notebook in sight."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    @property
    def cells(self) -> Locator:
        """Its cells, from the top."""
        return self.notebook.locator(".jp-Notebook .jp-Cell")

    def cell(self, index: int) -> Locator:
        """Return the cell at `index`."""
        return self.cells.nth(index)

    def wait_idle(self) -> None:
        """Wait until the kernel is up and has nothing to do."""
        self.page.wait_for_function(KERNEL_IDLE, timeout=START_LIMIT)

    def select(self, index: int) -> None:
        """Make the cell the active one, by a click beside it."""
        self.cell(index).locator(".jp-InputPrompt").click()
        expect(self.cell(index)).to_contain_class("jp-mod-active")

    def run_cell(self, index: int) -> str:
        """Run a cell that is not empty; return the text of its outputs once they are shown."""
        self.select(index)
        count = self.page.evaluate(EXECUTION_COUNT, index)
        self.command("notebook:run-cell")
        self.page.wait_for_function(SHOWN_ANEW, arg=[index, count], timeout=RUN_LIMIT)
        return self.output_text(index)

    def run_all(self) -> None:
        """Run every cell, as *Run All Cells* does, and wait until none is left to run."""
        self.command("notebook:run-all-cells")
        for index in range(self.cells.count()):
            prompt = self.cell(index).locator(".jp-InputPrompt").first
            expect(prompt).not_to_have_text("[*]:", timeout=RUN_LIMIT)
        self.wait_idle()

    def outputs(self, index: int) -> Locator:
        """Return the outputs of a cell."""
        return self.cell(index).locator(".jp-OutputArea-output")

    def output_text(self, index: int) -> str:
        """Return the text of a cell's outputs as it is seen, an output a line or more."""
        return "\n".join(self.outputs(index).all_inner_texts()).strip()

    def append_cell(self, source: str) -> int:
        """Insert a cell below the last, type `source` into it, and return its index."""
        self.select(self.cells.count() - 1)
        before = self.cells.count()
        self.command("notebook:insert-cell-below")
        expect(self.cells).to_have_count(before + 1)
        self.type_into(before, source)
        return before

    def type_into(self, index: int, source: str) -> None:
        """Replace a cell's text by `source`, as one paste, so that no bracket is closed for it."""
        editor = self.cell(index).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(source)
        expect(editor).to_have_text(source.replace("\n", ""))

    def save(self) -> None:
        """Save the notebook."""
        self.command("docmanager:save")

    def use_theme(self, theme: str) -> None:
        """Switch to ``light``, ``dark`` or ``dark high contrast``."""
        name = f"JupyterLab {theme.title()}"
        self.command("apputils:change-theme", theme=name)
        body = self.page.locator(f"body[data-jp-theme-name='{name}']")
        expect(body).to_be_attached(timeout=START_LIMIT)

    def screenshot(self, name: str, part: Locator | None = None) -> Path:
        """Write a picture of the window, or of a part of it, and return its path."""
        path = self.screenshots / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        (self.page if part is None else part).screenshot(path=path, animations="disabled")
        return path
