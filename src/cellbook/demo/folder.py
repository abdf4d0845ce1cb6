"""The folder of the demo: made once, and never taken from whoever works in it."""

from __future__ import annotations

import enum
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from cellbook.errors import InvalidInput

NOTEBOOK = "quickstart.ipynb"

_MARK = "cellbook_demo"
"""Metadata of the notebook that tells how far ``cellbook demo`` came with it."""


class DemoState(enum.Enum):
    """What there is in a folder."""

    NEW = "new"
    """Nothing: the demo can be made there."""
    STOPPED = "stopped"
    """A demo that was not executed to its end, and that nobody has changed since."""
    THERE = "there"
    """A demo that ran, or the notebook that somebody made of it."""


def template() -> str:
    """Return the tutorial as the text of a notebook file, without outputs."""
    return files("cellbook.demo").joinpath(NOTEBOOK).read_text(encoding="utf-8")


def look_at(folder: Path) -> DemoState:
    """Tell what there is in a folder.

    Raises
    ------
    InvalidInput
        If it holds something else than the demo, which stays untouched.
    """
    path = folder / NOTEBOOK
    if not path.is_file():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InvalidInput(
                f"{folder} is there already, and holds no {NOTEBOOK}. Name a new or an empty "
                "folder, or say --fresh."
            )
        return DemoState.NEW
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        stopped = notebook["metadata"].get(_MARK) == "started"
        untouched = sources(notebook) == sources(json.loads(template()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return DemoState.THERE
    return DemoState.STOPPED if stopped and untouched else DemoState.THERE


def fresh(folder: Path) -> Path:
    """Return `folder`, or the first of ``folder-2``, ``folder-3`` … that is not taken."""
    number, place = 1, folder
    while place.exists():
        number += 1
        place = folder.with_name(f"{folder.name}-{number}")
    return place


def mark(notebook: Any, *, finished: bool) -> None:
    """Note in the notebook how far its execution came."""
    notebook["metadata"][_MARK] = "finished" if finished else "started"


def sources(notebook: Any) -> list[str]:
    """Return the sources of a notebook's cells."""
    return ["".join(cell["source"]) for cell in notebook["cells"]]
