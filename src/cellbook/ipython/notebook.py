"""The notebook that a shell runs: its file, what it holds, and the windows that show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cellbook.checkpointing import DocumentSource
from cellbook.commenting import CellNow, Cells
from cellbook.ipython.document import Document, SavedDocument
from cellbook.ipython.front_end import Place, find_place
from cellbook.ipython.windows import Windows
from cellbook.views.notebook_cells import saved_cells


class Notebook:
    """Follows the notebook of one shell, as far as the front end tells.

    Attributes
    ----------
    place
        Where it is.
    window
        The window that runs the cell under way; None where none has said so.
    """

    def __init__(self, shell: Any, windows: Windows) -> None:
        self.shell = shell
        self.place: Place = find_place(shell)
        self.window: str | None = None
        self._windows = windows
        self._saved = SavedDocument()

    def look_around(self, cell: str | None) -> bool:
        """Notice, as a cell begins, who runs it and where the notebook is now: whether that is new.

        JupyterLab's windows tell its path; so does VS Code, in the namespace.
        """
        self.window = self._windows.begin_cell(cell)
        shown = self._windows.shown(cell)
        told = self.shell.user_ns.get("__vsc_ipynb_file__") if shown is None else shown.path
        if not told or Path(told) == self.place.notebook:
            return False
        if shown is None or shown.path is None:
            self.place = find_place(self.shell)
        else:
            self.place = Place(shown.path, shown.path.parent)
        return True

    def note(self, cell: str | None, source: str) -> None:
        """Take note of the source that a cell has as it runs."""
        self._saved.note(cell, source)

    def document(self, cell: str | None = None) -> Document | None:
        """Return what the notebook holds now: as a window shows it, else as it was saved.

        `cell` is one that is in it, where that is known.
        """
        shown = self._windows.shown(cell)
        return self._saved.latest(self.place.notebook) if shown is None else shown.document

    def cells(self, cell: str | None = None) -> Cells | None:
        """Return the cells that it holds now, of text as well as of code; None if nobody tells.

        They are those that a window shows; else those of the file, and what ran since it was
        saved.  `cell` is as for :meth:`document`.
        """
        file = self.place.notebook
        saved = None if file is None else saved_cells(file)
        shown = self._windows.shown(cell)
        if shown is not None:
            told = shown.document.everything
        elif file is None or saved is None:
            return None
        else:
            newer = self._saved.ran_since(_saved_at(file))
            told = {**{one.cell_id: one.source_hash for one in saved.all}, **newer}
        return Cells(_cell(one, digest, saved) for one, digest in told.items())

    def source(self) -> DocumentSource:
        """Return where a checkpoint finds the document of now."""
        shown = self._windows.shown()
        digest = "" if shown is None else shown.digest
        return DocumentSource(self.place.notebook, digest, self._windows.ran)


def _saved_at(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _cell(cell_id: str, digest: str, saved: Cells | None) -> CellNow:
    """Return a cell, with its source where the file has the very same one."""
    there = saved.by_id.get(cell_id) if saved is not None else None
    same = there is not None and there.source_hash == digest
    return there if there is not None and same else CellNow(cell_id, digest)
