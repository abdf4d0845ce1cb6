"""Sketches: what a window of rows holds, column by column, in memory that does not grow with it.

A sketch is a value: merging two makes a third, and in whatever order parts are merged, the counts
are the same.  A column's values are of three sorts, each counted by itself, so that nothing a
client sends can make a sketch fail: missing ones, numbers, and all others by their text.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from cellbook.datasets.profiles import as_frame, numbers_of
from cellbook.errors import InvalidInput, StoreCorrupt
from cellbook.monitoring.buckets import Buckets, buckets_of, buckets_of_counts
from cellbook.monitoring.categories import CELLS, Categories, categories_of, shortened
from cellbook.monitoring.packed import pack, unpack

Array = np.ndarray[Any, Any]

_FORMAT = 1
_NUMERIC = ("integer", "floating", "mixed-integer-float", "decimal")
"""What pandas calls columns of objects that are numbers all the same."""
_TEXTUAL = ("string", "boolean")
_CLOSE = 1 << 16
"""From the least to the greatest of whole numbers that are counted at once."""
_BATCH = 1 << 16


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean and spread of the finite numbers (merged as in Chan, Golub and LeVeque, 1983)."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    """Sum of the squared distances from the mean."""
    least: float = math.inf
    greatest: float = -math.inf

    @property
    def deviation(self) -> float:
        """The standard deviation, with Bessel's correction; NaN of fewer than two numbers."""
        return math.sqrt(self.squares / (self.count - 1)) if self.count > 1 else math.nan

    def merged(self, other: Moments) -> Moments:
        """Return the moments of both together, equal up to rounding in whatever order."""
        if not self.count or not other.count:
            return self if self.count else other
        count = self.count + other.count
        apart = other.mean - self.mean
        share = other.count / count
        return Moments(
            count,
            self.mean + apart * share,
            self.squares + other.squares + apart * apart * self.count * share,
            min(self.least, other.least),
            max(self.greatest, other.greatest),
        )


@dataclass(frozen=True, slots=True)
class ColumnSketch:
    """One column of a window."""

    missing: int = 0
    moments: Moments = field(default_factory=Moments)
    numbers: Buckets = field(default_factory=Buckets)
    """Infinite ones among them; never NaN, which is missing."""
    categories: Categories = field(default_factory=Categories)
    dtypes: frozenset[str] = frozenset()
    """What the columns were of; told where a schema has changed."""

    @property
    def rows(self) -> int:
        """How many values there are, missing ones among them."""
        return self.missing + self.present

    @property
    def present(self) -> int:
        """How many values are not missing."""
        return self.numbers.total + self.categories.total

    @property
    def numeric(self) -> bool:
        """Whether most values that are there are numbers."""
        return self.numbers.total > self.categories.total

    def quantile(self, share: float) -> float:
        """Return a quantile of the numbers; NaN where there are none."""
        return float(self.numbers.quantiles(np.array([share]))[0])

    def merged(self, other: ColumnSketch) -> ColumnSketch:
        """Return the sketch of both together."""
        return ColumnSketch(
            self.missing + other.missing,
            self.moments.merged(other.moments),
            self.numbers.merged(other.numbers),
            self.categories.merged(other.categories),
            self.dtypes | other.dtypes,
        )


@dataclass(frozen=True, slots=True)
class Sketch:
    """A window of rows, or the reference that windows are compared with."""

    rows: int = 0
    columns: Mapping[str, ColumnSketch] = field(default_factory=dict)

    @staticmethod
    def of(data: Any, columns: Iterable[str] | None = None) -> Sketch:
        """Return the sketch of a table or matrix.

        Parameters
        ----------
        data
            A pandas or polars frame, an Arrow table, a NumPy array, a mapping of columns.
        columns
            Names of those that count; None means all.

        Raises
        ------
        InvalidInput
            If it is no table.
        """
        frame = pd.DataFrame(data) if isinstance(data, Mapping) else as_frame(data)
        if frame is None:
            raise InvalidInput(
                f"A {type(data).__name__} is no table. Give a frame, a matrix or a dict of columns."
            )
        wanted = None if columns is None else set(columns)
        found: dict[str, ColumnSketch] = {}
        for place, label in enumerate(frame.columns):
            name = str(label)
            if name not in found and (wanted is None or name in wanted):
                found[name] = column_sketch(frame.iloc[:, place])
        return Sketch(len(frame), found)

    def merged(self, other: Sketch) -> Sketch:
        """Return the sketch of both together; a column that one lacks is missing in its rows."""
        names = dict.fromkeys((*self.columns, *other.columns))
        return Sketch(
            self.rows + other.rows,
            {name: self._column(name).merged(other._column(name)) for name in names},
        )

    def _column(self, name: str) -> ColumnSketch:
        return self.columns.get(name) or ColumnSketch(missing=self.rows)

    def only(self, columns: Iterable[str]) -> Sketch:
        """Return the sketch of some of the columns."""
        return replace(
            self, columns={name: self.columns[name] for name in columns if name in self.columns}
        )

    def to_bytes(self) -> bytes:
        """Return the sketch as bytes, of which the same content always makes the same."""
        head: dict[str, Any] = {"sketch": _FORMAT, "rows": self.rows, "columns": []}
        arrays: dict[str, Array] = {}
        for place, (name, column) in enumerate(self.columns.items()):
            moments, kept = column.moments, column.categories
            head["columns"].append(
                {
                    "name": name,
                    "missing": column.missing,
                    # As hexadecimal text a float is exact, and infinities have a form.
                    "moments": [
                        moments.count,
                        *(
                            value.hex()
                            for value in (
                                moments.mean, moments.squares, moments.least, moments.greatest,
                            )
                        ),
                    ],
                    "shift": column.numbers.shift,
                    "names": sorted(kept.counts),
                    "error": kept.error,
                    "dtypes": sorted(column.dtypes),
                }
            )  # fmt: skip
            # Differences of ascending keys are small numbers, which compress well.
            arrays[f"keys{place}"] = np.diff(column.numbers.keys, prepend=np.uint64(0))
            arrays[f"counts{place}"] = column.numbers.counts
            arrays[f"names{place}"] = np.array(
                [kept.counts[name] for name in sorted(kept.counts)], np.int64
            )
            arrays[f"cells{place}"] = np.array(kept.cells, np.int64)
        return pack(head, arrays)

    @staticmethod
    def from_bytes(data: bytes) -> Sketch:
        """Return the sketch that :meth:`to_bytes` made bytes of.

        Raises
        ------
        StoreCorrupt
            If these are no such bytes.
        """
        head, arrays = unpack(data)
        try:
            if head["sketch"] > _FORMAT:
                raise ValueError("a newer Cellbook made it: pip install --upgrade cellbook")
            return Sketch(
                int(head["rows"]),
                {
                    str(told["name"]): _read_column(told, place, arrays)
                    for place, told in enumerate(head["columns"])
                },
            )
        except (KeyError, TypeError, ValueError) as error:
            raise StoreCorrupt(f"A sketch cannot be read ({error}). Make it anew.") from None


def merge(sketches: Iterable[Sketch]) -> Sketch:
    """Return the sketch of all rows of some windows together."""
    return reduce(Sketch.merged, sketches, Sketch())


def column_sketch(values: pd.Series[Any]) -> ColumnSketch:
    """Return the sketch of one column."""
    dtype = frozenset([str(values.dtype)])
    if values.dtype == object:
        held = pd.api.types.infer_dtype(values, skipna=True)
        if held in _NUMERIC:
            try:
                values = pd.to_numeric(values)
            except (OverflowError, ValueError):
                return _mixed(values, dtype)
        elif held not in _TEXTUAL:
            return _mixed(values, dtype)
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iu":
        found = _whole(values.to_numpy(), dtype)
        if found is not None:
            return found
    numbers = numbers_of(values)
    if numbers is None:
        try:
            counts = values.value_counts(dropna=True, sort=False)
        except (TypeError, NotImplementedError):
            # Lists and the like have no hash.
            return _mixed(values.astype(object), dtype)
        # A categorical column names categories that no row has.
        named = _named((label, int(count)) for label, count in counts.items() if count)
        missing = len(values) - sum(named.values())
        return ColumnSketch(missing, categories=categories_of(named), dtypes=dtype)
    gone = np.isnan(numbers)
    present = numbers[~gone] if gone.any() else numbers
    moments, buckets = _moments(present), buckets_of(present)
    return ColumnSketch(len(numbers) - len(present), moments, buckets, dtypes=dtype)


def _whole(values: Array, dtype: frozenset[str]) -> ColumnSketch | None:
    """Return the sketch of whole numbers that lie close together, which are counted at once; None
    of others."""
    least = int(values.min()) if len(values) else 0
    if not len(values) or int(values.max()) - least > min(_CLOSE, len(values)):
        return None
    counts = np.bincount((values - values.dtype.type(least)).astype(np.int64))
    (places,) = counts.nonzero()
    different, counts = places.astype(float) + least, counts[places]
    mean = float(np.average(different, weights=counts))
    moments = Moments(
        len(values),
        mean,
        float(np.dot(counts, (different - mean) ** 2)),
        float(different[0]),
        float(different[-1]),
    )
    return ColumnSketch(0, moments, buckets_of_counts(different, counts), dtypes=dtype)


def _mixed(values: pd.Series[Any], dtype: frozenset[str]) -> ColumnSketch:
    """Sort out what stands in a column of objects, one by one."""
    present = values[values.notna().to_numpy()]
    is_number = np.fromiter(
        (isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
         for value in present), bool, len(present),
    )  # fmt: skip
    numbers = np.array([_as_float(value) for value in present[is_number]], float)
    named = _named((value, 1) for value in present[~is_number])
    return ColumnSketch(
        len(values) - len(present),
        _moments(numbers),
        buckets_of(numbers),
        categories_of(named),
        dtype,
    )


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _named(counted: Iterable[tuple[Any, int]]) -> dict[str, int]:
    named: dict[str, int] = {}
    for label, count in counted:
        try:
            name = shortened(str(label))
        except Exception:
            # Whatever a client sends may fail to say what it is.
            name = f"<{type(label).__name__}>"
        named[name] = named.get(name, 0) + count
    return named


def _moments(numbers: Array) -> Moments:
    found = Moments()
    # A batch stays in the processor's cache while it is gone through again and again.
    for start in range(0, len(numbers), _BATCH):
        batch = numbers[start : start + _BATCH]
        finite = np.isfinite(batch)
        if not finite.all():
            batch = batch[finite]
        if len(batch):
            found = found.merged(_batch_moments(batch))
    return found


def _batch_moments(numbers: Array) -> Moments:
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(numbers.mean())
        # Not as a dot product: its threads wait for one another where others want the processor.
        squares = float(np.square(numbers - mean).sum())
    return Moments(len(numbers), mean, squares, float(numbers.min()), float(numbers.max()))


def _read_column(told: Mapping[str, Any], place: int, arrays: Mapping[str, Array]) -> ColumnSketch:
    count, *floats = told["moments"]
    counts, cells = arrays[f"names{place}"], arrays[f"cells{place}"]
    if len(cells) not in (0, CELLS):
        raise ValueError("its groups of categories are not whole")
    return ColumnSketch(
        int(told["missing"]),
        Moments(int(count), *map(float.fromhex, floats)),
        Buckets(
            np.cumsum(arrays[f"keys{place}"], dtype=np.uint64),
            arrays[f"counts{place}"].astype(np.int64),
            int(told["shift"]),
        ),
        Categories(
            dict(zip(map(str, told["names"]), map(int, counts), strict=True)),
            tuple(map(int, cells)),
            int(told["error"]),
        ),
        frozenset(map(str, told["dtypes"])),
    )
