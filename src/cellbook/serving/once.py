"""Which outcomes were counted already, for all processes of an endpoint, in bounded memory.

Ids are kept as 64 bits of their hash, in a table that is mapped from a file; so that one is taken
for another happens once in 10 ** 13.  There are two tables: when one is half full, the other is
emptied and goes on: the last `REMEMBERED` ids at least are known, and at most twice as many.
"""

from __future__ import annotations

import fcntl
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

REMEMBERED = 1 << 18
"""Ids that are known for sure, the last ones."""

_SLOTS = 2 * REMEMBERED
_HEAD = 2
"""Numbers before the tables: which of them is filled, and how many ids it has."""


class Once:
    """Tells whether an id is new.  To be used by one thread of each process.

    Parameters
    ----------
    file
        Which all processes share.
    slots
        Of each of both tables; a power of 2.
    """

    def __init__(self, file: Path, slots: int = _SLOTS) -> None:
        self._mask = slots - 1
        # What is not written takes no room on the disk.
        self._file = file.open("a+b")
        with self._locked():
            size = 8 * (_HEAD + 2 * slots)
            self._file.truncate(size)
        self._map = mmap.mmap(self._file.fileno(), size)
        self._words = memoryview(self._map).cast("Q")

    def first(self, ids: list[str]) -> list[bool]:
        """Return of each id whether it is seen for the first time; from now on none is."""
        with self._locked():
            return [self._is_first(one) for one in ids]

    def close(self) -> None:
        """Let the file go."""
        self._words.release()
        self._map.close()
        self._file.close()

    def _is_first(self, one: str) -> bool:
        digest = blake2b(one.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        word = int.from_bytes(digest, "big") or 1  # 0 is an empty slot.
        words = self._words
        filled = words[0] & 1
        place, known = self._find(filled, word)
        if known or self._find(1 - filled, word)[1]:
            return False
        words[place] = word
        words[1] += 1
        if words[1] > self._mask // 2:
            filled = 1 - filled
            start = 8 * (_HEAD + filled * (self._mask + 1))
            self._map[start : start + 8 * (self._mask + 1)] = bytes(8 * (self._mask + 1))
            words[0], words[1] = filled, 0
        return True

    def _find(self, table: int, word: int) -> tuple[int, bool]:
        """Return where an id is, or would be, in a table, and whether it is there."""
        start = _HEAD + table * (self._mask + 1)
        place = word & self._mask
        while (found := self._words[start + place]) and found != word:
            place = (place + 1) & self._mask
        return start + place, bool(found)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
