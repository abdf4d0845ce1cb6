from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cellbook.book import Book
from cellbook.errors import InvalidInput
from cellbook.views import lines, smooth
from cellbook.views.lines import BANDS, DrawnLine, curve_lines, mean_and_band, smoothed
from tests.views.conftest import Log

floats = st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, -math.inf])


def lines_of(opened: Book, metric: str = "acc", **look: object) -> tuple[DrawnLine, ...]:
    opened.refresh()
    records = [opened.find_run(number) for number in range(1, opened.store.count("runs") + 1)]
    return curve_lines(opened.store, records, metric, **look).lines  # type: ignore[arg-type]


def test_a_run_is_a_line_in_the_order_of_steps_with_its_best_point(opened: Book, log: Log) -> None:
    with opened.start_run("back and forth") as run:
        for step, value in ((3, 0.3), (1, 0.9), (2, math.nan)):
            run.log_metric("acc", value, step=step)
    log("none", loss=1.0)
    (line,) = lines_of(opened)
    assert line.label == "#1 back and forth"
    assert line.xs == (1, 2, 3)
    assert line.ys[0] == 0.9
    assert math.isnan(line.ys[1])
    assert line.best == (1, 0.9)
    assert line.count == 3
    opened.refresh()
    records = [opened.find_run(1), opened.find_run(2)]
    assert curve_lines(opened.store, records, "acc").missing == (2,)


def test_less_is_better_for_a_loss_and_nothing_is_known_of_other_names(
    opened: Book, log: Log
) -> None:
    log("run", loss=[3, 1, 2], weight=[3, 1, 2])
    assert lines_of(opened, "loss")[0].best == (1, 1)
    assert lines_of(opened, "weight")[0].best is None


def test_time_is_since_the_run_began_or_that_of_the_wall(opened: Book) -> None:
    with opened.start_run() as run:
        start = opened.find_run(1).start_time
        for step in range(3):
            run.log_metric("acc", step, step=10 - step, timestamp=start + 500 * step)
    assert lines_of(opened, axis="relative")[0].xs == (0.0, 0.5, 1.0)
    assert lines_of(opened, axis="relative")[0].ys == (0, 1, 2)
    assert lines_of(opened, axis="relative")[0].steps == (10, 9, 8)
    assert lines_of(opened, axis="wall")[0].xs == (start, start + 500, start + 1000)


def test_a_thinned_and_smoothed_point_knows_the_step_and_value_that_were_logged(
    opened: Book, log: Log
) -> None:
    values = [math.sin(step) for step in range(5000)]
    log("run", acc=values)
    look = {"points": 100, "smoothing": 0.9}
    (over_time,) = lines_of(opened, axis="relative", **look)
    assert len(over_time.steps) == len(over_time.xs) <= 100
    assert list(over_time.raw) == [values[step] for step in over_time.steps]
    (over_steps,) = lines_of(opened, **look)
    assert over_steps.steps == ()
    assert list(over_steps.raw) == [values[int(step)] for step in over_steps.xs]


def test_nobody_logged_the_points_of_a_mean(opened: Book, log: Log) -> None:
    for lr in (1, 1, 2):
        log("run", params={"lr": lr}, acc=[1, 2])
    both, alone = lines_of(opened, axis="relative", group="params.lr")
    assert both.steps == ()
    assert alone.steps == (0, 1)


def test_a_part_of_the_axis_has_all_its_points_and_one_beyond_each_end(
    opened: Book, log: Log
) -> None:
    log("run", acc=[math.sin(step) for step in range(5000)])
    (whole,) = lines_of(opened, points=100)
    assert len(whole.xs) <= 100
    (part,) = lines_of(opened, points=100, low=1000, high=1020)
    assert part.xs == tuple(range(999, 1022))
    assert part.count == 5000
    assert part.best == whole.best
    assert lines_of(opened, low=9000, high=9010)[0].xs == (4999,)


def test_all_points_are_smoothed_before_any_is_left_out(opened: Book, log: Log) -> None:
    values = [float(step % 7) for step in range(3000)]
    log("run", acc=values)
    (line,) = lines_of(opened, points=50, smoothing=0.9)
    exact = smooth(values, 0.9)
    assert line.ys == pytest.approx([exact[int(x)] for x in line.xs])
    assert line.raw == tuple(values[int(x)] for x in line.xs)


@given(st.lists(floats, max_size=50), st.floats(0.01, 0.99))
def test_smoothing_is_that_of_other_panels(values: list[float], weight: float) -> None:
    found = smoothed(np.array(values, dtype=float), weight)
    np.testing.assert_allclose(found, smooth(values, weight), rtol=1e-9, atol=1e-6)


def test_runs_that_share_a_param_are_one_line_with_a_band(opened: Book, log: Log) -> None:
    log("one", {"lr": 0.1}, acc=[1, 2, 3])
    log("two", {"lr": 0.1}, acc=[3, 4])
    log("three", {"lr": 0.5}, acc=[9])
    log("four", acc=[7])
    both, other, without = lines_of(opened, group="params.lr")
    assert both.label == "lr 0.1 (2 runs)"
    assert (both.number, len(both.run_ids), both.count) == (1, 2, 5)
    assert both.ys == (2, 3, 3), "a run counts as far as it goes"
    assert both.upper == pytest.approx((2 + math.sqrt(2), 3 + math.sqrt(2), 3))
    assert (other.label, without.label) == ("lr 0.5 (1 run)", "no lr (1 run)")
    assert lines_of(opened, group="params.lr", band="range")[0].lower == (1, 2, 3)
    assert lines_of(opened, group="params.lr", band="none")[0].lower == ()
    assert lines_of(opened, group="tags.model")[0].label == "no model (4 runs)"


def test_the_confidence_interval_is_that_of_scipy() -> None:
    values = np.array([[0.1], [0.4], [0.2], [0.9]])
    mean, lower, upper = mean_and_band(values, "ci")
    assert lower is not None
    assert upper is not None
    low, high = stats.t.interval(0.95, 3, loc=values.mean(), scale=stats.sem(values[:, 0]))
    assert mean[0] == pytest.approx(values.mean(), rel=1e-12)
    assert (lower[0], upper[0]) == pytest.approx((low, high), rel=1e-12)


def test_a_mean_of_nothing_is_no_number(opened: Book, log: Log) -> None:
    log("one", {"lr": 1}, acc=[math.nan, math.inf])
    (line,) = lines_of(opened, group="params.lr")
    assert not any(map(math.isfinite, line.ys))
    assert line.best is None
    log("two", {"lr": 1}, acc=[math.inf, math.nan])
    (line,) = lines_of(opened, group="params.lr")
    assert all(map(math.isnan, line.ys))
    assert line.best is None


def logged(opened: Book, points: Sequence[tuple[int, float]]) -> None:
    with opened.start_run(params={"lr": 1}) as run:
        for step, value in points:
            run.log_metric("acc", value, step=step)


@pytest.mark.parametrize("band", ["std", "range", "none"])
def test_a_mean_keeps_spikes_and_its_best_point(opened: Book, log: Log, band: str) -> None:
    values = [0.5 + step % 3 * 0.01 for step in range(5000)]
    spiked = list(values)
    spiked[3333] = 9.0
    log("one", {"lr": 1}, acc=spiked)
    log("two", {"lr": 1}, acc=values)
    look = {"group": "params.lr", "points": 90, "band": band}
    (line,) = lines_of(opened, **look)
    assert len(line.xs) <= 90
    assert max(line.ys) == (9 + values[3333]) / 2
    assert line.best == (3333, max(line.ys))
    (part,) = lines_of(opened, **look, low=4000, high=4020)
    assert part.xs == tuple(range(3999, 4022))
    assert part.ys == tuple(values[3999:4022])
    assert part.best == line.best
    assert not lines_of(opened, **look, low=9, high=3)[0].xs[3:]


def test_a_band_keeps_its_spikes(opened: Book, log: Log) -> None:
    high, low = [1.0] * 5000, [0.0] * 5000
    # The mean stays as it is.
    high[2222], low[2222] = 6.0, -5.0
    log("one", {"lr": 1}, acc=high)
    log("two", {"lr": 1}, acc=low)
    (line,) = lines_of(opened, group="params.lr", points=60, band="range")
    assert (min(line.lower), max(line.upper)) == (-5, 6)


def test_too_many_places_are_thinned_as_each_run_is(
    opened: Book, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_WORK", 400)
    monkeypatch.setattr(lines, "_CHUNK", 64)
    values = [0.5] * 5000
    spiked = list(values)
    spiked[3333] = 9.0
    log("one", {"lr": 1}, acc=spiked)
    log("two", {"lr": 1}, acc=values)
    (line,) = lines_of(opened, group="params.lr")
    assert len(line.xs) < 200
    assert line.best == (3333, 4.75)


def test_a_group_of_one_run_is_that_run(opened: Book, log: Log) -> None:
    logged(opened, [(step // 2, math.sin(step)) for step in range(4000)])
    for look in ({}, {"smoothing": 0.9}, {"low": 100.0, "high": 160.0}):
        (own,) = lines_of(opened, points=100, **look)
        (group,) = lines_of(opened, points=100, group="params.lr", band="none", **look)
        assert replace(group, label=own.label) == own


def test_runs_are_known_between_their_finite_points_alone(opened: Book) -> None:
    logged(opened, [(0, 0.0), (4, 4.0), (8, math.inf), (12, 0.0), (16, 0.0)])
    logged(opened, [(place, 2.0) for place in range(0, 20, 2)])
    (line,) = lines_of(opened, group="params.lr")
    assert line.xs == tuple(range(0, 20, 2))
    assert line.ys == (1, 2, 3, 2, 2, 2, 1, 1, 1, 2)


def test_of_several_points_at_one_place_the_last_counts(opened: Book) -> None:
    logged(opened, [(0, 1.0), (2, 9.0), (2, 1.0)])
    logged(opened, [(0, 1.0), (1, 1.0), (2, 1.0)])
    (line,) = lines_of(opened, group="params.lr")
    assert (line.xs, line.ys, line.count) == ((0, 1, 2), (1, 1, 1), 6)


@pytest.mark.parametrize("band", BANDS)
def test_the_largest_numbers_have_a_mean(opened: Book, band: str) -> None:
    logged(opened, [(0, 1e308), (1, -1e308), (3, 1e308)])
    logged(opened, [(0, 1e308), (2, 1e308), (3, -1e308)])
    (line,) = lines_of(opened, group="params.lr", band=band)
    assert line.ys == (1e308, 0, 5e307, 0)


@pytest.mark.parametrize(
    "look",
    [{"axis": "time"}, {"band": "iqr"}, {"group": "metrics.acc"}, {"smoothing": 1.0}],
)
def test_what_cannot_be_drawn_is_told(opened: Book, look: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="not "):
        lines_of(opened, **look)


def test_milestones_stages_and_the_goal_lie_where_they_were(opened: Book) -> None:
    opened.metrics.define("acc", goal=0.9, direction="more")
    with opened.start_run("one") as run:
        run.log_metric("acc", 0.1, step=10)
        run.milestone("warm")
        time.sleep(0.01)
        with run.stage("tuning", step=20):
            run.log_metric("acc", 0.5, step=25)
        run.milestone("named", step=40)
    opened.refresh()
    records = [opened.find_run(1)]
    found = curve_lines(opened.store, records, "acc")
    assert [(mark.name, mark.start) for mark in found.marks] == [
        ("warm", 10),
        ("named", 40),
        ("tuning", 20),
    ]
    assert found.marks[0].end is None
    assert found.marks[2].end == 25
    assert found.goal == 0.9
    over_time = curve_lines(opened.store, records, "acc", axis="relative").marks
    assert all(0 <= mark.start < 60 for mark in over_time)
    assert curve_lines(opened.store, records, "acc", axis="wall").marks[0].start > 1e12


def test_what_a_log_axis_has_no_place_for_is_counted(opened: Book, log: Log) -> None:
    log(acc=[-1, 0, 1, math.nan, 2, -3])
    assert lines_of(opened)[0].nonpositive == 3
    assert lines_of(opened, low=0, high=0)[0].nonpositive == 2
    assert lines_of(opened, smoothing=0.5)[0].nonpositive == 3


def test_of_too_many_marks_each_run_keeps_some(opened: Book) -> None:
    for count in (150, 3):
        with opened.start_run() as run:
            run.log_metric("acc", 0.1, step=1)
            for step in range(count):
                run.milestone(f"m{step}", step=step)
    opened.refresh()
    records = [opened.find_run(1), opened.find_run(2)]
    found = curve_lines(opened.store, records, "acc")
    numbers = [mark.number for mark in found.marks]
    assert (numbers.count(1), numbers.count(2), found.unmarked) == (97, 3, 53)
