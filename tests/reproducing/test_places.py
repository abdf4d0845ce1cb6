"""Modules and data that are gone, or another by now, and what the cells make themselves."""

from __future__ import annotations

from pathlib import Path

from cellbook.records import ReproductionVerdict
from cellbook.reproducing.room import reproduce
from cellbook.sharing import export_run, import_run
from tests.reproducing.recording import record
from tests.sharing.samples import new_book

CELLS = (
    "import mine, numpy\nfrom kit.tools import twice",
    "drawn = numpy.random.rand()",
    "%track_run whole",
    "%track_data numbers in.csv --keep",
    "size = len(open('in.csv').read())",
    "with open('made.csv', 'w') as file:\n    file.write('x' * mine.SIZE)",
    "%track_data made made.csv",
    "%log size={twice(size) + mine.SIZE} drawn={drawn}",
    "%end_run",
)


def fill(folder: Path) -> None:
    """Write the modules and the data that the cells use."""
    (folder / "kit").mkdir(parents=True)
    (folder / "kit" / "__init__.py").write_text("")
    (folder / "kit" / "tools.py").write_text("def twice(x):\n    return 2 * x\n")
    (folder / "mine.py").write_text("SIZE = 3\n")
    (folder / "in.csv").write_text("x\n1\n")


def test_what_is_gone_or_changed_is_taken_from_the_book(tmp_path: Path) -> None:
    fill(tmp_path)
    book = record(tmp_path, *CELLS)
    run = book.find_run("whole")
    (tmp_path / "kit" / "tools.py").unlink()
    (tmp_path / "kit" / "__init__.py").unlink()
    (tmp_path / "mine.py").write_text("SIZE = 4\n")
    for name in ("in.csv", "made.csv"):
        (tmp_path / name).unlink()
    done = reproduce(book, run)
    assert (done.verdict, done.first) == (ReproductionVerdict.IDENTICAL, "")
    assert (tmp_path / "in.csv").read_text() == "x\n1\n"
    assert (tmp_path / "made.csv").read_text() == "xxx"
    assert done.data == (
        "numbers@1 was gone: it was brought back to in.csv from the book",
        "made@1 is written by what runs again: it is compared then",
    )
    assert "the module mine.py was changed since; it runs as it was" in done.environment
    assert "the module kit/tools.py is gone; it runs as it was, from the record" in done.environment
    # The new run stands on what it ran, not on what lies there.
    slices = [book.store.get("slices", one) or {} for one in (run.run_id, done.run)]
    assert slices[0]["modules"] == slices[1]["modules"] != {}
    (tmp_path / "in.csv").write_text("x\n2\n")
    assert reproduce(book, run).verdict is ReproductionVerdict.UNTRIED
    book.close()


def test_file_that_was_tracked_before_the_run_is_tracked_again(tmp_path: Path) -> None:
    rows = "\n".join(f"{n},{n % 7 / 3},{n % 2}" for n in range(60))
    (tmp_path / "people.csv").write_text(f"a,b,y\n{rows}\n")
    book = record(
        tmp_path,
        "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression",
        "df = pd.read_csv('people.csv')",
        "%track_data people people.csv",
        "%track_run fits\nmodel = LogisticRegression().fit(df[['a', 'b']][:40], df.y[:40])",
        "%end_run",
    )
    assert len(book.find_run("fits").inputs) == 1
    done = reproduce(book, "fits")
    assert (done.verdict, done.first) == (ReproductionVerdict.IDENTICAL, "")
    book.close()


def test_run_of_elsewhere_finds_what_came_with_it(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    fill(theirs)
    made = record(theirs, *CELLS)
    archive = export_run("whole", tmp_path / "run.zip", book=made, data=True)
    made.close()
    theirs.rename(tmp_path / "away")
    book = new_book(tmp_path / "ours")
    import_run(archive, book=book)
    done = reproduce(book, "whole", trust=True)
    assert (done.verdict, done.first) == (ReproductionVerdict.IDENTICAL, "")
    assert (tmp_path / "ours" / "in.csv").exists()
    assert not theirs.exists()
    book.close()
