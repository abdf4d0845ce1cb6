"""Canonical bytes of Python's own values, each with a tag of its type: True, 1 and 1.0 differ.

A tag is one letter, then what it takes to tell where the value ends.  What is equal whatever the
order, a set or a dictionary, is in the order of its parts' bytes.  Nothing is pickled: pickles of
equal things differ, from one Python to the next and from one moment to the next.
"""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import fractions
import math
import pathlib
import re
import struct
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from cellbook.datasets.digests.hashing import NA, NAT, NONE, OWN, Array, Column, Unhashable, blocks
from cellbook.datasets.digests.zones import zone_name

_DEEPEST = 100
_HALVES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_NAN = struct.pack("<d", math.nan)


def add_objects(column: Column, values: Array) -> str:
    """Add a column of Python's objects; return its type.

    Texts, or texts and missing values, are ``string``, as pandas 3 has them; everything else is
    ``object``.

    Raises
    ------
    Unhashable
        If there is a value of which no digest can be made.
    """
    kinds = set(map(type, values))
    if kinds <= _TEXT_OR_MISSING and all(
        value != value for value in (values if kinds & _FLOATS else ()) if isinstance(value, float)
    ):
        _add_texts(column, values, plain=kinds <= {str})
        return "string"
    for start, block in blocks(values):
        parts = []
        for row, value in enumerate(block, start):
            try:
                parts.append(encode(value))
            except Unhashable as error:
                raise Unhashable(row, error.what) from None
        column.add_texts(np.fromiter(map(len, parts), np.int64, len(parts)), b"".join(parts))
    return "object"


def _add_texts(column: Column, values: Array, *, plain: bool) -> None:
    for _, block in blocks(values):
        if plain:
            texts: Iterable[str] = block
        else:
            codes = np.fromiter(map(_missing_code, block), np.uint8, len(block))
            places = np.flatnonzero(codes)
            column.add_missing_at(places, codes[places])
            texts = [value if isinstance(value, str) else "" for value in block]
        joined = "".join(texts)
        if joined.isascii():
            lengths = np.fromiter(map(len, texts), np.int64, len(block))
            column.add_texts(lengths, joined.encode())
        else:
            encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
            lengths = np.fromiter(map(len, encoded), np.int64, len(block))
            column.add_texts(lengths, b"".join(encoded))


_FLOATS = {float, np.float64}
# NaN is what the dtype of texts itself has for a missing one: it is coded as that.  What numpy has
# is the same as what Python has.
_CODES: dict[type, int] = {
    type(None): NONE,
    float: OWN,
    np.float64: OWN,
    type(pd.NA): NA,
    type(pd.NaT): NAT,
    str: 0,
    np.str_: 0,
}
_TEXT_OR_MISSING = set(_CODES)


def _missing_code(value: Any) -> int:
    return _CODES[type(value)]


def label_of(label: Any) -> Any:
    """Return a column's or field's name as JSON has it: text as it is, so that other libraries
    agree.

    Raises
    ------
    Unhashable
        If it is nothing of which a digest can be made.
    """
    # JSON has two halves of a character, which no text of another library holds, as the whole.
    if type(label) in (str, np.str_) and not _HALVES.search(label):
        return str(label)
    return {"is": encode(label).hex()}


def encode(value: Any, depth: int = 0) -> bytes:
    """Return the bytes that stand for a value.

    Raises
    ------
    Unhashable
        If it is, or holds, something of which none can be made.
    """
    kind = type(value)
    known = _ENCODERS.get(kind)
    if known is not None:
        return known(value)
    if depth > _DEEPEST:
        raise Unhashable(-1, f"a {kind.__name__} nested deeper than {_DEEPEST} levels")
    if kind in (list, tuple) or (isinstance(value, tuple) and hasattr(value, "_fields")):
        parts = [encode(item, depth + 1) for item in value]
        return _many(b"l" if kind is list else b"u", parts)
    if kind in (set, frozenset):
        return _many(
            b"S" if kind is set else b"F", sorted(encode(item, depth + 1) for item in value)
        )
    if kind is dict:
        pairs = [(encode(key, depth + 1), encode(item, depth + 1)) for key, item in value.items()]
        return _many(b"m", [part for pair in sorted(pairs) for part in pair])
    if isinstance(value, np.generic):
        return _scalar(value)
    if isinstance(value, np.ndarray):
        return _array(value, depth)
    if isinstance(value, enum.Enum):
        raise Unhashable(-1, f"a {kind.__name__}, an enumeration's member")
    if isinstance(value, pathlib.PurePath):
        return _text(b"P", value.as_posix())
    for base in _PLAIN:
        if isinstance(value, base):
            return _ENCODERS[base](base(value))
    raise Unhashable(-1, f"a {kind.__module__}.{kind.__qualname__}".replace("a builtins.", "a "))


_PLAIN: tuple[Any, ...] = (str, bytes, int, float)


def _many(tag: bytes, parts: list[bytes]) -> bytes:
    return tag + struct.pack("<Q", len(parts)) + b"".join(parts)


def _text(tag: bytes, text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return tag + struct.pack("<Q", len(data)) + data


def _bytes(value: bytes) -> bytes:
    return b"y" + struct.pack("<Q", len(value)) + value


def _int(value: int) -> bytes:
    # Signed, in as few bytes as hold it; Python refuses to write very long ones in decimal.
    data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"i" + struct.pack("<Q", len(data)) + data


def _float(value: float) -> bytes:
    return b"f" + (_NAN if value != value else struct.pack("<d", value))


def _complex(value: complex) -> bytes:
    return b"c" + _float(value.real) + _float(value.imag)


def _datetime(value: dt.datetime) -> bytes:
    text = f"{value.replace(tzinfo=None, fold=0).isoformat()} {value.fold}"
    return _text(b"D", f"{text} {zone_name(value.tzinfo)}")


def _time(value: dt.time) -> bytes:
    return _text(b"h", f"{value.replace(tzinfo=None).isoformat()} {zone_name(value.tzinfo)}")


def _timestamp(value: pd.Timestamp) -> bytes:
    moment = value if value.tz is None else value.tz_convert(None)
    return _text(b"T", f"{moment.isoformat()} {zone_name(value.tz)}")


def _scalar(value: Any) -> bytes:
    if value.dtype.kind in "biu" or value.dtype == np.float64:
        return encode(value.item())
    if value.dtype.kind in "US":
        return encode(value.item())
    if value.dtype.kind in "fcmM" and value.dtype.itemsize <= 16 and value.dtype.char not in "gG":
        data = np.asarray(value).astype(value.dtype.newbyteorder("<")).tobytes()
        return _text(b"n", value.dtype.newbyteorder("<").str) + _bytes(data)
    raise Unhashable(-1, f"a numpy.{type(value).__name__}")


def _array(value: Array, depth: int) -> bytes:
    if isinstance(value, np.ma.MaskedArray):
        mask, data = np.ma.getmaskarray(value), np.ma.getdata(value)
        if mask.dtype.names is not None:
            raise Unhashable(-1, "a numpy array with a mask for each field")
        data = np.where(mask, np.zeros((), data.dtype), data)
        return b"M" + _array(mask, depth) + _array(data, depth)
    if value.dtype.hasobject or value.dtype.kind in "OVT":
        return _text(b"a", str(value.dtype)) + _many(
            b"l",
            [encode(value.shape), *(encode(item, depth + 1) for item in value.ravel().tolist())],
        )
    if value.dtype.char in "gG":
        raise Unhashable(-1, f"a numpy array of {value.dtype}")
    little = np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<"), copy=False)
    return _text(b"a", little.dtype.str) + encode(value.shape) + _bytes(little.tobytes())


_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: b"N",
    type(pd.NA): lambda _: b"A",
    type(pd.NaT): lambda _: b"Z",
    bool: lambda value: b"b\x01" if value else b"b\x00",
    int: _int,
    float: _float,
    complex: _complex,
    str: lambda value: _text(b"s", value),
    bytes: _bytes,
    bytearray: lambda value: b"Y" + _bytes(bytes(value)),
    decimal.Decimal: lambda value: _text(b"d", str(value)),
    fractions.Fraction: lambda value: _text(b"q", str(value)),
    uuid.UUID: lambda value: b"U" + value.bytes,
    dt.date: lambda value: _text(b"e", value.isoformat()),
    dt.datetime: _datetime,
    dt.time: _time,
    dt.timedelta: lambda value: _text(b"k", f"{value.days} {value.seconds} {value.microseconds}"),
    pd.Timestamp: _timestamp,
    pd.Timedelta: lambda value: _text(b"K", str(value.as_unit("ns").value)),
    pd.Period: lambda value: _text(b"p", f"{value.ordinal} {value.freqstr}"),
    pd.Interval: lambda value: _text(b"v", value.closed) + encode(value.left) + encode(value.right),
    slice: lambda value: b"L" + b"".join(map(encode, (value.start, value.stop, value.step))),
    range: lambda value: b"r" + b"".join(map(encode, (value.start, value.stop, value.step))),
}
