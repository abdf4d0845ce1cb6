"""Runs that are part of an exported one go with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from cellbook.answers.rows_used import find_rows_used
from cellbook.book import Book
from cellbook.errors import InvalidInput
from cellbook.records import RunSlice, to_doc
from cellbook.sharing import export_run, import_run
from cellbook.sharing.telling import imported_line
from cellbook.store import create, update
from tests.ipython.kernels import open_book
from tests.sharing.samples import (
    as_elsewhere,
    change_doc,
    contents,
    new_book,
    read_files,
    write_files,
)


@pytest.fixture
def home(tmp_path: Path) -> Book:
    """A book with a sweep of three trials, one of which has a part of its own."""
    made = new_book(tmp_path / "home")
    made.start_run("before").end()
    with made.start_run("sweep") as sweep:
        version = made.track_data(pd.DataFrame({"x": [1.0, 2.0, 3.0]}), "data").version
        for trial in range(3):
            with made.start_run("trial", nested=True, params={"n": trial}) as run:
                run.log_metric("loss", 1 / (1 + trial), 0)
                run.log_metric("loss", 0.5 / (1 + trial), 1)
                run.log_text(f"trial {trial}", "notes.txt")
                run.log_input(version, role="train")
                made.fits.track_subset(None, version, "train", [trial], sys._getframe())
                found = RunSlice(doubts=(f"trial {trial}",))
                made.store.commit([create("slices", run.run_id, to_doc(found))])
                if trial == 1:
                    with made.start_run("fold", nested=True) as fold:
                        fold.log_metric("loss", 0.25, 0)
    assert sweep.state.is_final
    return made


@pytest.fixture
def archive(home: Book, tmp_path: Path) -> Path:
    return export_run("sweep", tmp_path / "sweep.zip", book=home)


def test_children_arrive_with_all_that_is_theirs(home: Book, archive: Path, tmp_path: Path) -> None:
    away = new_book(tmp_path / "away")
    done = import_run(archive, book=away)
    assert (done.is_new, done.run_name, done.children) == (True, "sweep", 4)
    said = imported_line(done, "sweep.zip")
    assert said.endswith("from sweep.zip, with 3 artifacts and 4 runs that are part of it")
    there, here = contents(home), contents(away)
    before = home.find_run("before").run_id
    ids = there["runs"].keys() - {before}
    assert here["runs"].keys() == ids
    for table in ("artifacts", "slices", "subsets", "datasets"):
        of_run = {one: doc for one, doc in there[table].items() if one != before}
        assert here[table] == as_elsewhere(of_run), table
    for run in ids:
        one, other = home.find_run(run), away.find_run(run)
        assert (one.parent, one.params) == (other.parent, other.params)
        assert other.imported["number"] == one.run_number
        if one.metrics:
            assert away.metric_history(run)["value"].tolist() == (
                home.metric_history(run)["value"].tolist()
            )
    second = [one for one in ids if home.find_run(one).params == {"n": 1}]
    (used,) = find_rows_used(away, second[0])
    assert used.positions.tolist() == [1]
    again = import_run(archive, book=away)
    assert (again.is_new, again.children) == (False, 0)
    assert contents(away) == here
    back = read_files(export_run("sweep", tmp_path / "again.zip", book=away))
    sent = read_files(archive)
    # Numbers of runs are those of a book.
    told = {"provenance.json", "cellbook/manifest.json", "ro-crate-metadata.json"}
    assert back.keys() == sent.keys()
    assert {name for name in sent if sent[name] != back[name]} <= told


def test_children_are_files_of_their_own(archive: Path) -> None:
    files = read_files(archive)
    told = json.loads(files["runs/2-trial/run.json"])
    assert told["params"] == {"n": 1}
    assert files["runs/2-trial/artifacts/notes.txt"] == b"trial 1"
    assert files["runs/2-trial/metrics.csv"].count(b"\n") == 3
    assert "runs/2-trial`: finished, loss 0.25" in files["README.md"].decode()


def test_children_may_stay_and_come_later(home: Book, archive: Path, tmp_path: Path) -> None:
    alone = export_run("sweep", tmp_path / "alone.zip", book=home, children=False)
    assert not any(name.startswith("runs/") for name in read_files(alone))
    away = new_book(tmp_path / "away")
    assert import_run(alone, book=away).children == 0
    done = import_run(archive, book=away)
    assert (done.is_new, done.children) == (False, 4)
    assert away.search_runs("run_name = 'trial'").shape[0] == 3


def test_a_child_that_differs_is_refused(home: Book, archive: Path, tmp_path: Path) -> None:
    away = new_book(tmp_path / "away")
    import_run(archive, book=away)
    fold = away.find_run("fold")
    away.store.commit([update("runs", fold.run_id, {"run_name": "another"})])
    before = contents(away)
    with pytest.raises(InvalidInput, match="differs in run_name"):
        import_run(archive, book=away)
    assert contents(away) == before


def test_a_child_that_goes_on_holds_the_export_up(tmp_path: Path) -> None:
    book = new_book(tmp_path / "home")
    sweep = book.start_run("sweep")
    child = book.start_run("trial", parent=sweep.run_id, nested=True)
    sweep.end()
    with pytest.raises(InvalidInput, match="part of it, has not ended"):
        export_run("sweep", tmp_path / "x.zip", book=book)
    export_run("sweep", tmp_path / "x.zip", book=book, children=False)
    child.end()
    export_run("sweep", tmp_path / "x.zip", book=book)


def test_a_run_that_is_no_part_is_refused(archive: Path, tmp_path: Path) -> None:
    files = read_files(archive)
    lines = files["cellbook/runs.jsonl"].splitlines(keepends=True)
    for told in ("01M8G93XMSBSKM7NZ8VDHEKE4K", None):
        changed = json.loads(lines[-1])
        changed["parent"] = told
        text = b"".join([*lines[:-1], json.dumps(changed).encode() + b"\n"])
        made = write_files(tmp_path / "other.zip", {**files, "cellbook/runs.jsonl": text})
        away = new_book(tmp_path / "away")
        with pytest.raises(InvalidInput, match="no part of the one"):
            import_run(made, book=away)
        away.close()


def test_slices_of_another_run_are_refused(archive: Path, tmp_path: Path) -> None:
    files = change_doc(read_files(archive), "slices", lambda doc: doc.update(run="x"))
    made = write_files(tmp_path / "other.zip", files)
    with pytest.raises(InvalidInput, match="slices are of another run"):
        import_run(made, book=new_book(tmp_path / "away"))


def test_what_a_script_printed_goes_with_it(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text("import cellbook as cb\nwith cb.start_run('it'): print('printed here')\n")
    subprocess.run([sys.executable, script], cwd=tmp_path, check=True, timeout=60)
    book = open_book(tmp_path)
    made = export_run("it", tmp_path / "x.zip", book=book)
    away = new_book(tmp_path / "away")
    import_run(made, book=away)
    kept = away.store.get("slices", book.runs.find("it").run_id) or {}
    book.close()
    assert away.store.blobs.get(kept["stdout"]) == b"printed here\n"
    files = change_doc(read_files(made), "slices", lambda doc: doc.update(stdout="0" * 64))
    with pytest.raises(InvalidInput, match="lacks what its script printed"):
        import_run(write_files(tmp_path / "y.zip", files), book=new_book(tmp_path / "there"))
    files = change_doc(read_files(made), "slices", lambda doc: doc.update(stdout="../x"))
    with pytest.raises(InvalidInput, match="what a script printed has no digest"):
        import_run(write_files(tmp_path / "z.zip", files), book=new_book(tmp_path / "where"))
