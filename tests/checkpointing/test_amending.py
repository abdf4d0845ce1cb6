from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook.checkpointing import Checkpoints
from cellbook.errors import InvalidInput, StoreReadOnly, StoreWriteError
from cellbook.store import FolderStore
from tests.checkpointing.rooms import Bench

DOCUMENT = json.dumps({"cells": ["x" * 100_000], "nbformat": 4}).encode()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_label_is_given_and_taken_away(bench: Bench) -> None:
    bench.save()
    assert bench.room.label(1, "clean").label == "clean"
    assert bench.room.find("clean")[0] == 1
    assert bench.room.label("clean", None).label is None
    assert bench.room.find(1)[1].label is None


def test_label_that_would_be_a_number_is_refused(bench: Bench) -> None:
    bench.save()
    with pytest.raises(InvalidInput, match="taken for a number"):
        bench.room.label(1, "12")


def test_document_takes_the_place_of_the_former(bench: Bench) -> None:
    bench.save()
    for content in (DOCUMENT, b"{}", DOCUMENT):
        bench.room.attach_document(1, content)
        assert bench.room.document_of(bench.room.find(1)[1]) == content
    assert bench.room.is_trusted(bench.room.find(1)[1])
    assert list(bench.room.check()) == []


def test_document_is_not_kept_twice(bench: Bench) -> None:
    bench.save()
    bench.run("x = 1")
    bench.save()
    bench.room.attach_document(1, DOCUMENT)
    size, stamps = bench.room.packs.size(), bench.store.stamps()
    bench.room.attach_document(1, DOCUMENT)
    assert (bench.room.packs.size(), bench.store.stamps()) == (size, stamps)
    bench.room.attach_document(2, DOCUMENT)
    assert bench.room.packs.size() == size


def test_document_of_another_process_is_known(bench: Bench) -> None:
    bench.save()
    bench.room.attach_document(1, DOCUMENT)
    store = FolderStore(bench.root / ".cellbook")
    other = Checkpoints(store, store.packs, bench.reported.append)
    size = other.packs.size()
    other.attach_document(1, DOCUMENT)
    assert other.packs.size() == size
    store.close()


def test_what_another_user_signed_is_not_signed_for_them(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    theirs, own = bench.save(), os.environ["CELLBOOK_DATA_DIR"]
    monkeypatch.setenv("CELLBOOK_DATA_DIR", str(tmp_path / "another"))
    assert not bench.room.is_trusted(theirs)
    assert bench.room.attach_document(1, DOCUMENT).signature == theirs.signature
    monkeypatch.setenv("CELLBOOK_DATA_DIR", own)
    assert not bench.room.is_trusted(bench.room.find(1)[1])


def test_read_only_book_takes_no_document(bench: Bench) -> None:
    bench.save()
    bench.store.read_only = "It is read-only."
    size = bench.room.packs.size()
    with pytest.raises(StoreReadOnly):
        bench.room.attach_document(1, DOCUMENT)
    assert bench.room.packs.size() == size


def test_pack_that_was_put_aside_is_not_begun_in_its_middle(bench: Bench) -> None:
    bench.save()
    with bench.room.packs.writer(bench.store.writer) as writer:
        (pack,) = (bench.root / ".cellbook" / "packs").glob("*.pack")
        pack.rename(pack.with_name(pack.name + ".old"))
        writer.put(b"x" * 1000)
        with pytest.raises(StoreWriteError):
            writer.__exit__(None)
        writer._new.clear()
    assert not pack.exists()
    bench.room.attach_document(1, DOCUMENT)
    assert bench.room.document_of(bench.room.find(1)[1]) == DOCUMENT
