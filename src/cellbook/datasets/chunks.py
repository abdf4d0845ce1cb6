"""Cuts a sequence of bytes into chunks where its content says so.

A cut depends on the 32 bytes before it alone, so that after rows were added, in the end or in the
middle, all chunks but those that were touched are the same as before, and are kept once.  The hash
is the *gear* hash of FastCDC (Xia et al., USENIX ATC 2016), computed for all positions at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from cellbook.store import CHUNK

LEAST = 8 * 1024
"""Bytes of a chunk, but for the last of a sequence; at most there are `CHUNK`."""

_WINDOW = 32
_MASK = np.uint32(0xFFFE0000)
"""The upper 15 bits: about one position in 32,768 is a cut."""
_BLOCK = 1 << 20

Array = np.ndarray[Any, Any]

_GEAR = np.frombuffer(
    b"".join(hashlib.sha256(b"cellbook gear %d" % byte).digest()[:4] for byte in range(256)), "<u4"
)


class Chunker:
    """Takes bytes, and hands out chunks: what is written to as a file.

    Parameters
    ----------
    take
        Called with each chunk, in order.
    """

    def __init__(self, take: Callable[[memoryview], None]) -> None:
        self._take = take
        self._held = bytearray()
        self.size = 0
        self.closed = False
        self._hash = hashlib.sha256()

    def write(self, data: Any) -> int:
        """Append bytes; return how many."""
        view = memoryview(data).cast("B")
        for start in range(0, len(view), _BLOCK):
            self._held += view[start : start + _BLOCK]
            if len(self._held) >= _BLOCK:
                self._cut(final=False)
        self.size += len(view)
        self._hash.update(view)
        return len(view)

    def part(self) -> None:
        """Hand out what is left: what comes next does not belong to it."""
        self._cut(final=True)

    def digest(self) -> str:
        """Return the SHA-256 of all that was written, in hex."""
        return self._hash.hexdigest()

    def writable(self) -> bool:
        """Return True: pyarrow asks."""
        return True

    def flush(self) -> None:
        """Do nothing: chunks end where the content says so."""

    def _cut(self, *, final: bool) -> None:
        held = bytes(self._held)
        view = memoryview(held)
        start = 0
        for end in ends(np.frombuffer(held, np.uint8), final=final):
            self._take(view[start:end])
            start = end
        self._held = bytearray(view[start:])


def ends(data: Array, *, final: bool) -> list[int]:
    """Return where chunks end; behind the last one, more is needed unless this is all."""
    found: list[int] = []
    start = 0
    marks = _marks(data) if len(data) > LEAST else np.empty(0, np.int64)
    while len(data) - start > LEAST:
        place = int(np.searchsorted(marks, start + LEAST))
        if place < len(marks) and marks[place] < start + CHUNK:
            start = int(marks[place]) + 1
        elif len(data) - start >= CHUNK:
            start += CHUNK
        else:
            break
        found.append(start)
    if final and start < len(data):
        found.append(len(data))
    return found


def _marks(data: Array) -> Array:
    """Return the positions whose hash is one of a cut."""
    sums = _GEAR[data]
    width = 1
    while width < _WINDOW:
        # The sum over twice as many bytes, of which the earlier half counts 2**width times as much.
        further = sums.copy()
        further[width:] += sums[:-width] << np.uint32(width)
        sums, width = further, width * 2
    return np.flatnonzero((sums & _MASK) == 0)
