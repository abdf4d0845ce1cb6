"""Runs beside one another: their facts, and their curves."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from cellbook.answers.base import Ask, Hint
from cellbook.errors import InvalidInput, NotFound, StoreCorrupt
from cellbook.records import RunRecord
from cellbook.views.comparison import RunComparison, compare_runs, runs_to_compare
from cellbook.views.lines import CurveLines, curve_lines
from cellbook.views.runs_table import records_by_id
from cellbook.views.series import Curve, curves

MOST = 100
"""Runs that one answer compares or draws."""

Runs = Annotated[tuple[str, ...], Hint("Ids, numbers or names of runs, with commas between them.")]
Metric = Annotated[str, Hint("As records name it: `loss` or `loss{split=val}`.")]
Points = Annotated[int, Hint("At most so many points a curve.", 10, 10_000)]


@dataclass(frozen=True, slots=True)
class ComparisonQuery:
    """Which runs to compare."""

    runs: Runs = ()
    baseline: Annotated[int, Hint("The place in `runs` of the one to compare with.", 0)] = 0


@dataclass(frozen=True, slots=True)
class CurvesQuery:
    """Which curves."""

    runs: Runs
    metric: Metric
    points: Points = 600


@dataclass(frozen=True, slots=True)
class LinesQuery:
    """Which lines to draw, and how."""

    runs: Runs
    metric: Metric
    points: Points = 600
    axis: Annotated[str, Hint("`step`, `relative` (seconds since each run began) or `wall`.")] = (
        "step"
    )
    smoothing: Annotated[float, Hint("Weight of what came before, from 0 to below 1.")] = 0.0
    group: Annotated[str, Hint("Such as `params.lr`: one line for all runs that share it.")] = ""
    band: Annotated[str, Hint("Round a group's mean: `std`, `range`, `ci` (95 %) or `none`.")] = (
        "std"
    )
    low: Annotated[float | None, Hint("Where the axis begins; for a look at a part of it.")] = None
    high: Annotated[float | None, Hint("Where the axis ends.")] = None


def compare(ask: Ask, query: ComparisonQuery) -> RunComparison:
    """Compare runs; without any named, the newest few of the experiment that ran last."""
    records, baseline, missing = find_compared(ask, query)
    found = compare_runs(ask.book.store, records, baseline=baseline)
    return dataclasses.replace(found, missing=tuple(missing))


def find_compared(ask: Ask, query: ComparisonQuery) -> tuple[list[RunRecord], int, list[str]]:
    """Return the records of runs to compare, the place of the baseline among them, and a sentence
    on each run that is not there.

    Raises
    ------
    InvalidInput
        If there are none, or too many, or the baseline is none of them.
    """
    book = ask.book
    book.refresh()
    _check_number(query.runs)
    wanted = list(query.runs) or [one.run_id for one in runs_to_compare(book.store)]
    records, missing = find_all(ask, wanted)
    if not records:
        raise InvalidInput(" ".join(missing) or "There are no runs to compare. Name two.")
    if query.baseline >= len(wanted):
        raise InvalidInput(
            f"`baseline` is the place of a run, from 0 to {len(wanted) - 1}; not {query.baseline}."
        )
    # Where the baseline itself is gone, the first one stands for it.
    before, _ = find_all(ask, wanted[: query.baseline])
    there, _ = find_all(ask, [wanted[query.baseline]])
    return records, len(before) if there else 0, missing


def draw_curves(ask: Ask, query: CurvesQuery) -> list[Curve]:
    """Return a metric's curve for each of some runs that has it, thinned for drawing."""
    _check_number(query.runs)
    records, _ = find_all(ask, query.runs)
    return curves(ask.book.store, records, query.metric, points=query.points)


def draw_lines(ask: Ask, query: LinesQuery) -> CurveLines:
    """Return the lines of a metric as a picture has them: smoothed, grouped, thinned."""
    _check_number(query.runs)
    return curve_lines(
        ask.book.store,
        find_all(ask, query.runs)[0],
        query.metric,
        points=query.points,
        axis=query.axis,
        smoothing=query.smoothing,
        group=query.group,
        band=query.band,
        low=query.low,
        high=query.high,
    )


def find_all(ask: Ask, runs: Sequence[str]) -> tuple[list[RunRecord], list[str]]:
    """Return the records of some runs, and a sentence on each that is not there or not readable."""
    book, records, missing = ask.book, [], []
    book.refresh()
    # Panels name runs by their ids, which are found together.
    known = records_by_id(book.store, runs) if runs else {}
    for target in runs:
        try:
            records.append(known.get(target) or book.find_run(target))
        except (NotFound, StoreCorrupt) as error:
            missing.append(str(error))
    return records, missing


def _check_number(runs: Sequence[str]) -> None:
    if len(runs) > MOST:
        raise InvalidInput(f"{len(runs)} runs are too many at once. Name at most {MOST}.")
