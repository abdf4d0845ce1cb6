"""Many runs as one table, a run a row: a page of it, whichever its filter, order and columns."""

from __future__ import annotations

import re
import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from cellbook.datasets.known import TABLE as DATASETS
from cellbook.records import RunRecord, RunState
from cellbook.store import Store, no_collection
from cellbook.tracking import metric_rules
from cellbook.tracking.definitions import TABLE as DEFINITIONS
from cellbook.views.comparison import Verdict
from cellbook.views.filters import parse_order
from cellbook.views.grid_cells import column_cells, columns_of
from cellbook.views.grid_columns import (
    SPARK,
    FoundRuns,
    GridColumn,
    find_runs,
    search_columns,
    shown_columns,
)
from cellbook.views.hints import query_hint
from cellbook.views.keeping import kept
from cellbook.views.runs_list import reproduces_of, stale_cells
from cellbook.views.runs_table import (
    NEWEST_FIRST,
    among,
    read_order,
    read_query,
    records_by_id,
    unreadable_note,
)
from cellbook.views.series import spark_points

LONGEST = 2_000
"""Characters of a value that a table holds; the whole of it is in the run."""

_LONGEST_NAME = 200
_TABLES = ("runs", "sessions", "environments", DEFINITIONS, DATASETS)
_OF_ENVIRONMENT = re.compile(r"((?:environment|packages)\..+?)(?:\s+(ASC|DESC))?", re.I | re.S)


@dataclass(frozen=True, slots=True)
class GridRow:
    """One run; what lies in the columns is in lists as long as these are.

    `texts` has None where the run has no value, `full` and `deltas` are empty where there is
    nothing to add.
    """

    run_id: str
    number: int
    name: str
    state: RunState
    stale: int
    """How many of its cells ran out of order."""
    flags: tuple[str, ...]
    """Why it is doubtful: what was amiss as it began, rows in training and test; sentences."""
    nested: bool
    archived: bool
    trashed: bool
    reproduces: str
    """The run that it repeats, as ``#3``; empty where it is one in its own right."""
    spark: tuple[float, ...]
    texts: tuple[str | None, ...]
    full: tuple[str, ...]
    """The values for the pointer, up to some length, where they are longer than the texts."""
    deltas: tuple[str, ...]
    """The differences to the baseline."""
    verdicts: tuple[Verdict, ...]
    reached: tuple[bool | None, ...]
    """Whether the values reach their metrics' goals; None where there is no goal."""
    start_time: int
    """In milliseconds since 1970: how long ago that was, a page says anew as time goes by."""


@dataclass(frozen=True, slots=True)
class GridOrder:
    """By which column a table is in order."""

    key: str
    descending: bool


@dataclass(frozen=True, slots=True)
class RunsGrid:
    """A page of a table of runs."""

    columns: tuple[GridColumn, ...]
    rows: tuple[GridRow, ...]
    offset: int
    total: int
    """How many runs the query finds."""
    baseline: GridRow | None
    """The run that the others are compared with; it need not be one that the query finds."""
    order: GridOrder | None
    """None for the order of the runs that were named."""
    known: int
    """How many columns there are."""
    differing: int
    """In how many of them the runs differ."""
    empty_book: bool
    """Whether the book has no runs at all."""
    hint: str
    """What the query was perhaps meant to ask for, where it finds nothing; else empty."""
    now: int
    """When it was read, in milliseconds since 1970."""
    note: str = ""
    """Which runs are left out as they cannot be read; empty where there are none."""


@dataclass(frozen=True, slots=True)
class GridColumns:
    """Columns that a table of runs can show."""

    columns: tuple[GridColumn, ...]
    total: int
    """How many there are in all, of those that were asked for."""


@dataclass(frozen=True, slots=True)
class GridQuery:
    """Which runs a table has, and how.

    `runs` are ids, and limit it to these; `columns` are keys of columns; the rest is as
    :func:`cellbook.search_runs` and :func:`shown_columns` take it.
    """

    query: str = ""
    runs: tuple[str, ...] = ()
    order_by: str = ""
    columns: tuple[str, ...] = ()
    everything: bool = False
    most: int | None = None
    """At most so many runs: the first ones."""


def runs_grid(
    store: Store,
    asked: GridQuery,
    *,
    baseline: RunRecord | None = None,
    offset: int = 0,
    limit: int = 50,
    now: int | None = None,
) -> RunsGrid:
    """Return a page of a table of runs.

    Parameters
    ----------
    store
        The book's memory.
    asked
        Which runs and columns.
    baseline
        The run that the others are compared with.
    offset, limit
        Which of the rows.
    now
        The time it is, in milliseconds since 1970; None asks the clock.

    Raises
    ------
    QuerySyntaxError
        If query or order do not parse; it points at the place.
    """
    now = time.time_ns() // 1_000_000 if now is None else now
    found, ids = grid_runs(store, asked)
    columns = shown_columns(found, asked.columns, everything=asked.everything)
    records = read_records(store, ids[offset : offset + limit])
    sparks: Mapping[str, tuple[float, ...]] = {}
    if found.spark_metric and any(column.key == SPARK for column in columns):
        sparks = spark_points(store, records, found.spark_metric)
    rows = grid_rows(store, records, columns, found, baseline, now, sparks)
    pinned = grid_rows(store, [baseline], columns, found, None, now)[0] if baseline else None
    return RunsGrid(
        columns=columns,
        rows=tuple(rows),
        offset=offset,
        total=len(ids),
        baseline=pinned,
        order=_order(store, asked),
        known=sum(column.count > 0 for column in found.columns),
        differing=sum(column.differs for column in found.columns),
        empty_book=not ids and store.count("runs") == 0,
        hint=query_hint(store, asked.query) if not ids and asked.query.strip() else "",
        now=now,
        note=unreadable_note(found.unreadable),
    )


def grid_columns(store: Store, asked: GridQuery, text: str, limit: int) -> GridColumns:
    """Return the columns of a table whose names hold all words of `text`."""
    columns, total = search_columns(_found(store, asked)[1], text, limit)
    return GridColumns(tuple(columns), total)


def grid_runs(store: Store, asked: GridQuery) -> tuple[FoundRuns, Sequence[str]]:
    """Return the runs of a table, and their ids in its order."""
    key, found = _found(store, asked)
    key = ("grid order", key, asked.order_by.strip())
    ids = kept(store, key, _TABLES, lambda: _ordered(store, asked, found))
    return found, ids if asked.most is None else ids[: asked.most]


def read_records(store: Store, ids: Sequence[str]) -> list[RunRecord]:
    """Return runs by their ids, in that order; those that are gone meanwhile are missing."""
    if not ids:
        return []
    found = records_by_id(store, ids)
    return [found[run_id] for run_id in ids if run_id in found]


def _found(store: Store, asked: GridQuery) -> tuple[Hashable, FoundRuns]:
    """Return the runs, and the key by which what is made of them is kept."""
    query = read_query(store, asked.query, metric_rules(store))
    # What is asked relative to now, `3 seconds ago`, is the same text and yet another query.
    key = ("grid", asked.query.strip(), getattr(query, "_hash", None), asked.runs)
    if asked.runs:
        named = among(asked.runs)
        query = named if query is None else named & query  # type: ignore[operator]
    with no_collection():
        return key, kept(
            store, key, _TABLES, lambda: find_runs(store, query, hidden=bool(asked.runs))
        )


# -- order -------------------------------------------------------------------------------------


def _ordered(store: Store, asked: GridQuery, found: FoundRuns) -> Sequence[str]:
    if asked.runs and not asked.order_by.strip():
        return [run_id for run_id in dict.fromkeys(asked.runs) if run_id in found.ids]
    other = by_environment(asked.order_by)
    terms = read_order(store, None if other else asked.order_by, found.rules)
    _, (every,) = store.columns("runs", ["run_id"], order_by=terms)
    ids = [run_id for run_id in every if run_id in found.ids]
    if other is None:
        return ids
    values = {run_id: found.facts_of(run_id).get(other.key) for run_id in ids}
    there = [run_id for run_id in ids if values[run_id] is not None]
    there.sort(key=lambda run_id: _natural(str(values[run_id])), reverse=other.descending)
    # Runs that lack the value come last in both directions.
    return [*there, *(run_id for run_id in ids if values[run_id] is None)]


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Return a key by which version 3.9 comes before 3.11."""
    parts = re.findall(r"(\d{1,18})|(\D+|\d+)", text.lower())
    return [(0, int(digits), "") if digits else (1, 0, rest) for digits, rest in parts]


def by_environment(order_by: str) -> GridOrder | None:
    """Return the order if it is one by a fact of environments, which queries do not know."""
    match = _OF_ENVIRONMENT.fullmatch(order_by.strip())
    return match and GridOrder(match[1], (match[2] or "").upper() == "DESC")


def _order(store: Store, asked: GridQuery) -> GridOrder | None:
    text = asked.order_by.strip()
    other = by_environment(text)
    if other is not None:
        return other
    if asked.runs and not text:
        return None
    terms = parse_order(text) or NEWEST_FIRST
    return GridOrder(".".join(terms[0].path), terms[0].descending)


# -- rows --------------------------------------------------------------------------------------


def grid_rows(
    store: Store,
    records: Sequence[RunRecord],
    columns: Sequence[GridColumn],
    found: FoundRuns,
    baseline: RunRecord | None,
    now: int,
    sparks: Mapping[str, tuple[float, ...]] | None = None,
) -> list[GridRow]:
    """Return rows of a table; `sparks` are the curves of its main metric, by run."""
    stale = stale_cells(store, [record.run_id for record in records])
    runs = columns_of(records)
    cells = [column_cells(column, runs, found, baseline, now) for column in columns]
    rows = []
    for place, record in enumerate(records):
        own = [of[place] for of in cells]
        rows.append(
            GridRow(
                run_id=record.run_id,
                number=record.run_number,
                name=record.run_name[:_LONGEST_NAME],
                state=record.state,
                stale=stale.get(record.run_id, 0),
                flags=record.amiss,
                nested=record.parent is not None,
                archived=record.archived,
                trashed=record.trashed is not None,
                reproduces=reproduces_of(store, record),
                spark=(sparks or {}).get(record.run_id, ()),
                texts=tuple(None if cell.missing else cell.text for cell in own),
                full=tuple(_cut(cell.full) for cell in own),
                deltas=tuple(cell.delta for cell in own),
                verdicts=tuple(cell.verdict for cell in own),
                reached=tuple(cell.reached for cell in own),
                start_time=record.start_time,
            )
        )
    return rows


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
