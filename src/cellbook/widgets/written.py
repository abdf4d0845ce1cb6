"""What lies in a page of its own: the answers to what its panels may ask.

The panels are those of a notebook, and ask as they do there.  An answer is kept with what it is
known by, a part of its question: the page takes the first one that agrees.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cellbook.answers import (
    ComparisonQuery,
    CorrelationQuery,
    ImportanceQuery,
    LinesQuery,
    Reader,
    RelationsQuery,
    SurfaceQuery,
    compare,
    correlation,
    draw_lines,
    importance,
    relations,
    show_runs_data,
    surface,
)
from cellbook.errors import InvalidInput
from cellbook.views.lines import AXES, BANDS
from cellbook.views.relations import Part, Relations
from cellbook.views.wire import encode

if TYPE_CHECKING:
    from cellbook.book import Book

_METRICS = 40
"""Metrics of one panel whose curves lie in the page; the rest is in its table."""
_RELATED = 1_000
"""Runs whose params and metrics lie in the page, to be drawn against one another."""
_BEYOND = (
    "This page holds the curves of {held} metrics. Those of {beyond} more are left out: open the "
    "book in Jupyter to see them."
)
_UNRELATED = "Relations of {count:,} runs are left out of this page: it holds up to {most:,}."
_TABS = ("curves", "relations", "data")
_ELSEWHERE = (
    "The tab that was open, {tab}, is not in this page: it holds tables, curves, relations, data."
)

Answer = list[Any]
"""The name of a question, what it is known by, and the answer."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A panel of a page."""

    title: str
    runs: Sequence[str]
    """Ids of its runs."""
    look: Mapping[str, Any] = field(default_factory=dict)
    """How they are looked at, in the front end's words; by any hand, and of any version."""
    problem: str = ""
    """Why it has no runs."""
    width: str = "full"
    """``full`` or ``half``."""


def written_panel(book: Book, placed: Placed) -> dict[str, Any]:
    """Return a panel as it lies in a page, to be written as JSON."""
    runs, look = tuple(placed.runs), placed.look
    shown = {
        "title": placed.title,
        "width": placed.width,
        "runs": list(runs),
        "look": {**look, "tab": look.get("tab") if look.get("tab") in _TABS else "curves"},
        "problem": placed.problem,
        "answers": [],
    }
    if not runs:
        return shown
    reader = Reader(book)
    try:
        found = compare(reader, ComparisonQuery(runs, _baseline(runs, look)))
    except InvalidInput as error:
        return {**shown, "runs": [], "problem": str(error)}
    held = _held(found.metrics, look)
    notes = []
    if beyond := len(found.metrics) - len(held):
        notes.append(_BEYOND.format(held=len(held), beyond=beyond))
    if len(runs) > _RELATED:
        notes.append(_UNRELATED.format(count=len(runs), most=_RELATED))
    if look.get("tab") in ("code", "media", "details"):
        notes.append(_ELSEWHERE.format(tab=look["tab"]))
    answers = [
        _answer("compare", {}, replace(found, metrics=held)),
        *_lines(reader, runs, held, look),
        *_data(reader, runs, look),
    ]
    if 1 < len(runs) <= _RELATED:
        answers += _relations(reader, runs, held, look)
    return {**shown, "answers": answers, "notes": notes}


def _answer(question: str, known: Mapping[str, Any], found: Any) -> Answer:
    return [question, dict(known), json.loads(encode(found))]


def _held(metrics: Sequence[str], look: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the metrics whose curves lie in the page, the one that is looked at among them."""
    held = tuple(metrics[:_METRICS])
    wanted = look.get("metric")
    if wanted in metrics and wanted not in held:
        return (*held[:-1], str(wanted))
    return held


def _baseline(runs: Sequence[str], look: Mapping[str, Any]) -> int:
    wanted = look.get("baseline")
    return runs.index(wanted) if wanted in runs else 0


# -- curves ------------------------------------------------------------------------------------


def _lines(
    reader: Reader, runs: Sequence[str], metrics: Sequence[str], look: Mapping[str, Any]
) -> Iterator[Answer]:
    """Yield the curves over each axis, smoothed and grouped as they are looked at."""
    drawn = _drawn(look)
    asked: list[dict[str, Any]] = []
    window = _span(look.get("window"))
    axis = look.get("axis") if look.get("axis") in AXES else "step"
    if window is not None:
        wanted = look.get("metric")
        near = metrics if look.get("all") is True else [m for m in metrics if m == wanted]
        for metric in near or metrics[:1]:
            asked.append({"metric": metric, "axis": axis, "low": window[0], "high": window[1]})
    asked += [{"metric": metric, "axis": each} for metric in metrics for each in AXES]
    for known in asked:
        query = LinesQuery(tuple(runs[:_DRAWN]), points=_POINTS, **known, **drawn)
        yield _answer("lines", known, draw_lines(reader, query))


_DRAWN = 40
"""Runs whose curves are drawn, as in the panels themselves (models/comparison.ts)."""
_POINTS = 600


def _drawn(look: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a look says how curves are reckoned, where it is of its kind."""
    smoothing, group, band = (look.get(name) for name in ("smoothing", "group", "band"))
    drawn: dict[str, Any] = {}
    if isinstance(smoothing, (int, float)) and 0 <= smoothing < 1:
        drawn["smoothing"] = float(smoothing)
    if isinstance(group, str) and group.partition(".")[0] in ("params", "tags"):
        drawn["group"] = group
    if band in BANDS:
        drawn["band"] = band
    return drawn


def _span(window: Any) -> tuple[float, float] | None:
    """Return a part of an axis; None where it is none."""
    match window:
        case [int() | float() as low, int() | float() as high] if math.isfinite(high - low):
            return (low, high)
    return None


# -- data --------------------------------------------------------------------------------------


def _data(reader: Reader, runs: tuple[str, ...], look: Mapping[str, Any]) -> Iterator[Answer]:
    """Yield which data the runs used, where they say it."""
    found = show_runs_data(reader, ComparisonQuery(runs, _baseline(runs, look)))
    if found.rows:
        yield _answer("compare-data", {}, found)


# -- relations ---------------------------------------------------------------------------------


def _relations(
    reader: Reader, runs: tuple[str, ...], metrics: Sequence[str], look: Mapping[str, Any]
) -> Iterator[Answer]:
    """Yield what pictures of relations are made of; what takes long, of the one that is seen."""
    related = look.get("relations")
    shown: Mapping[str, Any] = related if isinstance(related, dict) else {}
    texts = [one for one in shown.values() if isinstance(one, str)]
    axes = shown.get("axes")
    texts += [one for one in axes if isinstance(one, str)] if isinstance(axes, list) else []
    wanted = sorted({one for one in texts if "." in one})
    found = relations(reader, RelationsQuery(runs, json.dumps(wanted)))
    yield _answer("relations", {}, found)
    metric = _led(found, shown, metrics, look)
    yield _answer("correlation", {}, correlation(reader, CorrelationQuery(runs, metric)))
    picture = shown.get("picture")
    if picture == "importance" and metric:
        method = str(shown.get("method") or "")
        query = ImportanceQuery(runs, metric, method)
        yield _answer("importance", {"metric": metric}, importance(reader, query))
    if picture == "contour" and metric:
        x, y = _sides(found, shown)
        if x and y:
            asked = {"x": x, "y": y, "z": metric}
            yield _answer("surface", asked, surface(reader, SurfaceQuery(runs, **asked)))


def _led(
    found: Relations, shown: Mapping[str, Any], metrics: Sequence[str], look: Mapping[str, Any]
) -> str:
    """Return the metric that leads, as the front end finds it (models/relations.ts)."""
    there = [one for one in found.columns if one.part is Part.METRICS]
    names = [one.name for one in there]
    seen = look.get("metric") if look.get("metric") in metrics else next(iter(metrics), "")
    directed = [one.name for one in there if one.direction is not None]
    guesses = [shown.get("colour"), f"metrics.{seen}", *directed, *names]
    return next((one for one in guesses if one in names), "")


def _sides(found: Relations, shown: Mapping[str, Any]) -> tuple[str, str]:
    """Return the two params of a contour, as the front end finds them."""
    params = [one.name for one in found.columns if one.part is Part.PARAMS and one.numeric]
    x = next((one for one in (shown.get("across"), *params) if one in params), "")
    y = next((one for one in (shown.get("up"), *params) if one in params and one != x), "")
    return x, y
