"""The journal: every change of the book, one line a transaction, one file a writing process.

A line is JSON with a check over the bytes behind it::

    {"c":"<crc32 of the rest of the line>","i":"<ULID>","o":[[table, id, …], …],"n":<place>}

The place, from 1, tells a line that was taken out of the file; lines of early books have none.

A writer's file is ``journal/<month>/<writer>.jsonl`` while it may grow and is renamed to
``<writer>.closed.jsonl`` at a clean close, so that only files that may have grown need a look.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from cellbook.errors import StoreCorrupt
from cellbook.store.appending import AppendFile
from cellbook.store.base import Op
from cellbook.store.encoding import decode_event, encode_event

_LIVE = ".jsonl"
_CLOSED = ".closed.jsonl"
_SETTLE_NS = 2_000_000_000
"""A folder that changed this short a time ago may change again within the same tick of its clock
(two seconds on FAT and some network disks), so its listing is not kept."""


@dataclass(frozen=True, slots=True)
class Event:
    """One transaction, as read from a journal."""

    ulid: str
    ops: list[Op]
    place: int = 0
    """The place of its line in the writer's file, from 1; 0 where the line does not say."""


@dataclass(frozen=True, slots=True)
class JournalFile:
    """One writer's file as it stands on disk."""

    stem: str
    """``<month>/<writer>``: the same before and after the file is closed."""
    path: Path
    size: int
    closed: bool


def encode_line(ulid: str, ops: list[Op], place: int) -> bytes:
    """Return the line of one transaction, with its line end."""
    rest = b'"i":"%s","o":%s,"n":%d}' % (ulid.encode(), encode_event(ops), place)
    return b'{"c":"%08x",%s\n' % (zlib.crc32(rest), rest)


def decode_line(line: bytes) -> Event:
    """Read one line, without its line end.

    Raises
    ------
    StoreCorrupt
        If its check fails.
    """
    rest = line[16:]
    if line[:6] != b'{"c":"' or line[14:16] != b'",' or line[6:14] != b"%08x" % zlib.crc32(rest):
        raise StoreCorrupt("A line of the journal fails its check.")
    value: dict[str, Any] = decode_event(b"{" + rest)
    return Event(value["i"], value["o"], value.get("n", 0))


class JournalWriter:
    """This process's journal of one book."""

    def __init__(self, root: Path, writer: str, *, durable: bool = False) -> None:
        month = time.strftime("%Y-%m", time.gmtime())
        self.file = AppendFile(root / "journal" / month / (writer + _LIVE), durable=durable)
        self._lines = 0

    def append(self, ulid: str, ops: list[Op]) -> None:
        """Write one transaction; see :meth:`AppendFile.append` for the errors.

        Only one thread may call it at a time.
        """
        line = encode_line(ulid, ops, self._lines + 1)
        self.file.check_linked()
        # A line that the disk refuses waits in its place, or is missed there.
        self._lines += 1
        self.file.append(line)

    def close(self) -> None:
        """Flush, and mark the file as one that no longer grows."""
        self.file.close()
        path = self.file.path
        if path.exists():
            path.rename(_closed_name(path))


def _closed_name(live: Path) -> Path:
    return live.with_name(live.name.removesuffix(_LIVE) + _CLOSED)


class JournalReader:
    """Finds what is new in the journals of all writers."""

    def __init__(self, root: Path) -> None:
        self._root = root / "journal"
        self._listings: dict[Path, tuple[int, list[str]]] = {}
        self._closed_sizes: dict[Path, int] = {}

    def files(self) -> dict[str, JournalFile]:
        """Return every writer's file by its stem.

        Folders whose time of change stands still are not listed again, closed files not looked
        at again.
        """
        found: dict[str, JournalFile] = {}
        for month in self._list(self._root):
            folder = self._root / month
            for name in self._list(folder):
                if not name.endswith(_LIVE):
                    continue
                path = folder / name
                closed = name.endswith(_CLOSED)
                stem = f"{month}/{name.removesuffix(_CLOSED if closed else _LIVE)}"
                size = self._size(path, closed)
                if size is None and not closed:
                    # Its writer closed it between the listing and the look.
                    path, closed = _closed_name(path), True
                    size = self._size(path, closed)
                if size is None:
                    continue
                known = found.get(stem)
                # A copied book may hold a file both as it was while it grew and as it was closed.
                if known is None or size > known.size:
                    found[stem] = JournalFile(stem, path, size, closed)
        return found

    def _size(self, path: Path, closed: bool) -> int | None:
        if closed and path in self._closed_sizes:
            return self._closed_sizes[path]
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            return None
        if closed:
            self._closed_sizes[path] = size
        return size

    def _list(self, folder: Path) -> list[str]:
        try:
            changed = folder.stat().st_mtime_ns
        except (FileNotFoundError, NotADirectoryError):
            return []
        kept = self._listings.get(folder)
        if kept is not None and kept[0] == changed:
            return kept[1]
        names = sorted(os.listdir(folder))  # noqa: PTH208  one syscall, no Path a name
        if time.time_ns() - changed > _SETTLE_NS:
            self._listings[folder] = (changed, names)
        else:
            self._listings.pop(folder, None)
        return names


def open_journal(path: Path) -> BinaryIO:
    """Open a journal for reading, also if its writer closed it since it was listed."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        return _closed_name(path).open("rb")


def read_events(path: Path, start: int = 0) -> Iterator[tuple[int, Event | None]]:
    """Yield ``(end offset, event)`` for each whole line from `start` on.

    The event is None where a line fails its check.  A last line without its end is left for a
    later call: its writer may still be at it.
    """
    for end, line in read_lines(path, start):
        try:
            yield end, decode_line(line)
        except (StoreCorrupt, ValueError, KeyError, RecursionError):
            yield end, None


def read_lines(path: Path, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield ``(end offset, line without its end)`` for each whole line from `start` on."""
    with open_journal(path) as file:
        file.seek(start)
        end = start
        for line in file:
            if not line.endswith(b"\n"):
                return
            end += len(line)
            yield end, line[:-1]
