from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.book import Book
from cellbook.store import Store
from cellbook.views import curves, metric_history, series, smooth
from cellbook.views.series import metric_names, spark_points, thin
from tests.views.conftest import Log

COLUMNS = ["run_id", "run_number", "run_name", "key", "context", "step", "time", "value"]
floats = st.floats(-1e9, 1e9) | st.sampled_from([math.nan, math.inf, -math.inf])


def test_history_has_every_point_in_order(opened: Book, log: Log) -> None:
    first = log("same name", acc=[0.1, 0.2], loss=3.0)
    with opened.start_run("same name") as run:
        run.log_metric("acc", math.nan, step=7, context={"split": "val"}, timestamp=1_000)
        run.log_metric("acc", 0.5, step=3, context={"split": "val"}, timestamp=500)
    second = opened.find_run(2)
    frame = metric_history(opened.store, [second, first])
    assert list(frame.columns) == COLUMNS
    assert frame["run_number"].tolist() == [2, 2, 1, 1, 1]
    assert frame["run_id"].tolist() == [second.run_id] * 2 + [first.run_id] * 3
    assert frame["run_name"].unique().tolist() == ["same name"]
    assert frame["context"].tolist() == ["split=val", "split=val", "", "", ""]
    assert frame["step"].tolist() == [7, 3, 0, 1, 0]
    assert frame["value"].tolist()[1:] == [0.5, 0.1, 0.2, 3.0]
    assert str(frame["time"][0]) == "1970-01-01 00:00:01+00:00"
    assert frame[frame["key"] == "loss"]["value"].tolist() == [3.0]


def test_history_of_some_metrics(opened: Book, log: Log) -> None:
    with opened.start_run() as run:
        for split in ("train", "val"):
            run.log_metric("loss", 1.0, context={"split": split})
        run.log_metric("acc", 1.0)
    record = opened.find_run(1)
    both = metric_history(opened.store, [record], ["loss"])
    assert both["context"].tolist() == ["split=train", "split=val"]
    one = metric_history(opened.store, [record], ["loss{split=val}", "acc"])
    assert one["key"].tolist() == ["loss", "acc"]
    assert metric_history(opened.store, [record], []).empty


def test_history_of_nothing_has_the_columns(store: Store, log: Log) -> None:
    for records in ([], [log()]):
        frame = metric_history(store, records)
        assert list(frame.columns) == COLUMNS
        assert frame.empty
        assert frame["value"].dtype == "float64"


def test_curves_are_in_the_order_of_steps_and_seconds_since_the_start(opened: Book) -> None:
    with opened.start_run() as run:
        for step, value in ((5, 0.5), (2, math.inf), (5, 0.6)):
            run.log_metric("acc", value, step, timestamp=run.start_time + 100 * step)
        run.log_metric("acc", 9.0, context={"split": "val"})
    (curve,) = curves(opened.store, [opened.find_run(1)], "acc")
    assert curve.steps == (2, 5, 5)
    assert curve.values == (math.inf, 0.5, 0.6)
    assert curve.times == (0.2, 0.5, 0.5)
    assert curve.count == 3
    (other,) = curves(opened.store, [opened.find_run(1)], "acc{split=val}")
    assert other.values == (9.0,)


def test_curves_of_a_resumed_run_go_by_time(opened: Book, log: Log) -> None:
    record = log("r", acc=[1.0, 2.0])
    opened.close()
    with opened.start_run(run_id=record.run_id) as run:
        run.log_metric("acc", 3.0)
    (curve,) = curves(opened.store, [opened.find_run("r")], "acc")
    assert curve.values == (1.0, 2.0, 3.0)
    assert curve.steps == (0, 1, 2)


def test_curves_leave_out_runs_without_the_metric(store: Store, log: Log) -> None:
    records = [log(acc=1.0), log(loss=1.0)]
    assert [curve.run_id for curve in curves(store, records, "acc")] == [records[0].run_id]


@given(st.lists(floats, min_size=1, max_size=400), st.integers(8, 60))
def test_thin_keeps_extremes_ends_and_the_bound(values: list[float], points: int) -> None:
    array = np.array(values)
    kept = thin(array, points)
    assert len(kept) <= points or len(values) <= points
    assert list(kept) == sorted(set(kept.tolist()))
    assert {0, len(values) - 1} <= set(kept.tolist())
    finite = array[np.isfinite(array)]
    if len(finite):
        chosen = array[kept]
        chosen = chosen[np.isfinite(chosen)]
        assert (chosen.min(), chosen.max()) == (finite.min(), finite.max())
    # A gap in the curve stays one.
    assert np.isfinite(array[kept]).all() == np.isfinite(array).all()


@given(st.lists(floats, max_size=50), st.floats(0, 0.999))
def test_smooth_stays_within_what_it_smooths(values: list[float], weight: float) -> None:
    smoothed = smooth(values, weight)
    assert len(smoothed) == len(values)
    finite = [value for value in values if math.isfinite(value)]
    for value, result in zip(values, smoothed, strict=True):
        if not math.isfinite(value):
            assert repr(result) == repr(value)
        else:
            slack = 1e-6 * max(map(abs, finite)) + 1e-300
            assert min(finite) - slack <= result <= max(finite) + slack


def test_smooth_without_weight_changes_nothing() -> None:
    assert smooth((1.0, 5.0, 2.0), 0) == (1.0, 5.0, 2.0)
    assert smooth((4.0, 4.0, 4.0), 0.9) == pytest.approx((4.0, 4.0, 4.0))


def test_spark_points_only_where_there_are_several(
    store: Store, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [log(acc=[0.1, 0.2]), log(acc=0.1), log(loss=[1, 2])]
    assert spark_points(store, records, "acc") == {records[0].run_id: (0.1, 0.2)}
    monkeypatch.setattr(series, "_SPARK_BYTES", 10)
    assert spark_points(store, records, "acc") == {}


def test_spark_points_of_runs_that_share_files(opened: Book, log: Log) -> None:
    first, second = log(acc=[0.1, 0.2]), log(acc=[0.3, 0.4], loss=1)
    opened.close()
    third = log(acc=[0.5, 0.6])
    assert first.points.keys() == second.points.keys() != third.points.keys()
    assert spark_points(opened.store, [third, first, second], "acc") == {
        third.run_id: (0.5, 0.6),
        first.run_id: (0.1, 0.2),
        second.run_id: (0.3, 0.4),
    }


def test_metric_names_put_shared_ones_first(log: Log) -> None:
    records = [log(rare=1, loss=1, acc=1), log(acc=1, loss=1)]
    found: Sequence[str] = metric_names(records)
    assert found == ["loss", "acc", "rare"]
