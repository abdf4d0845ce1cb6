"""What a variable is, in a few words and numbers, without running any of its own code."""

from __future__ import annotations

import sys
from typing import Any

_SIZED = (str, bytes, bytearray, list, tuple, dict, set, frozenset)
_SHORT = 80


def describe(value: Any) -> dict[str, Any]:
    """Return the type of a variable and, for what is well known, shape, dtype, length, value."""
    kind = type(value)
    about: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if kind in (int, float, bool, complex, str, bytes, type(None)):
        text = repr(value if kind not in (str, bytes) else value[:_SHORT])
        about["value"] = text[:_SHORT]
    if kind in _SIZED:
        about["length"] = len(value)
    numpy: Any = sys.modules.get("numpy")
    pandas: Any = sys.modules.get("pandas")
    if numpy is not None and isinstance(value, numpy.ndarray):
        about.update(shape=list(numpy.ndarray.shape.__get__(value)), dtype=str(value.dtype))
    elif pandas is not None and kind in (pandas.DataFrame, pandas.Series):
        about["shape"] = list(value.shape)
        if kind is pandas.Series:
            about["dtype"] = str(value.dtype)
        else:
            about["columns"] = [str(name)[:_SHORT] for name in value.columns[:50]]
    return about
