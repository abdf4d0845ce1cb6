"""Positions of rows as bytes: what a subset's blob holds.

They are put in order, so that the distances between them are small numbers, which compress well:
that a row went in twice is kept, in which order the rows went in is not.  The format: a line that
names it, a line of JSON (how many, and the dtype of the distances), then the distances, deflated.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

import numpy as np

from cellbook.errors import StoreCorrupt

_HEAD = b"cellbook-rows-1\n"
_DTYPES = ("<u1", "<u2", "<u4", "<i8")

Positions = np.ndarray[Any, np.dtype[np.int64]]


def encode(positions: Positions) -> bytes:
    """Return positions as bytes, in order."""
    ordered = np.sort(np.asarray(positions, np.int64))
    steps = np.diff(ordered, prepend=np.int64(0))
    largest = int(steps.max(initial=0))
    dtype = next(one for one in _DTYPES if largest <= np.iinfo(one).max)
    head = json.dumps({"rows": len(ordered), "dtype": dtype}).encode()
    return _HEAD + head + b"\n" + zlib.compress(steps.astype(dtype).tobytes(), 6)


def decode(data: bytes, most: int | None = None) -> Positions:
    """Return positions, in order.

    Parameters
    ----------
    data
        What :func:`encode` returned.
    most
        The bytes that the distances have at most, where they come from anybody; None for any.

    Raises
    ------
    StoreCorrupt
        If these are no such bytes.
    """
    try:
        if not data.startswith(_HEAD):
            raise ValueError("it is of another form")
        head, _, packed = data[len(_HEAD) :].partition(b"\n")
        told = json.loads(head)
        if told["dtype"] not in _DTYPES:
            raise ValueError("it is of another form")
        size = told["rows"] * np.dtype(told["dtype"]).itemsize
        if most is not None and size > most:
            raise ValueError("it is too long")
        # No more is unpacked than it says to hold, and a byte, which there should not be.
        unpacking = zlib.decompressobj()
        unpacked = unpacking.decompress(packed, size + 1)
        if len(unpacked) != size or not unpacking.eof:
            raise ValueError("it is cut off")
        steps = np.frombuffer(unpacked, told["dtype"]).astype(np.int64)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise StoreCorrupt(
            f"A list of rows in the book is damaged ({error}). `cellbook verify` tells what else "
            "is."
        ) from None
    return np.cumsum(steps)


def distinct(positions: Positions, rows: int) -> int:
    """Return how many different rows, of so many, some positions are."""
    there = np.zeros(rows, bool)
    there[positions] = True
    return int(np.count_nonzero(there))
