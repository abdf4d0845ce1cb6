"""ULIDs: identities that sort by time (https://github.com/ulid/spec).

Twenty-six characters of Crockford's base 32: ten of milliseconds since 1970, sixteen random.
"""

from __future__ import annotations

import os
import threading
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}
ULID_LENGTH = 26


class Clock:
    """Hands out ULIDs that only grow: within a process, and beyond every id it was shown.

    Growing past what was *seen* makes an event sort after those its writer had read, even where
    two machines' clocks disagree.  Safe to call from several threads; a forked child must
    :meth:`reseed`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ms = 0
        self._random = 0

    def new(self) -> str:
        """Return the next ULID."""
        with self._lock:
            now = time.time_ns() // 1_000_000
            if now > self._ms:
                self._ms = now
                # The top bit stays clear, so that counting up within a millisecond has room.
                self._random = int.from_bytes(os.urandom(10), "big") >> 1
            else:
                self._random += 1
            return _text(self._ms, self._random)

    def observe(self, ulid: str) -> None:
        """Never hand out an id that sorts before `ulid` again."""
        ms, random = parts(ulid)
        with self._lock:
            if (ms, random) > (self._ms, self._random):
                # A leap of its own: another process that saw the same id, within this millisecond
                # or with the clock behind it, would else count on to the same next one.
                self._ms, self._random = ms, random + int.from_bytes(os.urandom(6), "big")

    def reseed(self) -> None:
        """Forget the random part, so that a forked child does not repeat its parent's ids."""
        self._lock = threading.Lock()
        self._ms = max(self._ms, time.time_ns() // 1_000_000)
        self._random = int.from_bytes(os.urandom(10), "big") >> 1


def parts(ulid: str) -> tuple[int, int]:
    """Return the milliseconds and the random part of a ULID."""
    number = 0
    for char in ulid:
        number = number << 5 | _VALUES[char]
    return number >> 80, number & (1 << 80) - 1


def milliseconds(ulid: str) -> int:
    """Return when a ULID was made, in milliseconds since 1970."""
    return parts(ulid)[0]


def is_ulid(text: str) -> bool:
    """Whether `text` has the shape of a ULID."""
    return len(text) == ULID_LENGTH and all(char in _VALUES for char in text)


def _text(ms: int, random: int) -> str:
    number = ms << 80 | random & (1 << 80) - 1
    # Two characters at a time: half the steps of the plain loop, in the path of every event.
    chunks = []
    for shift in range(120, -1, -10):
        chunks.append(_PAIRS[number >> shift & 1023])
    return "".join(chunks)
