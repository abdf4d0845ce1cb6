from __future__ import annotations

import json

import pytest

from cellbook.book import Book
from tests.cli.conftest import Cli


def test_leaderboard_is_made_shown_changed_and_deleted(cli: Cli, book: Book) -> None:
    assert "`cellbook leaderboard NAME metric=acc`" in cli("leaderboard")[1]
    status, out, err = cli("leaderboard", "best", "metric=acc")
    assert (status, err) == (0, "")
    assert out.index("wide") < out.index("baseline")
    assert "Left out: 1 failed, not finished; 1 no acc." in out
    assert "best" in cli("leaderboard")[1]
    assert "baseline" not in cli("leaderboard", "best", "filters=acc>=0.9")[1]
    assert "acc below 0.9" in cli("leaderboard", "best", "--why", "1")[1]
    assert "is deleted" in cli("leaderboard", "best", "--delete")[1]
    status, out, err = cli("leaderboard", "best")
    assert (status, out) == (2, "")
    assert "`cellbook leaderboard best metric=acc` makes one" in err


def test_leaderboard_for_other_programs(cli: Cli, book: Book) -> None:
    cli("leaderboard", "best", "metric=acc", "metrics=loss")
    doc = json.loads(cli("leaderboard", "best", "--json")[1])
    assert [(row["name"], row["rank"]) for row in doc["rows"]] == [("wide", 1), ("baseline", 2)]
    lines = cli("leaderboard", "best", "--csv")[1].splitlines()
    assert lines[0].startswith("rank,rank_to,name,run_number,runs,acc,acc.low,acc.high,loss")
    assert lines[1].startswith("1,1,wide,2,1,0.95")
    assert cli("leaderboard", "best", "--markdown")[1].startswith("| rank | run | name |")
    assert json.loads(cli("leaderboard", "--json")[1])[0]["metric"] == "acc"


def test_a_narrow_terminal_cuts_names_not_scores(
    cli: Cli, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.runs.change("wide", run_name="wide net with a very long name that goes on")
    monkeypatch.setenv("COLUMNS", "36")
    cli("leaderboard", "best", "metric=acc", "metrics=loss")
    (line,) = (one for one in cli("leaderboard", "best")[1].splitlines() if "wide" in one)
    assert "0.95" in line
    assert "…" in line


def test_leaderboard_is_frozen(cli: Cli, book: Book) -> None:
    cli("leaderboard", "best", "metric=acc")
    assert "frozen, as of" in cli("leaderboard", "best", "--freeze")[1]
    assert "frozen, as of" in cli("leaderboard", "best", "--frozen")[1]
    assert "There are those of" in cli("leaderboard", "best", "--frozen", "2020-01-01")[2]
    assert "No run of" in cli("leaderboard", "best", "--date", "2020-01-01")[1]


def test_metric_is_defined_used_and_refused_to_go(cli: Cli, book: Book) -> None:
    assert "`cellbook metric acc goal=0.9 direction=more score=best`" in cli("metric")[1]
    out = cli("metric", "acc", "goal=0.9", "score=best")[1]
    assert out.splitlines()[2].split() == ["acc", "more", "0.9", "best"]
    assert json.loads(cli("metric", "--json")[1])[0]["goal"] == 0.9
    assert "0.9500 ◎" in cli("runs")[1]
    assert "0.8600 ○" in cli("compare", "1", "2")[1]
    shown = cli("show", "1")[1]
    assert "goals\n  acc  0.8600 ○  does not reach ≥ 0.9000" in shown
    cli("leaderboard", "best", "metric=acc")
    status, _, err = cli("metric", "acc", "--delete")
    assert status == 2
    assert "the leaderboard 'best' uses it" in err
    cli("leaderboard", "best", "--delete")
    assert "defined no more" in cli("metric", "acc", "--delete")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["leaderboard", "--freeze"], "Which leaderboard?"),
        (["leaderboard", "best", "acc"], "Write KEY=VALUE"),
        (["metric", "--delete"], "Which metric?"),
    ],
)
def test_mistakes_are_said_in_one_line(cli: Cli, book: Book, words: list[str], said: str) -> None:
    status, out, err = cli(*words)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
