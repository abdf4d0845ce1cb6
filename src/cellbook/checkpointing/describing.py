"""What a variable is, in a few words and numbers, without running any of its own code."""

from __future__ import annotations

import sys
from typing import Any

_SIZED = (str, bytes, bytearray, list, tuple, dict, set, frozenset)
_SHORT = 80
_BITS = 1000
"""Bits up to which an int is spelled out: Python refuses to do so with very long ones."""


def describe(value: Any) -> dict[str, Any]:
    """Return the type of a variable and, for what is well known, shape, dtype, length, value."""
    kind = type(value)
    about: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if kind in (int, float, bool, complex, str, bytes, type(None)):
        about["value"] = _shorten(value)
    if kind in _SIZED:
        about["length"] = len(value)
    numpy: Any = sys.modules.get("numpy")
    pandas: Any = sys.modules.get("pandas")
    if numpy is not None and issubclass(kind, numpy.ndarray):
        shape, dtype = (getattr(numpy.ndarray, one).__get__(value) for one in ("shape", "dtype"))
        about.update(shape=list(shape), dtype=str(dtype))
    elif pandas is not None and kind in (pandas.DataFrame, pandas.Series):
        about["shape"] = list(value.shape)
        if kind is pandas.Series:
            about["dtype"] = str(value.dtype)
        else:
            about["columns"] = [str(name)[:_SHORT] for name in value.columns[:50]]
    return about


def _shorten(value: Any) -> str:
    if isinstance(value, (str, bytes)):
        value = value[:_SHORT]
    elif isinstance(value, int) and value.bit_length() > _BITS:
        return f"an int of {value.bit_length():,} bits"
    return repr(value)[:_SHORT]
