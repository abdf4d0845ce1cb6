"""Runs as boards see them, read from the book."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tinydb import where

from cellbook.leaderboards.candidates import Candidate, Entry
from cellbook.leaderboards.ranking import Examples
from cellbook.records import DURATION, Leaderboard, MetricRules, RunState
from cellbook.store import Store, no_collection
from cellbook.tracking.media import decode_scores

_FIELDS = (
    "run_id",
    "run_name",
    "experiment",
    "state",
    "start_time",
    "end_time",
    "tags",
    "metrics",
    "inputs",
    "archived",
    "trashed",
)
_PLAIN = re.compile(r"[^\"'\\]+")
"""Names that a path in SQL can hold."""
_STATES = {state.value: state for state in RunState}


def read_entries(store: Store, board: Leaderboard, rules: MetricRules) -> list[Entry]:
    """Return all runs of the book, with their scores in a board's metrics."""
    paths = {name: rules.path(name) for name in board.shown}
    wanted: list[str | tuple[str, ...]] = list(_FIELDS)
    # All statistics of all runs would be as much again to read, for a number or two of each.
    deeper: list[tuple[str, ...]] = [("stats", board.metric, "count")]
    deeper += [path for path in paths.values() if path[0] == "stats"]
    plain = all(_PLAIN.fullmatch(path[1]) for path in deeper)
    wanted += deeper if plain else ["stats"]
    if board.group_by_params:
        wanted.append("params")
    lasting = DURATION in (board.cost, board.latency)
    with no_collection():
        numbers, columns = store.columns("runs", wanted)
        by_field = dict(zip(wanted, columns, strict=True))
        found = _scores(by_field, paths, len(numbers), plain=plain)
        values = (
            by_field[deeper[0]]
            if plain
            else [((of or {}).get(board.metric) or {}).get("count") for of in by_field["stats"]]
        )
        nothing: list[None] = [None] * len(numbers)
        rows = zip(
            numbers,
            *(by_field[name] for name in _FIELDS),
            by_field.get("params", nothing),
            found,
            values,
            strict=True,
        )
        return [_entry(row, board.metric, lasting=lasting) for row in rows]


def _scores(
    columns: Mapping[Any, Sequence[Any]],
    paths: Mapping[str, tuple[str, ...]],
    count: int,
    *,
    plain: bool,
) -> list[dict[str, float]]:
    """Return the scores of each run in the metrics of `paths`, where it has them."""
    lasts: Sequence[Mapping[str, float] | None] = columns["metrics"]
    found: list[dict[str, float]] = [{} for _ in range(count)]
    for name, path in paths.items():
        if path[0] == "metrics":
            for scores, last in zip(found, lasts, strict=True):
                if last and last.get(name) is not None:
                    scores[name] = last[name]
            continue
        column = (
            columns[path]
            if plain
            else [((of or {}).get(name) or {}).get(path[2]) for of in columns["stats"]]
        )
        for scores, last, score in zip(found, lasts, column, strict=True):
            # Without statistics a run has one value, which is the score as well.
            value = score if score is not None else (last or {}).get(name)
            if value is not None:
                scores[name] = value
    return found


def _entry(row: tuple[Any, ...], metric: str, *, lasting: bool) -> Entry:
    (number, run_id, name, experiment, state, start, end, tags, _, inputs, archived, trashed,
     params, scores, values) = row  # fmt: skip
    if lasting and end is not None:
        scores.setdefault(DURATION, (end - start) / 1000)
    return Entry(
        run_id=run_id,
        number=number,
        name=name,
        experiment=experiment,
        state=_STATES[state],
        start_time=start,
        end_time=end,
        tags=tags or {},
        params=params or {},
        scores=scores,
        inputs=inputs or {},
        put_away=bool(archived or trashed),
        values=values or (metric in scores),
    )


class ScoredExamples:
    """Reads the values on each example that runs logged of a board's primary metric."""

    def __init__(self, store: Store, board: Leaderboard) -> None:
        self._store = store
        newest: dict[str, tuple[str, str]] = {}
        for artifact_id, _, doc in store.select("artifacts", where("kind") == "scores"):
            if doc.get("meta", {}).get("metric") == board.metric:
                kept = (artifact_id, doc["digest"])
                newest[doc["run"]] = max(newest.get(doc["run"], kept), kept)
        self._digests = {run: digest for run, (_, digest) in newest.items()}

    def __call__(self, candidate: Candidate) -> Examples | None:
        """Return those of a candidate: of the run that its score is of, or the mean over the
        several; None where one of these logged none, or they are of other examples."""
        # A test of some of the runs would tell of another value than that which is shown.
        if any(run.run_id not in self._digests for run in candidate.scored):
            return None
        import numpy as np  # noqa: PLC0415  keeps `import cellbook` quick

        kept = [self._digests[run.run_id] for run in candidate.scored]
        read = [decode_scores(self._store.blobs.get(digest)) for digest in kept]
        ids = read[0][1]
        if any(other != ids or len(values) != len(read[0][0]) for values, other in read):
            return None
        return ids, np.array([values for values, _ in read], dtype=np.float64).mean(axis=0)
