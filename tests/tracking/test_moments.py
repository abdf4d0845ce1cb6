from __future__ import annotations

import pytest

from cellbook.book import Book
from cellbook.errors import InvalidInput
from cellbook.views.moments import goals_of, milestones_of, stages_of
from tests.views.conftest import opened

__all__ = ["opened"]


def test_milestones_have_a_time_and_a_step(opened: Book) -> None:
    with opened.start_run("a") as run:
        run.milestone("began")
        run.milestone("half", step=50)
    record = run.record
    began, half = milestones_of(opened.store, [record])[run.run_id]
    assert (began.name, began.step, half.name, half.step) == ("began", None, "half", 50)
    assert record.start_time <= began.time <= half.time <= (record.end_time or 0)


def test_a_stage_lasts_until_the_next_or_the_runs_end(opened: Book) -> None:
    with opened.start_run("a") as run:
        run.stage("warm up", step=0)
        run.stage("train", step=10)
    first, second = stages_of(opened.store, [run.record])[run.run_id]
    assert (first.name, first.start_step, first.end_step) == ("warm up", 0, 10)
    assert first.end_time == second.start_time
    assert (second.end_time, second.end_step) == (run.record.end_time, None)


def test_a_block_ends_its_stage_and_those_within(opened: Book) -> None:
    with opened.start_run("a") as run:
        with run.stage("outer") as outer:
            run.stage("first")
            with run.stage("second"):
                run.stage("third")
            run.stage("fourth")
        run.stage("after").end(step=7)
        outer.end()
    stages = {one.name: one for one in stages_of(opened.store, [run.record])[run.run_id]}
    assert list(stages) == ["outer", "first", "second", "third", "fourth", "after"]
    assert stages["outer"].end_time <= stages["after"].start_time  # type: ignore[operator]
    assert stages["fourth"].end_time == stages["outer"].end_time
    assert stages["after"].end_step == 7


def test_moments_go_with_their_run(opened: Book) -> None:
    with opened.start_run("a") as run:
        run.milestone("here")
        run.stage("there")
    opened.runs.delete(run)
    from cellbook.tracking.trash import find_rubbish, remove_rubbish

    remove_rubbish(opened.store, find_rubbish(opened.store, days=0))
    assert milestones_of(opened.store, [run.first_record]) == {}
    assert stages_of(opened.store, [run.first_record]) == {}


@pytest.mark.parametrize("name", ["", "two\nlines"])
def test_a_name_must_stand(opened: Book, name: str) -> None:
    run = opened.start_run("a")
    with pytest.raises(InvalidInput):
        run.milestone(name)
    with pytest.raises(InvalidInput):
        run.stage(name)
    with pytest.raises(InvalidInput):
        run.stage("train", step=0.5)  # type: ignore[arg-type]


def test_goals_tell_value_and_reached(opened: Book) -> None:
    opened.metrics.define("acc", goal=0.9, score="best")
    opened.metrics.define("loss", goal=0.1)
    with opened.start_run("a") as run:
        for acc, loss in ((0.95, 0.2), (0.5, 0.3)):
            run.log_metrics({"acc": acc, "loss": loss, "other": 1.0})
    found = goals_of(opened.store, run.record)
    assert [(one.name, one.value, one.reached) for one in found] == [
        ("acc", 0.95, True),
        ("loss", 0.3, False),
    ]
