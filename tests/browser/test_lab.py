"""JupyterLab itself: what the other browser tests stand on."""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import expect

import cellbook
from tests.browser.lab import Lab


def test_run_a_cell_shows_its_result(lab: Lab) -> None:
    lab.server.write_notebook("sum.ipynb", "1+1")
    lab.open("sum.ipynb")
    assert lab.run_cell(0) == "2"
    lab.screenshot("sum")


def test_kernel_imports_cellbook(lab: Lab) -> None:
    lab.server.write_notebook("import.ipynb", "import cellbook\nprint(cellbook.__version__)")
    lab.open("import.ipynb")
    assert lab.run_cell(0) == cellbook.__version__


def test_typed_cells_run_and_are_saved(lab: Lab) -> None:
    path = lab.server.write_notebook("typed.ipynb", "x = 20")
    lab.open("typed.ipynb")
    index = lab.append_cell("for i in (1, 2):\n    print(x + i)")
    lab.run_all()
    expect(lab.outputs(index)).to_have_text("21\n22\n")
    lab.save()
    saved = nbformat.read(path, as_version=4)
    assert saved.cells[1].source == "for i in (1, 2):\n    print(x + i)"
    assert saved.cells[1].outputs[0].text == "21\n22\n"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_widgets_and_themes_show(lab: Lab, theme: str) -> None:
    lab.server.write_notebook(
        f"widget-{theme}.ipynb", "import ipywidgets\nipywidgets.Button(description='Compare')"
    )
    lab.open(f"widget-{theme}.ipynb")
    lab.use_theme(theme)
    lab.run_cell(0)
    button = lab.outputs(0).get_by_role("button", name="Compare")
    button.wait_for()
    lab.screenshot(f"widget-{theme}")
