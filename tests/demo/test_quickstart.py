"""The tutorial of the demo, and the executed copy of it in notebooks/, are one."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat

from cellbook.demo.folder import sources, template

COPY = Path(__file__).resolve().parents[2] / "notebooks" / "01_quickstart.ipynb"


def test_copy_has_the_same_cells() -> None:
    """If not: `python notebooks/refresh.py`."""
    copy, original = json.loads(COPY.read_text()), json.loads(template())
    assert sources(copy) == sources(original)
    assert [cell["id"] for cell in copy["cells"]] == [cell["id"] for cell in original["cells"]]


def test_copy_was_executed_from_top_to_bottom() -> None:
    notebook = nbformat.read(COPY, as_version=4)
    nbformat.validate(notebook)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert "widgets" in notebook.metadata


def test_copy_tells_nothing_of_the_machine_that_made_it() -> None:
    text = COPY.read_text()
    assert not [place for place in ("/home/", "/root/", "/tmp/", "/Users/") if place in text]
    assert len(text) < 400_000
