"""Digests of a stream's sections that tell whether a variable changed.

A section refers to what came before by its place in the memo, and all places behind a variable
move when that grows.  So the digest is not of the bytes: a reference counts as the section that
it leads to and the place within that.
"""

from __future__ import annotations

import bisect
import pickletools
from collections.abc import Callable

import xxhash

_LARGEST = 64 * 1024
"""Bytes of a section up to which it is read operation by operation."""
_COUNTED = 4 << 20
"""Bytes of a section up to which the memo is counted after it."""
_REFERENCES = frozenset({"GET", "BINGET", "LONG_BINGET"})


class SectionDigests:
    """Computes the digests of the sections of one stream, one after the other."""

    def __init__(self) -> None:
        self._hash = xxhash.xxh3_64()
        self._bytes = bytearray()
        self._length = 0
        self._keys: list[bytes] = []
        self._names: list[str] = []
        self._starts: list[int] = []
        self._next: int | None = None
        """The place that the memo gives next; None once it is not known."""

    def begin_stream(self, places: int) -> None:
        """Take note of how many places of the memo are taken before the first section."""
        self._next = places

    def begin(self, name: str) -> None:
        """Begin a section."""
        self._hash.reset()
        self._bytes.clear()
        self._length = 0
        self._keys.clear()
        if self._next is not None:
            self._names.append(name)
            self._starts.append(self._next)

    def update(self, data: bytes | bytearray | memoryview, length: int) -> None:
        """Take a part of the section, of `length` bytes."""
        self._hash.update(data)
        self._length += length
        if self._length <= _LARGEST:
            self._bytes += data

    def add_buffer(self, key: bytes) -> None:
        """Take the hash of a buffer that belongs to the section."""
        self._hash.update(key)
        self._keys.append(key)

    def end(self, count: Callable[[], int]) -> str:
        """Return the section's digest.

        Parameters
        ----------
        count
            Returns how many places of the memo are taken by now; asked if need be.
        """
        if self._next is None:
            return self._hash.hexdigest()
        if self._length > _LARGEST:
            self._next = count() if self._length <= _COUNTED else None
            return self._hash.hexdigest()
        start, made = self._next, 0
        digest = xxhash.xxh3_64(b"".join(self._keys))
        data = bytes(self._bytes)
        operations = [(op.name, arg, pos or 0) for op, arg, pos in pickletools.genops(data)]
        ends = [pos for _, _, pos in operations[1:]] + [len(data)]
        for (name, arg, pos), end in zip(operations, ends, strict=True):
            if name in _REFERENCES and isinstance(arg, int):
                digest.update(self._place(arg, start))
            elif name != "FRAME":
                digest.update(data[pos:end])
                made += name == "MEMOIZE"
        self._next = start + made
        return digest.hexdigest()

    def _place(self, place: int, start: int) -> bytes:
        if place >= start:
            return b"own %d" % (place - start)
        section = bisect.bisect_right(self._starts, place) - 1
        if section < 0:
            return b"live %d" % place
        return f"{self._names[section]} {place - self._starts[section]}".encode()
