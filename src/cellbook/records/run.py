"""A run, as it stands in the book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cellbook.records.base import Record


class RunState(StrEnum):
    """How a run stands, or how it ended."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    """It ended with an error."""
    STOPPED = "stopped"
    """Somebody interrupted it."""
    CRASHED = "crashed"
    """Its process died without a word."""

    @property
    def is_final(self) -> bool:
        """Whether the run has ended."""
        return self is not RunState.RUNNING


@dataclass(frozen=True, slots=True)
class MetricStats(Record):
    """One metric of one run in a nutshell; made when the run ends."""

    count: int
    min: float
    max: float
    step: int
    """The step of the last value."""
    mean: float | None = None
    """As `sum` and `median`: there only where the metric's definition asks for it."""
    sum: float | None = None
    median: float | None = None


@dataclass(frozen=True, slots=True)
class RunRecord(Record):
    """The frozen copy of a run; :class:`cellbook.Run` is the live handle.

    Times are milliseconds since 1970 (UTC), as in MLflow.  Metrics hold the last value of each;
    all points are in the store's series.  A metric logged with a context is named
    ``key{name=value, …}``.
    """

    run_id: str
    run_name: str
    experiment: str
    state: RunState
    start_time: int
    end_time: int | None = None
    run_number: int = 0
    """The ``12`` of ``#12``: the run's place by time of creation; 0 where it was not asked for."""
    description: str = ""
    parent: str | None = None
    session: str | None = None
    """The session (process) that made it."""
    environment: str | None = None
    notebook: str | None = None
    """Notebook or script, relative to the book's folder where it lies below it."""
    cells: tuple[str, ...] = ()
    """The cell executions that started or resumed it; cells run while it was open name it
    themselves."""
    params: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    stats: Mapping[str, MetricStats] = field(default_factory=dict)
    param_history: Mapping[str, Any] = field(default_factory=dict)
    """Former values of params that were logged anew: ``{key: [[ms, value], …]}``.

    In the document each stands under a ULID of its own, ``{key: {ULID: [ms, value]}}``.
    """
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """The data sets it used, and since when as what: ``{dataset_id: {role: ms}}``."""
    points: Mapping[str, Any] = field(default_factory=dict)
    """The series files that hold points of this run: ``{stem: [bytes, crc32] or null}``."""
    error: str | None = None
    """``Name: message`` of the error that ended it."""
    random: str = ""
    """The blob with the states of the random generators as it began; empty where none is kept."""
    flags: Mapping[str, str] = field(default_factory=dict)
    """What was amiss in the notebook as it began, in a sentence each: ``stale`` cells, ``hidden``
    state, cells ``out of order``."""
    leaks: Mapping[str, str] = field(default_factory=dict)
    """Rows that it was both trained and tested with, in a sentence each, by ULID."""
    archived: bool = False
    trashed: int | None = None
    """When it was deleted (to the trash), or None."""
    imported: Mapping[str, Any] = field(default_factory=dict)
    """Where it came from, if it was recorded in another book: ``file``, ``book`` (its id), the
    ``number`` that it has there, and the ``time`` at which it was taken in."""

    def __post_init__(self) -> None:
        history = {
            key: [former[place] for place in sorted(former)]
            if isinstance(former, Mapping)
            else former
            for key, former in self.param_history.items()
        }
        object.__setattr__(self, "param_history", history)

    @property
    def amiss(self) -> tuple[str, ...]:
        """Why it is doubtful, in sentences: what it began on, rows in training and test."""
        return (*self.flags.values(), *self.leaks.values())

    def __repr__(self) -> str:
        number = f"#{self.run_number} " if self.run_number else ""
        return f"<RunRecord {number}{self.run_name} {self.state.value}>"

    @property
    def duration(self) -> float | None:
        """Seconds from start to end; None while it runs."""
        return None if self.end_time is None else (self.end_time - self.start_time) / 1000
