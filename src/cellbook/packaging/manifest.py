"""The list of what a bundle holds, by digest; what is not as it says is refused.

``digests.json`` names each file with its bytes' SHA-256, and, where bytes differ from process to
process though they say the same (pickles), the digest of what they say.  The bundle's digest is
that of all paths with the digest that counts: equal for equal inputs, whoever saves them, whenever
and wherever.  Wheels that a bundle carries are on the list, but no part of that digest.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cellbook.errors import InvalidBundle
from cellbook.packaging.pickles import PickleContent, read_pickle

FILE = "digests.json"
SIGNATURE_FILE = "model.sig"
"""Made after the list was, of all that is on it."""
WHEELS = "wheels"

_FORMAT = "cellbook-bundle-1"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One file."""

    path: str
    """Below the bundle, with slashes."""
    size: int
    sha256: str
    """Of its bytes."""
    content: str = ""
    """Of what it says, where that is what counts; ``pickle:`` and a SHA-256."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """All files of a bundle."""

    entries: tuple[Entry, ...]

    @property
    def digest(self) -> str:
        """What two bundles of equal content share, and no others."""
        counted = [
            [entry.path, entry.content or f"sha256:{entry.sha256}"]
            for entry in self.entries
            if not entry.path.startswith(f"{WHEELS}/")
        ]
        text = json.dumps(counted, ensure_ascii=True, separators=(",", ":"))
        return f"{_FORMAT}:{hashlib.sha256(text.encode()).hexdigest()}"

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.entries)


def make_manifest(folder: Path, canonical: Mapping[str, str]) -> Manifest:
    """List what lies in a folder.

    Parameters
    ----------
    folder
        The bundle.
    canonical
        By path, the digest of what a pickle says.
    """
    entries = []
    for path, file in _files(folder):
        content = f"pickle:{canonical[path]}" if path in canonical else ""
        entries.append(Entry(path, file.stat().st_size, hash_file(file), content))
    return Manifest(tuple(entries))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the list into the bundle."""
    files = [
        {
            "path": entry.path,
            "size": entry.size,
            "sha256": entry.sha256,
            **({"content": entry.content} if entry.content else {}),
        }
        for entry in manifest.entries
    ]
    doc = {"format": _FORMAT, "digest": manifest.digest, "files": files}
    (folder / FILE).write_text(json.dumps(doc, indent=1) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Return the list of a bundle, unchecked.

    Raises
    ------
    InvalidBundle
        If there is none, or one that cannot be read.
    """
    try:
        doc = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if doc["format"] != _FORMAT:
            raise InvalidBundle(
                f"{folder.name} is a bundle of the format {doc['format']!r:.60}. A newer Cellbook "
                "reads it."
            )
        manifest = Manifest(tuple(_entry(one) for one in doc["files"]))
        if doc["digest"] != manifest.digest:
            raise InvalidBundle(
                f"{FILE} of {folder.name} has been changed. Get the bundle once more."
            )
    except (FileNotFoundError, NotADirectoryError):
        if not folder.exists():
            raise InvalidBundle(f"There is no bundle at {folder}, nor anything else.") from None
        raise InvalidBundle(
            f"{folder} is no bundle: it has no {FILE}. save_bundle makes one."
        ) from None
    except (OSError, ArithmeticError, ValueError, TypeError, KeyError, RecursionError) as error:
        if isinstance(error, InvalidBundle):
            raise
        raise InvalidBundle(
            f"{FILE} of {folder.name} is damaged. Get the bundle once more."
        ) from None
    return manifest


def verify(
    folder: Path, manifest: Manifest, read: Callable[[Path, str], str] | None = None
) -> dict[str, PickleContent]:
    """Compare a bundle, byte by byte, with its list; return what its pickles say, by path.

    Parameters
    ----------
    folder, manifest
        The bundle, and what it should hold.
    read
        Given a file and the SHA-256 that it should have, reads it and returns the one that it
        has: who keeps the bytes elsewhere need not read them twice.  None hashes them.

    Raises
    ------
    InvalidBundle
        If a file is missing, changed, not on the list, or a link.
    """
    there = dict(_files(folder))
    known = {entry.path: entry for entry in manifest.entries}
    if missing := sorted(known.keys() - there.keys()):
        raise InvalidBundle(f"The bundle lacks {_few(missing)}. Get it once more.")
    if extra := sorted(there.keys() - known.keys()):
        raise InvalidBundle(
            f"The bundle holds {_few(extra)}, which its list does not know. Do not use it, or take "
            "that away."
        )
    pickles = {}
    for path, entry in known.items():
        file = there[path]
        digest = entry.sha256
        if file.stat().st_size != entry.size or digest != (
            read(file, digest) if read else hash_file(file)
        ):
            raise InvalidBundle(f"{path} is not what it was. Get the bundle once more.")
        if path.endswith(".pkl"):
            with file.open("rb") as opened:
                pickles[path] = read_pickle(opened)
            if entry.content != f"pickle:{pickles[path].digest}":
                raise InvalidBundle(f"{path} says something else than its list. Do not use it.")
        elif entry.content:
            raise InvalidBundle(f"{path} is no pickle, though its list says so. Do not use it.")
    return pickles


def hash_file(file: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _entry(doc: Mapping[str, Any]) -> Entry:
    return Entry(
        str(doc["path"]), int(doc["size"]), str(doc["sha256"]), str(doc.get("content", ""))
    )


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield files by their path below the bundle, in one order everywhere."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in (*folders, *names):
            file = Path(parent, name)
            mode = file.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise InvalidBundle(
                    f"{file.relative_to(folder).as_posix()} is a link or a device. A bundle holds "
                    "files only; do not use it."
                )
            if stat.S_ISREG(mode):
                found.append((file.relative_to(folder).as_posix(), file))
    return iter(sorted(pair for pair in found if pair[0] not in (FILE, SIGNATURE_FILE)))


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
