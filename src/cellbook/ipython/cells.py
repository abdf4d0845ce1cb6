"""The cells under way on one shell, and those that ended but may still put something out.

A thread that a cell left behind prints on; the front end shows that below the cell whose message
it answers, and the record follows: it is written again, soon at first and ever more seldom.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cellbook.book import Book
from cellbook.capture import CellRecorder, CellUnderWay, Shown
from cellbook.errors import StoreError, one_line
from cellbook.ipython.outputs import Guard
from cellbook.records import CellExecution, Output
from cellbook.tracking import Run

_KEPT = 16
"""Cells that have ended and may still put something out."""
_FIRST_DELAY = 1.0
_LONGEST_DELAY = 60.0
"""Seconds from late output to its record; doubles each time."""


@dataclass(eq=False)
class OpenCell:
    """One execution, from before its first line until nothing more of it is expected."""

    cell: CellUnderWay
    book: Book
    recorder: CellRecorder
    message: str
    """The id of the message that asked for it; empty in a terminal."""
    stop_hearing: Callable[[], None]
    """Ends what listens to a terminal's streams for this cell."""
    around: Run | None
    """The run that was open when it began."""
    started: list[Run] = field(default_factory=list)
    """The runs started while it ran."""
    shown_in: dict[int, Run] = field(default_factory=dict)
    """The run that was open when an output was shown, by the output's identity."""
    kept: dict[int, tuple[Shown, Mapping[str, Any], Output]] = field(default_factory=dict)
    """The outputs that are in the book, with the data that they were made of."""
    done: CellExecution | None = None
    delay: float = _FIRST_DELAY
    timer: threading.Timer | None = None

    def run(self) -> Run | None:
        """Return the run that the cell belongs to: the first it started, or the one around it."""
        return self.started[0] if self.started else self.around

    def run_of(self, shown: Shown) -> Run | None:
        """Return the run that an output belongs to.

        Matplotlib shows figures when a cell ends, when a run in a ``with`` block has ended too.
        """
        run = self.shown_in.get(id(shown))
        return run or (self.run() if len(self.started) < 2 else None)

    def keep(self, shown: Shown) -> Output:
        """Return the record of an output; what was kept before is not kept again."""
        before = self.kept.get(id(shown))
        if before is not None and before[1] is shown.data:
            return before[2]
        try:
            output = self.book.cells.keep_output(shown.output_type, shown.data, shown.metadata)
            output = replace(output, own=shown.own)
        except StoreError as error:
            self.book.trouble.report(error)
            return Output(output_type=shown.output_type, note=f"not kept: {one_line(error)}")
        if self.done is not None or shown.display_id == "":
            # It will not change any more, so its bytes need not stay in memory.
            shown.data = {}
        self.kept[id(shown)] = (shown, shown.data, output)
        return output


class Cells:
    """Hands outputs to the cells that they belong to; a sink of :class:`outputs.Tap`.

    Parameters
    ----------
    guard
        Surrounds what is done in threads of our own.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._lock = threading.RLock()
        self._cells: OrderedDict[str, OpenCell] = OrderedDict()
        # Replaced, never changed, so that it can be read without the lock.
        self._open: list[OpenCell] = []
        self._own = threading.local()
        self._serial = 0

    @property
    def current(self) -> OpenCell | None:
        """The cell under way that began last, or None."""
        cells = self._open
        return cells[-1] if cells else None

    def begin(self, cell: OpenCell) -> None:
        """Take a cell that begins."""
        with self._lock:
            self._serial += 1
            self._open = [*self._open, cell]
            self._cells[cell.message or f"#{self._serial}"] = cell
            while len(self._cells) > _KEPT:
                self._cells.popitem(last=False)

    def end(self, cell: OpenCell) -> None:
        """Take note that a cell has ended."""
        with self._lock:
            self._open = [other for other in self._open if other is not cell]

    @contextlib.contextmanager
    def quietly(self) -> Iterator[None]:
        """Mark what this thread displays in the block as Cellbook's own."""
        self._own.now = True
        try:
            yield
        finally:
            self._own.now = False

    def settle(self) -> None:
        """Write what is still to be written of cells that have ended."""
        with self._lock:
            waiting = [cell for cell in self._cells.values() if cell.timer is not None]
        for cell in waiting:
            self._amend(cell)

    # -- the sink ------------------------------------------------------------------------------

    def add_text(self, message: str, stream: str, text: str) -> None:
        """Take text of ``stdout`` or ``stderr``."""
        cell = self._find(message)
        if cell is not None:
            cell.cell.add_text(stream, text)
            self._note(cell)

    def add_display(
        self, message: str, output_type: str, data: Mapping[str, Any], metadata: Any, name: str
    ) -> None:
        """Take a MIME bundle."""
        cell = self._find(message)
        if cell is None:
            return
        own = getattr(self._own, "now", False)
        shown = Shown(output_type, dict(data), dict(metadata or {}), name, own)
        run = cell.book.active_run()
        if run is not None:
            cell.shown_in[id(shown)] = run
        cell.cell.add_display(shown)
        self._note(cell)

    def update_display(self, data: Mapping[str, Any], metadata: Any, name: str) -> None:
        """Take what replaces the bundle of a display id, whichever cell showed it."""
        with self._lock:
            cells = list(self._cells.values())
        for cell in cells:
            if any(shown.display_id == name for shown in cell.cell.shown):
                cell.cell.update_display(name, dict(data), dict(metadata or {}))
                self._note(cell)

    def clear(self, message: str, wait: bool) -> None:
        """Drop a cell's outputs."""
        cell = self._find(message)
        if cell is not None:
            cell.cell.clear(wait)
            self._note(cell)

    def set_traceback(self, message: str, lines: list[str]) -> None:
        """Take a traceback as it was shown."""
        cell = self._find(message)
        if cell is not None:
            cell.cell.traceback = "\n".join(lines)

    # -- inside --------------------------------------------------------------------------------

    def _find(self, message: str) -> OpenCell | None:
        # What answers another message, such as a widget's, is no cell's output.
        return self._cells.get(message) if message else self.current

    def _note(self, cell: OpenCell) -> None:
        """See to it that what a cell puts out after its end is written."""
        if cell.done is None:
            return
        with self._lock:
            if cell.timer is None:
                cell.timer = threading.Timer(cell.delay, self._amend, [cell])
                cell.timer.daemon = True
                cell.timer.start()
                cell.delay = min(2 * cell.delay, _LONGEST_DELAY)

    def _amend(self, cell: OpenCell) -> None:
        with self._guard():
            with self._lock:
                if cell.timer is not None:
                    cell.timer.cancel()
                cell.timer = None
            if cell.done is not None:
                cell.done = cell.recorder.amend(cell.cell, cell.done, keep=cell.keep)
                cell.book.cells.end(cell.done)
