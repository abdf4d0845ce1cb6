"""A kernel's state that travels: bytes, until somebody restores it on purpose."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from cellbook.book import Book
from cellbook.checkpointing import Kernel
from cellbook.errors import InvalidInput, Untrusted
from cellbook.sharing import export_run, import_run
from tests.sharing.samples import change_doc, contents, new_book, read_files, write_files

STATE = "cellbook/state.bin"


@pytest.fixture
def whole(home: Book, tmp_path: Path) -> Path:
    return export_run("wide net", tmp_path / "whole.zip", book=home, state=True)


def test_it_is_taken_on_request_only(whole: Path, away: Book) -> None:
    assert import_run(whole, book=away).state == "left"
    assert list(away.checkpoints.all()) == []
    assert import_run(whole, book=away, state=True).state == "taken"
    ((_, checkpoint),) = away.checkpoints.all()
    assert not checkpoint.signature
    assert not import_run(whole, book=away, state=True).is_new


def test_it_is_restored_on_consent_only(whole: Path, away: Book) -> None:
    import_run(whole, book=away, state=True)
    kernel = Kernel({"__name__": "__main__"})
    with pytest.raises(Untrusted, match="not with your key"):
        away.checkpoints.load("run:" + away.find_run(1).run_id, kernel)
    *_, decoded = away.checkpoints.load("run:" + away.find_run(1).run_id, kernel, trust=True)
    assert (decoded.values["numbers"] == np.arange(100_000)).all()
    assert decoded.values["words"] == ["a", "b"]
    decoded.discard()


def test_a_copy_of_the_same_book_does_not_trust_it(whole: Path, home: Book, tmp_path: Path) -> None:
    """The key is the same, and so is the book's id: what came by a file is foreign all the same."""
    copy = new_book(tmp_path / "copy")
    copy.store.book_id = home.store.book_id
    import_run(whole, book=copy, state=True)
    ((_, checkpoint),) = copy.checkpoints.all()
    assert not copy.checkpoints.is_trusted(checkpoint)
    copy.close()


def test_there_is_none(tmp_path: Path) -> None:
    book = new_book(tmp_path / "bare")
    with book.start_run("bare"):
        pass
    with pytest.raises(InvalidInput, match="no kernel state"):
        export_run("bare", tmp_path / "bare.zip", book=book, state=True)
    assert not (tmp_path / "bare.zip").exists()
    book.close()


def table_with(**odd: object) -> bytes:
    doc = {
        "stream": ["", []], "buffers": ["", []], "in_order": [], "sections": [], "lost": {},
        "live": {}, "notes": {}, "about": {},
    }  # fmt: skip
    return zlib.compress(json.dumps({**doc, **odd}).encode(), 1)


def chunk(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "table is missing"),
        (b"\0", "cut off"),
        (chunk(b"abc")[:-1], "cut off"),
        (struct.pack("<I", 2**31) + b"x", "damaged"),
        (chunk(b"other bytes"), "table is missing"),
    ],
)
def test_damaged_ones_are_refused(
    whole: Path, away: Book, tmp_path: Path, data: bytes, why: str
) -> None:
    place = write_files(tmp_path / "odd.zip", {**read_files(whole), STATE: data})
    before = contents(away)
    with pytest.raises(InvalidInput, match=why):
        import_run(place, book=away, state=True)
    found = contents(away)
    found.pop("blobs"), before.pop("blobs")
    found.pop("points"), before.pop("points")
    assert found == before


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (b"no table", "damaged"),
        (zlib.compress(b"[]"), "damaged"),
        (table_with(buffers=["AAAAAAAAAAAAAAAAAAAAAA==", [2**62]]), "too large"),
        (table_with(buffers=["AAAAAAAAAAAAAAAAAAAAAA==", [-5]]), "too large"),
        (table_with(stream=["AAAAAAAAAAAAAAAAAAAAAA==", [5]]), "missing"),
        (table_with(sections=[["x"]]), "damaged"),
    ],
)
def test_tables_that_somebody_made_are_refused(
    whole: Path, away: Book, tmp_path: Path, table: bytes, why: str
) -> None:
    from cellbook.store.packs import key_of

    files = {**read_files(whole), STATE: chunk(table)}

    def point_at(doc: dict) -> None:
        doc["state"] = {"length": len(table), "key": key_of(table).hex()}
        doc["seal"] = ""

    files = change_doc(files, "checkpoints", point_at)
    with pytest.raises(InvalidInput, match=why):
        import_run(write_files(tmp_path / "odd.zip", files), book=away, state=True)
    assert list(away.checkpoints.all()) == []
