from __future__ import annotations

import dataclasses

import pytest

from cellbook.answers import (
    CHANGES,
    DashboardBody,
    DashboardQuery,
    PinBody,
    Reader,
    pin_panel,
    read_fields,
    save_dashboard,
    show_dashboard,
)
from cellbook.answers import list_dashboards as list_all
from cellbook.answers.dashboards import DashboardsQuery
from cellbook.book import Book
from cellbook.errors import InvalidInput, StoreReadOnly
from tests.views.conftest import Log


def test_a_query_shows_the_newest_runs_that_it_finds_now(opened: Book, log: Log) -> None:
    reader = Reader(opened)
    first = log("one", {"lr": 0.1})
    pin_panel(reader, PinBody("d", {"query": "params.lr > 0.01", "limit": 2}))
    pin_panel(reader, PinBody("d", {"runs": [first.run_id], "look": {"metric": "acc"}}))
    pin_panel(reader, PinBody("d", {"query": "params.lr > 7"}))
    pin_panel(reader, PinBody("d", {"query": "params.lr >"}))
    later = [log("two", {"lr": 0.2}), log("three", {"lr": 0.3})]
    shown = show_dashboard(reader, DashboardQuery("d"))
    assert [panel.runs for panel in shown.panels] == [
        tuple(record.run_id for record in later),
        (first.run_id,),
        (),
        (),
    ]
    assert shown.panels[2].problem == "No run is found by: params.lr > 7"
    assert "^" in shown.panels[3].problem
    assert list_all(reader, DashboardsQuery()).names == ("d",)


def test_a_panel_from_outside_holds_nothing_odd(opened: Book) -> None:
    reader = Reader(opened)
    odd = {"title": 3, "runs": "x", "query": None, "limit": "many", "look": [], "more": 1}
    (shown,) = save_dashboard(reader, DashboardBody("d", [odd])).panels
    assert dataclasses.asdict(shown.panel) == {
        "title": "",
        "runs": (),
        "query": "",
        "limit": 10,
        "look": {},
        "width": "full",
    }
    assert shown.problem == "The book has no runs yet."


def test_a_dashboard_is_saved_as_the_change_of_what_was_read(opened: Book) -> None:
    reader = Reader(opened)
    read = pin_panel(reader, PinBody("d", {"title": "mine"}))
    saved = save_dashboard(reader, DashboardBody("d", [], read.changed))
    assert saved.changed > read.changed
    with pytest.raises(InvalidInput, match="changed meanwhile"):
        save_dashboard(reader, DashboardBody("d", [], read.changed))
    assert read_fields(DashboardBody, {"name": "d", "panels": [], "changed": None}).changed is None


def test_changes_are_read_from_json() -> None:
    assert set(CHANGES) >= {"pin", "save-dashboard"}
    body = read_fields(PinBody, {"name": "d", "panel": {"title": "t"}})
    assert body == PinBody("d", {"title": "t"})
    with pytest.raises(InvalidInput, match="'panel' is to be an object"):
        read_fields(PinBody, {"name": "d", "panel": []})
    with pytest.raises(InvalidInput, match="unknown field 'nam'"):
        read_fields(PinBody, {"nam": "d"})


def test_a_book_that_cannot_be_written_says_so(
    opened: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Book, "read_only", "The folder is read-only.")
    with pytest.raises(StoreReadOnly, match="read-only"):
        pin_panel(Reader(opened), PinBody("d", {}))
