"""Params and metrics of runs against one another."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from cellbook.answers.base import Ask, Hint, read_texts
from cellbook.answers.comparing import Metric, Runs, find_all
from cellbook.errors import InvalidInput
from cellbook.records import RunRecord
from cellbook.tracking import metric_rules
from cellbook.views.comparison import runs_to_compare
from cellbook.views.correlations import Correlations, correlate
from cellbook.views.importance import Importances, importances
from cellbook.views.relations import Relations, relate
from cellbook.views.surface import Surface, surface_of

MOST = 10_000
"""Runs that one answer relates."""

Column = Annotated[str, Hint("As a query names it: `params.lr` or `metrics.acc`.")]


@dataclass(frozen=True, slots=True)
class RelationsQuery:
    """Which runs, and what of them."""

    runs: Runs = ()
    wanted: Annotated[str, Hint('Columns that are to be there: a JSON list, `["params.lr"]`.')] = ""


@dataclass(frozen=True, slots=True)
class ImportanceQuery:
    """What depends on which params."""

    runs: Runs
    metric: Metric
    method: Annotated[
        str, Hint("`forest`, or `fanova` where Optuna is installed; empty for the forest.")
    ] = ""


@dataclass(frozen=True, slots=True)
class CorrelationQuery:
    """Which runs to correlate over."""

    runs: Runs
    metric: Annotated[str, Hint("A column that is to be among them: `metrics.acc`.")] = ""


@dataclass(frozen=True, slots=True)
class SurfaceQuery:
    """What over which two params."""

    runs: Runs
    x: Column
    y: Column
    z: Column


def relations(ask: Ask, query: RelationsQuery) -> Relations:
    """Return the params and metrics that differ between runs, a column each."""
    records, missing = related_runs(ask, query.runs)
    told = f"`wanted` is a JSON list of names, not {query.wanted[:80]!r}."
    wanted = read_texts(query.wanted, told)
    found = relate(records, wanted, metric_rules(ask.book.store))
    return dataclasses.replace(found, missing=tuple(missing))


def importance(ask: Ask, query: ImportanceQuery) -> Importances:
    """Return how much a metric depends on each param that differs between runs."""
    return importances(related_runs(ask, query.runs)[0], query.metric, query.method)


def correlation(ask: Ask, query: CorrelationQuery) -> Correlations:
    """Return the rank correlation of params and metrics over runs."""
    return correlate(related_runs(ask, query.runs)[0], query.metric)


def surface(ask: Ask, query: SurfaceQuery) -> Surface:
    """Return a metric over two params, interpolated between runs."""
    return surface_of(related_runs(ask, query.runs)[0], query.x, query.y, query.z)


def related_runs(ask: Ask, runs: Sequence[str]) -> tuple[list[RunRecord], list[str]]:
    """Return the records of up to 10,000 runs, and of those that are not there a sentence each.

    Without any named, they are those that a comparison is of.  Their metrics are their scores.
    """
    if len(runs) > MOST:
        raise InvalidInput(f"{len(runs):,} runs are too many at once. Name at most {MOST:,}.")
    ask.book.refresh()
    rules = metric_rules(ask.book.store)

    def scored(record: RunRecord) -> RunRecord:
        return (
            dataclasses.replace(record, metrics=rules.values(record.metrics, record.stats))
            if rules
            else record
        )

    if not runs:
        return [scored(one) for one in runs_to_compare(ask.book.store)], []
    records, missing = find_all(ask, runs)
    return [scored(one) for one in records], missing
