"""Boards in a book: defined, reckoned, frozen, deleted."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound
from cellbook.leaderboards import frozen_at
from cellbook.records import MetricRange, Seeds
from tests.views.conftest import Log

HOSTILE = '<script>alert("x")</script>'


def test_save_makes_a_board_of_the_experiment_that_has_the_metric(opened: Book, log: Log) -> None:
    log("a", experiment="wine", acc=0.5)
    log("b", experiment="digits", loss=0.5)
    board = opened.leaderboards.save("best", {"metric": "acc"})
    assert board.experiment == "wine"
    assert opened.leaderboards.get("board:best") == board
    assert opened.leaderboards.all() == [board]


def test_save_takes_values_and_the_text_of_a_magic_alike(opened: Book, log: Log) -> None:
    log("a", acc=0.5)
    text = {
        "metric": "acc",
        "metrics": "loss, f1",
        "group_by": "model, user",
        "group_by_params": "yes",
        "filters": "acc>=0.5, loss <= 2, acc<=0.9",
        "newest": "nightly:3, weekly:1",
        "seeds": "mean",
        "confidence": "0.9",
        "cost": "duration",
    }
    values = {
        "metric": "acc",
        "metrics": ["loss", "f1"],
        "group_by": ("model", "user"),
        "group_by_params": True,
        "filters": {"acc": (0.5, 0.9), "loss": (None, 2)},
        "newest": {"nightly": 3, "weekly": 1},
        "seeds": Seeds.MEAN,
        "confidence": 0.9,
        "cost": "duration",
    }
    first = opened.leaderboards.save("a", text)
    second = opened.leaderboards.save("b", values)
    assert dataclasses.replace(second, name="a", created=first.created) == first
    assert first.filters == {"acc": MetricRange(0.5, 0.9), "loss": MetricRange(None, 2.0)}


def test_save_changes_what_is_given_and_nothing_else(opened: Book, log: Log) -> None:
    log("a", acc=0.5)
    before = opened.leaderboards.save("best", {"metric": "acc", "group_by": "m", "metrics": "loss"})
    after = opened.leaderboards.save("best", {"group_by": ""})
    assert after == dataclasses.replace(before, group_by=())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "a new one needs a metric"),
        ({"metric": "acc", "metirc": "x"}, "has no 'metirc'"),
        ({"metric": "acc", "filters": "acc"}, "Write filters="),
        ({"metric": "acc", "filters": "acc>=much"}, "is no number"),
        ({"metric": "acc", "filters": "acc>=nan"}, "is no number"),
        ({"metric": "acc", "filters": "f1>=0.5"}, "is no metric of the board"),
        ({"metric": "acc", "filters": {"acc": (0.9, 0.1)}}, "its ends are swapped"),
        ({"metric": "acc", "filters": {"acc": (None, None)}}, "neither a least nor"),
        ({"metric": "acc", "filters": {"acc": 0.5}}, "least and greatest"),
        ({"metric": "acc", "newest": "nightly"}, "Write newest="),
        ({"metric": "acc", "newest": "nightly:0"}, "from 1 to 100"),
        ({"metric": "acc", "newest": {"nightly": 101}}, "from 1 to 100"),
        ({"metric": "acc", "seeds": "median"}, "Write one of score, mean"),
        ({"metric": "acc", "confidence": 95}, "such as 0.95"),
        ({"metric": "acc", "group_by_params": "maybe"}, "yes or no"),
        ({"metric": "acc", "metrics": 7}, "is no list"),
        ({"metric": "", "experiment": "e"}, "name of a metric is empty"),
        ({"metric": "nothing"}, "No run has 'nothing' yet"),
    ],
)
def test_save_refuses_what_cannot_stand(
    opened: Book, log: Log, given: dict[str, Any], said: str
) -> None:
    log("a", acc=0.5)
    with pytest.raises(InvalidInput, match=said):
        opened.leaderboards.save("best", given)
    assert opened.leaderboards.all() == []


def test_save_refuses_data_that_is_not_on_record(opened: Book, log: Log) -> None:
    log("a", acc=0.5)
    with pytest.raises(NotFound, match="no data set 'digits@1'"):
        opened.leaderboards.save("best", {"metric": "acc", "datasets": "digits@1"})


def test_get_suggests_the_nearest_name(opened: Book, log: Log) -> None:
    log("a", acc=0.5)
    opened.leaderboards.save("nightly", {"metric": "acc"})
    with pytest.raises(NotFound, match="Did you mean 'nightly'"):
        opened.leaderboards.get("nigthly")


def test_standing_of_real_runs_on_required_data(opened: Book) -> None:
    for name, digest, acc in (("old", "d1", 0.99), ("new", "d2", 0.7), ("newer", "d2", 0.8)):
        with opened.start_run(name, experiment="e") as run:
            version = run.log_input("digits", digest, role="test", labels=["nightly"])
            run.log_metric("acc", acc)
    assert version.label == "digits@2"
    opened.leaderboards.save("best", {"metric": "acc", "newest": "nightly:1"})
    standing = opened.leaderboards.standing("best")
    assert standing.required == ("digits@2",)
    found = [(row.name, row.rank, row.why) for row in standing.rows]
    assert found == [
        ("newer", 1, ""),
        ("new", 2, ""),
        ("old", None, "not scored on digits@2"),
    ]
    assert (standing.fields[0].looks, standing.fields[0].scores) == (2, 2)


def test_standing_goes_by_definitions(opened: Book, log: Log) -> None:
    opened.metrics.define("cash", goal=3, direction="less", score="min")
    log("a", cash=[5, 2, 9])
    log("b", cash=[4, 4, 4])
    opened.leaderboards.save("best", {"metric": "cash"})
    rows = opened.leaderboards.standing("best").rows
    assert [(row.name, row.scores["cash"].value, row.reached) for row in rows] == [
        ("a", 2.0, True),
        ("b", 4.0, False),
    ]


def test_standing_reads_scores_of_each_example(opened: Book) -> None:
    right = [1] * 40 + [0] * 10
    for name, values in (("one", right), ("same", right), ("worse", [1] * 10 + [0] * 40)):
        with opened.start_run(name) as run:
            run.log_metric("acc", sum(values) / 50)
            run.log_scores("acc", [0] * 50)  # Logged anew, the newest counts.
            run.log_scores("acc", values, ids=range(50))
    opened.leaderboards.save("best", {"metric": "acc"})
    rows = opened.leaderboards.standing("best").rows
    assert [(row.name, row.rank, row.rank_to, row.tested) for row in rows] == [
        ("one", 1, 2, True),
        ("same", 1, 2, True),
        ("worse", 3, 3, True),
    ]


def test_standing_tests_only_where_every_run_of_the_value_logged_examples(opened: Book) -> None:
    for model, right, logs in (("a", 45, True), ("a", 5, False), ("b", 10, True), ("b", 20, True)):
        with opened.start_run(model, tags={"m": model}) as run:
            run.log_metric("acc", right / 50)
            if logs:
                run.log_scores("acc", [1] * right + [0] * (50 - right))
    opened.leaderboards.save("mean", {"metric": "acc", "group_by": "m", "seeds": "mean"})
    opened.leaderboards.save("last", {"metric": "acc", "group_by": "m"})
    opened.metrics.define("acc", score="best")
    best = opened.leaderboards.standing("last").rows
    assert [(row.name, row.rank, row.tested) for row in best] == [
        ("m=a", 1, True),
        ("m=b", 2, True),
    ]
    opened.metrics.define("acc", score="last")
    for board, order in (("mean", ["m=a", "m=b"]), ("last", ["m=b", "m=a"])):
        rows = opened.leaderboards.standing(board).rows
        assert [(row.name, row.rank) for row in rows] == [(order[0], 1), (order[1], 2)]
        assert not any(row.tested for row in rows)


def test_standing_without_runs_or_with_one(opened: Book, log: Log) -> None:
    opened.leaderboards.save("best", {"metric": "acc", "experiment": "e"})
    assert opened.leaderboards.standing("best").rows == ()
    log("only", experiment="e", acc=0.5)
    (row,) = opened.leaderboards.standing("best").rows
    assert (row.rank, row.rank_to, row.tied) == (1, 1, False)


def test_standing_after_a_run_or_a_definition_is_gone(opened: Book, log: Log) -> None:
    opened.metrics.define("acc", goal=0.9)
    log("stays", acc=0.5)
    gone = log("goes", acc=0.9)
    opened.leaderboards.save("best", {"metric": "acc"})
    opened.runs.delete(gone)
    # As a merge with another book can bring about.
    opened.store.commit([["metric_definitions", "acc", None]])
    standing = opened.leaderboards.standing("best")
    assert [row.name for row in standing.rows] == ["stays"]
    assert standing.left_out == {"archived or in the trash": 1}
    assert standing.goal is None


def test_standing_of_odd_names_and_numbers(opened: Book, log: Log) -> None:
    odd = f"a'\\{HOSTILE}"
    for value in (float("nan"), float("inf"), 0.5):
        log(HOSTILE, **{odd: [1.0, value]}, tags={HOSTILE: HOSTILE})
    opened.metrics.define(odd, direction="more", score="best")
    opened.leaderboards.save("odd", {"metric": odd, "group_by": [HOSTILE]})
    (row,) = opened.leaderboards.standing("odd").rows
    assert row.scores[odd].value == float("inf")
    opened.leaderboards.freeze("odd")


def test_freeze_keeps_what_stood(opened: Book, log: Log) -> None:
    log("a", acc=0.5, loss=float("nan"))
    opened.leaderboards.save("best", {"metric": "acc", "metrics": "loss"})
    frozen = opened.leaderboards.freeze("best")
    log("b", acc=0.9)
    assert [row.name for row in opened.leaderboards.standing("best").rows] == ["b", "a"]
    (kept,) = opened.leaderboards.frozen("best")
    assert repr(kept) == repr(frozen)
    opened.leaderboards.delete("best")
    assert len(opened.leaderboards.frozen("best")) == 1


def test_freeze_as_of_a_date_leaves_out_what_ended_later(opened: Book, log: Log) -> None:
    first = log("a", acc=0.5)
    assert first.end_time is not None
    opened.store.commit([["runs", log("b", acc=0.9).run_id, {"end_time": first.end_time + 9}, []]])
    opened.leaderboards.save("best", {"metric": "acc"})
    frozen = opened.leaderboards.freeze("best", until=first.end_time)
    assert [row.name for row in frozen.rows] == ["a"]
    assert frozen_at(frozen) == first.end_time


def test_why_tells_of_any_run(opened: Book, log: Log) -> None:
    best, other = log("best", acc=0.9), log("other", loss=0.1)
    low = log("low", acc=0.1)
    opened.leaderboards.save("b", {"metric": "acc", "filters": "acc>=0.5"})
    why = opened.leaderboards.why
    assert why("b", best) == "#1 best has rank 1."
    assert why("b", other) == "#2 other is not on the board: no acc."
    assert why("b", low) == "#3 low is not on the board: acc below 0.5."
    elsewhere = log("far", experiment="elsewhere", acc=1.0)
    assert "of another experiment" in why("b", elsewhere)


# -- refusals ------------------------------------------------------------------------------------


def test_delete_of_a_metric_in_use_is_refused_and_names_the_boards(opened: Book, log: Log) -> None:
    log("a", acc=0.5, loss=1.0)
    opened.metrics.define("acc", goal=0.9)
    opened.metrics.define("f1", goal=0.9)
    opened.leaderboards.save("first", {"metric": "acc"})
    opened.leaderboards.save("second", {"metric": "loss", "metrics": "acc{split=val}"})
    with pytest.raises(InvalidInput, match=r"leaderboards 'first', 'second' use it"):
        opened.metrics.delete("acc")
    assert [one.name for one in opened.metrics.all()] == ["acc", "f1"]
    opened.metrics.delete("f1")
    opened.leaderboards.delete("second")
    opened.leaderboards.save("first", {"metric": "loss"})
    opened.metrics.delete("acc")
    assert opened.metrics.all() == []


def test_delete_of_data_in_use_is_refused_and_names_the_boards(opened: Book) -> None:
    with opened.start_run("a") as run:
        run.log_metric("acc", 0.5)
        run.log_input("digits", "d1")
        run.log_input("digits", "d2", labels="nightly")
        run.log_input("spare", "d3")
    opened.leaderboards.save("named", {"metric": "acc", "datasets": "digits@1"})
    opened.leaderboards.save("labelled", {"metric": "acc", "newest": "nightly:1"})
    with pytest.raises(InvalidInput, match="the leaderboard 'named' uses it"):
        opened.datasets.delete("digits@1")
    with pytest.raises(InvalidInput, match="the leaderboard 'labelled' uses it"):
        opened.datasets.delete("digits@2")
    opened.datasets.delete("spare")
    assert [one.label for one in opened.datasets.all()] == ["digits@1", "digits@2"]


def test_drop_of_a_label_in_use_is_refused_and_names_the_boards(opened: Book) -> None:
    with opened.start_run("a") as run:
        run.log_metric("acc", 0.5)
        run.log_input("digits", "d1", labels=["nightly", "spare"])
        run.log_input("digits", "d2", labels=["nightly", "spare"])
    opened.leaderboards.save("best", {"metric": "acc", "newest": "nightly:1"})
    said = r"The label 'nightly' of the data set digits@2 stays: the leaderboard 'best' uses it"
    with pytest.raises(InvalidInput, match=said):
        opened.datasets.label("digits@2", "new", drop=["spare", "nightly"])
    assert opened.datasets.find("digits@2").labels == ("nightly", "spare")
    opened.datasets.label("digits@2", drop=["spare"])
    opened.datasets.label("digits@1", drop=["nightly"])
    opened.leaderboards.delete("best")
    assert opened.datasets.label("digits@2", drop=["nightly"]).labels == ()
