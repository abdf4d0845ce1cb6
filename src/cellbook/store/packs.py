"""Packs: append-only files of chunks, found by their hash.

A chunk is up to 64 KiB of a checkpoint; the same bytes are stored once.  A pack
(``packs/<writer>-0001.pack``) is a sequence of records: a header of 32 bytes (length as stored,
length of the chunk, its XXH3-128 hash, CRC-32 of the header so far), then the bytes, compressed
(zlib) where that gains.  XXH3 is not meant to withstand forgery; who can write to a book's folder
can write anything there.

A writer appends, and brings the pack to the disk, before the document that names the chunks is
written.  What a killed writer left at the end of its pack is passed over by readers.
"""

from __future__ import annotations

import contextlib
import os
import struct
import threading
import time
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import xxhash

from cellbook.errors import StoreCorrupt, StoreWriteError

CHUNK = 64 * 1024
"""Bytes of a chunk, but for the last of a sequence."""
Key: TypeAlias = bytes
"""A chunk's hash, 16 bytes."""
Place: TypeAlias = "tuple[int, int, int, int]"
"""Number of the pack, offset of the bytes, their length as stored, length of the chunk."""

_HEADER = struct.Struct("<II16sI4x")
_ENTRY = struct.Struct("<16sIQII")
_LARGEST = 1 << 28
"""Bytes at which a writer begins its next pack."""
_SAMPLE = 4096
_PARTS = 512
"""Pieces of memory that one call of the system fills, at most."""
_OLD = ".old"
_ASIDE_SECONDS = 3600.0
_DENSE = 0.75
"""Share of a pack that must be wanted for it to stay as it is."""


def key_of(data: bytes | memoryview) -> Key:
    """Return the hash under which a chunk is found."""
    return xxhash.xxh3_128_digest(data)


@dataclass(slots=True)
class _Pack:
    path: Path
    number: int
    scanned: int = 0


class Packs:
    """Reads and writes the packs of one book.  Any thread may read; one at a time may write."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "packs"
        self._lock = threading.RLock()
        self.turn = threading.Lock()
        """Held by whoever appends: only one at a time may, in this process and its children."""
        self._packs: dict[str, _Pack] = {}
        self._by_number: list[_Pack] = []
        self._places: dict[Key, Place] = {}
        self._aside: dict[Key, Place] = {}
        self._files: dict[int, int] = {}
        self._current: dict[str, _Pack] = {}

    # -- reading -------------------------------------------------------------------------------

    def __contains__(self, key: Key) -> bool:
        return key in self._places

    def refresh(self) -> None:
        """Take note of what packs hold by now, and of packs that are gone."""
        with self._lock:
            there: dict[str, Path] = {}
            if self._folder.is_dir():
                # What was put aside is read where nothing else has a chunk, and relied on no more.
                for path in sorted(self._folder.glob(f"*.pack{_OLD}")):
                    there[path.name] = path
                for path in sorted(self._folder.glob("*.pack")):
                    there[path.name] = path
            gone = (
                self._packs.keys()
                - there.keys()
                - {one.path.name for one in self._current.values() if not one.scanned}
            )
            if gone:
                numbers = {self._packs.pop(name).number for name in gone}
                for places in (self._places, self._aside):
                    for key in [key for key, place in places.items() if place[0] in numbers]:
                        del places[key]
            for name, path in there.items():
                pack = self._packs.get(name)
                if pack is None:
                    pack = self._packs[name] = _Pack(path, len(self._by_number))
                    self._by_number.append(pack)
                if path.stat().st_size > pack.scanned:
                    self._scan(pack)

    def _scan(self, pack: _Pack) -> None:
        places = self._aside if pack.path.name.endswith(_OLD) else self._places
        with pack.path.open("rb") as file:
            for key, place in read_headers(file.fileno(), pack.number, pack.scanned):
                places.setdefault(key, place)
                pack.scanned = place[1] + place[2]

    def has(self, key: Key) -> bool:
        """Whether a chunk can be read, be it from a pack that was put aside."""
        return self._find(key) is not None

    def _find(self, key: Key) -> Place | None:
        return self._places.get(key) or self._aside.get(key)

    def get(self, key: Key) -> bytes:
        """Return a chunk.

        Raises
        ------
        StoreCorrupt
            If the book has no such chunk, or other bytes in its place.
        """
        place = self._find(key)
        if place is None:
            self.refresh()
            place = self._find(key)
        if place is None:
            raise StoreCorrupt(
                f"The book holds no chunk {key.hex()}. Copy the files under packs/ from where the "
                "book was recorded; `cellbook verify` tells what else is missing."
            )
        data = self._read(place)
        if key_of(data) != key:
            raise StoreCorrupt(
                f"A chunk in {self._by_number[place[0]].path} is damaged. Restore the file from a "
                "copy of the book; `cellbook verify` tells what else is damaged."
            )
        return data

    def read_into(self, keys: Sequence[Key], target: memoryview) -> None:
        """Fill `target` with chunks, one after the other.

        Chunks that lie one behind the other in a pack are read at once, to where they belong.

        Raises
        ------
        StoreCorrupt
            If one is missing or damaged, or all together have another length.
        """
        done = at = 0
        scratch = memoryview(bytearray(_HEADER.size))
        while done < len(keys):
            first = self._find(keys[done])
            parts: list[memoryview] = []
            place = first
            while place is not None and place[2] == place[3] and len(parts) < _PARTS:
                parts += [target[at : at + place[3]], scratch]
                at += place[3]
                done += 1
                following = self._find(keys[done]) if done < len(keys) else None
                behind = place[1] + place[2] + _HEADER.size
                place = following if following and following[:2] == (place[0], behind) else None
            if first is None or not parts:
                data = self.get(keys[done])
                target[at : at + len(data)] = data
                at += len(data)
                done += 1
                continue
            os.preadv(self._file(first[0]), parts[:-1], first[1])
            for key, part in zip(keys[done - len(parts) // 2 : done], parts[::2], strict=True):
                if key_of(part) != key:
                    part[:] = self.get(key)  # It says what is wrong.
        if at != len(target):
            raise StoreCorrupt(
                f"{len(keys):,} chunks hold {at:,} bytes instead of {len(target):,}. `cellbook "
                "verify` tells what is damaged."
            )

    def _read(self, place: Place) -> bytes:
        number, offset, stored, length = place
        data = os.pread(self._file(number), stored, offset)
        if stored == length:
            return data
        try:
            return zlib.decompress(data)
        except zlib.error:
            return b""

    def _file(self, number: int) -> int:
        with self._lock:
            fd = self._files.get(number)
            if fd is None:
                path = self._by_number[number].path
                try:
                    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                except FileNotFoundError:  # It was put aside meanwhile.
                    fd = os.open(path.with_name(path.name + _OLD), os.O_RDONLY | os.O_CLOEXEC)
                self._files[number] = fd
        return fd

    def after_fork(self) -> None:
        """Make good what a fork may have left in disorder, in the child."""
        self._lock = threading.RLock()
        self.turn = threading.Lock()

    def close(self) -> None:
        """Let go of files."""
        with self._lock:
            for fd in self._files.values():
                os.close(fd)
            self._files.clear()

    # -- writing -------------------------------------------------------------------------------

    def writer(self, name: str) -> PackWriter:
        """Return what appends to this process's pack, from where the last one ended.

        A forked child may use it: the parent then takes note of what that wrote by
        :meth:`accept`.
        """
        with self._lock:
            pack = self._current.get(name)
            if pack is None or pack.scanned >= _LARGEST or pack.path.name not in self._packs:
                number = 1 + sum(1 for one in self._by_number if one.path.name.startswith(name))
                path = self._folder / f"{name}-{number:04}.pack"
                pack = _Pack(path, len(self._by_number))
                self._by_number.append(pack)
                self._packs[path.name] = self._current[name] = pack
            return PackWriter(self, pack.path, pack.number, pack.scanned)

    def accept(self, entries: bytes) -> None:
        """Take note of what a writer wrote: :meth:`PackWriter.entries`."""
        with self._lock:
            for key, number, offset, stored, length in _ENTRY.iter_unpack(entries):
                self._places.setdefault(key, (number, offset, stored, length))
                pack = self._by_number[number]
                pack.scanned = max(pack.scanned, offset + stored)

    # -- upkeep --------------------------------------------------------------------------------

    def check(self) -> Iterator[tuple[str, int, str, bool]]:
        """Yield file, offset, what is wrong and whether it is harmless, of all that is damaged."""
        self.refresh()
        for pack in list(self._packs.values()):
            if not pack.path.exists():
                continue
            with pack.path.open("rb") as file:
                end = 0
                for key, place in read_headers(file.fileno(), pack.number, 0):
                    end = place[1] + place[2]
                    if key_of(self._read(place)) != key:
                        yield pack.path.name, place[1], "a chunk is damaged", False
                size = os.fstat(file.fileno()).st_size
            if size > end:
                # A killed writer leaves such a tail; were it damage, checkpoints would lack chunks.
                yield pack.path.name, end, f"{size - end:,} bytes follow the last chunk", True

    def __len__(self) -> int:
        return len(self._places)

    def size(self) -> int:
        """Return how many bytes all packs take on disk."""
        try:
            with os.scandir(self._folder) as entries:
                return sum(entry.stat().st_size for entry in entries)
        except FileNotFoundError:
            return 0

    def waste(self, wanted: set[Key], busy: Collection[str]) -> int:
        """Return how many bytes :meth:`sweep` would free, at most."""
        return sum(
            _size(pack.path) - sum(place[2] + _HEADER.size for _, place in live)
            for pack, live, _ in self._sparse(wanted, busy)
        )

    def sweep(self, wanted: set[Key], name: str, busy: Collection[str]) -> int:
        """Rewrite packs much of which is not wanted; return how many bytes that frees.

        The former file is put aside for an hour, for whoever reads it or has relied on its chunks
        just now; what is wanted of it by then is kept.

        Parameters
        ----------
        wanted
            The hashes of the chunks to keep.
        name
            The writer under whose name they are kept.
        busy
            Writers whose processes live: their packs stay.
        """
        self.refresh()
        freed = 0
        with self.turn, self.writer(name) as writer:
            for key in wanted - self._places.keys():
                if key in self._aside:
                    writer.put(self._read(self._aside[key]), anew=True)
            sparse = list(self._sparse(wanted, busy))
            for _, live, _ in sparse:
                for _, place in live:
                    writer.put(self._read(place), anew=True)
        for _, _, found in sparse:
            for key, place in found:
                if self._places.get(key) == place:
                    del self._places[key]
        self.accept(writer.entries())
        for pack, _, _ in sparse:
            freed += _size(pack.path)
            pack.path.rename(pack.path.with_name(pack.path.name + _OLD))
            del self._packs[pack.path.name]
        for path in self._folder.glob(f"*.pack{_OLD}"):
            if path.stat().st_ctime < time.time() - _ASIDE_SECONDS:
                path.unlink()
        self.refresh()
        return freed - writer.written

    def _sparse(
        self, wanted: set[Key], busy: Collection[str]
    ) -> Iterator[tuple[_Pack, list[tuple[Key, Place]], list[tuple[Key, Place]]]]:
        """Yield packs that are worth rewriting, with what is wanted of them, and all they hold."""
        for pack in list(self._packs.values()):
            writer = pack.path.name.partition("-")[0]
            if writer in busy or pack.path.name.endswith(_OLD) or not pack.path.exists():
                continue
            with pack.path.open("rb") as file:
                found = list(read_headers(file.fileno(), pack.number, 0))
            live = [(key, place) for key, place in found if key in wanted]
            if sum(place[2] for _, place in live) < _DENSE * sum(place[2] for _, place in found):
                yield pack, live, found


class PackWriter:
    """Appends chunks to one pack; a context manager, at whose end the disk has them.

    Attributes
    ----------
    written
        Bytes appended.
    """

    def __init__(self, packs: Packs, path: Path, number: int, start: int) -> None:
        self._packs = packs
        self._path = path
        self._number = number
        self._start = self._end = start
        self._fd = -1
        self._new: dict[Key, Place] = {}
        self._waiting: list[bytes | memoryview] = []
        self._waiting_size = 0
        self.written = 0

    def __enter__(self) -> PackWriter:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        whole = False
        try:
            if kind is None and self._new:
                self._flush()
                os.fsync(self._fd)
            whole = kind is None
        except OSError as error:
            raise _refused(error, self._path) from error
        finally:
            if self._fd >= 0:
                if not whole:
                    self._take_back()
                os.close(self._fd)
                self._fd = -1

    def _take_back(self) -> None:
        """Cut off what was written: nothing names it, and on a full disk it is in the way."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._fd, self._start)

    def put(self, data: bytes | memoryview, *, anew: bool = False) -> Key:
        """Keep a chunk, unless the book has it; return its hash."""
        key = key_of(data)
        if (key in self._packs and not anew) or key in self._new:
            return key
        length = len(data)
        stored: bytes | memoryview = compress(data)
        head = _HEADER.pack(len(stored), length, key, 0)[:24]
        self._waiting += [head + struct.pack("<II", zlib.crc32(head), 0), bytes(stored)]
        size = _HEADER.size + len(stored)
        self._new[key] = (self._number, self._end + _HEADER.size, len(stored), length)
        self._end += size
        self.written += size
        self._waiting_size += size
        if self._waiting_size > 1 << 20:
            try:
                self._flush()
            except OSError as error:
                raise _refused(error, self._path) from error
        return key

    def entries(self) -> bytes:
        """Return where each new chunk is, for :meth:`Packs.accept`."""
        return b"".join(_ENTRY.pack(key, *place) for key, place in self._new.items())

    def _flush(self) -> None:
        if self._fd < 0:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            start = self._end - self._waiting_size
            # One that is gone was put aside by a sweep: a new file may not begin in its middle.
            flags = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | (0 if start else os.O_CREAT)
            self._fd = os.open(self._path, flags, 0o666)
            # What a killed writer left behind the last chunk that was taken note of.
            os.ftruncate(self._fd, start)
        data = b"".join(self._waiting)
        while data:
            data = data[os.write(self._fd, data) :]
        self._waiting, self._waiting_size = [], 0


def read_headers(fd: int, number: int, start: int) -> Iterator[tuple[Key, Place]]:
    """Yield the chunks of a pack from an offset on, up to the first that is not whole."""
    size = os.fstat(fd).st_size
    while start + _HEADER.size <= size:
        head = os.pread(fd, _HEADER.size, start)
        stored, length, key, check = _HEADER.unpack(head)
        offset = start + _HEADER.size
        if zlib.crc32(head[:24]) != check or offset + stored > size:
            return
        yield key, (number, offset, stored, length)
        start = offset + stored


def compress(data: bytes | memoryview) -> bytes | memoryview:
    """Return the bytes as they are stored: compressed where a sample shows a gain."""
    if len(data) < 512:
        return data
    sample = data[len(data) // 2 :][:_SAMPLE]
    if len(zlib.compress(sample, 1)) > 0.7 * len(sample):
        return data
    packed = zlib.compress(data, 1)
    return packed if len(packed) < len(data) else data


def split(data: memoryview) -> Iterable[memoryview]:
    """Yield the chunks of a sequence of bytes."""
    return (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _refused(error: OSError, path: Path) -> StoreWriteError:
    return StoreWriteError(
        error.errno,
        f"The book at {path.parents[1]} could not keep a checkpoint ({error.strerror}). Free some "
        "space, or make the folder writable; what was kept before is unharmed.",
    )
