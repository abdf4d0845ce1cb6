"""Runs as boards see them, read from the book."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinydb import where

from cellbook.leaderboards.candidates import Candidate, Entry
from cellbook.leaderboards.ranking import Examples
from cellbook.records import DURATION, Leaderboard, MetricRules, RunState, Score, Seeds
from cellbook.store import Store
from cellbook.tracking.media import decode_scores

_FIELDS = (
    "run_id",
    "run_name",
    "experiment",
    "state",
    "start_time",
    "end_time",
    "tags",
    "params",
    "metrics",
    "inputs",
    "archived",
    "trashed",
)


def read_entries(store: Store, board: Leaderboard, rules: MetricRules) -> list[Entry]:
    """Return all runs of the book, with their scores in a board's metrics."""
    paths = {name: rules.path(name) for name in board.shown}
    scored = any(path[0] == "stats" for path in paths.values())
    looked_at = any(store.select("datasets", limit=1))
    fields = [*_FIELDS, "stats"] if scored or looked_at else list(_FIELDS)
    if not board.group_by_params:
        fields.remove("params")
    numbers, columns = store.columns("runs", fields)
    entries = []
    for number, *values in zip(numbers, *columns, strict=True):
        doc = dict(zip(fields, values, strict=True))
        entries.append(_entry(number, doc, board, rules, tuple(paths)))
    return entries


def _entry(
    number: int,
    doc: Mapping[str, Any],
    board: Leaderboard,
    rules: MetricRules,
    names: tuple[str, ...],
) -> Entry:
    metrics, stats = doc["metrics"] or {}, doc.get("stats") or {}
    scores = {}
    for name in names:
        value = rules.value(name, metrics, stats) if name in metrics else None
        if value is not None:
            scores[name] = value
    start, end = doc["start_time"], doc["end_time"]
    if DURATION in (board.cost, board.latency) and end is not None:
        scores.setdefault(DURATION, (end - start) / 1000)
    return Entry(
        run_id=doc["run_id"],
        number=number,
        name=doc["run_name"],
        experiment=doc["experiment"],
        state=RunState(doc["state"]),
        start_time=start,
        end_time=end,
        tags=doc["tags"] or {},
        params=doc.get("params") or {},
        scores=scores,
        inputs=doc["inputs"] or {},
        put_away=bool(doc["archived"] or doc["trashed"]),
        values=(stats.get(board.metric) or {}).get("count", 1 if board.metric in metrics else 0),
    )


def examples_of(
    store: Store, board: Leaderboard, rules: MetricRules, candidate: Candidate
) -> Examples | None:
    """Return a candidate's value on each example: of the run that its score is of, else the mean
    over its runs; None where none was logged.

    The newest that a run logged counts.
    """
    import numpy as np  # noqa: PLC0415  keeps `import cellbook` quick

    runs = [run.run_id for run in _scoring_runs(board, rules, candidate)]
    digests: dict[str, tuple[str, str]] = {}
    kept = (where("kind") == "scores") & where("run").one_of(runs)
    for artifact_id, _, doc in store.select("artifacts", kept):
        if doc.get("meta", {}).get("metric") == board.metric:
            known = digests.get(doc["run"], ("", ""))
            digests[doc["run"]] = max(known, (artifact_id, doc["digest"]))
    read = [decode_scores(store.blobs.get(digest)) for _, digest in digests.values()]
    if not read:
        return None
    ids = read[0][1]
    # Runs whose examples are others cannot be joined; the pair stays untested.
    if any(other != ids or len(values) != len(read[0][0]) for values, other in read):
        return None
    return ids, np.array([values for values, _ in read], dtype=np.float64).mean(axis=0)


def _scoring_runs(board: Leaderboard, rules: MetricRules, candidate: Candidate) -> list[Any]:
    having = [run for run in candidate.counted if board.metric in run.scores]
    if board.seeds is Seeds.MEAN:
        return having
    score = rules.score(board.metric)
    if score is Score.LAST:
        return having[-1:]
    if score in (Score.MIN, Score.MAX, Score.BEST):
        value = candidate.scores[board.metric].value
        return [run for run in having if run.scores[board.metric] == value][-1:]
    return having
