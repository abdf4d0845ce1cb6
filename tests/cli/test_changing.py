from __future__ import annotations

from pathlib import Path

import pytest

from cellbook import book as books
from cellbook.book import Book
from cellbook.errors import NotFound
from tests.cli.conftest import Cli


def test_rename(cli: Cli, book: Book) -> None:
    assert cli("run", "rename", "wide", "wider net") == (0, "#2 wide is now wider net\n", "")
    assert book.find_run("wider net").run_number == 2


def test_rename_warns_of_a_namesake(cli: Cli, book: Book) -> None:
    status, out, err = cli("run", "rename", "1", "wide")
    assert (status, out) == (0, "#1 baseline is now wide\n")
    assert err == "cellbook: #2 is named wide, too. Use the number to say which is meant.\n"


def test_tag_sets_and_takes_off(cli: Cli, book: Book) -> None:
    status, out, _ = cli("run", "tag", "1", "stage=a=b", "owner=ada", "--remove", "team")
    assert (status, out) == (0, "#1 baseline has the tags stage=a=b, owner=ada\n")
    assert book.find_run(1).tags == {"stage": "a=b", "owner": "ada"}
    cli("run", "tag", "1", "--remove", "stage", "--remove", "owner")
    assert book.find_run(1).tags == {}


@pytest.mark.parametrize("words", [["novalue"], []])
def test_tag_wants_a_value(cli: Cli, book: Book, words: list[str]) -> None:
    status, _, err = cli("run", "tag", "1", *words)
    assert status == 2
    assert "Write KEY=VALUE" in err


def test_note(cli: Cli, book: Book) -> None:
    assert cli("run", "note", "1", "the one to beat")[0] == 0
    assert book.find_run(1).description == "the one to beat"


def test_archive_and_back(cli: Cli, book: Book) -> None:
    assert cli("run", "archive", "1", "wide")[1] == "#1 baseline is archived\n#2 wide is archived\n"
    assert [book.find_run(number).archived for number in (1, 2, 3)] == [True, True, False]
    cli("run", "unarchive", "1")
    assert not book.find_run(1).archived


@pytest.mark.parametrize("command", ["run", "runs"])
def test_delete_and_restore(cli: Cli, book: Book, command: str) -> None:
    status, out, _ = cli(command, "delete", "1", "too bold")
    assert status == 0
    assert out.startswith("#1 baseline is in the trash\n#3 too bold is in the trash\n")
    assert "cellbook run restore" in out
    assert book.find_run(3).trashed is not None
    assert cli(command, "restore", "3")[1] == "#3 too bold is out of the trash\n"
    assert book.find_run(3).trashed is None
    assert book.find_run(1).trashed is not None


def test_restore_says_what_is_not_in_the_trash(cli: Cli, book: Book) -> None:
    book.runs.delete(1)
    status, out, err = cli("run", "restore", "1", "4")
    assert (status, out) == (2, "")
    assert err.startswith("cellbook: #4 empty is not in the trash. `cellbook runs ")
    assert book.find_run(1).trashed is not None


def test_wrong_name_among_several_changes_nothing(cli: Cli, book: Book) -> None:
    status, out, err = cli("run", "delete", "1", "nobody")
    assert (status, out) == (2, "")
    assert "no run 'nobody'" in err
    assert book.find_run(1).trashed is None


def test_ambiguous_name_lists_the_numbers(cli: Cli, book: Book) -> None:
    with book.start_run("wide"):
        pass
    status, _, err = cli("run", "delete", "wide")
    assert status == 2
    assert "#2, #5" in err


def test_book_that_cannot_be_written_says_so(cli: Cli, book: Book, tmp_path: Path) -> None:
    books.close_all()
    file = tmp_path / ".cellbook" / "format.json"
    file.write_text(file.read_text().replace('"format": 1', '"format": 99'))
    status, out, err = cli("run", "delete", "1")
    assert (status, out) == (2, "")
    assert "pip install --upgrade cellbook" in err


def test_delete_refuses_a_run_under_way(cli: Cli, book: Book) -> None:
    with book.start_run("going on"):
        status, _, err = cli("run", "delete", "going on")
    assert status == 2
    assert "is running" in err


def test_empty_name_is_refused(cli: Cli, book: Book) -> None:
    assert cli("run", "rename", "1", " ")[0] == 2
    with pytest.raises(NotFound):
        book.find_run(" ")
