"""Digests of folders and globs: of the list of what is in them.

A relative link to something inside the folder is a link; any other is what it leads to.
"""

from __future__ import annotations

import glob
import hashlib
import os
import stat
import time
from array import array
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from cellbook.datasets.content import Content
from cellbook.datasets.digests.files import hash_file, unreadable
from cellbook.datasets.listings import Row, pack
from cellbook.datasets.naming import fixed_part
from cellbook.datasets.stat_cache import STAT, StatCache, has_rested, identity
from cellbook.errors import InvalidInput
from cellbook.store import no_collection

_LARGE = 1 << 18
"""Bytes from which on a file is worth a thread."""


@dataclass(slots=True)
class _Found:
    """What lies below a folder."""

    root: str
    paths: list[str] = field(default_factory=list)
    """Of files, relative to `root`."""
    stats: array[int] = field(default_factory=lambda: array("q"))
    """What is known of each file; see :data:`identity`."""
    links: list[Row] = field(default_factory=list)

    def size(self, place: int) -> int:
        """Return the bytes of a file."""
        return self.stats[5 * place + 2]

    def modified(self, place: int) -> int:
        """Return when a file was written last, in microseconds since 1970."""
        return self.stats[5 * place + 3] // 1000


def digest_folder(folder: Path, caches: Path | None = None) -> Content:
    """Return what is known of a folder; what lies in a ``.cellbook`` is left out.

    Parameters
    ----------
    folder
        The folder.
    caches
        Where digests of files that have not changed are found; None reads all of them.

    Raises
    ------
    InvalidInput
        If something cannot be read, is neither file, folder nor link, or changes meanwhile.
    """
    root = folder.resolve()
    found = _Found(str(root))
    # There are several objects a file, and no garbage among them.
    with no_collection():
        _walk(found, "", (str(root),))
        return _digest("folder", str(folder), found, StatCache(caches, root))


def digest_glob(pattern: str, caches: Path | None = None) -> Content:
    """Return what is known of the files that a pattern with ``*``, ``?``, ``[…]`` or ``**`` finds.

    Raises
    ------
    InvalidInput
        As :func:`digest_folder`; also if there is none.
    """
    fixed = fixed_part(pattern)
    below = str(Path(pattern).relative_to(fixed))
    found = _find(fixed, below)
    if not found.paths:
        raise InvalidInput(
            f"No file goes by {pattern!r} (looked in {found.root}). Give a pattern that finds "
            "some, such as 'data/**/*.csv'."
        )
    return _digest("glob", pattern, found, StatCache(caches, Path(found.root) / below))


def finds_any(pattern: str) -> bool:
    """Whether there is a file that goes by a pattern.

    Raises
    ------
    InvalidInput
        If something cannot be read.
    """
    fixed = fixed_part(pattern)
    return bool(_find(fixed, str(Path(pattern).relative_to(fixed))).paths)


def _find(folder: Path, below: str) -> _Found:
    """Find the files in a folder that go by a pattern."""
    root = folder.resolve()
    found = _Found(str(root))
    # Path.glob knows no hidden files.
    names = glob.glob(below, root_dir=root, recursive=True, include_hidden=True)  # noqa: PTH207
    for path in sorted(set(names)):
        full = root / path
        if ".cellbook" not in Path(path).parts and full.is_file():
            found.paths.append(path.replace(os.sep, "/"))
            try:
                found.stats.extend(identity(full.stat()))
            except OSError as error:
                raise unreadable(full, error) from None
    return found


def _digest(kind: str, source: str, found: _Found, cache: StatCache) -> Content:
    size = sum(found.stats[2::5])
    rows = len(found.paths) + len(found.links)
    before = None if found.links else cache.result(found.paths, found.stats)
    if before is not None:
        return Content(kind, before[0], size, rows, source=source, listing=before[1])
    digests, rested = _hash_all(found, cache)
    listed = [
        (os.fsencode(path), found.size(place), digest, False, found.modified(place))
        for place, (path, digest) in enumerate(zip(found.paths, digests, strict=True))
    ]
    listed += found.links
    listed.sort()
    result = pack(listed)
    cache.save(found.paths, found.stats, digests, rested, result)
    return Content(kind, result[0], size, rows, source=source, listing=result[1])


def _hash_all(found: _Found, cache: StatCache) -> tuple[list[bytes], list[bool]]:
    """Return the SHA-256 of each file, and whether it can be relied on the next time."""
    known = cache.known()
    stats = found.stats.tobytes()
    digests = [b""] * len(found.paths)
    rested = [True] * len(found.paths)
    large: list[int] = []
    for place, path in enumerate(found.paths):
        seen = known.get(path)
        if seen is not None and seen[:STAT] == stats[STAT * place : STAT * (place + 1)]:
            digests[place] = seen[STAT:]
            continue
        rested[place] = has_rested(found.stats, place, time.time_ns())
        if found.size(place) >= _LARGE:
            large.append(place)
        else:
            digests[place] = _hash(found, place)
    if large:
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1), "cellbook-digest") as pool:
            done = pool.map(lambda place: _hash(found, place), large)
            for place, digest in zip(large, done, strict=True):
                digests[place] = digest
    return digests, rested


def _hash(found: _Found, place: int) -> bytes:
    path = f"{found.root}/{found.paths[place]}"
    size = found.size(place)
    if size < _LARGE:
        # With as few calls of the system as there can be, for folders of 100,000 files.
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                data = os.read(fd, size + 1)
                after = os.fstat(fd)
            finally:
                os.close(fd)
        except OSError as error:
            raise unreadable(path, error) from None
        if len(data) == size and after.st_mtime_ns == found.stats[5 * place + 3]:
            return hashlib.sha256(data).digest()
    digest, now = hash_file(path)
    if now != size:
        raise InvalidInput(
            f"The file {path!r} changed while the folder was read. Track it again when whatever "
            "writes it is done."
        )
    return digest


def _walk(found: _Found, below: str, above: tuple[str, ...]) -> None:
    """Find the files in a folder, `below` the root, and in those within."""
    folder = f"{found.root}/{below}" if below else found.root
    folders: list[str] = []
    add_path, add_stat = found.paths.append, found.stats.extend
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                path = below + entry.name
                # Of 100,000 files nearly all are plain: these take as few calls as there can be.
                if entry.is_file(follow_symlinks=False):
                    add_stat(identity(entry.stat(follow_symlinks=False)))
                    add_path(path)
                elif entry.is_symlink() and _is_inner(entry, found.root):
                    text = os.fsencode(Path(entry.path).readlink())
                    digest = hashlib.sha256(text).digest()
                    found.links.append((os.fsencode(path), len(text), digest, True, 0))
                elif entry.is_dir():
                    if entry.name != ".cellbook":
                        folders.append(path)
                else:
                    seen = entry.stat()
                    if not stat.S_ISREG(seen.st_mode):
                        raise InvalidInput(
                            f"{entry.path!r} is neither a file nor a folder, so that no digest can "
                            "be made of it. Move it away, or track the files by a glob."
                        )
                    add_stat(identity(seen))
                    add_path(path)
    except OSError as error:
        raise unreadable(error.filename or folder, error) from None
    for path in folders:
        real = os.path.realpath(f"{found.root}/{path}")
        if real in above:
            raise InvalidInput(
                f"The link {path!r} leads to a folder that it lies in. Take it away, or track the "
                "files by a glob."
            )
        _walk(found, path + "/", (*above, real))


def _is_inner(entry: os.DirEntry[str], root: str) -> bool:
    if Path(entry.path).readlink().is_absolute():
        return False
    return os.path.realpath(entry.path).startswith(root + os.sep)
