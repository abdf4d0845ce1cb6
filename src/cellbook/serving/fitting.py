"""Requests made to fit a model's signature, and put together to batches.

What a signature says is :meth:`Signature.conform`'s to decide.  It takes a millisecond, as it is
made for tables; a request of a few rows that plainly fits is taken by a loop over its values here,
in microseconds, and what does not plainly fit goes to `conform`, which finds the words, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cellbook.errors import SignatureMismatch, one_line
from cellbook.packaging import Column, Columns, Signature, Tensor
from cellbook.serving.refusing import Refused

FEW_ROWS = 256
"""Above that, `conform` is the faster."""

_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of JSON values, by name and equally long."""

    columns: Mapping[str, list[Any]]
    rows: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows, or a tensor: nested lists of JSON values, or an array."""

    values: Any


Given = Table | Grid | pd.DataFrame


@dataclass(slots=True)
class Fitted:
    """Input that fits."""

    rows: int | None
    """None for what is not made of rows, which no other input is put together with."""
    columns: list[list[Any]] | None = None
    """In the order of the signature; None where `data` is what the model takes."""
    data: Any = None


class Fitter:
    """Makes requests fit one signature.

    Parameters
    ----------
    signature
        Of the model.
    ignore_unknown
        Whether columns that the signature does not name are left out, instead of refused.
    """

    def __init__(self, signature: Signature, *, ignore_unknown: bool = False) -> None:
        self.signature = signature
        self._ignore_unknown = ignore_unknown
        inputs = signature.inputs
        self._columns = inputs.columns if isinstance(inputs, Columns) else ()
        self._names = [column.name for column in self._columns]
        self._known = set(self._names)
        self._index = pd.Index(self._names)
        self._tests = [_test(column) for column in self._columns]
        dtypes = {column.dtype for column in self._columns}
        # One block of one type is made in a tenth of the time that a frame of columns takes.
        self._block = dtypes.pop() if len(dtypes) == 1 and dtypes <= {"float64", "int64"} else None
        self._kinds = [
            pd.CategoricalDtype(list(column.categories), ordered=column.ordered)
            if column.dtype == "category"
            else None
            for column in self._columns
        ]

    @property
    def names(self) -> list[str]:
        """The columns that the model takes; none if it takes no table."""
        return self._names

    def fit(self, given: Given) -> Fitted:
        """Return input that fits.

        Raises
        ------
        Refused
            If it does not fit, with the reason.
        """
        if isinstance(given, Grid) and self._names:
            given = self._by_column(given)
        if isinstance(given, Table):
            self._refuse_unknown(given.columns)
            if given.rows <= FEW_ROWS:
                columns = self._plainly(given.columns)
                if columns is not None:
                    return Fitted(given.rows, columns)
            data: Any = self._frame(given)
        elif isinstance(given, pd.DataFrame):
            self._refuse_unknown(given.columns)
            data = given
        else:
            data = given.values
        return self._conformed(data)

    def assemble(self, parts: Sequence[Fitted]) -> Any:
        """Return what the model takes: the inputs of all, one below the other."""
        if len(parts) == 1:
            return self._data(parts[0])
        if all(part.columns is not None for part in parts):
            merged = [
                [value for part in parts for value in (part.columns or ())[place]]
                for place in range(len(self._names))
            ]
            return self._from_columns(merged, sum(part.rows or 0 for part in parts))
        made = [self._data(part) for part in parts]
        if isinstance(made[0], pd.DataFrame):
            return pd.concat(made, ignore_index=True)
        return np.concatenate(made)

    # -- the quick way -----------------------------------------------------------------------------

    def _plainly(self, columns: Mapping[str, list[Any]]) -> list[list[Any]] | None:
        found = []
        for name, fits in zip(self._names, self._tests, strict=True):
            values = columns.get(name)
            if values is None or fits is None or not fits(values):
                return None
            found.append(values)
        return found or None

    def _by_column(self, given: Grid) -> Table | Grid:
        """Return rows as columns in the signature's order, so that each keeps its own type."""
        rows, width = given.values, len(self._names)
        if not isinstance(rows, list) or not all(
            isinstance(row, list) and len(row) == width for row in rows
        ):
            return given
        columns = map(list, zip(*rows, strict=True))
        return Table(dict(zip(self._names, columns, strict=True)), len(rows))

    def _data(self, part: Fitted) -> Any:
        if part.columns is None:
            return part.data
        return self._from_columns(part.columns, part.rows or 0)

    def _from_columns(self, columns: list[list[Any]], rows: int) -> Any:
        if self._block is not None:
            block = np.array(columns, dtype=self._block).T
            return pd.DataFrame(block, columns=self._index)
        made: dict[str, Any] = {}
        for column, kind, values in zip(self._columns, self._kinds, columns, strict=True):
            if kind is not None:
                made[column.name] = pd.Categorical(values, dtype=kind)
            elif column.dtype == "string":
                made[column.name] = pd.Series(values)
            else:
                made[column.name] = np.array(values, dtype=column.dtype)
        return pd.DataFrame(made, index=pd.RangeIndex(rows))

    # -- the thorough way --------------------------------------------------------------------------

    def _frame(self, given: Table) -> Any:
        if isinstance(self.signature.inputs, Tensor):
            return [list(row) for row in zip(*given.columns.values(), strict=True)]
        try:
            return pd.DataFrame(dict(given.columns), index=pd.RangeIndex(given.rows))
        except Exception as error:
            raise Refused(400, f"The input is no table: {one_line(error)}.") from None

    def _conformed(self, data: Any) -> Fitted:
        try:
            made = self.signature.conform(data)
        except SignatureMismatch as error:
            raise Refused(400, str(error)) from None
        except Exception as error:
            # It fails on nothing but what it was given: dictionaries where numbers belong.
            raise Refused(
                400, f"The input does not fit the signature: {one_line(error)}."
            ) from None
        if self.signature.inputs is None:
            made = np.asarray(made) if _is_grid(made) else made
        rows = len(made) if getattr(made, "ndim", 0) else None
        if rows == 0:
            raise Refused(400, "The input has no rows. Give one at least.")
        return Fitted(rows, None, made)

    def _refuse_unknown(self, names: Any) -> None:
        if self._ignore_unknown or not self._names or self._known.issuperset(names):
            return
        unknown = [str(name) for name in names if name not in self._known][:5]
        raise Refused(
            400,
            f"The model takes no column {', '.join(map(repr, unknown))}. It takes "
            f"{', '.join(self._names[:20])}{' …' if len(self._names) > 20 else ''}.",
        )


def _is_grid(made: Any) -> bool:
    """Whether lists of no known signature are an array, as mlflow takes them for one."""
    if not isinstance(made, list):
        return False
    try:
        return np.asarray(made).dtype.kind in "biufU"
    except (ValueError, OverflowError):
        return False


def _test(column: Column) -> Callable[[list[Any]], bool] | None:
    """Return what says of values that they plainly fit; None where that takes more than a look."""
    bounded = column.minimum is not None or column.maximum is not None
    low = -math.inf if column.minimum is None else column.minimum
    high = math.inf if column.maximum is None else column.maximum
    if isinstance(low, str) or isinstance(high, str):
        return None
    if column.dtype == "float64":
        return lambda values: all(
            (type(one) is float or (type(one) is int and -_EXACT <= one <= _EXACT))
            and low <= one <= high
            for one in values
        )
    if column.dtype in ("int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64"):
        info = np.iinfo(column.dtype)
        least, most = max(int(info.min), low), min(int(info.max), high)
        return lambda values: all(type(one) is int and least <= one <= most for one in values)
    if column.dtype == "bool":
        return lambda values: all(type(one) is bool for one in values)
    if column.dtype == "string" and not bounded:
        return lambda values: all(type(one) is str for one in values)
    if column.dtype == "category" and all(type(one) is str for one in column.categories):
        known = frozenset(column.categories)
        return lambda values: all(type(one) is str and one in known for one in values)
    return None
