"""``%comments embed``, ``export``, ``import`` and ``%fork`` in a real kernel."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import nbformat
import pytest

from tests.ipython.kernels import PATIENCE, Kernel, kernel
from tests.ipython.windows import Window

LOAD = "%load_ext cellbook"
BEGIN = """
import os, cellbook as cb
os.environ["CELLBOOK_USER"] = "ada"
"""


def notebook(folder: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(text, id=f"c{n}") for n, text in enumerate(sources)]
    file = folder / "work.ipynb"
    folder.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), file)
    return file


def carried(file: Path) -> dict:
    return json.loads(file.read_text())["metadata"]["cellbook"]["comments"]


@pytest.fixture
def k(tmp_path: Path) -> Iterator[Kernel]:
    notebook(tmp_path / "home", LOAD + BEGIN, "%comment why?")
    env = {"JPY_SESSION_NAME": str(tmp_path / "home" / "work.ipynb")}
    with kernel(tmp_path / "home", env) as started:
        started.run(LOAD + BEGIN, "c0")
        yield started


def test_comments_travel_to_another_book_and_back(k: Kernel, tmp_path: Path) -> None:
    file = tmp_path / "home" / "work.ipynb"
    before = file.read_bytes()
    k.run("%comment why?", "c1")
    said = k.run("%comments embed").text
    assert "the notebook carries 1 thread (1 comment): its file is changed" in said
    assert len(carried(file)["threads"]) == 1
    nbformat.validate(nbformat.read(file, as_version=4))

    away = tmp_path / "away"
    away.mkdir()
    copied = away / "work.ipynb"
    copied.write_bytes(file.read_bytes())
    with kernel(away, {"JPY_SESSION_NAME": str(copied)}) as other:
        loaded = other.run(LOAD, "c0")
        assert "Comments in work.ipynb: 1 thread and 1 comment new." in loaded.text
        other.run(BEGIN.replace("ada", "grace"))
        shown = other.run("%comments").text
        assert "why?" in shown
        thread = shown.split("\n")[0].rpartition(" ")[2]
        other.run(f"%comment thread:{thread} because")
        other.run("%comments embed")
    file.write_bytes(copied.read_bytes())
    k.run("%unload_ext cellbook")
    assert "1 comment new" in k.run(LOAD).text
    assert "because" in k.run("%comments").text
    assert "its file is changed" in k.run("%comments embed off").text
    assert json.loads(file.read_bytes()) == json.loads(before)
    assert file.read_bytes() == before


def test_damaged_comments_are_refused_once_and_stay(k: Kernel, tmp_path: Path) -> None:
    file = tmp_path / "home" / "work.ipynb"
    document = json.loads(file.read_text())
    document["metadata"]["cellbook"] = {"comments": {"version": 99}}
    file.write_text(json.dumps(document))
    k.run("%comment why?", "c1")
    k.run("%unload_ext cellbook")
    said = k.run(LOAD)
    assert said.text.count("cannot be read (a later Cellbook wrote them") == 1
    assert "why?" in k.run("%comments").text
    assert "they stay where they are" in fail(k, "%comments embed")
    assert json.loads(file.read_text()) == document


def test_a_window_that_shows_the_notebook_is_asked(k: Kernel, tmp_path: Path) -> None:
    file = tmp_path / "home" / "work.ipynb"
    before = file.read_bytes()
    k.run("%comment why?", "c1")
    window = Window(k, path="work.ipynb")
    window.attach()
    reply = window.run("c2", "%comments embed")
    assert "Waiting for the window" in reply.text
    told = window.hear("carry", window="w1")
    assert [len(told["comments"][kind]) for kind in ("threads", "comments")] == [1, 1]
    window.tell({"type": "taken", "id": told["id"]})
    update = wait_for_update(k)
    assert "the notebook carries 1 thread (1 comment), once it is saved" in update
    assert file.read_bytes() == before
    window.run("c3", "%comments embed off")
    assert window.hear("carry", window="w1")["comments"] is None


def test_comments_are_written_to_files_and_read(k: Kernel, tmp_path: Path) -> None:
    k.run("%comment why?", "c1")
    assert "comments are in said.html" in k.run("%comments export said.html").text
    assert "why?" in (tmp_path / "home" / "said.html").read_text()
    k.run("%comments export said.jsonld")
    assert "brings nothing new" in k.run("%comments import said.jsonld").text
    assert "Which file?" in fail(k, "%comments export")
    assert ".jsonld, .md or .html" in fail(k, "%comments export said.pdf")


def test_a_notebook_is_taken_over(k: Kernel, tmp_path: Path) -> None:
    notebook(tmp_path / "home", LOAD + BEGIN, "x = 1", "y = x", "z = 2")
    k.run("x = 1", "c1")
    k.run(
        "run = cb.start_run('wide *net*'); run.log_metric('acc', 0.5); "
        "run.log_input('digits', digest='9f2c'); y = x",
        "c2",
    )
    k.run("run.end()", "c4")
    k.run('%comment run:"wide *net*" --label decision we take it')
    k.run("%comment cell:c1 --to @grace <b>why</b> $x_{1}$?")
    k.run("%brief question='Who *churns*?' target='auc > 0.8'")
    said = k.run('%fork run:"wide *net*"')
    assert "work-from-run-1-wide-net.ipynb" in said.text, said
    (made,) = (tmp_path / "home").glob("work-from-*.ipynb")
    document = nbformat.read(made, as_version=4)
    nbformat.validate(document)
    note, *cells = document.cells
    assert note.cell_type == "markdown"
    assert [cell.source for cell in cells] == [LOAD + BEGIN, "x = 1", "y = x", "z = 2"]
    for part in (
        "# Taken over from work.ipynb", "run #1 wide \\*net\\* (finished)", "acc 0.5",
        "## Decisions", "we take it", "## Open threads", "  > &lt;b>why&lt;/b> $x_{1}$?",
        "for @grace",
        "## Data and environment", "`data:digits@1`", "python CPython",
        "## Stale cells", "cell 4: `y = x` — edited since it ran",
        "cell 5: `z = 2` — did not run before", "## What to run first", "1. `%load_ext cellbook`",
        "2. `%restore ", "in this order: 2, 3", "Then what is stale: 4, 5",
    ):  # fmt: skip
        assert part in note.source, note.source
    origin = document.metadata["cellbook"]["origin"]
    assert origin["notebook"] == "work.ipynb"
    assert origin["run_name"] == "wide *net*"
    assert list(origin["data"]) == ["digits@1"]
    # It has the brief, too.
    shown = k.run("%comments --book").text
    assert f"{made.name} · " in shown
    assert shown.count("Question: Who *churns*?") == 2
    k.run("forks = cb.open().table('forks').all()")
    assert k.run("forks[0]['notebook'], forks[0]['run'] == run.run_id").text == (
        f"('{made.name}', True)"
    )
    again = k.run("%fork 1")
    assert "-from-checkpoint-1-of-run-1-wide-net.ipynb" in again.text or (
        "-from-checkpoint-1.ipynb" in again.text
    )
    assert "is there already" in fail(k, f"%fork 1 {made.name}")
    assert "no run" in fail(k, "%fork run:nothing")
    # What was taken over shows the threads of its cells.
    assert nbformat.read(made, as_version=4) == document


def fail(k: Kernel, code: str) -> str:
    """Run a cell that fails in one line; return that."""
    reply = k.run(code)
    assert (reply.status, reply.error) == ("error", "UsageError")
    return reply.stderr


def wait_for_update(k: Kernel) -> str:
    """Return the text of the next display that is replaced."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(Empty):
            message = k.client.get_iopub_msg(timeout=1)
            if message["msg_type"] == "update_display_data":
                return str(message["content"]["data"]["text/plain"])
    raise TimeoutError("nothing was replaced")


def test_a_cell_that_no_file_holds_yet_is_there(k: Kernel, tmp_path: Path) -> None:
    """It was written after the notebook was saved."""
    file = tmp_path / "home" / "work.ipynb"
    k.run("%comment why so new?", "new")
    k.run("%comments export said.md")
    k.run("cb.export_comments('all.md')")
    written = [(tmp_path / "home" / name).read_text() for name in ("said.md", "all.md")]
    for shown in (k.run("%comments").text, k.run("list(cb.comments())").text, *written):
        assert "why so new?" in shown
        assert "gone" not in shown
        assert "ORPHANED" not in shown
    # Saved without it, it is gone.
    time.sleep(0.02)
    file.touch()
    assert "its place is gone" in k.run("%comments").text
