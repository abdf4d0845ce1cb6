"""The points of one run as one file, which leaves the book and comes into another one.

It is a series file as :mod:`cellbook.store.points` has it, in which one series follows the other:
the same series are always the same bytes, and other bytes are none.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from cellbook.errors import InvalidInput
from cellbook.store.points import KIND, MAGIC, RECORD, Series, SeriesKey, announcement

_MS_LIMIT = 2**32
_TEXT_LIMIT = 1 << 20
"""Bytes of an announcement."""


def pack_points(found: Iterable[Series]) -> bytes:
    """Return series as a file."""
    parts = [MAGIC]
    number = 0
    for series in found:
        for start, end, t0 in _stretches(series.times):
            number += 1
            records = np.empty(end - start, KIND)
            records["series"] = number
            records["ms"] = series.times[start:end] - t0
            records["step"] = series.steps[start:end]
            records["value"] = series.values[start:end]
            parts += [announcement(number, series.of, t0), records.tobytes()]
    return b"".join(parts)


def _stretches(times: np.ndarray[Any, Any]) -> Iterator[tuple[int, int, int]]:
    """Yield where the points begin and end whose times fit into one announcement, and its time."""
    start = 0
    while start < len(times):
        rest = times[start:]
        span = np.maximum.accumulate(rest) - np.minimum.accumulate(rest)
        end = start + int(np.searchsorted(span, _MS_LIMIT))
        yield start, end, int(times[start:end].min())
        start = end


def unpack_points(data: bytes, run: str) -> list[Series]:
    """Return the series of a file that :func:`pack_points` made.

    Raises
    ------
    InvalidInput
        If it is anything else, or of another run.
    """
    try:
        found = _unpacked(data, run)
        whole = pack_points(found) == data
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        whole = False
    if not whole:
        raise InvalidInput("the points of its metrics are damaged")
    return found


def _unpacked(data: bytes, run: str) -> list[Series]:
    if len(data) % RECORD.size or data[: RECORD.size] != MAGIC:
        raise ValueError
    records = np.frombuffer(data, KIND)
    parts: dict[SeriesKey, list[tuple[Any, int]]] = {}
    row = 1
    while row < len(records):
        length = int(records["ms"][row])
        first = row + 1 + length // RECORD.size
        if records["series"][row] or length > _TEXT_LIMIT or first > len(records):
            raise ValueError
        told = json.loads(data[(row + 1) * RECORD.size : first * RECORD.size])
        context = told.get("context", {})
        if told["run"] != run or not all(isinstance(one, str) for one in context.values()):
            raise ValueError
        of = SeriesKey(run, str(told["key"]), tuple(sorted(context.items())))
        others = (records["series"][first:] != told["s"]).nonzero()[0]
        row = first + int(others[0]) if len(others) else len(records)
        parts.setdefault(of, []).append((records[first:row], int(told["t0"])))
    return [
        Series(
            of,
            np.concatenate([part["step"] for part, _ in made]),
            np.concatenate([part["value"] for part, _ in made]),
            np.concatenate([part["ms"].astype(np.int64) + t0 for part, t0 in made]),
        )
        for of, made in parts.items()
    ]


def seal_of(data: bytes) -> list[int]:
    """Return size and CRC-32 of a file, as a run's record names them."""
    return [len(data), zlib.crc32(data)]
