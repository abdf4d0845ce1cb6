"""The definitions of metrics: goals, directions, and what a run's score is."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from cellbook.errors import NotFound
from cellbook.records import (
    MetricDefinition,
    MetricRules,
    RunState,
    as_definition,
    check_metric_name,
    check_unused,
    from_doc,
    to_doc,
)
from cellbook.store import Doc, Op, Store, create, metric_name, remove, update

TABLE = "metric_definitions"


def metric_rules(store: Store) -> MetricRules:
    """Return the definitions of a book's metrics."""
    found = (from_doc(MetricDefinition, doc) for _, _, doc in store.select(TABLE))
    return MetricRules(found)


def add_scores(store: Store, stats: dict[str, Any], run_id: str, stems: Iterable[str]) -> None:
    """Add to a run's statistics what definitions ask for that takes all of its points.

    Parameters
    ----------
    store
        The book's memory.
    stats
        The statistics by metric, as the run's document has them.
    run_id, stems
        The run, and the series files that hold its points.
    """
    rules = metric_rules(store)
    names = [name for name in stats if rules.score(name).needs_points]
    for name, found in _from_points(store, rules, names, run_id, stems):
        stats[name] |= found


def _from_points(
    store: Store, rules: MetricRules, names: Sequence[str], run_id: str, stems: Iterable[str]
) -> Iterator[tuple[str, dict[str, float]]]:
    if not names:
        return
    import numpy as np  # noqa: PLC0415  keeps `import cellbook` quick

    parts: dict[str, list[Any]] = {}
    keys = {name.partition("{")[0] for name in names}
    for series in store.series_reader.read(stems, runs=[run_id], keys=keys):
        parts.setdefault(metric_name(series.of.key, series.of.context), []).append(series.values)
    for name in names:
        values = np.concatenate(parts.get(name, [np.array([])]))
        values = values[values == values]
        score = rules.score(name).value
        with np.errstate(invalid="ignore", over="ignore"):
            # As least and greatest, these pass NaN over.
            found = float(getattr(np, score)(values)) if len(values) else math.nan
        yield name, {score: found}


class Definitions:
    """The definitions of a book's metrics; they win over what names tell, everywhere.

    Parameters
    ----------
    store
        The book's memory.
    users_of
        Names the leaderboards that use a metric.
    """

    def __init__(self, store: Store, users_of: Callable[[str], Sequence[str]]) -> None:
        self._store = store
        self._users_of = users_of

    def all(self) -> list[MetricDefinition]:
        """Return all definitions, by name."""
        return list(metric_rules(self._store))

    def define(self, name: object, **given: Any) -> MetricDefinition:
        """Lay down, or change, what is known of a metric; see :func:`cellbook.define_metric`.

        What is not given, or None, stays as it was.

        Raises
        ------
        InvalidInput
            If the name or a value cannot stand.
        """
        key = check_metric_name(name)
        with self._store.exclusive():
            doc = self._store.get(TABLE, key)
            before = {} if doc is None else {k: v for k, v in doc.items() if k != "name"}
            said = {k: v for k, v in given.items() if v is not None}
            created = {"created": time.time_ns() // 1_000_000}
            definition = as_definition(key, {**created, **before, **said})
            self._store.commit([create(TABLE, key, to_doc(definition))])
            if definition.score.needs_points:
                self._bring_up_to_date(definition)
        return definition

    def delete(self, name: object) -> MetricDefinition:
        """Take a definition away; the metric's values stay.

        Raises
        ------
        NotFound
            If there is none.
        InvalidInput
            If a leaderboard uses the metric; the message names each.
        """
        key = check_metric_name(name)
        with self._store.exclusive():
            doc = self._store.get(TABLE, key)
            if doc is None:
                known = ", ".join(one.name for one in self.all()) or "none is defined"
                raise NotFound(f"No metric {key!r} is defined ({known}).")
            check_unused(f"The metric {key!r}", self._users_of(key))
            self._store.commit([remove(TABLE, key)])
        return from_doc(MetricDefinition, doc)

    def _bring_up_to_date(self, definition: MetricDefinition) -> None:
        """Bring what the score takes into the documents of runs that have ended."""
        rules = MetricRules([definition])
        ops: list[Op] = []
        for run_id, _, doc in self._store.select("runs"):
            ops += _mended(self._store, rules, run_id, doc, definition.score.value)
        if ops:
            self._store.commit(ops)


def _mended(store: Store, rules: MetricRules, run_id: str, doc: Doc, score: str) -> list[Op]:
    stats: Mapping[str, Any] = doc.get("stats") or {}
    lacking = [name for name, of in stats.items() if rules.get(name) and of.get(score) is None]
    if not lacking or not RunState(doc["state"]).is_final:
        return []
    stems = doc.get("points", ())
    found = dict(_from_points(store, rules, lacking, run_id, stems))
    return [update("runs", run_id, {"stats": found})]
