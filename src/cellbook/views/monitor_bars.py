"""Small pictures of a column: which share of its values lies where, in reference and window."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from cellbook.monitoring import ColumnSketch
from cellbook.views import formatting
from cellbook.views.monitoring import MonitorBar

_BINS = 16
_NAMES = 7
"""Categories that have a bar of their own."""
_TAILS = (0.005, 0.995)
"""What lies beyond is counted into the outermost bars: one value far off would flatten all."""


def bars_of(reference: ColumnSketch | None, window: ColumnSketch | None) -> tuple[MonitorBar, ...]:
    """Return the bars of a column; none where there are no values to draw."""
    before, after = reference or ColumnSketch(), window or ColumnSketch()
    if not (before.present or after.present):
        return ()
    if before.numeric or (after.numeric and not before.present):
        return _numbers(before, after)
    return _names(before, after)


def _numbers(before: ColumnSketch, after: ColumnSketch) -> tuple[MonitorBar, ...]:
    parts = [(one.numbers.values, one.numbers.counts) for one in (before, after)]
    finite = [values[np.isfinite(values)] for values, _ in parts]
    every = np.unique(np.concatenate(finite))
    if not len(every):
        return ()
    if len(every) <= _BINS:
        labels = [formatting.number(float(value)) for value in every]
        shares = [_shares_of(every, *part) for part in parts]
        return _bars(labels, shares[0], shares[1])
    ends = np.concatenate(
        [one.numbers.quantiles(np.array(_TAILS)) for one in (before, after) if one.numbers.total]
    )
    ends = ends[np.isfinite(ends)]
    low, high = (float(ends.min()), float(ends.max())) if len(ends) else (0.0, 0.0)
    if not low < high or not np.isfinite(high - low):
        low, high = float(every[0]), float(every[-1])
    if not np.isfinite(high - low):
        return ()
    edges = np.linspace(low, high, _BINS + 1)
    shares = []
    for values, counts in parts:
        found, _ = np.histogram(np.clip(values, low, high), edges, weights=counts)
        shares.append(found / max(1, counts.sum()))
    labels = [
        f"{formatting.number(float(left))} … {formatting.number(float(right))}"
        for left, right in itertools.pairwise(edges)
    ]
    return _bars(labels, shares[0], shares[1])


def _shares_of(every: Any, values: Any, counts: Any) -> Any:
    found = np.zeros(len(every))
    there = np.isfinite(values)
    found[np.searchsorted(every, values[there])] = counts[there]
    return found / max(1, counts.sum())


def _names(before: ColumnSketch, after: ColumnSketch) -> tuple[MonitorBar, ...]:
    parts = [(one.categories.counts, max(1, one.present)) for one in (before, after)]
    names = sorted({name for counts, _ in parts for name in counts})
    shares = {name: [counts.get(name, 0) / of for counts, of in parts] for name in names}
    # Those that gained or lost most have a place in any case.
    moved = sorted(names, key=lambda name: -abs(shares[name][0] - shares[name][1]))[: _NAMES // 2]
    large = sorted(names, key=lambda name: -max(shares[name]))
    kept = list(dict.fromkeys([*moved, *large]))[:_NAMES]
    kept.sort(key=lambda name: (-shares[name][0], name))
    labels = [formatting.shorten(name, 24) for name in kept]
    first, second = ([shares[name][side] for name in kept] for side in (0, 1))
    if len(names) > len(kept):
        labels.append(f"{len(names) - len(kept):,} others")
        first.append(max(0.0, (1 - sum(first)) if before.present else 0.0))
        second.append(max(0.0, (1 - sum(second)) if after.present else 0.0))
    return _bars(labels, first, second)


def _bars(labels: list[str], first: Any, second: Any) -> tuple[MonitorBar, ...]:
    return tuple(
        MonitorBar(label, round(float(one), 6), round(float(other), 6))
        for label, one, other in zip(labels, first, second, strict=True)
    )
