"""The module-level functions: which run they mean, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import cellbook as cb
from cellbook import book
from cellbook.errors import InvalidInput


@pytest.fixture(autouse=True)
def book_of_its_own() -> Iterator[None]:
    book.close_all()
    yield
    book.close_all()


@pytest.mark.parametrize(
    ("word", "state"),
    [("FINISHED", "finished"), ("Failed", "failed"), ("KILLED", "stopped"), ("stopped", "stopped")],
)
def test_end_run_takes_mlflows_words(word: str, state: str) -> None:
    first = cb.start_run("by place")
    cb.end_run(word)
    second = cb.start_run("by name")
    cb.end_run(status=word)
    assert (first.record.state, second.record.state) == (state, state)


def test_end_run_refuses_an_unknown_state_and_the_run_goes_on() -> None:
    run = cb.start_run("r")
    for word in ("done", "running", "SCHEDULED", ""):
        with pytest.raises(InvalidInput, match="finished, failed or stopped"):
            cb.end_run(word)
    assert cb.active_run() is run


def test_end_with_an_error_alone_fails_and_keeps_it() -> None:
    run = cb.start_run("text")
    run.end(error="disk gone")
    assert (run.record.state, run.record.error) == ("failed", "disk gone")
    run = cb.start_run("exception")
    run.end(error=ValueError("bad"))
    assert (run.record.state, run.record.error) == ("failed", "ValueError: bad")


@pytest.mark.parametrize("name", ["7", "#5", "run:x", "01M88DQT2389H4MJ1JHSV30AHM"])
def test_name_that_means_another_run_is_refused(name: str) -> None:
    run = cb.start_run("r")
    for call in (run.rename, cb.start_run, lambda new: cb.open().runs.change(run, run_name=new)):
        with pytest.raises(InvalidInput, match=r"cannot be named .* always means"):
            call(name)
    assert run.record.run_name == "r"


@pytest.mark.parametrize(
    "call",
    [
        lambda: cb.log_metric("loss", "abc"),  # type: ignore[arg-type]
        lambda: cb.log_metric("", 1),
        lambda: cb.log_metrics({"a": 1, "b": None}),  # type: ignore[dict-item]
        lambda: cb.log_param("", 1),
        lambda: cb.set_tag("", 1),
        lambda: cb.log_artifact("missing.bin"),
        lambda: cb.log_text("text", "../up.txt"),
    ],
)
def test_mistake_in_a_call_starts_no_run(call: Callable[[], Any]) -> None:
    with pytest.raises(InvalidInput):
        call()
    assert cb.open().store.count("runs") == 0
    assert cb.active_run() is None


def test_first_thing_logged_starts_a_run() -> None:
    cb.log_metric("loss", 1)
    run = cb.active_run()
    assert run is not None
    cb.log_param("lr", 2)
    assert (run.record.metrics, run.record.params) == ({"loss": 1}, {"lr": 2})
