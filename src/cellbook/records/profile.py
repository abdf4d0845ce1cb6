"""What the values of a data set look like, in a few numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cellbook.records.base import Record


@dataclass(frozen=True, slots=True)
class ColumnProfile(Record):
    """One column: what it holds, and how that is spread.

    Moments are numbers in seconds since 1970 (UTC), durations in seconds.
    """

    name: str
    dtype: str
    missing: int = 0
    distinct: int | None = None
    """How many values differ; None where they were not counted."""
    least: float | None = None
    """As the rest below, of the finite numbers; None where there is none."""
    greatest: float | None = None
    mean: float | None = None
    deviation: float | None = None
    """The standard deviation, with Bessel's correction."""
    quantiles: tuple[float, ...] = ()
    """Those at equal distances from 0 to 1, `least` and `greatest` among them."""
    counts: tuple[int, ...] = ()
    """How many values are in each of as many bins of equal width from `least` to `greatest`."""
    top: Mapping[str, int] = field(default_factory=dict)
    """The most frequent values of what is no number, and how often each is there."""


@dataclass(frozen=True, slots=True)
class DataProfile(Record):
    """A table in a few numbers."""

    rows: int
    columns: tuple[ColumnProfile, ...]
    looked_at: int
    """Rows from which quantiles, bins, `distinct` and `top` are; evenly spaced if not all."""
    left_out: int = 0
    """Columns beyond those that are told."""
