"""How sure a difference is: intervals of means, paired tests, and ranks under doubt."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np

Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"


def total(values: Sequence[float]) -> float:
    """Return the sum, which is the same in whatever order the values come."""
    try:
        return math.fsum(values)
    except OverflowError:
        return math.copysign(math.inf, sum(value / len(values) for value in values))
    except ValueError:
        return math.nan  # Infinities of both signs.


def mean_interval(values: Sequence[float], confidence: float) -> tuple[float, float] | None:
    """Return the ends of the confidence interval of a mean; None where nothing tells them.

    Student's interval, mean ± t(n − 1) · s / √n (Student, "The probable error of a mean",
    Biometrika 6, 1908): exact for normal values, and for others nearly so where they are many.

    Parameters
    ----------
    values
        Of independent runs; it takes two, all of them finite.
    confidence
        Between 0 and 1, such as 0.95.
    """
    count = len(values)
    if count < 2 or not all(map(math.isfinite, values)):
        return None
    if min(values) == max(values):
        return values[0], values[0]  # Their mean need not be quite the same.
    mean = total(values) / count
    spread = math.sqrt(total([(value - mean) * (value - mean) for value in values]) / (count - 1))
    half = _student(count - 1, confidence) * spread / math.sqrt(count)
    return (mean - half, mean + half) if math.isfinite(half) else None


@functools.lru_cache(maxsize=1024)
def _student(freedom: int, confidence: float) -> float:
    """Return how many standard errors reach to either end of the interval."""
    from scipy.special import stdtrit  # noqa: PLC0415  keeps `import cellbook` quick

    return float(stdtrit(freedom, (1 + confidence) / 2))


def paired_test(first: Floats, second: Floats) -> tuple[float, float] | None:
    """Return how likely a difference as great as this is if there is none, and the difference of
    the means; None if that cannot be tested.

    Two-sided.  Where each example is right or wrong, McNemar's exact test, which is the sign test
    on the examples that differ (McNemar, Psychometrika 12, 1947); else Student's paired t-test.

    Parameters
    ----------
    first, second
        Values on the same examples, in the same order; pairs of which one is NaN do not count.
    """
    import numpy as np  # noqa: PLC0415  as above
    from scipy.special import bdtr, stdtr  # noqa: PLC0415

    known = ~(np.isnan(first) | np.isnan(second))
    count = int(known.sum())
    with np.errstate(invalid="ignore", over="ignore"):
        differences = first[known] - second[known]
    if count < 2 or not np.isfinite(differences).all():
        return None
    mean, unlike = float(differences.mean()), differences[differences != 0]
    if not len(unlike):
        return 1.0, 0.0
    if (np.abs(unlike) == abs(unlike[0])).all():
        wins = int((unlike > 0).sum())
        fewer = min(wins, len(unlike) - wins)
        return min(1.0, 2 * float(bdtr(fewer, len(unlike), 0.5))), mean
    error = float(differences.std(ddof=1)) / math.sqrt(count)
    if not error:
        return None  # So small that their squares are none.
    return 2 * float(stdtr(count - 1, -abs(mean) / error)), mean


def holm(values: Sequence[float], alpha: float) -> list[bool]:
    """Return which of several tests reject, with a chance of at most `alpha` that any of them is
    wrong to.

    Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6, 1979.
    """
    rejected = [False] * len(values)
    for place, test in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        if values[test] > alpha / (len(values) - place):
            break
        rejected[test] = True
    return rejected
