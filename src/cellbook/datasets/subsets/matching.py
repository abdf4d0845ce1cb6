"""Which rows of one table those of another are: by the index, or by their values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cellbook.datasets.subsets.positions import Positions
from cellbook.datasets.subsets.tables import CELLS, Array, Table, row_hashes, table_of

_SAMPLE = 24
_DISCOVERED = 20_000_000
"""Values of a table in which the columns of an array are looked for, at most."""
_BITS = 20
"""Bits from which on values that often repeat are those of rows by more than chance."""
_UNLIKE = 0.9
"""Share of rows of different values from which on like rows of two data sets are no chance."""
_FEW = 0.1
"""Share of rows that may have doubles where only some of the columns can be compared."""


@dataclass(frozen=True, slots=True)
class Match:
    """The rows of another table that were found."""

    positions: Positions
    """Of each row, in their order."""
    how: str
    doubtful: int = 0
    changed: tuple[str, ...] = ()


@dataclass(slots=True)
class Known:
    """A table in which rows are looked for, with what was found out for that already."""

    table: Table
    hashes: dict[tuple[tuple[int, ...], tuple[str, ...]], Array] = field(default_factory=dict)

    def hashed(self, places: list[int], precisions: list[str]) -> Array:
        """Return the rows' hashes by some columns; the last ones are remembered."""
        key = tuple(places), tuple(precisions)
        if key not in self.hashes:
            while len(self.hashes) >= 4:
                del self.hashes[next(iter(self.hashes))]
            self.hashes[key] = row_hashes(self.table, places, precisions)
        return self.hashes[key]


# -- by the index ------------------------------------------------------------------------------


def by_index(known: Known, other: Table) -> Match | None:
    """Return the rows with the same labels, if values say that they are the same rows.

    A label is no proof: most frames count their rows from 0.  So the columns that both have must
    be equal; some may have changed meanwhile (gaps filled, numbers scaled) if another one, of more
    than one value, has not.  Labels that only count, or are some of those of a table whose do, say
    nothing of which of the rows of the same values these are: somebody may have counted anew before
    rows were left out.
    """
    table = known.table
    if table.index is None or other.index is None or not other.rows:
        return None
    if not table.index.is_unique or table.index.nlevels != other.index.nlevels:
        return None
    try:
        positions = np.asarray(table.index.get_indexer(other.index), np.int64)
    except Exception:
        # Labels of all makes: they may overlap, or not compare.
        return None
    if (positions < 0).any():
        return None
    changed: list[str] = []
    same: list[int] = []
    telling = False
    for mine, its in _common(table, other):
        bits = other.bits(its)
        if np.array_equal(table.bits(mine)[positions], bits):
            same.append(mine)
            telling = telling or other.rows == 1 or bool((bits != bits[0]).any())
        else:
            changed.append(str((other.names or ())[its]))
    counts = counts_only(other.index)
    if not same or (changed and (not telling or (counts and other.rows != table.rows))):
        return None
    doubtful = 0
    if counts or counts_only(table.index):
        hashes = known.hashed(same, [""] * len(same))
        doubtful = int(_doubles(hashes)[positions].sum())
        if doubtful == other.rows and len(same) < table.width:
            if counts or _surprise(hashes, positions) < _BITS:
                return None
        elif changed and doubtful and _surprise(hashes, positions) < _BITS:
            return None
    return Match(positions, "index", doubtful, tuple(changed))


def counts_only(index: pd.Index[Any]) -> bool:
    """Return whether an index does no more than count the rows from 0."""
    if isinstance(index, pd.RangeIndex):
        return index.start == 0 and index.step == 1
    return index.dtype.kind == "i" and np.array_equal(index, np.arange(len(index)))


def _surprise(hashes: Array, positions: Positions) -> float:
    """Return how unlikely values as those of some rows are by chance, in bits: -Σ log2 of the share
    of rows of the same values."""
    _, which, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    return float(-np.log2(counts[which[positions]] / len(hashes)).sum())


def _doubles(hashes: Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which of some numbers are there more than once."""
    order = np.argsort(hashes)
    ordered = hashes[order]
    like_next = ordered[1:] == ordered[:-1]
    found = np.zeros(len(hashes), bool)
    found[order] = np.r_[like_next, False] | np.r_[False, like_next]
    return found


def _common(known: Table, other: Table) -> list[tuple[int, int]]:
    """Return the places of the columns of the same name in both."""
    if known.names is None or other.names is None:
        return []
    mine = {name: place for place, name in enumerate(known.names)}
    return [(mine[name], place) for place, name in enumerate(other.names) if name in mine]


# -- by values ---------------------------------------------------------------------------------


def by_values(known: Known, other: Table, avoid: Positions | None = None) -> Match | None:
    """Return rows of the same values; None if there is one that is not there.

    Of rows with the same values, as many are taken as went in, those first that are not in
    `avoid`.
    """
    if not other.rows or known.table.sparse != other.sparse:
        return None
    if known.table.rows * known.table.width > CELLS or other.rows * other.width > CELLS:
        return None
    for mine, its, partly in _pairings(known.table, other):
        precisions = [other.precision(place) for place in its]
        theirs = row_hashes(other, its, precisions)
        found = _match(known.hashed(mine, precisions), theirs, avoid)
        if found is None:
            continue
        if partly and found.doubtful > _FEW * other.rows:
            continue
        if found.doubtful == other.rows and len(mine) < known.table.width:
            # Some columns, and not one row that is told by them: that may be any data.
            continue
        if all(
            np.array_equal(
                known.table.bits(one, precision)[found.positions], other.bits(two, precision)
            )
            for one, two, precision in zip(mine, its, precisions, strict=True)
        ):
            return found
        # The data was changed in place since it was hashed.
        known.hashes.clear()
    return None


def _pairings(known: Table, other: Table) -> list[tuple[list[int], list[int], bool]]:
    """Return which columns may be which, and whether these are not all of the other's."""
    if other.sparse:
        same = known.width == other.width
        return [([0], [0], False)] if same else []
    if known.names is not None and other.names is not None:
        pairs = _common(known, other)
        partly = len(pairs) < other.width
        return [([one for one, _ in pairs], [two for _, two in pairs], partly)] if pairs else []
    found = []
    whole = list(range(other.width))
    if known.width == other.width:
        found.append((whole, whole, False))
    if other.width <= known.width and known.rows * known.width <= _DISCOVERED:
        places = _discover(known, other)
        if places is not None and (places, known.width) != (whole, other.width):
            found.append((places, whole, False))
    return found


def _discover(known: Table, other: Table) -> list[int] | None:
    """Return which of the known columns those of an array are: those in which, for some of its
    rows, one and the same row has the same values."""
    sample = np.unique(np.linspace(0, other.rows - 1, min(_SAMPLE, other.rows)).astype(int))
    columns = [other.bits(place, other.precision(place))[sample] for place in range(other.width)]
    precisions = {other.precision(place) for place in range(other.width)}
    if len(precisions) != 1:
        return None
    bits = [known.bits(place, next(iter(precisions))) for place in range(known.width)]
    candidates = [set(range(known.width)) for _ in range(other.width)]
    for at in range(len(sample)):
        rows = np.arange(known.rows)
        # Those columns first of which the sample has many values: they leave few rows.
        for place in sorted(range(other.width), key=lambda one: -len(np.unique(columns[one]))):
            fits = np.zeros(len(rows), bool)
            for candidate in candidates[place]:
                fits |= bits[candidate][rows] == columns[place][at]
            rows = rows[fits]
            if not len(rows):
                return None
        for place, possible in enumerate(candidates):
            value = columns[place][at]
            candidates[place] = {one for one in possible if (bits[one][rows] == value).any()}
    return _assign(candidates)


def _assign(candidates: list[set[int]]) -> list[int] | None:
    """Return one column for each, in rising order where that can be."""
    taken: list[int] = []
    last = -1
    for possible in candidates:
        free = sorted(possible - set(taken))
        if not free:
            return None
        chosen = next((one for one in free if one > last), free[0])
        taken.append(chosen)
        last = chosen
    return taken


def _match(known: Array, other: Array, avoid: Positions | None) -> Match | None:
    if not len(known):
        return None
    if avoid is None:
        order = np.argsort(known, kind="stable")
    else:
        avoided = np.zeros(len(known), bool)
        avoided[avoid] = True
        order = np.lexsort((avoided, known))
    ordered = known[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    heaps, lengths = ordered[first], np.diff(np.r_[first, len(known)])
    at = np.minimum(np.searchsorted(heaps, other), len(heaps) - 1)
    if not np.array_equal(heaps[at], other):
        return None
    doubles = lengths[at]
    doubtful = int((doubles > 1).sum())
    turn = _occurrences(other) % doubles if doubtful else 0
    return Match(order[first[at] + turn].astype(np.int64), "values", doubtful)


def _occurrences(values: Array) -> Array:
    """Return, for each value, how many like it stand before it."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[first, len(values)])
    found = np.empty(len(values), np.int64)
    found[order] = np.arange(len(values)) - np.repeat(first, lengths)
    return found


def shared_hashes(one: Table, other: Table) -> tuple[Array, Array] | None:
    """Return the hashes of the rows of two tables by the columns that both have; None if none."""
    if one.sparse or other.sparse:
        pairs = [(0, 0)] if one.sparse and other.sparse and one.width == other.width else []
    elif one.names is not None and other.names is not None:
        pairs = _common(one, other)
    else:
        pairs = [(at, at) for at in range(one.width)] if one.width == other.width else []
    if not pairs or (one.rows * one.width + other.rows * other.width) > CELLS:
        return None
    short = [one.precision(mine) or other.precision(its) for mine, its in pairs]
    return (
        row_hashes(one, [mine for mine, _ in pairs], short),
        row_hashes(other, [its for _, its in pairs], short),
    )


def same_rows(tested: Any, trained: Any) -> Array:
    """Return the positions of rows that other data has, too, by the values of common columns.

    Of data in which values often repeat there are none: that rows are alike there says nothing.

    Parameters
    ----------
    tested, trained
        Tables, or whatever :func:`table_of` makes one of.
    """
    mine, its = (one if isinstance(one, Table) else table_of(one) for one in (tested, trained))
    hashes = None if mine is None or its is None else shared_hashes(mine, its)
    if hashes is None or any(len(np.unique(each)) < _UNLIKE * len(each) for each in hashes):
        return np.empty(0, np.int64)
    return np.flatnonzero(np.isin(*hashes))
