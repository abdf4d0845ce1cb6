"""Tests of significance: those of textbooks as SciPy has them, and one for many looks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from cellbook.serving.comparing import Moments, always_valid, compare, quantile, report
from cellbook.serving.counting import Key
from cellbook.serving.plans import Plan, PlannedArm


def moments(values: np.ndarray) -> Moments:
    return Moments(float(len(values)), float(values.sum()), float((values**2).sum()))


@pytest.mark.parametrize("seed", range(5))
def test_welch_is_scipys(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.normal(0, 1, 80), rng.normal(0.3, 2, 200)
    found = compare(moments(one), moments(other))
    expected = stats.ttest_ind(other, one, equal_var=False)
    assert found.test == "welch"
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-10)
    interval = expected.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_two_proportions_are_scipys(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.random(300) < 0.3, rng.random(500) < 0.36
    found = compare(moments(one.astype(float)), moments(other.astype(float)))
    table = [[one.sum(), 300 - one.sum()], [other.sum(), 500 - other.sum()]]
    assert found.test == "two-proportion"
    expected = stats.chi2_contingency(table, correction=False).pvalue
    assert found.p_value == pytest.approx(expected, rel=1e-10)
    assert found.low < found.difference < found.high


def test_few_outcomes_are_not_compared() -> None:
    found = compare(Moments(29, 10, 10), Moments(500, 100, 100))
    assert found.test == ""
    assert math.isnan(found.p_value)


def test_outcomes_that_are_all_the_same() -> None:
    found = compare(Moments(100, 100, 100), Moments(100, 100, 100))
    assert (found.p_value, found.always_valid_p, found.difference) == (1.0, 1.0, 0.0)
    found = compare(Moments(100, 200, 400), Moments(100, 300, 900))
    assert (found.test, found.p_value, found.difference) == ("welch", 0.0, 1.0)


def looks(rng: np.random.Generator, first: float, second: float, kind: str) -> tuple[bool, bool]:
    """Whether each test has ever convinced in 100 looks at a growing experiment."""
    draw = (lambda p: (rng.random(5000) < p).astype(float)) if kind == "binary" else (
        lambda p: rng.exponential(1, 5000) + p)  # fmt: skip
    one, other = draw(first), draw(second)
    sums = [np.cumsum(values**power) for values in (one, other) for power in (1, 2)]
    always = once = False
    for n in range(50, 5001, 50):
        a, b = (Moments(n, sums[k][n - 1], sums[k + 1][n - 1]) for k in (0, 2))
        always |= always_valid(a, b) < 0.05
        once |= compare(a, b).p_value < 0.05
    return always, once


@pytest.mark.parametrize("kind", ["binary", "skewed"])
def test_looking_often_is_no_way_to_be_fooled(kind: str) -> None:
    rng = np.random.default_rng(7)
    found = np.array([looks(rng, 0.1, 0.1, kind) for _ in range(300)])
    always, once = found.mean(axis=0)
    assert always <= 0.05
    assert once > 0.2  # What looking often does to the other one.


def test_a_difference_is_found() -> None:
    rng = np.random.default_rng(8)
    assert np.mean([looks(rng, 0.1, 0.15, "binary")[0] for _ in range(50)]) > 0.9


def test_quantiles_lie_within_their_bucket() -> None:
    counts = [(0.001, 0.0), (0.01, 10.0), (0.1, 10.0), (math.inf, 0.0)]
    assert quantile(counts, 0.5) == pytest.approx(0.01)
    assert quantile(counts, 0.25) == pytest.approx(0.0055)
    assert quantile([(1.0, 0.0), (math.inf, 3.0)], 0.5) == math.inf
    assert math.isnan(quantile([], 0.5))


def test_report_of_arms() -> None:
    arms = (
        PlannedArm("champion", "m", "1", "f", 90.0, False, called="wine"),
        PlannedArm("canary", "m", "2", "f", 10.0, False, called="wine"),
        PlannedArm("other", "m", "3", "f", 0.5, True, called="wine"),
    )
    counted: dict[Key, float] = {}

    def count(name: str, value: float, arm: str, version: str, model: str = "wine",
              **more: str) -> None:  # fmt: skip
        labels = {**more, "arm": arm, "model": model, "version": version}
        counted[(name, tuple(labels.items()))] = value

    for code, number in (("200", 95.0), ("400", 3.0), ("500", 2.0)):
        count(
            "cellbook_requests_total",
            number,
            form="oip",
            code=code,
            arm="canary",
            model="wine",
            version="2",
        )
    for arm, version, good in (("champion", "1", 500.0), ("canary", "2", 600.0)):
        count("cellbook_outcomes_total", 1000.0, arm=arm, version=version)
        count("cellbook_outcomes_sum", good, arm=arm, version=version)
        count("cellbook_outcomes_squares_sum", good, arm=arm, version=version)
    for result, number in (("same", 7.0), ("different", 2.0), ("dropped", 1.0), ("failed", 1.0)):
        count("cellbook_shadow_total", number, arm="other", version="3", result=result)
    # Another model's version of the same number is another.
    count("cellbook_requests_total", 9.0, form="oip", code="200", arm="canary", model="beer",
          version="2")  # fmt: skip
    champion, canary, other = report(Plan(1, "e", "canary", "", "s", arms), counted).arms
    assert (canary.requests, canary.refused, canary.failed, canary.share) == (100, 3, 2, 0.1)
    assert champion.comparison is None
    assert canary.comparison is not None
    assert canary.comparison.difference == pytest.approx(0.1)
    assert canary.comparison.always_valid_p < 0.01
    assert (other.agreed, other.disagreed, other.missed, other.share) == (7, 2, 2, 0.5)
