from __future__ import annotations

import os
import time
from pathlib import Path

import nbformat
from nbformat import v4

from cellbook.capture import source_hash
from cellbook.ipython.document import Document, SavedDocument


def save(path: Path, **sources: str) -> None:
    cells = [v4.new_code_cell(source, id=name) for name, source in sources.items()]
    nbformat.write(v4.new_notebook(cells=[v4.new_markdown_cell("# text"), *cells]), path)


def latest(saved: SavedDocument, path: Path, order: list[str]) -> Document:
    """Ask until the file has been read, which happens in the background."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        document = saved.latest(path)
        if document is not None and list(document.order) == order:
            return document
        time.sleep(0.01)
    raise AssertionError(f"never saw {order}")


def test_document_follows_the_file(tmp_path: Path) -> None:
    path, saved = tmp_path / "fit.ipynb", SavedDocument()
    assert saved.latest(None) is None
    assert saved.latest(path) is None
    save(path, a="x = 1", b="y = 2")
    document = latest(saved, path, ["a", "b"])
    assert document.hashes == {"a": source_hash("x = 1"), "b": source_hash("y = 2")}
    save(path, b="y = 3", a="x = 1")
    os.utime(path, (time.time() + 1, time.time() + 1))
    assert latest(saved, path, ["b", "a"]).hashes["b"] == source_hash("y = 3")


def test_what_ran_is_newer_than_an_older_file(tmp_path: Path) -> None:
    path, saved = tmp_path / "fit.ipynb", SavedDocument()
    save(path, a="x = 1")
    os.utime(path, (time.time() - 60, time.time() - 60))
    latest(saved, path, ["a"])
    saved.note("a", "x = 2")
    saved.note("new", "z = 1")
    saved.note(None, "no id")
    document = latest(saved, path, ["a"])
    assert document.hashes == {"a": source_hash("x = 2"), "new": source_hash("z = 1")}
    save(path, a="x = 5", new="z = 1")
    os.utime(path, (time.time() + 1, time.time() + 1))
    assert latest(saved, path, ["a", "new"]).hashes["a"] == source_hash("x = 5")


def test_damaged_file_tells_nothing(tmp_path: Path) -> None:
    path, saved = tmp_path / "fit.ipynb", SavedDocument()
    path.write_text('{"cells": 3}')
    assert saved.latest(path) is None
    time.sleep(0.2)
    assert saved.latest(path) is None
