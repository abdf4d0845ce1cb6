"""Who is on a board: runs become candidates, which are scored on the required data."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cellbook.leaderboards.statistics import mean_interval, total
from cellbook.records import (
    REPRODUCES,
    BoardScore,
    DatasetVersion,
    Direction,
    Leaderboard,
    MetricRules,
    RunState,
    Score,
    Seeds,
)

Group = tuple[Any, ...]
"""What runs of one candidate have in common."""

Part = tuple[DatasetVersion, ...]
"""All the data that one run was scored on."""

_UNSAID = DatasetVersion("", "unnamed data", "", 0)
"""Stands for the data of a run that does not say it, beside that of runs that do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A run, as far as boards are concerned; times are milliseconds since 1970."""

    run_id: str
    number: int
    name: str
    experiment: str
    state: RunState
    start_time: int
    end_time: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    """Of the board's metrics, those it has."""
    inputs: Mapping[str, Iterable[str]] = field(default_factory=dict)
    """The data sets it used, by id, and as what."""
    put_away: bool = False
    """Whether it is archived or in the trash."""
    values: int = 0
    """How many values of the primary metric it logged."""


@dataclass(slots=True)
class Candidate:
    """Runs that stand on the board as one."""

    tags: Mapping[str, str]
    params: Mapping[str, Any]
    runs: list[Entry]
    """The oldest first."""
    counted: list[Entry]
    """Those that its scores are reckoned over."""
    apart: int
    """How many runs are kept out of its mean, for they are of other data."""
    scored: list[Entry]
    """Of those that count, the ones that its primary score is of: the last, the best, or all."""
    covered: frozenset[str]
    """The required data sets that it was scored on, by id."""
    data: tuple[Part, ...]
    """What its primary score was computed on: of each run that is joined into it what that run was
    scored on, by name and version.  Runs of one data are one part; of unlike data, each is there as
    often as its share is."""
    scores: Mapping[str, BoardScore]


def why_no_candidate(entry: Entry, board: Leaderboard, until: int | None) -> str:
    """Return why a run is no candidate of a board; empty if it is one."""
    if entry.experiment != board.experiment:
        return f"of another experiment than {board.experiment!r}"
    if REPRODUCES in entry.tags:
        return "a reproduction of another run"
    if entry.put_away:
        return "archived or in the trash"
    if entry.state is not RunState.FINISHED:
        return f"{entry.state.value}, not finished"
    if not ended_by(entry, until):
        return "ended after the date"
    if board.metric not in entry.scores:
        return f"no {board.metric}"
    for name, limits in board.filters.items():
        value = entry.scores.get(name)
        if value is None:
            return f"no {name}, which a filter asks for"
        # Not the other way round: NaN lies within no limits.
        if limits.min is not None and not value >= limits.min:
            return f"{name} below {limits.min:g}"
        if limits.max is not None and not value <= limits.max:
            return f"{name} above {limits.max:g}"
    return ""


def ended_by(entry: Entry, until: int | None) -> bool:
    """Return whether a run had ended at a time; without one, any run counts."""
    return until is None or (entry.end_time is not None and entry.end_time <= until)


def required_data(
    board: Leaderboard,
    versions: Mapping[str, DatasetVersion],
    entries: Iterable[Entry],
    until: int | None = None,
) -> tuple[list[DatasetVersion], list[str]]:
    """Return the data sets that a board requires, and what is to be said of those left out.

    The explicit ones, joined with the newest of each label; of these, the ones that a finished
    run, of whatever experiment, has used.  (So an unused one among the newest is passed over, and
    no older one takes its place.)  Labels that were given after `until` do not count.
    """
    unique = {one.dataset_id: one for one in versions.values()}
    newest_first = sorted(unique.values(), key=lambda v: (v.created, v.dataset_id), reverse=True)
    wanted: dict[str, DatasetVersion] = {}
    notes = []
    for dataset_id in board.datasets:
        version = versions.get(dataset_id)
        if version is None:
            notes.append("A required data set is not on record, and is not asked for.")
        else:
            wanted[version.dataset_id] = version
    for label, count in board.newest.items():
        labelled = [one for one in newest_first if one.had(label, until)]
        wanted.update({one.dataset_id: one for one in labelled[:count]})
        if not labelled:
            then = "" if until is None else " by that date"
            notes.append(f"No data set has the label {label!r}{then}.")
    used = {
        versions[dataset_id].dataset_id
        for entry in entries
        if entry.state is RunState.FINISHED and not entry.put_away
        for dataset_id in entry.inputs
        if dataset_id in versions
    }
    notes += [
        f"{one.label} is not asked for: no finished run has used it."
        for one in wanted.values()
        if one.dataset_id not in used
    ]
    required = [one for one in wanted.values() if one.dataset_id in used]
    return sorted(required, key=lambda one: (one.name, one.version)), notes


class ScoredOn(NamedTuple):
    """The data that a run's scores were computed on, as far as it says."""

    versions: tuple[DatasetVersion, ...]
    ids: frozenset[str]
    digests: tuple[str, ...]
    """In order, so that the same content makes the same key."""


class UsedData:
    """Which of the data that runs used their scores were computed on.

    Parameters
    ----------
    versions
        All data sets, by id.
    """

    def __init__(self, versions: Mapping[str, DatasetVersion]) -> None:
        self._versions = versions
        # Many runs use the same few.
        self._seen: dict[Any, ScoredOn] = {}

    def scored_on(self, entry: Entry) -> ScoredOn:
        """Return the data that a run's scores were computed on.

        That used as ``test``; without any, as ``validation``; without either, all that is not said
        to be for training alone.
        """
        key = tuple((used, *roles) for used, roles in entry.inputs.items())
        if key not in self._seen:
            found = _scored_on([(self._version(used), set(roles)) for used, *roles in key])
            self._seen[key] = ScoredOn(
                tuple(found),
                frozenset(one.dataset_id for one in found),
                tuple(sorted({one.digest for one in found})),
            )
        return self._seen[key]

    def _version(self, dataset_id: str) -> DatasetVersion:
        # Content that is no longer on record is still another one than all the rest.
        gone = DatasetVersion(dataset_id, "deleted data set", dataset_id, 0)
        return self._versions.get(dataset_id, gone)


def _scored_on(uses: Sequence[tuple[DatasetVersion, set[str]]]) -> list[DatasetVersion]:
    for role in ("test", "validation"):
        found = [version for version, roles in uses if role in roles]
        if found:
            return found
    return [version for version, roles in uses if roles != {"train"}]


def candidates_of(
    board: Leaderboard,
    rules: MetricRules,
    entries: Iterable[Entry],
    required: Sequence[DatasetVersion],
    data: UsedData,
) -> list[Candidate]:
    """Return the candidates that runs make; each of the runs is to be of one.

    Where a candidate was scored on some of the required data, its scores are of the runs that used
    that, and of no others.
    """
    groups: dict[Group, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.start_time, entry.run_id)):
        groups.setdefault(_group(entry, board), []).append(entry)
    wanted = {one.dataset_id for one in required}
    return [_candidate(board, rules, runs, wanted, data) for runs in groups.values()]


def _group(entry: Entry, board: Leaderboard) -> Group:
    if not board.group_by and not board.group_by_params:
        return (entry.run_id,)
    tags = tuple(entry.tags.get(tag) for tag in board.group_by)
    if not board.group_by_params:
        return tags
    return (*tags, *sorted((key, repr(value)) for key, value in entry.params.items()))


def _candidate(
    board: Leaderboard,
    rules: MetricRules,
    runs: list[Entry],
    wanted: set[str],
    data: UsedData,
) -> Candidate:
    ids = [data.scored_on(run).ids for run in runs]
    covered = wanted.intersection(itertools.chain.from_iterable(ids))
    asked = runs
    if covered:
        asked = [run for run, on in zip(runs, ids, strict=True) if not covered.isdisjoint(on)]
    counted = _seeds(asked, covered, data) if board.seeds is Seeds.MEAN else asked
    scores = _scores(board, rules, counted)
    scored = _scored_runs(board, rules, counted, scores[board.metric].value)
    newest = runs[-1]
    return Candidate(
        tags={tag: newest.tags[tag] for tag in board.group_by if tag in newest.tags},
        params=newest.params if board.group_by_params else {},
        runs=runs,
        counted=counted,
        apart=len(asked) - len(counted),
        scored=scored,
        covered=frozenset(covered),
        data=_data_of(scored, data),
        scores=scores,
    )


def _seeds(runs: Sequence[Entry], covered: set[str], data: UsedData) -> list[Entry]:
    """Return the runs of one data, for a mean over unlike data is of none: of that which covers
    most of what is required, the newest."""
    on = [data.scored_on(run) for run in runs]
    place = max(range(len(runs)), key=lambda place: (len(covered & on[place].ids), place))
    return [run for run, its in zip(runs, on, strict=True) if its.digests == on[place].digests]


def _scored_runs(
    board: Leaderboard, rules: MetricRules, runs: list[Entry], value: float
) -> list[Entry]:
    """Return the runs that a candidate's value in the primary metric is of."""
    score = rules.score(board.metric)
    if board.seeds is Seeds.MEAN or score in (Score.MEAN, Score.SUM, Score.MEDIAN):
        return runs
    if score is Score.LAST or value != value:
        return runs[-1:]
    return [run for run in runs if run.scores[board.metric] == value][-1:]


def _data_of(runs: Sequence[Entry], data: UsedData) -> tuple[Part, ...]:
    """Return the data that a score of several runs is of.

    Where runs of unlike data are joined, it tells in which proportion: a mean with more of the easy
    data is another one than with more of the hard.  And a mean over a run on one data and a run on
    another is not the value of a run on both.
    """
    known = {"": _UNSAID}
    mixed: Counter[tuple[str, ...]] = Counter()
    for run in runs:
        on = data.scored_on(run)
        known.update((one.digest, one) for one in on.versions)
        mixed[on.digests] += 1
    if set(mixed) == {()}:
        return ()
    whole = math.gcd(*mixed.values())
    found = [
        tuple(sorted((known[one] for one in digests or ("",)), key=_named))
        for digests, count in mixed.items()
        for _ in range(count // whole)
    ]
    return tuple(sorted(found, key=lambda part: [_named(one) for one in part]))


def _named(version: DatasetVersion) -> tuple[str, int]:
    return version.name, version.version


def _scores(board: Leaderboard, rules: MetricRules, runs: Sequence[Entry]) -> dict[str, BoardScore]:
    if len(runs) == 1:
        return {name: BoardScore(value) for name, value in runs[0].scores.items()}
    scores = {}
    for name in board.shown:
        values = [run.scores[name] for run in runs if name in run.scores]
        if not values:
            continue
        if board.seeds is Seeds.MEAN:
            ends = mean_interval(values, board.confidence) or (None, None)
            scores[name] = BoardScore(total(values) / len(values), len(values), *ends)
        else:
            value = joined(values, rules.score(name), rules.direction(name))
            scores[name] = BoardScore(value, len(values))
    return scores


def joined(values: Sequence[float], score: Score, direction: Direction | None) -> float:
    """Return one score for those of several runs, the oldest of which comes first.

    A single NaN among them makes it NaN, unless only the last counts.
    """
    if score is Score.LAST:
        return values[-1]
    if any(value != value for value in values):
        return math.nan
    if score is Score.BEST:
        score = Score.MIN if direction is Direction.LESS else Score.MAX
    match score:
        case Score.MIN:
            return min(values)
        case Score.MAX:
            return max(values)
        case Score.SUM:
            return total(values)
        case Score.MEAN:
            return total(values) / len(values)
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
