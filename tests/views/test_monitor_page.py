"""One look at an endpoint: windows, drift, labels, groups, alarms."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cellbook.book import Book
from cellbook.errors import InvalidInput
from cellbook.monitoring import Alarms, Predictions, References, Sketch
from cellbook.records import AlarmReading
from cellbook.store import Store
from cellbook.views.alarm_notices import notices_since
from cellbook.views.monitor_bars import bars_of
from cellbook.views.monitor_page import Look, monitor_page
from cellbook.views.monitor_text import length_text, monitor_text, seconds_of, why
from cellbook.views.monitor_windows import Base, length_of
from cellbook.views.monitoring import MonitorPage, MonitorState

HOUR = 3_600_000
NOW = 1_000 * HOUR


def people(count: int, seed: int = 0, income: float = 30.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "income": rng.normal(income, 8, count),
            "town": rng.choice(["Oslo", "Bergen"], count, p=[0.7, 0.3]),
        }
    )


def answer(
    store: Store, frame: pd.DataFrame, hour: int, *, labels: int = 0, model: str = "credit/1"
) -> None:
    """Record an hour's predictions, of which the first few have a label."""
    score = 1 / (1 + np.exp(-(frame["income"] - 30) / 2))
    said = (score >= 0.5).astype(int)
    with closing(Predictions(store).log("credit")) as log:
        ids = log.log(
            frame, {"score": score, "prediction": said}, model=model, time_ms=NOW + hour * HOUR
        )
    if labels:
        rng = np.random.default_rng(hour + 100)
        true = (rng.random(len(frame)) < score).astype(int)
        true = np.where(frame["town"] == "Bergen", 1 - true, true)[:labels]
        known = dict(zip(ids[:labels], true.tolist(), strict=True))
        Predictions(store).label("credit", known)


def look(store: Store, **options: Any) -> MonitorPage:
    base = options.pop("base", None)
    return monitor_page(store, Look("credit", **{"seconds": 3_600, **options}), base, now=NOW)


@pytest.fixture
def asked(opened: Book) -> Store:
    for hour in range(4):
        answer(opened.store, people(300, hour), hour, labels=250)
    return opened.store


def test_what_is_as_before_is_fine(asked: Store) -> None:
    page = look(asked)
    assert (page.state, page.reference) == (MonitorState.FINE, "the 3 windows before")
    assert [one.rows for one in page.windows] == [300] * 4
    assert [one.compared for one in page.windows] == [False, True, True, True]
    assert (page.rows, page.labelled, page.models) == (1_200, 1_000, ("credit/1",))
    assert page.metric == "accuracy"
    assert not page.less
    assert [one.metric for one in page.windows[3].measured] == ["accuracy", "roc_auc"]
    assert {one.name for one in page.columns} == {
        "income", "town", "output.score", "output.prediction",
    }  # fmt: skip
    assert page.shown == NOW + 3 * HOUR


def test_drift_is_told_first_and_an_alarm_before_it(asked: Store) -> None:
    answer(asked, people(300, 9, income=40), 4)
    kept = people(4_000, 50)
    References(asked).keep("credit/1", kept, source="data:people@1")
    base = Base(("kept",), Sketch.of(kept), "data:people@1, 4,000 rows")
    page = look(asked, base=base)
    assert page.state is MonitorState.DRIFT
    assert page.summary.startswith("3 of 4 columns drifted in 300 predictions: ")
    first = page.columns[0]
    assert first.drifted
    assert "median" in why(first)
    # The reference is of inputs alone: what goes out is compared with what went out before.
    assert {one.name: one.against for one in page.columns if one.output} == {
        "output.score": "the 4 windows before",
        "output.prediction": "the 4 windows before",
    }
    alarms = Alarms(asked, "credit")
    rule = alarms.keep("drift.share above 0.2")
    alarms.take(rule.name, [AlarmReading(NOW, 0.5, 300)])
    page = look(asked, base=base)
    assert page.state is MonitorState.ALARM
    assert page.summary == "drift.share above 0.2: since just now."
    assert (page.alarms[0].raised, page.alarms[0].value) == (NOW, 0.5)
    assert [one.step.value for one in page.events] == ["raised"]
    told = monitor_text(page)
    assert told.startswith("▲ credit: alarm.")
    assert "! income" in told


def test_an_estimate_says_when_it_is_not_to_be_believed(asked: Store) -> None:
    answer(asked, people(300, 9), 4)
    page = look(asked)
    assert page.windows[-1].measured == ()
    assert [one.metric for one in page.estimates] == ["accuracy", "roc_auc"]
    answer(asked, people(300, 9, income=40), 5)
    page = look(asked)
    assert any("inputs have drifted: income" in doubt for doubt in page.estimates[0].doubts)
    assert look(asked, at=NOW).estimates == ()
    assert "windows before" in look(asked, at=NOW).unestimated


def test_groups_are_told_the_worst_first(asked: Store) -> None:
    page = look(asked)
    assert [one.group for one in page.slices] == ["town Bergen", "town Oslo"]
    assert page.slices[0].p_adjusted < 0.05
    assert page.slices[0].gap > 0
    by = look(asked, by=("income",)).slices
    assert len(by) == 4
    assert by[0].group.startswith("income (")
    with pytest.raises(InvalidInput, match="no column 'wealth'"):
        look(asked, by=("wealth",))


def test_without_labels_all_else_is_told(opened: Book) -> None:
    for hour in range(2):
        answer(opened.store, people(300, hour), hour)
    page = look(opened.store)
    assert (page.metric, page.slices, page.estimates) == ("", (), ())
    assert page.state is MonitorState.FINE
    with pytest.raises(InvalidInput, match="no metric 'luck'"):
        look(opened.store, metrics=("luck",))
    with pytest.raises(InvalidInput, match="There is no output 'odds'"):
        look(opened.store, score="odds")


def test_numbers_are_measured_by_their_errors(opened: Book) -> None:
    frame = people(200)
    with closing(Predictions(opened.store).log("credit")) as log:
        ids = log.log(frame, frame["income"] + 1, time_ms=NOW)
    Predictions(opened.store).label("credit", dict(zip(ids, frame["income"], strict=True)))
    page = look(opened.store)
    assert (page.metric, page.less) == ("mae", True)
    assert page.windows[0].measured[0].value == pytest.approx(1.0)
    assert "No probabilities" in page.unestimated


def test_classes_are_found_in_a_matrix_of_probabilities(opened: Book) -> None:
    frame = people(200)
    high = (frame["income"] > 30).to_numpy(float)
    with closing(Predictions(opened.store).log("credit")) as log:
        outputs = {"prediction.0": 1 - high, "prediction.1": high}
        ids = log.log(frame, outputs, time_ms=NOW)
    Predictions(opened.store).label(
        "credit", dict(zip(ids, high.astype(int).tolist(), strict=True))
    )
    page = look(opened.store)
    assert [one.metric for one in page.windows[0].measured] == ["accuracy", "roc_auc"]
    assert page.windows[0].measured[0].value == 1.0


def test_labels_of_another_kind_are_told_and_not_counted_as_wrong(opened: Book) -> None:
    frame = people(200)
    high = frame["income"] > 30
    with closing(Predictions(opened.store).log("credit")) as log:
        ids = log.log(frame, {"prediction": high.astype(int)}, time_ms=NOW)
    said = np.where(high, "yes", "no").tolist()
    Predictions(opened.store).label("credit", dict(zip(ids, said, strict=True)))
    page = look(opened.store)
    assert (page.metric, page.windows[0].measured, page.windows[0].labelled) == ("", (), 200)
    assert "The labels are texts (" in page.unmeasured
    assert "and the predictions numbers (" in page.unmeasured
    assert page.unsliced == page.unmeasured
    assert f"not measured: {page.unmeasured}" in monitor_text(page)
    Predictions(opened.store).label("credit", dict(zip(ids, high.astype(int), strict=True)))
    page = look(opened.store)
    assert (page.windows[0].measured[0].value, page.unmeasured) == (1.0, "")


def test_versions_that_predict_another_kind_are_left_out_and_told(opened: Book) -> None:
    """What a version predicts as yes and no, the next one predicts as 1 and 0."""
    frame = people(200)
    high = (frame["income"] > 30).to_numpy()
    words = np.where(high, "yes", "no")
    with closing(Predictions(opened.store).log("credit")) as log:
        ids = log.log(frame, {"prediction": words}, model="credit/1", time_ms=NOW)
        later = log.log(frame, {"prediction": high.astype(int)}, model="credit/2", time_ms=NOW)
        new = log.log(frame, {"prediction": 1 - high}, model="credit/2", time_ms=NOW + HOUR)
    known = dict(zip([*ids, *later, *new], words.tolist() * 3, strict=True))
    Predictions(opened.store).label("credit", known)
    page = look(opened.store)
    assert page.metric == "accuracy"
    (one,) = page.windows[0].measured
    assert (one.value, one.rows, page.windows[0].labelled) == (1.0, 200, 400)
    assert (page.windows[1].measured, page.windows[1].labelled) == ((), 200)
    assert page.unmeasured.startswith(
        "400 of 600 labelled predictions are left out: their labels are texts ('"
    )
    assert f"not measured: {page.unmeasured}" in monitor_text(page)
    groups = {each.group: each for each in look(opened.store, by=("town",)).slices}
    assert sum(each.rows for each in groups.values()) == 200
    # With the labels as each version predicts them, all count.
    Predictions(opened.store).label(
        "credit", dict(zip([*later, *new], np.tile(high, 2).astype(int), strict=True))
    )
    page = look(opened.store)
    assert [each.measured[0].rows for each in page.windows] == [400, 200]
    assert [each.measured[0].value for each in page.windows] == [1.0, 0.0]
    assert page.unmeasured == ""


def test_a_version_alone_is_looked_at(asked: Store) -> None:
    answer(asked, people(100, 7), 3, model="credit/2")
    page = look(asked, model="credit/2")
    assert (page.rows, page.model) == (100, "credit/2")
    assert look(asked).windows[-1].rows == 400
    nothing = look(asked, model="credit/9")
    assert (nothing.windows, nothing.state) == ((), MonitorState.UNSURE)
    assert "No predictions of credit/9" in nothing.summary


def test_nothing_on_record_is_no_error(opened: Book) -> None:
    page = monitor_page(opened.store, Look("credit"), now=NOW)
    assert page.state is MonitorState.UNSURE
    assert "%serve MODEL --record" in page.summary
    assert monitor_text(page).startswith("○ credit: too little to tell")
    answer(opened.store, people(10), 0)
    page = look(opened.store)
    assert page.state is MonitorState.UNSURE
    answer(opened.store, people(10), 1)
    assert "too few to tell" in look(opened.store).summary


def test_the_newest_window_with_enough_rows_is_shown(asked: Store) -> None:
    answer(asked, people(5, 8), 4)
    assert look(asked).shown == NOW + 3 * HOUR
    assert look(asked, at=NOW + 4 * HOUR).shown == NOW + 4 * HOUR


def test_the_length_of_windows_follows_the_traffic(asked: Store) -> None:
    chunks = Predictions(asked).chunks("credit")
    assert length_of(chunks) == 900
    answer(asked, people(300), 24 * 7)
    assert length_of(Predictions(asked).chunks("credit")) == 86_400
    assert [length_text(one) for one in (30.0, 300.0, 3_600.0, 86_400.0)] == [
        "30 s", "5 min", "1 h", "1 d",
    ]  # fmt: skip
    assert [seconds_of(one) for one in ("30s", "5 min", "1.5h")] == [30, 300, 5_400]
    for wrong in ("long", "0h", "1w"):
        with pytest.raises(InvalidInput, match="no length of time"):
            seconds_of(wrong)


def test_bars_hold_all_values_and_few_names() -> None:
    frame = pd.DataFrame({"x": [*range(1_000), 10**9], "few": [0, 1, 1] * 333 + [1, 1]})
    sketch = Sketch.of(frame)
    for name, count in (("x", 16), ("few", 2)):
        bars = bars_of(sketch.columns[name], sketch.columns[name])
        assert len(bars) == count
        assert sum(one.window for one in bars) == pytest.approx(1.0, abs=1e-4)
    names = Sketch.of({"n": [f"name {place % 40}" for place in range(400)]}).columns["n"]
    bars = bars_of(names, None)
    assert bars[-1].label == "33 others"
    assert sum(one.reference for one in bars) == pytest.approx(1.0)
    assert bars_of(None, None) == ()
    infinite = Sketch.of({"n": [float("inf")] * 40}).columns["n"]
    assert bars_of(infinite, infinite) == ()


def test_notices_are_told_once(opened: Book) -> None:
    store = opened.store
    assert notices_since(store, "").newest == ""
    alarms = Alarms(store, "credit")
    rule = alarms.keep("drift above 0.5, cool-down 0s")
    alarms.take(rule.name, [AlarmReading(NOW, 1.0, 300)])
    before = notices_since(store, "")
    assert before.newest
    assert before.notices == ()
    alarms.take(
        rule.name, [AlarmReading(NOW + HOUR, 0.0, 300), AlarmReading(NOW + 2 * HOUR, 1.0, 300)]
    )
    found = notices_since(store, before.newest)
    assert [(one.endpoint, one.raised) for one in found.notices] == [
        ("credit", False), ("credit", True),
    ]  # fmt: skip
    assert notices_since(store, found.newest).notices == ()


def shadowed(store: Store, hour: int) -> None:
    """Record a shadow's answers to the same rows: wrong in all, and asked twice as many."""
    frame = people(600, hour, income=60)
    with closing(Predictions(store).log("credit")) as log:
        ids = log.log(
            frame, {"score": np.ones(600), "prediction": [1] * 600}, model="credit/2",
            arm="challenger (shadow)", time_ms=NOW + hour * HOUR,
        )  # fmt: skip
    Predictions(store).label("credit", dict.fromkeys(ids, 0))


def test_answers_of_a_shadow_count_nowhere(asked: Store) -> None:
    before = look(asked)
    Alarms(asked, "credit").keep("accuracy below 0.5")
    Alarms(asked, "credit").keep("rows below 10")
    for hour in range(4):
        shadowed(asked, hour)
    page = look(asked)
    assert page.windows == before.windows
    assert page.columns == before.columns
    assert (page.rows, page.labelled) == (before.rows, before.labelled)
    assert page.slices == before.slices
    assert [one.value for one in page.alarms] == [before.windows[3].measured[0].value, 300]
    # Neither do windows in which nobody but a shadow was asked.
    shadowed(asked, 6)
    assert look(asked).windows == before.windows


def test_a_shadow_is_looked_at_where_it_is_asked_for(asked: Store) -> None:
    shadowed(asked, 3)
    page = look(asked, arm="challenger (shadow)")
    assert [(one.rows, one.labelled) for one in page.windows] == [(600, 600)]
    assert page.windows[0].measured[0].value == 0
    assert "only challenger (shadow)" in monitor_text(page)
    assert look(asked, arm="challenger (shadow)", model="credit/1").windows == ()


def test_a_retrainings_notice_leads_to_the_models_endpoint(opened: Book) -> None:
    first = Alarms(opened.store, "credit").keep("rows below 10")
    Alarms(opened.store, "credit").take(
        first.name, [AlarmReading(NOW, 5, 500)], deliver=lambda event: "sent"
    )
    since = notices_since(opened.store, "").newest
    alarms = Alarms(opened.store, "retraining of credit")
    alarms.take(alarms.keep("rows below 10").name, [AlarmReading(NOW, 5, 500)])
    (notice,) = notices_since(opened.store, since).notices
    assert notice.endpoint == "credit"
    assert notice.message.startswith("retraining of credit: rows is 5")


def test_columns_come_by_how_far_they_moved(opened: Book) -> None:
    rng = np.random.default_rng(0)
    before, after = ({f"c{place}": rng.normal(place * shift, 1, 500) for place in range(6)}
                     for shift in (0, 0.4))  # fmt: skip
    with closing(Predictions(opened.store).log("credit")) as log:
        log.log(pd.DataFrame(before), [1] * 500, time_ms=NOW)
        log.log(pd.DataFrame(after), [1] * 500, time_ms=NOW + HOUR)
    page = look(opened.store)
    drifted = [one.effect for one in page.columns if one.drifted]
    assert len(drifted) >= 4
    assert drifted == sorted(drifted, key=lambda one: -(one or 0))
    assert page.columns[0].name == "c5"
    assert "drift: what drifted first, by how far it moved (PSI)" in monitor_text(page)
