"""How the arms of an endpoint do, compared with the champion.

Outcomes are compared with two tests.  The one of textbooks (two proportions, if all outcomes are 0
or 1, else Welch's) holds if it is looked at once, when the number of outcomes that was set before
is there.  The other is *always valid*: it may be looked at after each outcome, and stopped at the
first that convinces, and still errs in no more than 5 of 100 experiments without a difference.  It
is the mixture sequential probability ratio test with a normal mixture (Johari, Koomen, Pekelis,
Walsh: Always Valid Inference, Operations Research 70, 2022, equation 12), whose p-value here is
that of now, not the least so far, which would be no less valid but must be kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cellbook.serving.counting import Key
from cellbook.serving.metrics import buckets
from cellbook.serving.plans import Plan, PlannedArm

MIXTURE = 0.1
"""The differences that the always valid test is sharpest for, in standard deviations of an
outcome."""

_Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""

FEWEST = 30
"""Outcomes an arm needs before it is compared: the tests take a mean for normal."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Outcomes of one arm, summed up."""

    count: float = 0.0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float:
        """Their mean; NaN if there are none."""
        return self.total / self.count if self.count else math.nan

    @property
    def variance(self) -> float:
        """Their variance, with ``count - 1``; NaN if there are fewer than two."""
        if self.count < 2:
            return math.nan
        return max(0.0, (self.squares - self.total**2 / self.count) / (self.count - 1))

    @property
    def binary(self) -> bool:
        """Whether all can be 0 or 1."""
        return self.total == self.squares


@dataclass(frozen=True, slots=True)
class Comparison:
    """An arm's outcomes against the champion's."""

    test: str
    """``two-proportion`` or ``welch``; empty if there are too few outcomes."""
    difference: float
    """The arm's mean less the champion's."""
    low: float
    high: float
    """Ends of the 95 % interval of the difference, for one look."""
    p_value: float
    """For one look, two-sided."""
    always_valid_p: float
    """For as many looks as you like."""


@dataclass(frozen=True, slots=True)
class ArmReport:
    """One arm."""

    name: str
    model: str
    """What its model is called."""
    version: str
    shadow: bool
    share: float
    """Of the requests that it is to answer, or, of a shadow, to be asked."""
    requests: int
    refused: int
    """Those that the client has to mend (4xx)."""
    failed: int
    """Those that were answered with 5xx."""
    median: float
    """Seconds; within a bucket of the histogram, as it were spread evenly there."""
    p95: float
    outcomes: int
    mean: float
    agreed: int
    """Of a shadow: how often it said what was answered."""
    disagreed: int
    missed: int
    """Of a shadow: how often it was not told, or failed."""
    comparison: Comparison | None
    """With the champion, which is the first arm; None for itself and for shadows."""


@dataclass(frozen=True, slots=True)
class EndpointReport:
    """All arms of an endpoint."""

    endpoint: str
    strategy: str
    arms: tuple[ArmReport, ...]


def report(plan: Plan, counted: Mapping[Key, float]) -> EndpointReport:
    """Return how the arms of a plan do."""
    seconds = buckets("cellbook_request_seconds", counted)
    weights = sum(arm.weight for arm in plan.answering)
    champion = _moments(plan.answering[0], counted)
    arms = []
    for place, arm in enumerate(plan.arms):
        codes = _by_label("cellbook_requests_total", "code", arm, counted)
        asked = _by_label("cellbook_shadow_total", "result", arm, counted)
        spread = seconds.get(tuple(arm.labels.items()), [])
        outcomes = _moments(arm, counted)
        compared = None if arm.shadow or not place else compare(champion, outcomes)
        arms.append(
            ArmReport(
                name=arm.name,
                model=arm.called,
                version=arm.version,
                shadow=arm.shadow,
                share=arm.weight if arm.shadow else arm.weight / weights,
                requests=int(sum(codes.values())),
                refused=int(sum(n for code, n in codes.items() if code.startswith("4"))),
                failed=int(sum(n for code, n in codes.items() if code.startswith("5"))),
                median=quantile(spread, 0.5),
                p95=quantile(spread, 0.95),
                outcomes=int(outcomes.count),
                mean=outcomes.mean,
                agreed=int(asked.get("same", 0)),
                disagreed=int(asked.get("different", 0)),
                missed=int(asked.get("dropped", 0) + asked.get("failed", 0)),
                comparison=compared,
            )
        )
    return EndpointReport(plan.endpoint, plan.strategy, tuple(arms))


def compare(champion: Moments, arm: Moments) -> Comparison:
    """Compare an arm's outcomes with the champion's."""
    difference = arm.mean - champion.mean
    if min(champion.count, arm.count) < FEWEST:
        return Comparison("", difference, math.nan, math.nan, math.nan, math.nan)
    if champion.binary and arm.binary:
        test, (p_value, low, high) = "two-proportion", _two_proportion(champion, arm)
    else:
        test, (p_value, low, high) = "welch", _welch(champion, arm)
    return Comparison(test, difference, low, high, p_value, always_valid(champion, arm))


def always_valid(champion: Moments, arm: Moments) -> float:
    """Return a p-value that holds however often, and whenever, it is looked at."""
    variance = champion.variance / champion.count + arm.variance / arm.count
    pooled = (champion.variance * champion.count + arm.variance * arm.count) / (
        champion.count + arm.count
    )
    if not variance > 0:
        return 1.0
    mixing = MIXTURE**2 * pooled
    squared = (arm.mean - champion.mean) ** 2
    log_ratio = 0.5 * math.log(variance / (variance + mixing)) + mixing * squared / (
        2 * variance * (variance + mixing)
    )
    return math.exp(-log_ratio) if log_ratio > 0 else 1.0


def quantile(counts: Sequence[tuple[float, float]], share: float) -> float:
    """Return the value below which a share of a histogram lies; NaN if it is empty.

    What is above the last bound counts as that bound.
    """
    wanted = share * sum(count for _, count in counts)
    below, start = 0.0, 0.0
    for bound, count in counts:
        if count and below + count >= wanted:
            return (
                bound if math.isinf(bound) else start + (bound - start) * (wanted - below) / count
            )
        below += count
        start = start if math.isinf(bound) else bound
    return math.nan


def _two_proportion(champion: Moments, arm: Moments) -> tuple[float, float, float]:
    pooled = (champion.total + arm.total) / (champion.count + arm.count)
    error = math.sqrt(pooled * (1 - pooled) * (1 / champion.count + 1 / arm.count))
    difference = arm.mean - champion.mean
    p_value = math.erfc(abs(difference) / error / math.sqrt(2)) if error else 1.0
    apart = math.sqrt(
        champion.mean * (1 - champion.mean) / champion.count + arm.mean * (1 - arm.mean) / arm.count
    )
    return p_value, difference - _Z * apart, difference + _Z * apart


def _welch(champion: Moments, arm: Moments) -> tuple[float, float, float]:
    one, other = champion.variance / champion.count, arm.variance / arm.count
    error = math.sqrt(one + other)
    difference = arm.mean - champion.mean
    if not error:
        return (1.0 if not difference else 0.0), difference, difference
    freedom = (one + other) ** 2 / (one**2 / (champion.count - 1) + other**2 / (arm.count - 1))
    from scipy import special  # noqa: PLC0415 - a worker may never be asked

    p_value = 2 * float(special.stdtr(freedom, -abs(difference) / error))
    reach = error * float(special.stdtrit(freedom, 0.975))
    return p_value, difference - reach, difference + reach


def _moments(arm: PlannedArm, counted: Mapping[Key, float]) -> Moments:
    labels = tuple(arm.labels.items())
    return Moments(
        *(
            counted.get((f"cellbook_outcomes_{name}", labels), 0.0)
            for name in ("total", "sum", "squares_sum")
        )
    )


def _by_label(
    metric: str, label: str, arm: PlannedArm, counted: Mapping[Key, float]
) -> dict[str, float]:
    """Return an arm's counts by one of their labels."""
    found: dict[str, float] = {}
    for (name, labels), value in counted.items():
        told = dict(labels)
        if name == metric and arm.labels.items() <= told.items():
            found[told[label]] = found.get(told[label], 0.0) + value
    return found
