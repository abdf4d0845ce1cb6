"""What a real kernel's cells leave in the book."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator

import pytest

from cellbook.records import CellState
from tests.ipython.kernels import Kernel, cells, kernel, open_book


@pytest.fixture(scope="module")
def k(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel with the extension, shared by the tests of this file."""
    with kernel(tmp_path_factory.mktemp("kernel")) as started:
        assert started.run("%load_ext cellbook").status == "ok"
        yield started


def wait_until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_record_begins_with_the_cell_that_loads(k: Kernel) -> None:
    first = cells(k.folder)[0]
    assert (first.source, first.state, first.order) == ("%load_ext cellbook", CellState.OK, 1)
    assert first.execution_count == 1


def test_record_holds_what_the_cell_was(k: Kernel) -> None:
    before = int(time.time() * 1000)
    source = "%matplotlib inline\nlr = 0.5\nprint('a', end='')\nprint(lr)\n"
    cell = k.record(source, "5c0b")
    assert cell.source == source
    assert cell.cell_id == "5c0b"
    assert cell.state is CellState.OK
    assert cell.stdout == "a0.5\n"
    assert (cell.stderr, cell.outputs, cell.error, cell.traceback) == ("", (), None, "")
    assert cell.writes == ("lr",)
    assert before <= cell.start_time <= (cell.end_time or 0) <= time.time() * 1000
    assert cell.duration is not None
    assert cell.memory_delta is not None
    assert cell.notebook is None
    again = k.record("print(lr)")
    assert again.reads == ("lr",)
    assert again.order == cell.order + 1
    assert again.execution_count == (cell.execution_count or 0) + 1


def test_record_of_an_error(k: Kernel) -> None:
    cell = k.record("def broken():\n    return 1 / 0\nprint('before')\nbroken()")
    assert cell.state is CellState.ERROR
    assert cell.error == "ZeroDivisionError: division by zero"
    assert cell.stdout == "before\n"
    assert "\x1b" not in cell.traceback
    assert "return 1 / 0" in cell.traceback
    assert cell.traceback.endswith("ZeroDivisionError: division by zero")


def test_record_of_a_syntax_error(k: Kernel) -> None:
    cell = k.record("x = = 1")
    assert cell.state is CellState.ERROR
    assert (cell.error or "").startswith("SyntaxError: ")
    assert "x = = 1" in cell.traceback


@pytest.mark.parametrize(
    "source",
    [
        "import time; print('on'); time.sleep(60)",
        "import asyncio; print('on')\nwhile True: await asyncio.sleep(0.05)",
    ],
)
def test_record_of_an_interrupt(k: Kernel, source: str) -> None:
    sent = k.send(source)
    wait_until(lambda: cells(k.folder)[-1].source == source)
    assert cells(k.folder)[-1].state is CellState.RUNNING
    time.sleep(0.3)
    k.interrupt()
    assert k.wait(sent).status == "error"
    cell = cells(k.folder)[-1]
    assert cell.state is CellState.INTERRUPTED
    assert (cell.error or "").startswith("KeyboardInterrupt")
    assert cell.stdout == "on\n"
    assert k.record("1 + 1").state is CellState.OK


def test_record_of_displays_in_nbformats_terms(k: Kernel) -> None:
    cell = k.record(
        "def show():\n    display({'text/plain': 'p', 'text/html': '<b>h</b>'}, raw=True)\n"
        "show()\ndisplay(3, metadata={'text/plain': {'wide': True}})\n'result'"
    )
    first, second, third = cell.outputs
    assert first.output_type == "display_data"
    assert first.data == {"text/plain": "p", "text/html": "<b>h</b>"}
    assert second.data["application/vnd.cellbook.metadata+json"] == {"text/plain": {"wide": True}}
    assert (third.output_type, third.data) == ("execute_result", {"text/plain": "'result'"})
    assert cell.stdout == ""


def test_record_of_a_figure_and_of_a_great_output(k: Kernel) -> None:
    cell = k.record("import matplotlib.pyplot as plt\n%matplotlib inline\nplt.plot([1, 2]);")
    (figure,) = cell.outputs
    assert base64.b64decode(figure.data["image/png"]).startswith(b"\x89PNG")
    cell = k.record("display({'text/plain': 'x' * 100_000}, raw=True)")
    (digest,) = cell.outputs[0].blobs.values()
    assert open_book(k.folder).store.blobs.get(digest) == b"x" * 100_000


def test_record_of_a_later_update(k: Kernel) -> None:
    first = k.record("h = display('one', display_id=True)\nh.update('two')")
    assert [output.data["text/plain"] for output in first.outputs] == ["'two'"]
    k.run("h.update('three')")

    def updated() -> bool:
        cell = next(cell for cell in cells(k.folder) if cell.execution_id == first.execution_id)
        return [output.data["text/plain"] for output in cell.outputs] == ["'three'"]

    wait_until(updated)


def test_record_follows_clear_output(k: Kernel) -> None:
    cell = k.record(
        "from IPython.display import clear_output\n"
        "for n in range(3):\n    clear_output(wait=True)\n    print(n)\n    display(n)\n"
    )
    assert cell.stdout == "2\n"
    assert [output.data["text/plain"] for output in cell.outputs] == ["2"]


def test_record_leaves_out_what_capture_catches(k: Kernel) -> None:
    cell = k.record("%%capture caught\nprint('inside')\ndisplay('too')\n'three'")
    assert (cell.stdout, cell.outputs, cell.state) == ("", (), CellState.OK)
    assert k.run("print(caught.stdout, len(caught.outputs))").stdout == "inside\n 2\n"


def test_objects_are_formatted_once_and_names_left_alone(k: Kernel) -> None:
    k.run(
        "class Counted:\n    n = 0\n    def __repr__(self):\n        Counted.n += 1\n"
        "        return f'shown {Counted.n}'\nc = Counted()\nbefore = set(globals())"
    )
    assert k.record("c").outputs[0].data["text/plain"] == "shown 1"
    assert k.record("display(c)").outputs[0].data["text/plain"] == "shown 2"
    assert k.run("print(Counted.n, _ is c, list(Out.values())[-1] is c)").stdout == "2 True True\n"
    named = "{n for n in set(globals()) - before if not n.startswith('_')}"
    assert k.run(f"print({named})").stdout == "{'before'}\n"


def test_cells_are_only_what_the_front_end_counts(k: Kernel) -> None:
    before = len(cells(k.folder))
    k.run("probe = 1", store_history=False)
    k.run("probe = 2", silent=True)
    k.run("   \n")
    k.run("")
    assert len(cells(k.folder)) == before
    cell = k.record(
        "get_ipython().run_cell('print(\"inner\")', store_history=True)\nprint('outer')"
    )
    assert len(cells(k.folder)) == before + 1
    assert cell.stdout == "inner\nouter\n"
    k.run("get_ipython().run_cell('1/0')\nprint('on')")
    assert cells(k.folder)[-1].state is CellState.OK
    assert k.record("%%time\nprint('timed')").stdout.startswith("timed\n")


def test_callbacks_of_widgets_are_no_cells(k: Kernel) -> None:
    k.run(
        "import comm\nclicks = []\ndef target(c, message):\n"
        "    c.on_msg(lambda m: (clicks.append(1), print('clicked')))\n"
        "comm.get_comm_manager().register_target('test', target)"
    )
    before = cells(k.folder)
    session, shell = k.client.session, k.client.shell_channel
    shell.send(session.msg("comm_open", {"comm_id": "c1", "target_name": "test", "data": {}}))
    shell.send(session.msg("comm_msg", {"comm_id": "c1", "data": {}}))
    assert k.run("print(clicks)").stdout == "[1]\n"
    after = cells(k.folder)
    assert len(after) == len(before) + 1
    assert not any("clicked" in cell.stdout for cell in after)


def test_late_output_of_a_thread_joins_its_cell(k: Kernel) -> None:
    source = (
        "import threading, time\n"
        "def late():\n    time.sleep(0.5)\n    print('late')\n    display('x')\n"
        "threading.Thread(target=late).start()\nprint('now')"
    )
    assert k.record(source).stdout == "now\n"

    def amended() -> bool:
        cell = cells(k.folder)[-1]
        return cell.stdout == "now\nlate\n" and len(cell.outputs) == 1

    wait_until(amended)
    assert cells(k.folder)[-1].state is CellState.OK


def test_output_of_threads_subprocesses_and_handlers_is_heard(k: Kernel) -> None:
    cell = k.record(
        "import logging, sys, threading\n"
        "log = logging.getLogger('t'); log.addHandler(logging.StreamHandler(sys.stderr))\n"
        "log.warning('warned')\n"
        "t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()\n"
        "!echo shell"
    )
    assert cell.stderr == "warned\n"
    assert cell.stdout.split() == ["thread", "shell"]
    k.run("import subprocess\nsubprocess.run(['echo', 'process']);")
    wait_until(lambda: cells(k.folder)[-1].stdout == "process\n")


def test_await_run_and_autoreload_work(k: Kernel) -> None:
    cell = k.record("import asyncio\nprint('a')\nawait asyncio.sleep(0.2)\nprint('b')\n3")
    assert (cell.stdout, cell.state, len(cell.outputs)) == ("a\nb\n", CellState.OK, 1)
    assert (cell.duration or 0) > 0.2
    (k.folder / "script.py").write_text("print('from script')\nvalue = 7\n")
    cell = k.record("%run script.py")
    assert cell.stdout == "from script\n"
    assert "run" in cell.note
    (k.folder / "changing.py").write_text("number = 1\n")
    k.run("%load_ext autoreload\n%autoreload 2\nimport changing")
    time.sleep(0.05)
    (k.folder / "changing.py").write_text("number = 22\n")
    assert k.record("print(changing.number)").stdout == "22\n"
    k.run("%autoreload 0")


def test_progress_bars_keep_their_last_state(k: Kernel) -> None:
    cell = k.record("from tqdm import tqdm\nfor _ in tqdm(range(50), mininterval=0): pass")
    assert "50/50" in cell.stderr
    assert cell.stderr.count("50/50") == 1
    assert "25/50" not in cell.stderr


def test_record_of_staleness(k: Kernel) -> None:
    k.run("base = 1", "cell-a")
    k.run("double = 2 * base", "cell-b")
    k.run("base = 5", "cell-a")
    cell = k.record("print(double)", "cell-c")
    assert any("double" in reason or "stale" in reason for reason in cell.stale)


def test_pause_keeps_cells_off_the_record(k: Kernel) -> None:
    k.run("%cellbook pause")
    before = len(cells(k.folder))
    reply = k.run("print('secret')")
    assert reply.stdout == "secret\n"
    assert len(cells(k.folder)) == before
    assert "paused" in k.run("%cellbook").text
    k.run("%cellbook resume")
    assert len(cells(k.folder)) == before
    assert k.record("print('open')").stdout == "open\n"


def test_huge_output_is_bounded(k: Kernel) -> None:
    cell = k.record("for _ in range(200): print('x' * 100_000)")
    assert len(cell.stdout) < 300_000
    assert "stdout: 19.7 MB left out" in cell.note


def test_session_is_a_kernels_and_has_an_environment(k: Kernel) -> None:
    def described() -> bool:
        (session,) = open_book(k.folder).table("sessions").all()
        assert session["kind"] == "kernel"
        return bool(session.get("environment"))

    wait_until(described, 60)


def test_output_of_forked_children_is_heard(k: Kernel) -> None:
    cell = k.record(
        "import multiprocessing, sys\n"
        "def work(n):\n"
        "    sys.stdout.write(f'child {n}\\n')\n    sys.stderr.write('oh\\n')\n"
        "print('parent')\n"
        "fork = multiprocessing.get_context('fork')\n"
        "made = [fork.Process(target=work, args=(n,)) for n in (1, 2)]\n"
        "for child in made: child.start()\n"
        "for child in made: child.join()\n"
    )
    assert sorted(cell.stdout.splitlines()) == ["child 1", "child 2", "parent"]
    assert cell.stderr == "oh\noh\n"
    assert k.record("print('next')").stdout == "next\n"


def test_interrupt_during_our_own_work_reaches_the_users_code(k: Kernel) -> None:
    k.run(
        "import os, signal, time\nfrom cellbook.ipython import hooks\n"
        "begin, end = hooks.CellRecorder.begin, hooks.CellRecorder.end\n"
        "def interrupted(call):\n"
        "    def wrapper(*args, **kwargs):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        time.sleep(0.05)\n"
        "        return call(*args, **kwargs)\n"
        "    return wrapper"
    )
    k.run("hooks.CellRecorder.begin = interrupted(begin)")
    sent = k.send(
        "hooks.CellRecorder.begin = begin\nprint('on')\nfor _ in range(100): time.sleep(0.1)"
    )
    assert k.wait(sent).error == "KeyboardInterrupt"
    cell = cells(k.folder)[-1]
    assert cell.state is CellState.INTERRUPTED
    reply = k.run("hooks.CellRecorder.end = interrupted(end)\nprint('done')")
    assert (reply.status, reply.stdout, reply.stderr) == ("ok", "done\n", "")
    assert cells(k.folder)[-1].state is CellState.OK
    k.run("hooks.CellRecorder.end = end")


def test_work_of_the_front_ends_own_does_not_judge_a_run(k: Kernel) -> None:
    k.run("%track_run judged")
    assert k.run("1/0", store_history=False).status == "error"
    k.run("%end_run")
    assert open_book(k.folder).find_run("judged").state == "finished"


def test_run_of_a_paused_cell_ends_with_it(k: Kernel) -> None:
    k.run("%cellbook pause")
    k.run("%%track_run off-record\n1/0")
    k.run("%cellbook resume")
    assert open_book(k.folder).find_run("off-record").state == "failed"
