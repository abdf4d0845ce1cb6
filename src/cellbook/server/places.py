"""Which folder a request means: from a contents path of the server to a place on its disk.

A path never leads out of the server's root but by a symbolic link that lies there, which
JupyterLab follows as well.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cellbook.errors import InvalidInput, NotFound
from cellbook.locating import locate

_SHARED = "RTC:"
"""What jupyter-collaboration puts before the path of a document that is edited together."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request's notebook is."""

    folder: Path | None
    """The folder in which a kernel of it works; None where the server has no folders."""
    notebook: Path | None
    """The notebook; None where the request means a folder."""

    def book(self) -> Path:
        """Return the ``.cellbook`` folder that a kernel there records into, there or not.

        Raises
        ------
        InvalidInput, StoreError
            As :func:`cellbook.locating.locate`.
        """
        return locate(None, self.folder)


def find_place(contents: Any, path: str) -> Place:
    """Return where the notebook or folder at a contents path is.

    Parameters
    ----------
    contents
        The server's contents manager.
    path
        As JupyterLab has it: below the root, with forward slashes; empty for the root itself.

    Raises
    ------
    InvalidInput
        If the path leads elsewhere, or the server keeps its notebooks elsewhere than in files.
    NotFound
        If it is hidden, and the server does not show what is.
    """
    root = getattr(contents, "root_dir", None)
    if not root or not isinstance(root, str) or not Path(root).is_dir():
        if os.environ.get("CELLBOOK_URL"):
            return Place(None, None)
        raise InvalidInput(
            f"This server keeps its notebooks elsewhere than in files ({type(contents).__name__}), "
            "so that there is no book beside them. Set CELLBOOK_URL for server and kernels."
        )
    names = _names(path)
    if any(name.startswith(".") for name in names) and not getattr(contents, "allow_hidden", False):
        raise NotFound(
            f"{path!r} is hidden. Set ContentsManager.allow_hidden for this server to show it."
        )
    place = Path(root).absolute().joinpath(*names)
    if not names or place.is_dir():
        return Place(place, None)
    return Place(place.parent, place)


def _names(path: str) -> list[str]:
    """Return the parts of a path that leads down."""
    told = path.removeprefix(_SHARED)
    names = [name for name in told.split("/") if name not in ("", ".")]
    leaves = told.startswith("/") or ".." in names or "\0" in told
    if leaves or os.path.splitdrive(told)[0] or (os.altsep and os.sep in told):
        raise InvalidInput(
            f"{path!r} is no path below the server's root. Give the notebook's path as JupyterLab "
            "shows it, with no slash before it and no `..` in it."
        )
    return names
