"""A run's metrics in a nutshell, from its points."""

from __future__ import annotations

import math
from typing import Any

from cellbook.records import MetricStats, RunRecord, from_doc, to_doc
from cellbook.store import Doc, Series, Store, metric_name
from cellbook.tracking.definitions import add_scores
from cellbook.tracking.metrics import MetricLog


def summarise(store: Store, record: RunRecord) -> dict[str, Any]:
    """Return what the run's document should say of its metrics, read from all its points.

    For a run whose own process cannot say it: it died, or several processes logged to it.
    """
    reader = store.series_reader
    changes: dict[str, Any] = {"metrics": {}, "stats": {}, "points": {}}
    for series in reader.read(record.points, runs=[record.run_id]):
        name = metric_name(series.of.key, series.of.context)
        # Points of several processes stand one file after the other; the newest is the last.
        newest = int(series.times.argmax()) if len(record.points) > 1 else -1
        if len(record.points) > 1:
            newest = int((series.times == series.times[newest]).nonzero()[0][-1])
        changes["metrics"][name] = float(series.values[newest])
        changes["stats"][name] = to_doc(stats_of(series, newest))
    add_scores(store, changes["stats"], record.run_id, record.points)
    for stem in record.points:
        seal = reader.seal(stem)
        if seal is not None:
            changes["points"][stem] = list(seal)
    return changes


def stats_of(series: Series, newest: int = -1) -> MetricStats:
    """Return count, extremes (NaN passed over) and last step of a series."""
    finite = series.values[series.values == series.values]
    return MetricStats(
        count=len(series.values),
        min=float(finite.min()) if len(finite) else math.nan,
        max=float(finite.max()) if len(finite) else math.nan,
        step=int(series.steps[newest]),
    )


def others_logged(log: MetricLog, doc: Doc | None) -> bool:
    """Whether other processes logged points of a run, too.

    Parameters
    ----------
    log
        The run's metrics as this process logged them.
    doc
        The run's document; None where it cannot be read.
    """
    return doc is not None and not log.stems.issuperset(doc.get("points", ()))


def last_values(store: Store, log: MetricLog, doc: Doc | None) -> dict[str, Any]:
    """Return what a run's document should say of its metrics, now that this process has logged."""
    own = log.summary()
    if doc is None:
        return own
    if others_logged(log, doc):
        return summarise(store, from_doc(RunRecord, doc))
    add_scores(store, own["stats"], doc["run_id"], log.stems)
    return own
