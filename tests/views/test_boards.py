from __future__ import annotations

import pytest

from cellbook.book import Book
from cellbook.errors import NotFound
from cellbook.records import BoardRow
from cellbook.views import boards, compare_runs, comparison_text, runs_page, runs_text
from cellbook.views.text import text_width
from tests.views.conftest import Log


def row(**given: object) -> BoardRow:
    fields = {"name": "a", "tags": {}, "params": {}, "runs": ("a",), "counted": ("a",)}
    return BoardRow(**(fields | {"run_number": 1, "run_name": "a", "scores": {}} | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({}, "—"),
        ({"rank": 2, "rank_to": 2}, "2"),
        ({"rank": 1, "rank_to": 2, "tied": True}, "1="),
        ({"rank": 1, "rank_to": 3, "tied": True, "tested": True}, "1–3"),
        ({"rank": 4, "rank_to": 4, "tested": True}, "4"),
    ],
)
def test_rank_says_what_is_sure(given: dict[str, object], shown: str) -> None:
    assert boards.rank_text(row(**given)) == shown


def test_text_fits_its_width_and_draws_the_line(opened: Book, log: Log) -> None:
    for place in range(3):
        log("a rather long name of a run " * 3, acc=[0.5, float("nan")][place == 1])
    opened.leaderboards.save("best", {"metric": "acc", "metrics": "loss"})
    standing = opened.leaderboards.standing("best")
    lines = boards.board_text(standing, 60).split("\n\n")[1].splitlines()
    assert all(text_width(line) <= 60 for line in lines)
    assert lines[4].startswith("─ not qualified ─")
    cells = boards.board_cells(standing)
    assert {len(line) for line in cells} == {len(cells[0])}
    frame = boards.board_frame(standing)
    assert frame["rank"].isna().tolist() == [False, False, True]


def test_frame_of_an_empty_board_is_empty(opened: Book) -> None:
    opened.leaderboards.save("best", {"metric": "acc", "experiment": "e"})
    assert boards.board_frame(opened.leaderboards.standing("best")).empty


def test_choose_frozen_takes_the_newest_by_a_date(opened: Book, log: Log) -> None:
    log("a", acc=0.5)
    opened.leaderboards.save("best", {"metric": "acc"})
    now = opened.leaderboards.freeze("best").time
    opened.leaderboards.freeze("best", until=now - 10 * 86_400_000)
    copies = opened.leaderboards.frozen("best")
    assert boards.choose_frozen(copies, "best", "", now) is copies[1]
    assert boards.choose_frozen(copies, "best", "2 days ago", now) is copies[0]
    with pytest.raises(NotFound, match="by 2020-01-01"):
        boards.choose_frozen(copies, "best", "2020-01-01", now)
    with pytest.raises(NotFound, match="--freeze"):
        boards.choose_frozen([], "best", "", now)


def test_lists_and_comparisons_mark_goals(opened: Book, log: Log) -> None:
    opened.metrics.define("acc", goal=0.9, score="best")
    first, second = log("a", acc=[0.95, 0.5]), log("b", acc=[0.1, 0.2])
    page = runs_page(opened.store)
    assert [(one.metrics["acc"], one.goals) for one in page.rows] == [
        (0.2, {"acc": False}),
        (0.95, {"acc": True}),
    ]
    text = runs_text(page)
    assert "0.9500 ◎" in text
    assert text.endswith("(◎ goal reached, ○ not)")
    comparison = comparison_text(compare_runs(opened.store, [first, second]))
    assert "0.9500 ◎" in comparison
    assert "0.2000 ○ ▼ −0.75" in comparison


def test_a_definition_turns_a_comparison_round(opened: Book, log: Log) -> None:
    first, second = log("a", cash=1.0), log("b", cash=2.0)
    assert "▼" not in comparison_text(compare_runs(opened.store, [first, second])).split("\n(")[0]
    opened.metrics.define("cash", direction="less")
    assert "2 ▼ +1" in comparison_text(compare_runs(opened.store, [first, second]))
