"""One cell execution from its first line to its last output, as a record.

The caller holds the cell under way and may end it again when outputs come late.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cellbook.capture.kinds import kinds_of
from cellbook.capture.names import analyse, settle
from cellbook.capture.outputs import StreamBuffer, strip_ansi, trim_stream
from cellbook.capture.process import process_changes, process_now
from cellbook.capture.randomness import drawn, standing
from cellbook.capture.staleness import Ledger
from cellbook.errors import one_line
from cellbook.records import CellExecution, CellState, Output, encodable

OUTPUTS_CAP = 200
"""Rich outputs that one execution keeps; later ones are counted in its note."""
TRACEBACK_CAP = 64 * 1024
"""Characters kept of a traceback."""


@dataclass(eq=False, slots=True)
class Shown:
    """One rich output of a cell under way."""

    output_type: str
    data: Mapping[str, Any]
    metadata: Mapping[str, Any]
    display_id: str = ""
    own: bool = False
    """Whether Cellbook itself showed it."""


@dataclass(eq=False, slots=True)
class CellUnderWay:
    """A cell that runs, and what it has put out so far; any thread may add to it."""

    execution: CellExecution
    """Its record, in state *running* until it has ended."""
    began: float
    memory: int | None
    random: Mapping[str, Any] = field(default_factory=dict)
    """Where the random generators stood as it began."""
    process: Mapping[str, Any] = field(default_factory=dict)
    """Where the process stood as it began."""
    stdout: StreamBuffer = field(default_factory=StreamBuffer)
    stderr: StreamBuffer = field(default_factory=StreamBuffer)
    shown: list[Shown] = field(default_factory=list)
    left_out: int = 0
    traceback: str = ""
    open: bool = True
    _clear_next: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add_text(self, stream: str, text: str) -> None:
        """Take what was written to ``stdout`` or ``stderr``."""
        if self._clear_next:
            self._clear()
        (self.stderr if stream == "stderr" else self.stdout).write(text)

    def add_display(self, shown: Shown) -> None:
        """Take a rich output."""
        if self._clear_next:
            self._clear()
        with self._lock:
            if len(self.shown) < OUTPUTS_CAP:
                self.shown.append(shown)
            else:
                self.left_out += 1

    def update_display(self, display_id: str, data: Mapping[str, Any], metadata: Any) -> bool:
        """Replace the outputs that carry a display id; say whether there are any."""
        with self._lock:
            found = [shown for shown in self.shown if shown.display_id == display_id]
            for shown in found:
                shown.data, shown.metadata = data, metadata or {}
        return bool(found)

    def clear(self, wait: bool) -> None:
        """Forget the outputs so far; with `wait`, when the next one comes."""
        if wait:
            self._clear_next = True
        else:
            self._clear()

    def _clear(self) -> None:
        self._clear_next = False
        with self._lock:
            self.shown.clear()
            self.left_out = 0
        self.stdout.clear()
        self.stderr.clear()


class CellRecorder:
    """Makes the records of one process's cell executions; knows nothing of who runs them.

    It keeps nothing on disk: whoever calls :meth:`begin` and :meth:`end` writes what they return.

    Parameters
    ----------
    new_id
        Gives the ids of executions.
    """

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._order = 0
        self.ledger = Ledger()
        """Who defined what, for staleness."""
        self._tip: str | None = None
        self._before: dict[str, str | None] = {}
        """Execution to the one whose state it ran on."""

    def begin(
        self,
        source: str,
        *,
        session: str,
        namespace: Mapping[str, object],
        execution_count: int | None = None,
        run: str | None = None,
        cell_id: str | None = None,
        notebook: str | None = None,
        document: Sequence[str] | None = None,
        hashes: Mapping[str, str] | None = None,
    ) -> CellUnderWay:
        """Return the cell that begins now, with its record in state *running*.

        Parameters
        ----------
        source
            The raw source, magics and all.
        session
            The session it belongs to.
        namespace
            What the names stand for; objects are looked at by their type only.
        execution_count, run, cell_id, notebook
            As in :class:`~cellbook.records.CellExecution`.
        document, hashes
            The notebook as far as it is known, as in :meth:`Ledger.check_before_run`.
        """
        names = settle(analyse(source), namespace)
        stale = self.ledger.check_before_run(
            source, cell_id=cell_id, reads=names.reads, document=document, hashes=hashes
        )
        self._order += 1
        execution = CellExecution(
            execution_id=self._new_id(),
            session=session,
            source=encodable(source),
            state=CellState.RUNNING,
            start_time=time.time_ns() // 1_000_000,
            order=self._order,
            execution_count=execution_count,
            run=run,
            cell_id=cell_id,
            notebook=notebook,
            reads=names.reads,
            writes=names.writes,
            stale=stale,
            note=names.note,
        )
        # The clock starts last and stops first: what this takes is not the cell's.
        cell = CellUnderWay(execution, 0.0, resident_memory(), standing(source), process_now())
        cell.began = time.perf_counter()
        return cell

    def end(
        self,
        cell: CellUnderWay,
        error: BaseException | None,
        *,
        namespace: Mapping[str, object],
        run: str | None,
        keep: Callable[[Shown], Output],
    ) -> CellExecution:
        """Return the record of a cell that has ended.

        Parameters
        ----------
        cell
            What :meth:`begin` gave.
        error
            The exception that ended it, or None.
        namespace
            As at its beginning: what a name stands for may be known only now.
        run
            The run it belongs to in the end: a cell may start one.
        keep
            Turns a rich output into its record.
        """
        stopped, memory = time.perf_counter(), resident_memory()
        cell.open = False
        begun = cell.execution
        names = settle(analyse(begun.source), namespace)
        known = memory is not None and cell.memory is not None
        ended = replace(
            begun,
            state=state_of(error),
            run=run,
            end_time=max(begun.start_time, time.time_ns() // 1_000_000),
            duration=stopped - cell.began,
            error=None if error is None else encodable(one_line(error)),
            writes=names.writes,
            kinds=kinds_of(names.writes, namespace),
            draws=drawn(cell.random, standing()),
            process=process_changes(cell.process, process_now()),
            memory_delta=memory - cell.memory if known else None,  # type: ignore[operator]
        )
        self._note(ended)
        return self.amend(cell, ended, keep=keep)

    def _note(self, ended: CellExecution) -> None:
        self.ledger.record(ended)
        self._before[ended.execution_id] = self._tip
        self._tip = ended.execution_id

    def go_back(self, executions: Sequence[CellExecution], last: str | None) -> None:
        """Take note that the state is again the one after an execution.

        Parameters
        ----------
        executions
            All up to it, in their order; those that a restore had left behind by then do not count.
        last
            Its id; None stands for the time before the first.
        """
        line: set[str] = set()
        one = last
        while one is not None and one in self._before and one not in line:
            line.add(one)
            one = self._before[one]
        self.ledger, self._tip = Ledger(), None
        for execution in executions:
            # Nothing is known of the branches of a session that has ended.
            if not line or execution.execution_id in line:
                self._note(execution)
        self._order = max(self._order, *(execution.order for execution in executions), 0)

    def amend(
        self, cell: CellUnderWay, execution: CellExecution, *, keep: Callable[[Shown], Output]
    ) -> CellExecution:
        """Return the record of a cell that has ended with all that it has put out by now."""
        stdout, cut_out = cell.stdout.text()
        stderr, cut_err = cell.stderr.text()
        notes = [
            analyse(execution.source).note,
            cut_out and f"stdout: {cut_out}",
            cut_err and f"stderr: {cut_err}",
            cell.left_out and f"{cell.left_out} outputs left out, more than {OUTPUTS_CAP}",
        ]
        return replace(
            execution,
            stdout=stdout,
            stderr=stderr,
            streams={
                name: stream.digest()
                for name, stream, cut in (
                    ("stdout", cell.stdout, cut_out),
                    ("stderr", cell.stderr, cut_err),
                )
                if cut
            },
            outputs=tuple(_kept(shown, keep) for shown in list(cell.shown)),
            traceback=trim_stream(strip_ansi(cell.traceback), TRACEBACK_CAP),
            note="; ".join(str(note) for note in notes if note),
        )


def _kept(shown: Shown, keep: Callable[[Shown], Output]) -> Output:
    try:
        return keep(shown)
    except Exception as error:
        # One output that cannot be kept must not cost the cell its record.
        return Output(output_type=shown.output_type, note=f"not kept: {one_line(error)}")


def state_of(error: BaseException | None) -> CellState:
    """Return how a cell ended that `error` ended."""
    if error is None:
        return CellState.OK
    return CellState.INTERRUPTED if isinstance(error, KeyboardInterrupt) else CellState.ERROR


def resident_memory() -> int | None:
    """Return this process's resident memory in bytes; None where nobody tells."""
    try:
        # A bare read takes 10 µs; through a file object it takes five times as long.
        descriptor = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return _resident_elsewhere()
    try:
        return int(os.read(descriptor, 64).split()[1]) * _PAGE
    finally:
        os.close(descriptor)


def _resident_elsewhere() -> int | None:
    # Imported late: Linux does without.
    import psutil  # noqa: PLC0415

    try:
        return int(psutil.Process().memory_info().rss)
    except psutil.Error:
        return None


_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
