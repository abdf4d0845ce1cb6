"""A served endpoint as doors show it: its address, its arms, and which of them does better."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cellbook.records import Direction, direction_of
from cellbook.records.deployment import Arm
from cellbook.registry.finding import parse
from cellbook.serving.comparing import FEWEST, Comparison, Moments, compare

_SURE = 0.05
"""The always valid p-value below which a difference is told as one."""


class EndpointState(StrEnum):
    """Whether it answers."""

    LOADING = "loading"
    ANSWERS = "answers"
    ENDED = "ended"


class ArmVerdict(StrEnum):
    """What is to be said of an arm beside the champion."""

    NONE = ""
    """It is the champion, or there is nothing to compare."""
    FEW = "few"
    OPEN = "open"
    BETTER = "better"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class EndpointArm:
    """One arm."""

    name: str
    model: str
    """What it serves, as the deployment names it."""
    version: str
    shadow: bool
    share: float
    requests: int
    refused: int
    failed: int
    median: float | None
    """Seconds; None where there were no requests."""
    p95: float | None
    outcomes: int
    mean: float | None
    low: float | None
    """The difference to the champion: the ends of its 95 % interval, for one look."""
    high: float | None
    agreed: int
    disagreed: int
    missed: int
    p_value: float | None
    """Always valid; None where nothing was compared."""
    verdict: ArmVerdict
    says: str
    """The verdict in words."""
    label: str
    """The registered version that it serves, as ``wine/7``; empty for a bundle."""
    follows: str
    """The alias that it serves, wherever that leads, as ``wine@champion``; empty where none."""


@dataclass(frozen=True, slots=True)
class EndpointPage:
    """All there is to see of it."""

    name: str
    url: str
    state: EndpointState
    trouble: str
    """Why it has ended, or cannot change over."""
    strategy: str
    recorded: bool
    """Whether predictions are kept in the book."""
    metric: str
    """What outcomes are called."""
    less: bool
    """Whether less of it is better."""
    arms: tuple[EndpointArm, ...]
    since: int | None
    """From when on outcomes count, in milliseconds since 1970, so that all arms answered in that
    time; None where all count."""
    before: str
    """What a rollback would bring back, in words; empty where there is nothing."""
    command: str
    """A line of a shell that asks for a prediction."""
    said: tuple[str, ...]
    """What the server said lately, the newest last."""


def less_is_better(metric: str) -> bool:
    """Return whether less of what outcomes are called is better, as far as the name tells."""
    return direction_of(metric) is Direction.LESS


def arms_of(
    told: Mapping[str, Any] | None,
    models: Mapping[str, str],
    metric: str,
    labelled: Mapping[str, Moments] | None = None,
) -> tuple[EndpointArm, ...]:
    """Return the arms of an endpoint, compared.

    Parameters
    ----------
    told
        What the endpoint says of them; None if it does not answer.
    models
        By arm, what the deployment names.
    metric
        What outcomes are called, which tells which way is better.
    labelled
        By arm, outcomes that were reckoned of recorded predictions and their labels; None takes
        those that were reported to the endpoint.
    """
    if told is None:
        return ()
    less = less_is_better(metric)
    found: list[EndpointArm] = []
    champion: Moments | None = None
    for one in told["arms"]:
        comparison = one["comparison"] and Comparison(**_numbers(one["comparison"]))
        outcomes, mean = one["outcomes"], one["mean"]
        if labelled is not None:
            moments = labelled.get(one["name"], Moments())
            outcomes, mean = int(moments.count), moments.mean
            comparison = None if champion is None else compare(champion, moments)
            if not one["shadow"]:
                champion = champion or moments
        fewest = min([outcomes, *(found[0].outcomes for _ in found[:1])])
        verdict, says = _verdict(one["name"], comparison, fewest, less=less)
        if says and one["shadow"]:
            says = f"as a shadow: {says}"
        found.append(
            EndpointArm(
                name=one["name"],
                model=models.get(one["name"], ""),
                version=one["version"],
                shadow=one["shadow"],
                share=one["share"],
                requests=one["requests"],
                refused=one["refused"],
                failed=one["failed"],
                median=one["median"],
                p95=one["p95"],
                outcomes=outcomes,
                mean=_finite(mean),
                low=_finite(comparison.low) if comparison else None,
                high=_finite(comparison.high) if comparison else None,
                agreed=one["agreed"],
                disagreed=one["disagreed"],
                missed=one["missed"],
                p_value=_finite(comparison.always_valid_p) if comparison else None,
                verdict=verdict,
                says=says,
                **_registered(models.get(one["name"], ""), one["version"]),
            )
        )
    return tuple(found)


def planned_arm(arm: Arm, share: float, known: EndpointArm | None) -> EndpointArm:
    """Return an arm that is to answer, with what is known of it if it did before."""
    if known is not None:
        return dataclasses.replace(known, share=share, shadow=arm.shadow)
    told = {"name": arm.name, "version": "", "shadow": arm.shadow, "share": share}
    nothing = dict.fromkeys(("requests", "refused", "failed", "outcomes"), 0)
    nothing |= dict.fromkeys(("agreed", "disagreed", "missed"), 0)
    unknown = dict.fromkeys(("median", "p95", "mean", "comparison"))
    (planned,) = arms_of({"arms": [told | nothing | unknown]}, {arm.name: arm.model}, "")
    return planned


def _registered(model: str, version: str) -> dict[str, str]:
    """Return which registered version an arm serves, and by which alias."""
    if not model.startswith("models:/"):
        return {"label": "", "follows": ""}
    wanted = parse(model)
    follows = f"{wanted.name}@{wanted.alias}" if wanted.alias else ""
    return {"label": f"{wanted.name}/{version}" if version else "", "follows": follows}


def _verdict(
    name: str, comparison: Comparison | None, fewest: int, *, less: bool
) -> tuple[ArmVerdict, str]:
    if comparison is None:
        return ArmVerdict.NONE, ""
    p_value = comparison.always_valid_p
    if not comparison.test or math.isnan(p_value):
        return ArmVerdict.FEW, f"too few yet: {fewest} of {FEWEST} outcomes"
    sure = 100 * (1 - p_value)
    if p_value < _SURE:
        better = (comparison.difference < 0) is less and comparison.difference != 0
        # No number of outcomes makes anything wholly sure.
        told = f"{min(sure, 99.9):.4g}" if sure > 99 else f"{sure:.0f}"
        word = ArmVerdict.BETTER if better else ArmVerdict.WORSE
        return word, f"{name} is {word.value}: {told} % sure"
    return ArmVerdict.OPEN, f"no sure difference yet: {max(0.0, sure):.0f} % sure, 95 are needed"


def outcome_moments(values: Sequence[float]) -> Moments:
    """Return outcomes summed up."""
    return Moments(
        float(len(values)), math.fsum(values), math.fsum(value * value for value in values)
    )


def _numbers(comparison: Mapping[str, Any]) -> dict[str, Any]:
    # JSON has no NaN: what could not be reckoned came as nothing.
    return {name: math.nan if value is None else value for name, value in comparison.items()}


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value
