"""Digests of files that were hashed before, as long as the file system says that they are the same.

A file is the same if device, inode, size and both times (of change of content and of the inode)
are.  That can be trusted only if the file rested a while before it was read: what was written in
the same tick of the file system's clock, after it had been read, would look the same.  So what is
younger than two seconds when it is read is read again the next time.

One file for each folder that is tracked, beside the index: it is disposable, and what cannot be
read of it counts as not there.  It holds all as columns, so that a folder in which nothing changed
is told by comparing two sequences of bytes, and its digest and listing are those of before.
"""

from __future__ import annotations

import contextlib
import hashlib
import operator
import os
import struct
import tempfile
from array import array
from collections.abc import Sequence
from pathlib import Path

_HEAD = b"cellbook-stats-3\n"
_LENGTHS = struct.Struct("<QQQQ")
STAT = 40
"""Bytes of what is known of a file: device, inode, size, time of modification and of change, in
nanoseconds."""
_DIGEST = 32
_RESTED = 2_000_000_000
"""Nanoseconds that a file has to have rested."""


identity = operator.attrgetter("st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
"""Returns what tells whether a file is the same as before, of what the system knows of it."""


def has_rested(stats: array[int], place: int, now: int) -> bool:
    """Whether a file whose reading began at `now`, in nanoseconds since 1970, can be told by its
    times from what is written to it later."""
    return max(stats[5 * place + 3], stats[5 * place + 4]) < now - _RESTED


class StatCache:
    """What is known of the files below one folder.

    Parameters
    ----------
    folder
        Where caches lie; None keeps nothing.
    root
        The folder that is looked at.
    """

    def __init__(self, folder: Path | None, root: Path) -> None:
        name = hashlib.sha256(os.fsencode(root)).hexdigest()[:32]
        self._path = None if folder is None else folder / "stats" / name
        self._stats = self._digests = self._paths = self._result = b""
        self._load()

    def result(self, paths: Sequence[str], stats: array[int]) -> tuple[str, bytes] | None:
        """Return digest and listing of the whole if all is as it was, else None."""
        if self._result and self._stats == stats.tobytes() and self._paths == _joined(paths):
            digest, _, listing = self._result.partition(b"\n")
            return digest.decode(), listing
        return None

    def known(self) -> dict[str, bytes]:
        """Return, for each path, what was known of the file, and its SHA-256 behind that."""
        if not self._stats:
            return {}
        stats, digests = self._stats, self._digests
        paths = self._paths.decode("utf-8", "surrogateescape").split("\0")
        return {
            path: stats[STAT * place : STAT * (place + 1)]
            + digests[_DIGEST * place : _DIGEST * (place + 1)]
            for place, path in enumerate(paths)
        }

    def save(
        self,
        paths: Sequence[str],
        stats: array[int],
        digests: Sequence[bytes],
        rested: Sequence[bool],
        result: tuple[str, bytes],
    ) -> None:
        """Keep what is known for the next time, but for what had not `rested`."""
        if self._path is None:
            return
        whole = b""
        if all(rested):
            whole = result[0].encode() + b"\n" + result[1]
        else:
            kept = [place for place, one in enumerate(rested) if one]
            paths = [paths[place] for place in kept]
            digests = [digests[place] for place in kept]
            old, stats = stats, array("q")
            for place in kept:
                stats.extend(old[5 * place : 5 * place + 5])
        parts = (stats.tobytes(), b"".join(digests), _joined(paths), whole)
        body = _LENGTHS.pack(*map(len, parts)) + b"".join(parts)
        # What can be made anew may fail: a full disk only means that it is read again.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._path.parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(_HEAD + hashlib.sha256(body).digest() + body)
                Path(name).replace(self._path)
            except OSError:
                Path(name).unlink(missing_ok=True)

    def _load(self) -> None:
        try:
            data = b"" if self._path is None else self._path.read_bytes()
        except OSError:
            return
        start = len(_HEAD) + _DIGEST
        body = memoryview(data)[start:]
        if (
            data.startswith(_HEAD)
            and hashlib.sha256(body).digest() == data[start - _DIGEST : start]
        ):
            parts, at = [], _LENGTHS.size
            for length in _LENGTHS.unpack_from(body):
                parts.append(bytes(body[at : at + length]))
                at += length
            self._stats, self._digests, self._paths, self._result = parts


def _joined(paths: Sequence[str]) -> bytes:
    return "\0".join(paths).encode("utf-8", "surrogateescape")
