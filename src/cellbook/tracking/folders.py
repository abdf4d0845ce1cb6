"""The files below a folder of the user's."""

from __future__ import annotations

import os
from pathlib import Path


def files_below(folder: Path, *, but: Path) -> list[Path]:
    """Return the files below a folder, sorted; what lies in a book is none of them.

    Parameters
    ----------
    folder
        Where to look; links to other folders are not followed.
    but
        A book, whatever its name; other folders named ``.cellbook`` are taken for books.
    """
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [
            name for name in folders if name != ".cellbook" and not _is_same(Path(place, name), but)
        ]
        found += [path for name in files if (path := Path(place, name)).is_file()]
    return sorted(found)


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.name == other.name and one.samefile(other)
    except OSError:
        return False
