"""Detectors: where River 0.26 finds changes, as rarely by chance as they promise, and resumed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput
from cellbook.monitoring.detectors import Adwin, Detector, HddmA, Signal


def stream(rates: list[float], each: int, seed: int) -> list[float]:
    """Return errors whose rate changes after `each` values."""
    rnd = random.Random(seed)
    count = each * len(rates)
    return [float(rnd.random() < rates[place // each]) for place in range(count)]


# What River 0.26.1 finds in these very streams, at its own defaults, which are ours.
RIVER: list[tuple[Callable[[], Detector], list[float], int, int, list[int]]] = [
    (Adwin, [0.1, 0.3], 2_000, 0, [2111]),
    (Adwin, [0.1, 0.3], 2_000, 1, [2143]),
    (Adwin, [0.05, 0.35, 0.05, 0.35, 0.05], 3_000, 0, [3071, 6111, 9055, 12095]),
    (HddmA, [0.1, 0.3], 2_000, 0, [2104]),
    (HddmA, [0.1, 0.3], 2_000, 1, [2245]),
    (HddmA, [0.05, 0.35, 0.05, 0.35, 0.05], 3_000, 0, [3064, 9065]),
]


@pytest.mark.parametrize(("make", "rates", "each", "seed", "places"), RIVER)
def test_changes_are_where_river_finds_them(
    make: Callable[[], Detector], rates: list[float], each: int, seed: int, places: list[int]
) -> None:
    assert list(make().changes(stream(rates, each, seed))) == places


def test_a_mean_that_falls_is_a_change_if_asked_for() -> None:
    values = stream([0.4, 0.1], 2_000, 3)
    assert not list(HddmA().changes(values))
    (found,) = HddmA(two_sided=True).changes(values)
    assert 2_000 < found < 2_200
    (found,) = Adwin().changes(values)
    assert 2_000 < found < 2_200


# HDDM_A compares after each value, and River's, too, finds so many.
@pytest.mark.parametrize(("make", "most"), [(Adwin, 0), (HddmA, 4)])
def test_few_changes_are_found_where_there_is_none(make: Callable[[], Detector], most: int) -> None:
    found = sum(bool(list(make().changes(stream([0.2], 3_000, seed)))) for seed in range(40))
    assert found <= most


def test_a_warning_comes_before_the_change() -> None:
    detector = HddmA()
    signals = [detector.update(value) for value in stream([0.1, 0.3], 2_000, 0)]
    first = signals.index(Signal.CHANGE)
    assert Signal.WARNING in signals[first - 50 : first]
    assert signals[: first - 500].count(Signal.WARNING) == 0


def test_the_window_is_what_the_error_is_now() -> None:
    detector = Adwin()
    list(detector.changes(stream([0.1, 0.6], 5_000, 4)))
    assert detector.mean == pytest.approx(0.6, abs=0.03)
    assert detector.width < 5_500


@given(st.lists(st.floats(0, 1), min_size=1, max_size=300))
def test_the_histogram_keeps_mean_and_variance(values: list[float]) -> None:
    detector = Adwin(every=10_000)
    for value in values:
        detector.update(value)
    copy = Adwin()
    copy.resume(json.loads(json.dumps(detector.to_state())))
    for one in (detector, copy):
        assert one.width == len(values)
        assert one.mean == pytest.approx(np.mean(values), abs=1e-9)
        assert one._squares / one.width == pytest.approx(np.var(values), abs=1e-9)
    assert sum(map(len, detector._rows)) <= 5 * 10


@pytest.mark.parametrize("make", [Adwin, HddmA])
def test_a_detector_that_is_resumed_goes_on_as_before(make: Callable[[], Detector]) -> None:
    values = stream([0.05, 0.35, 0.05], 1_500, 5)
    whole, part = make(), make()
    one = [whole.update(value) for value in values]
    other = [part.update(value) for value in values[:2_000]]
    resumed = make()
    resumed.resume(json.loads(json.dumps(part.to_state())))
    other += [resumed.update(value) for value in values[2_000:]]
    assert one == other


def test_what_is_no_error_is_refused() -> None:
    for value in (-0.1, 1.1, float("nan")):
        with pytest.raises(InvalidInput, match="from 0 to 1"):
            Adwin().update(value)
    with pytest.raises(InvalidInput, match="no probability"):
        Adwin(0)
    with pytest.raises(InvalidInput, match="later than it tells"):
        HddmA(0.01, 0.001)
