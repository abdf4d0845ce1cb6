"""One look at an endpoint, window by window: drift, performance, and what alarm rules read."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cellbook.errors import InvalidInput
from cellbook.monitoring.batches import INPUT
from cellbook.monitoring.drift import ColumnDrift, DriftReport, drift
from cellbook.monitoring.estimating import Estimated, Estimator
from cellbook.monitoring.measures import Measured, Outcome, measure
from cellbook.monitoring.performance import Columns, of_all, of_one_kind, outcome_of
from cellbook.monitoring.predictions import Moment, Predictions, window_length
from cellbook.monitoring.sketches import Sketch
from cellbook.records import AlarmReading

_COLUMNS = Columns()


@dataclass(frozen=True, slots=True)
class WindowReport:
    """What there is to say of one window."""

    start: int
    """In milliseconds since 1970."""
    end: int
    rows: int
    """Predictions that were recorded."""
    drift: DriftReport | None = None
    """Against the reference; None where there was none."""
    measured: Mapping[str, Measured] = field(default_factory=dict)
    """By metric, of the predictions that have a label."""
    estimated: Mapping[str, Estimated] = field(default_factory=dict)
    """By metric, of all predictions, without labels."""

    def reading(self, signal: str) -> AlarmReading:
        """Return what an alarm rule reads.

        Parameters
        ----------
        signal
            ``rows``; ``drift`` (1 where any column raises an alarm, else 0), ``drift.share`` (of
            columns that do), ``drift:COLUMN`` (1 or 0), ``psi:COLUMN``, ``missing:COLUMN`` (a
            share); a metric; ``estimated:METRIC``, which has no value where it is not believed.

        Raises
        ------
        InvalidInput
            If there is no such signal in the report.
        """
        kind, _, name = signal.partition(":")
        if kind == "rows":
            return AlarmReading(self.end, float(self.rows), self.rows)
        if signal in self.measured:
            one = self.measured[signal]
            return AlarmReading(self.end, one.value, one.rows, one.low, one.high)
        if kind == "estimated" and name in self.estimated:
            other = self.estimated[name]
            value = other.value if other.believed else math.nan
            return AlarmReading(self.end, value, other.rows, other.low, other.high)
        if self.drift is not None and kind in ("drift", "drift.share") and not name:
            share = self.drift.share
            value = share if kind == "drift.share" else float(self.drift.drifted)
            return AlarmReading(self.end, value, self.rows)
        if self.drift is not None and kind in ("drift", "psi", "missing"):
            column = next((one for one in self.drift.columns if one.name == name), None)
            if column is not None:
                return AlarmReading(self.end, _told(kind, column), self.rows)
        raise InvalidInput(
            f"The window has no signal {signal!r}. There are rows, drift, drift.share, "
            "drift:COLUMN, psi:COLUMN, missing:COLUMN, estimated:METRIC and the metrics "
            f"{', '.join(self.measured) or '(none was asked for)'}."
        )


def watch(
    predictions: Predictions,
    endpoint: str,
    seconds: float,
    *,
    reference: Sketch | None = None,
    metrics: Sequence[str] = (),
    estimator: Estimator | None = None,
    columns: Columns = _COLUMNS,
    since: Moment | None = None,
    until: Moment | None = None,
    model: str | None = None,
    arm: str | None = None,
    unfinished: bool = False,
    alpha: float = 0.05,
    now: int | None = None,
) -> list[WindowReport]:
    """Return what there is to say of an endpoint's windows, the oldest first.

    Parameters
    ----------
    predictions, endpoint
        Whose predictions.
    seconds
        How long a window is; windows begin at whole multiples since 1970.
    reference
        What inputs (and outputs, where it has them) are compared with; its columns are called as
        inputs are, outputs ``output.NAME``.
    metrics
        What is measured of predictions with labels; see :func:`measure`.
    estimator
        Estimates the same metrics, as far as it can, from the column of scores.
    columns
        Which columns say what.
    since, until, model, arm
        Of which predictions; see :meth:`Predictions.parts`.  Those of shadows only where `arm` is
        one's.
    unfinished
        Whether the window that is under way is reported as well.
    alpha
        See :func:`drift`.
    now
        The time, in milliseconds since 1970; None asks the clock.
    """
    length = window_length(seconds)
    moment = time.time_ns() // 1_000_000 if now is None else now
    which: dict[str, Any] = {"since": since, "until": until, "model": model, "arm": arm}
    # Nobody was answered by a shadow: it counts only where it is asked for.
    which["shadows"] = arm is not None
    known = {} if reference is None else reference.columns

    def name(label: str) -> str:
        if label.startswith(INPUT):
            return label.removeprefix(INPUT)
        # Of outputs only those that the reference has: it is made of training data, mostly.
        return label if label in known else ""

    sketches = predictions.sketches(endpoint, seconds, name=name, **which)
    wanted = [one for one in (columns.prediction, columns.score) if one]
    parts: dict[int, pd.DataFrame] = {}
    outcomes: dict[str, Outcome] = {}
    if metrics:
        frame = predictions.frame(endpoint, columns=wanted, **which)
        begins = frame["time"].dt.as_unit("ms").astype("int64") // length * length
        parts = {int(begin): part for begin, part in frame.groupby(begins)}
        for metric in metrics:
            told = of_one_kind(frame, columns, metric)
            outcomes[metric] = outcome_of(told, of_all(told, columns))
    found = []
    for start, sketch in sketches.items():
        if start + length > moment and not unfinished:
            continue
        report = None if reference is None else drift(reference, sketch, alpha=alpha)
        measured, estimated = {}, {}
        if metrics and start in parts:
            # The frame's rows are numbered from 0 on.
            rows = parts[start].index.to_numpy()
            measured = {name: measure(name, one.only(rows)) for name, one in outcomes.items()}
            if estimator is not None and columns.score:
                possible = [metric for metric in metrics if metric in estimator.metrics]
                scores = parts[start][columns.score]
                estimated = estimator.estimate(scores, possible, inputs=report)
        found.append(WindowReport(start, start + length, sketch.rows, report, measured, estimated))
    return found


def _told(kind: str, column: ColumnDrift) -> float:
    if kind == "drift":
        return float(column.drifted)
    if kind == "missing":
        return column.missing_window
    return math.nan if column.psi is None else column.psi
