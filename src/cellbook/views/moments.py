"""Goals, milestones and stages of runs, as they are told beside params and drawn over curves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tinydb.queries import QueryInstance, where

from cellbook.records import Direction, Milestone, RunRecord, Stage, from_doc
from cellbook.store import Store
from cellbook.tracking import metric_rules


@dataclass(frozen=True, slots=True)
class GoalStanding:
    """How a run stands to the goal of one of its metrics."""

    name: str
    goal: float
    direction: Direction
    value: float
    """The run's score: its last value unless the metric's definition says otherwise."""
    reached: bool


def goals_of(store: Store, record: RunRecord) -> tuple[GoalStanding, ...]:
    """Return how a run stands to the goals of its metrics, by name."""
    rules = metric_rules(store)
    found = []
    for name in sorted(record.metrics):
        definition, value = rules.get(name), rules.value(name, record.metrics, record.stats)
        reached = rules.reached(name, value)
        if definition is not None and definition.way is not None and reached is not None:
            goal = definition.goal or 0.0
            found.append(GoalStanding(name, goal, definition.way, value, reached))
    return tuple(found)


def milestones_of(store: Store, records: Sequence[RunRecord]) -> dict[str, tuple[Milestone, ...]]:
    """Return the milestones of some runs, by run id, the oldest first; runs without any left out.

    Times are milliseconds since 1970, as a run's `start_time` is.
    """
    found: dict[str, list[Milestone]] = {}
    for _, _, doc in store.select("milestones", _of(records)):
        found.setdefault(doc["run"], []).append(from_doc(Milestone, doc))
    return {
        run: tuple(sorted(ones, key=lambda one: (one.time, one.milestone_id)))
        for run, ones in found.items()
    }


def stages_of(
    store: Store, records: Sequence[RunRecord], *, now: int | None = None
) -> dict[str, tuple[Stage, ...]]:
    """Return the stages of some runs, by run id, the oldest first; runs without any left out.

    A stage that nobody ended lasts until its run ended, or until `now` (None asks the clock):
    `end_time` is never None here.
    """
    now = time.time_ns() // 1_000_000 if now is None else now
    ends = {record.run_id: record.end_time or now for record in records}
    found: dict[str, list[Stage]] = {}
    for _, _, doc in store.select("stages", _of(records)):
        stage = from_doc(Stage, doc)
        end = ends[stage.run] if stage.end_time is None else stage.end_time
        found.setdefault(stage.run, []).append(replace(stage, end_time=max(end, stage.start_time)))
    return {
        run: tuple(sorted(ones, key=lambda one: (one.start_time, one.stage_id)))
        for run, ones in found.items()
    }


def _of(records: Sequence[RunRecord]) -> QueryInstance:
    return where("run").one_of([record.run_id for record in records])
