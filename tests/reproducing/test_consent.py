"""What is asked before it is run again, and what is never run again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook.book import Book
from cellbook.cli import main
from cellbook.errors import InvalidInput, Untrusted
from cellbook.records import ReproductionVerdict
from cellbook.reproducing.room import WITHIN, reproduce
from cellbook.sharing import export_run, import_run
from tests.reproducing.recording import record
from tests.sharing.samples import new_book


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Book]:
    """A book with a run that somebody else recorded, in a folder that is still there."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "in.csv").write_text("x\n1\n")
    made = record(
        theirs,
        "%track_run imported",
        "%track_data numbers in.csv --keep",
        "size = len(open('in.csv').read())\nopen('made.txt', 'w').write('here')",
        "%log size={size}",
        "%end_run",
    )
    archive = export_run("imported", tmp_path / "run.zip", book=made, data=True)
    made.close()
    (theirs / "made.txt").unlink()
    book = new_book(tmp_path / "ours")
    import_run(archive, book=book)
    yield book
    book.close()


def test_code_that_was_imported_runs_by_consent_in_the_folder_of_the_book(
    ours: Book, tmp_path: Path
) -> None:
    here = tmp_path / "ours"
    with pytest.raises(Untrusted, match=r"#1 imported was imported from run\.zip: .*--trust\.$"):
        reproduce(ours, "imported")
    assert len(ours.search_runs()) == 1
    done = reproduce(ours, "imported", trust=True)
    assert (done.verdict, done.first) == (ReproductionVerdict.IDENTICAL, "")
    assert (here / "in.csv").read_text() == "x\n1\n"
    assert (here / "made.txt").exists()
    assert not (tmp_path / "theirs" / "made.txt").exists()
    (here / "in.csv").write_text("x\n2\n")
    changed = reproduce(ours, "imported", trust=True)
    assert changed.verdict is ReproductionVerdict.UNTRIED
    assert "out of the way" in changed.first
    assert "`cellbook data numbers@1 --to in.csv`" in changed.first


def test_command_says_by_its_status_that_nothing_was_tried(
    ours: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--book", str(tmp_path / "ours")]
    assert main(["reproduce", "imported", *place]) == 2
    assert "--trust" in capsys.readouterr().err
    (tmp_path / "ours" / "in.csv").write_text("x\n2\n")
    assert main(["reproduce", "imported", "--trust", *place]) == 2
    assert "not tried" in capsys.readouterr().out


def test_lines_that_destroy_ask_first(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("1")
    book = record(tmp_path, "%track_run clean", "!sed -i s/1/12/ d.csv", "%log n={1}", "%end_run")
    assert (tmp_path / "d.csv").read_text() == "12"
    with pytest.raises(Untrusted, match=r"`!sed -i s/1/12/ d\.csv` \(cell \[3\]\) again"):
        reproduce(book, "clean")
    assert (tmp_path / "d.csv").read_text() == "12"
    assert reproduce(book, "clean", trust=True).verdict is ReproductionVerdict.IDENTICAL
    assert (tmp_path / "d.csv").read_text() == "122"
    book.close()


def test_what_was_asked_of_cellbook_is_not_asked_again(tmp_path: Path) -> None:
    book = record(
        tmp_path,
        "%track_run asks\n%log v=1.0\n!cellbook runs\n%comment run done\nprint('''\n%runs''')",
        "if True:\n    !cellbook data\n    x = 2",
        "%log x={x}\n%end_run",
    )
    assert len(book.threads.all()) == 1
    done = reproduce(book, "asks")
    assert (done.verdict, done.first) == (ReproductionVerdict.IDENTICAL, "")
    assert any("cell [2] printed is not compared" in doubt for doubt in done.doubts)
    assert len(book.threads.all()) == 1
    book.close()


def test_no_run_is_reproduced_within_a_reproduction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = new_book(tmp_path / "one")
    with book.start_run("one"):
        pass
    monkeypatch.setenv(WITHIN, "1")
    with pytest.raises(InvalidInput, match="being reproduced"):
        reproduce(book, "one")
    book.close()
