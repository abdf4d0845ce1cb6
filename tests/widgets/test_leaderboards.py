from __future__ import annotations

import pytest

from cellbook.book import Book
from cellbook.errors import NotFound
from cellbook.widgets import board_panel
from cellbook.widgets.leaderboards import BoardPanel
from tests.views.conftest import Log

HOSTILE = "<script>alert('x')</script>"


def test_panel_shows_ranks_goals_and_why_not(opened: Book) -> None:
    opened.metrics.define("acc", goal=0.85)
    for name, digest, acc in (("old", "d1", 0.99), ("new", "d2", 0.9), ("newer", "d2", 0.8)):
        with opened.start_run(name, experiment="e") as run:
            run.log_input("digits", digest, role="test", labels="nightly")
            run.log_metric("acc", acc)
    given = {"metric": "acc", "newest": "nightly:1", "cost": "duration"}
    panel = board_panel(opened, "best", definition=given)
    assert isinstance(panel, BoardPanel)
    for text in (panel.html, panel.text):
        assert "goal: acc ≥ 0.85" in text
        assert "0.9000 ◎" in text
        assert "0.8000 ○" in text
        assert "not scored on digits@2" in text
        assert "not qualified" in text
        assert "digits@2 was looked at by 2 runs, 2 values of acc." in text
    assert list(panel.to_frame()["rank"].fillna(0)) == [1, 2, 0]


def test_panel_of_several_data_has_a_head_for_each(opened: Book) -> None:
    for digest in ("d1", "d2"):
        with opened.start_run(digest) as run:
            run.log_input("digits", digest, role="test")
            run.log_metric("acc", 0.5)
    panel = board_panel(opened, "best", definition={"metric": "acc"})
    assert panel.html.index("digits@2</th>") < panel.html.index("digits@1</th>")
    assert "each data has ranks of its own" in panel.text


def test_nothing_hostile_executes(opened: Book, log: Log) -> None:
    log(HOSTILE, **{HOSTILE: 0.5}, tags={HOSTILE: HOSTILE})
    with opened.start_run(HOSTILE) as run:
        run.log_metric(HOSTILE, 0.1)
        run.log_input(HOSTILE, HOSTILE, labels=HOSTILE)
    given = {
        "metric": HOSTILE,
        "group_by": [HOSTILE],
        "newest": {HOSTILE: 1},
        "description": HOSTILE,
    }
    for panel in (board_panel(opened, HOSTILE, definition=given), board_panel(opened, None)):
        assert "<script>" not in panel.html
        assert "&lt;script&gt;" in panel.html


def test_panel_without_runs_teaches(opened: Book) -> None:
    assert "<code>%leaderboard NAME metric=acc</code>" in board_panel(opened, None).html
    panel = board_panel(opened, "b", definition={"metric": "acc", "experiment": "e"})
    assert panel.text.endswith("The experiment 'e' has no runs.")
    assert "has no runs" in panel.html
    with pytest.raises(NotFound):
        board_panel(opened, "c")


def test_panel_of_many_rows_is_cut(opened: Book, log: Log) -> None:
    for place in range(205):
        log(f"r{place}", acc=place)
    panel = board_panel(opened, "b", definition={"metric": "acc"})
    assert "These are the first 200 of 205 rows." in panel.text
    assert panel.html.count("<tr>") == 201
