"""Two windows on one notebook, with jupyter-collaboration really installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.lab import Lab
from tests.browser.overlay import make_overlay
from tests.browser.server import LabServer, running_lab
from tests.browser.test_comments import (
    LIN,
    bubble,
    comment_on,
    on_cell,
    popover,
    threads_of,
    write_notebook,
)
from tests.browser.test_link import document, sources, until
from tests.private import private_environment

IDENTITIES = """
from jupyter_server.auth.identity import IdentityProvider, User

class Named(IdentityProvider):
    def generate_anonymous_user(self, handler):
        name = handler.get_argument("as", "ada")
        return User(username=name, name=name.title())

c.ServerApp.identity_provider_class = Named
"""
"""Whoever comes says who it is: Jupyter's own server calls all of them anonymous."""

CELLS = ("%load_ext cellbook", "x = 1", "%checkpoint good")


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    overlay = make_overlay(tmp_path_factory.mktemp("overlay"), "jupyter-collaboration>=5,<6")
    folder = tmp_path_factory.mktemp("shared")
    private = private_environment(folder / "private")
    config = Path(private["JUPYTER_CONFIG_DIR"]) / "jupyter_server_config.py"
    config.write_text(IDENTITIES)
    with running_lab(folder, overlay.python, overlay.variables) as server:
        settings = Path(private["JUPYTERLAB_SETTINGS_DIR"]) / "@jupyterlab"
        # As JupyterLab comes, the server saves whatever anybody changes.
        (settings / "docmanager-extension" / "plugin.jupyterlab-settings").unlink()
        yield server


@pytest.fixture
def windows(
    browser: Browser, browser_context_args: dict[str, Any], shared_server: LabServer
) -> Iterator[tuple[Lab, Lab]]:
    """Give ada's window and lin's, each in a browser of its own."""
    labs = []
    for name in ("ada", "lin"):
        context = browser.new_context(**browser_context_args)
        context.set_default_timeout(30_000)
        labs.append(Lab(context.new_page(), shared_server, SCREENSHOTS))
        token = shared_server.token
        labs[-1].page.goto(f"{shared_server.url}/api/me?token={token}&as={name}")
    yield labs[0], labs[1]
    for lab in labs:
        lab.page.context.close()
    shared_server.end_kernels()


def test_windows_that_share_a_notebook(windows: tuple[Lab, Lab]) -> None:
    ada, lin = windows
    folder = ada.server.root / "both"
    ada.server.write_notebook("both/work.ipynb", *CELLS)
    ada.open("both/work.ipynb")
    assert ada.page.evaluate(
        "() => window.jupyterapp.listPlugins().some(id => id.startsWith('@jupyter/docprovider'))"
    )
    lin.open("both/work.ipynb")
    ada.run_cell(0)
    # What one types, the other runs; the checkpoint has it, saved or not.
    lin.type_into(1, "x = 'from lin'")
    expect(ada.cell(1).locator(".cm-content")).to_have_text("x = 'from lin'")
    ada.run_cell(1)
    lin.run_cell(2)
    until(lambda: "x = 'from lin'" in sources(document(folder, "good") or {"cells": []}))

    ada.type_into(1, "x = 'wrecked'")
    ada.run_cell(1)
    asking = ada.append_cell("%restore good")
    ada.run_cell(asking)
    for lab in windows:
        expect(lab.cell(1).locator(".cm-content")).to_have_text("x = 'from lin'")
        expect(lab.cells).to_have_count(4)
    expect(lin.cell(3)).to_contain_text("Restored checkpoint")
    # The notice and its undo are in the window that asked, and undo its step alone.
    expect(lin.page.get_by_role("button", name="Undo", exact=True)).to_have_count(0)
    ada.page.get_by_role("button", name="Undo", exact=True).click()
    for lab in windows:
        expect(lab.cell(1).locator(".cm-content")).to_have_text("x = 'wrecked'")
    index = lin.append_cell("print(x)")
    assert lin.run_cell(index) == "from lin"


def test_threads_are_with_their_cells_in_both_windows(windows: tuple[Lab, Lab]) -> None:
    ada, lin = windows
    sources = ["x = 1", "y = 2", "z = 3"]
    cells = write_notebook(ada, "talk", *sources)
    with threads_of(ada, "talk") as threads:
        for cell, source in zip(cells[:2], sources[:2], strict=True):
            threads.start(on_cell(cell, source), f"About {source[0]}", author=LIN)

    def anchors() -> set[str]:
        with threads_of(ada, "talk") as threads:
            return {one.anchor.cell_id for one in threads.all()}

    def shown(*counts: str) -> None:
        for lab in windows:
            expect(lab.cells).to_have_count(len(counts))
            for index, count in enumerate(counts):
                if count:
                    expect(bubble(lab, index)).to_have_text(count)
                    expect(bubble(lab, index)).to_be_visible()
                else:
                    expect(bubble(lab, index).and_(lab.page.locator(":visible"))).to_have_count(0)

    ada.open("talk/work.ipynb")
    lin.open("talk/work.ipynb")
    shown("1", "1", "")
    ada.select(0)
    ada.command("notebook:merge-cell-below")
    shown("2", "")
    # The server saves by itself, and what was merged is on record from then on.
    until(lambda: not anchors() & set(cells))
    assert len(anchors()) == 1
    # Whoever undoes it has the threads back where they were; lin's window did not undo anything.
    ada.command("notebook:undo-cell-action")
    shown("1", "1", "")
    lin.select(1)
    lin.command("notebook:move-cell-down")
    shown("1", "", "1")
    lin.command("notebook:move-cell-up")
    shown("1", "1", "")
    ada.select(0)
    ada.command("notebook:merge-cell-below")
    shown("2", "")
    ada.cell(0).locator(".cm-line").last.click()
    ada.page.keyboard.press("Home")
    ada.command("notebook:split-cell-at-cursor")
    # JupyterLab has the last half keep the id.
    shown("", "2", "")
    until(lambda: len(anchors()) == 1 and not anchors() & set(cells))
    lin.page.reload()
    expect(lin.cells.first).to_be_visible()
    shown("", "2", "")


def test_two_comment_at_once_and_a_draft_stays(windows: tuple[Lab, Lab]) -> None:
    ada, lin = windows
    write_notebook(ada, "drafts", "x = 1", "y = 2")
    ada.open("drafts/work.ipynb")
    lin.open("drafts/work.ipynb")
    comment_on(ada, 0, "From ada")
    expect(bubble(lin, 0)).to_have_text("1")
    bubble(lin, 0).click()
    field = popover(lin).get_by_role("combobox")
    field.fill("Half a sen")
    answer = popover(ada).get_by_role("combobox")
    answer.fill("More from ada")
    answer.press("Control+Enter")
    expect(popover(lin).locator(".cb-comment")).to_have_count(2)
    expect(field).to_have_value("Half a sen")
    expect(field).to_be_focused()
    # The cell that lin writes about becomes a part of another one.
    ada.page.keyboard.press("Escape")
    ada.select(0)
    ada.command("notebook:merge-cell-below")
    expect(lin.cells).to_have_count(1)
    expect(bubble(lin, 0)).to_have_text("2")
    bubble(lin, 0).click()
    expect(field).to_have_value("Half a sen")
    field.press("Control+Enter")
    bubble(ada, 0).click()
    comment = popover(ada).locator(".cb-comment").last
    expect(comment).to_contain_text("Half a sen")
    expect(comment.locator(".cb-author")).to_have_text("Lin")
