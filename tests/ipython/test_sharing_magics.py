"""``%export_run`` and ``%import_run`` in a real kernel: from one machine's book to another's."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from tests.ipython.kernels import Kernel, kernel

LOAD = "%load_ext cellbook\nimport cellbook as cb"


@pytest.fixture
def k(tmp_path: Path) -> Iterator[Kernel]:
    home = tmp_path / "home"
    home.mkdir()
    cells = [nbformat.v4.new_code_cell(text, id=f"c{n}") for n, text in enumerate((LOAD, "x = 2"))]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), home / "work.ipynb")
    with kernel(home, {"JPY_SESSION_NAME": str(home / "work.ipynb")}) as started:
        started.run(LOAD, "c0")
        yield started


def test_a_run_travels_with_its_state(k: Kernel, tmp_path: Path) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    k.run("x = 2\nlist_of_it = [x] * 3", "c1")
    k.run("%track_run wide lr=0.1", "c2")
    k.run("for step in range(5):\n    cb.log_metric('acc', x / (1 + step), step)", "c3")
    refused = k.run("%export_run")
    assert "has not ended" in refused.stderr
    k.run("%end_run", "c4")
    k.run("%comment run:wide why so wide?")
    assert "run #1 wide is in wide.zip" in k.run("%export_run run:wide wide.zip --state").text
    assert "run #1 wide is in run-1-wide.zip" in k.run("%export_run").text
    file = home / "wide.zip"
    with zipfile.ZipFile(file) as opened:
        names = opened.namelist()
        document = nbformat.reads(opened.read("work.ipynb").decode(), as_version=4)
        script = opened.read("slice.py").decode()
        told = json.loads(opened.read("run.json"))
    assert [cell.source for cell in document.cells] == [LOAD, "x = 2"]
    assert "cb.log_metric('acc'" in script
    compile(script, "slice.py", "exec")
    assert told["params"] == {"lr": 0.1}
    assert {"README.md", "requirements.txt", "cellbook/state.bin", "slice.ipynb"} <= set(names)

    away.mkdir()
    with kernel(away, {"JPY_SESSION_NAME": str(away / "other.ipynb")}) as other:
        other.run(LOAD, "c0")
        said = other.run(f"%import_run {file} --state").text
        assert "run #1 wide is taken in from wide.zip, with 1 comment" in said
        assert "%restore asks for --trust" in said
        assert "in this book already" in other.run(f"%import_run {file}").text
        refused = other.run("%restore run:wide")
        assert "not with your key" in refused.stderr + refused.traceback
        other.run("%restore run:wide --trust --kernel")
        assert other.run("list_of_it").text == "[2, 2, 2]"
        values = "cb.metric_history('wide')['value'].tolist()"
        assert other.run(values).text == k.run(values).text
        assert "wide.zip" in other.run("cb.open().find_run('wide').imported['file']").text
