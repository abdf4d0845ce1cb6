"""Performance of a model in service: window by window, and group by group."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from cellbook.errors import InvalidInput
from cellbook.monitoring.measures import (
    LOWER_IS_BETTER,
    OF_SCORES,
    Measured,
    Outcome,
    kinds_apart,
    measure,
)
from cellbook.monitoring.predictions import LABEL
from cellbook.monitoring.significance import holm

FEWEST = 30
"""Rows of which something is said, at least."""
_GROUPS = 50
"""Groups of one column, at most; numbers of more values are cut at their quartiles."""
_BINS = 4


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a frame of predictions say what."""

    label: str = LABEL
    prediction: str = "output.prediction"
    score: str = ""
    """The probability of the positive class; empty where there is none."""
    time: str = "time"
    positive: Any = None
    """The positive label; see :class:`Outcome`."""


@dataclass(frozen=True, slots=True)
class WindowPerformance:
    """How a model did in one window."""

    start: Any
    """When the window's first prediction was made, or the window begins."""
    end: Any
    rows: int
    """All predictions; `measured` is of those that have a label."""
    measured: Mapping[str, Measured]


@dataclass(frozen=True, slots=True)
class SlicePerformance:
    """How a model did on one group of rows, beside all others."""

    group: Mapping[str, str]
    """Column to value."""
    measured: Measured
    others: Measured
    """Of all rows that are not of the group."""
    gap: float
    """How much worse the group is than the others; negative where it is better."""
    p_adjusted: float
    """How likely chance alone makes a gap as wide, corrected for the number of groups."""
    enough: bool = field(default=True)
    """Whether there are enough rows, here and in the others, to say so."""


_COLUMNS = Columns()


def performance(
    frame: pd.DataFrame,
    metrics: str | Sequence[str],
    *,
    columns: Columns = _COLUMNS,
    rows: int | None = None,
    seconds: float | None = None,
    confidence: float = 0.95,
) -> list[WindowPerformance]:
    """Return how a model did, window by window.

    Parameters
    ----------
    frame
        Predictions with labels, as :meth:`Predictions.frame` returns them.
    metrics
        One or several; see :func:`measure`.
    columns
        What the columns are called.
    rows
        How many predictions a window has; the last one has those that are left.
    seconds
        Or how long it is; windows begin at whole multiples since 1970.  None of both makes one
        window of all.
    confidence
        Of the intervals.

    Raises
    ------
    InvalidInput
        If a column or metric is not there, or both `rows` and `seconds` are given.
    """
    names = [metrics] if isinstance(metrics, str) else list(metrics)
    outcomes = {name: outcome_of(of_one_kind(frame, columns, name), columns) for name in names}
    if rows is not None and seconds is not None:
        raise InvalidInput("Windows have a number of rows or of seconds. Give one of both.")
    if (rows is not None and rows < 1) or (seconds is not None and seconds <= 0):
        raise InvalidInput("A window has one row at least, and some time.")
    found = []
    for start, end, places in _windows(frame, columns.time, rows, seconds):
        measured = {
            name: measure(name, outcome.only(places), confidence=confidence)
            for name, outcome in outcomes.items()
        }
        found.append(WindowPerformance(start, end, len(places), measured))
    return found


def slices(
    frame: pd.DataFrame,
    metric: str,
    by: Sequence[str | tuple[str, ...]],
    *,
    columns: Columns = _COLUMNS,
    confidence: float = 0.95,
) -> list[SlicePerformance]:
    """Return how a model did on each group of rows, the worst first; too small ones last.

    Parameters
    ----------
    frame
        Predictions with labels.
    metric
        See :func:`measure`.  Of a ``selection_rate`` the lower one is the worse.
    by
        Columns whose values make the groups; several together as a tuple.  Numbers of many values
        are cut at their quartiles.  Missing ones are a group of their own.
    columns
        What the columns are called.
    confidence
        Of the intervals.

    Raises
    ------
    InvalidInput
        If a column or metric is not there, or has too many values.
    """
    frame = of_one_kind(frame, columns, metric)
    outcome = outcome_of(frame, columns)
    found: list[tuple[dict[str, str], Measured, Measured]] = []
    for one in by:
        names = (one,) if isinstance(one, str) else one
        keys = pd.MultiIndex.from_arrays([_groups(frame, name) for name in names])
        codes, known = pd.factorize(keys)
        if len(known) > _GROUPS:
            raise InvalidInput(
                f"{' × '.join(names)} makes {len(known):,} groups; {_GROUPS} can be compared. "
                "Group its values first."
            )
        for code, values in enumerate(known):
            group = dict(zip(names, map(str, values), strict=True))
            parts = [outcome.only(codes == code), outcome.only(codes != code)]
            measured = [measure(metric, part, confidence=confidence) for part in parts]
            found.append((group, measured[0], measured[1]))
    judged = [_judged(metric, mine, others, confidence) for _, mine, others in found]
    adjusted = holm([p_value for _, p_value, _ in judged]) if judged else []
    rated = [
        SlicePerformance(group, mine, others, gap, p_value, enough)
        for (group, mine, others), (gap, _, enough), p_value in zip(
            found, judged, adjusted, strict=True
        )
    ]
    return sorted(rated, key=lambda one: (not one.enough, -one.gap))


def outcome_of(frame: pd.DataFrame, columns: Columns = _COLUMNS) -> Outcome:
    """Return what was predicted and what came true, from a frame of predictions.

    Raises
    ------
    InvalidInput
        If there is no column of labels, or one that was named is not there.
    """
    for name in filter(None, (columns.label, columns.score)):
        if name not in frame.columns:
            raise InvalidInput(
                f"There is no column {name!r}. There are {', '.join(map(str, frame.columns))}."
            )
    named = columns.prediction in frame.columns
    return Outcome(
        frame[columns.label].to_numpy(),
        frame[columns.prediction].to_numpy() if named else None,
        frame[columns.score].to_numpy() if columns.score else None,
        _positive(frame, columns) if columns.positive is None else columns.positive,
    )


def of_one_kind(frame: pd.DataFrame, columns: Columns, metric: str) -> pd.DataFrame:
    """Return predictions with neither label nor prediction where these are of two kinds, as far as
    a metric compares them.

    Where all are, they stay, for :func:`measure` to say so; a window or group of such rows alone
    is one without labels.
    """
    pair = [columns.label, columns.prediction]
    if metric in OF_SCORES or not set(pair) <= set(frame.columns):
        return frame
    apart = kinds_apart(*(frame[name] for name in pair))
    if apart is None or apart.whole:
        return frame
    left = {name: frame[name].astype(object).where(~apart.rows, None) for name in pair}
    return frame.assign(**{name: column.infer_objects() for name, column in left.items()})


def of_all(frame: pd.DataFrame, columns: Columns) -> Columns:
    """Return the columns with the label that is positive in all rows, before some are looked at."""
    positive = _positive(frame, columns) if columns.positive is None else columns.positive
    return replace(columns, positive=positive)


def _positive(frame: pd.DataFrame, columns: Columns) -> Any:
    """Return which of two labels is the positive one; None where there are not two.

    It is that of all rows: in a window or group of few rows only one of the two may occur.
    """
    there = [name for name in (columns.label, columns.prediction) if name in frame.columns]
    try:
        known = {value for name in there for value in frame[name].dropna().unique()[:3]}
        return max(known) if len(known) == 2 else None
    except TypeError:
        return None


def _windows(
    frame: pd.DataFrame, time: str, rows: int | None, seconds: float | None
) -> list[tuple[Any, Any, np.ndarray[Any, Any]]]:
    if frame.empty:
        return []
    if time not in frame.columns:
        if seconds is not None:
            raise InvalidInput(f"There is no column {time!r} that tells the time.")
        order = np.arange(len(frame))
        moments = pd.Series(order)
    else:
        moments = frame[time].reset_index(drop=True)
        order = np.argsort(moments.to_numpy(), kind="stable")
    if seconds is None:
        cuts = [*range(0, len(frame), rows or len(frame)), len(frame)]
        parts = [order[start:end] for start, end in pairwise(cuts)]
        return [(moments[part[0]], moments[part[-1]], part) for part in parts]
    length = pd.Timedelta(seconds, unit="s")
    begins = moments.dt.floor(length)
    found = []
    for begin in begins.drop_duplicates().sort_values():
        (part,) = np.nonzero((begins == begin).to_numpy())
        found.append((begin, begin + length, part))
    return found


def _groups(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name not in frame.columns:
        raise InvalidInput(f"There is no column {name!r} to make groups by.")
    values = frame[name]
    if values.dtype == object and not values.map(lambda one: isinstance(one, Hashable)).all():
        values = values.map(str)
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if numeric and values.nunique() > 2 * _BINS:
        values = pd.qcut(values, _BINS, duplicates="drop").astype(str)
    return values.astype(object).where(values.notna() & (values.astype(str) != "nan"), "missing")


def _judged(
    metric: str, mine: Measured, others: Measured, confidence: float
) -> tuple[float, float, bool]:
    """Return by how much a group is worse, how likely that is by chance, whether it is to be
    said."""
    gap = mine.value - others.value if metric in LOWER_IS_BETTER else others.value - mine.value
    if metric == "bias":
        gap = abs(mine.value) - abs(others.value)
    enough = min(mine.rows, others.rows) >= FEWEST and not math.isnan(gap)
    if not enough:
        return (-math.inf if math.isnan(gap) else gap), 1.0, False
    z = float(special.ndtri(0.5 + confidence / 2))
    spread = math.hypot(mine.high - mine.low, others.high - others.low) / (2 * z)
    if not spread:
        return gap, 1.0 if not gap else 0.0, True
    return gap, float(2 * special.ndtr(-abs(gap) / spread)), True
