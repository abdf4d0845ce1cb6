"""How recording stands: for ``%cellbook status``, and for the windows that show the notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cellbook.book import Book
from cellbook.capture import CellRecorder, Flag
from cellbook.ipython.notebook import Notebook
from cellbook.records import CellState, Checkpoint
from cellbook.views.formatting import plural
from cellbook.views.timeline import cells_until


def facts(
    book: Book, notebook: Notebook, recorder: CellRecorder | None, *, paused: bool
) -> Mapping[str, str]:
    """Return what is recorded, and where, in words."""
    run = book.active_run()
    file = notebook.place.notebook
    failing = book.read_only or book.trouble.last
    state = "paused; %cellbook resume goes on" if paused else "every cell"
    return {
        "recording": f"FAILING: {failing}" if failing else state,
        "book": book.url,
        "notebook": "not told by this front end" if file is None else str(file),
        "run": "none open" if run is None else f"{run.label} ({run.experiment})",
        "recorded": f"{plural(len(book.table('runs')), 'run')}, "
        f"{plural(len(book.table('cells')), 'cell')}",
        **{
            f"◌ stale {recorder.ledger.label(key)}": "; ".join(reasons)
            for key, reasons in _stale(notebook, recorder).items()
            if recorder is not None
        },
    }


def state(
    book: Book, notebook: Notebook, recorder: CellRecorder | None, *, paused: bool, auto: bool
) -> Mapping[str, Any]:
    """Return what is recorded, for programs: the ``state`` message of :mod:`.windows`."""
    run = book.active_run()
    failing = book.read_only or str(book.trouble.last or "")
    return {
        "type": "state",
        "recording": "failing" if failing else "paused" if paused else "on",
        "why": failing,
        "book": book.url,
        "run": None
        if run is None
        else {
            "run_id": run.run_id,
            "run_number": run.number,
            "run_name": run.name,
            "experiment": run.experiment,
            "start_time": run.start_time,
        },
        "stale": {key: list(reasons) for key, reasons in _stale(notebook, recorder).items()},
        "auto": auto,
        "head": book.checkpoints.head,
    }


def restored(book: Book, recorder: CellRecorder | None, checkpoint: Checkpoint) -> None:
    """Take note of a restore: what ran after the checkpoint defines nothing any longer."""
    if recorder is None:
        return
    cells = [] if checkpoint.order is None else cells_until(book.store, checkpoint)
    ended = [cell for cell in cells if cell.state is not CellState.RUNNING]
    recorder.go_back(ended, checkpoint.execution_id)


def flags(notebook: Notebook, recorder: CellRecorder | None) -> Sequence[Flag]:
    """Return what is amiss with the state that a run begins on."""
    if recorder is None:
        return ()
    document = notebook.document()
    if document is None:
        return recorder.ledger.flags()
    return recorder.ledger.flags(document.order, document.hashes)


def _stale(notebook: Notebook, recorder: CellRecorder | None) -> Mapping[str, tuple[str, ...]]:
    """Return the cells that are stale now, and why; edits are seen as far as the cells are."""
    if recorder is None:
        return {}
    document = notebook.document()
    return recorder.ledger.stale(hashes=None if document is None else document.hashes)
