"""Where a book lies, and how records name files beside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cellbook.errors import CellbookError, InvalidInput, StoreError
from cellbook.views.formatting import shorten

FOLDER = ".cellbook"


def notebook_name(notebook: Path, folder: Path) -> str:
    """Return a notebook as records name it: relative to the book's folder where it lies below it.

    Either may be given by way of symbolic links.  Where the notebook itself is one, it is the link
    that has the name.
    """
    place, home = notebook.parent.resolve() / notebook.name, folder.resolve()
    return (place.relative_to(home) if place.is_relative_to(home) else place).as_posix()


def locate(url: str | os.PathLike[str] | None = None, start: Path | None = None) -> Path:
    """Return the ``.cellbook`` folder that a URL, or the absence of one, means.

    `start` is the folder to look from when nothing is said; None means the working folder.
    """
    chosen = os.environ.get("CELLBOOK_URL") if url is None else os.fspath(url)
    try:
        return _root_of(chosen) if chosen else _nearest(start or Path.cwd())
    except CellbookError:
        raise
    except FileNotFoundError:
        raise StoreError(
            "The working folder is no longer there. Change to another one, or name the book by an "
            "absolute path: CELLBOOK_URL, cb.open or --book."
        ) from None
    except (OSError, RuntimeError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
        raise InvalidInput(
            f"No book can be at {shorten(repr(chosen or start), 80)} ({why}). Give a folder."
        ) from None


def _nearest(start: Path) -> Path:
    folder = start.resolve()
    for parent in (folder, *folder.parents):
        if (parent / FOLDER / "format.json").exists():
            return parent / FOLDER
    return folder / FOLDER


def script_name(folder: Path) -> str | None:
    """Return the script this process runs, relative to `folder` where it lies below it."""
    name = getattr(sys.modules.get("__main__"), "__file__", None)
    if not name:
        return None
    path = Path(name).absolute()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _root_of(url: str) -> Path:
    if "\0" in url:
        raise ValueError("no path holds a NUL")
    scheme = urlsplit(url).scheme
    if scheme == "file":
        path = Path(unquote(urlsplit(url).path))
    elif len(scheme) > 1 and "://" in url:
        raise InvalidInput(
            f"A book cannot be opened at {scheme}:// by this version. Give a folder."
        )
    else:
        path = Path(url)
    path = path.expanduser().absolute()
    if path.name == FOLDER or (path / "format.json").exists():
        return path
    return path / FOLDER
