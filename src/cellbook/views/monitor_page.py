"""Reads how an endpoint does: one look at its newest windows."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from tinydb import where

from cellbook.errors import InvalidInput
from cellbook.monitoring import Alarms, DriftReport, Measured, Predictions, WindowReport
from cellbook.monitoring.predictions import LABELS, SHADOW
from cellbook.records import AlarmStep, PredictionChunk
from cellbook.store import Store
from cellbook.views import formatting
from cellbook.views.monitor_bars import bars_of
from cellbook.views.monitor_labels import (
    PREDICTION,
    Labelled,
    estimates,
    groups,
    labelled,
    measures,
    score_of,
)
from cellbook.views.monitor_windows import (
    Base,
    SketchedWindow,
    compared,
    earlier,
    length_of,
    sketched_windows,
)
from cellbook.views.monitoring import (
    MonitorAlarm,
    MonitorColumn,
    MonitorEvent,
    MonitorFinding,
    MonitorPage,
    MonitorState,
    MonitorWindow,
)

_OUTPUT = "output."
_ENOUGH = 50
"""Predictions of a window that is shown without being asked for, if any window has as many."""
_EVENTS = 20
_HAPPENED = (AlarmStep.RAISED, AlarmStep.STILL, AlarmStep.CLEARED)
_LISTED = 4


@dataclass(frozen=True, slots=True)
class Look:
    """What of an endpoint is looked at."""

    endpoint: str
    model: str = ""
    """The version that alone counts; empty for all."""
    seconds: float = 0.0
    """How long a window is; 0 chooses."""
    at: int | None = None
    """When the window begins that is shown; None for the newest that has enough rows."""
    metrics: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    """Columns that groups are made of."""
    score: str = ""
    """The output that is the probability of the positive class."""
    arm: str = ""
    """The arm that alone counts, as it is on record; empty for all but shadows."""
    most: int = 0
    """How many of the newest windows are looked at, at most; 0 chooses."""


def monitor_page(
    store: Store, look: Look, base: Base | None = None, *, now: int | None = None
) -> MonitorPage:
    """Return how an endpoint does.

    Parameters
    ----------
    store
        The book's memory.
    look
        What is looked at.
    base
        What inputs are compared with; None means the windows before.
    now
        The time, in milliseconds since 1970; None asks the clock.

    Raises
    ------
    InvalidInput
        If a metric, column or output was asked for that is not there.
    """
    moment = time.time_ns() // 1_000_000 if now is None else now
    predictions = Predictions(store)
    chunks = [
        one
        for one in predictions.chunks(look.endpoint)
        if (not look.model or look.model in one.models) and _counts(one, look.arm)
    ]
    if not chunks:
        return _without(store, look, moment, predictions.endpoints())
    seconds = look.seconds or length_of(chunks)
    windows = sketched_windows(
        predictions, look.endpoint, chunks, seconds, model=look.model, arm=look.arm,
        most=look.most,
    )  # fmt: skip
    if not windows:
        return _without(store, look, moment, predictions.endpoints())
    return _Reading(store, look, base, moment, chunks, seconds, windows).page()


class _Reading:
    """One look at an endpoint that has predictions."""

    def __init__(
        self,
        store: Store,
        look: Look,
        base: Base | None,
        now: int,
        chunks: Sequence[PredictionChunk],
        seconds: float,
        windows: Sequence[SketchedWindow],
    ) -> None:
        self._store = store
        self._look = look
        self._base = base
        self._now = now
        self._chunks = chunks
        self._seconds = seconds
        self._windows = windows
        self._place = self._chosen()
        self._shown = windows[self._place]
        self._inputs = _names(windows, outputs=False)
        self._outputs = _names(windows, outputs=True)

    def page(self) -> MonitorPage:
        """Return all of it."""
        told = self._labels()
        reports = [self._report(place) for place in range(len(self._windows))]
        columns = self._columns(reports[self._place])
        found = self._of_labels(told)
        shown = found.get("windows", {})
        rows = [
            MonitorWindow(
                start=one.start,
                end=one.end,
                rows=one.sketch.rows,
                labelled=shown.get(one.start, ((), 0))[1],
                compared=bool(reports[place]),
                drifted=tuple(
                    dict.fromkeys(
                        column.name
                        for report, _ in reports[place]
                        for column in report.columns
                        if column.drifted
                    )
                ),
                measured=shown.get(one.start, ((), 0))[0],
            )
            for place, one in enumerate(self._windows)
        ]
        alarms = self._alarms(rows[self._place], reports[self._place])
        told_of = self._base or earlier(self._windows[: self._place])
        page = MonitorPage(
            endpoint=self._look.endpoint,
            model=self._look.model,
            arm=self._look.arm,
            state=MonitorState.UNSURE,
            summary="",
            now=self._now,
            seconds=self._seconds,
            models=_models(self._chunks, self._windows),
            rows=sum(one.rows for one in rows),
            dropped=sum(one.dropped for one in self._chunks),
            labelled=sum(one.labelled for one in rows),
            first=self._windows[0].start,
            last=max(one.last for one in self._chunks),
            reference="" if told_of is None else told_of.told,
            windows=tuple(rows),
            shown=self._shown.start,
            columns=columns,
            metric=told.metric if told is not None else "",
            less=told.less if told is not None else False,
            unmeasured=found.get("unmeasured", ""),
            estimates=found.get("estimates", ()),
            unestimated=found.get("unestimated", ""),
            slices=found.get("slices", ()),
            unsliced=found.get("unsliced", ""),
            alarms=alarms,
            events=_events(self._store, self._look.endpoint),
        )
        state, summary = _stand(page)
        return replace(page, state=state, summary=summary)

    def _chosen(self) -> int:
        if self._look.at is not None:
            for place, one in enumerate(self._windows):
                if one.start <= self._look.at < one.end:
                    return place
        enough = [place for place, one in enumerate(self._windows) if one.sketch.rows >= _ENOUGH]
        return enough[-1] if enough else len(self._windows) - 1

    # -- drift -------------------------------------------------------------------------------------

    def _report(self, place: int) -> list[tuple[DriftReport, str]]:
        """Return how a window differs, and from what where that is not the reference.

        Outputs that the reference lacks, as it is made of training data mostly, are compared with
        those of the windows before.
        """
        window = self._windows[place]
        past = earlier(self._windows[:place])
        if self._base is None:
            names = [*self._inputs, *self._outputs]
            return [(compared(past, window, names), "")] if past is not None else []
        known = [
            name for name in self._base.sketch.columns
            if not name.startswith(_OUTPUT) or name in self._outputs
        ]  # fmt: skip
        # What nobody knew of at training time is told once, as a column that is new.
        new = [name for name in self._inputs if name not in self._base.sketch.columns]
        found = [(compared(self._base, window, [*known, *new]), "")]
        others = [name for name in self._outputs if name not in self._base.sketch.columns]
        if past is not None and others:
            found.append((compared(past, window, others), past.told))
        return found

    def _columns(self, reports: list[tuple[DriftReport, str]]) -> tuple[MonitorColumn, ...]:
        past = earlier(self._windows[: self._place])
        found = []
        for report, against in reports:
            base = past if against or self._base is None else self._base
            for one in report.columns:
                before = base.sketch.columns.get(one.name) if base is not None else None
                found.append(
                    MonitorColumn(
                        name=one.name,
                        output=one.name.startswith(_OUTPUT),
                        against=against,
                        drifted=one.drifted,
                        numeric=one.numeric,
                        findings=tuple(
                            MonitorFinding(
                                each.kind.value, each.alarm, each.message, each.p_adjusted
                            )
                            for each in one.findings
                        ),
                        effect=one.psi,
                        missing_reference=one.missing_reference,
                        missing_window=one.missing_window,
                        untested=one.untested,
                        bars=bars_of(before, self._shown.sketch.columns.get(one.name)),
                    )
                )
        found.sort(key=lambda one: (not one.drifted, -_moved(one), _least(one), one.name))
        return tuple(found)

    # -- labels ------------------------------------------------------------------------------------

    def _labels(self) -> Labelled | None:
        """Return predictions with their labels; None where no label ever came."""
        by = self._by()
        query = where("endpoint") == self._look.endpoint
        if next(iter(self._store.select(LABELS, query, limit=1)), None) is None:
            if self._look.metrics or self._look.score:
                labelled(pd.DataFrame({"label": []}), "", self._look.metrics)
                score_of(self._outputs, self._look.score)
            return None
        score = score_of(self._outputs, self._look.score)
        frame = Predictions(self._store).frame(
            self._look.endpoint,
            since=self._windows[0].start,
            until=self._windows[-1].end,
            model=self._look.model or None,
            columns=[
                *(one for one in self._outputs if one == score or one.startswith(PREDICTION)),
                *(self._outputs if len(self._outputs) == 1 else ()),
                *by,
                *(f"input.{name}" for name in self._categories()),
            ],
            arm=self._look.arm or None,
            shadows=bool(self._look.arm),
        )
        return labelled(frame, score, self._look.metrics)

    def _by(self) -> list[str]:
        """Return the columns that groups are asked of, as a frame of predictions has them.

        Raises
        ------
        InvalidInput
            If one is not there.
        """
        found = []
        for name in self._look.by:
            column = name if name.startswith(_OUTPUT) else f"input.{name.removeprefix('input.')}"
            if column.removeprefix("input.") not in (*self._inputs, *self._outputs):
                raise InvalidInput(
                    f"There is no column {name!r} to make groups by. There are "
                    f"{', '.join([*self._inputs, *self._outputs])}."
                )
            found.append(column)
        return found

    def _categories(self) -> dict[str, int]:
        """Return inputs that are no numbers, and how many values each has."""
        found: dict[str, set[str]] = {}
        for window in self._windows:
            for name, column in window.sketch.columns.items():
                if name in self._inputs and column.categories.total and not column.numeric:
                    found.setdefault(name, set()).update(column.categories.counts)
        return {name: len(values) for name, values in found.items()}

    def _of_labels(self, told: Labelled | None) -> dict[str, Any]:
        if told is None:
            return {}
        begins = told.frame["time"].dt.as_unit("ms").astype("int64").to_numpy()
        known = told.frame["label"].notna().to_numpy()
        by_window, unmeasured = {}, told.unmeasured
        for one in self._windows:
            rows = (begins >= one.start) & (begins < one.end)
            measured, why = measures(told, rows)
            by_window[one.start] = (measured, int((rows & known).sum()))
            unmeasured = unmeasured or why
        inside = (begins >= self._shown.start) & (begins < self._shown.end)
        past = earlier(self._windows[: self._place])
        inputs = None if past is None else compared(past, self._shown, self._inputs)
        estimated, unestimated = estimates(told, begins < self._shown.start, inside, inputs)
        sliced, unsliced = groups(told, self._by(), self._categories())
        return {
            "windows": by_window,
            "unmeasured": unmeasured,
            "estimates": estimated,
            "unestimated": unestimated,
            "slices": sliced,
            "unsliced": unsliced,
        }

    # -- alarms ------------------------------------------------------------------------------------

    def _alarms(
        self, window: MonitorWindow, reports: list[tuple[DriftReport, str]]
    ) -> tuple[MonitorAlarm, ...]:
        alarms = Alarms(self._store, self._look.endpoint)
        seen = WindowReport(
            window.start,
            window.end,
            window.rows,
            reports[0][0] if reports else None,
            {
                one.metric: Measured(one.metric, one.value, one.low, one.high, one.rows)
                for one in window.measured
            },
        )
        found = []
        for rule in alarms.rules():
            state = alarms.state(rule.name)
            try:
                value = seen.reading(rule.signal).value
            except InvalidInput:
                value = math.nan
            found.append(
                MonitorAlarm(
                    name=rule.name,
                    rule=str(rule),
                    raised=state.raised,
                    broken=sum(state.recent),
                    looked=len(state.recent),
                    seen=state.seen,
                    value=None if math.isnan(value) else value,
                )
            )
        found.sort(key=lambda one: (one.raised is None, -one.broken, one.name))
        return tuple(found)


def _names(windows: Sequence[SketchedWindow], *, outputs: bool) -> tuple[str, ...]:
    every = dict.fromkeys(name for one in windows for name in one.sketch.columns)
    return tuple(name for name in every if name.startswith(_OUTPUT) is outputs)


def _counts(chunk: PredictionChunk, arm: str) -> bool:
    if arm:
        return arm in chunk.arms
    # Nobody was answered by a shadow.
    return not chunk.arms or not all(one.endswith(SHADOW) for one in chunk.arms)


def _models(
    chunks: Sequence[PredictionChunk], windows: Sequence[SketchedWindow]
) -> tuple[str, ...]:
    newest = [one for one in chunks if one.last >= windows[0].start]
    return tuple(sorted({model for one in newest for model in one.models if model}))


def _moved(column: MonitorColumn) -> float:
    """Return how far a column has moved; what drifted without a number, as it is gone, most."""
    if column.effect is None:
        return math.inf if column.drifted else 0.0
    return column.effect


def _least(column: MonitorColumn) -> float:
    return min((one.p_adjusted for one in column.findings if one.p_adjusted is not None), default=1)


def _events(store: Store, endpoint: str) -> tuple[MonitorEvent, ...]:
    told = Alarms(store, endpoint).events(limit=20 * _EVENTS)
    return tuple(
        MonitorEvent(
            event_id=one.event_id,
            time=one.reading.time,
            rule=one.rule,
            step=one.step,
            message=one.message,
            delivery=one.delivery,
            details=one.details,
        )
        for one in told
        if one.step in _HAPPENED
    )[:_EVENTS]


def _without(store: Store, look: Look, now: int, others: Sequence[str]) -> MonitorPage:
    """Return the page of an endpoint of which nothing is on record."""
    of = " of ".join(["", *filter(None, [look.arm, look.model])])
    there = [one for one in others if one != look.endpoint]
    known = f" There are those of {', '.join(there[:8])}." if there else ""
    return MonitorPage(
        endpoint=look.endpoint, model=look.model, arm=look.arm, state=MonitorState.UNSURE,
        summary=f"No predictions{of} are on record yet.{known} `%serve MODEL --record` keeps them.",
        now=now, seconds=look.seconds, models=(), rows=0, dropped=0, labelled=0, first=None,
        last=None, reference="", windows=(), shown=None, columns=(), metric="", less=False,
        unmeasured="", estimates=(), unestimated="", slices=(), unsliced="", alarms=(),
        events=_events(store, look.endpoint),
    )  # fmt: skip


def _stand(page: MonitorPage) -> tuple[MonitorState, str]:
    """Return how an endpoint stands, and the sentence that says so."""
    shown = next(one for one in page.windows if one.start == page.shown)
    raised = [one for one in page.alarms if one.raised is not None]
    rows = formatting.plural(shown.rows, "prediction")
    if raised:
        since = formatting.age(min(one.raised for one in raised if one.raised), page.now)
        names = "; ".join(one.name for one in raised[:_LISTED])
        more = f" and {len(raised) - _LISTED} more" if len(raised) > _LISTED else ""
        return MonitorState.ALARM, f"{names}{more}: since {since}."
    drifted = list(shown.drifted)
    if drifted:
        names = ", ".join(drifted[:_LISTED])
        more = f" and {len(drifted) - _LISTED} more" if len(drifted) > _LISTED else ""
        return (
            MonitorState.DRIFT,
            f"{len(drifted)} of {formatting.plural(len(page.columns), 'column')} drifted in "
            f"{rows}: {names}{more}.",
        )
    if not shown.compared and not page.metric:
        return MonitorState.UNSURE, (
            f"{rows} on record, and nothing to compare them with yet: there is no reference, and "
            "no window before."
        )
    untested = [one for one in page.columns if one.untested]
    if page.columns and len(untested) == len(page.columns):
        return MonitorState.UNSURE, f"Only {rows}: too few to tell."
    rules = formatting.plural(len(page.alarms), "rule") + " kept" if page.alarms else "no rules"
    looked = f"{formatting.plural(len(page.columns), 'column')} as before" if page.columns else ""
    return MonitorState.FINE, f"{rows}: {', '.join(filter(None, [looked, rules]))}."
