"""Two windows on one notebook, with jupyter-collaboration really installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.lab import Lab
from tests.browser.overlay import make_overlay
from tests.browser.server import LabServer, running_lab
from tests.browser.test_link import document, sources, until

CELLS = ("%load_ext cellbook", "x = 1", "%checkpoint good")


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    overlay = make_overlay(tmp_path_factory.mktemp("overlay"), "jupyter-collaboration>=5,<6")
    folder = tmp_path_factory.mktemp("shared")
    with running_lab(folder, overlay.python, overlay.variables) as server:
        yield server


@pytest.fixture
def windows(
    page: Page, context: BrowserContext, shared_server: LabServer
) -> Iterator[tuple[Lab, Lab]]:
    context.set_default_timeout(30_000)
    yield (
        Lab(page, shared_server, SCREENSHOTS),
        Lab(context.new_page(), shared_server, SCREENSHOTS),
    )
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
    index = lin.append_cell("print(x)")
    assert lin.run_cell(index) == "from lin"
    # The notice and its undo are in the window that asked, and undo its step alone.
    expect(lin.page.get_by_role("button", name="Undo", exact=True)).to_have_count(0)
    ada.page.get_by_role("button", name="Undo", exact=True).click()
    for lab in windows:
        expect(lab.cell(1).locator(".cm-content")).to_have_text("x = 'wrecked'")
