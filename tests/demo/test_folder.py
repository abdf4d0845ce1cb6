from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from cellbook.demo.folder import NOTEBOOK, DemoState, fresh, look_at, mark, template
from cellbook.errors import InvalidInput


def write(folder: Path, *, finished: bool, change: bool = False) -> None:
    notebook = json.loads(template())
    mark(notebook, finished=finished)
    if change:
        notebook["cells"][1]["source"] = ["x = 1"]
    folder.mkdir(exist_ok=True)
    (folder / NOTEBOOK).write_text(json.dumps(notebook))


def test_template_is_a_valid_notebook_without_outputs() -> None:
    notebook = json.loads(template())
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") for cell in notebook["cells"])


def test_look_at_finds_room(tmp_path: Path) -> None:
    assert look_at(tmp_path / "missing") is DemoState.NEW
    assert look_at(tmp_path) is DemoState.NEW


@pytest.mark.parametrize(
    ("finished", "change", "expected"),
    [
        (False, False, DemoState.STOPPED),
        (True, False, DemoState.THERE),
        (True, True, DemoState.THERE),
        (False, True, DemoState.THERE),
    ],
)
def test_look_at_tells_whose_the_notebook_is(
    tmp_path: Path, finished: bool, change: bool, expected: DemoState
) -> None:
    write(tmp_path, finished=finished, change=change)
    assert look_at(tmp_path) is expected


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"cells": 3, "metadata": {}}'])
def test_look_at_leaves_an_odd_notebook_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / NOTEBOOK).write_text(content)
    assert look_at(tmp_path) is DemoState.THERE


def test_look_at_refuses_a_folder_of_other_things(tmp_path: Path) -> None:
    (tmp_path / "thesis.ipynb").write_text("{}")
    with pytest.raises(InvalidInput, match="--fresh"):
        look_at(tmp_path)
    with pytest.raises(InvalidInput, match="--fresh"):
        look_at(tmp_path / "thesis.ipynb")


def test_fresh_finds_a_free_name(tmp_path: Path) -> None:
    assert fresh(tmp_path / "demo") == tmp_path / "demo"
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo-2").write_text("")
    assert fresh(tmp_path / "demo") == tmp_path / "demo-3"
