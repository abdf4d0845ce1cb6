"""A leaderboard: its definition, and its standing at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cellbook.errors import InvalidInput
from cellbook.records.base import Record

DURATION = "duration"
"""Names how long a run took, in seconds, where a board asks for a metric of cost."""


class Seeds(StrEnum):
    """How the scores of a candidate's runs become the candidate's."""

    SCORE = "score"
    """By the metric's own rule, as those of one run do: the last, the best, their mean …"""
    MEAN = "mean"
    """Their mean, with its confidence interval: the runs are one candidate's seeds."""


@dataclass(frozen=True, slots=True)
class MetricRange(Record):
    """The values that a filter lets pass, both ends among them."""

    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class Leaderboard(Record):
    """What a board ranks, and by what."""

    name: str
    experiment: str
    metric: str
    """The primary metric."""
    metrics: tuple[str, ...] = ()
    """The others that are shown."""
    filters: Mapping[str, MetricRange] = field(default_factory=dict)
    """By metric of the board."""
    group_by: tuple[str, ...] = ()
    """The tags whose values make runs one candidate; runs that lack one pool together."""
    group_by_params: bool = False
    """Whether runs of other params are another candidate."""
    datasets: tuple[str, ...] = ()
    """Ids of the data sets that a candidate must have been scored on."""
    newest: Mapping[str, int] = field(default_factory=dict)
    """And of each label so many of the newest."""
    seeds: Seeds = Seeds.SCORE
    confidence: float = 0.95
    """Of intervals; tests reject at one less it."""
    cost: str = ""
    """The metric (or ``duration``) that quality is weighed against; empty for none."""
    latency: str = ""
    description: str = ""
    created: int = 0

    @property
    def shown(self) -> tuple[str, ...]:
        """All metrics of the board, the primary one first."""
        weighed = tuple(name for name in (self.cost, self.latency) if name)
        return tuple(dict.fromkeys((self.metric, *self.metrics, *weighed)))


@dataclass(frozen=True, slots=True)
class BoardScore(Record):
    """What a candidate has in one metric."""

    value: float
    runs: int = 1
    """Of how many runs."""
    low: float | None = None
    """The ends of the confidence interval, where the board asks for one and there are seeds."""
    high: float | None = None


@dataclass(frozen=True, slots=True)
class BoardRow(Record):
    """A candidate and where it stands."""

    name: str
    """What tells it from the others: its tags and params, else its run."""
    tags: Mapping[str, str]
    params: Mapping[str, Any]
    runs: tuple[str, ...]
    """Ids of all its runs, the oldest first."""
    counted: tuple[str, ...]
    """Those that its scores are of."""
    run_number: int
    """Of the newest that is counted."""
    run_name: str
    scores: Mapping[str, BoardScore]
    rank: int | None = None
    """One more than the number of candidates that are better; None below the line."""
    rank_to: int | None = None
    """The last rank that it may have as well, where tests could tell; else as `rank`."""
    tied: bool = False
    """Whether others have the same rank."""
    tested: bool = False
    """Whether per-example scores took part in it."""
    covered: int = 0
    """How many of the required data sets it was scored on."""
    lacks: tuple[str, ...] = ()
    """The required data sets it was not scored on, as one says them."""
    data: str = ""
    """What its scores were computed on, as one says it."""
    digests: tuple[str, ...] = ()
    """The contents of that, by which its field is known."""
    why: str = ""
    """Why it has no rank; empty where it has one."""
    pareto: bool | None = None
    """Whether none is at least as good in quality, cost and latency and better in one; None where
    that is not asked for or cannot be told."""
    reached: bool | None = None
    """Whether it reaches the goal of the primary metric."""


@dataclass(frozen=True, slots=True)
class BoardField(Record):
    """The candidates that rank among one another: their scores are of the same data."""

    data: str
    """What that data is, as one says it: ``digits@3``; empty where no run says so."""
    digests: tuple[str, ...]
    candidates: int
    looks: int = 0
    """How many runs of the book, whatever became of them, used this data as what they are scored
    on."""
    scores: int = 0
    """How many values of the primary metric these logged."""


@dataclass(frozen=True, slots=True)
class Standing(Record):
    """A board as it stands, or stood when it was frozen."""

    board: Leaderboard
    rows: tuple[BoardRow, ...]
    """Those with a rank first, field by field; below them the others."""
    fields: tuple[BoardField, ...]
    required: tuple[str, ...]
    """The required data sets as one says them."""
    left_out: Mapping[str, int]
    """Why how many runs of the experiment are no candidates."""
    notes: tuple[str, ...]
    """What one should know besides."""
    more_is_better: bool
    goal: float | None
    time: int
    """When it was reckoned, in milliseconds since 1970."""
    until: int | None = None
    """Runs that ended later did not count; None where all did."""
    frozen: str = ""
    """The id of the frozen copy; empty for one that is reckoned now."""


def check_unused(what: str, boards: Sequence[str]) -> None:
    """Refuse to delete what leaderboards use.

    Raises
    ------
    InvalidInput
        If there are any; the message names them.
    """
    if boards:
        several = len(boards) > 1
        raise InvalidInput(
            f"{what} stays: {'leaderboards' if several else 'the leaderboard'} "
            f"{', '.join(map(repr, boards))} {'use' if several else 'uses'} it. Change or delete "
            f"{'these' if several else 'that'} first, as in `%leaderboard {boards[0]} --delete`."
        )
