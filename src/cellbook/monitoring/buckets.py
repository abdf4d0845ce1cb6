"""Counts of numbers in bounded memory, by the leading bits of each number.

The bits of a float64, read as a whole number with its sign turned, stand in the order of the
numbers themselves.  A bucket is what remains of that whole number when its last `shift` bits are
cut off.  While there are no more than `MOST` distinct values nothing is cut and the counts are
exact; beyond, the shift grows by the least that makes them fit again, so that a narrow column is
told finely and a wide one by the share of each number (as HdrHistogram does).

What comes out depends on the values alone, never on the order they came in or on how they were
split: the shift is the least that fits *all* of them, and that of a part is never greater.  So
merging is associative and commutative to the bit.  And as buckets are the same for everybody, two
sketches can be tested against one another as two samples of rounded values, without allowance for
an error of the sketch: the test of rounded values is a valid test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

MOST = 2048
"""Buckets that are kept."""
_TOP = np.uint64(1 << 63)
_BATCH, _LARGEST = 1 << 15, 1 << 17
_FEW = 512

Array = np.ndarray[Any, Any]


def _no_keys() -> Array:
    return np.zeros(0, np.uint64)


def _no_counts() -> Array:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """How many numbers fell into each bucket, in the order of the numbers."""

    keys: Array = field(default_factory=_no_keys)
    """uint64, ascending: the leading bits."""
    counts: Array = field(default_factory=_no_counts)
    """int64, all positive."""
    shift: int = 0
    """How many bits were cut off; 0 where counts are of exact values."""

    @property
    def total(self) -> int:
        """How many numbers there are."""
        return int(self.counts.sum())

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Buckets)
            and self.shift == other.shift
            and np.array_equal(self.keys, other.keys)
            and np.array_equal(self.counts, other.counts)
        )

    __hash__ = None  # type: ignore[assignment]

    def merged(self, other: Buckets) -> Buckets:
        """Return the counts of both together."""
        if not len(self.keys) or not len(other.keys):
            return self if len(self.keys) else other
        (keys, counts), shift = aligned(self, other)
        return _bounded(keys, counts.sum(axis=0), shift)

    def coarser(self, shift: int) -> Buckets:
        """Return the counts with at least so many bits cut off."""
        if shift <= self.shift:
            return self
        return Buckets(*_cut(self.keys, self.counts, shift - self.shift), shift)

    @property
    def values(self) -> Array:
        """The number that stands for each bucket: itself where exact, else its middle."""
        low, high = self._ends()
        with np.errstate(over="ignore", invalid="ignore"):
            middle = low + (high - low) / 2
        return np.where(np.isfinite(middle), middle, low)

    def quantiles(self, shares: Array) -> Array:
        """Return the least numbers that at least a share of all do not exceed.

        Within a bucket numbers are taken to lie evenly.
        """
        if not len(self.keys):
            return np.full(len(shares), np.nan)
        reached = np.cumsum(self.counts)
        wanted = np.clip(np.asarray(shares) * reached[-1], 1, reached[-1])
        place = np.searchsorted(reached, wanted, "left")
        low, high = self._ends()
        inside = (wanted - reached[place] + self.counts[place]) / self.counts[place]
        with np.errstate(over="ignore", invalid="ignore"):
            found = low[place] + (high[place] - low[place]) * inside
        return np.asarray(np.where(np.isfinite(found), found, low[place]))

    def _ends(self) -> tuple[Array, Array]:
        low = self.keys << np.uint64(self.shift)
        high = low | np.uint64((1 << self.shift) - 1)
        return _numbers(low), _numbers(high)


def buckets_of(values: Array, most: int = MOST) -> Buckets:
    """Return the counts of some numbers, none of which is NaN."""
    found = Buckets()
    start, size = 0, _BATCH
    while start < len(values):
        raw = _ordered(values[start : start + size])
        # The first batch tells how coarse it is going to be, and the others are grouped quickly.
        keys, counts = _grouped(raw >> np.uint64(found.shift), 0 < len(found.keys) < _FEW)
        batch = _bounded(keys, counts, found.shift, most)
        if len(found.keys):
            (keys, both), shift = aligned(found, batch)
            batch = _bounded(keys, both.sum(axis=0), shift, most)
        found = batch
        start, size = start + size, min(2 * size, _LARGEST)
    return found


def buckets_of_counts(values: Array, counts: Array) -> Buckets:
    """Return the counts of some different numbers, in ascending order, that are there so often."""
    return _bounded(_ordered(values), counts.astype(np.int64), 0)


def aligned(*parts: Buckets) -> tuple[tuple[Array, Array], int]:
    """Return the buckets that any of some parts has, how many of each part are in each (a row a
    part), and the shift that all of them were brought to."""
    shift = max(part.shift for part in parts)
    brought = [part.coarser(shift) for part in parts]
    keys = np.unique(np.concatenate([part.keys for part in brought]))
    counts = np.zeros((len(parts), len(keys)), np.int64)
    for row, part in zip(counts, brought, strict=True):
        row[np.searchsorted(keys, part.keys)] = part.counts
    return (keys, counts), shift


def _ordered(values: Array) -> Array:
    # Adding zero makes -0.0 the 0.0 that it equals.
    bits = (np.asarray(values, np.float64) + 0.0).view(np.uint64)
    turned = bits >> np.uint64(63)
    np.negative(turned, out=turned)
    turned |= _TOP
    bits ^= turned
    return bits


def _numbers(keys: Array) -> Array:
    bits = np.where(keys & _TOP, keys & ~_TOP, ~keys)
    return bits.view(np.float64)


def _grouped(raw: Array, few: bool) -> tuple[Array, Array]:
    """Return which whole numbers there are and how often; `few` if hardly any differ."""
    least = raw.min()
    if int(raw.max() - least) < 4 * len(raw):
        counts = np.bincount((raw - least).astype(np.int64))
        (keys,) = counts.nonzero()
        return keys.astype(np.uint64) + least, counts[keys].astype(np.int64)
    if few:
        codes, known = pd.factorize(raw)
        order = np.argsort(known)
        return np.asarray(known)[order], np.bincount(codes)[order].astype(np.int64)
    keys, counts = np.unique(raw, return_counts=True)
    return keys, counts.astype(np.int64)


def _bounded(keys: Array, counts: Array, shift: int, most: int = MOST) -> Buckets:
    """Cut off the fewest bits that leave no more than `most` buckets."""
    if len(keys) <= most:
        return Buckets(keys, counts, shift)
    # Neighbours become one once all bits in which they differ are cut off.
    unlike = keys[1:] ^ keys[:-1]
    few, many = 0, 64 - shift
    while many - few > 1:
        middle = (few + many) // 2
        if 1 + np.count_nonzero(unlike >> np.uint64(middle)) <= most:
            many = middle
        else:
            few = middle
    return Buckets(*_cut(keys, counts, many), shift + many)


def _cut(keys: Array, counts: Array, bits: int) -> tuple[Array, Array]:
    if not len(keys):
        return keys, counts
    short = keys >> np.uint64(bits)
    starts = np.flatnonzero(np.concatenate([[True], short[1:] != short[:-1]]))
    return short[starts], np.add.reduceat(counts, starts)
