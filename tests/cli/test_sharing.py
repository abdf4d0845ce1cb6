from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from cellbook import book as books
from cellbook.book import Book
from tests.cli.conftest import Cli


def test_a_run_goes_to_another_book(
    cli: Cli, book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, error = cli("export", "baseline", "b.zip")
    assert (status, error) == (0, "")
    assert out.startswith("run #1 baseline is in b.zip (")
    assert cli("export", "2")[1].startswith("run #2 wide is in run-2-wide.zip (")
    books.close_all()
    away = tmp_path / "away"
    status, out, error = cli("import", "b.zip", "--book", str(away))
    assert (status, out) == (0, "run #1 baseline is taken in from b.zip, with 1 artifact\n"), error
    assert cli("import", "b.zip", "--book", str(away))[1] == (
        "run #1 baseline is in this book already\n"
    )
    shown = cli("show", "baseline", "--book", str(away))[1]
    assert "b.zip, from the book" in shown
    assert "notes/first.txt" in shown


def test_what_cannot_be_taken_is_said_in_one_line(
    cli: Cli, book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile("other.zip", "w") as opened:
        opened.writestr("a.txt", "a")
    for words, why in (
        (("import", "other.zip"), "no file that `cellbook export` wrote"),
        (("import", "nothing.zip"), "There is no file nothing.zip"),
        (("export", "nothing"), "nothing"),
        (("export", "baseline", "--state"), "no kernel state"),
    ):
        status, out, error = cli(*words)
        assert (status, out) == (2, "")
        assert error.startswith("cellbook: ")
        assert error.count("\n") == 1
        assert why in error


def test_data_is_described(
    cli: Cli, opened: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d.csv").write_text("x,y\n1,a\n2,b\n")
    opened.track_data("d.csv")
    status, out, error = cli("data", "d@1", "--croissant", "d.json", "--license", "https://x.org")
    assert (status, out) == (0, "d@1 is described in d.json\n"), error
    told = json.loads(Path("d.json").read_text())
    assert told["license"] == "https://x.org"
    assert [one["name"] for one in told["recordSet"][0]["field"]] == ["x", "y"]
    assert "Which data set?" in cli("data", "--croissant", "d.json")[2]
