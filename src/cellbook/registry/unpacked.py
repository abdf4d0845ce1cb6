"""Versions written out as folders, for who loads them again and again: endpoints, and what scores.

They lie in the book's cache, each in a folder called by its digest: the same content once, whatever
it is called.  There is no end of contents, so those that were not used lately go when others come,
and all that nobody uses goes with ``cellbook gc``.  What is gone is written out anew when it is
asked for.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from cellbook.errors import CellbookError, InvalidInput
from cellbook.packaging import open_bundle
from cellbook.packaging.manifest import FILE
from cellbook.records import ModelVersion
from cellbook.registry.content import write_out
from cellbook.registry.endpoints import digests_served
from cellbook.store import Store

FOLDER = "bundles"
"""Where they lie, in the cache of the book."""
MOST = 16
"""So many stay, though nobody may use them any more."""
MOST_BYTES = 8 << 30
IN_USE = 3_600.0
"""Seconds for which whoever asked for one, and is on record as no server of it, may count on it."""
_MARK = 600.0
"""Seconds until one that is used all the time is marked as such once more."""


class Unpacked:
    """The versions of a book that are written out.

    Parameters
    ----------
    store
        The book's memory.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._marked: dict[Path, float] = {}
        """Those that were checked byte by byte, and when they were last marked as used."""

    def folder(self, version: ModelVersion) -> Path:
        """Return a folder with the files of a version, written anew if it is missing or damaged.

        Raises
        ------
        NotFound
            If some of its content is missing from the book.
        StoreCorrupt
            If it is not what it was.
        """
        folder = self._place() / _name(version.digest)
        marked = self._marked.get(folder)
        # Caches are emptied by whoever needs room.
        if marked is not None and (folder / FILE).exists():
            if time.monotonic() - marked > _MARK:
                self._mark(folder)
            return folder
        if not _is_whole(folder, version):
            self._write(folder, version)
            self.trim(keep=version.digest)
        self._mark(folder)
        return folder

    def unused(self, *, within: float = IN_USE) -> Mapping[Path, int]:
        """Return what nobody uses: folders that no endpoint serves, and nobody asked for within so
        many seconds, with the bytes that each takes; what was used last comes last."""
        place = self._kept()
        if place is None:
            return {}
        served = {_name(digest) for digest in digests_served(self._store)}
        found: dict[Path, tuple[float, int]] = {}
        for folder in place.iterdir():
            with contextlib.suppress(OSError):
                used = folder.stat().st_mtime
                if folder.name not in served and time.time() - used > within:
                    found[folder] = (used, _size(folder))
        return {one: found[one][1] for one in sorted(found, key=lambda one: found[one][0])}

    def remove(self, folders: Mapping[Path, int]) -> int:
        """Remove folders that :meth:`unused` told of; return how many bytes that frees.

        What somebody asked for since stays.
        """
        still, freed = self.unused(), 0
        for folder in folders:
            if folder in still:
                freed += still[folder]
                _discard(folder)
        return freed

    def trim(self, *, keep: str = "") -> None:
        """Remove what was not used lately, as far as there is too much; never that digest."""
        place = self._kept()
        if place is None:
            return
        sizes = {one: _size(one) for one in place.iterdir() if not one.name.startswith(".")}
        count, total = len(sizes), sum(sizes.values())
        for folder, size in self.unused().items():
            if count <= MOST and total <= MOST_BYTES:
                return
            if folder.name != _name(keep):
                _discard(folder)
                if folder in sizes:
                    count, total = count - 1, total - size

    # -- inside --------------------------------------------------------------------------------

    def _write(self, folder: Path, version: ModelVersion) -> None:
        if folder.exists():
            # Other processes may be reading it, so it goes aside in one step.
            _discard(folder)
        try:
            write_out(self._store, version, folder)
        except (OSError, InvalidInput):
            # Another process was quicker.
            if not _is_whole(folder, version):
                raise

    def _mark(self, folder: Path) -> None:
        self._marked[folder] = time.monotonic()
        with contextlib.suppress(OSError):
            os.utime(folder)

    def _place(self) -> Path:
        if self._store.cache is not None:
            return self._store.cache / FOLDER
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="cellbook-bundles-")
        return Path(self._scratch.name)

    def _kept(self) -> Path | None:
        """Return where those are that outlive this process; None where there are none."""
        if self._store.cache is None:
            return None
        place = self._store.cache / FOLDER
        return place if place.is_dir() else None


def _name(digest: str) -> str:
    return digest.rpartition(":")[2]


def _size(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118 - quick
    return total


def _discard(folder: Path) -> None:
    aside = folder.with_name(f".{folder.name.lstrip('.')[:64]}-{secrets.token_hex(4)}")
    with contextlib.suppress(OSError):
        folder.replace(aside)
    shutil.rmtree(aside, ignore_errors=True)


def _is_whole(folder: Path, version: ModelVersion) -> bool:
    try:
        return open_bundle(folder).digest == version.digest
    except (CellbookError, OSError):
        return False
