"""What differs between two values of one variable: how much, and the first places.

None of the values' own code is run: what is no plain value or well-known container is passed over.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cellbook.checkpointing import short_value
from cellbook.views import formatting

_PLACES = 4
"""Changed places that are shown of a variable."""
_COLUMNS = 3
"""Changed columns of a row that are shown."""
_WIDTH = 32
"""Characters of a place and of a value."""


class _Text(str):
    """What is text already."""

    __slots__ = ()


_ABSENT = _Text()
_PLAIN = (type(None), bool, int, float, complex, str, bytes)


@dataclass(frozen=True, slots=True)
class ChangedPlace:
    """One place in a variable that differs."""

    where: str
    """Such as ``[0, 3]``, ``['key']`` or ``row 7, price``."""
    before: str
    """Its value as text; empty if the place was not there."""
    after: str


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """What differs between two values."""

    detail: str = ""
    """How much differs; empty where that cannot be said."""
    places: tuple[ChangedPlace, ...] = ()
    """The first places that differ."""
    same: bool = False
    """Whether nothing does."""


_UNKNOWN = ValueDifference()
_SAME = ValueDifference(same=True)


def compare_values(before: Any, after: Any) -> ValueDifference:
    """Return what differs between two values."""
    numpy: Any = sys.modules.get("numpy")
    pandas: Any = sys.modules.get("pandas")
    kind = type(before)
    if kind is not type(after):
        return _UNKNOWN
    if numpy is not None and kind is numpy.ndarray:
        return _compare_arrays(numpy, before, after)
    if pandas is not None and kind is pandas.Series:
        return _compare_frames(before.to_frame("value"), after.to_frame("value"))
    if pandas is not None and kind is pandas.DataFrame:
        return _compare_frames(before, after)
    if kind is dict:
        return _compare_keys(before, after)
    if kind in (list, tuple):
        return _compare_items(before, after)
    if kind is set:
        return _compare_sets(before, after)
    return _UNKNOWN


def _share(changed: int, whole: int, what: str) -> str:
    part = changed / whole
    share = "less than 0.01 %" if part < 0.0001 else f"{100 * part:.3g} %"
    return f"{changed:,} of {whole:,} {what} ({share})"


# -- arrays and frames -------------------------------------------------------------------------


def _compare_arrays(numpy: Any, before: Any, after: Any) -> ValueDifference:
    if before.shape != after.shape or before.dtype != after.dtype or not before.size:
        return _UNKNOWN
    if before.dtype.hasobject or before.dtype.names:
        return _UNKNOWN
    same = before == after
    if before.dtype.kind in "fc":
        same |= numpy.isnan(before) & numpy.isnan(after)
    changed = before.size - int(numpy.count_nonzero(same))
    if not changed:
        return _SAME
    places = []
    for flat in itertools.islice(_find(numpy, ~same.reshape(-1)), _PLACES):
        index = tuple(int(one) for one in numpy.unravel_index(flat, before.shape))
        where = f"[{', '.join(str(one) for one in index)}]"
        places.append(_place(where, before[index], after[index]))
    return ValueDifference(_share(changed, before.size, "values"), tuple(places))


def _find(numpy: Any, flags: Any) -> Iterator[int]:
    """Yield where flags are set, without listing all such places."""
    start = 0
    while start < len(flags):
        step = int(numpy.argmax(flags[start:]))
        if not flags[start + step]:
            return
        yield start + step
        start += step + 1


def _compare_frames(before: Any, after: Any) -> ValueDifference:
    added = [name for name in after.columns if name not in before.columns]
    removed = [name for name in before.columns if name not in after.columns]
    parts, places = [], []
    if added:
        parts.append(f"new columns: {_names(added)}")
    if removed:
        parts.append(f"columns gone: {_names(removed)}")
    unique = before.columns.is_unique and after.columns.is_unique
    if len(before) != len(after):
        parts.append(f"{len(after) - len(before):+,} rows")
    elif unique and before.index.equals(after.index):
        common = [name for name in before.columns if name in after.columns]
        differs = [name for name in common if not before[name].equals(after[name])]
        if differs:
            left, right = before[differs], after[differs]
            cells = ~((left == right) | (left.isna() & right.isna())).fillna(False).astype(bool)
            rows = cells.any(axis=1)
            parts.append(f"{_share(int(rows.sum()), len(before), 'rows')} in {_names(differs)}")
            places = list(_changed_cells(left, right, cells.to_numpy()))
        elif not parts:
            return _SAME
    if unique:
        places += [_place(_label(name), _ABSENT, _head(after[name])) for name in added[:_COLUMNS]]
        places += [
            _place(_label(name), _head(before[name]), _ABSENT) for name in removed[:_COLUMNS]
        ]
    return ValueDifference("; ".join(parts), tuple(places[: 2 * _PLACES]))


def _changed_cells(left: Any, right: Any, cells: Any) -> Iterator[ChangedPlace]:
    numpy: Any = sys.modules["numpy"]
    for row in itertools.islice(_find(numpy, cells.any(axis=1)), _PLACES):
        for column in itertools.islice(_find(numpy, cells[row]), _COLUMNS):
            where = f"row {_label(left.index[row])}, {_label(left.columns[column])}"
            yield _place(where, left.iat[row, column], right.iat[row, column])


def _head(column: Any) -> Any:
    return _Text(", ".join(short_value(one) for one in column.iloc[:3].tolist()) + _more(column, 3))


def _more(whole: Any, shown: int) -> str:
    return ", …" if len(whole) > shown else ""


# -- containers --------------------------------------------------------------------------------


def _compare_items(before: Sequence[Any], after: Sequence[Any]) -> ValueDifference:
    grown = len(after) - len(before)
    pairs = enumerate(zip(before, after, strict=False))
    differing = (_place(f"[{at}]", one, other) for at, (one, other) in pairs if _differ(one, other))
    places = list(itertools.islice(differing, _PLACES))
    start = min(len(before), len(after))
    longer = after if grown > 0 else before
    for at, one in enumerate(longer[start : start + _PLACES - len(places)], start):
        places.append(_place(f"[{at}]", *((_ABSENT, one) if grown > 0 else (one, _ABSENT))))
    return ValueDifference(f"{grown:+,} items" if grown else "", tuple(places))


def _compare_keys(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> ValueDifference:
    added = [key for key in after if key not in before]
    removed = [key for key in before if key not in after]
    parts = []
    if added:
        parts.append(f"new keys: {_names(added)}")
    if removed:
        parts.append(f"keys gone: {_names(removed)}")
    differing = (
        _place(f"[{short_value(key)}]", before[key], after[key])
        for key in before
        if key in after and _differ(before[key], after[key])
    )
    places = list(itertools.islice(differing, _PLACES))
    places += [_place(f"[{short_value(key)}]", _ABSENT, after[key]) for key in added[:_PLACES]]
    places += [_place(f"[{short_value(key)}]", before[key], _ABSENT) for key in removed[:_PLACES]]
    return ValueDifference("; ".join(parts), tuple(places[: 2 * _PLACES]))


def _compare_sets(before: set[Any], after: set[Any]) -> ValueDifference:
    grown = len(after) - len(before)
    plain = all(type(one) in _PLAIN for one in itertools.chain(before, after))
    places = []
    if plain:
        places = [_place("", one, _ABSENT) for one in sorted(before - after, key=repr)[:_PLACES]]
        places += [_place("", _ABSENT, one) for one in sorted(after - before, key=repr)[:_PLACES]]
    return ValueDifference(f"{grown:+,} items" if grown else "", tuple(places))


def _differ(one: Any, other: Any) -> bool:
    """Whether two things are known to differ."""
    if type(one) not in _PLAIN and type(other) not in _PLAIN:
        return False
    if type(one) is not type(other):
        return True
    both = isinstance(one, float) and math.isnan(one) and math.isnan(other)
    return bool(one != other) and not both


# -- text --------------------------------------------------------------------------------------


def _place(where: str, before: Any, after: Any) -> ChangedPlace:
    return ChangedPlace(formatting.shorten(where, _WIDTH), _value(before), _value(after))


def _value(it: Any) -> str:
    return formatting.shorten(it if type(it) is _Text else short_value(it), _WIDTH)


def _names(names: Sequence[Any]) -> str:
    return ", ".join(_label(name) for name in names[:5]) + _more(names, 5)


def _label(name: Any) -> str:
    """Return the name of a column or row: text as it is, so long as it can be printed."""
    text = name if type(name) is str and name.isprintable() and name else short_value(name)
    return formatting.shorten(text, _WIDTH)
