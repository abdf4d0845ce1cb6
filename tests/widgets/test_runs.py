from __future__ import annotations

import pytest
from tinydb import where

from cellbook.book import Book
from cellbook.errors import QuerySyntaxError
from cellbook.store import create
from cellbook.views import formatting
from cellbook.widgets import runs_list
from tests.views.conftest import Log


def test_list_of_an_empty_book_teaches(opened: Book) -> None:
    panel = runs_list(opened)
    assert "<code>%track_run NAME</code>" in panel.html
    assert "%track_run NAME" in panel.text


def test_list_shows_what_a_query_finds(opened: Book, log: Log) -> None:
    log("low", acc=0.1)
    log("high", acc=0.9)
    for query in ("metrics.acc > 0.5", where("metrics")["acc"] > 0.5):
        panel = runs_list(opened, query)
        assert "high" in panel.html
        assert "high" in panel.text
        assert "low" not in panel.text
    none = runs_list(opened, "metrics.acc > 3 and run_name = '<b>'")
    assert "No run matches" in none.html
    assert "<b>" not in none.html


def test_list_tells_that_there_are_more(opened: Book, log: Log) -> None:
    for _ in range(3):
        log()
    assert "These are the newest 2." in runs_list(opened, limit=2).html
    assert "These are the first 2." in runs_list(opened, order_by="name", limit=2).html
    assert "cb.search_runs()" not in runs_list(opened, limit=3).html


def test_list_is_in_the_order_asked_for(opened: Book, log: Log) -> None:
    for acc in (0.1, 0.9, 0.5):
        log(f"at {acc}", acc=acc)
    panel = runs_list(opened, order_by="metrics.acc DESC", limit=2)
    assert panel.html.index("at 0.9") < panel.html.index("at 0.5")
    assert "at 0.1" not in panel.html


def test_list_sees_what_a_running_run_logged(opened: Book) -> None:
    run = opened.start_run("live")
    run.log_metric("acc", 0.1234)
    assert "0.1234" in runs_list(opened).html


def test_list_refuses_what_does_not_parse(opened: Book) -> None:
    with pytest.raises(QuerySyntaxError):
        runs_list(opened, "metrics.acc >")


def test_list_lives_where_somebody_looks_at_it(opened: Book, log: Log) -> None:
    for acc in (0.1, 0.9):
        log(f"at {acc}", acc=acc)
    widget = runs_list(opened, "metrics.acc > 0.5", order_by=["metrics.acc DESC", "name"]).widget
    assert widget.kind == "runs"
    assert widget.state["order"] == "metrics.acc DESC, name"
    assert runs_list(opened, limit=1).widget.state["most"] == 1
    by_query = runs_list(opened, where("metrics")["acc"] > 0.5).widget
    assert by_query.state["runs"] == [opened.find_run(2).run_id]
    assert runs_list(opened, where("metrics")["acc"] > 7).widget is None
    assert runs_list(opened, limit=0).widget is None


def test_list_tells_what_it_cannot_read(opened: Book, log: Log) -> None:
    log("one")
    doc = {"run_id": "odd", "start_time": 5, "state": "finished"}
    opened.store.commit([create("runs", "odd", doc)])
    panel = runs_list(opened)
    assert "1 run could not be read: #2." in panel.text
    assert "1 run could not be read: #2." in panel.html
    assert "one" in panel.text
    assert runs_list(opened, "run_id = odd").text.startswith("1 run could not be read")


def test_what_is_kept_says_when_and_not_how_long_ago(opened: Book, log: Log) -> None:
    run = log("one")
    stamp = formatting.stamp(run.start_time)
    panel = runs_list(opened)
    assert stamp in panel.text
    assert stamp in panel.html
    assert "ago" not in panel.text + panel.html
    assert "just now" not in panel.text + panel.html
