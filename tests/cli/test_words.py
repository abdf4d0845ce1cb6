"""What models, alarms, monitoring and retraining say in an empty book, and to wrong words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook import book as books
from cellbook.cli import main


@pytest.fixture(autouse=True)
def empty(tmp_path: Path) -> Iterator[list[str]]:
    """Give the words that name an empty book."""
    books.look_into(tmp_path / ".cellbook", create=True).close()
    yield ["--book", str(tmp_path)]
    books.close_all()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["models"], "registers one"),
        (["alarms"], "`cellbook alarms NAME --add"),
        (["alarms", "--events"], "`cellbook monitor NAME --check` does it"),
        (["monitor"], "`cellbook serve MODEL --record` keeps them"),
        (["retrain"], "`cellbook retrain NAME --run"),
        (["retrain", "credit", "--history"], "`cellbook retrain NAME --run"),
    ],
)
def test_an_empty_list_says_what_fills_it(
    words: list[str], told: str, empty: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, *empty]) == 0
    assert told in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["models", "credit"], "`cellbook models` lists what there is"),
        (["models", " "], "The name of a model is empty"),
        (["alarms", " "], "Name the endpoint: `cellbook alarms NAME`"),
        (["alarms", "credit", "--add", "accuracy < 0.9, cool-down soon"], "Write for instance"),
        (["monitor", " "], "Which endpoint or model? `cellbook monitor NAME`"),
        (["monitor", "credit"], "credit: No predictions are on record yet. `cellbook serve"),
        (["monitor", "credit", "--window", "1 hour"], "Write 30s, 5min, 1h or 1d"),
        (["monitor", "credit", "--windows", "all"], "Write one from 1 to 10,000"),
        (["monitor", "--check"], "Which endpoint or model? `cellbook monitor NAME --check"),
        (["monitor", "credit", "--check", "--arm", "b"], "leave --arm out of --check"),
        (
            ["monitor", "credit", "--data", "no.csv"],
            "There is no file no.csv, and it names no data",
        ),
        (["retrain", "credit"], "--run run:NAME --holdout data:NAME@2"),
        (["retrain", "credit", "--run", "1", "--holdout", "x"], "no model 'credit'"),
    ],
)
def test_a_wrong_word_gets_one_line_that_says_what_to_do(
    words: list[str], told: str, empty: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, *empty]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_nobody_looks_without_a_pause(empty: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alarms", "credit", "--add", "rows < 3", *empty]) == 0
    assert main(["monitor", "credit", "--watch", "--every", "0s", *empty]) == 2
    assert "more than 0s" in capsys.readouterr().err
