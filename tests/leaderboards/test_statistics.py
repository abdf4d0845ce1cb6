from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cellbook.leaderboards.statistics import holm, mean_interval, paired_test, total

floats = st.floats(-1e6, 1e6)


@given(st.lists(floats, min_size=2, max_size=20), st.sampled_from([0.8, 0.95, 0.99]))
def test_interval_is_students(values: list[float], confidence: float) -> None:
    low, high = mean_interval(values, confidence) or (0.0, 0.0)
    error = stats.sem(values)
    if error > 0:
        expected = stats.t.interval(confidence, len(values) - 1, np.mean(values), error)
        assert (low, high) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    else:
        assert low == pytest.approx(high)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan], [1.0, math.inf]])
def test_interval_of_what_has_none(values: list[float]) -> None:
    assert mean_interval(values, 0.95) is None


def test_total_of_the_extreme() -> None:
    assert total([math.inf, 1.0]) == math.inf
    assert math.isnan(total([math.inf, -math.inf]))
    assert total([1.7e308, 1.7e308]) == math.inf
    assert total([0.1] * 10) == 1.0


def test_paired_test_of_numbers_is_students() -> None:
    rnd = np.random.default_rng(1)
    first, second = rnd.normal(size=40), rnd.normal(0.3, size=40)
    found = paired_test(first, second)
    assert found is not None
    assert found[0] == pytest.approx(stats.ttest_rel(first, second).pvalue)
    assert found[1] == pytest.approx(first.mean() - second.mean())


def test_paired_test_of_right_and_wrong_is_the_exact_sign_test() -> None:
    first, second = np.array([1.0] * 15 + [0.0] * 5), np.array([1.0] * 3 + [0.0] * 15 + [1.0] * 2)
    found = paired_test(first, second)
    assert found is not None
    assert found[0] == pytest.approx(stats.binomtest(2, 14, 0.5).pvalue)


def test_paired_test_of_the_same_finds_nothing() -> None:
    assert paired_test(np.ones(5), np.ones(5)) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("first", "second"),
    [([1.0], [2.0]), ([math.nan] * 3, [1.0] * 3), ([math.inf, 1, 2], [1.0, 2, 4]), ([], [])],
)
def test_paired_test_of_too_little(first: list[float], second: list[float]) -> None:
    assert paired_test(np.array(first), np.array(second)) is None


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_rejects_the_least_first(values: list[float]) -> None:
    rejected = holm(values, 0.05)
    assert all(value <= 0.05 for value, sure in zip(values, rejected, strict=True) if sure)
    least = max((value for value, sure in zip(values, rejected, strict=True) if sure), default=-1)
    assert all(sure for value, sure in zip(values, rejected, strict=True) if value < least)
    # Whatever Bonferroni's bound rejects, Holm's rejects too.
    assert all(
        sure for value, sure in zip(values, rejected, strict=True) if value <= 0.05 / len(values)
    )


def test_holm_by_an_example_of_its_paper() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005], 0.05) == [True, False, False, True]
