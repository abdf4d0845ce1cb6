"""The result of every encoder, and the rules for an artifact's path and media type."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath

from cellbook.errors import InvalidInput
from cellbook.records import Json, as_step, check_name

PART_LIMIT = 255
"""Longest part of a path, in UTF-8 bytes: what common file systems take."""

PATH_LIMIT = 1_024
"""Longest path, in UTF-8 bytes: what object stores take as a key."""

_NAME_LIMIT = 200  # leaves room within PART_LIMIT for an extension and a prefix
_UNKNOWN = "application/octet-stream"
_BIDI = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_UNPORTABLE = frozenset('%/\\:*?"<>|')
# Ahead of the standard library's table, which differs between versions of Python.
_MEDIA_TYPES = {
    ".7z": "application/x-7z-compressed",
    ".aac": "audio/aac",
    ".arrow": "application/vnd.apache.arrow.file",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".bz2": "application/x-bzip2",
    ".cfg": "text/plain",
    ".csv": "text/csv",
    ".feather": "application/vnd.apache.arrow.file",
    ".flac": "audio/flac",
    ".gif": "image/gif",
    ".gz": "application/gzip",
    ".htm": "text/html",
    ".html": "text/html",
    ".ini": "text/plain",
    ".ipynb": "application/x-ipynb+json",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".log": "text/plain",
    ".m4a": "audio/mp4",
    ".md": "text/markdown",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".parquet": "application/vnd.apache.parquet",
    ".patch": "text/x-diff",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".r": "text/plain",
    ".rst": "text/x-rst",
    ".sql": "application/sql",
    ".svg": "image/svg+xml",
    ".tgz": "application/gzip",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".toml": "application/toml",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".xml": "application/xml",
    ".xz": "application/x-xz",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".zip": "application/zip",
    ".zst": "application/zstd",
}


@dataclass(frozen=True, slots=True)
class Encoded:
    """An object as the bytes of a file."""

    data: bytes
    media_type: str
    kind: str
    """As in :class:`cellbook.records.Artifact`."""
    path: str
    """Place among a run's artifacts, with an extension."""
    meta: dict[str, Json] = field(default_factory=dict)
    """What a listing shows without reading the bytes: sizes, a title, column names."""


def artifact_path(path: object) -> str:
    """Return `path` as it names an artifact: relative, with forward slashes, in Unicode form NFC.

    Empty parts and ``.`` are dropped; backslashes become slashes.

    Raises
    ------
    InvalidInput
        If it is no path, empty, absolute, an address, leaves the folder (``..``), holds characters
        that cannot be seen, or is too long to be a file elsewhere.
    """
    raw = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if not isinstance(raw, str):
        raise InvalidInput(
            f"The path of an artifact is a {type(path).__name__}. "
            "Give it as text, such as 'plots/roc.png'."
        )
    text = unicodedata.normalize("NFC", raw).replace("\\", "/")
    shown = ascii(text if len(text) <= 80 else text[:79] + "…")
    if not text.isprintable() and any(_is_unseen(character) for character in text):
        raise InvalidInput(
            f"The path {shown} of an artifact holds a control character, a line break or another "
            "character that cannot be seen. Use printable characters, such as 'plots/roc.png'."
        )
    # A drive may also stand behind what is dropped: "./C:x".
    if text.startswith("/") or re.match(r"[./]*[A-Za-z]:", text) or "://" in text:
        raise InvalidInput(
            f"The path {shown} of an artifact is absolute or an address. "
            "Give its place below the run's artifacts, such as 'plots/roc.png'."
        )
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if not parts:
        raise InvalidInput(f"The path {shown} of an artifact is empty. Give one: 'plots/roc.png'.")
    for part in parts:
        # Some systems drop dots and spaces at a name's end, so ".. " would lead upwards there.
        if not part.strip(" ."):
            raise InvalidInput(
                f"The path {shown} of an artifact has the part {part!r}, which names no file. "
                "Give a place below the run's artifacts, such as 'plots/roc.png'."
            )
        if len(part.encode()) > PART_LIMIT:
            raise InvalidInput(
                f"The path {shown} of an artifact has a part of {len(part.encode())} bytes; "
                f"file systems take at most {PART_LIMIT}. Shorten it."
            )
    place = "/".join(parts)
    if len(place.encode()) > PATH_LIMIT:
        raise InvalidInput(
            f"The path {shown} of an artifact has {len(place.encode()):,} bytes; "
            f"at most {PATH_LIMIT:,} can be kept. Shorten it."
        )
    return place


def file_name(key: str) -> str:
    """Turn any name, such as a param's, into one that a file may have; different names stay apart.

    Characters with a meaning in paths are percent-encoded; a long name is cut and given the start
    of its digest.
    """
    text = unicodedata.normalize("NFC", key)
    last = len(text) - 1
    name = "".join(
        _percent(character)
        if character in _UNPORTABLE
        or (character == "." and position in (0, last))
        or (character == " " and position == last)
        or _is_unseen(character)
        else character
        for position, character in enumerate(text)
    )
    if len(name.encode()) > _NAME_LIMIT:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        name = f"{name.encode()[: _NAME_LIMIT - 13].decode('utf-8', 'ignore')}-{digest}"
    return name or "_"


def keyed_path(folder: str, key: object, step: object, extension: str) -> str:
    """Return where one of a series of artifacts lies: ``images/val/pred/00000012.png``.

    Slashes in `key` make folders; the step, if there is one, is padded so that names sort.
    """
    name = check_name(key, f"member of {folder}")
    parts = [file_name(part) for part in name.split("/") if part.strip()] or ["_"]
    stem = "/".join([folder, *parts])
    if step is not None:
        stem = f"{stem}/{as_step(step, name):08d}"
    return artifact_path(stem + extension)


def with_extension(
    artifact_file: object, default: str, known: Sequence[str], what: str
) -> tuple[str, str]:
    """Return the path of an artifact, with an extension, and that extension in lower case.

    An ending that is no file type, as in ``acc_0.95``, is part of the name: `default` is added.

    Parameters
    ----------
    artifact_file
        The path as the user gave it.
    default
        The extension for a path without one, such as ``.png``.
    known
        Every extension that can be written.
    what
        What is written, as the start of a sentence: ``A table``.

    Raises
    ------
    InvalidInput
        If the path cannot stand, or its extension is a file type not among `known`.
    """
    path = artifact_path(artifact_file)
    if str(artifact_file).endswith(("/", "\\")):
        raise InvalidInput(
            f"The path {str(artifact_file)!r} names a folder. Add a file's name: "
            f"{path + '/name' + default!r}."
        )
    extension = PurePosixPath(path).suffix.lower()
    if extension in known:
        return path, extension
    if media_type_of(path) != _UNKNOWN:
        raise InvalidInput(
            f"{what} cannot be written as {extension} ({path!r}). "
            f"End the name in {' or '.join(known)}."
        )
    return artifact_path(path + default), default


def media_type_of(path: str) -> str:
    """Return the media type that a path's extension stands for, the same on every machine.

    A compressed file is what it is compressed with; ``application/octet-stream`` is anything else.
    """
    extension = PurePosixPath(path).suffix.lower()
    return _MEDIA_TYPES.get(extension) or _standard_types().get(extension, _UNKNOWN)


def read_file(path: str | os.PathLike[str], what: str) -> bytes:
    """Read a file that the user names.

    Raises
    ------
    InvalidInput
        If it cannot be read.
    """
    try:
        return Path(path).expanduser().read_bytes()
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(
            f"{what} {str(path)[:200]!r} could not be read ({reason}; looked in {Path.cwd()}). "
            "Give the path of a file, or the data itself."
        ) from error


@cache
def _standard_types() -> dict[str, str]:
    import mimetypes  # noqa: PLC0415 - takes longer to import than a whole call of start_run

    # A table of our own: the shared one also holds what this machine's system files say.
    return mimetypes.MimeTypes().types_map[True]


def _is_unseen(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in _BIDI
    )


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
