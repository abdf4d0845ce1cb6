"""What came true of an endpoint's predictions: measures, estimates, groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cellbook.errors import InvalidInput
from cellbook.monitoring import Columns, DriftReport, Estimator, measure, slices
from cellbook.monitoring.measures import LOWER_IS_BETTER, METRICS, kinds_apart
from cellbook.monitoring.performance import outcome_of
from cellbook.views.monitoring import MonitorEstimate, MonitorMeasure, MonitorSlice

PREDICTION = "output.prediction"
_SCORES = ("output.score", "output.probability", "output.proba")
_PAIR = ("output.prediction.0", "output.prediction.1")
_CLASSES = 20
_CALIBRATED = 20_000
"""Labelled rows that an estimate is calibrated by, at most: the newest."""
_GROUPS = 12
"""Values that a column may have, for groups to be made of it without being asked."""
_COLUMNS = 4
"""Columns that groups are made of without being asked."""
OF_NUMBERS = ("mae", "bias")
OF_CLASSES = ("accuracy",)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Predictions with what came true, and which columns say what."""

    frame: pd.DataFrame
    columns: Columns
    metrics: tuple[str, ...]
    unmeasured: str = ""
    """Why labels say nothing of predictions, or of some, where they do not."""

    @property
    def metric(self) -> str:
        """The measure that comes first; empty where there is none."""
        return self.metrics[0] if self.metrics else ""

    @property
    def less(self) -> bool:
        """Whether less of it is better."""
        return self.metric in LOWER_IS_BETTER


def score_of(outputs: Sequence[str], asked: str = "") -> str:
    """Return which output is the probability of the positive class; empty where none is.

    Raises
    ------
    InvalidInput
        If one was asked for that is not there.
    """
    if asked:
        name = asked if asked.startswith("output.") else f"output.{asked}"
        if name not in outputs:
            there = ", ".join(one.removeprefix("output.") for one in outputs) or "none"
            raise InvalidInput(f"There is no output {asked!r}. There are: {there}.")
        return name
    named = [one for one in _SCORES if one in outputs]
    if named:
        return named[0]
    matrix = [one for one in outputs if one.startswith(f"{PREDICTION}.")]
    return _PAIR[1] if sorted(matrix) == list(_PAIR) else ""


def labelled(frame: pd.DataFrame, score: str, metrics: Sequence[str] = ()) -> Labelled:
    """Return what can be measured of predictions.

    Parameters
    ----------
    frame
        Predictions with labels, as :meth:`Predictions.frame` returns them.
    score
        The column of probabilities; empty where there is none.
    metrics
        What is measured; none means what fits the labels.

    Raises
    ------
    InvalidInput
        If there is no such metric.
    """
    for metric in metrics:
        if metric not in METRICS:
            raise InvalidInput(f"There is no metric {metric!r}. There are {', '.join(METRICS)}.")
    known = frame["label"].dropna()
    frame = _with_prediction(frame, known)
    outputs = [str(one) for one in frame.columns if str(one).startswith("output.") and one != score]
    # What a model gives may be called anything, where it is all that it gives.
    alone = outputs[0] if len(outputs) == 1 else PREDICTION
    columns = Columns(
        prediction=PREDICTION if PREDICTION in outputs else alone,
        score=score if score in frame.columns else "",
    )
    compared, why = _compared(known, frame, columns)
    fitting = tuple(metrics) or _fitting(known, compared, columns)
    return Labelled(frame, columns, fitting, why)


def _compared(
    known: pd.Series[Any], frame: pd.DataFrame, columns: Columns
) -> tuple[pd.Series[Any], str]:
    """Return the labels by which predictions can be told right or wrong, and why others cannot."""
    if not len(known):
        return known, ""
    if columns.prediction not in frame.columns:
        return known[:0], (
            f"The labels are such as {known.iloc[0]!r}, and no output says which of them is "
            "predicted. Record what the model predicts, beside its probabilities."
        )
    apart = kinds_apart(known, frame[columns.prediction][frame["label"].notna()])
    return (known, "") if apart is None else (known[~apart.rows].infer_objects(), str(apart))


def _fitting(known: pd.Series[Any], compared: pd.Series[Any], columns: Columns) -> tuple[str, ...]:
    ranked = ("roc_auc",) if columns.score and known.nunique() == 2 else ()
    if not len(compared):
        return ranked
    if pd.api.types.is_numeric_dtype(compared) and not pd.api.types.is_bool_dtype(compared):
        values = compared.to_numpy(float)
        if len(np.unique(values)) > _CLASSES or not np.equal(np.floor(values), values).all():
            return OF_NUMBERS
    return (*OF_CLASSES, *ranked)


def _with_prediction(frame: pd.DataFrame, known: pd.Series[Any]) -> pd.DataFrame:
    """Add the class that is most probable, where only probabilities were recorded."""
    matrix = sorted(
        (one for one in frame.columns if str(one).startswith(f"{PREDICTION}.")),
        key=lambda name: (len(name), name),
    )
    if PREDICTION in frame.columns or len(matrix) < 2:
        return frame
    if not pd.api.types.is_numeric_dtype(known):
        return frame
    return frame.assign(**{PREDICTION: frame[matrix].to_numpy(float).argmax(axis=1)})


def measures(told: Labelled, rows: Any) -> tuple[tuple[MonitorMeasure, ...], str]:
    """Return the measures of some rows, and why one that these do not have is left out."""
    part = told.frame[rows]
    if not part["label"].notna().any():
        return (), ""
    outcome = outcome_of(part, told.columns)
    found, why = [], ""
    for metric in told.metrics:
        try:
            one = measure(metric, outcome)
        except InvalidInput as error:
            # Labels that are no numbers have no mean error; what there is of them is shown.
            why = why or f"{metric}: {error}"
            continue
        except (TypeError, ValueError):
            why = why or f"{metric} cannot be measured of these labels."
            continue
        if not math.isnan(one.value):
            found.append(MonitorMeasure(metric, one.value, one.low, one.high, one.rows))
    return tuple(found), why


def estimates(
    told: Labelled, before: Any, rows: Any, inputs: DriftReport | None
) -> tuple[tuple[MonitorEstimate, ...], str]:
    """Return what measures of a window are likely to be, or why nobody can say.

    Parameters
    ----------
    told
        All predictions.
    before
        Which rows came before the window: their labels calibrate the probabilities.
    rows
        Which rows are the window's.
    inputs
        How the window's inputs differ from those of the rows before.
    """
    score = told.columns.score
    if not score:
        return (), (
            "No probabilities are recorded, by which a model tells how often it errs. Serve one "
            "that gives them (`--method predict_proba`), or name the output: `--score NAME`."
        )
    part = told.frame[rows]
    known = told.frame[before & told.frame["label"].notna() & told.frame[score].notna()]
    known = known[known["model"].isin(part["model"].unique())].tail(_CALIBRATED)
    possible = [one for one in told.metrics or OF_CLASSES if one in Estimator.metrics]
    if not possible:
        return (), "Only measures of two classes can be estimated."
    if known["label"].nunique() != 2:
        return (), (
            "An estimate needs labelled predictions of both classes from windows before this one, "
            "of the same version."
        )
    try:
        estimator = Estimator(known["label"].to_numpy(), known[score].to_numpy())
        found = estimator.estimate(part[score].to_numpy(float), possible, inputs=inputs)
    except (InvalidInput, TypeError, ValueError) as error:
        return (), str(error)
    return tuple(
        MonitorEstimate(one.metric, one.value, one.low, one.high, one.rows, one.doubts)
        for one in found.values()
        if not math.isnan(one.value)
    ), ""


def groups(
    told: Labelled, by: Sequence[str], inputs: Mapping[str, int]
) -> tuple[tuple[MonitorSlice, ...], str]:
    """Return how the model does on groups of rows, the worst first, or why there are none.

    Parameters
    ----------
    told
        All predictions.
    by
        Columns of the frame that groups are made of; none takes inputs that have few values.
    inputs
        Of inputs that are no numbers, how many values each has.
    """
    if not told.metric:
        return (), told.unmeasured or "Groups need labels, by which the model is measured."
    few = [name for name, count in inputs.items() if 2 <= count <= _GROUPS][:_COLUMNS]
    chosen = list(by) or [f"input.{name}" for name in few]
    if not chosen:
        return (), "No input has few enough values to make groups of: `--by COLUMN` names one."
    known = told.frame[told.frame["label"].notna()]
    try:
        found = slices(known, told.metric, chosen, columns=told.columns)
    except InvalidInput as error:
        return (), str(error)
    except (TypeError, ValueError):
        return (), f"{told.metric} cannot be measured of these labels."
    return tuple(
        MonitorSlice(
            group=", ".join(
                f"{name.removeprefix('input.')} {value}" for name, value in one.group.items()
            ),
            value=one.measured.value,
            low=one.measured.low,
            high=one.measured.high,
            rows=one.measured.rows,
            others=one.others.value,
            gap=one.gap,
            p_adjusted=one.p_adjusted,
            enough=one.enough,
        )
        for one in found
    ), ""
