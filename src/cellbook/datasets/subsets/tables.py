"""Data in memory as columns of numbers that are equal where values are: what rows are told by.

A number is the bits of its double, so that an integer column is found again in the floats that
``to_numpy()`` makes of a frame; a moment is its nanoseconds; of anything else it is pandas' hash.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xxhash

Array = np.ndarray[Any, Any]

CELLS = 200_000_000
"""Values that are looked at, at most."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_SEED = 20_240_229


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of some data."""

    rows: int
    width: int
    column: Callable[[int], Any]
    """Gives a column by its place, as an array of numpy or pandas."""
    names: tuple[Any, ...] | None = None
    index: pd.Index[Any] | None = None
    sparse: bool = False
    """Whether there is one column of sums that stands for each row of a sparse matrix."""

    def bits(self, place: int, precision: str = "") -> Array:
        """Return a column as numbers that are equal where values are.

        `precision` is the dtype of floats that it is compared with.
        """
        return _bits(self.column(place), precision)

    def precision(self, place: int) -> str:
        """Return the dtype of a column of short floats; empty for any other."""
        dtype = getattr(self.column(place), "dtype", None)
        short = isinstance(dtype, np.dtype) and dtype.kind == "f" and dtype.itemsize < 8
        return dtype.str if short and dtype is not None else ""


def table_of(data: Any) -> Table | None:
    """Return some data as a table; None where it has no rows that could be told."""
    if isinstance(data, pd.DataFrame):
        return Table(
            len(data),
            data.shape[1],
            lambda place: data.iloc[:, place].array,
            tuple(data.columns),
            data.index,
        )
    if isinstance(data, pd.Series):
        return Table(len(data), 1, lambda _: data.array, (data.name,), data.index)
    if isinstance(data, pd.Index):
        return Table(len(data), 1, lambda _: data.array, (data.name,))
    polars = sys.modules.get("polars")
    if polars is not None and isinstance(data, polars.DataFrame):
        return Table(
            data.height,
            data.width,
            lambda place: data.to_series(place).to_numpy(),
            tuple(data.columns),
        )
    if polars is not None and isinstance(data, polars.Series):
        return Table(len(data), 1, lambda _: data.to_numpy(), (data.name,))
    sparse = sys.modules.get("scipy.sparse")
    if sparse is not None and sparse.issparse(data):
        return _of_sparse(data)
    try:
        if isinstance(data, (list, tuple)):
            return _of_list(data)
        return _of_array(np.asarray(data)) if hasattr(data, "__array__") else None
    except (TypeError, ValueError, RuntimeError):
        # Rows of different lengths; a tensor in the memory of a GPU.
        return None


def _of_list(rows: Sequence[Any]) -> Table | None:
    if not rows or not isinstance(rows[0], (str, int, float, list, tuple, np.ndarray, np.generic)):
        return None
    # An array of texts has room for the longest in each place: it is one of objects.
    return _of_array(np.asarray(rows, dtype=object if isinstance(rows[0], str) else None))


def _of_array(array: Array) -> Table | None:
    if array.ndim == 0 or array.dtype.names or array.dtype.kind == "V" or array.size > CELLS:
        return None
    flat = array.reshape(len(array), -1) if array.size else array.reshape(len(array), 0)
    return Table(len(flat), flat.shape[1], lambda place: flat[:, place])


def _of_sparse(matrix: Any) -> Table | None:
    if matrix.ndim != 2 or matrix.dtype.kind not in "biuf":
        return None
    # Sums of the same numbers in the same order are the same, bit by bit.
    rows = matrix.tocsr(copy=False)
    if not rows.has_sorted_indices:
        rows = rows.sorted_indices()
    weights = np.random.default_rng(_SEED).random(matrix.shape[1])
    sums = np.asarray(rows @ weights).ravel()
    return Table(matrix.shape[0], matrix.shape[1], lambda _: sums, sparse=True)


def _bits(values: Any, precision: str) -> Array:
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        values = np.asarray(values)
        dtype = values.dtype
    if dtype.kind == "O" and not isinstance(dtype, pd.api.extensions.ExtensionDtype):
        # What a frame of mixed columns becomes as an array.
        values = pd.Series(values, dtype=object).infer_objects().array
        dtype = values.dtype
    if isinstance(dtype, pd.DatetimeTZDtype) or dtype.kind in "mM":
        kind = "m8[ns]" if dtype.kind == "m" else "M8[ns]"
        return np.asarray(values.astype(kind) if dtype.kind == "m" else values, kind).view(
            np.uint64
        )
    if pd.api.types.is_numeric_dtype(dtype) and dtype.kind in "biuf":
        if isinstance(dtype, pd.api.extensions.ExtensionDtype):
            values = values.to_numpy(dtype=float, na_value=np.nan)
        numbers = np.asarray(values)
        if precision:
            with np.errstate(over="ignore"):
                numbers = numbers.astype(precision)
        numbers = numbers.astype(np.float64) + 0.0  # There is one zero,
        wrong = np.isnan(numbers)
        if wrong.any():
            numbers[wrong] = np.nan  # and one NaN.
        return numbers.view(np.uint64)
    return pd.util.hash_array(np.asarray(values, dtype=object), categorize=True)


def row_hashes(table: Table, places: list[int], precisions: list[str]) -> Array:
    """Return a number for each row that is the same where all of some columns are."""
    found = np.zeros(table.rows, np.uint64)
    for place, precision in zip(places, precisions, strict=True):
        found ^= table.bits(place, precision)
        found *= _MIX
        found ^= found >> _SHIFT
    return found


@dataclass(frozen=True, slots=True)
class Mark:
    """What the values of some data were, in their order."""

    names: tuple[Any, ...] | None
    """The columns that were there: one that is added later changes none of them."""
    digest: bytes


def mark_of(data: Any, names: tuple[Any, ...] | None = None) -> Mark | None:
    """Return what tells whether values of data were changed in place; None where none can be made.

    `names` are the columns that count; None for all.
    """
    marked = xxhash.xxh3_128()
    if type(data) is np.ndarray and not data.dtype.hasobject:
        marked.update(f"{data.dtype.str}{data.shape}".encode())
        _mark_array(marked, data)
        return Mark(None, marked.digest())
    table = table_of(data)
    if table is None:
        return None
    places = list(range(table.width))
    if names is not None:
        if table.names is None or not set(names) <= set(table.names):
            return None
        places = [table.names.index(name) for name in names]
    elif table.sparse:
        places = [0]
    for place in places:
        _mark_column(marked, table, place)
    return Mark(table.names if names is None else names, marked.digest())


def _mark_column(marked: xxhash.xxh3_128, table: Table, place: int) -> None:
    """Take the values of a column, as they lie in memory where that shows them."""
    values = table.column(place)
    if isinstance(values, pd.arrays.NumpyExtensionArray):
        values = values.to_numpy()
    dtype = values.dtype
    marked.update(f"{dtype}{len(values)}".encode())
    if isinstance(dtype, pd.CategoricalDtype):
        _mark_array(marked, values.codes)
        _mark_array(marked, _bits(dtype.categories.array, ""))
    elif isinstance(dtype, pd.StringDtype) and dtype.storage == "pyarrow":
        for chunk in values.__arrow_array__().chunks:
            marked.update(f"{chunk.offset} {len(chunk)}".encode())
            for buffer in filter(None, chunk.buffers()):
                marked.update(buffer)
    elif isinstance(dtype, np.dtype) and dtype.kind in "biufcSUmM":
        _mark_array(marked, np.asarray(values))
    elif isinstance(dtype, np.dtype) and dtype.kind == "O":
        # Which objects these are: values that stand in a frame are replaced, not changed.
        marked.update(np.ascontiguousarray(np.asarray(values)).data.cast("B"))
    else:
        _mark_array(marked, table.bits(place))


def _mark_array(marked: xxhash.xxh3_128, array: Array) -> None:
    if array.size:
        plain = np.ascontiguousarray(array)
        marked.update(plain.reshape(-1).view(np.uint8).data)
