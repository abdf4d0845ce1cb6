"""Performance without labels, from how sure a model is of what it says; and when not to believe it.

A model whose probabilities are right tells by them how often it errs: of predictions made with
0.9, one in ten is wrong.  So the expected confusion matrix of a window is the sum of its
probabilities (confidence-based performance estimation, as NannyML made it known).  This holds only
while probabilities mean what they meant on the reference.  An estimate is therefore not believed

- where probabilities were wrong on labelled reference rows already, after they were calibrated
  there (isotonic regression on one half of the rows, checked on the other);
- where the inputs have drifted: that the same input still has the same label cannot be seen
  without labels, and with other inputs it is a bold guess;
- where the window's probabilities are of a range, or spread in a way, that the reference's are not;
- of fewer rows than say anything.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from cellbook.errors import InvalidInput
from cellbook.monitoring.drift import DriftReport, drift
from cellbook.monitoring.measures import of_table, weighted_auc

Array = np.ndarray[Any, Any]

METRICS = (
    "accuracy", "error", "precision", "recall", "f1", "roc_auc", "selection_rate",
    "false_positive_rate", "false_negative_rate",
)  # fmt: skip
"""What can be estimated."""
FEWEST_LABELS, FEWEST_ROWS = 300, 100
_MISCALIBRATED = 0.03
"""By how much probabilities may be wrong, in the mean over bins, beyond what chance makes."""
_SURELY = 0.01
_BINS = 10
_DRAWS = 200
_NUMBERS = 20_000_000
"""Random numbers drawn for an interval, at most."""
_ROWS = 20_000
"""Rows of the reference that are kept for comparison."""


@dataclass(frozen=True, slots=True)
class Estimated:
    """A measure that was reckoned without labels."""

    metric: str
    value: float
    low: float
    """Where it is in 95 of 100 cases if probabilities are right: how labels fall is chance."""
    high: float
    rows: int
    doubts: tuple[str, ...] = ()
    """Why it must not be believed; none where it may."""

    @property
    def believed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.doubts


class Estimator:
    """Estimates a binary classifier's performance from its probabilities.

    Parameters
    ----------
    labels
        What came true of reference rows that the model was not trained on.
    scores
        The probabilities of the positive class that the model gave them, from 0 to 1.
    positive
        The positive label; None takes the greater of the two.
    threshold
        The score from which on the positive class is predicted.

    Raises
    ------
    InvalidInput
        If these are of other lengths, there are not two labels, or scores are no probabilities.
    """

    metrics = METRICS

    def __init__(
        self, labels: Any, scores: Any, *, positive: Any = None, threshold: float = 0.5
    ) -> None:
        told = pd.Series(np.asarray(labels))
        given = _probabilities(scores)
        if len(told) != len(given):
            raise InvalidInput(f"There are {len(told):,} labels for {len(given):,} scores.")
        there = (told.notna() & ~np.isnan(given)).to_numpy()
        told, given = told[there], given[there]
        known = sorted(told.unique(), key=lambda one: (str(type(one)), one))
        if positive is None and len(known) == 2:
            positive = known[1]
        if len(known) != 2 or positive not in known:
            raise InvalidInput(
                f"There are {len(known)} labels in the reference, not two of which one is "
                "positive. Give labelled rows of a binary classifier."
            )
        true = (told == positive).to_numpy(float)
        self._threshold = threshold
        # Every other row, so that both halves are of all times.
        half = np.arange(len(true)) % 2 == 0
        calibrate = _isotonic(given[half], true[half])
        error, p_value = calibration_error(calibrate(given[~half]), true[~half], noise=2.0)
        self.calibration_error = error
        """How far calibrated probabilities were from the truth on rows held out, in the mean."""
        self._doubts: tuple[str, ...] = ()
        if len(true) < FEWEST_LABELS:
            self._doubts = (f"only {len(true):,} labelled rows to calibrate by",)
        elif error > _MISCALIBRATED and p_value < _SURELY:
            self._doubts = (f"probabilities are wrong by {error:.3f} even where labels are known",)
        self._calibrate = _isotonic(given, true)
        self._reference = given[:: max(1, -(-len(given) // _ROWS))]

    def estimate(
        self, scores: Any, metrics: str | Sequence[str], *, inputs: DriftReport | None = None
    ) -> dict[str, Estimated]:
        """Return what measures of a window are likely to be.

        Parameters
        ----------
        scores
            The probabilities of the positive class in the window; missing ones are left out.
        metrics
            Some of :data:`METRICS`.
        inputs
            How the window's inputs differ from the reference's.  Where it is not given, only the
            scores are looked at, and a doubt says so.

        Raises
        ------
        InvalidInput
            If scores are no probabilities, or a metric cannot be estimated.
        """
        names = [metrics] if isinstance(metrics, str) else list(metrics)
        for name in names:
            if name not in METRICS:
                raise InvalidInput(f"{name!r} cannot be estimated. {', '.join(METRICS)} can.")
        given = _probabilities(scores)
        given = given[~np.isnan(given)]
        doubts = (*self._doubts, *self._seen_in(given, inputs))
        if not len(given):
            nothing = math.nan
            return {name: Estimated(name, nothing, nothing, nothing, 0, doubts) for name in names}
        likely = self._calibrate(given)
        said = given >= self._threshold
        drawn = _drawn(likely, said, given, names)
        found = {}
        for name in names:
            value = _expected(name, likely, said, given)
            low, high = np.quantile(drawn[name], [0.025, 0.975]) if drawn[name] else [math.nan] * 2
            found[name] = Estimated(name, value, float(low), float(high), len(given), doubts)
        return found

    def _seen_in(self, given: Array, inputs: DriftReport | None) -> list[str]:
        doubts = []
        if len(given) < FEWEST_ROWS:
            doubts.append(f"the window has only {len(given):,} scores")
        if inputs is None:
            doubts.append("whether inputs have drifted was not looked at")
        elif inputs.drifted:
            names = [column.name for column in inputs.columns if column.drifted]
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            doubts.append(f"inputs have drifted: {', '.join(names[:3])}{more}")
        if len(given) and drift({"s": self._reference}, {"s": given}).drifted:
            doubts.append("the scores are spread otherwise than the reference's")
        return doubts


def calibration_error(likely: Array, true: Array, noise: float = 1.0) -> tuple[float, float]:
    """Return how far probabilities are from the shares that came true, and how likely chance
    alone makes them stray as far.

    Rows are put into ten bins of as many rows each, by their probability; the error is the root of
    the mean of their squared gaps, less what the variance of a true probability makes of them.

    Parameters
    ----------
    likely, true
        The probability of each row, and 1 where it came true, else 0.
    noise
        The variance of gaps as a multiple of that of the shares: 2 where the probabilities are
        themselves of as many rows.
    """
    order = np.argsort(likely, kind="stable")
    gaps, variances = [], []
    for part in np.array_split(order, _BINS):
        if len(part):
            gaps.append(float(likely[part].mean() - true[part].mean()))
            # As if one more of either kind had been there: no bin is wholly sure.
            sure = likely[part] * (1 - likely[part])
            variances.append(noise * (float(sure.sum()) + 0.25) / len(part) ** 2)
    if not gaps:
        return 0.0, 1.0
    squares, chance = np.square(gaps), np.array(variances)
    error = math.sqrt(max(0.0, float((squares - chance).mean())))
    return error, float(special.chdtrc(len(gaps), float((squares / chance).sum())))


def _probabilities(scores: Any) -> Array:
    given = np.asarray(scores, float)
    if given.ndim != 1:
        raise InvalidInput("Give one score a row: the probability of the positive class.")
    with np.errstate(invalid="ignore"):
        if ((given < 0) | (given > 1)).any():
            raise InvalidInput(
                "Scores lie beyond 0 … 1. Give probabilities, not logits or margins."
            )
    return given


def _isotonic(scores: Array, true: Array) -> Any:
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - takes a second to import

    return IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, true).predict


def _expected(name: str, likely: Array, said: Array, given: Array) -> float:
    if name == "roc_auc":
        return weighted_auc(given, likely)
    hit, alarm = float(likely[said].sum()), float((1 - likely[said]).sum())
    missed, rest = float(likely[~said].sum()), float((1 - likely[~said]).sum())
    return of_table(name, np.array([[rest, alarm], [missed, hit]]), 1)


def _drawn(
    likely: Array, said: Array, given: Array, names: Sequence[str]
) -> dict[str, list[float]]:
    """Draw labels as the probabilities have them, and measure what comes of it."""
    generator = np.random.default_rng(0)
    found: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(max(20, min(_DRAWS, _NUMBERS // len(likely)))):
        true = (generator.random(len(likely)) < likely).astype(float)
        for name in names:
            value = _expected(name, true, said, given)
            if not math.isnan(value):
                found[name].append(value)
    return found
