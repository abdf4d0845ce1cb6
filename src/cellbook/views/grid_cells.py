"""The cells of a table of many runs, made column by column: for a page of it, or for all of it."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from cellbook.records import MetricRules, RunRecord, RunState
from cellbook.store import Store
from cellbook.views import formatting
from cellbook.views.comparison import (
    NO_CELL,
    CompareCell,
    duration_cell,
    metric_cell,
    state_text,
    value_cell,
)
from cellbook.views.data_used import data_used
from cellbook.views.grid_columns import SPARK, FoundRuns, GridColumn
from cellbook.views.runs_list import duration_of

RunColumns: TypeAlias = Mapping[str, Sequence[Any]]
"""Fields of some runs, in one order: as their documents have them, or their records."""

_FIELDS = (
    *("run_id", "run_name", "experiment", "state", "start_time", "end_time"),
    *("params", "metrics", "tags", "stats", "inputs", "error", "notebook", "description"),
)
_NUMBER = "run_number"
_REPEATED = frozenset({str, int, bool})
"""Types of which many runs have the same few values."""


def read_columns(store: Store, ids: Sequence[str]) -> RunColumns:
    """Return the fields of many runs by their ids, in that order, without making records of them.

    Those that are gone meanwhile are missing.
    """
    numbers, values = store.columns("runs", list(_FIELDS))
    found: dict[str, Sequence[Any]] = {_NUMBER: numbers}
    found |= dict(zip(_FIELDS, values, strict=True))
    at = {run_id: place for place, run_id in enumerate(found["run_id"])}
    places = [at[run_id] for run_id in ids if run_id in at]
    if not places:
        return {name: [] for name in found}
    # A second key, as for a single one it would return no tuple.
    pick = operator.itemgetter(*places, places[0])
    return {name: pick(column)[:-1] for name, column in found.items()}


def columns_of(records: Sequence[RunRecord]) -> RunColumns:
    """Return the fields of runs that are there as records."""
    return {name: [getattr(record, name) for record in records] for name in (_NUMBER, *_FIELDS)}


def column_cells(
    column: GridColumn,
    runs: RunColumns,
    found: FoundRuns,
    baseline: RunRecord | None,
    now: int,
    *,
    ago: bool = True,
) -> list[CompareCell]:
    """Return the cells of one column.

    Parameters
    ----------
    column
        Which.
    runs
        The runs, a row each.
    found
        What is known of all runs that the table has.
    baseline
        The run that the others are compared with.
    now
        The time it is, in milliseconds since 1970.
    ago
        Whether times are said as how long ago they were: not for what is read later.
    """
    part, _, name = column.key.partition(".")
    if column.key == SPARK:
        return [NO_CELL] * len(runs["run_id"])
    if part == "metrics":
        return _metric_cells(column, name, runs, found, baseline)
    value_of = _ValueCells()
    if part in ("params", "tags"):
        return [value_of(values or {}, name) for values in runs[part]]
    if part == "data":
        used = (data_used(inputs, found.versions) for inputs in runs["inputs"])
        return [value_of(values, name) for values in used]
    if part in ("environment", "packages"):
        return [value_of(found.facts_of(run_id), column.key) for run_id in runs["run_id"]]
    if column.key == "duration":
        return _duration_cells(runs, baseline, now)
    if column.key == "start_time":
        return [_moment(int(time), now if ago else None) for time in runs["start_time"]]
    if column.key == "state":
        return [value_cell(state_text(RunState(state))) for state in runs["state"]]
    facts = runs.get(column.key)
    if facts is None:
        return [NO_CELL] * len(runs["run_id"])
    return [NO_CELL if not fact else value_cell(fact) for fact in facts]


class _ValueCells:
    """Makes the cells of a column's values; what many runs have is made once."""

    def __init__(self) -> None:
        self._made: dict[tuple[type, Any], CompareCell] = {}

    def __call__(self, values: Mapping[str, Any], name: str) -> CompareCell:
        if name not in values:
            return NO_CELL
        value = values[name]
        kind = type(value)
        if kind not in _REPEATED:
            return value_cell(value)
        made = self._made.get((kind, value))
        if made is None:
            made = self._made[kind, value] = value_cell(value)
        return made


def metric_values(name: str, runs: RunColumns, rules: MetricRules) -> list[float | None]:
    """Return the scores of a metric; None where a run has none."""
    if not rules:
        return [(last or {}).get(name) for last in runs["metrics"]]
    both = zip(runs["metrics"], runs["stats"], strict=True)
    return [rules.value(name, last or {}, of or {}) for last, of in both]


def _metric_cells(
    column: GridColumn,
    name: str,
    runs: RunColumns,
    found: FoundRuns,
    baseline: RunRecord | None,
) -> list[CompareCell]:
    rules = found.rules
    values = metric_values(name, runs, rules)
    base = None if baseline is None else rules.value(name, baseline.metrics, baseline.stats)
    itself = None if baseline is None else baseline.run_id
    cells = [
        metric_cell(value, None if run_id == itself else base, column.direction)
        for run_id, value in zip(runs["run_id"], values, strict=True)
    ]
    definition = rules.get(name)
    if definition is None or definition.goal is None:
        return cells
    return [
        replace(cell, reached=rules.reached(name, value))
        for cell, value in zip(cells, values, strict=True)
    ]


def _duration_cells(runs: RunColumns, baseline: RunRecord | None, now: int) -> list[CompareCell]:
    base = None
    if baseline is not None and baseline.state is RunState.FINISHED:
        base = duration_of(baseline, now)
    itself = None if baseline is None else baseline.run_id
    cells = []
    rows = zip(runs["run_id"], runs["state"], runs["start_time"], runs["end_time"], strict=True)
    for run_id, state, start, end in rows:
        took = None if end is None else (end - start) / 1000
        if state == RunState.RUNNING:
            took = max(now - start, 0) / 1000
        # How long a run took says something only if it came to its end.
        compared = state == RunState.FINISHED and run_id != itself
        cells.append(duration_cell(took, base if compared else None))
    return cells


def _moment(time: int, now: int | None) -> CompareCell:
    stamp = formatting.stamp(time)
    return CompareCell(stamp, "") if now is None else CompareCell(formatting.age(time, now), stamp)
