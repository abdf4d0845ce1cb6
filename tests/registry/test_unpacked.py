"""Versions that are written out: once, whole, and not without end."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from cellbook.book import Book
from cellbook.cli import main
from cellbook.registry import unpacked
from cellbook.registry.endpoints import Answering, EndpointNote
from tests.registry.conftest import line

X = np.array([[1.0], [2.0]])


def written(book: Book, slope: float, *, age: float = 0.0) -> Path:
    """Write a version out; say that it was last used so many seconds ago."""
    version = book.models.log(line(slope), "slope", input_example=X)
    folder = book.models.unpacked.folder(version)
    then = time.time() - age
    os.utime(folder, (then, then))
    return folder


def serve(book: Book, target: str) -> EndpointNote:
    version = book.models.find(target)
    note = EndpointNote(book.store, "slope", "http://127.0.0.1:1")
    arm = Answering("champion", target, version.version_id, version.digest, 1.0, False)
    note.tell("single", [arm])
    return note


def test_what_nobody_uses_goes_with_gc(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    old, served, new = written(book, 1, age=7_200), written(book, 2, age=7_200), written(book, 3)
    note = serve(book, "slope/2")
    assert list(book.models.unpacked.unused()) == [old]
    told = ["--book", str(book.folder)]
    assert main(["gc", "--dry-run", *told]) == 0
    assert "1 model written out to be served or scored" in capsys.readouterr().out
    assert old.exists()
    assert main(["gc", "--yes", *told]) == 0
    assert (old.exists(), served.exists(), new.exists()) == (False, True, True)
    note.end()
    assert list(book.models.unpacked.unused()) == [served]
    # What is asked for again is written anew.
    assert book.models.unpacked.folder(book.models.find("slope/1")) == old
    assert (old / "MLmodel").is_file()


def test_what_somebody_asked_for_meanwhile_stays(book: Book) -> None:
    folder = written(book, 1, age=7_200)
    found = book.models.unpacked.unused()
    os.utime(folder)
    assert book.models.unpacked.remove(found) == 0
    assert folder.exists()


def test_there_are_never_too_many(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "MOST", 2)
    first = written(book, 1, age=9_000)
    note = serve(book, "slope/1")
    second, third = written(book, 2, age=8_000), written(book, 3, age=7_000)
    fourth = written(book, 4, age=6_000)
    # Served, or just written: these stay, however many there are.
    assert first.exists()
    assert [one.exists() for one in (second, third, fourth)] == [False, False, True]
    note.end()
    fifth = written(book, 5)
    assert [one.exists() for one in (first, fourth, fifth)] == [False, True, True]


def test_what_a_killed_process_left_half_goes(book: Book) -> None:
    folder = written(book, 1)
    half = folder.with_name(f".{folder.name}-0123abcd")
    half.mkdir()
    os.utime(half, (1, 1))
    assert list(book.models.unpacked.unused()) == [half]
    assert book.models.unpacked.remove({half: 0}) == 0
    assert not half.exists()
