"""Performance without labels: right where probabilities are, else not to be believed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cellbook.errors import InvalidInput
from cellbook.monitoring.drift import drift
from cellbook.monitoring.estimating import METRICS, Estimator, calibration_error
from cellbook.monitoring.measures import Outcome, measure

Array = np.ndarray[Any, Any]


def world(rng: np.random.Generator, rows: int, shift: float = 0.0) -> tuple[Array, Array, Array]:
    """Return inputs, labels, and the scores of a model that knows how they hang together."""
    x = rng.normal(shift, 1, rows)
    likely = 1 / (1 + np.exp(-1.5 * x))
    return x, (rng.random(rows) < likely).astype(int), likely


def test_an_estimate_is_near_what_labels_tell() -> None:
    rng = np.random.default_rng(0)
    x, labels, scores = world(rng, 8_000)
    estimator = Estimator(labels, scores)
    held = 0
    for _ in range(30):
        window, truth, given = world(rng, 1_000)
        report = drift({"x": x}, {"x": window})
        found = estimator.estimate(given, METRICS, inputs=report)
        assert list(found) == list(METRICS)
        for name, one in found.items():
            real = measure(name, Outcome(truth, (given >= 0.5).astype(int), given)).value
            assert one.value == pytest.approx(real, abs=0.08)
            held += one.low <= real <= one.high
    # 95 % of intervals, and a little for what calibration adds.
    assert held >= 0.88 * 30 * len(METRICS)


def test_scores_that_are_too_sure_are_calibrated() -> None:
    rng = np.random.default_rng(1)
    x, labels, scores = world(rng, 8_000)
    boast = scores**3 / (scores**3 + (1 - scores) ** 3)
    error, p_value = calibration_error(boast, labels)
    assert error > 0.1
    assert p_value < 1e-6
    error, p_value = calibration_error(scores, labels)
    assert error < 0.02
    assert p_value > 0.01
    estimator = Estimator(labels, boast)
    found = estimator.estimate(boast, "accuracy", inputs=drift({"x": x}, {"x": x}))["accuracy"]
    real = np.mean((boast >= 0.5) == labels)
    assert found.value == pytest.approx(real, abs=0.01)
    assert found.believed


@pytest.mark.parametrize("rows", [300, 1_000, 5_000])
def test_what_is_right_is_seldom_doubted(rows: int) -> None:
    rng = np.random.default_rng(rows)
    x = {"x": np.arange(100.0)}
    same = drift(x, x)
    doubted = 0
    for _ in range(40):
        _, labels, scores = world(rng, rows)
        doubted += not Estimator(labels, scores).estimate(scores, "f1", inputs=same)["f1"].believed
    assert doubted <= 2


def test_it_is_not_believed_where_inputs_drifted() -> None:
    rng = np.random.default_rng(2)
    x, labels, scores = world(rng, 4_000)
    window, _, given = world(rng, 1_000, shift=1.0)
    report = drift({"x": x}, {"x": window})
    found = Estimator(labels, scores).estimate(given, "accuracy", inputs=report)["accuracy"]
    assert not found.believed
    assert found.doubts == (
        "inputs have drifted: x",
        "the scores are spread otherwise than the reference's",
    )


def test_it_says_what_was_not_looked_at() -> None:
    rng = np.random.default_rng(3)
    _, labels, scores = world(rng, 4_000)
    estimator = Estimator(labels, scores)
    found = estimator.estimate(world(rng, 50)[2], "f1")["f1"]
    assert "only 50 scores" in found.doubts[0]
    assert "not looked at" in found.doubts[1]
    empty = estimator.estimate([], "f1")["f1"]
    assert math.isnan(empty.value)
    assert not empty.believed


def test_it_is_not_believed_where_probabilities_are_wrong_from_the_start() -> None:
    rng = np.random.default_rng(4)
    _, labels, scores = world(rng, 4_000)
    x = np.arange(100.0)
    same = drift({"x": x}, {"x": x})
    few = Estimator(labels[:200], scores[:200])
    assert "only 200 labelled rows" in few.estimate(scores, "f1", inputs=same)["f1"].doubts[0]
    # What scores mean changes from row to row: no calibration of one half fits the other.
    odd = np.where(np.arange(4_000) % 2 == 0, labels, 1 - labels)
    wrong = Estimator(odd, scores)
    assert wrong.calibration_error > 0.3
    found = wrong.estimate(scores, "f1", inputs=same)["f1"]
    assert "even where labels are known" in found.doubts[0]


@pytest.mark.parametrize(
    ("labels", "scores", "message"),
    [
        ([0, 1], [0.1], "2 labels for 1 scores"),
        ([0, 0], [0.1, 0.2], "There are 1 labels"),
        ([0, 1], [-3.0, 4.0], "beyond 0 … 1"),
        ([0, 1], [[0.1, 0.9], [0.2, 0.8]], "one score a row"),
    ],
)
def test_a_reference_that_is_none_is_refused(labels: Any, scores: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Estimator(labels, scores)


def test_labels_may_be_words_and_missing() -> None:
    rng = np.random.default_rng(5)
    _, labels, scores = world(rng, 2_000)
    words = pd.Series(np.where(labels == 1, "yes", "no"), dtype=object)
    words[:10] = None
    found = Estimator(words, scores).estimate(scores, "recall")["recall"]
    other = Estimator(words, 1 - scores, positive="no").estimate(scores, "recall")["recall"]
    assert 0.6 < found.value < 0.9
    assert 0.6 < other.value < 0.9
    with pytest.raises(InvalidInput, match="cannot be estimated"):
        Estimator(words, scores).estimate(scores, "rmse")
