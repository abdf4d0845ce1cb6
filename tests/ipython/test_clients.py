"""Notebooks executed by nbclient, papermill and nbconvert, which tell no path and no cell ids."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import v4

from cellbook.records import CellState, RunState
from tests.ipython.kernels import cells, open_book

SOURCES = [
    "%load_ext cellbook",
    "alpha = 0.1",
    "%%track_run fit lr=alpha\nepochs = 3\nfor n in range(epochs):\n    %log loss={1 / (n + 1)}",
    "1 / 0",
]


def notebook(folder: Path, sources: list[str]) -> Path:
    path = folder / "fit.ipynb"
    document = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
    document.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    document.metadata["language_info"] = {"name": "python"}
    document.cells[min(1, len(sources) - 1)].metadata["tags"] = ["parameters"]
    nbformat.write(document, path)
    return path


def check(folder: Path, lr: float = 0.1) -> None:
    sources = [cell.source for cell in cells(folder)]
    assert [source for source in sources if "Parameters" not in source] == SOURCES
    assert cells(folder)[-1].state is CellState.ERROR
    assert {cell.notebook for cell in cells(folder)} == {None}
    run = open_book(folder).find_run("fit")
    assert run.state is RunState.FINISHED
    assert run.params == {"lr": lr, "epochs": 3}
    assert run.stats["loss"].count == 3


def test_nbclient(tmp_path: Path) -> None:
    document = nbformat.read(notebook(tmp_path, SOURCES), as_version=4)
    client = NotebookClient(document, resources={"metadata": {"path": str(tmp_path)}}, timeout=60)
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        client.execute()
    check(tmp_path)
    shown = document.cells[2].outputs[0]
    assert re.fullmatch(
        r"✓ run #1 fit finished · .*s · experiment default · epochs 3", shown.data["text/plain"]
    )


def test_papermill(tmp_path: Path) -> None:
    with pytest.raises(papermill.PapermillExecutionError, match="ZeroDivisionError"):
        papermill.execute_notebook(
            str(notebook(tmp_path, SOURCES)),
            str(tmp_path / "out.ipynb"),
            parameters={"alpha": 0.5},
            cwd=str(tmp_path),
            progress_bar=False,
        )
    check(tmp_path, lr=0.5)


def test_nbconvert(tmp_path: Path) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute"),
            *("--allow-errors", "--output", "out.ipynb", str(notebook(tmp_path, SOURCES))),
        ],
        check=True,
        capture_output=True,
        timeout=90,
    )
    check(tmp_path)
    document = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert document.cells[3].outputs[0].ename == "ZeroDivisionError"
