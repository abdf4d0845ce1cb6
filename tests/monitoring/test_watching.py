"""One look at an endpoint: references, windows, and what alarm rules read of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cellbook.errors import InvalidInput, NotFound
from cellbook.monitoring import Alarms, Columns, Estimator, Predictions, References, Sketch, watch
from cellbook.store import FolderStore

HOUR = 3_600_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FolderStore]:
    opened = FolderStore(tmp_path / ".cellbook")
    yield opened
    opened.close()


def rows(rng: np.random.Generator, count: int, shift: float = 0.0) -> pd.DataFrame:
    frame = pd.DataFrame({"x": rng.normal(shift, 1, count), "c": rng.choice(["a", "b"], count)})
    frame["score"] = 1 / (1 + np.exp(-2 * frame["x"]))
    frame["label"] = (rng.random(count) < frame["score"]).astype(int)
    return frame


@pytest.fixture
def served(store: FolderStore) -> Predictions:
    """Three hours, in the last of which inputs drift and labels are turned round."""
    rng = np.random.default_rng(0)
    References(store).keep("wine/7", rows(rng, 4_000)[["x", "c"]], source="data:wine@3")
    predictions = Predictions(store)
    log = predictions.log("wine")
    for hour in range(3):
        part = rows(rng, 400, shift=1.5 * (hour == 2))
        ids = log.log(
            part[["x", "c"]],
            {"score": part["score"], "prediction": (part["score"] >= 0.5).astype(int)},
            model="wine/7",
            time_ms=HOUR * hour + 1,
        )
        labels = part["label"] if hour < 2 else 1 - part["label"]
        predictions.label("wine", dict(zip(ids[:300], labels[:300].tolist(), strict=True)))
    log.close()
    return predictions


COLUMNS = Columns(score="output.score")


def test_predictions_of_another_kind_than_their_labels_count_nowhere(store: FolderStore) -> None:
    predictions = Predictions(store)
    with closing(predictions.log("wine")) as log:
        for hour, said in enumerate((["red", "white"], ["red", 1], [1, 0])):
            ids = log.log({"x": [0.0, 1.0]}, said, time_ms=HOUR * hour + 1)
            predictions.label("wine", dict(zip(ids, ["red", "white"], strict=True)))
    found = watch(predictions, "wine", 3_600, metrics=["accuracy"])
    told = [one.measured["accuracy"] for one in found]
    assert [(one.value, one.rows) for one in told[:2]] == [(1.0, 2), (1.0, 1)]
    assert told[2].rows == 0
    assert math.isnan(found[2].reading("accuracy").value)
    with pytest.raises(InvalidInput, match="no two are ever equal"):
        watch(predictions, "wine", 3_600, metrics=["accuracy"], since=2 * HOUR)


def test_windows_tell_drift_performance_and_estimates(
    store: FolderStore, served: Predictions
) -> None:
    rng = np.random.default_rng(1)
    labelled = rows(rng, 3_000)
    found = watch(
        served,
        "wine",
        3_600,
        reference=References(store).sketch("wine/7"),
        metrics=["accuracy", "brier"],
        estimator=Estimator(labelled["label"], labelled["score"]),
        columns=COLUMNS,
        now=3 * HOUR,
    )
    assert [report.start for report in found] == [0, HOUR, 2 * HOUR]
    assert [report.rows for report in found] == [400] * 3
    assert [report.drift is not None and report.drift.drifted for report in found] == [
        False, False, True,
    ]  # fmt: skip
    assert [report.measured["accuracy"].rows for report in found] == [300] * 3
    assert found[0].measured["accuracy"].value > 0.7 > 0.3 > found[2].measured["accuracy"].value
    assert list(found[0].estimated) == ["accuracy", "brier"][:1]
    assert [report.estimated["accuracy"].believed for report in found] == [True, True, False]
    value = found[0].estimated["accuracy"].value
    assert value == pytest.approx(found[0].measured["accuracy"].value, abs=0.08)


def test_alarms_read_windows(store: FolderStore, served: Predictions) -> None:
    reference = References(store).sketch("wine/7")
    found = watch(served, "wine", 3_600, reference=reference, metrics=["accuracy"], columns=COLUMNS)
    alarms = Alarms(store, "wine")
    for rule in ("accuracy below 0.6", "drift.share above 0", "psi:x above 0.25"):
        name = alarms.keep(rule).name
        signal = rule.split()[0]
        events = alarms.take(name, [report.reading(signal) for report in found])
        assert [event.step.value for event in events] == ["kept", "kept", "raised"]
    assert found[2].reading("drift").value == 1
    assert found[2].reading("drift:c").value == 0
    assert found[2].reading("missing:x").value == 0
    assert found[2].reading("rows").value == 400
    for strange in ("speed", "psi:z", "estimated:accuracy"):
        with pytest.raises(InvalidInput, match="no signal"):
            found[2].reading(strange)


def test_an_estimate_that_is_not_believed_is_no_reading(
    store: FolderStore, served: Predictions
) -> None:
    labelled = rows(np.random.default_rng(1), 3_000)
    found = watch(
        served, "wine", 3_600, reference=References(store).sketch("wine/7"),
        metrics=["accuracy"], columns=COLUMNS,
        estimator=Estimator(labelled["label"], labelled["score"]),
    )  # fmt: skip
    assert found[0].reading("estimated:accuracy").value > 0.7
    assert math.isnan(found[2].reading("estimated:accuracy").value)


def test_a_window_under_way_is_left_out(served: Predictions) -> None:
    assert len(watch(served, "wine", 3_600, now=2 * HOUR)) == 2
    assert len(watch(served, "wine", 3_600, now=2 * HOUR, unfinished=True)) == 3
    assert watch(served, "beer", 3_600) == []


def test_outputs_are_compared_where_the_reference_has_them(served: Predictions) -> None:
    rng = np.random.default_rng(2)
    before = rows(rng, 2_000)
    sketch = Sketch.of(before[["x", "c"]].assign(**{"output.score": before["score"]}))
    found = watch(served, "wine", 3_600, reference=sketch)
    assert found[2].reading("drift:output.score").value == 1
    assert found[0].drift is not None
    assert found[0].drift.alarms == ()


def test_references_are_kept_by_what_they_are_of(store: FolderStore) -> None:
    room = References(store)
    first = room.keep("wine/7", {"x": [1.0, 2.0]}, source="data:wine@3")
    second = room.keep("wine/7", Sketch.of({"x": [1.0, 2.0, 3.0]}))
    assert room.find("wine/7") == second
    assert (first.rows, first.columns, first.source) == (2, ("x",), "data:wine@3")
    assert room.sketch("wine/7").rows == 3
    assert room.find("wine/8") is None
    with pytest.raises(NotFound, match="no reference"):
        room.sketch("wine/8")
    with pytest.raises(InvalidInput, match="needs rows"):
        room.keep("wine/8", pd.DataFrame({"x": []}))


def test_answers_of_shadows_count_only_where_they_are_asked_for(store: FolderStore) -> None:
    predictions = Predictions(store)
    log = predictions.log("wine")
    for arm, said in (("champion", 1), ("challenger (shadow)", 0)):
        log.log({"x": [1.0] * 40}, {"prediction": [said] * 40}, arm=arm, time_ms=1,
                ids=[str(place) for place in range(40)])  # fmt: skip
    log.close()
    predictions.label("wine", {str(place): 1 for place in range(40)})
    assert len(predictions.frame("wine")) == 80
    for arm, accuracy in ((None, 1.0), ("champion", 1.0), ("challenger (shadow)", 0.0)):
        (window,) = watch(predictions, "wine", 60, metrics=["accuracy"], arm=arm)
        assert (window.rows, window.measured["accuracy"].value) == (40, accuracy)


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf])
def test_windows_that_are_none(served: Predictions, seconds: float) -> None:
    with pytest.raises(InvalidInput, match="seconds is none"):
        watch(served, "wine", seconds)
