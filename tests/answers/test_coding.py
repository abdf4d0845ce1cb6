from __future__ import annotations

from typing import Any

import pytest

from cellbook.answers import CodeQuery, Reader, code
from cellbook.book import Book
from cellbook.capture import CellLog
from cellbook.errors import NotFound
from cellbook.records import CellExecution, CellState, Environment, GitState, to_doc
from cellbook.store import create, update
from cellbook.views.checkpoint_diff import Change
from tests.views.conftest import Log


def execute(book: Book, run: str, source: str, cell_id: str | None, **fields: Any) -> None:
    execution = CellExecution(
        execution_id=book.store.new_id(),
        session="01K8ZZZZZZZZZZZZZZZZZZZZZZ",
        source=source,
        state=CellState.OK,
        start_time=book.runs.find(run).start_time + fields.pop("after", 0),
        order=1,
        run=run,
        cell_id=cell_id,
        **fields,
    )
    CellLog(book.store).end(execution)


def surroundings(book: Book, name: str, **fields: Any) -> str:
    environment = Environment(environment_id=name, **{"python": "3.13.1", **fields})
    book.store.commit([create("environments", name, to_doc(environment))])
    return name


def test_cells_are_aligned_by_id_then_by_similarity(opened: Book, log: Log) -> None:
    one, two = log("one").run_id, log("two").run_id
    long = "model = fit(data, depth={}, seed=7, verbose=True)"
    execute(opened, one, "import this", "a")
    execute(opened, one, long.format(2), "b", after=1, execution_count=3)
    execute(opened, one, "print('gone')", "c", after=2)
    execute(opened, one, "<script>alert(1)</script>", "d", after=3)
    execute(opened, two, "import this", "a")
    execute(opened, two, long.format(4), "other", after=1, execution_count=9)
    execute(opened, two, long.format(8), "other", after=2, execution_count=11)
    execute(opened, two, "x = '<b>'", "d", after=3)
    execute(opened, two, "1 + 1", "e", after=4)
    found = code(Reader(opened), CodeQuery(one, "#2"))
    assert [(cell.change, cell.times) for cell in found.cells] == [
        (None, (1, 1)),
        (Change.CHANGED, (1, 2)),
        (Change.REMOVED, (1, 0)),
        (Change.CHANGED, (1, 1)),
        (Change.ADDED, (0, 1)),
    ]
    assert found.cells[1].prompts == (3, 11)
    assert found.cells[1].after.startswith("model = fit(data, depth=8")
    assert found.counts == (4, 4)
    assert found.left_out == 0
    assert found.environment.packages == ()


def test_a_run_beside_itself_is_the_same(opened: Book, log: Log) -> None:
    run = log("one").run_id
    execute(opened, run, "x = 1", None)
    found = code(Reader(opened), CodeQuery(run, run))
    assert [cell.change for cell in found.cells] == [None]
    with pytest.raises(NotFound):
        code(Reader(opened), CodeQuery(run, "#7"))


def test_long_sources_are_cut(opened: Book, log: Log) -> None:
    run = log("one").run_id
    execute(opened, run, "x" * 150_000, "a")
    (cell,) = code(Reader(opened), CodeQuery(run, run)).cells
    assert len(cell.before) < 101_000
    assert cell.before.endswith("… 50,000 characters more")


def test_environments_are_compared(opened: Book) -> None:
    git = GitState(commit="a" * 40, branch="main", dirty=True, patch="+x = 1\n")
    first = surroundings(opened, "first", packages={"numpy": "2.0", "old": "1"}, git=git)
    second = surroundings(opened, "second", python="3.14.0", packages={"Zed": "1", "numpy": "2.1"})
    runs = []
    for environment in (first, second):
        with opened.start_run("run") as run:
            pass
        opened.store.commit([update("runs", run.run_id, {"environment": environment})])
        runs.append(run.run_id)
    found = code(Reader(opened), CodeQuery(*runs)).environment
    assert found.known == (True, True)
    told = {one.name: (one.before, one.after) for one in found.facts}
    assert told["python"] == ("CPython 3.13.1", "CPython 3.14.0")
    assert told["commit"] == ("a" * 12, "")
    assert told["uncommitted changes"] == ("1 lines", "")
    assert [(one.name, one.before, one.after) for one in found.packages] == [
        ("numpy", "2.0", "2.1"),
        ("old", "1", ""),
        ("Zed", "", "1"),
    ]
    assert found.patches == ("+x = 1\n", "")
