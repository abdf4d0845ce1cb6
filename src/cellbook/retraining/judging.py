"""Champion and challenger on the same rows: a tracked version of data, known by its digest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cellbook.errors import InvalidInput
from cellbook.packaging import Columns

if TYPE_CHECKING:
    import pandas as pd

    from cellbook.book import Book
    from cellbook.monitoring.measures import Outcome
    from cellbook.packaging import PackagedModel, Signature
    from cellbook.records import DatasetVersion, ModelVersion, RetrainingPlan

_BY_SCORES = ("roc_auc", "brier", "log_loss")
_SMALLEST = 1e-15
FEWEST = 30
"""Rows of a holdout: fewer judge nobody."""


@dataclass(frozen=True, slots=True)
class Holdout:
    """The rows that both are judged by."""

    version: DatasetVersion
    inputs: pd.DataFrame
    labels: pd.Series[Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """How both did."""

    champion: float
    challenger: float
    gain: float
    """By how much the challenger is better, whichever way is better."""
    low: float | None
    high: float | None


def open_holdout(book: Book, plan: RetrainingPlan) -> Holdout:
    """Return the rows of a plan's holdout.

    Raises
    ------
    NotFound
        If there is no such version.
    InvalidInput
        If it is no table or not at hand, lacks the column of the label, or that is not told; or
        if fewer than `FEWEST` rows have a label.
    """
    from cellbook.monitoring.measures import METRICS  # noqa: PLC0415 - heavy

    if plan.metric not in METRICS:
        raise InvalidInput(f"There is no metric {plan.metric!r}. There are {', '.join(METRICS)}.")
    version = book.datasets.find(plan.holdout)
    table = book.datasets.table_of(version)
    if table is None:
        raise InvalidInput(
            f"The holdout {version.label} is no table, or its content is not at hand any more. "
            "Track it with its content: cb.track_data(…, keep=True)."
        )
    label = plan.label or _left_over(book, plan, table, version)
    if label not in table.columns:
        raise InvalidInput(
            f"The holdout {version.label} has no column {label!r}. It has "
            f"{', '.join(map(str, table.columns))}."
        )
    known = table[label].notna()
    if not known.any():
        raise InvalidInput(f"No row of {version.label} has a {label!r}.")
    if known.sum() < FEWEST:
        raise InvalidInput(
            f"{known.sum()} rows of {version.label} have a {label!r}; fewer than {FEWEST} judge "
            "nobody. Track more of them."
        )
    rows = table[known]
    return Holdout(version, rows.drop(columns=[label]), rows[label])


def _left_over(
    book: Book, plan: RetrainingPlan, table: pd.DataFrame, version: DatasetVersion
) -> str:
    """Return the one column that the champion does not take."""
    taken = _inputs(book.models.opened(f"models:/{plan.model}@{plan.alias}").signature)
    left = [str(name) for name in table.columns if name not in taken]
    if not taken or len(left) != 1:
        raise InvalidInput(
            f"Which column of {version.label} is to be predicted? Say --label COLUMN "
            f"(label='…'); it has {', '.join(map(str, table.columns))}."
        )
    return left[0]


def _inputs(signature: Signature) -> list[str]:
    """Return the columns that a model takes; none where it takes no columns."""
    given = signature.inputs
    return [one.name for one in given.columns] if isinstance(given, Columns) else []


def judge(
    book: Book,
    plan: RetrainingPlan,
    holdout: Holdout,
    champion: ModelVersion,
    challenger: ModelVersion,
    *,
    trust: bool = False,
) -> Judged:
    """Have two versions predict the same rows, and compare what came of it.

    Raises
    ------
    InvalidInput, Untrusted
        If one cannot be loaded, does not take the rows, or the metric tells nothing of them.
    """
    from cellbook.monitoring.measures import LOWER_IS_BETTER  # noqa: PLC0415 - heavy

    former = outcome_on(book, plan, holdout, champion, trust=trust)
    fresh = outcome_on(book, plan, holdout, challenger, trust=trust)
    sign = -1.0 if plan.metric in LOWER_IS_BETTER else 1.0
    one, other = value_of(plan, holdout, former), value_of(plan, holdout, fresh)
    low, high = _interval(plan.metric, former, fresh)
    return Judged(one, other, sign * (other - one), low, high)


def value_of(plan: RetrainingPlan, holdout: Holdout, outcome: Outcome) -> float:
    """Return the metric of an outcome on the holdout.

    Raises
    ------
    InvalidInput
        If it is none, as ROC AUC of one class.
    """
    from cellbook.monitoring.measures import measure  # noqa: PLC0415 - heavy

    value = measure(plan.metric, outcome).value
    if not math.isfinite(value):
        raise InvalidInput(
            f"{plan.metric} cannot be told of the {len(holdout.labels)} rows of "
            f"{holdout.version.label}. Name another metric, or a holdout in which each class is."
        )
    return value


def outcome_on(
    book: Book,
    plan: RetrainingPlan,
    holdout: Holdout,
    version: ModelVersion,
    *,
    trust: bool = False,
) -> Outcome:
    """Return what a version predicts of the holdout, beside what is true.

    Raises
    ------
    InvalidInput, Untrusted
        If it cannot be loaded, or does not take the rows.
    """
    import numpy as np  # noqa: PLC0415 - heavy

    from cellbook.monitoring import Outcome  # noqa: PLC0415
    from cellbook.monitoring.measures import kinds_apart  # noqa: PLC0415

    model = book.models.load(version.version_id, trust=trust)
    try:
        taken = _inputs(model.bundle.signature)
        there = set(taken) <= {*holdout.inputs.columns}
        given = np.asarray(
            model.predict(holdout.inputs[taken] if taken and there else holdout.inputs)
        )
    except InvalidInput:
        raise
    except Exception as error:
        # Whatever a model does: what it cannot predict, it is not compared by.
        raise InvalidInput(
            f"{version.label} does not predict {holdout.version.label}: "
            f"{type(error).__name__}: {error}"
        ) from None
    if len(given) != len(holdout.labels):
        raise InvalidInput(
            f"{version.label} gives {len(given)} predictions of {len(holdout.labels)} rows."
        )
    labels = holdout.labels.to_numpy()
    if plan.metric in _BY_SCORES:
        if given.ndim == 2 and given.shape[1] != 2:
            raise InvalidInput(f"{plan.metric} is of two classes; {version.label} has more.")
        return Outcome(labels, scores=given[:, 1] if given.ndim == 2 else given)
    if given.ndim == 2:
        given = _classes(model)[given.argmax(axis=1)]
    if apart := kinds_apart(labels, given):
        raise InvalidInput(
            f"{version.label} predicts {apart.prediction}, and the labels of "
            f"{holdout.version.label} are {apart.label}: no two are ever equal. "
            "Track a holdout with labels as they are predicted."
        )
    return Outcome(labels, predictions=given)


def _classes(model: PackagedModel) -> Any:
    found = getattr(model.native, "classes_", None)
    if found is None:
        raise InvalidInput(
            "The model gives a column for each class and does not say which is which. Register it "
            "with method='predict'."
        )
    return found


def _interval(metric: str, former: Outcome, fresh: Outcome) -> tuple[float | None, float | None]:
    """Return the ends of the mean gain of a row: Student's interval of paired differences."""
    import numpy as np  # noqa: PLC0415 - heavy
    from scipy import special  # noqa: PLC0415

    before, after = _losses(metric, former), _losses(metric, fresh)
    if before is None or after is None or len(before) < 2:
        return None, None
    gains = before - after
    half = float(special.stdtrit(len(gains) - 1, 0.975) * gains.std(ddof=1) / math.sqrt(len(gains)))
    middle = float(np.mean(gains))
    return middle - half, middle + half


def _losses(metric: str, outcome: Outcome) -> Any:
    """Return the loss of each row, of which the metric is the mean; None where it is no mean."""
    import numpy as np  # noqa: PLC0415 - heavy

    labels = outcome.labels
    if metric in ("accuracy", "error"):
        return (np.asarray(outcome.predictions) != labels).astype(float)
    if metric == "mae":
        return np.abs(np.asarray(outcome.predictions, float) - labels.astype(float))
    if metric not in ("brier", "log_loss"):
        return None
    true = (labels == np.unique(labels).max()).astype(float)
    scores = np.asarray(outcome.scores, float)
    if metric == "brier":
        return (scores - true) ** 2
    safe = np.clip(scores, _SMALLEST, 1 - _SMALLEST)
    return -(true * np.log(safe) + (1 - true) * np.log(1 - safe))
