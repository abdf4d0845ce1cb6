"""Whether two samples can be of one distribution: p-values from counts, small samples or large.

Everything here takes how often each value is in the one and in the other sample.  All tests hold
for whatever distribution the rows have in common, ties, heavy tails and all: they ask how the
pooled values would fall to the two samples if chance alone dealt them.

- `ks`: Kolmogorov and Smirnov's, exact for small samples, by permutation where few values differ
  (its usual p-value is too large there), else by its limit, as SciPy's `ks_2samp` has it.
- `homogeneity`: Fisher's exact test of two categories; of more, Pearson's chi-square, by
  permutation for small samples.  Which categories are pooled depends on both samples together,
  so it does not depend on how they differ.
- `newcomers`, `outsiders`: whether there are more values than chance explains that the first
  sample does not have, or that lie beyond its ends.
- `holm`: p-values of many tests, corrected so that any false one is as rare as in a single test,
  however the tests depend on one another (Holm, 1979).

Permutations stop when the answer is plain (Besag and Clifford, *Sequential Monte Carlo p-values*,
1991), and draw the same numbers each time, so that an answer can be had again.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

Array = np.ndarray[Any, Any]

LARGE = 1_000
"""Rows of the smaller sample from which limits are trusted and an effect is asked for."""
_EXACT = 250_000
"""Product of two samples' sizes up to which the exact distribution is reckoned."""
_FEW_VALUES = 32
_EXPECTED, _EXPECTED_LARGE = 5.0, 10.0
"""Rows of the smaller sample that a category is expected to have at least, else it is pooled."""
_FISHER = 1_000.0
_ENOUGH = 25
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Tested:
    """A test's outcome."""

    statistic: float
    p_value: float
    method: str


def ks(first: Array, second: Array, draws: int = 9_999) -> Tested:
    """Return whether numbers are spread alike.

    Parameters
    ----------
    first, second
        How often each of the same values, in ascending order, is in either sample.
    draws
        Permutations at most, where those are what the answer is from.
    """
    from scipy import stats  # noqa: PLC0415 - takes a second to import

    a, b = int(first.sum()), int(second.sum())
    statistic = float(np.abs(np.cumsum(first) / a - np.cumsum(second) / b).max())
    if len(first) <= _FEW_VALUES and min(a, b) < LARGE:
        return Tested(statistic, _permuted(first, second, _gaps, draws), "KS, permutation")
    if a * b <= _EXACT:
        places = np.arange(len(first))
        with warnings.catch_warnings():
            # Where the exact way overflows SciPy takes the limit, and says so.
            warnings.simplefilter("ignore", RuntimeWarning)
            found = stats.ks_2samp(
                np.repeat(places, first), np.repeat(places, second), method="exact"
            )
        return Tested(statistic, float(found.pvalue), "KS, exact")
    size = np.round(a * b / (a + b))
    return Tested(statistic, float(stats.kstwo.sf(statistic, size)), "KS")


def homogeneity(first: Array, second: Array, draws: int = 9_999) -> Tested:
    """Return whether categories are as frequent in one sample as in the other.

    Parameters
    ----------
    first, second
        How often each of the same categories is in either sample.
    draws
        Permutations at most.
    """
    from scipy import stats  # noqa: PLC0415 - takes a second to import

    first, second = _pooled(first, second)
    if len(first) < 2:
        return Tested(0.0, 1.0, "χ²")
    total = first + second
    statistic, degrees = _chi_square(first, second)
    least = float(total.min()) * min(first.sum(), second.sum()) / total.sum()
    if len(first) == 2 and least < _FISHER:
        found = stats.fisher_exact(np.stack([first, second]))
        return Tested(statistic, float(found.pvalue), "Fisher, exact")
    if min(first.sum(), second.sum()) < LARGE:
        p_value = _permuted(first, second, _squares, draws)
        return Tested(statistic, p_value, "χ², permutation")
    return Tested(statistic, float(special.chdtrc(degrees, statistic)), "χ²")


def newcomers(first: Array, second: Array) -> Tested:
    """Return whether more categories are only in the second sample than chance brings about.

    Of a category that is there `c` times in all, chance deals all to the second with probability
    C(N-c, b-c) / C(N, b); how many come out so has about the Poisson distribution with the sum of
    these as its mean, or a narrower one, since one less for the one is one more for another.
    """
    a, b = int(first.sum()), int(second.sum())
    new = int(((first == 0) & (second > 0)).sum())
    if not new:
        return Tested(0.0, 1.0, "new")
    count = (first + second)[(first + second) <= b].astype(float)
    expected = float(np.exp(_dealt(count, a, b)).sum())
    # The first alone is as likely as the sum at most; beyond, the Poisson tail is the wider one.
    p_value = expected if new == 1 else float(special.pdtrc(new - 1, expected))
    return Tested(float(new), min(1.0, p_value), "new")


def outsiders(below: int, above: int, first: int, second: int) -> Tested:
    """Return whether more values lie beyond the first sample's ends than chance brings about.

    Parameters
    ----------
    below, above
        How many of the second sample lie below the least and above the greatest of the first.
    first, second
        How many values either sample has.
    """
    likely = np.exp(_dealt(np.array([below, above], float), first, second))
    return Tested(float(below + above), min(1.0, 2 * float(likely.min())), "range")


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values of which any is below α with probability α at most where nothing differs."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.asarray(p_values, float)[order] * np.arange(len(order), 0, -1)
    found = np.empty(len(order))
    found[order] = np.minimum(1.0, np.maximum.accumulate(adjusted))
    return [float(value) for value in found]


def _dealt(count: Array, first: int, second: int) -> Array:
    """Return the logarithm of the probability that chance deals all of `count` to the second."""
    total = first + second
    found: Array = (
        special.gammaln(second + 1)
        - special.gammaln(second - count + 1)
        - special.gammaln(total + 1)
        + special.gammaln(total - count + 1)
    )
    return found


def _pooled(first: Array, second: Array) -> tuple[Array, Array]:
    """Make one category of those that are too rare, looking at both samples together only."""
    both = first + second
    order = np.argsort(-both, kind="stable")
    order = order[both[order] > 0]
    small = min(int(first.sum()), int(second.sum()))
    least = _EXPECTED if small < LARGE else _EXPECTED_LARGE
    expected = both[order] * small / max(1, both.sum())
    kept = int((expected >= least).sum())
    rare = order[kept:]
    if kept and 0 < expected[kept:].sum() < least:
        # What is pooled is still too rare: the rarest of the others joins it.
        kept -= 1
        rare = order[kept:]
    parts = []
    for counts in (first, second):
        some = counts[order[:kept]]
        parts.append(np.append(some, counts[rare].sum()) if len(rare) else some)
    if len(parts[0]) < 2 <= len(order):
        # Nothing but rare ones: the most frequent against the rest.
        return tuple(np.array([c[order[0]], c.sum() - c[order[0]]]) for c in (first, second))  # type: ignore[return-value]
    return parts[0], parts[1]


def _chi_square(first: Array, second: Array) -> tuple[float, int]:
    total = first + second
    statistic = 0.0
    for counts in (first, second):
        expected = total * (counts.sum() / total.sum())
        statistic += float(((counts - expected) ** 2 / expected).sum())
    return statistic, len(total) - 1


def _gaps(drawn: Array, total: Array, size: int) -> Array:
    rest = total - drawn
    gaps = np.cumsum(drawn, axis=-1) / size - np.cumsum(rest, axis=-1) / (total.sum() - size)
    return np.asarray(np.abs(gaps).max(axis=-1))


def _squares(drawn: Array, total: Array, size: int) -> Array:
    expected = total * (size / total.sum())
    return np.asarray(((drawn - expected) ** 2 / expected).sum(axis=-1))


def _permuted(
    first: Array, second: Array, statistic: Callable[[Array, Array, int], Array], draws: int
) -> float:
    total, size = first + second, int(second.sum())
    # A ten-thousand-millionth less, so that what is equal but for rounding counts as equal.
    reached = float(statistic(second, total, size)) * (1 - 1e-10)
    generator = np.random.default_rng(0)
    extreme = done = 0
    while done < draws:
        batch = min(_BATCH, draws - done)
        drawn = generator.multivariate_hypergeometric(total, size, batch, method="marginals")
        (places,) = (statistic(drawn, total, size) >= reached).nonzero()
        if extreme + len(places) >= _ENOUGH:
            return _ENOUGH / (done + int(places[_ENOUGH - extreme - 1]) + 1)
        extreme += len(places)
        done += batch
    return (extreme + 1) / (done + 1)
