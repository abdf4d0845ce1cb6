"""Checkpoints in real kernels."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook.records import Checkpoint, CheckpointKind
from tests.ipython.kernels import Kernel, cells, in_terminal, kernel, open_book
from tests.ipython.windows import Window


@pytest.fixture
def k(tmp_path: Path) -> Iterator[Kernel]:
    with kernel(tmp_path) as started:
        started.run("%load_ext cellbook")
        yield started


def saved(k: Kernel, count: int = 0, patience: float = 10.0) -> list[Checkpoint]:
    """Return the checkpoints in the book, once there are so many."""
    deadline = time.monotonic() + patience
    while True:
        found = [one for _, one in open_book(k.folder).checkpoints.all()]
        if len(found) >= count or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def settled(k: Kernel, source: str) -> None:
    """Run a cell and wait until its state is saved."""
    cell = k.record(source)
    deadline = time.monotonic() + 10
    while not any((one.session_id, one.order) == (cell.session, cell.order) for one in saved(k)):
        assert time.monotonic() < deadline, source
        time.sleep(0.1)


def test_checkpoint_after_each_cell_that_changes_something(k: Kernel) -> None:
    settled(k, "a = [1]")
    settled(k, "a.append(2)")
    count = len(saved(k))
    k.run("print(a)")
    k.run("1 + 1")
    time.sleep(1.5)
    found = saved(k)
    assert len(found) == count
    assert [one.kind for one in found] == [CheckpointKind.CELL] * count
    assert [(one.added, one.changed) for one in found[-2:]] == [(("a",), ()), ((), ("a",))]
    assert found[-1].execution_id is not None
    assert found[-1].parent == found[-2].checkpoint_id
    assert found[-1].order == 3


def test_last_state_of_a_burst_is_saved_when_the_kernel_is_idle(k: Kernel) -> None:
    for number in range(30):
        k.send(f"burst = {number}")
    k.run("burst = 'last'")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        reply = k.run("%restore ~0 --dry-run", store_history=False)
        if "burst" in reply.text and saved(k)[-1].order == 32:
            break
        time.sleep(0.3)
    assert saved(k)[-1].order == 32


def test_checkpoint_and_restore(k: Kernel) -> None:
    k.run("import numpy as np\nx = np.zeros(50_000); y = x[:2]\ndef f(): return x.sum()")
    reply = k.run("%checkpoint all zero")
    assert "checkpoint" in reply.text
    assert "all zero" in reply.text
    k.run("x[:] = 1; del y; extra = 1")
    reply = k.run("%restore all zero")
    assert reply.status == "ok"
    assert "restored (4): np, x, y, f" in reply.text
    assert "gone (1): extra" in reply.text
    reply = k.run("y[0] = 5\nprint(f(), 'extra' in globals())")
    assert reply.stdout == "5.0 False\n"


def test_names_of_the_notebooks_own_module_are_its_variables(k: Kernel) -> None:
    """The joblib of scikit-learn has the notebook be `__mp_main__` as well."""
    k.run("import joblib, sys\nassert '__mp_main__' in sys.modules\ndata = [1]")
    k.run("%checkpoint one")
    k.run("data.append(2)")
    k.run("%restore one")
    assert k.run("print(data)").stdout == "[1]\n"


def test_restore_in_a_fresh_kernel_after_a_crash(tmp_path: Path) -> None:
    with kernel(tmp_path) as first:
        first.run("%load_ext cellbook")
        first.run("class Net:\n    weights = [1, 2]\nnet = Net(); log = []")
        first.run("%checkpoint before")
        settled(first, "net.weights = [3]; log.append(net)")
        first.kill()
    with kernel(tmp_path) as second:
        second.run("%load_ext cellbook")
        number = len(saved(second))
        second.run(
            f"%restore {number - (saved(second)[-1].session_id != saved(second)[-2].session_id)}"
        )
        reply = second.run("print(net.weights, log[0] is net, type(net) is Net)")
        assert reply.stdout == "[3] True True\n"
        second.run("%restore before")
        assert second.run("print(net.weights, log)").stdout == "[1, 2] []\n"


def test_last_state_is_saved_although_the_kernel_is_shut_down_at_once(tmp_path: Path) -> None:
    with kernel(tmp_path) as k:
        k.run("%load_ext cellbook")
        time.sleep(1)
        k.run("many = [{str(n): [n]} for n in range(100_000)]")
        time.sleep(0.1)  # The process that saves is at work now: it takes half a second.
        k.close(gently=True)
        cell = cells(tmp_path)[-1]
        assert saved(k)[-1].execution_id == cell.execution_id
        assert cell.stderr == ""


def test_runs_have_checkpoints(k: Kernel) -> None:
    k.run("%track_run first lr=0.1")
    k.run("model = 'trained'\n%log acc=0.9")
    k.run("%end_run")
    saved(k, 3)
    k.run("del model")
    kinds = {one.kind for one in saved(k) if one.run_id}
    assert {CheckpointKind.RUN_START, CheckpointKind.RUN_END} <= kinds
    assert k.run("%restore run:first").status == "ok"
    assert k.run("print(model)").stdout == "trained\n"


def test_what_is_lost_is_named_and_replayed(k: Kernel) -> None:
    k.run("numbers = [1, 2, 3]")
    k.run("lines = (n for n in numbers)")
    k.run("total = sum(numbers)")
    reply = k.run("%checkpoint here")
    assert "cannot be saved: lines" in reply.text
    k.run("del lines; numbers = None")
    reply = k.run("%restore here")
    assert "not restored (1):\n  lines: builtins.generator" in reply.text
    assert "; made by [3] lines = (n for n in numbers)" in reply.text
    k.run("%restore here --replay")
    assert k.run("print(next(lines), total)").stdout == "1 6\n"
    assert "recomputed (1): lines" in k.run("%restore here --replay").text


def test_auto_can_be_chosen(k: Kernel) -> None:
    assert "when you ask" in k.run("%checkpoint auto off").text
    time.sleep(0.5)
    before = len(saved(k))
    k.run("a = 1")
    k.run("b = 1")
    time.sleep(0.5)
    assert len(saved(k)) == before
    assert "every 2 cells" in k.run("%checkpoint auto every 2").text
    k.run("c = 1")
    k.run("d = 1")
    assert len(saved(k, before + 1)) == before + 1
    reply = k.run("%checkpoint auto often")
    assert reply.status == "error"
    assert "on, off or every N" in reply.stderr


def test_mistakes_get_one_line(k: Kernel) -> None:
    for source, said in (
        ("%restore", "Which checkpoint?"),
        ("%restore nowhere", "has no checkpoint 'nowhere'"),
        ("%restore 1 --ony x", "no option `--ony`"),
        ("%checkpoint 12", "cannot be a label"),
        ("%diff 1 2 3", "one or two checkpoints"),
        ("%restore run:none", "no run 'none'"),
    ):
        settled(k, f"x = {source!r}")
        reply = k.run(source)
        assert reply.error == "UsageError", source
        assert said in reply.stderr


def test_document_is_written_beside_the_notebook(tmp_path: Path) -> None:
    notebook = tmp_path / "work.ipynb"
    document = {"cells": [], "metadata": {"x": 1}, "nbformat": 4, "nbformat_minor": 5}
    notebook.write_text(json.dumps(document))
    with kernel(tmp_path, {"JPY_SESSION_NAME": "work.ipynb"}) as k:
        k.run("%load_ext cellbook")
        k.run("a = 1")
        k.run("%checkpoint first")
        notebook.write_text(json.dumps({**document, "metadata": {"x": 2}}))
        reply = k.run("%restore first")
        assert "The document is at `work-checkpoint-" in reply.text
        (written,) = tmp_path.glob("work-checkpoint-*.ipynb")
        assert json.loads(written.read_text()) == document
        assert json.loads(notebook.read_text())["metadata"] == {"x": 2}
        assert "nothing was written" in k.run("%checkpoint second\n%restore second --doc").text


def test_document_is_rebuilt_from_what_ran(k: Kernel) -> None:
    k.run("a = 1", cell_id="one")
    k.run("b = 1", cell_id="two")
    k.run("a = 2", cell_id="one")
    k.run("%checkpoint here")
    assert "The document is at" in k.run("%restore here --doc").text
    (written,) = k.folder.glob("notebook-checkpoint-*.ipynb")
    cells = json.loads(written.read_text())["cells"]
    assert [cell["source"] for cell in cells][1:3] == ["a = 2", "b = 1"]


def test_two_kernels_do_not_mix_histories(tmp_path: Path) -> None:
    with kernel(tmp_path) as one, kernel(tmp_path) as two:
        for k in (one, two):
            k.run("%load_ext cellbook")
        for number in range(3):
            settled(one, f"x = 'one {number}'")
            settled(two, f"x = 'two {number}'")
        found = {record.checkpoint_id: record for record in saved(one)}
        for record in found.values():
            if record.parent is not None:
                assert found[record.parent].session_id == record.session_id
        one.run("%restore ~1")
        two.run("%restore ~2")
        assert one.run("print(x)").stdout == "one 1\n"
        assert two.run("print(x)").stdout == "two 0\n"


def test_terminal(tmp_path: Path) -> None:
    shown = in_terminal(
        """
cell("%load_ext cellbook")
cell("a = 1")
cell("%checkpoint one")
cell("a = 2")
assert cell("%restore one").success
assert shell.user_ns["a"] == 1
cell("%checkpoints")
cell("%diff one")
""",
        tmp_path,
    )
    assert "Restored checkpoint" in shown
    assert "No variable differs." in shown
    assert "◆" in shown


def test_consent_is_asked_for_in_one_line(tmp_path: Path) -> None:
    for user in ("one", "two"):
        with kernel(tmp_path, {"CELLBOOK_DATA_DIR": str(tmp_path / user)}) as k:
            k.run("%load_ext cellbook")
            if user == "one":
                k.run("x = [1]")
                k.run("%checkpoint theirs")
                continue
            k.run("x = [2]")
            for source in ("%restore theirs", "%diff theirs"):
                reply = k.run(source)
                assert reply.error == "UsageError"
                assert "If you trust them, add --trust." in reply.stderr
                assert "failed" not in reply.stderr
            assert k.run("print(x)").stdout == "[2]\n"
            assert k.run("%restore theirs --trust").status == "ok"


def test_what_was_asked_for_and_failed_stops_the_notebook(k: Kernel) -> None:
    settled(k, "x = 1")
    k.run("%checkpoint auto off")
    packs = k.folder / ".cellbook" / "packs"
    packs.rename(packs.with_name("elsewhere"))
    packs.write_text("no folder")
    for source in ("%checkpoint asked", "%restore 1"):
        reply = k.run(f"x += 1\n{source}")
        assert reply.error == "UsageError"
        assert "could not keep a checkpoint" in reply.stderr
    k.run("%checkpoint auto on")
    assert k.run("y = 1").status == "ok", "what is saved by itself only warns"


def test_cell_that_only_looks_leaves_no_checkpoint(k: Kernel) -> None:
    window = Window(k)
    window.attach()
    window.run("a", "x = 1")
    k.run("%checkpoint here")
    time.sleep(1.0)
    count = len(saved(k))
    for number, source in enumerate(
        ("%runs", "%compare", "%diff here", "%restore here --dry-run", "%restore nonsense", "# why")
    ):
        window.run(f"look {number}", source)
        time.sleep(0.4)
    assert len(saved(k)) == count
    window.run("b", "y = 2\n%restore nonsense")
    found = saved(k, count + 1)
    assert [one.added for one in found[count:]] == [("y",)]
