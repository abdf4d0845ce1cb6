"""Counts of categories in bounded memory.

Up to `NAMES` different ones, each is counted exactly.  Beyond, two things are kept: the counts of
`CELLS` groups of categories, by a hash of their names, which stay exact and so can be tested; and
the most frequent names by Misra and Gries' summary, whose counts are too low by at most `error`
(merged as in Agarwal et al., *Mergeable Summaries*, PODS 2012, section 2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xxhash

NAMES = 512
"""Names that are kept."""
CELLS = 256
_LONGEST = 80
"""Characters of a name; a longer one is cut and marked by its hash."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Categories:
    """How often each of some categories is there."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """By name; in no order."""
    cells: tuple[int, ...] = ()
    """Counts by hash, once there are too many names for them all to be kept."""
    error: int = 0
    """By how much a count may be too low; 0 where all are exact."""

    @property
    def exact(self) -> bool:
        """Whether `counts` holds every category with its exact count."""
        return not self.cells

    @property
    def total(self) -> int:
        """How many values there are."""
        return sum(self.cells) if self.cells else sum(self.counts.values())

    def merged(self, other: Categories) -> Categories:
        """Return the counts of both together."""
        # Of nothing but rare categories no name may be left, yet their groups are.
        if not self.total or not other.total:
            return self if self.total else other
        counts = Counter(self.counts)
        counts.update(other.counts)
        if self.exact and other.exact:
            return categories_of(counts)
        cells = tuple(int(both) for both in self.grouped() + other.grouped())
        return _bounded(counts, cells, self.error + other.error)

    def grouped(self) -> Array:
        """Return the counts by hash of the names, `CELLS` of them."""
        if self.cells:
            return np.array(self.cells, np.int64)
        return _cells(self.counts.items())


def categories_of(counts: Mapping[str, int]) -> Categories:
    """Return what is kept of the counts of all categories."""
    if len(counts) <= NAMES:
        return Categories(dict(counts))
    return _bounded(counts, tuple(map(int, _cells(counts.items()))), 0)


def shortened(name: str) -> str:
    """Return a name as it is kept: cut where it is long, and still another one than others."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 18]}… {_hash(name):016x}"


def _bounded(counts: Mapping[str, int], cells: tuple[int, ...], error: int) -> Categories:
    if len(counts) > NAMES:
        ranked = sorted(counts.values(), reverse=True)
        less = ranked[NAMES]
        counts = {name: count - less for name, count in counts.items() if count > less}
        error += less
    return Categories(dict(counts), cells, error)


def _cells(counted: Iterable[tuple[str, int]]) -> Array:
    cells = np.zeros(CELLS, np.int64)
    for name, count in counted:
        cells[_hash(name) % CELLS] += count
    return cells


def _hash(name: str) -> int:
    return xxhash.xxh3_64_intdigest(name.encode("utf-8", "surrogatepass"))
