"""What a variable is, in a few words and numbers, without running any of its own code."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import sys
from collections.abc import Iterable
from typing import Any

_SIZED = (str, bytes, bytearray, list, tuple, dict, set, frozenset)
_SHORT = 80
_HEAD = 4
"""Values that are told of an array, a list ..."""
_BITS = 1000
"""Bits up to which an int is spelled out: Python refuses to do so with very long ones."""
_TIMES = (datetime.date, datetime.datetime, datetime.time, datetime.timedelta)


def describe(value: Any) -> dict[str, Any]:
    """Return the type of a variable and, for what is well known, shape, dtype, length, values.

    It never raises: what is odd is told by its type alone.
    """
    kind = type(value)
    about: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    with contextlib.suppress(Exception):
        about.update(_details(value, kind))
    return about


def _details(value: Any, kind: type) -> dict[str, Any]:
    about: dict[str, Any] = {}
    if kind in (int, float, bool, complex, str, bytes, type(None)):
        about["value"] = _shorten(value)
    if kind in _SIZED:
        about["length"] = len(value)
    if kind in (list, tuple, dict) and value:
        about["head"] = _head(value.items() if kind is dict else value, len(value))
    numpy: Any = sys.modules.get("numpy")
    pandas: Any = sys.modules.get("pandas")
    if numpy is not None and issubclass(kind, numpy.ndarray):
        shape, dtype = (getattr(numpy.ndarray, one).__get__(value) for one in ("shape", "dtype"))
        about.update(shape=list(shape), dtype=str(dtype))
        if kind is numpy.ndarray and value.size and not dtype.names:
            places = (numpy.unravel_index(at, shape) for at in range(min(_HEAD, value.size)))
            about["head"] = _head([value[place] for place in places], value.size)
    elif pandas is not None and kind in (pandas.DataFrame, pandas.Series):
        about["shape"] = list(value.shape)
        if kind is pandas.Series:
            about["dtype"] = str(value.dtype)
            about["head"] = _head(value.iloc[:_HEAD].tolist(), len(value))
        else:
            about["columns"] = [_label(name) for name in value.columns[:50]]
    return about


def _label(name: Any) -> str:
    return name[:_SHORT] if type(name) is str else short_value(name)[:_SHORT]


def _head(values: Iterable[Any], length: int) -> str:
    told = []
    for one in itertools.islice(values, _HEAD):
        pair = type(one) is tuple and len(one) == 2 and not isinstance(values, (list, tuple))
        told.append(": ".join(short_value(part) for part in one) if pair else short_value(one))
    return ", ".join(told) + (", …" if length > _HEAD else "")


def short_value(value: Any) -> str:
    """Return a value in a few characters: what is no plain value is told by its class."""
    numpy: Any = sys.modules.get("numpy")
    pandas: Any = sys.modules.get("pandas")
    kind = type(value)
    if numpy is not None and issubclass(kind, numpy.generic) and kind.__module__ == "numpy":
        if value.dtype.kind in "mM":
            return str(value)
        value = value.item()
        kind = type(value)
    if kind is float:
        return f"{value:.6g}"
    if kind in (int, bool, complex, str, bytes, type(None)):
        return _shorten(value)
    if kind in _TIMES or (pandas is not None and kind in (pandas.Timestamp, pandas.Timedelta)):
        return str(value)
    if pandas is not None and (value is pandas.NA or value is pandas.NaT):
        return str(value)
    if kind is tuple and len(value) <= _HEAD:
        return f"({', '.join(short_value(one) for one in value)})"
    if kind in _SIZED:
        return f"{kind.__name__} of {len(value):,}"
    return f"{kind.__name__} object"


def _shorten(value: Any) -> str:
    if isinstance(value, (str, bytes)):
        value = value[:_SHORT]
    elif isinstance(value, int) and value.bit_length() > _BITS:
        return f"an int of {value.bit_length():,} bits"
    return repr(value)[:_SHORT]
