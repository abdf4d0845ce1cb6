"""The hashes that name chunks can be forged; what a restore decodes is checked by SHA-256."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cellbook.checkpointing import room
from cellbook.errors import StoreCorrupt
from cellbook.records import to_doc
from cellbook.store import Packs, update
from tests.checkpointing.rooms import Bench

FOREIGN = b"c__main__\nforeign\n(tR."


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_foreign_stream_under_ones_own_signature_is_not_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.run("x = 1; ran = []\ndef foreign(): ran.append(1)")
    saved = bench.save("mine")
    first = bench.room.table_of(saved).stream[0][0]
    genuine = Packs.get

    def forged(packs: Packs, key: bytes) -> bytes:
        data = genuine(packs, key)
        return FOREIGN.ljust(len(data), b"\0") if key == first else data

    monkeypatch.setattr(Packs, "get", forged)
    bench.run("x = 2")
    for options in ({}, {"trust": True}):
        with pytest.raises(StoreCorrupt, match="not what was saved"):
            bench.room.load("mine", bench.kernel, **options)
    assert (bench.namespace["x"], bench.namespace["ran"]) == (2, [])


def test_foreign_table_under_ones_own_signature_is_not_read(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.save("mine")

    def forged(*args: Any) -> bytearray:
        return bytearray(b"foreign")

    monkeypatch.setattr(room, "read", forged)
    with pytest.raises(StoreCorrupt, match="not what was saved"):
        bench.room.load("mine", bench.kernel)


def test_record_without_a_seal_is_not_ones_own(bench: Bench) -> None:
    saved = bench.save()
    assert bench.room.is_trusted(saved)
    for seal in ("", "00"):
        assert not bench.room.is_trusted(dataclasses.replace(saved, seal=seal))


def test_document_that_is_put_with_it_keeps_the_seal(bench: Bench) -> None:
    saved = bench.save()
    assert bench.room.attach_document(1, b"{}").seal == saved.seal
    assert bench.room.is_trusted(bench.room.find(1)[1])
    bench.restore(1)


def test_verify_finds_a_forged_chunk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = bench.save("mine")
    bench.run("x = 1")
    bench.save("another")
    assert list(bench.room.check()) == []
    first = bench.room.table_of(saved).stream[0][0]
    genuine = Packs.get

    def forged(packs: Packs, key: bytes) -> bytes:
        data = genuine(packs, key)
        return FOREIGN.ljust(len(data), b"\0") if key == first else data

    # What has the same fast hash cannot be made here; whoever attacks might.
    monkeypatch.setattr(Packs, "get", forged)
    found = [(place, harmless) for place, _, harmless in bench.room.check()]
    assert ("checkpoint 1", False) in found


def test_verify_finds_a_record_that_was_led_to_another_state(bench: Bench) -> None:
    bench.run("x = 1")
    mine = bench.save("mine")
    bench.run("x = 2")
    other = bench.save("other")
    changes = {"state": to_doc(other.state)}
    bench.store.commit([update("checkpoints", mine.checkpoint_id, changes)])
    (place, problem, harmless), signature = bench.room.check()
    assert (place, harmless) == ("checkpoint 1", False)
    assert "not what was saved" in problem
    assert signature == (
        "checkpoint 1",
        "is not signed with your key: `%restore` asks for --trust",
        True,
    )
