"""Saves a checkpoint after each cell, as far as time and space allow.

In a kernel the cell does not wait for it: the state is taken when the kernel is idle, a moment
after the reply, or just before the next cell if that comes first.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from cellbook.book import Book
from cellbook.checkpointing import DocumentSource, Kernel, Moment, Restored
from cellbook.errors import InvalidInput
from cellbook.ipython.front_end import Place
from cellbook.records import CellExecution, Checkpoint, CheckpointKind
from cellbook.tracking import warn
from cellbook.views.timeline import producing_cells, rebuild_document

_REST = 2.0
"""A state is saved by itself only so many times as long after the one before as that took."""
_REST_OF_WAIT = 5.0
"""The same for the time that the cell waited."""
_SOON = 0.01
"""Seconds after a cell's end at which its reply is on its way."""
_PATIENCE = 1.0
"""Seconds that a cell which begins or ends a run waits for the state before to be saved."""


class Keeper:
    """The automatic checkpoints of one shell.

    Attributes
    ----------
    on
        Whether checkpoints are saved by themselves.
    every
        After how many cells.
    """

    def __init__(
        self,
        shell: Any,
        is_idle: Callable[[], bool],
        guarded: Callable[[], contextlib.AbstractContextManager[None]],
        on_saved: Callable[[Book, Checkpoint | None, bool], None],
    ) -> None:
        self.shell = shell
        self._is_idle = is_idle
        self._guarded = guarded
        self._on_saved = on_saved
        self.on = os.environ.get("CELLBOOK_CHECKPOINTS", "on") != "off"
        self.every = 1
        self._cells = 0
        self._ready_at = 0.0
        self._pending: tuple[Book, Moment, CheckpointKind, DocumentSource] | None = None
        self._warned = False

    def kernel(self) -> Kernel:
        """Return the kernel as it is now."""
        return Kernel(self.shell.user_ns, dict(self.shell.user_ns_hidden), self.shell)

    def choose(self, words: list[str]) -> str:
        """Do as ``%checkpoint auto …`` says; return what holds from now on.

        Raises
        ------
        InvalidInput
            If the words are none of ``on``, ``off`` and ``every N``.
        """
        if words == ["on"] or words == ["off"]:
            self.on = words == ["on"]
            self.every = 1
        elif len(words) == 2 and words[0] == "every" and words[1].isdigit() and int(words[1]):
            self.on, self.every = True, int(words[1])
        elif words:
            raise InvalidInput("After `auto` comes on, off or every N: `%checkpoint auto every 5`.")
        if not self.on:
            return "Checkpoints are saved when you ask: `%checkpoint`."
        after = "each cell" if self.every == 1 else f"every {self.every} cells"
        return f"A checkpoint is saved after {after}."

    def end_cell(
        self,
        book: Book,
        cell: CellExecution,
        kind: CheckpointKind,
        run: str | None,
        document: DocumentSource,
    ) -> None:
        """Save the state that a cell has left, unless it is too soon.

        The beginning and the end of a run are saved in any case.
        """
        self._cells += 1
        if not self.on or (kind is CheckpointKind.CELL and self._cells % self.every):
            return
        moment = Moment(cell.session, cell.notebook, cell.execution_id, cell.order, run)
        self._pending = (book, moment, kind, document)
        if not self._later(_SOON):
            self._take()

    def begin_cell(self) -> None:
        """Save the state that the cell before has left, if that did not happen meanwhile."""
        if self._pending is not None:
            self._take()

    def settle(self) -> None:
        """Save what waits, and wait for what is being saved: the kernel ends."""
        if self._pending is not None:
            self._pending[0].checkpoints.saver.wait(5)
            self._ready_at = 0.0
            self._take()

    def _take(self) -> None:
        """Save what is pending, if it may be now."""
        if self._pending is None or threading.current_thread() is not threading.main_thread():
            return
        book, moment, kind, document = self._pending
        if kind is not CheckpointKind.CELL:
            book.checkpoints.saver.wait(_PATIENCE)
            self._ready_at = 0.0
        if book.checkpoints.saver.busy or time.monotonic() < self._ready_at:
            self._later(self._ready_at - time.monotonic())
            return
        full = book.checkpoints.over_quota()
        if full and kind is CheckpointKind.CELL:
            self._pending = None
            if not self._warned:
                self._warned = True
                warn(full)
            return
        self._pending = None
        book.checkpoints.save(
            self.kernel(),
            moment,
            kind=kind,
            document=document,
            done=lambda made: self._saved(book, made, kind is not CheckpointKind.CELL),
        )

    def _saved(self, book: Book, made: Checkpoint | None, asked: bool) -> None:
        seconds = 1.0 if made is None else max(_REST * made.seconds, _REST_OF_WAIT * made.waited)
        self._ready_at = time.monotonic() + seconds
        self._on_saved(book, made, asked)
        if self._pending is not None:
            self._later(seconds)

    def _later(self, seconds: float) -> bool:
        """Try when the kernel is idle; return False in a terminal, which never is."""
        loop = getattr(getattr(self.shell, "kernel", None), "io_loop", None)
        if loop is None:
            return False
        with contextlib.suppress(Exception):
            loop.add_callback(loop.call_later, max(seconds, _SOON), self._take_if_idle)
        return True

    def _take_if_idle(self) -> None:
        if self._is_idle():
            with self._guarded():
                self._take()

    # -- the document and its cells ------------------------------------------------------------

    def save_before(self, book: Book, moment: Moment, document: DocumentSource) -> Checkpoint:
        """Save the state of now, which a restore of the document alone would do away with."""
        saved = book.checkpoints.save_now(
            self.kernel(), moment, kind=CheckpointKind.RESTORE, document=document
        )
        self._on_saved(book, saved, True)
        return saved

    def write_document(
        self, book: Book, checkpoint: Checkpoint, place: Place, *, rebuild: bool
    ) -> str:
        """Write a checkpoint's document beside the notebook; return where, or nothing.

        The notebook's own file is never written: what is open in an editor may not be saved yet.
        With `rebuild`, a document that was not saved is made of the cells that ran.
        """
        content = book.checkpoints.document_of(checkpoint)
        if content is None and rebuild:
            content = rebuild_document(book.store, checkpoint)
        if content is None:
            return ""
        notebook, folder = place.notebook, place.folder
        if notebook is not None and notebook.is_file() and notebook.read_bytes() == content:
            return ""
        stem = "notebook" if notebook is None else notebook.stem
        number = book.checkpoints.find(checkpoint.checkpoint_id)[0]
        path = folder / f"{stem}-checkpoint-{number}.ipynb"
        again = 1
        while path.exists() and path.read_bytes() != content:
            again += 1
            path = folder / f"{stem}-checkpoint-{number}-{again}.ipynb"
        path.write_bytes(content)
        return path.name

    def replay(self, book: Book, done: Restored) -> list[str]:
        """Re-run, in order, the cells that made what a restore could not bring back.

        Return the names that are there again: recomputed, not restored.
        """
        lost = {*done.missing, *done.kept}
        cells = producing_cells(book.store, done.checkpoint, lost)
        for cell in cells:
            result = self.shell.run_cell(cell.source, store_history=False)
            if not result.success:
                break
        return sorted(
            name
            for name in lost
            if name in self.shell.user_ns and any(name in cell.writes for cell in cells)
        )
