"""Notebooks and their cells as somebody names them: which there are, beside the book."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tinydb import where

from cellbook.commenting import Cells
from cellbook.errors import InvalidInput, NotFound
from cellbook.views.hints import nearest
from cellbook.views.notebook_cells import saved_cells
from cellbook.views.thread_anchors import notebooks_in

if TYPE_CHECKING:
    from cellbook.book import Book

_MOST = 100
"""Notebooks in the book's folder that are looked into for a cell that no kernel knows."""


def cells_now(book: Book, notebook: str) -> Cells | None:
    """Return the cells of a notebook, by the name that records have for it; None if none are known.

    Of the one at hand they are those that it has now, of another those that it had when saved.
    """
    if not notebook:
        return None
    at_hand = book.shown_cells() if notebook == book.runs.sessions.notebook else None
    return saved_cells(book.folder / notebook) if at_hand is None else at_hand


def find_notebook(book: Book, name: str, notebook: str) -> str:
    """Return a notebook as records name it.

    Parameters
    ----------
    book
        The book beside which it is.
    name
        Its file: relative to the book's folder, to that of `notebook`, or absolute.
    notebook
        The notebook in which it is named; empty for none.

    Raises
    ------
    NotFound
        If there is none; the nearest name is told.
    InvalidInput
        If it lies elsewhere.
    """
    home = Path(os.path.normpath(book.folder.absolute()))
    if name == notebook or _is_discussed(book, name):
        return name
    for base in (home, (home / notebook).parent):
        # Not resolved: a link that lies in the folder is a notebook of the book.
        file = Path(os.path.normpath(base / name))
        if file.suffix == ".ipynb" and name.isprintable() and file.is_file():
            if home not in file.parents:
                raise InvalidInput(
                    f"{name!r} lies outside of the book's folder {home}. Comment on it from the "
                    "book beside it."
                )
            return file.relative_to(home).as_posix()
    known = notebooks_in(book.store)
    if name in known:
        return name
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise InvalidInput(f"{name!r} is no notebook in the book's folder {home}. Name one there.")
    near = nearest(name, [*known, *notebook_files(book)])
    raise NotFound(
        f"There is no notebook {name!r} in {home}. "
        + (f"Did you mean notebook:{near}?" if near else "Name the file, such as work.ipynb.")
    )


def find_cell(book: Book, cell_id: str, notebook: str) -> str:
    """Return the notebook that a cell is in, as records name it; empty where only that is unknown.

    Parameters
    ----------
    book
        The book beside which it is.
    cell_id
        Its id.
    notebook
        The notebook in which it is named, which is looked into first.

    Raises
    ------
    NotFound
        If no notebook has such a cell, none ran and none was discussed; the nearest id is told.
    """
    ids: list[str] = []
    for name in dict.fromkeys([notebook, *notebooks_in(book.store), *notebook_files(book)]):
        cells = cells_now(book, name)
        if cells is not None and cell_id in cells:
            return name
        ids += cells.by_id if cells is not None else ()
    for table, field in (("threads", where("anchor").cell_id), ("cells", where("cell_id"))):
        for _, _, doc in book.store.select(table, field == cell_id, limit=1):
            session = book.store.get("sessions", doc.get("session", "")) or {}
            return str((doc.get("anchor") or session).get("notebook") or notebook)
    near = nearest(cell_id, ids)
    raise NotFound(
        f"No notebook of this book has a cell {cell_id!r}. "
        + (f"Did you mean cell:{near}?" if near else "Save the notebook first if it is new.")
    )


def _is_discussed(book: Book, notebook: str) -> bool:
    asked = where("anchor").notebook == notebook
    return next(book.store.select("threads", asked, limit=1), None) is not None


def notebook_files(book: Book) -> list[str]:
    """Return the names of notebooks that lie in the book's folder, or just below it."""
    home = book.folder

    def found() -> Iterator[Path]:
        for pattern in ("*.ipynb", "*/*.ipynb"):
            yield from sorted(home.glob(pattern))

    named = (one for one in found() if ".ipynb_checkpoints" not in one.parts)
    return [one.relative_to(home).as_posix() for one in itertools.islice(named, _MOST)]
