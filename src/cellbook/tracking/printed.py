"""What a script prints while a run is open, in bounded memory."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from cellbook.errors import CellbookError, StoreError, one_line
from cellbook.store import Op, Store, update
from cellbook.tracking.trouble import Trouble

if TYPE_CHECKING:
    from cellbook.tracking.run import Run


class Text(Protocol):
    """Text as it comes, of which as much is kept as there is room for."""

    def write(self, text: str) -> None:
        """Take some more; any thread may."""

    def text(self) -> tuple[str, str]:
        """Return what is kept, and a note on what is not; the note is empty if all is there."""

    def digest(self) -> str:
        """Return a digest of all of it."""


class Printed:
    """Listens to what is printed for as long as a run is open, and keeps it with the run.

    With several open, text is of those in the line of work that printed it, as a metric is that is
    logged there: of a run and those it is nested in.

    Parameters
    ----------
    store, trouble
        Where the text goes, and who hears of it where it does not.
    active
        Tells the run that module-level calls log to here.
    """

    def __init__(self, store: Store, trouble: Trouble, active: Callable[[], Run | None]) -> None:
        self._store = store
        self._trouble = trouble
        self._active = active
        self.new_text: Callable[[], Text]
        """Gives what takes the text of a run."""
        self.listen: Callable[[Callable[..., None]], Callable[[], None] | None]
        """Begins to listen, and returns what ends it."""
        self._lock = threading.RLock()
        self._open: dict[str, tuple[Run, Text]] = {}
        self._all: tuple[Text, ...] | None = ()
        """The texts of all open runs; None where these are of several lines of work."""
        self._stop: Callable[[], None] | None = None
        self._before: dict[str, str] = {}
        """What was printed until runs ended, which may go on."""

    def begin(self, run: Run) -> None:
        """Listen for a run, if there is anything to be listened to."""
        with self._lock:
            if run.run_id in self._open:
                return
            self._stop = self._stop or self.listen(self._heard)
            if self._stop is None:
                return
            text = self.new_text()
            if run.run_id in self._before:
                with contextlib.suppress(CellbookError):
                    text.write(self._store.blobs.get(self._before[run.run_id]).decode())
            self._change({**self._open, run.run_id: (run, text)})

    def ops(self, run_id: str) -> list[Op]:
        """Return what puts on record what was printed so far."""
        if run_id not in self._open:
            return []
        text = self._open[run_id][1]
        kept, cut = text.text()
        try:
            digest = self._store.blobs.put(kept.encode(), durable=False) if kept else ""
        except StoreError as error:
            self._trouble.report(error)
            return []
        if digest:
            self._before[run_id] = digest
        told: dict[str, Any] = {"stdout": digest}
        if cut:
            told["streams"] = {"stdout": text.digest()}
        return [update("slices", run_id, told)]

    def end(self, run_id: str) -> None:
        """Listen for a run no longer."""
        with self._lock:
            if run_id in self._open:
                self._change({key: one for key, one in self._open.items() if key != run_id})
                if not self._open:
                    self._end_all()

    def after_fork(self) -> None:
        """Hear nothing in a forked child: what was heard is the parent's to keep."""
        self._lock = threading.RLock()
        self._change({})
        self._end_all()

    def _end_all(self) -> None:
        stop, self._stop = self._stop, None
        if stop is not None:
            stop()

    def _change(self, runs: dict[str, tuple[Run, Text]]) -> None:
        # Whoever prints meanwhile takes no lock: these are replaced, never changed.
        self._open = runs
        flows = {run.flow for run, _ in runs.values()}
        self._all = tuple(text for _, text in runs.values()) if len(flows) < 2 else None

    def _heard(self, text: str, *_: object, **__: object) -> None:
        # Called for every print.
        try:
            texts = self._all
            for one in self._of_here() if texts is None else texts:
                one.write(text)
        except Exception as error:
            self._trouble.report(
                StoreError(f"Some of what is printed is not recorded: {one_line(error)}.")
            )

    def _of_here(self) -> Iterable[Text]:
        run = self._active()
        return [text for one, text in self._open.values() if run and one.flow == run.flow]
