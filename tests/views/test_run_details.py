from __future__ import annotations

from dataclasses import replace

import pytest

from cellbook.book import Book
from cellbook.records import CellExecution, CellState, Environment, GitState, RunSlice, to_doc
from cellbook.store import create, remove
from cellbook.views import run_details as details
from cellbook.views.run_details import run_console, run_details
from tests.views.conftest import Log


def execution(book: Book, run: str, number: int) -> CellExecution:
    made = CellExecution(
        book.store.new_id(), "s", f"cell {number}", CellState.OK, number, number,
        run=run, stdout="x" * 1000, traceback="t",
    )  # fmt: skip
    book.cells.end(made)
    return made


def test_cells_come_without_what_they_put_out(
    opened: Book, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(details, "_CELLS", 2)
    record = log()
    made = [execution(opened, record.run_id, number) for number in range(3)]
    found = run_details(opened.store, record, [])
    assert found.cells == tuple(replace(one, stdout="", traceback="") for one in made[1:])
    assert found.earlier_cells == 1


def test_parent_that_is_gone_is_none(opened: Book) -> None:
    with opened.start_run("outer") as outer, opened.start_run("inner", nested=True):
        pass
    inner = opened.find_run("inner")
    found = run_details(opened.store, inner, [])
    assert found.parent is not None
    assert found.parent.label == "#1 outer"
    opened.store.commit([remove("runs", outer.run_id)])
    assert run_details(opened.store, inner, []).parent is None


def test_environment_comes_without_the_patch(opened: Book, log: Log) -> None:
    environment = Environment("e", "3.11", git=GitState("abc", dirty=True, patch="+x"))
    opened.store.commit([create("environments", "e", to_doc(environment))])
    found = run_details(opened.store, replace(log(), environment="e"), []).environment
    assert found is not None
    assert found.git == GitState("abc", dirty=True)


def test_running_run_has_lasted_so_far(opened: Book) -> None:
    run = opened.start_run()
    record = opened.find_run(run.run_id)
    assert run_details(opened.store, record, [], now=record.start_time + 1500).duration == 1.5


def test_console_is_what_the_cells_wrote_and_of_much_the_end(
    opened: Book, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = log()
    for number in range(3):
        execution(opened, record.run_id, number)
    whole = run_console(opened.store, record)
    assert [len(cell.stdout) for cell in whole.cells] == [1000, 1000, 1000]
    assert whole.cells[0].traceback == "t"
    assert not whole.cut
    monkeypatch.setattr(details, "_CONSOLE", 1500)
    end = run_console(opened.store, record)
    assert [len(cell.stdout) for cell in end.cells] == [499, 1000]
    assert end.cut


def test_what_a_run_stands_on_is_told_cell_by_cell(opened: Book, log: Log) -> None:
    record = log()
    known = execution(opened, record.run_id, 1)
    kept = RunSlice((known.execution_id, "gone"), doubts=("exec",))
    opened.store.commit([create("slices", record.run_id, to_doc(kept))])
    found = run_details(opened.store, record, [])
    assert found.slice == kept
    assert [(one.execution_id, one.source) for one in found.stands_on] == [
        (known.execution_id, "cell 1"), ("gone", ""),
    ]  # fmt: skip


def test_data_of_a_run_is_told(opened: Book) -> None:
    with opened.start_run("one") as run:
        run.log_input("wine", "1", role="test", labels="raw")
    (used,) = run_details(opened.store, opened.find_run("one"), []).data
    assert (used.name, used.version, used.roles, used.labels) == ("wine", 1, ("test",), ("raw",))
