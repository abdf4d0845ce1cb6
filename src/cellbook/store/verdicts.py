"""What queries say of documents, remembered for as long as these stay as they are.

A list that is scrolled asks for page after page of what one query finds, and each page passes over
all those before it.  These are told by their rows alone: which documents the query accepts is
known from the page before, but for those that changed since, and the index knows these by the
stamp of their fold.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from tinydb.queries import QueryLike

from cellbook.store.base import Doc
from cellbook.store.planning import Planner

_QUERIES = 4
"""Queries remembered; of 100,000 documents each takes 10 MB at most."""

Read: TypeAlias = Callable[[str, Sequence[int]], Iterator[tuple[int, str, int, Doc]]]


@dataclass(slots=True)
class _Memory:
    """What a query said of the documents in some rows, as they were at a stamp or after it.

    Both are replaced at once: of two threads, the slower one brings its own older stamp along.
    """

    known: tuple[int, dict[int, bool]] = field(default_factory=lambda: (0, {}))


class Verdicts:
    """Passes rows on whose documents a query accepts.

    Parameters
    ----------
    planner
        Knows what changed.
    read
        Yields row, id, number and document for rows of a table.
    """

    def __init__(self, planner: Planner, read: Read) -> None:
        self._planner = planner
        self._read = read
        self._memory = lru_cache(_QUERIES)(lambda table, node: _Memory())

    def accepted(
        self, table: str, query: QueryLike, stamp: int, rows: Iterator[int], page: int
    ) -> Iterator[int]:
        """Yield those of `rows` whose documents `query` accepts.

        Parameters
        ----------
        table
            Their table.
        query
            Is remembered by its hash, if it has one.
        stamp
            The table's, from before `rows` were looked for.
        rows
            Where to look, in order.
        page
            How many documents to read at a time.
        """
        node = getattr(query, "_hash", None)
        memory = _Memory() if node is None else self._memory(table, node)
        since, before = memory.known
        # A stamp from before is one of another index: the clock was set back, and it made anew.
        verdicts = dict(before) if stamp >= since else {}
        if stamp > since:
            for row, _ in self._planner.changed(table, since):
                verdicts.pop(row, None)
        memory.known = stamp, verdicts
        while some := list(itertools.islice(rows, page)):
            if new := [row for row in some if row not in verdicts]:
                found = {row: query(doc) for row, _, _, doc in self._read(table, new)}
                verdicts.update((row, found.get(row, False)) for row in new)
            yield from filter(verdicts.__getitem__, some)
