"""Tests and effects: as SciPy has them, right under chance, and sharp where something differs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from cellbook.monitoring import effects
from cellbook.monitoring.buckets import aligned, buckets_of
from cellbook.monitoring.significance import holm, homogeneity, ks, newcomers, outsiders

Array = np.ndarray[Any, Any]
COUNTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=12)


def both(first: Array, second: Array) -> tuple[Array, Array]:
    (_, counts), _ = aligned(buckets_of(first), buckets_of(second))
    return counts[0], counts[1]


@pytest.mark.parametrize(("a", "b", "method"), [(60, 900, "exact"), (900, 1_100, "asymp")])
@pytest.mark.parametrize("shift", [0.0, 0.2])
def test_ks_agrees_with_scipy(a: int, b: int, method: str, shift: float) -> None:
    rng = np.random.default_rng(a)
    first, second = rng.normal(size=a), rng.normal(shift, 1, b)
    found = ks(*both(first, second))
    other = stats.ks_2samp(first, second, method=method)
    assert abs(found.statistic - other.statistic) < 1e-12
    assert abs(found.p_value - other.pvalue) < 1e-12


def test_ks_of_ties_agrees_with_scipy() -> None:
    rng = np.random.default_rng(5)
    first, second = rng.integers(0, 60, 300), rng.integers(3, 60, 300)
    found = ks(*both(first, second))
    other = stats.ks_2samp(first, second, method="exact")
    assert abs(found.statistic - other.statistic) < 1e-12
    assert abs(found.p_value - other.pvalue) < 1e-12


def test_ks_of_few_values_is_sharper_than_without_ties() -> None:
    first, second = np.array([400, 500, 100]), np.array([30, 40, 25])
    exact = stats.ks_2samp(np.repeat([0, 1, 2], first), np.repeat([0, 1, 2], second))
    found = ks(first, second)
    assert found.method == "KS, permutation"
    assert found.p_value < 0.75 * exact.pvalue


@given(COUNTS)
def test_chi_square_agrees_with_scipy(table: list[tuple[int, int]]) -> None:
    first, second = np.array(table).T * 400 + 300
    found = homogeneity(first, second)
    other = stats.chi2_contingency([first, second], correction=False)
    if len(table) > 2:
        assert found.method == "χ²"
        assert abs(found.p_value - other.pvalue) < 1e-12
    assert found.statistic == pytest.approx(other.statistic, rel=1e-12, abs=1e-12)


def test_two_categories_are_fishers() -> None:
    found = homogeneity(np.array([900, 20]), np.array([60, 7]))
    assert found.method == "Fisher, exact"
    assert abs(found.p_value - stats.fisher_exact([[900, 20], [60, 7]]).pvalue) < 1e-12


def test_permutation_is_near_what_scipy_draws() -> None:
    first, second = np.array([600, 240, 120, 80, 50]), np.array([72, 36, 18, 14, 9])
    found = homogeneity(first, second)
    assert found.method == "χ², permutation"
    a, b = (np.repeat(np.arange(5), counts) for counts in (first, second))

    def statistic(x: Array, y: Array) -> float:
        table = [np.bincount(one, minlength=5) for one in (x, y)]
        return float(stats.chi2_contingency(table, correction=False).statistic)

    drawn = stats.permutation_test(
        (a, b), statistic, n_resamples=600, alternative="greater", rng=np.random.default_rng(1)
    )
    assert found.p_value == pytest.approx(drawn.pvalue, abs=0.07)


@given(COUNTS)
def test_rare_categories_never_break_a_test(table: list[tuple[int, int]]) -> None:
    first, second = np.array(table).T
    if not first.sum() or not second.sum():
        return
    found = homogeneity(first, second, draws=199)
    assert 0 < found.p_value <= 1
    assert found.p_value == homogeneity(first, second, draws=199).p_value
    assert 0 < newcomers(first, second).p_value <= 1


def test_what_is_pooled_does_not_depend_on_how_the_samples_differ() -> None:
    # Columns that are swapped between samples of one size pool the same categories.
    first, second = np.array([50, 3, 2, 1, 44]), np.array([52, 0, 1, 3, 44])
    one, other = homogeneity(first, second), homogeneity(second, first)
    assert one.statistic == pytest.approx(other.statistic)


def rejected(rounds: int, p_value: Callable[[np.random.Generator], float]) -> float:
    rng = np.random.default_rng(11)
    return float(np.mean([p_value(rng) <= 0.05 for _ in range(rounds)]))


@pytest.mark.parametrize("size", [50, 400])
@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, n: rng.normal(size=n),
        lambda rng, n: rng.standard_cauchy(n),
        lambda rng, n: rng.poisson(1, n),
        lambda rng, n: rng.random(n) < 0.1,
        lambda rng, n: np.where(rng.random(n) < 0.7, 0.0, rng.random(n)),
    ],
    ids=["normal", "cauchy", "poisson", "rare", "zeros"],
)
def test_nothing_is_found_by_chance(draw: Callable[..., Any], size: int) -> None:
    share = rejected(300, lambda rng: ks(*both(draw(rng, 2_000), draw(rng, size)), 499).p_value)
    # Three standard deviations above 5 %.
    assert share <= 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


@pytest.mark.parametrize("size", [50, 400])
def test_nothing_is_found_by_chance_in_categories(size: int) -> None:
    def once(rng: np.random.Generator) -> float:
        drawn = [np.minimum(rng.zipf(1.5, n), 5_000) for n in (2_000, size)]
        counts = [np.bincount(one, minlength=5_001) for one in drawn]
        return min(1.0, 2 * min(homogeneity(*counts, 499).p_value, newcomers(*counts).p_value))

    assert rejected(300, once) <= 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


def test_outsiders_are_as_likely_as_chance_has_them() -> None:
    # That the greatest of all is in the second sample has probability b / (a + b), and so on.
    assert outsiders(0, 1, 900, 100).p_value == pytest.approx(0.2)
    assert outsiders(0, 2, 900, 100).p_value == pytest.approx(2 * 100 / 1000 * 99 / 999)
    assert outsiders(0, 0, 900, 100).p_value == 1
    assert outsiders(101, 0, 900, 100).p_value == 0


def test_a_new_category_with_many_rows_is_found() -> None:
    assert newcomers(np.array([500, 0]), np.array([90, 10])).p_value < 1e-6
    assert newcomers(np.array([500, 0]), np.array([99, 1])).p_value == pytest.approx(1 / 6)


@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=20))
def test_holm_is_by_hand(p_values: list[float]) -> None:
    found = holm(p_values)
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    before = 0.0
    for rank, place in enumerate(order):
        before = max(before, min(1.0, p_values[place] * (len(p_values) - rank)))
        assert found[place] == pytest.approx(before)


@given(COUNTS)
def test_js_agrees_with_scipy(table: list[tuple[int, int]]) -> None:
    first, second = np.array(table).T
    if first.sum() and second.sum():
        other = jensenshannon(first, second, 2)
        # Below a ten-millionth SciPy's root is of rounding.
        assert abs(effects.js(first, second) ** 2 - np.nan_to_num(other) ** 2) < 1e-12


def test_wasserstein_agrees_with_scipy() -> None:
    rng = np.random.default_rng(6)
    first, second = rng.normal(size=700), rng.standard_cauchy(300)
    found = effects.wasserstein(buckets_of(first), buckets_of(second))
    assert found == pytest.approx(stats.wasserstein_distance(first, second), rel=1e-12)
    assert effects.wasserstein(buckets_of(np.array([np.inf])), buckets_of(first)) == 0


def test_psi_is_that_of_ten_bins() -> None:
    rng = np.random.default_rng(7)
    first, second = rng.normal(size=2_000), rng.normal(0.5, 1, 2_000)
    edges = np.quantile(first, np.linspace(0, 1, 11))[1:-1]
    binned = [np.bincount(np.searchsorted(edges, one), minlength=10) for one in (first, second)]
    assert effects.number_psi(*both(first, second)) == pytest.approx(effects.psi(*binned), abs=0.01)
    assert effects.psi(np.array([5, 5]), np.array([500, 500])) == 0


def test_spread_withstands_far_values_and_constants() -> None:
    rng = np.random.default_rng(8)
    normal = np.append(rng.normal(0, 3, 2_000), 1e12)
    assert effects.spread(buckets_of(normal), float(normal.std())) == pytest.approx(3, rel=0.1)
    rare = np.append(np.zeros(99), 1.0)
    assert effects.spread(buckets_of(rare), float(rare.std())) == pytest.approx(rare.std())
    assert effects.spread(buckets_of(np.ones(9)), float("nan")) == 0
