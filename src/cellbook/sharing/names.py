"""Names of files in an archive that are safe wherever it is unpacked, whatever they are made of."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

_ODD = re.compile(r'[<>:"|?*\\/]')
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{name}{digit}" for name in ("com", "lpt") for digit in "0123456789¹²³"}
)
"""What Windows takes for devices, whatever the ending."""
_PART = 120
"""Bytes of one part of a path; with many parts, and a folder to unpack into, it is to fit."""
_ENDING = 20


def safe_part(text: str) -> str:
    """Return text as the name of a file or folder on any system."""
    return _shortened(_meant_alike(text)) or "_"


def is_safe_part(text: str) -> bool:
    """Whether text is the name of one and the same file or folder on any system."""
    return bool(text) and _meant_alike(text) == text


def _meant_alike(text: str) -> str:
    """Return text without what some system takes for something else, or passes over."""
    plain = unicodedata.normalize("NFC", text)
    plain = "".join(one if one.isprintable() else "_" for one in _ODD.sub("_", plain))
    plain = plain.strip().rstrip(". ")
    if plain.startswith(("~", "-")):
        plain = f"_{plain[1:]}"
    if plain.partition(".")[0].rstrip().lower() in _RESERVED:
        plain = f"_{plain}"
    return plain


def _shortened(text: str) -> str:
    if len(text.encode()) <= _PART:
        return text
    ending = PurePosixPath(text).suffix
    ending = ending if len(ending.encode()) <= _ENDING else ""
    room = _PART - len(ending.encode())
    return text.encode()[:room].decode(errors="ignore").rstrip(". ") + ending


class Names:
    """The paths of an archive: no two are one where upper and lower case are, and none is both a
    file and a folder."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def take(self, *parts: str) -> str:
        """Return a path for a file that is called so, made of safe parts.

        Each of `parts` may hold slashes; ``.`` and ``..`` lead nowhere.
        """
        whole = [part for text in parts for part in text.split("/") if part not in ("", ".")]
        safe = [safe_part(part) for part in whole] or ["_"]
        for number in range(1, len(self._files) + 3):
            path = self._path(safe, number)
            if self._is_free(path):
                self._files.add(folded(path))
                self._folders.update(folded(str(one)) for one in PurePosixPath(path).parents)
                return path
        raise AssertionError("there are more names than files")

    @staticmethod
    def _path(safe: list[str], number: int) -> str:
        if number == 1:
            return "/".join(safe)
        last = PurePosixPath(safe[-1])
        return "/".join([*safe[:-1], f"{last.stem}~{number}{last.suffix}"])

    def _is_free(self, path: str) -> bool:
        name = folded(path)
        above = {folded(str(one)) for one in PurePosixPath(path).parents}
        return not (name in self._files or name in self._folders or above & self._files)


def folded(path: str) -> str:
    """Return what is the same for all paths that some system takes for one."""
    return unicodedata.normalize("NFC", path).casefold()
