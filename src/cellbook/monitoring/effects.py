"""How far two samples are apart, whatever their size: effects beside tests.

Of a million rows any difference is significant; an effect says whether it matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cellbook.monitoring.buckets import Buckets, aligned

Array = np.ndarray[Any, Any]

_BINS = 10
_NORMAL_IQR = 1.3489795003921634
"""Between the quartiles of the normal distribution with standard deviation 1."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a difference between two large samples matters."""

    psi: float = 0.1
    """Population stability index; by custom 0.1 is a shift, 0.25 a large one."""
    wasserstein: float = 0.1
    """Of numbers: how far values moved in the mean, as a share of the reference's spread."""
    js: float = 0.1
    """Of categories: Jensen and Shannon's distance, from 0 to 1."""
    share: float = 0.005
    """Of rows: how many more are missing, of a new category, beyond the range, of another kind."""


def psi(first: Array, second: Array) -> float:
    """Return the population stability index of two samples in the same bins.

    Σ (b - a) ln(b / a) over the shares a and b of bins, half an observation added to each bin, as
    an empty one has no logarithm.
    """
    shares = [np.asarray(counts, float) + 0.5 for counts in (first, second)]
    a, b = (counts / counts.sum() for counts in shares)
    return float(((b - a) * np.log(b / a)).sum())


def number_psi(reference: Array, window: Array) -> float:
    """Return the index over ten bins that each hold about a tenth of the reference.

    Both are counts of the same values in ascending order.
    """
    middle = np.cumsum(reference) - reference / 2
    place = np.minimum((middle * (_BINS / reference.sum())).astype(int), _BINS - 1)
    binned = [np.bincount(place, counts, _BINS) for counts in (reference, window)]
    used = binned[0] + binned[1] > 0
    return psi(binned[0][used], binned[1][used])


def js(first: Array, second: Array) -> float:
    """Return Jensen and Shannon's distance, to base 2: 0 of the same, 1 of wholly other samples."""
    a, b = first / first.sum(), second / second.sum()
    middle = (a + b) / 2
    total = 0.0
    for share in (a, b):
        there = share > 0
        total += float((share[there] * np.log2(share[there] / middle[there])).sum())
    return float(np.sqrt(max(0.0, total / 2)))


def wasserstein(reference: Buckets, window: Buckets) -> float:
    """Return how far, in the mean, values must move for one sample to become the other.

    Infinite values are left out, for no distance reaches them.
    """
    (keys, counts), shift = aligned(reference, window)
    values = Buckets(keys, counts[0], shift).values
    finite = np.isfinite(values)
    values, counts = values[finite], counts[:, finite]
    sizes = counts.sum(axis=1, keepdims=True)
    if not sizes.all():
        return 0.0
    below = np.cumsum(counts / sizes, axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        moved = np.abs(below[0] - below[1])[:-1] * np.diff(values)
        return float(moved[below[0, :-1] != below[1, :-1]].sum())


def spread(reference: Buckets, deviation: float) -> float:
    """Return the width that Wasserstein's distance is measured by: as the quartiles tell it, for
    a few far values would make the standard deviation as large as you please; that where both
    quartiles are one value; 0 where all are."""
    low, high = reference.quantiles(np.array([0.25, 0.75]))
    with np.errstate(over="ignore", invalid="ignore"):
        width = float(high - low) / _NORMAL_IQR
    if np.isfinite(width) and width > 0:
        return width
    return deviation if np.isfinite(deviation) else 0.0
