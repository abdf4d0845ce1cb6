"""The windows of an endpoint, sketched and compared, as panels look at them again and again.

What a chunk of predictions holds never changes, so what was reckoned of a window is kept for as
long as the same chunks lie in it: a panel that follows an endpoint reckons the newest window only.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from cellbook.monitoring import DriftReport, Predictions, Sketch, drift, merge
from cellbook.records import PredictionChunk

Value = TypeVar("Value")

MOST = 24
"""Windows that are looked at."""
_ROWS = 1_000_000
"""Predictions that are looked at, unless one window alone has more."""
_LENGTHS = (60.0, 300.0, 900.0, 3_600.0, 21_600.0, 86_400.0, 604_800.0, 2_592_000.0)
"""Lengths of windows that are chosen from, in seconds."""
_PLENTY = 100
"""Predictions that a window should have."""
_INPUT = "input."


@dataclass(frozen=True, slots=True)
class SketchedWindow:
    """One window: inputs by their names, outputs as ``output.NAME``."""

    start: int
    end: int
    key: tuple[Any, ...]
    """Is the same as long as the same predictions lie in it."""
    sketch: Sketch


class _Kept:
    """What was reckoned last, some of it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def get(self, key: tuple[Any, ...], make: Callable[[], Value]) -> Value:
        """Return what is kept under a key, or is made now."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                found: Value = self._values[key]
                return found
        made = make()
        with self._lock:
            self._values[key] = made
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return made


_sketches = _Kept(8 * MOST)
_reports = _Kept(16 * MOST)


def length_of(chunks: Sequence[PredictionChunk]) -> float:
    """Return how long a window should be, in seconds, so that the newest few tell what there is.

    The shortest of some lengths whose windows have enough rows, of which there are not too many.
    """
    span = max(1.0, (max(one.last for one in chunks) - min(one.first for one in chunks)) / 1000)
    rows = sum(one.rows for one in chunks)
    for length in _LENGTHS:
        if span / length <= MOST and rows * min(1.0, length / span) >= _PLENTY:
            return length
    return next((one for one in _LENGTHS if span / one <= MOST), _LENGTHS[-1])


def sketched_windows(
    predictions: Predictions,
    endpoint: str,
    chunks: Sequence[PredictionChunk],
    seconds: float,
    *,
    model: str = "",
    arm: str = "",
    until: int | None = None,
    most: int = 0,
) -> list[SketchedWindow]:
    """Return the newest windows of an endpoint that have predictions, the oldest of them first.

    Parameters
    ----------
    predictions, endpoint
        Whose.
    chunks
        What is on record of them.
    seconds
        How long a window is.
    model
        The version that alone counts; empty for all.
    arm
        The arm that alone counts; empty for all that answered somebody.
    until
        The start of the last window of interest, in milliseconds since 1970; None for the newest.
    most
        How many windows, at most; 0 for 24 that have no more than a million predictions.
    """
    length = int(seconds * 1000)
    last = max(one.last for one in chunks) // length * length
    start = last if until is None else min(last, until // length * length)
    first = min(one.first for one in chunks) // length * length
    found: list[SketchedWindow] = []
    rows = 0
    while start >= first and len(found) < (most or MOST):
        if found and not most and rows >= _ROWS:
            break
        there = [one for one in chunks if one.last >= start and one.first < start + length]
        if not there:
            # Nothing for a while: on to the last chunk before.
            before = [one.last for one in chunks if one.last < start]
            if not before:
                break
            start = max(before) // length * length
            continue
        key = (endpoint, model, arm, start, length, *(one.chunk_id for one in there))
        sketch = _sketches.get(key, partial(_sketched, predictions, key))
        if sketch.rows:
            found.append(SketchedWindow(start, start + length, key, sketch))
            rows += sketch.rows
        start -= length
    return found[::-1]


def _sketched(predictions: Predictions, key: tuple[Any, ...]) -> Sketch:
    endpoint, model, arm, start, length = key[:5]
    found = predictions.sketches(
        endpoint,
        length / 1000,
        since=start,
        until=start + length,
        model=model or None,
        name=lambda label: label.removeprefix(_INPUT),
        arm=arm or None,
        # Nobody was answered by a shadow.
        shadows=bool(arm),
    )
    return found.get(start, Sketch())


@dataclass(frozen=True, slots=True)
class Base:
    """What windows are compared with."""

    key: tuple[Any, ...]
    sketch: Sketch
    told: str
    """What it is, in words."""


def earlier(windows: Sequence[SketchedWindow]) -> Base | None:
    """Return windows as what later ones are compared with; None where there are none."""
    if not windows:
        return None
    told = "the window before" if len(windows) == 1 else f"the {len(windows)} windows before"
    key = tuple(one.key for one in windows)
    sketch = _sketches.get(("merged", *key), lambda: merge(one.sketch for one in windows))
    return Base(key, sketch, told)


def compared(base: Base, window: SketchedWindow, columns: Sequence[str]) -> DriftReport:
    """Return whether some columns of a window are what they were."""
    key = (base.key, window.key, tuple(columns))
    return _reports.get(key, lambda: drift(base.sketch.only(columns), window.sketch.only(columns)))
