"""Many runs as one table, live."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cellbook.widgets.live.panel import LivePanel

if TYPE_CHECKING:
    from cellbook.book import Book

_BLOCK = 50
"""Rows that the page asks for together (models/grid.ts): what it begins with is here already."""


def runs_widget(
    book: Book,
    query: str = "",
    *,
    runs: Sequence[str] = (),
    order_by: str = "",
    most: int = 0,
    columns: Sequence[str] = (),
    baseline: str = "",
    notes: Sequence[str] = (),
) -> LivePanel:
    """Return a table of runs that is searched, sorted and chosen from, and follows them.

    Parameters
    ----------
    book
        Where the runs are.
    query, order_by
        As :func:`cellbook.search_runs` takes them, as text.
    runs
        Ids, to have these alone.
    most
        At most so many runs, the first ones; 0 for all.
    columns
        Keys of the columns to show, such as ``metrics.acc``; by default those that tell most.
    baseline
        The id of the run to compare with.
    notes
        What is to be said beforehand.
    """
    state: dict[str, Any] = {
        "notebook": "",
        "query": query,
        "runs": list(runs),
        "order": order_by,
        "columns": list(columns),
        "everything": False,
        "most": most,
        "baseline": baseline,
        "notes": list(notes),
    }
    first = {
        "query": query,
        "runs": list(runs),
        "order_by": order_by,
        "columns": json.dumps(list(columns), separators=(",", ":")) if columns else "",
        "show": "differing",
        "most": most,
        "baseline": baseline,
        "offset": 0,
        "limit": _BLOCK,
    }
    return LivePanel(book, "runs", state, [("grid", first)])
