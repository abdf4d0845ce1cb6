"""What is said of arms beside the champion."""

from __future__ import annotations

from typing import Any

import pytest

from cellbook.serving.comparing import Moments
from cellbook.views.endpoint_page import ArmVerdict, arms_of, less_is_better, outcome_moments


def told(*names: str) -> dict[str, Any]:
    arms = [
        {
            "name": name, "version": "1", "shadow": name == "shadow", "share": 0.5, "requests": 9,
            "refused": 1, "failed": 0, "median": 0.002, "p95": None, "outcomes": 0, "mean": None,
            "agreed": 0, "disagreed": 0, "missed": 0, "comparison": None,
        }
        for name in names
    ]  # fmt: skip
    return {"endpoint": "wine", "strategy": "split", "arms": arms}


def shares(hits: int, count: int) -> Moments:
    return outcome_moments([1.0] * hits + [0.0] * (count - hits))


@pytest.mark.parametrize(
    ("champion", "b", "verdict", "says"),
    [
        ((5, 20), (8, 12), ArmVerdict.FEW, "too few yet: 12 of 30 outcomes"),
        ((100, 200), (110, 200), ArmVerdict.OPEN, "no sure difference yet: "),
        ((100, 200), (160, 200), ArmVerdict.BETTER, "b is better: 99.9 % sure"),
        ((160, 200), (100, 200), ArmVerdict.WORSE, "b is worse: 99.9 % sure"),
        ((0, 40), (0, 40), ArmVerdict.OPEN, "no sure difference yet: 0 % sure"),
    ],
)
def test_a_verdict_is_said_in_words(
    champion: tuple[int, int], b: tuple[int, int], verdict: ArmVerdict, says: str
) -> None:
    known = {"champion": shares(*champion), "b": shares(*b)}
    first, second = arms_of(told("champion", "b"), {"b": "models:/w@x"}, "accuracy", known)
    assert (first.verdict, first.says) == (ArmVerdict.NONE, "")
    assert second.verdict is verdict
    assert second.says.startswith(says)
    assert second.model == "models:/w@x"
    assert second.p95 is None


def test_less_is_better_where_the_name_says_so() -> None:
    assert less_is_better("mae")
    assert not less_is_better("conversion")
    known = {"champion": shares(160, 200), "b": shares(100, 200)}
    _, second = arms_of(told("champion", "b"), {}, "error", known)
    assert second.verdict is ArmVerdict.BETTER


def test_shadows_are_compared_by_labels_as_such_and_nothing_is_no_arm() -> None:
    known = {"champion": shares(100, 200), "shadow": shares(160, 200)}
    _, second = arms_of(told("champion", "shadow"), {}, "accuracy", known)
    assert (second.verdict, second.outcomes, second.mean) == (ArmVerdict.BETTER, 200, 0.8)
    assert second.says == "as a shadow: shadow is better: 99.9 % sure"
    # What is reported to the endpoint is of those who were answered.
    _, second = arms_of(told("champion", "shadow"), {}, "outcome")
    assert (second.verdict, second.says) == (ArmVerdict.NONE, "")
    assert arms_of(None, {}, "accuracy") == ()


def test_what_was_reported_to_the_endpoint_is_taken_as_it_is() -> None:
    doc = told("champion", "b")
    doc["arms"][0] |= {"outcomes": 40, "mean": 0.5}
    doc["arms"][1] |= {
        "outcomes": 20,
        "mean": 0.75,
        "comparison": {
            "test": "", "difference": 0.25, "low": None, "high": None, "p_value": None,
            "always_valid_p": None,
        },
    }  # fmt: skip
    _, second = arms_of(doc, {}, "outcome")
    assert (second.mean, second.low, second.p_value) == (0.75, None, None)
    assert second.says == "too few yet: 20 of 30 outcomes"
