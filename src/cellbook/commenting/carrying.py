"""Notebooks that carry threads: ``metadata.cellbook.comments`` of an .ipynb, read and written.

Of the file nothing else changes, not a byte: it is not read and written anew as a whole, but the
one member of its metadata is put in, replaced or cut out.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any

from cellbook.errors import InvalidInput, NotFound, StoreWriteError

PATH = ("metadata", "cellbook", "comments")
"""Where a notebook carries them."""

_LARGEST = 256 * 2**20
"""Bytes of a notebook that is looked into."""
_DECODER = json.JSONDecoder()
_BLANK = " \t\r\n"


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of an object, in the text of it."""

    key: str
    start: int
    """Of its key."""
    value: int
    end: int


def carried(notebook: Path) -> Any:
    """Return what a notebook carries; None where that is nothing.

    Raises
    ------
    NotFound
        If there is no such file.
    InvalidInput
        If it is no notebook.
    """
    content = _read(notebook)
    if not _looks_laden(content):
        return None
    found = _document(content, notebook)
    for name in PATH:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def carries(notebook: Path) -> bool:
    """Whether it looks as if a notebook carried something: quick, and never wrong in its no."""
    try:
        return _looks_laden(_read(notebook))
    except (NotFound, InvalidInput):
        return False


def carry(notebook: Path, comments: Any) -> bool:
    """Let a notebook carry comments, or with None no more; return whether it changed.

    The file is replaced as a whole, so that nobody ever reads half of it.

    Raises
    ------
    NotFound, InvalidInput
        As :func:`carried`.
    StoreWriteError
        If it cannot be written, or somebody wrote it at the same moment.
    """
    place = notebook.resolve()
    mark = _mark(place)
    content = _read(place)
    _document(content, notebook)
    try:
        text = content.decode("utf-8")
        fresh = put_member(text, PATH, comments).encode("utf-8")
    except (ValueError, RecursionError):
        raise _no_notebook(notebook) from None
    if fresh == content:
        return False
    part = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        with part.open("xb") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(place, part)
        if _mark(place) != mark:
            raise StoreWriteError(f"{notebook} was saved at the same moment. Do that again.")
        part.replace(place)
    except OSError as error:
        raise StoreWriteError(
            f"{notebook} cannot be written ({error.strerror or error}). It is as it was."
        ) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return True


def put_member(text: str, path: Sequence[str], value: Any) -> str:
    """Return JSON with a member put in deep within its objects; with None, without it.

    Objects on the way are made where they are missing, and go where they become empty by it.
    Whatever else there is keeps its every byte.

    Raises
    ------
    ValueError
        If the text is no JSON object, or something on the way is none.
    """
    start = _skip(text, 0)
    name, rest = path[0], path[1:]
    if text[start : start + 1] != "{":
        raise ValueError("no object")
    members = list(_members(text, start))
    there = next((one for one in members if one.key == name), None)
    if rest and there is not None:
        inner = text[there.value : there.end]
        if inner[:1] != "{":
            raise ValueError(f"{name} is no object")
        fresh = put_member(inner, rest, value)
        if fresh == inner:
            return text
        if value is not None or next(_members(fresh, 0), None) is not None or name == PATH[0]:
            return text[: there.value] + fresh + text[there.end :]
        return _cut(text, members, there)
    if value is None:
        return text if there is None else _cut(text, members, there)
    for key in reversed(rest):
        value = {key: value}
    if there is not None:
        own = text[text.rfind("\n", 0, there.start) + 1 : there.start]
        written = _written(text, value, own if not own.strip() else "")
        return text[: there.value] + written + text[there.end :]
    return _added(text, start, members, name, value)


def _added(text: str, start: int, members: Sequence[_Member], name: str, value: Any) -> str:
    """Return the text of an object with a member more, set as the others are."""
    if members:
        before = text[start + 1 : members[0].start]
        at, lead = members[-1].end, ","
    else:
        end = text.index("}", start)
        outer = text[text.rfind("\n", 0, start) + 1 : start]
        outer = outer[: len(outer) - len(outer.lstrip(_BLANK))]
        before = f"\n{outer} " if "\n" in text else ""
        at, lead = start + 1, ""
        text = text[:at] + (f"\n{outer}" if before else "") + text[end:]
    gap = before if before or not members else " "
    indent = before.rpartition("\n")[2] if "\n" in before else ""
    key = json.dumps(name) + ": "
    return text[:at] + lead + gap + key + _written(text, value, indent) + text[at:]


def _written(text: str, value: Any, indent: str) -> str:
    """Return a value as JSON whose lines, if it has any, begin with `indent`."""
    if "\n" not in text and not indent:
        return json.dumps(value, ensure_ascii=False)
    lines = json.dumps(value, ensure_ascii=False, indent=1).split("\n")
    return ("\r\n" if "\r\n" in text else "\n").join(
        [lines[0], *(indent + one for one in lines[1:])]
    )


def _cut(text: str, members: Sequence[_Member], gone: _Member) -> str:
    place = members.index(gone)
    if len(members) == 1:
        return text[: text.rindex("{", 0, gone.start) + 1] + text[text.index("}", gone.end) :]
    if place:
        return text[: members[place - 1].end] + text[gone.end :]
    return text[: gone.start] + text[members[1].start :]


def _looks_laden(content: bytes) -> bool:
    """Tell a notebook without from one that may have some in a fraction of the time of JSON."""
    return b'"cellbook"' in content and b'"comments"' in content


def _members(text: str, start: int) -> Iterator[_Member]:
    at = _skip(text, start + 1)
    while text[at : at + 1] == '"':
        key, after = scanstring(text, at + 1, True)
        value = _skip(text, _skip(text, after) + 1)
        _, end = _DECODER.raw_decode(text, value)
        yield _Member(key, at, value, end)
        at = _skip(text, end)
        if text[at : at + 1] != ",":
            return
        at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _mark(place: Path) -> tuple[int, int, int]:
    try:
        found = place.stat()
    except OSError:
        raise NotFound(f"There is no notebook {place}. Save it first.") from None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _read(notebook: Path) -> bytes:
    try:
        found = notebook.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            raise _no_notebook(notebook)
        return notebook.read_bytes()
    except OSError:
        raise NotFound(f"There is no notebook {notebook} to be read. Save it first.") from None


def _document(content: bytes, notebook: Path) -> Any:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list):
        raise _no_notebook(notebook)
    return found


def _no_notebook(notebook: Path) -> InvalidInput:
    return InvalidInput(f"{notebook} is no notebook of nbformat 4. Open and save it in Jupyter.")
