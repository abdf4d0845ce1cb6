"""Which arm answers whom: the same key, the same arm, in every process and after each restart.

Each arm draws a number from a hash of salt, arm and key; the arm whose number, in proportion to its
weight, is best has it (weighted rendezvous hashing).  So a share is what the weights say, nothing
is kept, and where a weight changes, keys move only from or to that arm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b

_SCALE = 1.0 / (1 << 52)
"""With 52 bits and a half, the largest number is still less than 1."""


def choose(salt: str, key: str, arms: Sequence[tuple[str, float]]) -> int:
    """Return the place of the arm that answers `key`.

    Parameters
    ----------
    salt
        Of the experiment.
    key
        Whom the answer is for.
    arms
        Name and weight of each; at least one weight is above 0.
    """
    if len(arms) == 1:
        return 0
    best, found = -1.0, 0
    for place, (name, weight) in enumerate(arms):
        if weight > 0 and (score := weight / -math.log(_drawn(salt, name, key))) > best:
            best, found = score, place
    return found


def falls_within(salt: str, key: str, share: float) -> bool:
    """Whether `key` is of the `share` (0 to 1) that is chosen."""
    return share >= 1 or _drawn(salt, "", key) < share


def _drawn(salt: str, name: str, key: str) -> float:
    """Return a number between 0 and 1, both excluded."""
    text = "\0".join((salt, name, key)).encode("utf-8", "surrogatepass")
    drawn = int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 12
    return (drawn + 0.5) * _SCALE
