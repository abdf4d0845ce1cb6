"""Milestones and stages of runs, where they lie along the axis of a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from cellbook.records import RunRecord
from cellbook.store import Series, Store
from cellbook.views.moments import milestones_of, stages_of

_MARKS = 100
"""Milestones and stages that a picture has room for."""


@dataclass(frozen=True, slots=True)
class LineMark:
    """A milestone, or a stage, of one of the runs, where it lies on the axis."""

    number: int
    """The run's."""
    name: str
    start: float
    end: float | None
    """Where a stage ends; None for a milestone."""


def marks_along(
    store: Store, found: Sequence[tuple[RunRecord, Series]], axis: str
) -> Iterator[LineMark]:
    """Yield what runs passed and went through along an axis, run by run.

    Parameters
    ----------
    store
        The book's memory.
    found
        The runs, each with the points of the metric that is drawn.
    axis
        ``step``, ``relative`` or ``wall``.
    """
    records = [record for record, _ in found]
    milestones, stages = milestones_of(store, records), stages_of(store, records)
    for record, series in found:
        number = record.run_number
        at = partial(_place, record, series, axis)
        for moment in milestones.get(record.run_id, ()):
            yield LineMark(number, moment.name, at(moment.time, moment.step), None)
        for stage in stages.get(record.run_id, ()):
            end = stage.start_time if stage.end_time is None else stage.end_time
            yield LineMark(
                number,
                stage.name,
                at(stage.start_time, stage.start_step),
                at(end, stage.end_step),
            )


def shared_out(marks: Sequence[LineMark]) -> list[LineMark]:
    """Return as many marks as there is room for: of each run as many as of any other, about."""
    if len(marks) <= _MARKS:
        return list(marks)
    seen: Counter[int] = Counter()
    turns = []
    for mark in marks:
        turns.append(seen[mark.number])
        seen[mark.number] += 1
    kept = sorted(sorted(range(len(marks)), key=lambda place: turns[place])[:_MARKS])
    return [marks[place] for place in kept]


def _place(record: RunRecord, series: Series, axis: str, time: int, step: int | None) -> float:
    """Return where a moment lies; without a step, at the last point that had been logged by it."""
    if axis == "wall":
        return float(time)
    if axis == "relative":
        return (time - record.start_time) / 1000
    if step is not None:
        return float(step)
    before = int((series.times <= time).sum())
    return float(series.steps[max(before - 1, 0)])
