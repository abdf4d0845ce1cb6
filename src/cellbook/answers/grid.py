"""Many runs as one table: a page of it, its columns, and all of it as a file."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from typing import Annotated

from cellbook.answers.base import Ask, Hint, read_texts
from cellbook.errors import InvalidInput, NotFound, StoreCorrupt
from cellbook.records import RunRecord
from cellbook.views import runs_grid
from cellbook.views.grid_files import grid_file
from cellbook.views.runs_grid import GridColumns, RunsGrid

MOST_RUNS = 10_000
"""Runs that can be named one by one."""
MOST_COLUMNS = 300
"""Columns that one answer shows."""
ALL = "all"

Query = Annotated[str, Hint("A filter, such as `metrics.acc > 0.9`; empty for all.")]
Runs = Annotated[tuple[str, ...], Hint("Ids of runs, to have these alone; with commas between.")]
OrderBy = Annotated[str, Hint("Such as `metrics.acc DESC`; empty for the newest first.")]
Columns = Annotated[str, Hint("A JSON array of columns' keys; empty for those that tell most.")]
Show = Annotated[str, Hint("Without `columns`: those that are `differing`, or `all`.")]
Most = Annotated[int, Hint("At most so many runs, the first ones; 0 for all.", 0)]
Baseline = Annotated[str, Hint("Id, number or name of the run to compare with.")]


@dataclass(frozen=True, slots=True)
class GridQuery:
    """Which page of which table."""

    query: Query = ""
    runs: Runs = ()
    order_by: OrderBy = ""
    columns: Columns = ""
    show: Show = "differing"
    most: Most = 0
    baseline: Baseline = ""
    offset: Annotated[int, Hint("So many rows are passed over.", 0)] = 0
    limit: Annotated[int, Hint("At most so many rows.", 1, 200)] = 50


@dataclass(frozen=True, slots=True)
class ColumnsQuery:
    """Which columns."""

    query: Query = ""
    runs: Runs = ()
    text: Annotated[str, Hint("Words that all stand in their names.")] = ""
    limit: Annotated[int, Hint("At most so many columns.", 1, 1000)] = 200


@dataclass(frozen=True, slots=True)
class GridFileQuery:
    """Which table, as what."""

    format: Annotated[str, Hint("`csv`, `markdown`, `parquet`, or `code` that makes it.")]
    query: Query = ""
    runs: Runs = ()
    order_by: OrderBy = ""
    columns: Columns = ""
    show: Show = "differing"
    most: Most = 0
    baseline: Baseline = ""


@dataclass(frozen=True, slots=True)
class GridFile:
    """A table as a file."""

    name: str
    media_type: str
    content: str
    """Its bytes in base64."""


def show_grid(ask: Ask, query: GridQuery) -> RunsGrid:
    """Return a page of a table of runs.

    What an answer costs does not depend on how far down the page is.
    """
    ask.book.refresh()
    return runs_grid.runs_grid(
        ask.book.store,
        _asked(query),
        baseline=_baseline(ask, query.baseline),
        offset=query.offset,
        limit=query.limit,
    )


def find_columns(ask: Ask, query: ColumnsQuery) -> GridColumns:
    """Return columns that a table of runs can show."""
    ask.book.refresh()
    _check_runs(query.runs)
    asked = runs_grid.GridQuery(query.query, query.runs)
    return runs_grid.grid_columns(ask.book.store, asked, query.text, query.limit)


def write_grid(ask: Ask, query: GridFileQuery) -> GridFile:
    """Return a table of runs, all its rows and the columns that are shown, as a file."""
    ask.book.refresh()
    name, media_type, content = grid_file(
        ask.book.store,
        _asked(query),
        query.format,
        baseline=_baseline(ask, query.baseline),
        now=time.time_ns() // 1_000_000,
    )
    return GridFile(name, media_type, base64.b64encode(content).decode())


def _asked(query: GridQuery | GridFileQuery) -> runs_grid.GridQuery:
    _check_runs(query.runs)
    return runs_grid.GridQuery(
        query.query,
        query.runs,
        query.order_by,
        _read_columns(query.columns),
        everything=query.show == ALL,
        most=query.most or None,
    )


def _read_columns(text: str) -> tuple[str, ...]:
    keys = read_texts(text, '`columns` is a JSON array of texts, such as ["metrics.acc"].')
    if len(keys) > MOST_COLUMNS:
        raise InvalidInput(f"{len(keys)} columns are too many. Show at most {MOST_COLUMNS}.")
    return tuple(keys)


def _check_runs(runs: tuple[str, ...]) -> None:
    if len(runs) > MOST_RUNS:
        raise InvalidInput(
            f"{len(runs)} runs are too many to be named one by one. Ask for them by a query."
        )


def _baseline(ask: Ask, target: str) -> RunRecord | None:
    if not target:
        return None
    try:
        return ask.book.find_run(target)
    except (NotFound, StoreCorrupt):
        # Somebody deleted or damaged it: the rest of the table holds.
        return None
