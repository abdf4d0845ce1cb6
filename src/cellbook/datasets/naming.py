"""What a place is, by the look of it, and what the data there is called."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit


def is_url(place: str) -> bool:
    """Whether a place is a URL of another machine."""
    scheme = urlsplit(place).scheme
    return "://" in place and len(scheme) > 1 and scheme != "file"


def local(place: str | os.PathLike[str]) -> str:
    """Return a path or ``file://`` URL as a path."""
    text = os.fspath(place)
    if text.startswith("file://"):
        return unquote(urlsplit(text).path)
    return str(Path(text).expanduser())


def fixed_part(pattern: str | Path) -> Path:
    """Return the folder that the files of a glob lie below."""
    fixed = Path(pattern)
    while glob.has_magic(str(fixed)):
        fixed = fixed.parent
    return fixed


def full_name(place: str | os.PathLike[str], name: str) -> str:
    """Return another name than :func:`default_name`'s, for where that is other data's:
    ``digits.csv``, ``digits-files`` of a folder or a glob."""
    text = os.fspath(place)
    path = Path(urlsplit(text).path if "://" in text else text)
    is_one = path.name != name and not glob.has_magic(text) and not path.is_dir()
    return path.name if is_one else f"{name}-files"


def default_name(place: str | os.PathLike[str]) -> str:
    """Return what the data of a place is called where nobody says: ``digits`` of
    ``data/digits.csv``."""
    text = os.fspath(place)
    path = Path(urlsplit(text).path if "://" in text else text)
    while glob.has_magic(path.name) and path.parent != path:
        path = path.parent
    # Of a folder, which may have dots in its name, the whole.
    return path.resolve().name if path.is_dir() else path.name.partition(".")[0] or path.name
