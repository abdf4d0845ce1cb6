"""What a folder consists of, packed into one blob: relative paths, sizes and SHA-256 of its files.

The digest of a folder is that of its listing, not compressed: after the name of the form, the
number of entries (8 bytes), a byte for each (0 a file, 1 a link), then the sizes (8 bytes each),
the SHA-256 (32 bytes each; of a link, of what it points to as text), the lengths of the paths (4
bytes each) and the paths, as POSIX has them, in order of their bytes.  Times, permissions and
folders without files are no content.

Behind that, and no part of the digest, stand the times of modification as they were then (8 bytes
each, microseconds since 1970, 0 of a link).  Listings of older books end before.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from cellbook.errors import StoreCorrupt

FORM = "cellbook-files-1"
_HEAD = FORM.encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, or one link."""

    path: str
    """Relative to the folder, with slashes."""
    size: int
    """Bytes."""
    digest: bytes
    """SHA-256 of the bytes; of a link, of the path that it holds."""
    is_link: bool = False
    modified: int = field(default=0, compare=False)
    """When it was written last, in microseconds since 1970; 0 where that is not known."""


Row = tuple[bytes, int, bytes, bool, int]
"""An entry as it is packed: path, size, digest, whether it is a link, time of modification."""


def pack(rows: Sequence[Row]) -> tuple[str, bytes]:
    """Return the digest of a listing, and the listing as it is kept.

    `rows` are in the order of their paths.
    """
    count = len(rows)
    hasher = hashlib.sha256()
    # Digests cannot be compressed: the fastest level does what can be done for the paths.
    compressor = zlib.compressobj(1)
    kept = bytearray()
    # One after the other, as all at once would be in memory several times.
    parts: tuple[Callable[[], bytes], ...] = (
        lambda: _HEAD + np.int64(count).tobytes(),
        lambda: bytes(row[3] for row in rows),
        lambda: np.fromiter((row[1] for row in rows), "<i8", count).tobytes(),
        lambda: b"".join([row[2] for row in rows]),
        lambda: np.fromiter((len(row[0]) for row in rows), "<u4", count).tobytes(),
        lambda: b"".join([row[0] for row in rows]),
    )
    for part in parts:
        data = part()
        hasher.update(data)
        kept += compressor.compress(data)
    kept += compressor.compress(np.fromiter((row[4] for row in rows), "<i8", count).tobytes())
    kept += compressor.flush()
    return f"{FORM}:{hasher.hexdigest()}", bytes(kept)


def unpack(data: bytes) -> Iterator[Entry]:
    """Yield the entries of a listing that was kept.

    Raises
    ------
    StoreCorrupt
        If it is none.
    """
    try:
        plain = zlib.decompress(data)
        if not plain.startswith(_HEAD):
            raise ValueError("it is of another form")
        at = len(_HEAD)
        count = int(np.frombuffer(plain, "<i8", 1, at)[0])
        at += 8
        links, at = plain[at : at + count], at + count
        sizes, at = np.frombuffer(plain, "<i8", count, at).tolist(), at + 8 * count
        digests, at = at, at + 32 * count
        lengths, at = np.frombuffer(plain, "<u4", count, at).tolist(), at + 4 * count
        behind = at + sum(lengths)
        times = (
            np.frombuffer(plain, "<i8", count, behind).tolist()
            if len(plain) > behind
            else [0] * count
        )
    except (zlib.error, ValueError, IndexError) as error:
        raise StoreCorrupt(
            f"A list of files in the book is damaged ({error}). `cellbook verify` tells what else."
        ) from None
    for place, length in enumerate(lengths):
        start = digests + 32 * place
        path = os.fsdecode(plain[at : at + length])
        digest = plain[start : start + 32]
        yield Entry(path, sizes[place], digest, bool(links[place]), times[place])
        at += length
