from __future__ import annotations

import base64
from pathlib import Path

import nbformat

from cellbook.book import Book
from cellbook.capture import source_hash
from cellbook.records import CellState, SessionKind
from tests.server.conftest import Execute
from tests.server.samples import log
from tests.server.servers import Server


def test_mark_tells_the_last_execution(
    server: Server, home: Path, book: Book, execute: Execute
) -> None:
    run = log(book, "wide")
    execute("x = 1")
    last = execute(
        "x = 2  ", run=run.run_id, state=CellState.ERROR, error="ValueError: no", duration=1.5,
        stale=("edited since it ran",), execution_count=7,
    )  # fmt: skip
    execute("elsewhere", notebook="other.ipynb", cell_id="two")
    execute("nowhere", cell_id=None)
    (home / "other.ipynb").touch()
    (mark,) = server.get(f"cells?notebook={home.name}/work.ipynb")
    assert mark == {
        "cell_id": "one",
        "execution_id": last.execution_id,
        "run_id": run.run_id,
        "run_number": 1,
        "run_name": "wide",
        "run_state": "finished",
        "state": "error",
        "start_time": last.start_time,
        "duration": 1.5,
        "error": "ValueError: no",
        "stale": ["edited since it ran"],
        "source_hash": source_hash("x = 2"),
        "executions": 2,
        "execution_count": 7,
    }


def test_cells_follow_a_renamed_notebook(
    server: Server, home: Path, book: Book, execute: Execute
) -> None:
    sessions = book.runs.sessions
    sessions.describe(SessionKind.KERNEL, "former.ipynb")
    execute("x = 1", notebook="former.ipynb", session=sessions.ensure())
    asked = f"cells?notebook={home.name}/work.ipynb"
    (home / "former.ipynb").touch()
    assert server.get(asked) == [], "a copy: both are there"
    (home / "former.ipynb").rename(home / "work.ipynb")
    assert [mark["cell_id"] for mark in server.get(asked)] == ["one"]


def test_cells_follow_a_notebook_that_is_renamed_as_it_runs(
    server: Server, home: Path, book: Book, execute: Execute
) -> None:
    sessions = book.runs.sessions
    sessions.describe(SessionKind.KERNEL, "former.ipynb")
    execute("x = 1", notebook="former.ipynb", session=sessions.ensure())
    sessions.describe(SessionKind.KERNEL, "work.ipynb")
    execute("x = 2", session=sessions.ensure())
    (mark,) = server.get(f"cells?notebook={home.name}/work.ipynb")
    assert mark["executions"] == 2


def test_marks_need_a_notebook(server: Server, home: Path, book: Book) -> None:
    answer = server.ask("GET", f"cells?notebook={home.name}")
    assert (answer.status, "notebook" in answer.message) == (400, True)


def test_versions_come_newest_first_with_their_outputs(
    server: Server, home: Path, book: Book, execute: Execute
) -> None:
    picture = base64.b64encode(bytes(range(256)) * 300).decode()
    shown = book.cells.keep_output(
        "execute_result",
        {"text/plain": "<Figure>", "image/png": picture, "text/html": "<script>alert(1)</script>"},
        {"image/png": {"width": 7}},
    )
    assert shown.blobs, "it was to lie beside the record"
    first = execute("x", outputs=(shown,), stdout="a\n", stderr="b\n", execution_count=3)
    second = execute("1/0", state=CellState.ERROR, error="ZeroDivisionError: division by zero",
                     traceback="line 1\nline 2")  # fmt: skip
    newest, oldest = server.get(f"cells/one?notebook={home.name}/work.ipynb")
    assert newest["execution_id"] == second.execution_id
    assert newest["outputs"] == [
        {
            "output_type": "error",
            "ename": "ZeroDivisionError",
            "evalue": "division by zero",
            "traceback": ["line 1", "line 2"],
        }
    ]
    stdout, stderr, result = oldest["outputs"]
    assert (stdout["text"], stderr["name"]) == ("a\n", "stderr")
    assert result["data"]["image/png"] == picture
    assert result["metadata"] == {"image/png": {"width": 7}}
    assert result["execution_count"] == 3
    cell = nbformat.v4.new_code_cell(oldest["source"], outputs=oldest["outputs"])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    only = server.get(f"cells/one?notebook={home.name}/work.ipynb&limit=1")
    assert [one["execution_id"] for one in only] == [second.execution_id]
    before = server.get(f"cells/one?notebook={home.name}/work.ipynb&before={second.execution_id}")
    assert [one["execution_id"] for one in before] == [first.execution_id]
    assert (
        server.get(f"cells/one?notebook={home.name}/work.ipynb&before={first.execution_id}") == []
    )


def test_outputs_that_are_large_or_lost_are_named(
    server: Server, home: Path, book: Book, execute: Execute
) -> None:
    large = book.cells.keep_output("display_data", {"text/plain": "x" * 3_000_000})
    lost = book.cells.keep_output("display_data", {"text/plain": "y" * 100_000})
    for digest in lost.blobs.values():
        book.store.blobs.path(digest).unlink()
    execute("x", outputs=(large, lost, large))
    (version,) = server.get(f"cells/one?notebook={home.name}/work.ipynb")
    assert len(version["outputs"][0]["data"]["text/plain"]) == 3_000_000
    assert "text/plain is missing" in version["note"]
    assert "text/plain not shown: 3.0 MB" in version["note"]


def test_cell_that_never_ran_is_told(server: Server, home: Path, book: Book) -> None:
    answer = server.ask("GET", f"cells/none?notebook={home.name}/work.ipynb")
    assert answer.status == 404
    assert "%load_ext cellbook" in answer.message
