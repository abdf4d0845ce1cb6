"""Moments and spans of a run that somebody gave a name."""

from __future__ import annotations

from dataclasses import dataclass

from cellbook.records.base import Record


@dataclass(frozen=True, slots=True)
class Milestone(Record):
    """A named moment of a run; times are milliseconds since 1970 (UTC)."""

    milestone_id: str
    run: str
    name: str
    time: int
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Stage(Record):
    """A named span of a run; one without an end lasts until the run's own."""

    stage_id: str
    run: str
    name: str
    start_time: int
    start_step: int | None = None
    end_time: int | None = None
    end_step: int | None = None
