from __future__ import annotations

import json
from typing import Any

import pytest

from cellbook import assets
from cellbook.book import Book
from cellbook.errors import StoreError
from cellbook.widgets.live import LivePanel, compare_widget, runs_widget
from tests.views.conftest import Log


class Page:
    """What a page hears of a panel."""

    def __init__(self, panel: LivePanel, monkeypatch: pytest.MonkeyPatch) -> None:
        self.heard: list[tuple[dict[str, Any], list[bytes]]] = []
        self._panel = panel
        monkeypatch.setattr(
            panel, "send", lambda content, buffers=(): self.heard.append((content, list(buffers)))
        )

    def say(self, content: Any) -> tuple[dict[str, Any], list[bytes]]:
        self._panel._handle_custom_msg(content, [])
        return self.heard.pop()


@pytest.fixture
def panel(opened: Book, log: Log) -> LivePanel:
    log("baseline", {"lr": 0.01}, acc=[0.1, 0.9])
    log("wide", {"lr": 0.03}, acc=[0.2, 0.95])
    return compare_widget(opened, [opened.find_run(1), opened.find_run(2)], ["a note"])


def test_a_panel_begins_with_its_first_answer(panel: LivePanel) -> None:
    ((name, query, answer),) = panel.first
    assert (name, query) == ("compare", {"runs": panel.state["runs"], "baseline": 0})
    assert [run["name"] for run in json.loads(answer)["runs"]] == ["baseline", "wide"]
    assert panel.state["notes"] == ["a note"]
    assert "cellbook-panel" in panel._dom_classes


def test_a_table_begins_with_its_first_rows(panel: LivePanel, opened: Book) -> None:
    table = runs_widget(opened, "metrics.acc > 0.9", order_by="metrics.acc", columns=["params.lr"])
    ((name, query, answer),) = table.first
    assert (name, query["columns"], query["offset"]) == ("grid", '["params.lr"]', 0)
    assert [row["name"] for row in json.loads(answer)["rows"]] == ["wide"]
    assert table.state["order"] == query["order_by"] == "metrics.acc"


def test_a_question_is_answered_by_its_number(
    panel: LivePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(panel, monkeypatch)
    query = {"runs": panel.state["runs"], "metric": "acc"}
    head, (answer,) = page.say({"id": 7, "ask": "lines", "query": query})
    assert head == {"id": 7}
    assert [line["label"] for line in json.loads(answer)["lines"]] == ["#1 baseline", "#2 wide"]


def test_what_went_wrong_is_an_answer(panel: LivePanel, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(panel, monkeypatch)
    head, buffers = page.say({"id": 1, "ask": "nothing", "query": {}})
    assert head == {"id": 1, "error": "There is no question 'nothing'."}
    assert not buffers
    head, _ = page.say({"id": 2, "ask": "lines", "query": {"runs": []}})
    assert "no 'metric'" in head["error"]

    def locked(*_: Any) -> None:
        raise StoreError("Another process holds the book.")

    monkeypatch.setattr(LivePanel, "answer", locked)
    head, _ = page.say({"id": 3, "ask": "compare", "query": {}})
    assert head["error"] == "Another process holds the book."


def test_files_are_those_of_the_front_end_and_no_others(
    panel: LivePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(panel, monkeypatch)
    for name in assets.NAMES:
        head, (content,) = page.say({"file": name})
        assert head == {"file": name}
        assert content == assets.path(name).read_bytes()
    for odd in ({"file": "../panel.py"}, {"file": 3}, {}, "text", None):
        panel._handle_custom_msg(odd, [])
    assert not page.heard
    with pytest.raises(KeyError):
        assets.path("__init__.py")


def test_a_page_that_is_gone_is_told_once(
    panel: LivePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(panel, monkeypatch)
    for table in ("runs", "cells", "metrics"):
        panel.tell([table])
    assert page.heard == [({"changed": ["runs"]}, [])]
    # What came meanwhile may be the last that comes for long: it is told at once.
    panel._handle_custom_msg({"heard": True}, [])
    panel.tell(["runs"])
    assert page.heard[1:] == [({"changed": ["cells", "metrics"]}, [])]
    panel._handle_custom_msg({"heard": True}, [])
    panel._handle_custom_msg({"heard": True}, [])
    assert page.heard[2:] == [({"changed": ["runs"]}, [])]


def test_a_page_that_comes_hears_what_was_told_while_it_was_loaded(
    panel: LivePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(panel, monkeypatch)
    panel._handle_custom_msg({"here": True}, [])
    assert page.heard == []
    panel.tell(["runs"])
    panel.tell(["cells"])
    panel._handle_custom_msg({"here": True}, [])
    assert page.heard[1:] == [({"changed": ["cells", "runs"]}, [])]
