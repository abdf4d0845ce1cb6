from __future__ import annotations

import math
from typing import Any

import pytest

from cellbook.book import Book
from cellbook.errors import QuerySyntaxError
from cellbook.records import RunState
from cellbook.store import Store, create
from cellbook.views import runs_page
from cellbook.views.runs_list import run_row
from tests.views.conftest import Log


def test_page_shows_what_tells_runs_apart(store: Store, log: Log) -> None:
    for lr in (0.1, 0.2):
        log(params={"seed": 7, "hidden": [lr], "lr": lr, "opt": "adam"}, n=3.0, acc=[0.1, lr])
    page = runs_page(store, params=2, metrics=2)
    assert page.params == ("lr", "hidden")
    assert page.metrics == ("acc", "n")
    assert page.spark_metric == "acc"
    assert [row.params["lr"] for row in page.rows] == [0.2, 0.1]
    assert page.rows[1].spark == (0.1, 0.1)
    assert page.rows[0].metrics == {"acc": 0.2, "n": 3.0}
    assert not page.more


def test_page_tells_that_there_are_more(store: Store, log: Log) -> None:
    for _ in range(3):
        log()
    assert runs_page(store, limit=2).more
    assert [row.number for row in runs_page(store, limit=2).rows] == [3, 2]
    assert not runs_page(store, limit=3).more
    assert runs_page(store, limit=0).more


def test_page_of_one_run_shows_its_first_params(store: Store, log: Log) -> None:
    log(params={"a": 1, "b": math.nan, "c": 2})
    page = runs_page(store, params=2)
    assert page.params == ("a", "b")
    assert page.spark_metric is None
    assert page.rows[0].spark == ()


def test_page_knows_a_running_run_and_its_duration_so_far(opened: Book) -> None:
    run = opened.start_run("live", description="so far")
    run.log_metric("acc", 0.5)
    run.log_metric("acc", 0.6)
    opened.refresh()
    page = runs_page(opened.store, now=run.start_time + 90_000)
    (row,) = page.rows
    assert row.state is RunState.RUNNING
    assert row.duration == 90.0
    assert row.notes == "so far"
    assert row.spark == (0.5, 0.6)


def test_page_marks_nested_stale_and_hidden_runs(opened: Book, log: Log) -> None:
    with opened.start_run("outer") as outer, opened.start_run("inner"):
        pass
    cells = [{"run": outer.run_id, "stale": ["uses x"]}, {"run": outer.run_id, "stale": []}]
    for cell in [*cells, {"run": outer.run_id}, {"run": None, "stale": ["y"]}]:
        opened.store.commit([create("cells", opened.store.new_id(), cell)])
    inner_row, outer_row = runs_page(opened.store).rows
    assert (inner_row.nested, inner_row.stale) == (True, 0)
    assert (outer_row.nested, outer_row.stale) == (False, 1)
    opened.runs.delete("inner")
    (row,) = runs_page(opened.store, "trashed IS NOT NULL").rows
    assert (row.trashed, row.archived) == (True, False)


def test_page_tells_an_empty_book_from_an_empty_answer(store: Store, log: Log) -> None:
    assert runs_page(store).empty_book
    log()
    page = runs_page(store, " metrics.acc > 3 ")
    assert (page.rows, page.empty_book, page.query) == ((), False, "metrics.acc > 3")


def test_page_refuses_what_does_not_parse(store: Store) -> None:
    with pytest.raises(QuerySyntaxError):
        runs_page(store, "metrics.acc >")


def test_pages_join_to_the_whole_list(opened: Book, log: Log) -> None:
    for number in range(9):
        log(f"run {number}", acc=number % 3)
    opened.runs.change(2, archived=True)
    opened.runs.change(8, trashed=True)
    for query in ("", "metrics.acc > 0"):
        for order_by in (None, "metrics.acc DESC"):
            options: Any = {"query": query, "order_by": order_by}
            whole = runs_page(opened.store, **options).rows
            for offset in range(len(whole) + 1):
                page = runs_page(opened.store, **options, limit=2, offset=offset)
                numbers = [row.number for row in whole[offset : offset + 2]]
                assert [row.number for row in page.rows] == numbers
                assert page.more is (offset + 2 < len(whole))


def test_page_beyond_the_end_is_empty_in_a_book_that_is_not(opened: Book, log: Log) -> None:
    log()
    page = runs_page(opened.store, offset=5)
    assert (page.rows, page.more, page.empty_book) == ((), False, False)


def test_row_of_one_run_has_all_its_params(log: Log, opened: Book) -> None:
    record = log(params=dict.fromkeys("abcdef", 1), acc=[0.1, 0.2])
    row = run_row(opened.store, record)
    assert len(row.params) == 6
    assert row.spark == (0.1, 0.2)
