"""What digests of tables and arrays are made of: streams of canonical bytes.

The format, which the ``1`` in a digest's name stands for:

- A column is several streams, each with a SHA-256 of its own: where values are missing and as what
  (position as 8 bytes, then a byte: 1 the dtype's own, 2 None, 3 ``pd.NA``, 4 ``NaT``);
  lengths (4 bytes each, of texts, bytes and lists); values.  A missing value is zero, or empty.
- Numbers are little-endian and bit by bit as they are, so that 0.0 and -0.0 differ; but every NaN
  is one.  Moments and durations are nanoseconds of 8 bytes; where that overflows, position and the
  next 8 bytes stand in the stream of lengths: pandas 2 reads as nanoseconds what pandas 3 reads as
  microseconds.  Texts are UTF-8.
- A column's digest is the SHA-256 of its streams' digests and lengths, then of its children's.
- The whole is the SHA-256 of a line of JSON, which holds names, types and the number of rows, and
  the columns' digests.

All is fed in the order of the rows, so that it cannot matter in which blocks these lie.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

OWN, NONE, NA, NAT = 1, 2, 3, 4
"""As what a value is missing."""

BLOCK = 1 << 17
"""Values that are looked at together: what has to be copied is no more than that."""

_NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
_DAY = 86_400 * 10**9
_NOT_A_TIME = np.iinfo(np.int64).min
_LONGEST = 2**32 - 1

Array = np.ndarray[Any, Any]


class Unhashable(Exception):
    """A value of which no digest can be made.

    Parameters
    ----------
    row
        Its place, from 0; -1 where all of them are meant.
    what
        What it is.
    """

    def __init__(self, row: int, what: str) -> None:
        super().__init__(what)
        self.row = row
        self.what = what


class Stream:
    """A sequence of bytes, fed block by block."""

    __slots__ = ("_hash", "size")

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.size = 0

    def feed(self, data: bytes | Array) -> None:
        """Append the bytes of `data`, which lie one after the other."""
        self.size += len(data) if isinstance(data, bytes) else data.nbytes
        self._hash.update(data)  # type: ignore[arg-type]

    def seal(self) -> bytes:
        """Return digest and length."""
        return self._hash.digest() + struct.pack("<Q", self.size)


@dataclass(slots=True)
class Column:
    """A column as it is fed; see the module for its streams."""

    missing: Stream = field(default_factory=Stream)
    lengths: Stream = field(default_factory=Stream)
    values: Stream = field(default_factory=Stream)
    children: list[Column] = field(default_factory=list)
    rows: int = 0

    def seal(self) -> bytes:
        """Return the digest of all that was fed."""
        whole = hashlib.sha256()
        for stream in (self.missing, self.lengths, self.values):
            whole.update(stream.seal())
        for child in self.children:
            whole.update(child.seal())
        return whole.digest()

    @property
    def size(self) -> int:
        """Bytes of the values."""
        return self.lengths.size + self.values.size + sum(child.size for child in self.children)

    def add_missing(self, mask: Array | None, code: int = OWN) -> None:
        """Note which of the next rows are missing; call it before the rows are added."""
        if mask is not None:
            places = np.flatnonzero(mask)
            if len(places):
                self.add_missing_at(places, np.full(len(places), code, np.uint8))

    def add_missing_at(self, places: Array, codes: Array) -> None:
        """Note which of the next rows are missing, counted from the first of them, and as what."""
        told = np.empty(len(places), np.dtype([("place", "<u8"), ("code", "u1")]))
        told["place"] = places + self.rows
        told["code"] = codes
        self.missing.feed(told)

    def add_numbers(self, values: Array, mask: Array | None = None) -> None:
        """Add booleans or numbers of a fixed size; those in `mask` are missing."""
        self.add_missing(mask)
        for start in range(0, len(values), BLOCK):
            block = canonical(values[start : start + BLOCK])
            if mask is not None:
                gone = mask[start : start + BLOCK]
                if gone.any():
                    block = np.where(gone, block.dtype.type(0), block)
            self.values.feed(block)
        self.rows += len(values)

    def add_times(self, values: Array, unit: str, mask: Array | None = None) -> None:
        """Add moments or durations in `unit`; the smallest number of all is NaT, and missing."""
        values = values.view(np.int64) if values.dtype.kind in "mM" else values
        gone = values == _NOT_A_TIME
        if mask is not None:
            gone |= mask
        gone = gone if gone.any() else None
        self.add_missing(gone)
        factor = _DAY if unit == "D" else _NANOSECONDS[unit]
        limit = 2**63 // factor
        for start in range(0, len(values), BLOCK):
            block = np.ascontiguousarray(values[start : start + BLOCK]).astype("<i8", copy=False)
            if gone is not None:
                block = np.where(gone[start : start + BLOCK], 0, block)
            if factor != 1:
                far = np.flatnonzero((block >= limit) | (block < -limit))
                for place in far.tolist():
                    high = (int(block[place]) * factor) >> 64
                    self.lengths.feed(struct.pack("<Qq", self.rows + start + place, high))
                with np.errstate(over="ignore"):
                    block = block * np.int64(factor)
            self.values.feed(block)
        self.rows += len(values)

    def add_texts(self, lengths: Array, data: bytes | Array) -> None:
        """Add texts, bytes or other things of different lengths, which lie one after the other.

        Raises
        ------
        Unhashable
            If one is longer than four gigabytes.
        """
        if len(lengths) and int(lengths.max()) > _LONGEST:
            raise Unhashable(int(lengths.argmax()), "text or bytes of more than 4 GiB")
        self.lengths.feed(np.ascontiguousarray(lengths, "<u4"))
        self.values.feed(data)
        self.rows += len(lengths)


def canonical(block: Array) -> Array:
    """Return numbers as their bytes are hashed."""
    kind = block.dtype.kind
    if kind == "b":
        # Memory that was never meant as booleans may hold other bytes than 0 and 1.
        return np.not_equal(np.ascontiguousarray(block).view(np.uint8), 0)
    little = np.ascontiguousarray(block).astype(block.dtype.newbyteorder("<"), copy=False)
    if kind in "fc":
        parts = little.view(f"<f{little.itemsize // 2}") if kind == "c" else little
        wrong = np.isnan(parts)
        if wrong.any():
            parts = np.where(wrong, parts.dtype.type(np.nan), parts)
            little = parts.view(little.dtype)
    return little


def blocks(values: Array) -> Iterator[tuple[int, Array]]:
    """Yield the beginning of each block, and its values."""
    for start in range(0, len(values), BLOCK):
        yield start, values[start : start + BLOCK]


def seal(form: str, header: Any, parts: Sequence[bytes]) -> str:
    """Return the digest of a whole, as text that begins with the name of its form."""
    whole = hashlib.sha256(form.encode() + b"\n")
    whole.update(json.dumps(header, separators=(",", ":"), sort_keys=True).encode() + b"\n")
    for part in parts:
        whole.update(part)
    return f"{form}:{whole.hexdigest()}"
