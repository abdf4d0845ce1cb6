"""What a notebook carries, taken over into the book: as it is opened, or where a person asks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook.commenting import Merged, carried, merge, unpack
from cellbook.errors import InvalidInput, NotFound, StoreError
from cellbook.views.formatting import plural

if TYPE_CHECKING:
    from cellbook.book import Book

_MOST = 256
"""Notebooks of which is known that nothing new is in them."""
_looked: OrderedDict[tuple[str, str], tuple[Any, str]] = OrderedDict()
_lock = threading.Lock()


def take_over(book: Book, file: Path, notebook: str, *, asked: bool = False) -> Merged:
    """Merge what a notebook carries into the book.

    Parameters
    ----------
    book
        The book.
    file
        The notebook.
    notebook
        As the book's records name it.
    asked
        Whether a person asked for it; see :func:`cellbook.commenting.merge`.

    Raises
    ------
    NotFound, InvalidInput
        If it is no notebook, or what it carries cannot be read: nothing is taken then.
    StoreError
        If the book cannot be written.
    """
    told = carried(file)
    if told is None:
        return Merged()
    given = unpack(told, file.name)
    return merge(book.store, given, source=file.name, notebook=notebook, asked=asked)


def look_over(book: Book, notebook: str | None) -> str:
    """Take over what a notebook carries, as it is opened; return what is to be said of it.

    A notebook is looked into again when it was saved anew.  Nothing fails by it: what cannot be
    read is said.
    """
    if not notebook or book.read_only:
        return ""
    file = file_of(book, notebook)
    try:
        found = file.stat()
    except OSError:
        return ""
    key, mark = (book.url, notebook), (found.st_ino, found.st_mtime_ns, found.st_size)
    with _lock:
        known = _looked.get(key)
        if known is not None and known[0] == mark:
            _looked.move_to_end(key)
            return known[1]
    said = ""
    try:
        told = carried(file)
        if told is not None:
            given = unpack(told, file.name)
            done = merge(book.store, given, source=file.name, notebook=notebook)
            said = told_of(done, file.name)
    except InvalidInput as error:
        # What is no notebook at all, others say.
        said = str(error) if str(error).startswith("The comments") else ""
    except (NotFound, StoreError):
        return ""
    with _lock:
        _looked[key] = (mark, said)
        while len(_looked) > _MOST:
            _looked.popitem(last=False)
    return said


def told_of(done: Merged, source: str) -> str:
    """Return what a merge came to, in one line; empty where it changed nothing."""
    parts = []
    if done.threads or done.comments:
        parts.append(f"{plural(done.threads, 'thread')} and {plural(done.comments, 'comment')} new")
    if done.changed:
        parts.append(f"{done.changed} changed")
    said = f"Comments in {source}: {', '.join(parts)}." if parts else ""
    if done.left_out:
        said = (
            f"{said} {plural(done.left_out, 'change')} of what was written in this book "
            f"{'was' if done.left_out == 1 else 'were'} left out ({_left(done)}); "
            f"`cellbook comments read {source}` takes them."
        ).strip()
    return said


def _left(done: Merged) -> str:
    return ", ".join(f"{what} {count}×" if count > 1 else what for what, count in done.left.items())


def file_of(book: Book, notebook: str) -> Path:
    """Return the file of a notebook that records name."""
    return book.folder / notebook
