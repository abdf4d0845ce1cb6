"""Definitions of metrics: they win over names, and reach what was logged before."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import Direction, MetricRules, Score, as_definition
from tests.views.conftest import Log, log, opened

__all__ = ["log", "opened"]

VALUES = [3.0, 1.0, math.nan, 2.0, 10.0, 4.0]
SCORES = {"last": 4.0, "min": 1.0, "max": 10.0, "mean": 4.0, "sum": 20.0, "median": 3.0}


def score_of(book: Book, name: str) -> Any:
    return book.search_runs()[f"metrics.{name}"].iloc[0]


@pytest.mark.parametrize(("score", "expected"), [*SCORES.items(), ("best", 10.0)])
@pytest.mark.parametrize("before", [True, False])
def test_score_is_of_all_values_of_a_run(
    opened: Book, log: Log, score: str, expected: float, before: bool
) -> None:
    if before:
        opened.metrics.define("x", score=score, direction="more")
    log("a", x=VALUES)
    if not before:
        opened.metrics.define("x", score=score, direction="more")
    assert score_of(opened, "x") == expected


@pytest.mark.parametrize("score", ["mean", "median", "min"])
def test_score_of_an_open_run_is_there_while_it_runs(opened: Book, score: str) -> None:
    opened.metrics.define("loss", score=score)
    run = opened.start_run("live")
    for value in (5.0, 1.0, 3.0):
        run.log_metric("loss", value)
    opened.refresh()
    assert score_of(opened, "loss") == {"mean": 3.0, "median": 3.0, "min": 1.0}[score]
    run.log_metric("loss", 0.0)
    run.end()
    assert score_of(opened, "loss") == {"mean": 2.25, "median": 2.0, "min": 0.0}[score]


def test_queries_and_order_go_by_the_score(opened: Book, log: Log) -> None:
    log("peaked", acc=[0.5, 0.95, 0.1])
    log("steady", acc=[0.5, 0.6, 0.7])
    opened.metrics.define("acc", score="best")
    assert list(opened.search_runs("metrics.acc > 0.9").run_name) == ["peaked"]
    assert list(opened.search_runs(order_by="metrics.acc").run_name) == ["steady", "peaked"]
    opened.metrics.define("acc", score="mean")
    assert list(opened.search_runs(order_by="metrics.acc").run_name) == ["peaked", "steady"]
    assert list(opened.search_runs("metrics.acc >= 0.6").run_name) == ["steady"]
    with pytest.raises(InvalidInput, match=r"metrics\.acc"):
        opened.search_runs("metrics.acc > high")


def test_a_context_goes_by_the_definition_of_its_metric(opened: Book) -> None:
    opened.metrics.define("acc", score="max")
    with opened.start_run("a") as run:
        for value in (0.9, 0.1):
            run.log_metric("acc", value, context={"split": "val"})
    assert score_of(opened, "acc{split=val}") == 0.9


def test_define_changes_what_is_given_and_nothing_else(opened: Book) -> None:
    first = opened.metrics.define("cash", goal=3, direction="less")
    assert opened.metrics.define("cash", score="mean").goal == 3
    assert opened.metrics.define("cash", goal="none").goal is None
    assert opened.metrics.all()[0].created == first.created


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"goal": 1}, "does not tell whether more or less"),
        ({"score": "best"}, "does not tell whether more or less"),
        ({"direction": "up"}, "Write more or less"),
        ({"score": "first"}, "Write one of last, min"),
        ({"goal": "high", "direction": "more"}, "Write a number"),
        ({"goal": math.nan, "direction": "more"}, "that can be reached"),
        ({"target": 1}, "has no 'target'"),
    ],
)
def test_define_refuses_what_cannot_stand(opened: Book, given: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        opened.metrics.define("cash", **given)
    assert opened.metrics.all() == []


def test_delete_of_what_is_not_defined(opened: Book) -> None:
    with pytest.raises(NotFound, match="none is defined"):
        opened.metrics.delete("acc")


def test_definitions_outlive_the_process_and_merge(opened: Book, tmp_path: Path) -> None:
    opened.metrics.define("acc", goal=0.9)
    opened.close()
    from cellbook import book

    assert book.open(tmp_path).metrics.all()[0].goal == 0.9


@given(
    st.lists(st.floats(allow_nan=False), min_size=1),
    st.sampled_from(["more", "less"]),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_best_is_what_no_value_beats(values: list[float], direction: str, goal: float) -> None:
    given = {"direction": direction, "score": "best", "goal": goal}
    rules = MetricRules([as_definition("x", given)])
    stats = {"x": {"min": min(values), "max": max(values)}}
    best = rules.value("x", {"x": values[-1]}, stats)
    assert best == (max if rules.direction("x") is Direction.MORE else min)(values)
    # A goal is reached by the best if and only if some value reaches it.
    assert rules.reached("x", best) == any(rules.reached("x", value) for value in values)


def test_words_for_scores_and_directions() -> None:
    assert as_definition("x", {"score": "avg", "direction": "max"}).score is Score.MEAN
    assert as_definition("loss", {"goal": "0.1"}).way is Direction.LESS
    assert as_definition("loss", {"direction": "more"}).way is Direction.MORE
