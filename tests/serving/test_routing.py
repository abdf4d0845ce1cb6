"""Who is answered by whom."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.serving.decoding import Asked
from cellbook.serving.desk import Desk
from cellbook.serving.fitting import Table
from cellbook.serving.routing import choose, falls_within

ARMS = [("champion", 90.0), ("canary", 10.0)]


def test_choices_are_the_same_in_each_process_and_release() -> None:
    # These are pinned: whoever was in the treatment group yesterday must be in it today.
    assert "".join(
        str(choose("wine", f"user-{n}", [("a", 1.0), ("b", 1.0)])) for n in range(24)
    ) == ("100001100111111010111001")


@pytest.mark.parametrize("share", [0.5, 5.0, 20.0, 50.0])
def test_shares_are_what_weights_say(share: float) -> None:
    arms = [("champion", 100.0 - share), ("canary", share)]
    count = 20_000
    found = sum(choose("s", f"user-{n}", arms) for n in range(count)) / count
    error = (share / 100 * (1 - share / 100) / count) ** 0.5
    assert abs(found - share / 100) < 4.5 * error


def test_more_for_the_canary_takes_nobody_away_from_it() -> None:
    for n in range(2000):
        few = choose("s", str(n), [("champion", 95.0), ("canary", 5.0)])
        many = choose("s", str(n), [("champion", 70.0), ("canary", 30.0)])
        assert few <= many


def test_salts_divide_independently() -> None:
    arms = [("a", 1.0), ("b", 1.0)]
    both = sum(choose("one", str(n), arms) == choose("other", str(n), arms) for n in range(10_000))
    assert abs(both - 5000) < 4.5 * 50


@given(st.text(), st.text(), st.lists(st.floats(0, 1e6), min_size=1, max_size=5).filter(any))
def test_an_arm_without_weight_answers_nobody(salt: str, key: str, weights: list[float]) -> None:
    arms = [(f"arm{n}", weight) for n, weight in enumerate(weights)]
    place = choose(salt, key, arms)
    assert weights[place] > 0
    assert choose(salt, key, arms) == place


def test_a_share_falls_within() -> None:
    count = sum(falls_within("s", str(n), 0.25) for n in range(10_000))
    assert abs(count - 2500) < 4.5 * 43.3
    assert falls_within("s", "x", 1.0)
    assert not falls_within("s", "x", 0.0)


def test_who_is_not_named_has_no_key() -> None:
    for value in (None, float("nan")):
        for asked in (Table({"who": [value]}, 1), pd.DataFrame({"who": [value]})):
            assert Desk._key("who", Asked(asked)) == ""
    assert Desk._key("who", Asked(Table({"who": ["ann"]}, 1))) == "ann"
