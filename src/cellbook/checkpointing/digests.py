"""Digests of a stream's sections that tell whether a variable changed.

A section refers to what came before by its place in the memo, and all places behind a variable
move when that grows.  So the digest is not of the bytes: a reference counts as the section that
it leads to and the place within that.
"""

from __future__ import annotations

import bisect
import pickle
import pickletools
from collections.abc import Callable

import xxhash

_LARGEST = 2 << 20
"""Bytes of a section up to which it is read operation by operation: 0.02 to 0.08 s a megabyte.

Of a larger one the digest is that of its bytes: it can be told as changed though only what stands
before it grew.
"""
_TOGETHER = 8 << 20
"""Bytes of a stream that are read so, at most."""
_COUNTED = 4 << 20
"""Bytes of a section up to which the memo is counted after it."""


class SectionDigests:
    """Computes the digests of the sections of one stream, one after the other."""

    def __init__(self) -> None:
        self._hash = xxhash.xxh3_64()
        self._bytes = bytearray()
        self._length = 0
        self._keys: list[bytes] = []
        self._names: list[str] = []
        self._starts: list[int] = []
        self._left = _TOGETHER
        self._next: int | None = None
        """The place that the memo gives next; None once it is not known."""

    def begin_stream(self, places: int) -> None:
        """Take note of how many places of the memo are taken before the first section."""
        self._next, self._left = places, _TOGETHER

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
        if self._length > min(_LARGEST, self._left):
            self._next = count() if self._length <= _COUNTED else None
            return self._hash.hexdigest()
        start = self._next
        self._left -= self._length
        digest = xxhash.xxh3_64(b"".join(self._keys))
        parts, made = split_stream(bytes(self._bytes))
        for part in parts:
            digest.update(part if isinstance(part, bytes) else self._place(part, start))
        self._next = start + made
        return digest.hexdigest()

    def _place(self, place: int, start: int) -> bytes:
        if place >= start:
            return b"own %d" % (place - start)
        section = bisect.bisect_right(self._starts, place) - 1
        if section < 0:
            return b"live %d" % place
        return f"{self._names[section]} {place - self._starts[section]}".encode()


_LENGTHS = {
    pickletools.TAKEN_FROM_ARGUMENT1: 1,
    pickletools.TAKEN_FROM_ARGUMENT4: 4,
    pickletools.TAKEN_FROM_ARGUMENT4U: 4,
    pickletools.TAKEN_FROM_ARGUMENT8U: 8,
}
_OPERATIONS = {ord(one.code): 0 if one.arg is None else one.arg.n for one in pickletools.opcodes}
_SIZES = [
    _OPERATIONS.get(code, 0) + 1 if _OPERATIONS.get(code, 0) >= 0 else 0 for code in range(256)
]
"""By opcode: bytes of an operation of fixed length, else 0."""
_PREFIXES = [_LENGTHS.get(_OPERATIONS.get(code, 0), 0) for code in range(256)]
"""By opcode: bytes of the length that stands before its argument."""
_MEMOIZE, _FRAME, _GET, _LONG_GET = (
    code[0] for code in (pickle.MEMOIZE, pickle.FRAME, pickle.BINGET, pickle.LONG_BINGET)
)
for _code in (_MEMOIZE, _FRAME, _GET, _LONG_GET):
    _SIZES[_code] = 0


_FIXED = {
    code[0]
    for code in (
        *(pickle.SHORT_BINUNICODE, pickle.BINUNICODE, pickle.BINUNICODE8, pickle.STACK_GLOBAL),
        *(pickle.SHORT_BINBYTES, pickle.BINBYTES, pickle.BINBYTES8, pickle.FROZENSET),
    )
}
"""Opcodes that make what nobody can tell from its equal, or what there is one of."""


def split_stream(data: bytes, fixed: set[int] | None = None) -> tuple[list[bytes | int], int]:
    """Split a pickle at its references.

    Returns what stands between them, with the place in the memo that each refers to; and how many
    places it takes.  (``pickletools.genops`` takes 20 times as long.)  Those of its own places
    that hold texts, bytes and what can be imported are added to `fixed`.
    """
    parts: list[bytes | int] = []
    made = at = kept = code = 0
    end = len(data)
    sizes, prefixes = _SIZES, _PREFIXES
    while at < end:
        last, code = code, data[at]
        size = sizes[code]
        if size:
            at += size
        elif code == _MEMOIZE:
            if fixed is not None and last in _FIXED:
                fixed.add(made)
            made += 1
            at += 1
        elif prefix := prefixes[code]:
            at += 1 + prefix
            at += int.from_bytes(data[at - prefix : at], "little")
        elif code in (_GET, _LONG_GET, _FRAME):
            parts.append(data[kept:at])
            kept = at + (2 if code == _GET else 5 if code == _LONG_GET else 9)
            if code != _FRAME:
                parts.append(int.from_bytes(data[at + 1 : kept], "little"))
            at = kept
        else:  # Names of two lines each, which only old protocols write.
            at = data.index(b"\n", data.index(b"\n", at) + 1) + 1
    parts.append(data[kept:])
    return parts, made
