"""Which rows of a table a search looks at, and in what order: how SQLite is asked.

The rows come in order, and as few of them as can be told beforehand; only their numbers are
sorted, not their bodies.  On a large table the paths that a search names get an index of their
own, and one of two ways is taken, as SQLite by itself would choose badly between them:

- Where few rows are possible, these are read and sorted.
- Else the rows are gone through in the order wanted, as the index of the order's first path has
  them, and passed over unless they are among those that each condition's index yields.  As a
  search mostly wants the first few, it mostly ends soon.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from tinydb.queries import QueryLike

from cellbook.errors import StoreError
from cellbook.store.base import OrderTerm
from cellbook.store.index import NUMBERED, Index, sql_table
from cellbook.store.narrow import Part, narrow, narrow_parts, path_expression

NUMBER = "run_number"
"""The field under which documents of a numbered table show their number."""

_LARGE = 2_000
"""Rows from which on paths get an index of their own."""
_FEW = 2_000
"""Rows that are read and sorted sooner than an index is gone through."""
_NONE: Mapping[str, str] = MappingProxyType({})


def columns_of(table: str) -> Mapping[str, str]:
    """Return the fields of a table's documents that are columns of its rows, not in ``body``."""
    return {NUMBER: "num"} if table in NUMBERED else _NONE


class Planner:
    """Asks an index for the rows of searches."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._made: dict[tuple[str, str], str | None] = {}

    def rows(
        self, table: str, query: QueryLike | None, order_by: Sequence[OrderTerm]
    ) -> sqlite3.Cursor:
        """Return a cursor over the numbers of the rows to look at, in the order wanted.

        Each document that `query` accepts is among them.

        Raises
        ------
        StoreError
            If a path of `order_by` cannot be found by SQLite.
        """
        name, columns = sql_table(table), columns_of(table)
        order = order_expression(table, order_by)
        if self._is_large(name):
            try:
                sql = self._quick(table, query, order_by, order)
                if sql is not None:
                    return self._index.read(sql)
            except sqlite3.OperationalError:
                # An index that was there went when the whole database was made anew.
                self._made.clear()
        condition = None if query is None else narrow(query, columns)
        where = "body IS NOT NULL" + (f" AND ({condition})" if condition else "")
        return self._index.read(f"SELECT row FROM {name} WHERE {where} ORDER BY {order}")

    def changed(self, table: str, since: int) -> Iterator[tuple[int, str]]:
        """Yield row and id of documents that were folded into after the stamp `since`."""
        name = sql_table(table)
        if self._is_large(name):
            self._make(table, "stamp")
        yield from self._index.read(f"SELECT row, id FROM {name} WHERE stamp > ?", (since,))

    def _quick(
        self, table: str, query: QueryLike | None, order_by: Sequence[OrderTerm], order: str
    ) -> str | None:
        name, columns = sql_table(table), columns_of(table)
        parts = [] if query is None else narrow_parts(query, columns)
        indexed = [part for part in parts if part.ranged and self._serve(table, part)]
        others = [part for part in parts if part not in indexed]
        few = self._fewest(name, indexed)
        if few is not None:
            rest = [part.condition for part in parts if part is not few]
            where = " AND ".join([_among(name, few), *(f"({condition})" for condition in rest)])
            return f"SELECT row FROM {name} NOT INDEXED WHERE {where} ORDER BY {order}"
        way = ""
        if order_by and order_by[0].path[0] not in columns:
            made = self._make(table, _key(order_by[0], columns))
            if made is None:
                return None
            way = f"INDEXED BY {made}"
        # The sign keeps SQLite from beginning with these rows, and sorting them.
        tests = ["+" + _among(name, part) for part in indexed]
        where = " AND ".join([*tests, *(f"({part.condition})" for part in others)]) or "1"
        return f"SELECT row FROM {name} {way} WHERE {where} ORDER BY {order}"

    def _fewest(self, name: str, parts: Sequence[Part]) -> Part | None:
        """Return the condition that leaves the fewest rows, if these are few."""
        counts = []
        for part in parts:
            (count,) = self._index.read(
                f"SELECT count(*) FROM (SELECT 1 FROM {name} WHERE {part.condition} LIMIT {_FEW})"
            ).fetchone()
            counts.append(count)
        least = min(counts, default=_FEW)
        return parts[counts.index(least)] if least < _FEW else None

    def _is_large(self, name: str) -> bool:
        (last,) = self._index.read(f"SELECT max(row) FROM {name}").fetchone()
        return (last or 0) >= _LARGE

    def _serve(self, table: str, part: Part) -> bool:
        """Make the indexes that yield a condition's rows; False if they cannot be."""
        made = [self._make(table, _expression(path, _NONE)) for path in sorted(part.paths)]
        return None not in made

    def _make(self, table: str, expression: str) -> str | None:
        """Return the name of the index of an expression; None if it cannot be made."""
        key = (table, expression)
        if key not in self._made:
            try:
                self._made[key] = self._index.add_expression_index(table, expression)
            except sqlite3.Error:
                self._made[key] = None
        return self._made[key]


def _among(name: str, part: Part) -> str:
    return f"row IN (SELECT row FROM {name} WHERE {part.condition})"


def order_expression(table: str, order_by: Sequence[OrderTerm]) -> str:
    """Return the SQL for an order; ties are broken by age, in the direction of the last key.

    Raises
    ------
    StoreError
        If a path cannot be found by SQLite.
    """
    terms = [
        f"{_key(term, columns_of(table))} {'DESC' if term.descending else 'ASC'} NULLS LAST"
        for term in order_by
    ]
    last = "DESC" if order_by and order_by[-1].descending else "ASC"
    return ", ".join([*terms, f"id {last}"])


def _key(term: OrderTerm, columns: Mapping[str, str]) -> str:
    key = _expression(term.path, columns)
    return f"({key} - {_expression(term.minus, columns)})" if term.minus else key


def _expression(path: Sequence[str], columns: Mapping[str, str]) -> str:
    if len(path) == 1 and path[0] in columns:
        return columns[path[0]]
    expression = path_expression(path)
    if expression is None:
        raise StoreError(
            f"Nothing can be put in the order of {'.'.join(path)!r}: the name holds a quote, a "
            "backslash or a control character. Order by something else, or sort the result."
        )
    return expression
