from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest

from cellbook.book import Book
from tests.cli.conftest import Cli


def test_runs_lists_the_newest_first(cli: Cli, book: Book) -> None:
    status, out, err = cli("runs")
    assert (status, err) == (0, "")
    assert [line.split()[1] for line in out.splitlines()[2:]] == ["#4", "#3", "#2", "#1"]


@pytest.mark.parametrize("words", [["metrics.acc > 0.9"], ["metrics.acc", ">", "0.9"]])
def test_runs_takes_a_query(cli: Cli, book: Book, words: list[str]) -> None:
    _, out, _ = cli("runs", *words)
    assert "wide" in out
    assert "baseline" not in out


def test_runs_points_at_a_mistake(cli: Cli, book: Book) -> None:
    status, out, err = cli("runs", "metrics.acc >> 1")
    assert (status, out) == (2, "")
    assert err.startswith("cellbook: ")
    assert err.endswith("  metrics.acc >> 1\n               ^\n")


def test_runs_orders_and_limits(cli: Cli, book: Book) -> None:
    status, out, _ = cli("runs", "--order-by", "metrics.acc DESC", "--limit", "1", "--json")
    assert status == 0
    assert [run["run_name"] for run in json.loads(out)] == ["wide"]
    assert cli("runs", "--limit", "-1")[0] == 2
    assert "in quotes" in cli("runs", "--order-by", "metrics.acc", "DESC")[2]


def test_runs_says_when_there_are_more(cli: Cli, book: Book) -> None:
    assert "and more" in cli("runs", "--limit", "2")[1]


def test_runs_as_json_keeps_what_json_lacks(cli: Cli, book: Book) -> None:
    runs = {run["run_name"]: run for run in json.loads(cli("runs", "--json")[1])}
    assert runs["too bold"]["metrics"] == {"loss": "Infinity"}
    assert runs["baseline"]["params"] == {"lr": 0.01, "layers": [64, 64]}
    assert runs["baseline"]["run_number"] == 1
    assert "points" not in runs["baseline"], "where points lie is the book's own affair"


def test_runs_as_markdown_is_a_table(cli: Cli, book: Book) -> None:
    lines = cli("runs", "metrics.acc > 0", "--markdown")[1].splitlines()
    assert lines[0] == "|  | run | name | acc | loss | lr | layers | time | started |"
    assert lines[2].startswith("| ✓ | #2 | wide | 0.9500 | — | 0.03 | [128, 128] | ")
    assert len(lines) == 4


def test_runs_speaks_of_commands(cli: Cli, book: Book) -> None:
    _, out, _ = cli("runs", "metrics.los > 0.1")
    assert out == (
        "No run matches metrics.los > 0.1. No run has metrics.los: did you mean metrics.loss? "
        "`cellbook runs` alone lists all.\n"
    )
    for number in (1, 2, 3, 4):
        book.runs.change(number, archived=True)
    assert '`cellbook runs "archived = true"` lists them.' in cli("runs")[1]


def test_runs_as_csv_is_the_data_frame(cli: Cli, book: Book) -> None:
    read = pd.read_csv(io.StringIO(cli("runs", "--csv")[1]))
    frame = book.search_runs()
    assert list(read.columns) == list(frame.columns)
    assert list(read["run_name"]) == list(frame["run_name"])
    assert list(read["metrics.acc"].dropna()) == list(frame["metrics.acc"].dropna())


def test_csv_tells_nan_from_nothing_and_holds_no_formulas(cli: Cli, book: Book) -> None:
    with book.start_run("=cmd()") as run:
        run.log_metric("odd", float("nan"))
    first, second, *_ = csv.DictReader(io.StringIO(cli("runs", "--csv")[1]))
    assert (first["run_name"], first["metrics.odd"]) == ("'=cmd()", "NaN")
    assert second["metrics.odd"] == ""
    with book.start_run("other", params={"formula": "=1+1"}):
        pass
    rows = list(csv.reader(io.StringIO(cli("compare", "=cmd()", "other", "--csv")[1])))
    assert ["Params", "formula", "", "'=1+1"] in rows
    assert ["Metrics", "odd", "NaN", ""] in rows


def test_runs_takes_one_form_only(cli: Cli, book: Book) -> None:
    assert "not allowed with" in cli("runs", "--csv", "--json")[2]


def test_compare_shows_what_differs(cli: Cli, book: Book) -> None:
    status, out, _ = cli("compare", "1", "wide")
    assert status == 0
    assert "#1 baseline" in out
    assert "▲ +0.09" in out
    assert "experiment" not in out
    assert " more are the same in all runs" in out
    assert "experiment" in cli("compare", "1", "wide", "--all")[1]


def test_compare_warns_of_data(cli: Cli, book: Book) -> None:
    for number, digest in ((1, "a"), (2, "b")):
        with book.start_run(f"scored {number}") as run:
            run.log_input("wine", digest, role="test")
    out = cli("compare", "scored 1", "scored 2")[1]
    assert "! These runs were scored on different test data: #" in out


def test_compare_without_names_takes_the_last_runs(cli: Cli, book: Book) -> None:
    for number in range(4):
        book.start_run(f"r{number}", params={"n": number}).end()
    head = cli("compare")[1].splitlines()[0]
    assert head.split()[:3] == ["#4", "empty", "★"]
    assert "#8 r3" in head
    assert "#1 baseline ★" in cli("compare", "--experiment", book.find_run(1).experiment)[1]
    assert cli("compare", "--experiment", "none")[0] == 2
    assert "Name one of the two" in cli("compare", "1", "2", "--experiment", "x")[2]


def test_compare_as_json_has_values(cli: Cli, book: Book) -> None:
    doc = json.loads(cli("compare", "1", "2", "--json")[1])
    assert [run["run_name"] for run in doc["runs"]] == ["baseline", "wide"]
    rows = {row["name"]: row for row in doc["rows"]}
    assert rows["layers"]["values"] == [[64, 64], [128, 128]]
    assert rows["loss"] == {
        "group": "Metrics",
        "name": "loss",
        "same": False,
        "values": [0.1, None],
    }
    assert "experiment" not in rows
    every = json.loads(cli("compare", "1", "2", "--json", "--all")[1])["rows"]
    assert {row["name"]: row["same"] for row in every}["experiment"]


def test_compare_as_csv_has_whole_values(cli: Cli, book: Book) -> None:
    rows = list(csv.reader(io.StringIO(cli("compare", "1", "2", "--csv")[1])))
    assert rows[0] == ["group", "name", "#1 baseline", "#2 wide"]
    assert ["Params", "layers", "[64, 64]", "[128, 128]"] in rows
    assert ["Metrics", "acc", "0.86", "0.95"] in rows


def test_compare_as_markdown_is_a_table(cli: Cli, book: Book) -> None:
    book.runs.change("wide", run_name="a|b")
    lines = cli("compare", "1", "2", "--markdown")[1].splitlines()
    assert lines[:2] == ["| name | #1 baseline | #2 a\\|b |", "| --- | --- | --- |"]
    assert "| lr | 0.01 | 0.03 |" in lines
    assert " more are the same in all runs" in lines[-1]


def test_compare_wants_two(cli: Cli, book: Book) -> None:
    status, _, err = cli("compare", "1")
    assert status == 2
    assert err == "cellbook: There is one run to compare. Name at least two.\n"


def test_compare_of_an_empty_book_says_how(cli: Cli, opened: Book) -> None:
    status, _, err = cli("compare")
    assert status == 2
    assert "`cellbook compare 1 2` compares two; `cellbook runs` lists" in err
