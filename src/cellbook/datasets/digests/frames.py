"""Digests of what pandas has: frames, series, indexes.

A default index, one that only counts the rows, is none: so a frame is the same content as the
Arrow table or polars frame that it was made of.  ``attrs`` and flags are no content.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from cellbook.datasets.content import Content
from cellbook.datasets.digests.arrow import add_arrow
from cellbook.datasets.digests.columns import Named, digest_table
from cellbook.datasets.digests.hashing import NA, OWN, Column, Unhashable
from cellbook.datasets.digests.objects import add_objects, encode, label_of
from cellbook.datasets.digests.zones import zone_name
from cellbook.errors import InvalidInput

_DROP = "Turn it into text or numbers, or leave the column out: df.drop(columns={})."


def digest_frame(frame: pd.DataFrame) -> Content:
    """Return what is known of a frame.

    Raises
    ------
    InvalidInput
        If there is a value of which no digest can be made; it names column, row and type.
    """
    columns = [_named(frame.iloc[:, place], label) for place, label in enumerate(frame.columns)]
    names = [None if name is None else _label(name) for name in frame.columns.names]
    more: dict[str, Any] = {}
    if any(name is not None for name in names):
        more["column_names"] = names
    categories = _categories(frame.columns)
    if categories:
        more["column_categories"] = categories
    if isinstance(frame.columns, pd.MultiIndex):
        more["levels"] = frame.columns.nlevels
    size = frame.size * 8
    return digest_table(columns, len(frame), index=_index(frame.index), more=more, size=size)


def digest_series(series: pd.Series[Any]) -> Content:
    """Return what is known of a series: another content than a frame of one column."""
    column = _named(series, series.name)
    more = {"of": "series"}
    return digest_table([column], len(series), index=_index(series.index), more=more)


def digest_index(index: pd.Index[Any]) -> Content:
    """Return what is known of an index."""
    return digest_table(_levels(index), len(index), more={"of": "index"})


def _named(series: pd.Series[Any], label: Any) -> Named:
    values = series.array
    return Named(
        _label(label),
        repr(label),
        lambda column: add_values(column, values),
        _DROP.format(repr(label)),
    )


def _label(label: Any) -> Any:
    try:
        return label_of(label)
    except Unhashable as error:
        raise InvalidInput(
            f"No digest can be made of a frame one of whose columns is named by {error.what}. "
            "Give it a name that is text."
        ) from None


def _categories(labels: pd.Index[Any]) -> dict[str, Any]:
    """Return the type of each level of columns' names that consists of categories."""
    found = {}
    for level in range(labels.nlevels):
        held = labels.get_level_values(level)
        if isinstance(held.dtype, pd.CategoricalDtype):
            found[str(level)] = add_values(Column(), held.array)
    return found


def _index(index: pd.Index[Any]) -> list[Named]:
    return [] if _only_counts(index) else _levels(index)


def _only_counts(index: pd.Index[Any]) -> bool:
    if index.name is not None or isinstance(index, pd.MultiIndex):
        return False
    if isinstance(index, pd.RangeIndex):
        return len(index) == 0 or (index.start == 0 and index.step == 1)
    return index.dtype == np.int64 and bool(np.array_equal(index, np.arange(len(index))))


def _levels(index: pd.Index[Any]) -> list[Named]:
    # An index without rows has, from one pandas to the next, another dtype: it says nothing.
    return [
        Named(
            None if name is None else _label(name),
            f"{name!r} of the index",
            partial(_add_level, index=index, level=level),
            "Turn it into text or numbers, or drop it: df.reset_index(drop=True).",
        )
        for level, name in enumerate(index.names)
    ]


def _add_level(column: Column, index: pd.Index[Any], level: int) -> Any:
    return add_values(column, index.get_level_values(level).array)


def add_values(column: Column, values: Any) -> Any:
    """Add the values of a series; return its type.

    Raises
    ------
    Unhashable
        If there is a value of which no digest can be made.
    """
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _add_categories(column, values)
    if isinstance(dtype, pd.DatetimeTZDtype):
        column.add_times(values.asi8, dtype.unit)
        return ["timestamp", zone_name(dtype.tz)]
    if isinstance(dtype, pd.PeriodDtype):
        column.add_times(values.asi8, "ns")
        return ["period", dtype.freq.freqstr]
    if isinstance(dtype, pd.IntervalDtype):
        ends = [Column(), Column()]
        kind = [add_values(end, side.array) for end, side in zip(ends, _sides(values), strict=True)]
        column.children += ends
        column.rows += len(values)
        return ["interval", dtype.closed, kind[0]]
    if isinstance(dtype, pd.SparseDtype):
        return ["sparse", add_values(column, np.asarray(values)), encode(dtype.fill_value).hex()]
    if isinstance(dtype, pd.ArrowDtype):
        return add_arrow(column, values.__arrow_array__())
    if isinstance(dtype, pd.StringDtype):
        return _add_strings(column, values, dtype)
    if hasattr(values, "_mask") and hasattr(values, "_data"):
        # Nullable numbers: a NaN among them is no missing value, which only the mask tells apart.
        column.add_numbers(values._data, values._mask)
        return ["nullable", _number(values._data.dtype)]
    plain = np.asarray(values)
    if isinstance(dtype, np.dtype) or type(values).__name__ == "NumpyExtensionArray":
        return add_numpy(column, plain)
    add_objects(column, np.asarray(values, dtype=object))
    return ["extension", str(dtype)]


def add_numpy(column: Column, values: np.ndarray[Any, Any]) -> Any:
    """Add values of one of numpy's dtypes that frames know; return their type."""
    kind = values.dtype.kind
    if kind == "O":
        return add_objects(column, values)
    if kind in "Mm":
        column.add_times(values, np.datetime_data(values.dtype)[0])
        return ["timestamp", ""] if kind == "M" else "duration"
    column.add_numbers(values)
    return _number(values.dtype)


def _number(dtype: np.dtype[Any]) -> str:
    if dtype.kind not in "biufc" or dtype.char in "gG":
        raise Unhashable(-1, f"values of the dtype {dtype}, which is another on other machines")
    return dtype.name


def _sides(values: Any) -> tuple[Any, Any]:
    return values.left, values.right


def _add_categories(column: Column, values: Any) -> Any:
    categories = Column()
    kind = add_values(categories, values.categories.array)
    codes = np.asarray(values.codes)
    mask = codes < 0
    column.add_numbers(codes.astype(np.int32), mask if mask.any() else None)
    return ["category", bool(values.ordered), kind, len(values.categories), categories.seal().hex()]


def _add_strings(column: Column, values: Any, dtype: pd.StringDtype) -> Any:
    nullable = dtype.na_value is pd.NA
    if dtype.storage == "pyarrow":
        add_arrow(column, values.__arrow_array__(), missing=NA if nullable else OWN)
    else:
        add_objects(column, np.asarray(values, dtype=object))
    return ["nullable", "string"] if nullable else "string"
