"""Puts on record what runs stand on; all of it in a thread, while the kernel is idle or at work.

A cell's reply never waits for this: what the kernel does not come to before it dies is told from
the cells' records when somebody asks.
"""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cellbook.book import Book
from cellbook.capture import (
    STALE,
    CellUnderWay,
    Flag,
    Origins,
    Slicer,
    TrackedData,
    flag_sentences,
    flags_of_cells,
)
from cellbook.capture.modules import local_modules
from cellbook.capture.randomness import as_json, standing
from cellbook.datasets import imply
from cellbook.ipython.outputs import Guard
from cellbook.ipython.tracked import Noticed, versions_at
from cellbook.records import CellExecution
from cellbook.reproducing.slices import Span, keep_slice, span_of, tracking_of, wanted_of
from cellbook.tracking import Run

_PAUSE = 0.005
"""Seconds that each piece of work lets a cell's reply, or the next cell, go first."""
_PATIENCE = 5.0
"""Seconds that the end of a kernel waits for what is under way."""


class SliceKeeper:
    """The slices of one shell's runs.

    Parameters
    ----------
    guard
        Surrounds what is done in the thread.
    namespace
        Gives the variables of the user.
    """

    def __init__(self, guard: Guard, namespace: Callable[[], Mapping[str, Any]]) -> None:
        self._guard = guard
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._leaving = False
        self._slicers: dict[str, Slicer] = {}
        self._origins: dict[str, Origins] = {}
        self.noticed = Noticed(namespace)
        """What is tracked while a cell runs."""
        self._drawn: set[tuple[str, str]] = set()
        """The generators that a session has drawn from."""
        self._spans: dict[str, Span] = {}
        self._open: dict[str, tuple[Run, Book]] = {}
        self._flags: dict[str, Sequence[Flag]] = {}
        self._looked: tuple[str, Sequence[Flag]] | None = None
        """The cell that started a run last, and what was amiss then."""

    def started(self, book: Book, run: Run, look: Callable[[], Sequence[Flag]]) -> None:
        """Take note of a run that begins, or goes on: of what is amiss, and the generators.

        Of runs that one cell starts, only the first has `look` called: the notebook is the same.
        """
        now = standing()
        cell = book.runs.current_cell
        if cell is None or self._looked is None or self._looked[0] != cell:
            self._looked = cell or "", look()
        flags = self._looked[1]
        self._open[run.run_id] = run, book
        self._flags[run.run_id] = flags

        def note() -> None:
            book.runs.keep_random("runs", run.run_id, as_json(now))
            if flags:
                book.runs.flag(run.run_id, flag_sentences(flags))

        self._later(note)

    def ended_cell(self, book: Book, cell: CellUnderWay, execution: CellExecution) -> None:
        """Take a cell that has ended, and with it the runs that have."""
        first = {
            name: cell.random[name]
            for name in execution.draws
            if name in cell.random and (execution.session, name) not in self._drawn
        }
        self._drawn.update((execution.session, name) for name in first)
        if first:
            # All that is drawn later in the session follows from this.
            place = execution.execution_id
            self._later(lambda: book.runs.keep_random("draws", place, as_json(first)))
        cell.random = {}
        tracked, folder = self.noticed.taken(book.folder), str(Path.cwd())
        self._later(lambda: self._record(execution))
        self._later(lambda: self._tell_origins(book, execution, tracked, folder))
        for run_id, (run, home) in list(self._open.items()):
            if run.state.is_final:
                del self._open[run_id]
                self._later(lambda run_id=run_id, home=home: self._keep(home, run_id))  # type: ignore[misc]

    def settle(self) -> None:
        """Wait for what is under way, but not for long."""
        thread, self._thread = self._thread, None
        self._leaving = True
        if thread is not None:
            self._work.put(None)
            thread.join(_PATIENCE)

    def _later(self, call: Callable[[], None]) -> None:
        if self._thread is None:
            self._leaving = False
            self._thread = threading.Thread(target=self._live, name="cellbook-slices", daemon=True)
            self._thread.start()
        self._work.put(call)

    def _live(self) -> None:
        while (call := self._work.get()) is not None:
            if not self._leaving:
                time.sleep(_PAUSE)  # The cell's reply goes first.
            with self._guard():
                call()

    def _record(self, execution: CellExecution) -> None:
        self._spans[execution.execution_id] = span_of(execution)
        self._slicers.setdefault(execution.session, Slicer()).record(execution)

    def _tell_origins(
        self, book: Book, execution: CellExecution, tracked: Sequence[TrackedData], folder: str
    ) -> None:
        origins = self._origins.setdefault(execution.session, Origins())
        origins.record(execution, tracked, folder)
        if tracked:
            for dataset_id, origin in origins.origins(versions_at(book.datasets, book.folder)):
                imply(book.store, dataset_id, origin.execution, origin.parents)

    def _keep(self, book: Book, run_id: str) -> None:
        wanted = wanted_of(book.store, run_id)
        sessions = {cell.session for cell in wanted}
        slicer = self._slicers.get(next(iter(sessions), ""))
        if len(sessions) != 1 or slicer is None:
            return  # Told from the records, by whoever asks.
        ids = [cell.execution_id for cell in wanted]
        if not all(one in slicer for one in ids):
            return
        found = slicer.slice([*ids, *tracking_of(book.store, run_id, self._spans, ids)])
        modules = {}
        home = Path(book.url).parent
        for name, text in local_modules(sys.modules, home).items():
            with contextlib.suppress(OSError):
                modules[name] = book.store.blobs.put(text, durable=False)
        keep_slice(book.store, run_id, found, modules)
        flags = [*self._flags.pop(run_id, ())]
        known = {flag.kind for flag in flags if flag.kind == STALE}
        flags += [flag for flag in flags_of_cells(wanted) if flag.kind not in known]
        if flags:
            orders = {self._spans[one].order for one in found.executions if one in self._spans}
            book.runs.flag(run_id, flag_sentences(flags, orders))
