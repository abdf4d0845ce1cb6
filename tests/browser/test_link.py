"""The line between a notebook in sight and its kernel: the live document, and its way back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, WebSocketRoute, expect

from cellbook.book import Book
from cellbook.records import Checkpoint
from tests.browser.lab import Lab
from tests.ipython.kernels import cells, open_book

PATIENCE = 20.0


def until(found: Callable[[], Any]) -> Any:
    """Return what `found` returns as soon as that is something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError("it never came")


def document(folder: Path, label: str) -> dict[str, Any] | None:
    """Return the document that is kept with a checkpoint; None while there is none."""
    book: Book = open_book(folder)
    try:
        checkpoint: Checkpoint = book.checkpoints.find(label)[1]
        content = book.checkpoints.document_of(checkpoint)
        return None if content is None else json.loads(content)
    finally:
        book.close()


def sources(found: dict[str, Any]) -> list[str]:
    return ["".join(cell["source"]) for cell in found["cells"]]


def test_the_unsaved_document_comes_back_as_one_step(lab: Lab) -> None:
    lab.server.write_notebook("link/work.ipynb", "%load_ext cellbook", "x = 1", "%checkpoint good")
    lab.open("link/work.ipynb")
    folder = lab.server.root / "link"
    lab.run_cell(0)
    lab.type_into(1, "x = 2  # never saved\nprint(x)")
    assert lab.run_cell(1) == "2"
    lab.run_cell(2)
    kept = until(
        lambda: (
            found
            if (found := document(folder, "good"))
            and "x = 2  # never saved\nprint(x)" in sources(found)
            else None
        )
    )
    assert kept["cells"][1]["outputs"][0]["text"] in ("2\n", ["2\n"])
    ids = [cell["id"] for cell in kept["cells"]]

    lab.type_into(1, "x = 'wrecked'")
    lab.run_cell(1)
    lab.select(2)
    lab.command("notebook:delete-cell")
    expect(lab.cells).to_have_count(2)
    asking = lab.append_cell("%restore good")
    lab.run_cell(asking)
    expect(lab.cells).to_have_count(4)
    expect(lab.cell(1).locator(".cm-content")).to_contain_text("never saved")
    expect(lab.outputs(1)).to_have_text("2\n")
    expect(lab.cells.filter(has_text="Restored checkpoint")).to_have_count(1)
    now = lab.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.model.sharedModel.cells.map(c => c.id)"
    )
    assert [cell for cell in now if cell in ids] == ids
    lab.screenshot("restored-document")
    index = lab.append_cell("print(x)")
    assert lab.run_cell(index) == "2"
    assert not list(folder.glob("*checkpoint*.ipynb"))


def test_undo_takes_a_restored_document_back(lab: Lab) -> None:
    lab.server.write_notebook("undo/work.ipynb", "%load_ext cellbook", "x = 1", "%checkpoint good")
    lab.open("undo/work.ipynb")
    lab.run_all()
    until(lambda: document(lab.server.root / "undo", "good"))
    lab.type_into(1, "x = 'other'")
    index = lab.append_cell("%restore good --doc")
    lab.run_cell(index)
    expect(lab.cell(1).locator(".cm-content")).to_have_text("x = 1")
    lab.page.get_by_role("button", name="Undo", exact=True).click()
    expect(lab.cell(1).locator(".cm-content")).to_have_text("x = 'other'")


def restart(lab: Lab) -> None:
    """Restart the kernel, as its menu does."""
    lab.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    lab.wait_idle()


@pytest.mark.parametrize("asks", ["in one cell", "in all cells", "two cells at once"])
def test_restore_finds_a_window_that_the_kernel_has_not_heard(lab: Lab, asks: str) -> None:
    """What a window says waits behind the cells that it has asked for already."""
    name = asks.replace(" ", "-")
    lab.server.write_notebook(
        f"{name}/work.ipynb", "%load_ext cellbook", "x = 1", "%checkpoint good", "print('last')"
    )
    lab.open(f"{name}/work.ipynb")
    lab.run_all()
    until(lambda: document(lab.server.root / name, "good"))
    lab.type_into(1, "x = 'other'")
    restart(lab)
    if asks == "in one cell":
        lab.type_into(2, "%load_ext cellbook\n%restore good")
        lab.select(2)
        lab.command("notebook:run-cell")
    else:
        lab.type_into(2, "%restore good")
        lab.select(0)
        if asks == "in all cells":
            lab.command("notebook:run-all-cells")
        else:
            lab.page.evaluate(
                """() => {
                    const { commands, shell } = window.jupyterapp;
                    commands.execute('notebook:run-cell');
                    shell.currentWidget.content.activeCellIndex = 2;
                    commands.execute('notebook:run-cell');
                }"""
            )
    expect(lab.notebook.get_by_text("The notebook is as it was then")).to_be_visible()
    expect(lab.cell(1).locator(".cm-content")).to_have_text("x = 1")
    expect(lab.notebook.get_by_text("Waiting for the window")).to_have_count(0)
    assert not list((lab.server.root / name).glob("*-checkpoint-*.ipynb"))
    lab.page.get_by_role("button", name="Undo", exact=True).click()
    expect(lab.cell(1).locator(".cm-content")).to_have_text("x = 'other'")


def test_out_of_order_is_seen_before_the_first_save(lab: Lab) -> None:
    lab.server.write_notebook("order/work.ipynb", "%load_ext cellbook")
    lab.open("order/work.ipynb")
    lab.run_cell(0)
    user = lab.append_cell("y = x")
    maker = lab.append_cell("x = 1")
    lab.run_cell(maker)
    lab.run_cell(user)
    (last,) = [cell for cell in cells(lab.server.root / "order") if cell.source == "y = x"]
    assert "stands below it in the notebook" in last.stale[0]


def test_run_all_tells_each_cell(lab: Lab) -> None:
    made = [f"x{number} = {number}" for number in range(20)]
    lab.server.write_notebook("all/work.ipynb", "%load_ext cellbook", *made)
    lab.open("all/work.ipynb")
    lab.run_all()
    recorded = cells(lab.server.root / "all")
    assert [cell.source for cell in recorded][1:] == made
    assert not any(cell.stale for cell in recorded)


def test_renamed_notebook_keeps_its_line(lab: Lab) -> None:
    lab.server.write_notebook("rename/work.ipynb", "%load_ext cellbook", "x = 1", "y = 2")
    lab.open("rename/work.ipynb")
    lab.run_cell(0)
    lab.run_cell(1)
    lab.page.evaluate(
        """async () => {
            const panel = window.jupyterapp.shell.currentWidget;
            await panel.context.rename('other.ipynb');
        }"""
    )
    lab.run_cell(2)
    recorded = cells(lab.server.root / "rename")
    assert [cell.notebook for cell in recorded][-2:] == ["work.ipynb", "other.ipynb"]


def test_restarted_kernel_gets_a_new_line(lab: Lab) -> None:
    lab.server.write_notebook(
        "restart/work.ipynb", "%load_ext cellbook", "x = 1", "%checkpoint two"
    )
    lab.open("restart/work.ipynb")
    lab.run_all()
    restart(lab)
    lab.type_into(1, "x = 'after'")
    lab.run_all()
    folder = lab.server.root / "restart"
    until(lambda: "x = 'after'" in sources(document(folder, "two") or {"cells": []}))


def test_a_reloaded_page_finds_the_line_again(lab: Lab) -> None:
    lab.server.write_notebook("reload/work.ipynb", "%load_ext cellbook", "x = 1", "%checkpoint two")
    lab.open("reload/work.ipynb")
    lab.run_cell(0)
    lab.save()
    lab.open("reload/work.ipynb")
    lab.type_into(1, "x = 'unsaved'")
    lab.run_cell(1)
    lab.run_cell(2)
    folder = lab.server.root / "reload"
    until(lambda: "x = 'unsaved'" in sources(document(folder, "two") or {"cells": []}))


def prepare_to_restore(lab: Lab, name: str) -> int:
    """Open a notebook with a checkpoint, change two cells since; return the cell that restores."""
    lab.server.write_notebook(
        f"{name}/work.ipynb", "%load_ext cellbook", "x = 1", "y = 1", "%checkpoint good"
    )
    lab.open(f"{name}/work.ipynb")
    lab.run_all()
    until(lambda: document(lab.server.root / name, "good"))
    lab.type_into(1, "x = 'other'")
    lab.type_into(2, "y = 'other'")
    return lab.append_cell("%restore good")


def now(lab: Lab) -> list[str]:
    """Return the sources of the two cells that were changed."""
    return [lab.cell(index).locator(".cm-content").inner_text() for index in (1, 2)]


def test_a_server_that_is_lost_in_mid_restore_leaves_the_notebook_whole(lab: Lab) -> None:
    asking = prepare_to_restore(lab, "lost")
    documents = "**/cellbook/checkpoints/*/document*"
    lab.page.route(documents, lambda route: route.abort())
    lab.run_cell(asking)
    notice = lab.page.get_by_text("is not restored")
    expect(notice).to_have_count(1)
    lab.screenshot("restore-lost")
    assert now(lab) == ["x = 'other'", "y = 'other'"]
    lab.page.unroute(documents)
    lab.run_cell(asking)
    expect(lab.cell(1).locator(".cm-content")).to_have_text("x = 1")
    assert now(lab) == ["x = 1", "y = 1"]
    expect(notice).to_have_count(0)


def test_a_kernel_that_is_lost_in_mid_restore_comes_back(lab: Lab) -> None:
    lines: list[WebSocketRoute] = []

    def follow(line: WebSocketRoute) -> None:
        lines.extend((line, line.connect_to_server()))

    lab.page.route_web_socket("**/channels*", follow)
    asking = prepare_to_restore(lab, "cut")

    def cut(route: Route) -> None:
        try:
            while lines:
                lines.pop().close()
        finally:
            route.continue_()

    lab.page.route("**/cellbook/checkpoints/*/document*", cut, times=1)
    lab.select(asking)
    # By its key: the command would wait for the kernel's answer, which is lost with the line.
    lab.page.keyboard.press("Control+Enter")
    expect(lab.cell(1).locator(".cm-content")).to_have_text("x = 1")
    assert now(lab) == ["x = 1", "y = 1"]
    until(lambda: lines)
    lab.wait_idle()
    index = lab.append_cell("print(x, y)")
    assert lab.run_cell(index) == "1 1"
