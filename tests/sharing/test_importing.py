from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cellbook.answers.rows_used import find_rows_used
from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import Anchor, AnchorKind
from cellbook.sharing import export_run, import_run
from cellbook.sharing.telling import imported_line
from cellbook.views.run_details import run_details
from tests.sharing.samples import (
    ODD,
    add_run,
    as_elsewhere,
    change_doc,
    contents,
    new_book,
    read_files,
    write_files,
)


def test_all_of_a_run_arrives(home: Book, away: Book, archive: Path) -> None:
    before, there = home.find_run("wide net"), contents(home)
    done = import_run(archive, book=away)
    after, here = away.find_run("wide net"), contents(away)
    assert done.is_new
    assert (done.run_id, done.run_number, done.comments) == (before.run_id, 1, 2)
    for name in (
        "run_id", "run_name", "params", "tags", "state", "start_time", "end_time", "inputs",
        "description", "environment", "session", "cells",
    ):  # fmt: skip
        one, other = getattr(before, name), getattr(after, name)
        assert repr(one) == repr(other), name
    assert repr(dict(before.metrics)) == repr(dict(after.metrics))
    assert repr(before.param_history) == repr(after.param_history)
    for table in (
        "cells", "artifacts", "milestones", "stages", "datasets", "metric_definitions", "subsets",
    ):  # fmt: skip
        assert here[table] == as_elsewhere(there[table]), table
    assert there["blobs"].keys() >= here["blobs"].keys()
    assert after.imported["file"] == "wide.zip"
    assert after.imported["book"] == home.store.book_id
    assert [one.path for one in away.artifacts("wide net")] == [
        one.path for one in home.artifacts("wide net")
    ]
    for artifact in away.artifacts("wide net"):
        assert away.store.blobs.get(artifact.digest) == home.store.blobs.get(artifact.digest)


def test_rows_that_were_used_arrive(home: Book, away: Book, archive: Path) -> None:
    import_run(archive, book=away)
    for book in (home, away):
        (used,) = find_rows_used(book, "wide net")
        assert used.positions.tolist() == [0, 2]
        assert (used.data, used.subset.role) == ("data:frame@1", "train")
    assert not import_run(archive, book=away).is_new
    (rows,) = run_details(away.store, away.find_run("wide net"), ()).rows
    assert (rows.data, rows.rows, rows.of, rows.role) == ("frame@1", 2, 3, "train")


def test_points_are_exact(home: Book, away: Book, archive: Path) -> None:
    import_run(archive, book=away)
    one, other = home.metric_history("wide net"), away.metric_history("wide net")
    assert one["value"].to_numpy().tobytes() == other["value"].to_numpy().tobytes()
    pd.testing.assert_frame_equal(one, other)
    assert away.verify().findings == [
        finding for finding in away.verify().findings if finding.harmless
    ]


def test_data_by_value_arrives(home: Book, away: Book, archive: Path, tmp_path: Path) -> None:
    import_run(archive, book=away)
    pd.testing.assert_frame_equal(away.datasets.read("frame@1"), home.datasets.read("frame@1"))
    written = away.datasets.read("dig its@1", to=tmp_path / "back.csv")
    assert written.read_bytes() == (tmp_path / "home" / "d.csv").read_bytes()
    folder = away.datasets.read("pictures@1", to=tmp_path / "back")
    assert (folder / "one.txt").read_text() == "one"
    assert (folder / "two.txt").readlink() == Path("one.txt")


def test_data_can_come_later(home: Book, away: Book, archive: Path, tmp_path: Path) -> None:
    import_run(export_run("wide net", tmp_path / "bare.zip", book=home), book=away)
    with pytest.raises(InvalidInput, match="not kept in the book"):
        away.datasets.read("frame@1")
    done = import_run(archive, book=away)
    assert len(away.datasets.read("frame@1")) == 3
    assert (done.is_new, done.contents) == (False, 3)
    assert imported_line(done, "x.zip") == (
        "run #1 wide net is in this book already; new here: the content of 3 data sets"
    )
    assert import_run(archive, book=away).contents == 0


def test_data_that_was_deleted(home: Book, away: Book, archive: Path, tmp_path: Path) -> None:
    import_run(archive, book=away)
    frame = home.datasets.delete("frame@1").dataset_id
    new = new_book(tmp_path / "new")
    import_run(export_run("wide net", tmp_path / "less.zip", book=home), book=new)
    assert frame not in new.datasets.by_id()
    assert frame in new.find_run("wide net").inputs
    away.datasets.delete("frame@1")
    import_run(archive, book=away)
    assert len(away.datasets.read("frame@1")) == 3
    assert away.datasets.find(frame).label == "frame@1"


def test_comments_are_marked_as_imported(away: Book, archive: Path) -> None:
    import_run(archive, book=away)
    (thread,) = away.table("threads").all()
    comments = away.table("comments").all()
    assert thread["imported"] == "wide.zip"
    assert [one["imported"] for one in comments] == ["wide.zip"] * 2


def test_a_second_time_changes_nothing(home: Book, away: Book, archive: Path) -> None:
    import_run(archive, book=away)
    stamps = away.store.stamps()
    done = import_run(archive, book=away)
    assert (done.is_new, done.artifacts, done.comments) == (False, 0, 0)
    assert away.store.stamps() == stamps
    before = home.store.stamps()
    assert not import_run(archive, book=home).is_new
    assert home.store.stamps() == before


def test_several_processes_at_once_take_it_once(archive: Path, tmp_path: Path) -> None:
    book = tmp_path / "fresh" / ".cellbook"
    code = (
        "import sys, cellbook as cb\n"
        "book = cb.open(sys.argv[1])\n"
        "print('ready', flush=True), sys.stdin.readline()\n"
        "done = cb.import_run(sys.argv[2], book=book)\n"
        "print(done.is_new, done.artifacts, done.contents)\n"
    )
    new_book(book.parent).close()
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, book, archive],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for one in started:
        assert one.stdout.readline() == "ready\n"
    for one in started:
        one.stdin.write("\n")
        one.stdin.flush()
    said = sorted(one.communicate(timeout=60)[0].strip() for one in started)
    assert said[:2] == ["False 0 0"] * 2
    assert said[2].startswith("True 9 3")


def test_places_elsewhere_are_not_looked_at(
    home: Book, away: Book, archive: Path, tmp_path: Path
) -> None:
    """What lies on this machine where data lay on another is not that data."""
    other = tmp_path / "other.csv"
    other.write_text("x\n")

    def move(doc: dict) -> None:
        doc.update(source=str(other), tracked=doc["created"] + 10**7, modified=1)

    files = change_doc(read_files(archive), "datasets", move)
    import_run(write_files(tmp_path / "moved.zip", files), book=away)
    assert away.datasets.find("dig its").source == str(other)
    assert [one for one in away.datasets.check() if str(other) in one] == []
    # Tracked here, it is a place of this machine's.
    away.track_data(other, "dig its")
    other.write_text("longer\n")
    assert [harmless for place, _, harmless in away.datasets.check() if place == str(other)] == [
        True
    ]


def test_a_run_that_differs_is_refused(home: Book, away: Book, archive: Path) -> None:
    import_run(archive, book=away)
    away.runs.change("wide net", tags={"team": "sound"})
    before = contents(away)
    with pytest.raises(
        InvalidInput,
        match=r"this book has its run already, as #1, and there it .*; change that back, or import "
        r"it into another book to have both\.$",  # another export would differ as well
    ):
        import_run(archive, book=away)
    assert contents(away) == before


def test_what_was_put_away_here_is_the_same_run(away: Book, archive: Path) -> None:
    import_run(archive, book=away)
    away.runs.change("wide net", archived=True)
    assert not import_run(archive, book=away).is_new


def test_definitions_and_labels_of_this_book_win(home: Book, away: Book, archive: Path) -> None:
    away.metrics.define("loss", goal=0.5)
    import_run(archive, book=away)
    (definition,) = away.metrics.all()
    assert definition.goal == 0.5


def test_numbers_are_those_of_the_book(home: Book, away: Book, archive: Path) -> None:
    with away.start_run("later"):
        pass
    assert import_run(archive, book=away).run_number == 1
    assert away.find_run("later").run_number == 2


def test_a_hostile_name_travels(away: Book, tmp_path: Path) -> None:
    home = new_book(tmp_path / "odd")
    run = home.start_run("x")
    home.runs.change(run.run_id, run_name=ODD.replace("\u202e", "") + "<b>|`")
    run.end()
    made = export_run(run.run_id, tmp_path / "odd.zip", book=home)
    import_run(made, book=away)
    assert away.find_run(run.run_id).run_name == home.find_run(run.run_id).run_name
    readme = read_files(made)["README.md"].decode()
    assert readme.startswith("# wide net/..: ☃\\<b\\>\\|\\`")
    home.close()


def test_an_import_is_exported_again(home: Book, away: Book, archive: Path, tmp_path: Path) -> None:
    import_run(archive, book=away)
    once = export_run("wide net", tmp_path / "again.zip", book=away, data=True)
    first, second = read_files(archive), read_files(once)
    assert first.keys() == second.keys()
    same = [name for name in first if name.startswith(("artifacts/", "data/", "cellbook/blobs"))]
    assert all(first[name] == second[name] for name in same if not name.endswith("croissant.json"))
    for name in ("metrics.csv", "run.json", "cellbook/points.pts", "cellbook/runs.jsonl"):
        assert first[name] == second[name], name
    third = new_book(tmp_path / "third")
    import_run(once, book=third)
    assert third.find_run("wide net").imported["book"] == home.store.book_id
    third.close()


def test_threads_of_the_notebook_come_along(tmp_path: Path, away: Book) -> None:
    home = new_book(tmp_path / "noted")
    add_run(home)
    record = home.find_run("wide net")
    home.runs.change(record.run_id, description="said")
    home.threads.start(
        Anchor(AnchorKind.NOTEBOOK, notebook=record.notebook or ""), "what is it for?"
    )
    home.threads.start(Anchor(AnchorKind.NOTEBOOK, notebook="other.ipynb"), "something else")
    import_run(export_run("wide net", tmp_path / "n.zip", book=home), book=away)
    texts = {next(iter(one["revisions"].values()))["text"] for one in away.table("comments").all()}
    assert "something else" not in texts
    home.close()


def test_there_is_no_such_file(away: Book, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file"):
        import_run(tmp_path / "nothing.zip", book=away)


def test_values_of_a_curve_can_be_anything(tmp_path: Path, away: Book) -> None:
    home = new_book(tmp_path / "numbers")
    values = [5e-324, 1.7976931348623157e308, -0.0, float("inf"), 0.1 + 0.2, float("nan")]
    with home.start_run("numbers") as run:
        for step, value in enumerate(values):
            run.log_metric("x", value, step * 2**50, timestamp=step * 10**12)
    import_run(export_run("numbers", tmp_path / "n.zip", book=home), book=away)
    (series,) = away.store.series_reader.read(away.find_run("numbers").points)
    assert series.values.tobytes() == np.array(values).tobytes()
    assert series.steps.tolist() == [step * 2**50 for step in range(6)]
    assert series.times.tolist() == [step * 10**12 for step in range(6)]
    home.close()
