"""Loading, unloading, dying, restarting: in real kernels and real terminals."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook.records import CellState, RunState
from tests.ipython.kernels import Kernel, cells, in_terminal, kernel, open_book


@pytest.fixture
def k(tmp_path: Path) -> Iterator[Kernel]:
    with kernel(tmp_path) as started:
        yield started


def test_kernel_killed_in_mid_cell_leaves_a_killed_cell_and_a_crashed_run(k: Kernel) -> None:
    k.run("%load_ext cellbook")
    k.run("%track_run long lr=0.1")
    k.run("%log loss=0.5")
    source = "import time\nprint('on', flush=True)\ntime.sleep(60)"
    k.send(source)
    deadline = time.monotonic() + 20
    while cells(k.folder)[-1].source != source:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert cells(k.folder)[-1].state is CellState.RUNNING
    k.kill()
    last = cells(k.folder)[-1]
    assert (last.source, last.state) == (source, CellState.KILLED)
    run = open_book(k.folder).find_run("long")
    assert (run.state, run.metrics) == (RunState.CRASHED, {"loss": 0.5})


def test_shutdown_ends_the_open_run_as_its_last_cell_did(tmp_path: Path) -> None:
    k = Kernel(tmp_path)
    try:
        k.run("%load_ext cellbook")
        k.run("%track_run last")
        k.run("1/0")
    finally:
        k.close(gently=True)
    book = open_book(tmp_path)
    assert book.find_run("last").state is RunState.FAILED
    (session,) = book.table("sessions").all()
    assert session["state"] == "closed"


def test_restarted_kernel_is_another_session_of_the_same_book(tmp_path: Path) -> None:
    for _ in range(2):
        with kernel(tmp_path) as k:
            k.run("%load_ext cellbook")
            k.run("x = 1", "cell-a")
    found = cells(tmp_path)
    assert len({cell.session for cell in found}) == 2
    assert [cell.order for cell in found] == [1, 2, 1, 2]


def test_two_kernels_on_one_notebook_write_side_by_side(tmp_path: Path) -> None:
    env = {"JPY_SESSION_NAME": str(tmp_path / "fit.ipynb")}
    with kernel(tmp_path, env) as one, kernel(tmp_path, env) as two:
        for k in (one, two):
            k.run("%load_ext cellbook")
            k.run("%track_run")
        for number in range(5):
            for k in (one, two):
                k.run(f"x = {number}", "cell-a")
    found = cells(tmp_path)
    assert len(found) == 14
    assert {cell.notebook for cell in found} == {"fit.ipynb"}
    assert {run["experiment"] for run in open_book(tmp_path).table("runs").all()} == {"fit"}


def test_unload_leaves_the_shell_as_it_was(k: Kernel) -> None:
    k.run(
        "ip = get_ipython()\n"
        "def state():\n"
        "    magics = ip.magics_manager.magics\n"
        "    owners = [ip, ip.display_pub, ip.displayhook]\n"
        "    wrapped = 'publish', 'clear_output', 'write_format_data', '_showtraceback'\n"
        "    return (\n"
        "        [[name for name in wrapped if name in vars(owner)] for owner in owners],\n"
        "        {event: list(calls) for event, calls in ip.events.callbacks.items()},\n"
        "        sorted(magics['line']), sorted(magics['cell']),\n"
        "        len(ip.input_transformers_cleanup),\n"
        "        [c for c in ip.configurables if 'cellbook' in type(c).__module__])\n"
    )
    k.run("%%javascript\n0")  # some magics are made when they are first used
    k.run("def log(line): return 'mine ' + line\nip.register_magic_function(log)\nbefore = state()")
    k.run("%load_ext cellbook")
    assert k.run("%cellbook").status == "ok"
    k.run("%unload_ext cellbook")
    assert k.run("%log x").text == "'mine x'"
    assert k.run("print([a == b for a, b in zip(before, state())])").stdout == f"{[True] * 6}\n"
    count = len(cells(k.folder))
    assert [cell.state for cell in cells(k.folder)] == [CellState.OK] * 3
    assert k.run("print('off')").stdout == "off\n"
    assert len(cells(k.folder)) == count


def test_reload_goes_on_with_the_open_run(k: Kernel) -> None:
    k.run("%load_ext cellbook")
    k.run("%track_run kept")
    assert k.run("%reload_ext cellbook").status == "ok"
    assert k.run("%load_ext cellbook").stdout.startswith("The cellbook extension is already loaded")
    cell = k.record("print('still')")
    assert (cell.stdout, cell.order) == ("still\n", 5)
    book = open_book(k.folder)
    assert cell.run == book.find_run("kept").run_id
    assert book.find_run("kept").state is RunState.RUNNING
    assert k.run("%unload_ext cellbook\n%load_ext cellbook\nprint('both')").stdout == "both\n"
    assert cells(k.folder)[-1].stdout == "both\n"
    assert k.run("%end_run").text.startswith("✓ run #1 kept finished")


def test_book_is_the_nearest_one_above_the_notebook(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    in_terminal("import cellbook; cellbook.open('.')", tmp_path)
    env = {"JPY_SESSION_NAME": str(tmp_path / "deep" / "fit.ipynb")}
    with kernel(tmp_path / "deep" / "er", env) as k:
        said = k.run("%load_ext cellbook\nimport os; os.chdir('/')").text
        k.run("%track_run")
    assert said.startswith(f"Recording into the book of the parent folder {tmp_path}; ")
    assert 'cb.open(".")' in said
    assert not (tmp_path / "deep" / ".cellbook").exists()
    assert {cell.notebook for cell in cells(tmp_path)} == {"deep/fit.ipynb"}


def test_book_is_the_one_that_was_said(tmp_path: Path) -> None:
    for name in ("env", "opened", "later"):
        (tmp_path / name).mkdir()
    with kernel(tmp_path, {"CELLBOOK_URL": str(tmp_path / "env")}) as k:
        k.run("%load_ext cellbook")
        k.run("import cellbook as cb\ncb.open('later');")
        k.run("%track_run there")
    assert [cell.source for cell in cells(tmp_path / "later")] == ["%track_run there"]
    assert len(cells(tmp_path / "env")) == 2
    with kernel(tmp_path) as k:
        k.run("import cellbook as cb\ncb.open('opened');\n%load_ext cellbook")
    assert len(cells(tmp_path / "opened")) == 1


def test_book_beside_the_notebook_or_said_is_not_announced(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for folder, env in ((tmp_path, {}), (tmp_path / "deep", {"CELLBOOK_URL": str(tmp_path)})):
        with kernel(folder, env) as k:
            assert k.run("%load_ext cellbook").shown == []
    assert not (tmp_path / "deep" / ".cellbook").exists()


def test_resume_says_that_the_open_run_is_gone_with_a_deleted_book(k: Kernel) -> None:
    assert "0 runs, 1 cell" in k.run("%load_ext cellbook\n%cellbook").text
    k.run("%track_run lost")
    shutil.rmtree(k.folder / ".cellbook")
    status = k.run("%cellbook status").text
    assert "#0" not in status
    assert "FAILING" in status
    said = k.run("%cellbook resume").text
    assert said == (
        "Cells are recorded again. The book was deleted, so this is a new one. "
        "The open run lost is gone with the old one."
    )
    status = k.run("%cellbook status").text
    assert "none open" in status
    assert "0 runs, 2 cells" in status
    k.run("%track_run again")
    assert open_book(k.folder).find_run("again").run_number == 1


def test_extension_loads_from_the_configuration(tmp_path: Path) -> None:
    profile = tmp_path / "ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_config.py").write_text("c.InteractiveShellApp.extensions = ['cellbook']\n")
    with kernel(tmp_path, {"IPYTHONDIR": str(tmp_path / "ipython")}) as k:
        assert k.record("print('first')").order == 1
    assert cells(tmp_path)[-1].stdout == "first\n"


def test_terminal_cells_are_recorded_and_look_as_ever(tmp_path: Path) -> None:
    script = """
cell("%load_ext cellbook")
cell("print('hi')")
cell("import sys; print('err', file=sys.stderr); 40 + 2")
cell("1/0")
cell("from IPython.display import HTML; display(HTML('<b>x</b>'), 5)")
cell("%%track_run term lr=0.1\\nlr = 3\\n%log acc=0.5")
cell("%runs")
cell("raise KeyboardInterrupt")
cell("raise SystemExit(0)")
"""
    shown = in_terminal(script, tmp_path)
    plain = in_terminal(script.replace('cell("%load_ext cellbook")', 'cell("1")'), tmp_path / "..")
    for line in ("hi", "Out[3]: 42", "err", "ZeroDivisionError: division by zero"):
        assert shown.count(line) == plain.count(line)
    assert re.search(r"^▶ run #1 term · experiment default$", shown, re.MULTILINE)
    found = cells(tmp_path)
    assert [cell.state for cell in found] == [
        CellState.OK,
        CellState.OK,
        CellState.OK,
        CellState.ERROR,
        CellState.OK,
        CellState.OK,
        CellState.OK,
        CellState.INTERRUPTED,
        CellState.ERROR,
    ]
    assert found[1].stdout == "hi\n"
    assert (found[2].stdout, found[2].stderr) == ("", "err\n")
    assert found[2].outputs[0].data == {"text/plain": "42"}
    assert (found[3].stdout, found[3].stderr) == ("", "")
    assert "1/0" in found[3].traceback
    assert [output.data["text/plain"] for output in found[4].outputs][1] == "5"
    assert found[5].stdout == ""
    session = open_book(tmp_path).table("sessions").all()[0]
    assert (session["kind"], session["state"]) == ("ipython", "closed")


def test_terminal_threads_and_nested_cells(tmp_path: Path) -> None:
    in_terminal(
        """
cell("%load_ext cellbook")
cell("import threading; t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()")
cell("get_ipython().run_cell('print(5)', store_history=True); print(6)")
cell("await __import__('asyncio').sleep(0.01); print('awaited')")
cell("%%capture c\\nprint('caught')")
cell("%unload_ext cellbook")
cell("print('off')")
""",
        tmp_path,
    )
    assert [cell.stdout for cell in cells(tmp_path)] == [
        "",
        "thread\n",
        "5\n6\n",
        "awaited\n",
        "",
        "",
    ]
