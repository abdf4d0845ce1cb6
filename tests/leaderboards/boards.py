"""Boards reckoned from runs that are written down in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cellbook.leaderboards.candidates import Candidate, Entry
from cellbook.leaderboards.ranking import Examples
from cellbook.leaderboards.standing import reckon
from cellbook.records import (
    DatasetVersion,
    Leaderboard,
    MetricRules,
    RunState,
    Standing,
    as_definition,
)


def data(
    name: str, created: int, *labels: str, digest: str = "", **labelled: int
) -> DatasetVersion:
    """Return a version; `labelled` says since when it has which of its labels."""
    told = digest or f"digest of {name}"
    return DatasetVersion(name, name, told, created, 1, (*labels, *labelled), labelled=labelled)


def run(place: int, *, used: Sequence[str] = (), role: str = "", **given: Any) -> Entry:
    """Return a finished run of experiment ``e``: number, name and times follow from its place."""
    fields: dict[str, Any] = {
        "run_id": f"run {place:03d}",
        "number": place,
        "name": f"r{place}",
        "experiment": "e",
        "state": RunState.FINISHED,
        "start_time": place * 1000,
        "end_time": place * 1000 + 500,
        "inputs": {name: [role] for name in used},
        "values": 1,
    }
    return Entry(**(fields | given))


def stand(
    entries: Sequence[Entry],
    known: Sequence[DatasetVersion] = (),
    /,
    *,
    metrics: dict[str, dict[str, Any]] | None = None,
    shown: Sequence[str] = (),
    until: int | None = None,
    examples: dict[str, Examples] | None = None,
    **board: Any,
) -> Standing:
    """Return how a board stands on which `acc` ranks, unless `board` says otherwise."""
    rules = MetricRules(as_definition(name, given) for name, given in (metrics or {}).items())
    given = {"name": "b", "experiment": "e", "metric": "acc", "metrics": tuple(shown)}
    definition = Leaderboard(**(given | board))

    def examples_of(candidate: Candidate) -> Examples | None:
        return (examples or {}).get(candidate.runs[0].name)

    versions = {one.dataset_id: one for one in known}
    return reckon(definition, rules, entries, versions, examples_of, now=10**6, until=until)


def ranks(standing: Standing) -> list[tuple[str, int | None]]:
    return [(row.name, row.rank) for row in standing.rows]
