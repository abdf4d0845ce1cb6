from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import StoreCorrupt, StoreWriteError
from cellbook.store import create
from cellbook.store.appending import AppendFile
from cellbook.store.journal import (
    JournalReader,
    JournalWriter,
    decode_line,
    encode_line,
    read_events,
)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values))
def test_line_round_trip(doc: dict[str, object]) -> None:
    line = encode_line("01J", [create("t", "a", doc)], 7)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    event = decode_line(line[:-1])
    assert (event.ops, event.place) == ([["t", "a", doc, None]], 7)


@given(st.data())
def test_line_with_any_byte_changed_is_refused(data: st.DataObject) -> None:
    ops = [create("t", "a", {"text": "some words", "n": 1.5})]
    line = bytearray(encode_line("01J", ops, 1)[:-1])
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(StoreCorrupt):
        decode_line(bytes(line))


def test_torn_last_line_is_left_for_later(tmp_path: Path) -> None:
    path = tmp_path / "w.jsonl"
    whole = encode_line("01A", [create("t", "a", {})], 1)
    torn = encode_line("01B", [create("t", "b", {})], 2)
    path.write_bytes(whole + torn[:-5])
    assert [end for end, _ in read_events(path)] == [len(whole)]
    path.write_bytes(whole + torn)
    assert [event.ulid for _, event in read_events(path, len(whole)) if event] == ["01B"]


def test_reader_sees_new_files_and_growth(tmp_path: Path) -> None:
    reader = JournalReader(tmp_path)
    assert reader.files() == {}
    first, second = JournalWriter(tmp_path, "one"), JournalWriter(tmp_path, "two")
    first.append("01A", [])
    assert len(reader.files()) == 1
    second.append("01B", [])
    sizes = {file.size for file in reader.files().values()}
    second.append("01C", [])
    assert {file.size for file in reader.files().values()} != sizes
    second.close()
    assert sorted(file.closed for file in reader.files().values()) == [False, True]


def test_reader_takes_the_longer_of_two_copies(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, "one")
    writer.append("01A", [])
    early = writer.file.path.read_bytes()
    live = writer.file.path
    writer.append("01B", [])
    writer.close()
    live.write_bytes(early)
    (file,) = JournalReader(tmp_path).files().values()
    assert file.closed
    assert file.size > len(early)


class Disk:
    """Refuses writes on demand, after letting some bytes through, as a full disk does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
        self.room: int | None = None
        self.cut = True
        self._write, self._truncate = os.write, os.ftruncate
        self._code = code
        monkeypatch.setattr(os, "write", self.write)
        monkeypatch.setattr(os, "ftruncate", self.truncate)

    def write(self, fd: int, data: bytes) -> int:
        if self.room is None:
            return self._write(fd, data)
        if self.room == 0:
            raise OSError(self._code, os.strerror(self._code))
        done = self._write(fd, data[: self.room])
        self.room -= done
        return done

    def truncate(self, fd: int, size: int) -> None:
        if not self.cut:
            raise OSError(errno.EIO, "the disk refuses to cut")
        self._truncate(fd, size)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
@pytest.mark.parametrize("cut", [True, False])
@pytest.mark.parametrize("room", range(4))
def test_append_stays_whole_on_a_failing_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, cut: bool, room: int
) -> None:
    disk = Disk(monkeypatch, code)
    path = tmp_path / "a" / "b" / "c.bin"
    file = AppendFile(path, header=b"HEAD")
    file.append(b"one.")
    disk.room, disk.cut = room, cut
    for record in (b"two.", b"three.", b"four."):
        if room >= 4:
            disk.room = room = 0
            disk.room = 3
        with pytest.raises(StoreWriteError) as caught:
            file.append(record)
        assert caught.value.errno in (code, errno.EIO)
        disk.room = 0
    assert file.waiting == 3
    disk.room, disk.cut = None, True
    file.append(b"five.")
    assert path.read_bytes() == b"HEADone.two.three.four.five."


def test_append_bounds_what_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch, errno.ENOSPC)
    monkeypatch.setattr("cellbook.store.appending.PENDING_LIMIT", 10)
    file = AppendFile(tmp_path / "a" / "b" / "c.bin")
    file.append(b"1234")
    disk.room = 0
    for _ in range(2):
        with pytest.raises(StoreWriteError):
            file.append(b"5678")
    with pytest.raises(StoreWriteError, match="1 more were dropped"):
        file.append(b"9999")
    disk.room = None
    file.append(b"end.")
    assert (tmp_path / "a" / "b" / "c.bin").read_bytes() == b"123456785678end."


def test_append_to_a_deleted_book_says_so(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path / "book", "one")
    writer.append("01A", [])
    writer.file.path.unlink()
    with pytest.raises(StoreWriteError, match="was deleted while"):
        writer.append("01B", [])


def test_reader_follows_a_file_that_is_closed_under_its_eyes(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path, "one")
    writer.append("01A", [])
    reader = JournalReader(tmp_path)
    (seen,) = reader.files().values()
    past = seen.path.parent.stat().st_mtime - 100
    os.utime(seen.path.parent, (past, past))
    (seen,) = reader.files().values()  # The listing is kept from now on.
    stood = seen.path.parent.stat()
    writer.close()
    os.utime(seen.path.parent, ns=(stood.st_atime_ns, stood.st_mtime_ns))
    assert [event.ulid for _, event in read_events(seen.path) if event] == ["01A"]
    (closed,) = reader.files().values()
    assert (closed.stem, closed.size, closed.closed) == (seen.stem, seen.size, True)


def test_a_descriptor_that_somebody_closed_is_opened_anew(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path, "w")
    journal.append("01A", [create("t", "a", {})])
    os.close(journal.file.fd)
    journal.append("01B", [create("t", "b", {})])
    taken = journal.file.fd
    os.close(taken)
    theirs = tmp_path / "theirs.txt"
    # The number of the closed descriptor is given to the next file that is opened.
    other = os.open(theirs, os.O_WRONLY | os.O_CREAT)
    assert other == taken
    journal.append("01C", [create("t", "c", {})])
    os.close(other)
    assert theirs.read_bytes() == b""
    journal.close()
    (path,) = tmp_path.rglob("*.jsonl")
    assert [event.ulid for _, event in read_events(path) if event] == ["01A", "01B", "01C"]


def test_a_descriptor_that_is_closed_between_points_costs_none(tmp_path: Path) -> None:
    file = AppendFile(tmp_path / "f", header=b"head")
    file.append(b"one")
    os.close(file.fd)
    file.append(b"two")
    file.close()
    assert file.path.read_bytes() == b"headonetwo"


def test_nothing_comes_before_a_header_that_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(fd: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = AppendFile(tmp_path / "f", header=b"head")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        with pytest.raises(StoreWriteError):
            file.append(b"one")
    file.append(b"two")
    file.close()
    assert file.path.read_bytes() == b"headonetwo"
