"""Performance: as scikit-learn has it, with intervals that hold, by window and by group."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from cellbook.errors import InvalidInput
from cellbook.monitoring.measures import Outcome, measure, wilson
from cellbook.monitoring.performance import Columns, performance, slices


def binary(rows: int, seed: int = 0, skill: float = 1.0) -> Outcome:
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=rows)
    scores = 1 / (1 + np.exp(-skill * signal))
    labels = (rng.random(rows) < scores).astype(int)
    return Outcome(labels, (scores > 0.5).astype(int), np.round(scores, 2))


def test_measures_of_two_classes_agree_with_scikit_learn() -> None:
    one = binary(500)
    labels, predictions, scores = one.labels, one.predictions, one.scores
    expected = {
        "accuracy": sk.accuracy_score(labels, predictions),
        "error": 1 - sk.accuracy_score(labels, predictions),
        "precision": sk.precision_score(labels, predictions),
        "recall": sk.recall_score(labels, predictions),
        "f1": sk.f1_score(labels, predictions),
        "roc_auc": sk.roc_auc_score(labels, scores),
        "brier": sk.brier_score_loss(labels, scores),
        "log_loss": sk.log_loss(labels, scores),
        "selection_rate": np.mean(predictions == 1),
        "false_positive_rate": np.mean(predictions[labels == 0]),
        "false_negative_rate": 1 - np.mean(predictions[labels == 1]),
    }
    for metric, value in expected.items():
        found = measure(metric, one)
        assert found.value == pytest.approx(value, abs=1e-12)
        assert found.low < found.value < found.high
        assert found.rows == 500


def test_measures_of_more_classes_are_means_over_them() -> None:
    rng = np.random.default_rng(1)
    labels = rng.choice(["a", "b", "c"], 400)
    predictions = np.where(rng.random(400) < 0.6, labels, rng.choice(["a", "b", "c"], 400))
    one = Outcome(labels, predictions)
    for metric, function in (("f1", sk.f1_score), ("recall", sk.recall_score)):
        expected = function(labels, predictions, average="macro")
        assert measure(metric, one).value == pytest.approx(expected)
    of_b = Outcome(labels, predictions, positive="b")
    expected = sk.precision_score(labels, predictions, labels=["b"], average="macro")
    assert measure("precision", of_b).value == pytest.approx(expected)
    assert math.isnan(measure("recall", Outcome(labels, predictions, positive="z")).value)


def test_measures_of_numbers_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    labels = rng.normal(size=300)
    one = Outcome(labels, labels + rng.normal(0.2, 0.5, 300))
    assert measure("mae", one).value == pytest.approx(
        sk.mean_absolute_error(labels, one.predictions)
    )
    assert measure("rmse", one).value == pytest.approx(
        math.sqrt(sk.mean_squared_error(labels, one.predictions))
    )
    assert measure("r2", one).value == pytest.approx(sk.r2_score(labels, one.predictions))
    assert measure("bias", one).value == pytest.approx(np.mean(one.predictions - labels))


@pytest.mark.parametrize("metric", ["accuracy", "roc_auc", "f1", "brier", "recall"])
def test_intervals_hold_what_is_true(metric: str) -> None:
    truth = measure(metric, binary(400_000, seed=99)).value
    held = 0
    for seed in range(120):
        found = measure(metric, binary(200, seed))
        held += found.low <= truth <= found.high
    # 95 %, less three standard deviations.
    assert held >= 120 * 0.95 - 3 * (120 * 0.95 * 0.05) ** 0.5


def test_wilson_is_by_hand() -> None:
    assert wilson(8, 10, 0.95) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert np.isnan(wilson(0, 0, 0.95)).all()


@pytest.mark.parametrize(
    ("metric", "outcome", "message"),
    [
        ("speed", Outcome(np.array([1])), "no metric 'speed'"),
        ("accuracy", Outcome(np.array([1])), "of predictions"),
        ("roc_auc", Outcome(np.array([1])), "of scores"),
        ("roc_auc", Outcome(np.array([1, 2, 3]), scores=np.zeros(3)), "which one is positive"),
    ],
)
def test_what_cannot_be_measured_is_said(metric: str, outcome: Outcome, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        measure(metric, outcome)


def test_rows_without_labels_do_not_count() -> None:
    one = Outcome(np.array([1, None, 0], object), np.array([1, 1, 1]))
    found = measure("accuracy", one)
    assert (found.value, found.rows) == (0.5, 2)
    found = measure("accuracy", one.only(np.array([False, True, False])))
    assert found.rows == 0
    assert math.isnan(found.value)
    only_one = Outcome(np.array([0, 0]), np.array([0, 0]), np.array([0.2, 0.1]))
    assert math.isnan(measure("roc_auc", only_one).value)
    assert measure("brier", only_one).value == pytest.approx(0.025)


def frame(rows: int = 1_200) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    group = rng.choice(["a", "b", "c"], rows, p=[0.5, 0.45, 0.05])
    label = rng.integers(0, 2, rows)
    wrong = rng.random(rows) < np.where(group == "b", 0.4, 0.1)
    return pd.DataFrame(
        {
            "time": pd.date_range("2026-01-01", periods=rows, freq="min", tz="UTC"),
            "label": label,
            "output.prediction": np.where(wrong, 1 - label, label),
            "input.group": group,
            "input.age": rng.uniform(18, 80, rows),
            "input.rare": np.where(np.arange(rows) < 5, "x", None),
        }
    )


def test_windows_are_by_rows_or_by_time() -> None:
    rows = frame()
    by_rows = performance(rows.sample(frac=1, random_state=0), ["accuracy", "f1"], rows=500)
    assert [window.rows for window in by_rows] == [500, 500, 200]
    assert by_rows[0].start == rows["time"][0]
    assert by_rows[1].measured["f1"].rows == 500
    by_time = performance(rows, "accuracy", seconds=6 * 3_600)
    assert [window.rows for window in by_time] == [360, 360, 360, 120]
    assert by_time[1].start == pd.Timestamp("2026-01-01 06:00", tz="UTC")
    (whole,) = performance(rows.drop(columns="time"), "accuracy")
    assert whole.measured["accuracy"].value == pytest.approx(
        (rows["label"] == rows["output.prediction"]).mean()
    )
    assert performance(rows.iloc[:0], "accuracy") == []


def test_the_worst_group_comes_first() -> None:
    rows = frame()
    found = slices(rows, "accuracy", ["input.group", "input.rare", ("input.group", "input.rare")])
    assert found[0].group == {"input.group": "b"} or found[0].group["input.group"] == "b"
    assert found[0].gap > 0.2
    assert found[0].p_adjusted < 1e-6
    assert found[0].enough
    assert [one.enough for one in found] == sorted((one.enough for one in found), reverse=True)
    assert {one.group.get("input.rare") for one in found if not one.enough} >= {"x"}
    a = next(one for one in found if one.group == {"input.group": "a"})
    assert a.gap < 0
    errors = slices(rows, "error", ["input.group"])
    assert errors[0].group == {"input.group": "b"}
    assert errors[0].gap == pytest.approx(found[0].gap, abs=1e-9)


def test_numbers_are_cut_at_their_quartiles() -> None:
    found = slices(frame(), "accuracy", ["input.age"])
    assert len(found) == 4
    assert all(one.measured.rows == 300 for one in found)
    assert all(one.p_adjusted > 0.01 for one in found)


def test_groups_that_are_alike_are_seldom_told_apart() -> None:
    rng = np.random.default_rng(4)
    told = 0
    for _ in range(100):
        label = rng.integers(0, 2, 600)
        rows = pd.DataFrame(
            {
                "label": label,
                "output.prediction": np.where(rng.random(600) < 0.2, 1 - label, label),
                "g": rng.integers(0, 6, 600),
            }
        )
        told += any(one.p_adjusted <= 0.05 for one in slices(rows, "accuracy", ["g"]))
    assert told <= 5 + 3 * (100 * 0.05 * 0.95) ** 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rows: performance(rows, "accuracy", rows=5, seconds=5), "one of both"),
        (lambda rows: performance(rows, "accuracy", rows=0), "one row"),
        (lambda rows: performance(rows, "roc_auc", columns=Columns(score="p")), "no column 'p'"),
        (lambda rows: performance(rows.drop(columns="label"), "accuracy"), "no column 'label'"),
        (lambda rows: slices(rows, "accuracy", ["input.no"]), "no column 'input.no'"),
        (lambda rows: slices(rows.assign(k=rows.index.astype(str)), "accuracy", ["k"]), "1,200 gr"),
    ],
)
def test_a_wrong_call_is_told(call: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        call(frame())


def frame_of(labels: list[Any], predictions: list[Any], **more: Any) -> pd.DataFrame:
    frame = pd.DataFrame({"label": labels, "output.prediction": predictions, **more})
    return frame.assign(time=pd.date_range("2026", periods=len(frame), freq="min", tz="UTC"))


def test_where_nobody_is_positive_no_other_class_takes_its_place() -> None:
    for negative, positive in ((0, 1), (False, True), ("no", "yes")):
        quiet, mixed = [negative] * 40, [negative, positive] * 20
        frame = frame_of(quiet + mixed, quiet + mixed, group=["a"] * 40 + ["b"] * 40)
        windows = performance(frame, ["selection_rate", "recall"], rows=40)
        assert [one.measured["selection_rate"].value for one in windows] == [0.0, 0.5]
        assert math.isnan(windows[0].measured["recall"].value)
        groups = {one.group["group"]: one.measured.value
                  for one in slices(frame, "selection_rate", ["group"])}  # fmt: skip
        assert groups == {"a": 0.0, "b": 0.5}
    for negative in (0, False):
        (window,) = performance(frame_of([negative] * 40, [negative] * 40), ["selection_rate"])
        assert window.measured["selection_rate"].value == 0.0


def test_of_one_row_no_interval_is_told() -> None:
    for labels, predictions in (([1.0], [2.0]), ([1.0, 2.0], [math.inf, 2.0])):
        found = measure("rmse", Outcome(np.array(labels), np.array(predictions)))
        assert math.isnan(found.low)
        assert math.isnan(found.high)


def test_rows_without_prediction_or_score_are_left_out_and_not_counted() -> None:
    labels, missing = np.array([0, 1] * 20), np.array([0.0, np.nan] * 20)
    assert measure("accuracy", Outcome(labels, missing)).rows == 20
    assert math.isnan(measure("f1", Outcome(labels, np.full(40, np.nan))).value)
    scores = np.array([0.2, 0.9, np.nan, np.nan] * 10)
    found = measure("roc_auc", Outcome(labels, scores=scores))
    assert (found.value, found.rows) == (1.0, 20)
    for metric in ("roc_auc", "brier", "log_loss"):
        assert measure(metric, Outcome(labels, scores=np.full(40, np.nan))).rows == 0


@pytest.mark.parametrize("metric", ["mae", "rmse", "bias", "r2"])
def test_texts_are_no_numbers(metric: str) -> None:
    with pytest.raises(InvalidInput, match="of numbers"):
        measure(metric, Outcome(np.array(["a", "b"]), np.array(["a", "b"])))


def test_groups_of_lists() -> None:
    frame = frame_of([0, 1] * 40, [0, 1] * 40, group=[[1], [2]] * 40)
    assert {one.group["group"] for one in slices(frame, "accuracy", ["group"])} == {"[1]", "[2]"}


def test_texts_beside_numbers_are_refused_where_they_would_all_be_wrong() -> None:
    ones, texts = np.array([1, 0, 1]), np.array(["yes", "no", "yes"], object)
    for labels, predictions in ((texts, ones), (ones, texts)):
        for metric in ("accuracy", "recall", "f1"):
            with pytest.raises(InvalidInput, match="no two are ever equal"):
                measure(metric, Outcome(labels, predictions))
    assert measure("accuracy", Outcome(ones, ones.astype(bool))).value == 1.0
    assert measure("accuracy", Outcome(texts, texts)).value == 1.0


def test_rows_of_two_kinds_are_left_out_of_what_compares_them() -> None:
    """One version says yes and no, another 1 and 0; what came true is told as yes and no."""
    words = np.array(["yes", "no", "yes", "yes"] * 30, object)
    said = np.array(["yes", "no", "no", 1, "yes", 0.0] * 20, object)
    labels = words.copy()
    labels[7:9] = None
    part = [isinstance(one, str) for one in said]
    there = np.array(part) & np.array([one is not None for one in labels])
    for metric in ("accuracy", "recall", "f1", "error"):
        found = measure(metric, Outcome(labels, said, positive="yes"))
        assert found == measure(metric, Outcome(labels[there], said[there], positive="yes"))
        assert found.rows == int(there.sum())
    # Labels of both kinds are right where they are of the kind of their own prediction.
    assert measure("accuracy", Outcome(said, said)).value == 1.0
    # Measures of probabilities ask for no prediction.
    scores = np.linspace(0, 1, 120)
    with_scores = Outcome(words, said, scores, "yes")
    assert measure("roc_auc", with_scores).rows == 120
    with pytest.raises(InvalidInput, match="of two kinds: say which one is positive"):
        measure("roc_auc", Outcome(np.array(["yes", 0] * 4, object), scores=scores[:8]))


def test_numbers_that_are_texts_are_left_out_as_well() -> None:
    labels = np.array([1.5, "2.5", 3.5], object)
    found = measure("mae", Outcome(labels, np.array([1.0, 2.0, 3.0])))
    assert (found.value, found.rows) == (0.5, 2)


def test_windows_and_groups_of_two_kinds_alone_have_no_labels() -> None:
    frame = frame_of(
        [*["yes", "no"] * 40, *["yes"] * 40], [*["yes", "no"] * 40, *[1] * 40],
        group=["one"] * 80 + ["other"] * 40,
    )  # fmt: skip
    first, second = performance(frame, ["accuracy", "precision"], rows=80)
    assert (first.measured["accuracy"].value, first.measured["precision"].value) == (1.0, 1.0)
    assert first.measured["precision"].rows == 80
    assert (second.rows, second.measured["accuracy"].rows) == (40, 0)
    groups = {one.group["group"]: one for one in slices(frame, "accuracy", ["group"])}
    assert (groups["one"].measured.rows, groups["other"].measured.rows) == (80, 0)
    with pytest.raises(InvalidInput, match="no two are ever equal"):
        performance(frame[80:], "accuracy")
