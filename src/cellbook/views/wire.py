"""Read structs as JSON, for other programs and for windows: one encoder for all of them.

A struct is an object with its fields as they are named, an enum its value, a tuple an array.  The
floats that JSON has no form for are the texts ``NaN``, ``Infinity`` and ``-Infinity``.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import math
from collections.abc import Mapping
from typing import Any


def encode(value: Any) -> bytes:
    """Return a struct, or whatever holds structs, as JSON in UTF-8."""
    try:
        # Nearly always all is finite, and the walk below is spared.
        return _dump(value)
    except ValueError:
        return _dump(finite(value))


def finite(value: Any) -> Any:
    """Return a value of structs, mappings and sequences as JSON can hold it."""
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value):
        return {key: finite(item) for key, item in _plain(value).items()}
    return value


def _dump(value: Any) -> bytes:
    text = json.dumps(
        value, default=_plain, allow_nan=False, ensure_ascii=False, separators=(",", ":")
    )
    # Half of a surrogate pair, which JSON can escape and UTF-8 cannot hold, is a mark at least.
    return text.encode(errors="replace")


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
