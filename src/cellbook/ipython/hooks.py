"""The extension on one shell: from IPython's events to executions in the book.

A cell is what a front end runs and counts.  Not: silent requests, what runs with
``store_history=False`` (variable inspectors, completers), what a cell runs in turn (``run_cell``,
``%rerun``), the callbacks of widgets.
"""

from __future__ import annotations

import _thread
import asyncio
import atexit
import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from IPython.display import display, update_display

from cellbook import book as books
from cellbook.book import Book
from cellbook.capture import CellRecorder, Shown
from cellbook.checkpointing import DocumentSource, Moment
from cellbook.commenting import carries
from cellbook.errors import StoreError, StoreReadOnly, StoreWriteError, one_line
from cellbook.ipython import standing
from cellbook.ipython.cells import Cells, OpenCell
from cellbook.ipython.deeds import judge, judge_before_end, only_looks, stop_restarted
from cellbook.ipython.errands import Errands
from cellbook.ipython.front_end import cell_id, kind_of, message_id
from cellbook.ipython.interrupts import interrupts_held
from cellbook.ipython.keeper import Keeper
from cellbook.ipython.notebook import Notebook
from cellbook.ipython.outputs import Tap
from cellbook.ipython.registering import Registered
from cellbook.ipython.saying import bundle_of, start_line
from cellbook.ipython.slices import SliceKeeper
from cellbook.ipython.windows import Windows
from cellbook.records import CellExecution, Checkpoint, CheckpointKind
from cellbook.tracking import Run, Trouble, begin_cell, encode_displayed, outcome_of, warn


class Extension:
    """Cellbook on one shell.

    Attributes
    ----------
    shell
        The shell.
    paused
        Whether cells run off the record for now.
    keeper
        Saves checkpoints after cells.
    windows
        The line to the windows that show the notebook.
    notebook
        The notebook that the shell runs.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.paused = False
        self._loaded = False
        self._leaving = False
        self._trouble = Trouble()
        self._said: set[str] = set()
        self._named: set[str] = set()  # display ids of lines that are to be replaced
        self._local = threading.local()
        self._book: Book | None = None
        self._recorders: weakref.WeakKeyDictionary[Book, CellRecorder] = weakref.WeakKeyDictionary()
        self._last_cell: CellExecution | None = None
        self._lock = threading.Lock()
        self.windows = Windows(
            shell, self.guarded, Errands(self).run, self.state, self._window_attached
        )
        self.notebook = Notebook(shell, self.windows)
        self._cells = Cells(self.guarded)
        self._tap = Tap(shell, self._cells, self.guarded)
        self._slices = SliceKeeper(self.guarded, lambda: self.shell.user_ns)
        self.keeper = Keeper(shell, lambda: not self._stack, self.guarded, self.saved)
        self._magics = Registered(shell)

    # -- loading and unloading -----------------------------------------------------------------

    def load(self) -> None:
        """Begin to record; the cell that asks for it is on record already."""
        self._leaving = False
        if self._loaded:
            return
        self._loaded = True
        self._magics.add(self)
        self.shell.events.register("pre_run_cell", self._before_cell)
        self.shell.events.register("post_run_cell", self._after_cell)
        with self.guarded():
            self._tap.install()
            atexit.register(self._at_exit)
            self.book()
            result = getattr(self.shell.displayhook, "exec_result", None)
            if result is not None and not self._stack:
                self._before_cell(result.info)
            self.windows.open()
            elsewhere = self.notebook.place.book_elsewhere(self.book())
            if elsewhere:
                self.say(elsewhere)
            self._look_over()

    def unload(self) -> None:
        """Stop recording; the cell under way is recorded to its end."""
        self._leaving = True
        if self._loaded and not self._stack:
            self._leave()

    def _leave(self) -> None:
        self._loaded = self._leaving = False
        self.windows.close()
        self.shell.events.unregister("pre_run_cell", self._before_cell)
        self.shell.events.unregister("post_run_cell", self._after_cell)
        self._magics.remove()
        with self.guarded():
            self._tap.remove()
            self.book().fits.close()
            atexit.unregister(self._at_exit)
            self._cells.settle()
            self.keeper.settle()

    # -- what the magics ask -------------------------------------------------------------------

    @property
    def trouble(self) -> Trouble:
        """Turns failures into one warning."""
        return self._trouble if self._book is None else self._book.trouble

    def book(self) -> Book:
        """Return the book that is written to: the one opened last by name, else the notebook's.

        Raises
        ------
        StoreError
            If it cannot be opened.
        """
        book = books.open(start=self.notebook.place.folder)
        if book is not self._book:
            self._book = book
            book.runs.on_start = self._run_started
            book.runs.on_unasked = self._run_unasked
            book.runs.on_end = self._run_ending
            book.checkpoints.on_restored = lambda checkpoint: standing.restored(
                book, self._recorders.get(book), checkpoint
            )
            book.shown_cells = lambda: self.notebook.cells(self.cell())
            book.fits.sources = lambda: reversed(self.shell.history_manager.input_hist_raw)
            book.datasets.at_hand.told = self._slices.noticed.note
            self._describe()
            book.record_environment()
        return book

    def pause(self) -> None:
        """Let cells run off the record; runs log on."""
        self.paused = True

    def resume(self) -> list[str]:
        """Record again; where the book was deleted, in a new one: return what is to be said."""
        self.paused = False
        book = self.book()
        book.look_again()
        if book.read_only or Path(book.url, "format.json").exists():
            return []
        gone = [run.name for run in book.runs.open_runs()]
        book.close()
        books.open(book.url)
        self.book()
        said = ["The book was deleted, so this is a new one."]
        if gone:
            said.append(f"The open run {', '.join(gone)} is gone with the old one.")
        return said

    def cell_source(self) -> str:
        """Return the source of the cell under way; empty if there is none."""
        info = getattr(self._local, "info", None)
        return "" if info is None else str(info.raw_cell)

    def run_this_cell(self, run: Run, tell: Callable[[], None]) -> None:
        """Make the cell under way the run: it ends with the cell, and `tell` says so."""
        # Runs that are started inside are nested in it.
        run.entered = True
        self._local.own_run = run, tell

    def quietly(self) -> contextlib.AbstractContextManager[None]:
        """Surround what Cellbook itself displays, which is no artifact of a run."""
        return self._cells.quietly()

    def moment(self) -> Moment:
        """Return what a checkpoint that is saved now belongs to."""
        book = self.book()
        cell = next((cell for cell in self._stack if cell is not None), None)
        run = book.active_run()
        done = self._last_cell if cell is None else cell.cell.execution
        return Moment(
            session=book.runs.sessions.ensure(),
            notebook=book.runs.sessions.notebook,
            execution=None if done is None else done.execution_id,
            order=None if done is None else done.order,
            run=None if run is None else run.run_id,
        )

    def cell(self) -> str | None:
        """Return the id of the cell under way; None where the front end does not tell it."""
        cell = next((cell for cell in self._stack if cell is not None), None)
        return None if cell is None else cell.cell.execution.cell_id

    def document(self) -> DocumentSource:
        """Return where a checkpoint finds the document of now."""
        return self.notebook.source()

    def saved(self, book: Book, checkpoint: Checkpoint | None, asked: bool = True) -> None:
        """Take note that a checkpoint was saved; from any thread.

        The window hands the document over for it; without `asked`, if that is no burden.
        """
        shown = self.windows.shown() is not None
        if checkpoint is not None and shown and book.checkpoints.wants_document(checkpoint):
            self.windows.ask_document(checkpoint, asked=asked)
        self.windows.tell_state()

    def _window_attached(self) -> None:
        """Have the document kept with what was saved last: no window could be asked then."""
        book = self.book()
        self.saved(book, book.checkpoints.newest)

    def say(self, text: str, markup: str | None = None, *, name: str = "") -> None:
        """Show one quiet line.

        Parameters
        ----------
        text
            What to say.
        markup
            The same in HTML, for notebooks.
        name
            A display id: what was said under it before is replaced.
        """
        bundle = bundle_of(self.shell, text, markup)
        with self.quietly():
            if not name:
                display(bundle, raw=True)
            elif name in self._named:
                self._named.remove(name)
                update_display(bundle, raw=True, display_id=name)
            else:
                self._named.add(name)
                display(bundle, raw=True, display_id=name)

    def status(self) -> Mapping[str, str]:
        """Return what is recorded, and where."""
        book = self.book()
        return standing.facts(book, self.notebook, self._recorders.get(book), paused=self.paused)

    def state(self) -> Mapping[str, Any]:
        """Return what is recorded, as the windows show it."""
        book = self.book()
        recorder = self._recorders.get(book)
        return standing.state(
            book, self.notebook, recorder, paused=self.paused, auto=self.keeper.on
        )

    # -- cells ---------------------------------------------------------------------------------

    @property
    def _stack(self) -> list[OpenCell | None]:
        """The cells under way in this thread, the innermost last; None where one is no cell."""
        if not hasattr(self._local, "stack"):
            self._local.stack = []
        stack: list[OpenCell | None] = self._local.stack
        return stack

    def _before_cell(self, info: Any) -> None:
        stack = self._stack
        message = message_id(self.shell)
        if stack and message and message != self._local.message:
            # The kernel answers another message: the end of the former cell was never told.
            self._end_cell(stack[0], KeyboardInterrupt())
            stack.clear()
        stack.append(None)
        if len(stack) > 1:
            return
        begin_cell()
        self._local.message, self._local.info, self._local.own_run = message, info, None
        with interrupts_held() as held:
            with self.guarded():
                self.keeper.begin_cell()
            if not self.paused and self._counts(info):
                stack[0] = self._open(info, message)
        if held:
            # It is meant for the user's code, which has not begun.
            threading.Timer(0.02, _thread.interrupt_main).start()

    def _after_cell(self, result: Any) -> None:
        stack = self._stack
        if not stack:
            return
        if result is None:
            # The kernel has no result when an interrupt ends a cell that awaits.
            error: BaseException | None = KeyboardInterrupt()
        elif (result.info.raw_cell or "").strip():
            error = result.error_before_exec
            error = result.error_in_exec if error is None else error
        else:
            return  # IPython tells the end of blank cells, though not their beginning.
        if isinstance(error, asyncio.CancelledError):
            error = KeyboardInterrupt()
        cell = stack.pop()
        if not stack:
            self._end_cell(cell, error)
            if self._leaving:
                self._leave()

    def _end_cell(self, cell: OpenCell | None, error: BaseException | None) -> None:
        # An interrupt that comes now finds no user's code to stop: it is dropped.
        with interrupts_held():
            with self.guarded():
                if self._local.own_run is not None:
                    own, tell = self._local.own_run
                    own.end(*outcome_of(error))
                    tell()
            with self.guarded():
                if cell is not None:
                    self._record(cell, error)
                    if cell.done is not None:
                        self._last_cell = cell.done
                        self._checkpoint(cell, cell.done, error)
                run = None if self._book is None else self._book.active_run()
                if run is not None and not run.entered and self._counts(self._local.info):
                    judge(run, self.shell, self.cell_source(), error)
            with self.guarded():
                self.windows.tell_state()
        self._local.info = self._local.own_run = None

    def _checkpoint(self, cell: OpenCell, done: CellExecution, error: BaseException | None) -> None:
        runs = [*cell.started, *([] if cell.around is None else [cell.around])]
        ended = next((run for run in runs if run.state.is_final), None)
        kind, run = CheckpointKind.CELL, cell.run()
        if ended is not None:
            kind, run = CheckpointKind.RUN_END, ended
        elif cell.started:
            kind = CheckpointKind.RUN_START
        elif only_looks(self.shell, self.cell_source(), error):
            return  # The text of the cell itself is all that has changed.
        run_id = None if run is None else run.run_id
        self.keeper.end_cell(cell.book, done, kind, run_id, self.document())

    @staticmethod
    def _counts(info: Any) -> bool:
        """Whether what runs is a cell, and not a front end's own business."""
        return bool(info.store_history) and not info.silent

    def _open(self, info: Any, message: str) -> OpenCell | None:
        with self.guarded():
            place = cell_id(self.shell, getattr(info, "cell_id", None))
            moved = self.notebook.look_around(place)
            if moved:
                self._describe()
            book = self.book()
            if moved:
                self._look_over()
            book.fits.look()
            around = book.active_run()
            if book.read_only:
                raise StoreReadOnly(book.read_only)
            document = self.notebook.document(place)
            self.notebook.note(place, info.raw_cell)
            try:
                session = book.runs.sessions.ensure()
            except StoreWriteError as error:
                book.trouble.report(error)
                session = book.runs.sessions.current or ""
            with self._lock:
                recorder = self._recorders.setdefault(book, CellRecorder(book.store.new_id))
                under_way = recorder.begin(
                    info.raw_cell,
                    session=session,
                    namespace=self.shell.user_ns,
                    execution_count=self.shell.execution_count - 1,
                    run=None if around is None else around.run_id,
                    cell_id=place,
                    notebook=book.runs.sessions.notebook,
                    document=None if document is None else document.order,
                    hashes=None if document is None else document.hashes,
                )
            with book.trouble.guarded():
                book.cells.begin(under_way.execution)
            cell = OpenCell(under_way, book, recorder, message, self._tap.hear_streams(), around)
            book.runs.current_cell = under_way.execution.execution_id
            self._cells.begin(cell)
            return cell
        return None

    def _record(self, cell: OpenCell, error: BaseException | None) -> None:
        cell.stop_hearing()
        self._tap.flush()
        self._cells.end(cell)
        book, run = cell.book, cell.run()
        book.fits.settle()
        book.runs.current_cell = None
        shown = [(entry, entry.data) for entry in cell.cell.shown]
        with self._lock:
            cell.done = cell.recorder.end(
                cell.cell,
                error,
                namespace=self.shell.user_ns,
                run=None if run is None else run.run_id,
                keep=cell.keep,
            )
        with book.trouble.guarded():
            book.cells.end(cell.done)
        self._slices.ended_cell(book, cell.cell, cell.done)
        self._keep_artifacts(cell, cell.done, shown)

    def _keep_artifacts(
        self, cell: OpenCell, done: CellExecution, shown: list[tuple[Shown, Mapping[str, Any]]]
    ) -> None:
        kept = 0
        for entry, data in shown:
            run = None if entry.own else cell.run_of(entry)
            encoded = None if run is None else encode_displayed(data, done.order, kept + 1)
            if run is not None and encoded is not None:
                run.keep_output(encoded, done.execution_id)
                kept += 1

    def _run_started(self, run: Run) -> None:
        cell = next((cell for cell in self._stack if cell is not None), self._cells.current)
        if cell is not None:
            cell.started.append(run)
        with self.guarded():
            book = self.book()
            recorder = self._recorders.get(book)
            self._slices.started(book, run, lambda: standing.flags(self.notebook, recorder))

    def _run_ending(self, run: Run) -> None:
        judge_before_end(run, self.shell, self.cell_source())

    def _run_unasked(self, run: Run) -> None:
        with self.guarded():
            if "unasked" not in self._said:
                self._said.add("unasked")
                self.say(*start_line(run, "was started, as none was open; %end_run ends it"))

    def _at_exit(self) -> None:
        self._cells.settle()
        with self.guarded():
            self.windows.settle()
            self.keeper.settle()
            self._slices.settle()
        if self._book is not None:
            stop_restarted(self._book.runs.open_runs(), self.shell)

    # -- surroundings --------------------------------------------------------------------------

    def _describe(self) -> None:
        book = self._book
        if book is not None:
            with book.trouble.guarded():
                notebook = self.notebook.place.relative_to(book.folder)
                book.runs.sessions.describe(kind_of(self.shell), notebook)

    def _look_over(self) -> None:
        """Take over the comments that the notebook brought from elsewhere."""
        notebook = self.notebook.place.notebook
        if notebook is not None and carries(notebook):
            # With all that answers need, it would be a part of what every start takes.
            from cellbook.answers.taking import look_over  # noqa: PLC0415

            said = look_over(self.book(), self.book().runs.sessions.notebook)
            if said:
                self.say(said)

    @contextlib.contextmanager
    def guarded(self) -> Iterator[None]:
        """Let no failure of Cellbook's out: one warning says what is not recorded."""
        try:
            yield
        except StoreError as error:
            self.trouble.report(error)
        except Exception as error:
            said = one_line(error)
            if said not in self._said:
                self._said.add(said)
                warn(
                    f"Cellbook failed, so something was not recorded ({said}). Your code is not "
                    "to blame and ran on; please report it. `%cellbook doctor` looks for causes."
                )
