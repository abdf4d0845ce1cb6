from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import StoreCorrupt, StoreWriteError
from cellbook.store.packs import CHUNK, Packs, compress, key_of


def write(packs: Packs, *chunks: bytes, name: str = "w") -> list[bytes]:
    with packs.writer(name) as writer:
        keys = [writer.put(chunk) for chunk in chunks]
    packs.accept(writer.entries())
    return keys


def pack_files(root: Path) -> list[Path]:
    return sorted((root / "packs").glob("*.pack"))


@given(st.lists(st.binary(max_size=3000), max_size=20))
def test_chunks_come_back(tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]) -> None:
    root = tmp_path_factory.mktemp("book")
    keys = write(Packs(root), *chunks)
    for packs in (Packs(root), Packs(root)):
        assert [packs.get(key) for key in keys] == chunks


def test_same_bytes_are_stored_once(tmp_path: Path) -> None:
    packs = Packs(tmp_path)
    chunk = os.urandom(CHUNK)
    write(packs, chunk, chunk)
    size = pack_files(tmp_path)[0].stat().st_size
    write(packs, chunk)
    assert pack_files(tmp_path)[0].stat().st_size == size
    assert size < CHUNK + 100


def test_compress_only_where_it_gains() -> None:
    noise = os.urandom(CHUNK)
    assert compress(noise) is noise
    assert len(compress(b"abc" * 20_000)) < 1000


def test_writers_do_not_meet(tmp_path: Path) -> None:
    one, two = Packs(tmp_path), Packs(tmp_path)
    (a,) = write(one, b"a" * 600, name="one")
    (b,) = write(two, b"b" * 600, name="two")
    assert (one.get(b), two.get(a)) == (b"b" * 600, b"a" * 600)
    assert len(pack_files(tmp_path)) == 2


def test_tail_of_a_killed_writer_is_cut(tmp_path: Path) -> None:
    packs = Packs(tmp_path)
    (first,) = write(packs, os.urandom(1000))
    (file,) = pack_files(tmp_path)
    with file.open("ab") as tail:
        tail.write(b"half a record")
    assert [problem for *_, problem, harmless in Packs(tmp_path).check() if harmless] == [
        "13 bytes follow the last chunk"
    ]
    (second,) = write(packs, os.urandom(1000))
    assert list(Packs(tmp_path).check()) == []
    fresh = Packs(tmp_path)
    assert len(fresh.get(first)) == len(fresh.get(second)) == 1000


def test_flipped_byte_is_found(tmp_path: Path) -> None:
    (key,) = write(Packs(tmp_path), os.urandom(1000))
    (file,) = pack_files(tmp_path)
    data = bytearray(file.read_bytes())
    data[500] ^= 1
    file.write_bytes(data)
    with pytest.raises(StoreCorrupt, match=r"damaged\. Restore the file"):
        Packs(tmp_path).get(key)
    assert [(name, harmless) for name, _, _, harmless in Packs(tmp_path).check()] == [
        (file.name, False)
    ]


def test_missing_chunk_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreCorrupt, match="holds no chunk"):
        Packs(tmp_path).get(key_of(b"x"))


def test_refused_write_is_said(tmp_path: Path) -> None:
    (tmp_path / "packs").write_text("a file where the folder should be")
    packs = Packs(tmp_path)
    with pytest.raises(StoreWriteError, match="could not keep a checkpoint"):
        write(packs, b"x")


def test_sweep_keeps_what_is_wanted(tmp_path: Path) -> None:
    packs = Packs(tmp_path)
    keys = write(packs, *(os.urandom(5000) for _ in range(10)))
    other = Packs(tmp_path)
    other.refresh()
    before = other.get(keys[0])
    wanted = {keys[0], keys[7]}
    gc = Packs(tmp_path)
    gc.refresh()
    assert gc.waste(wanted, ()) > 35_000
    assert gc.sweep(wanted, "gc", busy={"w"}) == 0, "its writer lives"
    assert gc.sweep(wanted, "gc", busy=()) > 35_000
    assert Packs(tmp_path).get(keys[0]) == other.get(keys[0]) == before
    other.refresh()
    assert keys[0] in other
    assert keys[1] not in other, "what was put aside is not relied on"


def test_sweep_rescues_what_was_relied_on_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkpoint may name a chunk of a pack that was put aside since its writer looked."""
    packs = Packs(tmp_path)
    keys = write(packs, *(os.urandom(5000) for _ in range(10)))
    gc = Packs(tmp_path)
    gc.sweep(set(), "gc", busy=())
    assert not pack_files(tmp_path)
    assert len(Packs(tmp_path).get(keys[3])) == 5000, "it is still read where it was put aside"
    monkeypatch.setattr("cellbook.store.packs._ASIDE_SECONDS", -1.0)
    Packs(tmp_path).sweep({keys[3]}, "gc2", busy=())
    assert not list((tmp_path / "packs").glob("*.old"))
    fresh = Packs(tmp_path)
    assert len(fresh.get(keys[3])) == 5000
    with pytest.raises(StoreCorrupt):
        fresh.get(keys[4])


def test_swept_pack_of_this_process_is_begun_anew(tmp_path: Path) -> None:
    packs = Packs(tmp_path)
    write(packs, os.urandom(5000))
    Packs(tmp_path).sweep(set(), "gc", busy=())
    packs.refresh()
    (key,) = write(packs, os.urandom(5000))
    time.sleep(0.01)
    assert len(Packs(tmp_path).get(key)) == 5000


@given(st.data())
def test_chunks_are_read_one_behind_the_other(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Neighbours, compressed ones, repeated ones and those of other packs alike."""
    root = tmp_path_factory.mktemp("book")
    sizes = st.integers(0, 5000)
    noise = [os.urandom(data.draw(sizes)) for _ in range(data.draw(st.integers(1, 6)))]
    chunks = [*noise, b"a" * 3000, b"b" * 700]
    keys = write(Packs(root), *chunks) + write(Packs(root), b"other" * 900, name="two")
    chunks.append(b"other" * 900)
    places = data.draw(st.lists(st.integers(0, len(keys) - 1), max_size=30))
    expected = b"".join(chunks[place] for place in places)
    target = bytearray(len(expected))
    Packs(root).read_into([keys[place] for place in places], memoryview(target))
    assert target == expected
    with pytest.raises(StoreCorrupt):
        Packs(root).read_into(keys, memoryview(bytearray(sum(map(len, chunks)) + 1)))


def test_damage_is_found_among_neighbours(tmp_path: Path) -> None:
    keys = write(Packs(tmp_path), *(os.urandom(1000) for _ in range(5)))
    (file,) = pack_files(tmp_path)
    content = bytearray(file.read_bytes())
    content[3300] ^= 1
    file.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="damaged"):
        Packs(tmp_path).read_into(keys, memoryview(bytearray(5000)))


def test_write_that_fails_leaves_the_pack_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs = Packs(tmp_path)
    (first,) = write(packs, os.urandom(1000))
    (file,) = pack_files(tmp_path)
    size = file.stat().st_size
    write_all, written = os.write, 0

    def fill(fd: int, data: bytes) -> int:
        nonlocal written
        if written > 2_000_000:
            raise OSError(28, "No space left on device")
        written += write_all(fd, data[:500_000])
        return min(len(data), 500_000)

    monkeypatch.setattr(os, "write", fill)
    with pytest.raises(StoreWriteError, match="No space left"):
        write(packs, *(os.urandom(CHUNK) for _ in range(80)))
    monkeypatch.undo()
    assert written > 2_000_000
    assert file.stat().st_size == size
    (second,) = write(packs, os.urandom(1000))
    assert list(Packs(tmp_path).check()) == []
    assert len(packs.get(first)) == len(packs.get(second)) == 1000
