from __future__ import annotations

import csv
import dataclasses
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from cellbook.book import Book
from cellbook.errors import CellbookWarning
from cellbook.records import (
    REPRODUCES,
    CellExecution,
    CellState,
    Reproduction,
    ReproductionVerdict,
    to_doc,
)
from cellbook.store import create
from tests.cli.conftest import Cli


def add_cells(book: Book, run_id: str | None, *sources: str, stale: tuple[str, ...] = ()) -> None:
    for number, source in enumerate(sources, 1):
        cell = CellExecution(
            execution_id=book.store.new_id(),
            session=str(book.runs.sessions.current),
            source=source,
            state=CellState.ERROR if "/ 0" in source else CellState.OK,
            start_time=1_795_000_000_000 + number,
            order=number,
            execution_count=number,
            run=run_id,
            duration=1.5,
            stale=stale,
        )
        book.cells.begin(dataclasses.replace(cell, state=CellState.RUNNING, duration=None))
        book.cells.end(cell)


def test_show_tells_all(cli: Cli, book: Book) -> None:
    with book.start_run("rich", params={"lr": 0.1}, description="a note") as run:
        run.log_param("lr", 0.2)
        run.log_metrics({"acc": 0.5})
        run.log_metrics({"acc": 0.25})
        with book.start_run("part of it"):
            pass
    add_cells(book, run.run_id, "x = 1\ny = 2", "x / 0")
    book.close()
    status, out, err = cli("show", "rich")
    assert (status, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "✓ #5 rich"
    assert "notes a note" in lines
    assert "lr 0.2 was 0.1" in lines
    assert lines[lines.index("metrics") + 1] == "last min to max points"
    assert "acc 0.2500 0.2500 to 0.5000 2" in lines
    assert "[1] ok 1.5 s x = 1 …" in lines
    assert "[2] error 1.5 s x / 0" in lines
    assert any(line.startswith("Python 3.") for line in lines)
    assert "parent #5 rich" in " ".join(cli("show", "part of it")[1].split())


def test_show_tells_rows_in_training_and_test(cli: Cli, book: Book) -> None:
    with book.start_run("leaky") as run:
        frame = pd.DataFrame({"a": np.arange(50.0)})
        book.track_data(frame, "all", split="train")
        with pytest.warns(CellbookWarning, match="20 of the 20 rows"):
            book.track_data(frame[30:].reset_index(drop=True), "some", split="test")
    assert len(run.record.leaks) == 1
    book.close()
    out = cli("show", "leaky")[1]
    assert "rows in training and test\n  20 of the 20 rows of data:some@1 (test) have" in out
    assert "!" in next(line for line in cli("runs")[1].splitlines() if "leaky" in line)


def test_show_tells_of_a_failure(cli: Cli, book: Book) -> None:
    out = cli("show", "too bold")[1]
    assert out.startswith("✗ #3 too bold\n")
    assert "failed: ZeroDivisionError: division by zero\n" in out
    assert "∞" in out


def test_show_tells_what_was_put_away(cli: Cli, book: Book) -> None:
    book.runs.delete("wide")
    book.runs.change("baseline", archived=True)
    assert "in the trash since" in cli("show", "wide")[1]
    assert "archived" in cli("show", "baseline")[1]


def test_show_as_json_is_complete(cli: Cli, book: Book) -> None:
    add_cells(book, book.find_run(1).run_id, *(f"x = {number}" for number in range(30)))
    book.close()
    doc = json.loads(cli("show", "1", "--json")[1])
    assert doc["run_number"] == 1
    assert doc["artifacts"][0]["path"] == "notes/first.txt"
    assert len(doc["cells"]) == 30
    assert doc["environment"]["packages"]["tinydb"]


def test_show_limits_cells_and_says_so(cli: Cli, book: Book) -> None:
    add_cells(book, book.find_run(1).run_id, *(f"x = {number}" for number in range(30)))
    out = cli("show", "1")[1]
    assert "x = 29" in out
    assert "x = 9\n" not in out
    assert "the last of 30 cells" in out


def test_show_saves_artifacts(cli: Cli, book: Book, tmp_path: Path) -> None:
    status, out, _ = cli("show", "1", "--save", "out")
    assert (status, out) == (0, f"{tmp_path}/out/notes/first.txt\n")
    assert (tmp_path / "out" / "notes" / "first.txt").read_text() == "a note"


def test_show_saves_nothing_outside_its_folder(cli: Cli, book: Book, tmp_path: Path) -> None:
    """A book may come from somebody else."""
    (artifact,) = book.store.table("artifacts").all()
    book.store.table("artifacts").update({"path": "../escaped.txt"}, doc_ids=[artifact.doc_id])
    status, _, err = cli("show", "1", "--save", "out")
    assert status == 2
    assert "outside" in err
    assert not (tmp_path / "escaped.txt").exists()


def test_cells_lists_the_last(cli: Cli, book: Book) -> None:
    add_cells(book, book.find_run(2).run_id, "x = 1", "1 / 0")
    add_cells(book, None, "outside")
    out = cli("cells")[1]
    assert [line.split()[-1] for line in out.splitlines()] == ["1", "outside", "0"]
    assert out.count("#2") == 2
    assert "outside" not in cli("cells", "--run", "wide")[1]
    assert len(cli("cells", "--limit", "1")[1].splitlines()) == 1


def test_runs_of_a_loop_are_shown_with_their_cell(cli: Cli, book: Book) -> None:
    add_cells(book, None, "for n in range(2): fit(n)")
    (cell,) = book.table("cells").all()
    with book.runs.cell(cell["execution_id"]):
        book.start_run("turn-0").end()
        book.start_run("turn-1").end()
    for name in ("turn-0", "turn-1"):
        number = book.find_run(name).run_number
        assert "for n in range(2): fit(n)" in cli("show", name)[1]
        (line,) = cli("cells", "--run", name)[1].splitlines()
        assert f" #{number} " in line


def test_stale_cells_say_why(cli: Cli, book: Book) -> None:
    reasons = ("edited since it ran", "uses x, whose cell [3] ran again since")
    add_cells(book, book.find_run(1).run_id, "y = x", stale=reasons)
    add_cells(book, None, "z = 1")
    said = f"y = x  ◌ stale: {'; '.join(reasons)}"
    stale, sound = cli("cells")[1].splitlines()
    assert stale.endswith(said)
    assert sound.endswith("z = 1")
    assert said in cli("show", "1")[1]


def test_cells_as_csv(cli: Cli, book: Book) -> None:
    add_cells(book, book.find_run(2).run_id, "x = 1\ny = 2", stale=("one", "two"))
    add_cells(book, None, "1 / 0")
    first, second = csv.DictReader(io.StringIO(cli("cells", "--csv")[1]))
    assert (first["run_number"], first["stale"]) == ("2", "one; two")
    assert (first["source"], first["duration"]) == ("x = 1\ny = 2", "1.5")
    assert (second["run_number"], second["state"]) == ("", "error")


def test_cells_as_json(cli: Cli, book: Book) -> None:
    add_cells(book, None, "x = 1")
    (cell,) = json.loads(cli("cells", "--json")[1])
    assert (cell["source"], cell["state"]) == ("x = 1", "ok")


@pytest.mark.usefixtures("book")
def test_cells_of_an_empty_book_says_how(cli: Cli) -> None:
    assert "%load_ext cellbook" in cli("cells")[1]


def test_show_tells_of_data_and_rows(cli: Cli, book: Book) -> None:
    with book.start_run("fits"):
        table = pd.DataFrame({"x": range(20), "y": range(20)})
        book.track_data(table, "table", split="train")
        Ridge().fit(table[table.x > 14][["x"]], table[table.x > 14]["y"])
    book.close()
    lines = [" ".join(line.split()) for line in cli("show", "fits")[1].splitlines()]
    assert lines[lines.index("data") + 1] == "data:table@1 train 20 rows × 2 columns"
    assert lines[lines.index("rows") + 1] == "5 of 20 data:table@1 train Ridge"


def test_reproduction_is_told_from_runs_in_their_own_right(cli: Cli, book: Book) -> None:
    with book.start_run("again", tags={REPRODUCES: book.find_run("wide").run_id}) as new:
        pass
    with book.start_run("orphan", tags={REPRODUCES: book.store.new_id()}):
        pass
    done = Reproduction(
        book.store.new_id(),
        of=book.find_run("wide").run_id,
        verdict=ReproductionVerdict.IDENTICAL,
        time=1_795_000_000_000,
        run=new.run_id,
        environment=("numpy 2.1 before, 2.2 now", "the CPU: a before, b now"),
    )
    book.store.commit([create("reproductions", done.reproduction_id, to_doc(done))])
    book.close()
    listed = cli("runs")[1]
    assert "again ↻ #2" in listed
    assert "orphan ↻ a run that is gone" in listed
    assert "again ↻" not in cli("runs", "tags.team = 'vision'")[1]
    assert "run again of  #2" in cli("show", "again")[1]
    assert (
        "identical  in another environment: numpy 2.1 before, 2.2 now and 1 more"
        in cli("show", "wide")[1]
    )
