from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pandas as pd
import pytest

from cellbook.book import Book
from tests.cli.conftest import Cli


def test_data_is_listed_labelled_and_deleted(cli: Cli, book: Book) -> None:
    assert "No data sets on record yet." in cli("data")[1]
    with book.start_run("uses") as run:
        run.log_metric("acc", 0.5)
        run.log_input("digits", "abc", role="test")
        run.stage("fit")
        run.milestone("half")
    assert "digits@1" in cli("data")[1]
    assert json.loads(cli("data", "digits", "--label", "nightly", "--json")[1])[0]["labels"] == [
        "nightly"
    ]
    cli("leaderboard", "best", "metric=acc", "datasets=digits@1")
    assert "the leaderboard 'best' uses it" in cli("data", "digits@1", "--delete")[2]
    cli("leaderboard", "best", "--delete")
    assert "off the record" in cli("data", "digits@1", "--delete")[1]
    shown = cli("show", "uses")[1]
    assert "fit" in shown
    assert "milestone" in shown


def test_data_is_tracked_shown_and_given_back(cli: Cli, book: Book, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("1,2\n")
    status, out, _ = cli("data", "--track", "x.csv", "--keep", "--label", "nightly", "--alias", "a")
    assert (status, out) == (0, "data:x@1 · 4 bytes · first version · @a is @1\n")
    assert cli("data", "raw", "--track", "x.csv")[1].startswith("data:raw@1")
    book.track_data("x.csv", "clean", derived_from="raw@1")
    with book.start_run("uses"):
        book.track_data("x.csv", split="train")
    shown = dict(line.split(None, 1) for line in cli("data", "x@a")[1].splitlines())
    assert (shown["data"], shown["what"], shown["aliases"]) == ("data:x@1", "file · 4 bytes", "a")
    assert shown["kept"] == "its content is in the book"
    assert shown["digest"].startswith("sha256:")
    assert "#5 uses" in cli("data", "x@1")[1]
    assert "made into" in cli("data", "raw")[1]
    assert "raw@1" in cli("data", "clean")[1]
    listed = cli("data", "--csv")[1].splitlines()
    assert listed[0] == "data,what,content,created,aliases,labels,source,digest"
    assert [line.split(",")[0] for line in listed[1:]] == ["clean@1", "raw@1", "x@1"]
    assert json.loads(cli("data", "x@1", "--json")[1])[0]["kind"] == "file"
    assert cli("data", "x@1", "--markdown")[1].startswith("| data |")
    path.unlink()
    assert "as it was tracked" in cli("data", "x@nightly", "--to", "back.csv")[1]
    assert Path("back.csv").read_text() == "1,2\n"


def test_aliases_move_and_go(cli: Cli, book: Book) -> None:
    Path("x").write_text("1")
    cli("data", "--track", "x")
    assert cli("data", "x@1", "--alias", "best")[1].startswith("@best is @1\n")
    assert "is @1" not in cli("data", "x@1", "--alias", "best")[1]
    Path("x").write_text("2")
    assert "@best is @2 (was @1)" in cli("data", "--track", "x", "--alias", "best")[1]
    assert cli("data", "x@1", "--alias", "best")[1].startswith("@best is @1 (was @2)\n")
    assert "best" not in cli("data", "x@best", "--unalias", "best")[1]
    assert "no data set 'x@best'" in cli("data", "x@best")[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["data", "--delete"], "Which data set?"),
        (["data", "--to", "x"], "Which data set?"),
        (["data", "none"], "no data set 'none'"),
        (["data", "--track", "none.csv"], "There is no file or folder"),
        (["data", "x", "--alias", "7"], "would be taken for a version"),
        (["data", "x", "--alias", "two words"], "'two-words'"),
        (["data", "x", "--keep"], "--keep goes with --track PLACE"),
        (["data", "x", "--contains", "3"], "--contains goes with --rows RUN"),
        (["data", "x", "--key", "id"], "--key goes with --diff OTHER"),
        (["data", "x", "--license", "https://x.org"], "--license goes with --croissant FILE"),
        (["data", "x", "--croissant", "x.json", "--license", "foo"], "named by its URL"),
        (["data", "x", "--alia", "best"], "unrecognized arguments: --alia"),
    ],
)
def test_mistakes_are_said_in_one_line(cli: Cli, book: Book, words: list[str], said: str) -> None:
    Path("x").write_text("1")
    cli("data", "--track", "x")
    status, out, err = cli(*words)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_name_lists_its_versions(cli: Cli, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    for rows in (3, 4):
        book.track_data(
            pd.DataFrame({"id": range(rows)}),
            "adults",
            labels=["nightly", "reviewed"],
            alias="best",
        )
    book.track_data(pd.DataFrame({"id": [1]}), "other")
    monkeypatch.setenv("COLUMNS", "80")
    status, out, _ = cli("data", "adults")
    assert status == 0
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["adults@1", "adults@2"]
    assert all(len(line) <= 80 for line in lines)
    assert "source" not in lines[0], "none of them has one"
    assert "nightly" in lines[2]
    assert "best" in lines[3]
    assert len(json.loads(cli("data", "adults", "--json")[1])) == 2
    assert "has 2 versions" in cli("data", "adults", "--delete")[2]


def test_verify_finds_a_flipped_byte(cli: Cli, book: Book, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"12345")
    os.utime(path, ns=(0, 10**18))
    cli("data", "--track", "x.bin")
    status, out, _ = cli("verify")
    assert status == 0
    assert "1 version of data" in out
    path.write_bytes(b"12445")
    os.utime(path, ns=(0, 10**18))
    status, out, _ = cli("verify")
    assert status == 1
    assert "DAMAGE: x.bin: is not what was tracked as data:x@1" in out


def test_two_versions_are_compared(cli: Cli, book: Book) -> None:
    for rows in (3, 4):
        frame = pd.DataFrame({"id": range(rows), "x": [0.5 * one for one in range(rows)]})
        book.track_data(frame, "digits", keep=True)
    status, out, _ = cli("data", "digits@1", "--diff", "digits@2", "--key", "id")
    assert status == 0
    assert "rows (by id): 1 added · 0 removed · 0 changed · 3 the same" in out
    assert (
        json.loads(cli("data", "digits@1", "--diff", "digits@2", "--json")[1])["rows"]["added"] == 1
    )
    assert cli("data", "digits@1", "--diff", "digits@2", "--csv")[1].startswith("column,shift,PSI")
    assert "Which data set?" in cli("data", "--diff", "digits@2")[2]


def test_rows_that_were_used_are_told(cli: Cli, book: Book) -> None:
    frame = pd.DataFrame({"x": range(9)}, index=[f"r{one}" for one in range(9)])
    version = book.track_data(frame, "digits", keep=True).version
    with book.start_run("fit"):
        book.fits.track_subset(frame[:4], version, "train", None, sys._getframe())
    assert "digits@1" in cli("data", "--rows", "fit")[1]
    assert json.loads(cli("data", "--rows", "fit", "--json")[1])[0]["rows"] == 4
    assert "4 of 9  data:digits@1  train" in cli("show", "fit")[1]
    status, out, _ = cli("data", "--rows", "fit", "--contains", "r3")
    assert (status, out) == (0, "yes: 4 of 9 rows of data:digits@1 · train\n")
    assert cli("data", "digits@1", "--rows", "fit", "--contains", "r5")[:2] == (1, "no\n")
    assert "has no row 'z'" in cli("data", "--rows", "fit", "--contains", "z")[2]
