from __future__ import annotations

import itertools
import os
import statistics
import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest

from cellbook.capture.recorder import (
    OUTPUTS_CAP,
    TRACEBACK_CAP,
    CellRecorder,
    CellUnderWay,
    Shown,
    resident_memory,
)
from cellbook.records import CellExecution, CellState, Output, from_doc, to_doc


class Kernel:
    """Runs cells for real and has them recorded."""

    def __init__(self) -> None:
        numbers = itertools.count(1)
        self.recorder = CellRecorder(lambda: f"x{next(numbers)}")
        self.namespace: dict[str, Any] = {}

    def begin(self, source: str, **more: Any) -> CellUnderWay:
        return self.recorder.begin(source, session="s", namespace=self.namespace, **more)

    def end(
        self, cell: CellUnderWay, error: BaseException | None = None, run: str | None = None
    ) -> CellExecution:
        return self.recorder.end(cell, error, namespace=self.namespace, run=run, keep=keep)

    def run(self, source: str, **more: Any) -> CellExecution:
        cell = self.begin(source, **more)
        error: BaseException | None = None
        try:
            exec(source, self.namespace)
        except BaseException as raised:
            error = raised
        return self.end(cell, error)


def keep(shown: Shown) -> Output:
    return Output(shown.output_type, shown.data)


def shown(text: str, display_id: str = "") -> Shown:
    return Shown("display_data", {"text/plain": text}, {}, display_id)


def texts(execution: CellExecution) -> list[str]:
    return [output.data["text/plain"] for output in execution.outputs]


def test_begin_gives_the_record_so_far() -> None:
    kernel = Kernel()
    before = time.time() * 1000
    cell = kernel.begin("y = x\nlist", execution_count=7, run="r", cell_id="c", notebook="a.ipynb")
    execution = cell.execution
    assert cell.open
    assert before - 1 <= execution.start_time <= time.time() * 1000
    assert execution == CellExecution(
        execution_id="x1",
        session="s",
        source="y = x\nlist",
        state=CellState.RUNNING,
        start_time=execution.start_time,
        order=1,
        execution_count=7,
        run="r",
        cell_id="c",
        notebook="a.ipynb",
        reads=("x",),
        writes=("y",),
    )


def test_end_gives_the_whole_record() -> None:
    kernel = Kernel()
    cell = kernel.begin("import time\ntime.sleep(0.02)", run="r1")
    time.sleep(0.02)
    cell.add_text("stdout", "out\n")
    cell.add_text("stderr", "err\n")
    cell.add_display(shown("a"))
    execution = kernel.end(cell, run="r2")
    assert not cell.open
    assert execution.state is CellState.OK
    assert execution.run == "r2"
    assert execution.duration is not None
    assert 0.02 <= execution.duration < 1
    assert execution.end_time is not None
    assert execution.end_time >= execution.start_time + 19
    assert (execution.stdout, execution.stderr) == ("out\n", "err\n")
    assert texts(execution) == ["a"]
    assert execution.error is None
    assert execution.memory_delta is not None
    assert from_doc(CellExecution, to_doc(execution)) == execution


@pytest.mark.parametrize(
    ("source", "state", "error"),
    [
        ("1 / 0", CellState.ERROR, "ZeroDivisionError: division by zero"),
        ("raise KeyboardInterrupt", CellState.INTERRUPTED, "KeyboardInterrupt"),
        ("raise SystemExit(2)", CellState.ERROR, "SystemExit: 2"),
        ("raise ValueError('a\\nb')", CellState.ERROR, "ValueError: a"),
        ("raise ValueError('\\ud800')", CellState.ERROR, "ValueError: \\ud800"),
    ],
)
def test_end_tells_how_it_ended(source: str, state: CellState, error: str) -> None:
    execution = Kernel().run(source)
    assert (execution.state, execution.error) == (state, error)


def test_end_takes_colours_out_of_the_traceback_and_cuts_it() -> None:
    kernel = Kernel()
    cell = kernel.begin("f()")
    cell.traceback = "\x1b[31mRecursionError\x1b[0m\n" + "  File a, line 1\n" * 10_000 + "end"
    execution = kernel.end(cell, RecursionError())
    assert execution.traceback.startswith("RecursionError\n  File a")
    assert execution.traceback.endswith("line 1\nend")
    assert "left out …" in execution.traceback
    assert len(execution.traceback) < TRACEBACK_CAP + 50


def test_end_goes_by_what_names_stand_for() -> None:
    kernel = Kernel()
    kernel.namespace["sum"] = 3
    kernel.namespace["helpers"] = os
    cell = kernel.begin("made = []\nlosses.append(sum)\nhelpers.sync()\nmade.append(1)")
    assert cell.execution.reads == ("losses", "helpers", "sum")
    assert cell.execution.writes == ("made", "losses")
    kernel.namespace["losses"] = os
    assert kernel.end(cell).writes == ("made",)


def test_end_notes_what_is_missing() -> None:
    kernel = Kernel()
    cell = kernel.begin("from os import *")
    cell.add_text("stdout", "line\n" * 200_000)
    for number in range(OUTPUTS_CAP + 3):
        cell.add_display(shown(str(number)))
    execution = kernel.end(cell)
    assert execution.note == (
        "what 'from os import *' binds is not seen; stdout: 737.9 kB left out; "
        f"3 outputs left out, more than {OUTPUTS_CAP}"
    )
    assert texts(execution) == [str(number) for number in range(OUTPUTS_CAP)]


def test_end_of_a_cell_with_a_syntax_error() -> None:
    execution = Kernel().run("x = (")
    assert execution.state is CellState.ERROR
    assert execution.note == "not analysed: '(' was never closed (line 1)"
    assert execution.reads == execution.writes == ()


def test_update_display_replaces_what_is_shown() -> None:
    kernel = Kernel()
    cell = kernel.begin("show()")
    cell.add_display(shown("0 %", "bar"))
    cell.add_display(shown("other", "b"))
    assert cell.update_display("bar", {"text/plain": "100 %"}, None)
    assert not cell.update_display("unknown", {}, None)
    assert texts(kernel.end(cell)) == ["100 %", "other"]


def test_clear_drops_outputs_now_or_with_the_next_one() -> None:
    kernel = Kernel()
    cell = kernel.begin("show()")
    cell.add_text("stdout", "a")
    cell.add_display(shown("a"))
    cell.clear(False)
    cell.add_text("stdout", "b")
    cell.add_display(shown("b"))
    cell.clear(True)
    assert kernel.recorder.amend(cell, cell.execution, keep=keep).stdout == "b"
    cell.add_display(shown("c"))
    execution = kernel.end(cell)
    assert execution.stdout == ""
    assert texts(execution) == ["c"]


def test_amend_adds_what_came_late() -> None:
    kernel = Kernel()
    cell = kernel.begin("start_thread()")
    done = kernel.end(cell)
    cell.add_text("stdout", "late\n")
    cell.add_display(shown("late"))
    amended = kernel.recorder.amend(cell, done, keep=keep)
    assert (amended.stdout, texts(amended)) == ("late\n", ["late"])
    assert (amended.execution_id, amended.duration) == (done.execution_id, done.duration)


def test_outputs_come_from_any_thread() -> None:
    kernel = Kernel()
    cell = kernel.begin("start_threads()")

    def put_out() -> None:
        for _ in range(500):
            cell.add_text("stdout", "x\n")
        for _ in range(20):
            cell.add_display(shown("y"))

    threads = [threading.Thread(target=put_out) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    execution = kernel.end(cell)
    assert execution.stdout == "x\n" * 2_000
    assert texts(execution) == ["y"] * 80


def test_executions_are_counted_and_checked_for_staleness() -> None:
    kernel = Kernel()
    first = kernel.run("x = 1", cell_id="a", execution_count=1)
    assert first.stale == ()
    kernel.run("y = x", cell_id="b", execution_count=2)
    kernel.run("x = 1", cell_id="a", execution_count=3)
    fourth = kernel.run("print(y, x)", cell_id="c", execution_count=4, document=["b", "c", "a"])
    assert fourth.order == 4
    assert fourth.stale == (
        "depends on stale cell [2]",
        "ran out of order: uses `x` from cell [3], which stands below it in the notebook",
    )
    assert kernel.recorder.ledger.stale() == {
        "b": ("uses `x`, whose cell [3] ran again since",),
        "c": ("depends on stale cell [2]",),
    }


def test_memory_delta_is_of_the_process() -> None:
    resident = resident_memory()
    assert resident is not None
    assert resident > 10_000_000
    execution = Kernel().run("data = bytearray(b'x') * 50_000_000")
    assert execution.memory_delta is not None
    assert 40_000_000 < execution.memory_delta < 70_000_000


def test_begin_and_end_are_quick() -> None:
    kernel = Kernel()
    source = "loss = model.fit(X, y)\nhistory.append(loss)\nprint(loss)"
    namespace: Mapping[str, Any] = {"model": object(), "history": []}
    kernel.namespace.update(namespace)
    seconds = []
    for number in range(300):
        start = time.perf_counter()
        cell = kernel.begin(source, cell_id=f"c{number % 30}", execution_count=number)
        kernel.end(cell)
        seconds.append(time.perf_counter() - start)
    # About 100 µs; the bound leaves room for a machine that does something else as well.
    assert statistics.median(seconds) < 1e-3


def test_an_output_that_cannot_be_kept_is_a_note_of_it() -> None:
    kernel = Kernel()

    def refuse(shown: Shown) -> Output:
        if "text/html" in shown.data:
            raise RuntimeError("no words")
        return keep(shown)

    cell = kernel.begin("1")
    for kind in ("text/plain", "text/html"):
        cell.add_display(Shown("display_data", {kind: "x"}, {}))
    done = kernel.recorder.end(cell, None, namespace={}, run=None, keep=refuse)
    assert done.state is CellState.OK
    assert [output.note for output in done.outputs] == ["", "not kept: RuntimeError: no words"]
