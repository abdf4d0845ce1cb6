"""Measures of performance, each with an interval that says how far it can be believed.

Shares (accuracy, recall …) have Wilson's interval, means of losses Student's, the area under the
ROC curve that of Hanley and McNeil (1982); what is neither is drawn anew a few hundred times
(percentile bootstrap), with the same random numbers each time.
"""

from __future__ import annotations

import decimal
import math
import numbers
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from cellbook.errors import InvalidInput

Array = np.ndarray[Any, Any]

DRAWS = 400
LOWER_IS_BETTER = frozenset(
    {"mae", "rmse", "log_loss", "brier", "error", "false_positive_rate", "false_negative_rate"}
)
OF_SCORES = frozenset({"roc_auc", "brier", "log_loss"})
"""Measures of probabilities, which ask for no prediction."""
_NUMBERS = ("boolean", "integer", "floating", "mixed-integer-float", "decimal")
"""Kinds of values, as pandas calls them, of which some may be equal."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure of some rows; NaN where they do not have it."""

    metric: str
    value: float
    low: float
    """The ends of its confidence interval."""
    high: float
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What was predicted of some rows, and what came true; all of one length."""

    labels: Array
    predictions: Array | None = None
    scores: Array | None = None
    """The probability of the positive class."""
    positive: Any = None
    """The label that precision, recall and the rest are of; None takes the greater of two, and of
    more the mean over all of them."""

    def only(self, rows: Array) -> Outcome:
        """Return that of some of the rows."""
        return replace(
            self,
            labels=self.labels[rows],
            predictions=None if self.predictions is None else self.predictions[rows],
            scores=None if self.scores is None else self.scores[rows],
        )


def measure(metric: str, outcome: Outcome, *, confidence: float = 0.95) -> Measured:
    """Return a measure with its interval.

    Parameters
    ----------
    metric
        ``accuracy``, ``error``, ``precision``, ``recall``, ``f1``, ``selection_rate``,
        ``false_positive_rate``, ``false_negative_rate``; ``roc_auc``, ``brier``, ``log_loss``
        (of scores); ``mae``, ``rmse``, ``bias``, ``r2`` (of numbers).
    outcome
        Rows without a label are left out; so are those whose label is a text and whose prediction
        a number, or the other way round, unless the metric is of scores.
    confidence
        Of the interval, between 0 and 1.

    Raises
    ------
    InvalidInput
        If there is no such metric, the outcome lacks what it needs, or all of its labels are of
        another kind than the predictions.
    """
    if metric not in METRICS:
        raise InvalidInput(f"There is no metric {metric!r}. There are {', '.join(METRICS)}.")
    if not 0 < confidence < 1:
        raise InvalidInput(f"The confidence is {confidence!r}. Give one between 0 and 1.")
    there = ~np.asarray(pd.isna(outcome.labels))
    labelled = outcome if there.all() else outcome.only(there)
    if metric not in OF_SCORES:
        labelled = _comparable(labelled)
    if not len(labelled.labels):
        return Measured(metric, math.nan, math.nan, math.nan, 0)
    return METRICS[metric](metric, labelled, confidence)


def wilson(hits: float, rows: float, confidence: float) -> tuple[float, float]:
    """Return Wilson's interval of a share (1927)."""
    if not rows:
        return math.nan, math.nan
    z = float(special.ndtri(0.5 + confidence / 2))
    share = hits / rows
    middle = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z / (1 + z * z / rows) * math.sqrt(share * (1 - share) / rows + (z / (2 * rows)) ** 2)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True, eq=False)
class Apart:
    """Rows of which the label is a text and the prediction a number, or the other way round, so
    that the two can never be equal."""

    rows: Array
    """Which they are."""
    of: int
    """How many rows have both."""
    label: str
    """What the label of the first of them is: ``texts ('yes')``."""
    prediction: str

    @property
    def whole(self) -> bool:
        """Whether no row is left that can be measured."""
        return self.count == self.of

    @property
    def count(self) -> int:
        """How many they are."""
        return int(self.rows.sum())

    def __str__(self) -> str:
        kinds = f"labels are {self.label} and the predictions {self.prediction}"
        if self.whole:
            return (
                f"The {kinds}: no two are ever equal. Give the labels once more, by the same ids, "
                "as the model predicts them."
            )
        return (
            f"{self.count:,} of {self.of:,} labelled predictions are left out: their {kinds}, and "
            "no two are ever equal. Give their labels once more, by the same ids, as the model "
            "predicts them."
        )


def kinds_apart(labels: Any, predictions: Any) -> Apart | None:
    """Return the rows whose label and prediction are of two kinds; None if there are none.

    Of a window in which several versions answered, one may predict texts and another numbers.
    """
    kinds = _kinds(labels), _kinds(predictions)
    both = (kinds[0] != _NO_KIND) & (kinds[1] != _NO_KIND)
    rows = both & (kinds[0] != kinds[1])
    if not rows.any():
        return None
    first = int(rows.argmax())
    told = [
        f"{_TOLD[kind[first]]} ({pd.Series(values).iloc[[first]].tolist()[0]!r})"
        for kind, values in zip(kinds, (labels, predictions), strict=True)
    ]
    return Apart(rows, int(both.sum()), *told)


_NO_KIND, _TEXT, _NUMBER = 0, 1, 2
_TOLD = {_TEXT: "texts", _NUMBER: "numbers"}


def _kinds(values: Any) -> Array:
    """Return of each value whether it is a text, a number, or neither, as what is missing."""
    series = pd.Series(values)
    found = pd.api.types.infer_dtype(series, skipna=True)
    if found == "string" or found in _NUMBERS:
        there = series.notna().to_numpy()
        return np.where(there, _TEXT if found == "string" else _NUMBER, _NO_KIND)
    if not found.startswith("mixed") and found != "categorical":
        return np.full(len(series), _NO_KIND)
    return np.array([_kind(one) for one in series.tolist()], int)


def _kind(value: Any) -> int:
    if isinstance(value, str):
        return _TEXT
    real = isinstance(value, (bool, np.bool_, numbers.Real, decimal.Decimal))
    return _NUMBER if real and value == value else _NO_KIND


def _comparable(outcome: Outcome) -> Outcome:
    """Return an outcome without the rows that would all count as wrong.

    Raises
    ------
    InvalidInput
        If no other is left.
    """
    if outcome.predictions is None:
        return outcome
    apart = kinds_apart(outcome.labels, outcome.predictions)
    if apart is None:
        return outcome
    if apart.whole:
        raise InvalidInput(str(apart))
    return outcome.only(~apart.rows)


# -- of classes --------------------------------------------------------------------------------


def confusion(outcome: Outcome) -> tuple[Array, int]:
    """Return how often each label (a row) was predicted as each (a column), and which one is the
    positive one; -1 where none of more than two was named."""
    predictions = _needed(outcome.predictions, "predictions")
    codes, known = pd.factorize(
        np.concatenate([np.asarray(outcome.labels, object), np.asarray(predictions, object)]),
        sort=True,
    )
    count, rows = len(known), len(outcome.labels)
    pairs = codes[:rows] * count + codes[rows:]
    table = np.bincount(pairs[(codes[:rows] >= 0) & (codes[rows:] >= 0)], minlength=count * count)
    if outcome.positive is None:
        if count == 1 and known[0] in (0, False):
            # Nobody was positive, nor said to be.
            return np.pad(table.reshape(1, 1), (0, 1)), 1
        return table.reshape(count, count), count - 1 if count <= 2 else -1
    (place,) = np.nonzero(np.asarray(known == outcome.positive))
    if not len(place):
        # Nobody predicted it and it never came true: a class without rows.
        table = np.pad(table.reshape(count, count), (0, 1))
        return table, count
    return table.reshape(count, count), int(place[0])


def _share(metric: str, outcome: Outcome, confidence: float) -> Measured:
    table, positive = confusion(outcome)
    rows = int(table.sum())
    counted = _counted(metric, table, positive)
    if counted is None:
        return _drawn(metric, outcome, confidence)
    hits, of = counted
    value = hits / of if of else math.nan
    return Measured(metric, value, *wilson(hits, of, confidence), rows)


def _counted(metric: str, table: Array, positive: int) -> tuple[float, float] | None:
    """Return of how many rows a share is true, and how many there are; None where it is none."""
    right = float(np.trace(table))
    total = float(table.sum())
    if metric == "accuracy":
        return right, total
    if metric == "error":
        return total - right, total
    if positive < 0:
        return None
    hit = float(table[positive, positive])
    true, said = float(table[positive].sum()), float(table[:, positive].sum())
    return {
        "precision": (hit, said),
        "recall": (hit, true),
        "false_negative_rate": (true - hit, true),
        "false_positive_rate": (said - hit, total - true),
        "selection_rate": (said, total),
    }.get(metric)


def _drawn(metric: str, outcome: Outcome, confidence: float) -> Measured:
    """Measure what is no share: F1, and means over several classes."""
    table, positive = confusion(outcome)
    rows = int(table.sum())
    if not rows:
        return Measured(metric, math.nan, math.nan, math.nan, 0)
    tables = np.random.default_rng(0).multinomial(rows, table.ravel() / rows, DRAWS)
    drawn = [of_table(metric, one.reshape(table.shape), positive) for one in tables]
    return Measured(
        metric, of_table(metric, table, positive), *_ends(np.array(drawn), confidence), rows
    )


def of_table(metric: str, table: Array, positive: int) -> float:
    """Return a measure of classes from how often each was predicted as each."""
    counted = _counted(metric, table, positive)
    if counted is not None:
        return counted[0] / counted[1] if counted[1] else math.nan
    classes = range(len(table)) if positive < 0 else [positive]
    if metric == "f1":
        both = [float(table[one].sum() + table[:, one].sum()) for one in classes]
        pairs = zip(classes, both, strict=True)
        found = [2 * float(table[one, one]) / total for one, total in pairs if total]
    else:
        found = [of_table(metric, table, one) for one in classes]
    found = [value for value in found if not math.isnan(value)]
    return sum(found) / len(found) if found else math.nan


# -- of scores ---------------------------------------------------------------------------------


def _scores(outcome: Outcome) -> tuple[Array, Array]:
    """Return which rows are positive, and their scores; rows without a score are left out."""
    there = ~np.isnan(_as_numbers(_needed(outcome.scores, "scores"), "scores"))
    outcome = outcome if there.all() else outcome.only(there)
    scores = _as_numbers(_needed(outcome.scores, "scores"), "scores")
    positive = outcome.positive
    if positive is None:
        known = pd.unique(pd.Series(outcome.labels))
        if not len(known):
            return np.zeros(0, bool), scores
        if len(known) > 2:
            raise InvalidInput("There are more than two labels: say which one is positive.")
        if len({_kind(one) for one in known}) > 1:
            raise InvalidInput("The labels are of two kinds: say which one is positive.")
        # Where only one came true, 0 is the negative of 0 and 1.
        positive = max(known) if len(known) == 2 else _alone(known[0])
    return np.asarray(outcome.labels == positive, bool), scores


def _alone(label: Any) -> Any:
    return 1 if label in (0, 1) else label


def _roc_auc(metric: str, outcome: Outcome, confidence: float) -> Measured:
    true, scores = _scores(outcome)
    area = weighted_auc(scores, true.astype(float))
    a, b = float(true.sum()), float((~true).sum())
    if math.isnan(area):
        return Measured(metric, area, area, area, len(true))
    first, second = area / (2 - area), 2 * area * area / (1 + area)
    variance = area * (1 - area) + (a - 1) * (first - area**2) + (b - 1) * (second - area**2)
    half = float(special.ndtri(0.5 + confidence / 2)) * math.sqrt(max(0.0, variance) / (a * b))
    return Measured(metric, area, max(0.0, area - half), min(1.0, area + half), len(true))


def weighted_auc(scores: Array, likely: Array) -> float:
    """Return the area under the ROC curve where each row is positive with some probability."""
    if not len(scores):
        return math.nan
    order = np.argsort(scores, kind="stable")
    ranked, positive = scores[order], likely[order]
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    up = np.add.reduceat(positive, starts)
    down = np.add.reduceat(1 - positive, starts)
    total = float(up.sum() * down.sum())
    if total <= 0:
        return math.nan
    below = np.cumsum(down) - down
    return float((up * (below + down / 2)).sum() / total)


def _brier(metric: str, outcome: Outcome, confidence: float) -> Measured:
    true, scores = _scores(outcome)
    return _mean(metric, (scores - true) ** 2, confidence)


def _log_loss(metric: str, outcome: Outcome, confidence: float) -> Measured:
    true, scores = _scores(outcome)
    tiny = np.finfo(float).eps
    sure = np.clip(np.where(true, scores, 1 - scores), tiny, 1)
    return _mean(metric, -np.log(sure), confidence)


# -- of numbers --------------------------------------------------------------------------------


def _differences(outcome: Outcome) -> Array:
    predictions = _as_numbers(_needed(outcome.predictions, "predictions"), "predictions")
    with np.errstate(invalid="ignore"):
        return np.asarray(predictions - _as_numbers(outcome.labels, "labels"))


def _mae(metric: str, outcome: Outcome, confidence: float) -> Measured:
    return _mean(metric, np.abs(_differences(outcome)), confidence)


def _bias(metric: str, outcome: Outcome, confidence: float) -> Measured:
    return _mean(metric, _differences(outcome), confidence)


def _rmse(metric: str, outcome: Outcome, confidence: float) -> Measured:
    found = _mean(metric, _differences(outcome) ** 2, confidence)
    # Not max(0.0, one), which makes 0 of NaN: of one row nothing is known.
    value, low, high = (
        math.sqrt(0.0 if one < 0 else one) for one in (found.value, found.low, found.high)
    )
    return Measured(metric, value, low, high, found.rows)


def _r2(metric: str, outcome: Outcome, confidence: float) -> Measured:
    labels = _as_numbers(outcome.labels, "labels")
    squares = _differences(outcome) ** 2

    def share(rows: Any) -> float:
        spread = float(((labels[rows] - labels[rows].mean()) ** 2).sum())
        return 1 - float(squares[rows].sum()) / spread if spread else math.nan

    generator = np.random.default_rng(0)
    count = len(labels)
    drawn = np.array([share(generator.integers(0, count, count)) for _ in range(DRAWS)])
    return Measured(metric, share(slice(None)), *_ends(drawn, confidence), count)


def _mean(metric: str, losses: Array, confidence: float) -> Measured:
    count = len(losses)
    value = float(losses.mean()) if count else math.nan
    if count < 2 or not math.isfinite(value):
        return Measured(metric, value, math.nan, math.nan, count)
    half = float(special.stdtrit(count - 1, 0.5 + confidence / 2)) * float(
        losses.std(ddof=1)
    ) / math.sqrt(count)  # fmt: skip
    return Measured(metric, value, value - half, value + half, count)


def _ends(drawn: Array, confidence: float) -> tuple[float, float]:
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        return math.nan, math.nan
    low, high = np.quantile(drawn, [0.5 - confidence / 2, 0.5 + confidence / 2])
    return float(low), float(high)


def _as_numbers(values: Array, what: str) -> Array:
    try:
        return np.asarray(values, float)
    except (TypeError, ValueError):
        raise InvalidInput(f"The metric is of numbers, and some {what} are none.") from None


def _needed(values: Array | None, what: str) -> Array:
    if values is None:
        raise InvalidInput(f"The metric is of {what}, and there are none. Name their column.")
    return values


METRICS: Mapping[str, Callable[[str, Outcome, float], Measured]] = {
    **dict.fromkeys(
        (
            "accuracy", "error", "precision", "recall", "f1", "selection_rate",
            "false_positive_rate", "false_negative_rate",
        ),
        _share,
    ),
    "roc_auc": _roc_auc,
    "brier": _brier,
    "log_loss": _log_loss,
    "mae": _mae,
    "rmse": _rmse,
    "bias": _bias,
    "r2": _r2,
}  # fmt: skip
"""What can be measured, by name."""
