"""A page of runs, as every list of runs shows it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tinydb.queries import where

from cellbook.records import REPRODUCES, MetricRules, RunRecord, RunState
from cellbook.store import Store
from cellbook.tracking import metric_rules
from cellbook.views.hints import query_hint
from cellbook.views.runs_table import find_readable, unreadable_note
from cellbook.views.series import metric_names, spark_points

if TYPE_CHECKING:
    from tinydb.queries import QueryLike


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in a list.

    Times are milliseconds since 1970, `duration` seconds (so far, of a run that still runs).
    """

    run_id: str
    number: int
    name: str
    state: RunState
    experiment: str
    start_time: int
    duration: float | None
    params: Mapping[str, Any]
    """Values of the page's `params`, where the run has them."""
    metrics: Mapping[str, float]
    """Scores in the page's `metrics`, where the run has them: the last value unless the metric's
    definition says otherwise."""
    goals: Mapping[str, bool]
    """Of these, for each metric that has a goal, whether the score reaches it."""
    spark: tuple[float, ...]
    """A few points of the page's `spark_metric`; empty where there are not several."""
    notes: str
    error: str | None
    stale: int
    """How many of its cells ran out of order."""
    flags: tuple[str, ...]
    """Why it is doubtful: what was amiss as it began, rows in training and test; sentences."""
    nested: bool
    """Whether it is part of another run."""
    archived: bool
    trashed: bool
    reproduces: str
    """The run that it repeats, as ``#3``; empty where it is one in its own right."""


@dataclass(frozen=True, slots=True)
class RunsPage:
    """The newest runs that a query finds, and which of their params and metrics tell them apart."""

    rows: tuple[RunRow, ...]
    params: tuple[str, ...]
    """Params to show: those that differ, else the first ones."""
    metrics: tuple[str, ...]
    spark_metric: str | None
    query: str
    """The query as text; empty where there is none or it is no text."""
    more: bool
    """Whether the query finds more than these."""
    empty_book: bool
    """Whether the book has no runs at all."""
    hint: str
    """What the query was perhaps meant to ask for, where it finds nothing; else empty."""
    now: int
    """When it was read, in milliseconds since 1970."""
    note: str = ""
    """Which runs are left out as they cannot be read; empty where there are none."""


def runs_page(
    store: Store,
    query: str | QueryLike = "",
    *,
    order_by: str | Sequence[str] | None = None,
    limit: int = 20,
    offset: int = 0,
    params: int = 3,
    metrics: int = 3,
    now: int | None = None,
) -> RunsPage:
    """Return a page of runs.

    Parameters
    ----------
    store
        The book's memory.
    query, order_by
        As :func:`cellbook.search_runs` takes them.
    limit
        At most so many runs.
    offset
        How many that the query finds are passed over.
    params, metrics
        At most so many params and metrics.
    now
        The time it is, in milliseconds since 1970; None asks the clock.

    Raises
    ------
    QuerySyntaxError
        If the query does not parse; it points at the place.
    """
    now = time.time_ns() // 1_000_000 if now is None else now
    records, unreadable = find_readable(
        store, query, order_by=order_by, max_results=limit + 1, offset=offset
    )
    more, records = len(records) + len(unreadable) > limit, records[:limit]
    rules = metric_rules(store)
    chosen = _Chosen(
        _telling_params(records)[:params], _telling_metrics(records, rules)[:metrics], rules
    )
    rows, spark_metric = _rows(store, records, chosen, now)
    return RunsPage(
        rows=tuple(rows),
        params=tuple(chosen.params),
        metrics=tuple(chosen.metrics),
        spark_metric=spark_metric,
        query=query.strip() if isinstance(query, str) else "",
        more=more,
        empty_book=not rows and store.count("runs") == 0,
        hint=query_hint(store, query) if isinstance(query, str) and not records else "",
        now=now,
        note=unreadable_note(unreadable),
    )


def run_row(store: Store, record: RunRecord) -> RunRow:
    """Return the row of one run, with all of its params and metrics."""
    chosen = _Chosen(list(record.params), list(record.metrics), metric_rules(store))
    (row,), _ = _rows(store, [record], chosen, time.time_ns() // 1_000_000)
    return row


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The params and metrics that rows show."""

    params: Sequence[str]
    metrics: Sequence[str]
    rules: MetricRules


def _rows(
    store: Store, records: Sequence[RunRecord], chosen: _Chosen, now: int
) -> tuple[list[RunRow], str | None]:
    """Return rows, and the metric that their sparks are of."""
    spark_metric = _spark_metric(records, chosen.metrics)
    sparks = spark_points(store, records, spark_metric) if spark_metric else {}
    stale = stale_cells(store, [record.run_id for record in records])
    scores = {record.run_id: _scores(record, chosen) for record in records}
    rows = [
        RunRow(
            run_id=record.run_id,
            number=record.run_number,
            name=record.run_name,
            state=record.state,
            experiment=record.experiment,
            start_time=record.start_time,
            duration=duration_of(record, now),
            params={key: record.params[key] for key in chosen.params if key in record.params},
            metrics=scores[record.run_id],
            goals=_goals(scores[record.run_id], chosen.rules),
            spark=sparks.get(record.run_id, ()),
            notes=record.description,
            error=record.error,
            stale=stale.get(record.run_id, 0),
            flags=record.amiss,
            nested=record.parent is not None,
            archived=record.archived,
            trashed=record.trashed is not None,
            reproduces=reproduces_of(store, record),
        )
        for record in records
    ]
    return rows, spark_metric


def _scores(record: RunRecord, chosen: _Chosen) -> dict[str, float]:
    found = ((key, chosen.rules.value(key, record.metrics, record.stats)) for key in chosen.metrics)
    return {key: value for key, value in found if value is not None}


def _goals(scores: Mapping[str, float], rules: MetricRules) -> dict[str, bool]:
    found = ((key, rules.reached(key, value)) for key, value in scores.items())
    return {key: reached for key, reached in found if reached is not None}


def reproduces_of(store: Store, record: RunRecord) -> str:
    """Return the run that one was made to reproduce, as ``#3``; empty where it was not."""
    former = record.tags.get(REPRODUCES)
    if former is None:
        return ""
    number = store.number("runs", former)
    return f"#{number}" if number else "a run that is gone"


def duration_of(record: RunRecord, now: int) -> float | None:
    """Return how long a run took, or has taken so far, in seconds."""
    if record.state is RunState.RUNNING:
        return max(now - record.start_time, 0) / 1000
    return record.duration


def _telling_params(records: Sequence[RunRecord]) -> list[str]:
    """Return names of params, those that tell the runs apart first, else as they were logged."""
    seen: dict[str, list[str]] = {}
    nested: set[str] = set()
    for record in records:
        for key, value in record.params.items():
            seen.setdefault(key, []).append(repr(value))
            if isinstance(value, (list, dict)):
                nested.add(key)
    differing = {
        key for key, values in seen.items() if len(set(values)) > 1 or len(values) < len(records)
    }
    # A param that most runs have says more than one that a single run has, and a plain value is
    # sooner read than a list.
    return sorted(seen, key=lambda key: (key not in differing, key in nested, -len(seen[key])))


def _telling_metrics(records: Sequence[RunRecord], rules: MetricRules) -> list[str]:
    names = metric_names(records)
    counts = {name: sum(name in record.metrics for record in records) for name in names}
    return sorted(
        names,
        key=lambda name: (-counts[name], rules.get(name) is None, rules.direction(name) is None),
    )


def _spark_metric(records: Sequence[RunRecord], names: Sequence[str]) -> str | None:
    """Return the shown metric that the most runs have a curve of."""
    counts = {name: sum(_has_curve(record, name) for record in records) for name in names}
    best = max(counts, key=lambda name: counts[name], default=None)
    return best if best is not None and counts[best] else None


def _has_curve(record: RunRecord, name: str) -> bool:
    stats = record.stats.get(name)
    return stats is not None and stats.count > 1


def stale_cells(store: Store, run_ids: Sequence[str]) -> dict[str, int]:
    """Return how many of its cells ran out of order, for each run that has such."""
    counts: dict[str, int] = {}
    if run_ids:
        query = where("run").one_of(list(run_ids)) & where("stale").exists()
        for _, _, doc in store.select("cells", query):
            if doc["stale"]:
                counts[doc["run"]] = counts.get(doc["run"], 0) + 1
    return counts
