"""Rows as columns of bytes: how predictions and labels are kept.

Numbers, truth values and times are arrays; whatever else is kept as JSON, each different value
once.  What comes back has the values that went in; whole numbers of which some are missing come
back as floats, categories as what they name, and what JSON has no form for as its text.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np
import pandas as pd

from cellbook.errors import StoreCorrupt
from cellbook.monitoring.packed import pack, unpack
from cellbook.records import encodable

Array = np.ndarray[Any, Any]

_FORMAT = 1


def encode_columns(frame: pd.DataFrame) -> bytes:
    """Return a frame's columns as bytes; its index is left out.

    The same values always make the same bytes.
    """
    columns: list[dict[str, Any]] = []
    arrays: dict[str, Array] = {}
    for place, label in enumerate(frame.columns):
        told, array = _encoded(frame.iloc[:, place])
        columns.append({"name": str(label), **told})
        arrays[str(place)] = array
    return pack({"columns": columns, "rows": len(frame), "format": _FORMAT}, arrays)


def decode_columns(data: bytes) -> pd.DataFrame:
    """Return the frame that :func:`encode_columns` made bytes of.

    Raises
    ------
    StoreCorrupt
        If these are no such bytes.
    """
    head, arrays = unpack(data)
    try:
        if head["format"] > _FORMAT:
            raise ValueError("a newer Cellbook wrote them: pip install --upgrade cellbook")
        columns = [
            _decoded(told, arrays[str(place)], int(head["rows"]))
            for place, told in enumerate(head["columns"])
        ]
        frame = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=range(head["rows"]))
        frame.columns = pd.Index([str(told["name"]) for told in head["columns"]])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise StoreCorrupt(
            f"Rows that were recorded cannot be read ({error}). `cellbook verify` tells what else "
            "is damaged; restore it from a copy of the book."
        ) from None
    return frame


def _encoded(values: pd.Series[Any]) -> tuple[dict[str, Any], Array]:
    dtype = values.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        return {"kind": "number"}, values.to_numpy()
    if isinstance(dtype, np.dtype) and dtype.kind in "mM" and _in_nanoseconds(values):
        kind = "moment" if dtype.kind == "M" else "duration"
        return {"kind": kind}, values.to_numpy(f"{dtype.kind}8[ns]").view(np.int64)
    if isinstance(dtype, pd.DatetimeTZDtype) and _in_nanoseconds(values):
        moments = values.dt.tz_convert("UTC").dt.tz_localize(None)
        return {"kind": "moment", "zone": _zone(dtype)}, moments.to_numpy("M8[ns]").view(np.int64)
    if pd.api.types.is_numeric_dtype(dtype) and not isinstance(dtype, np.dtype):
        if values.isna().any():
            return {"kind": "number"}, values.to_numpy(float, na_value=np.nan)
        kind = "int64" if pd.api.types.is_integer_dtype(dtype) else "float64"
        return {"kind": "number"}, values.to_numpy(kind)
    if pd.api.types.infer_dtype(values, skipna=True) == "string":
        found, texts = pd.factorize(values)
        return {"kind": "text", "values": [str(text) for text in texts]}, found.astype(np.int32)
    known: dict[str, int] = {}
    codes = np.empty(len(values), np.int32)
    missing = values.isna().to_numpy()
    for place, (value, gone) in enumerate(zip(values, missing, strict=True)):
        codes[place] = -1 if gone is np.True_ else known.setdefault(_json(value), len(known))
    return {"kind": "value", "values": list(known)}, codes


def _decoded(told: dict[str, Any], array: Array, rows: int) -> pd.Series[Any]:
    if len(array) != rows:
        raise ValueError(f"a column has {len(array):,} of {rows:,} rows")
    kind = told["kind"]
    if kind == "number":
        return pd.Series(array)
    if kind in ("moment", "duration"):
        found = pd.Series(array.view("M8[ns]" if kind == "moment" else "m8[ns]"))
        if "zone" in told:
            found = found.dt.tz_localize("UTC")
            # A zone that is not known here: the moments are the same in another one.
            with contextlib.suppress(KeyError, ValueError, TypeError):
                found = found.dt.tz_convert(str(told["zone"]))
        return found
    if kind not in ("value", "text"):
        raise ValueError(f"a column is of a kind {kind!r}")
    known = np.empty(len(told["values"]) + 1, object)
    for place, text in enumerate(told["values"]):
        value = text if kind == "text" else json.loads(text)
        # Half of a surrogate pair, which no column of text can hold, is shown as its escape.
        known[place] = encodable(value) if isinstance(value, str) else value
    return pd.Series(known[array], dtype=object).infer_objects()


def _in_nanoseconds(values: pd.Series[Any]) -> bool:
    """Whether times are such that nanoseconds can tell, in the years from 1678 to 2261; others are
    kept as text."""
    try:
        values.dt.as_unit("ns")
    except (OverflowError, ValueError):
        return False
    return True


def _zone(dtype: pd.DatetimeTZDtype) -> str:
    """Return a zone by its name; one that has none, as those of some libraries, as UTC."""
    name = str(dtype.tz)
    try:
        pd.DatetimeTZDtype(tz=name)
    except (KeyError, ValueError, TypeError):
        return "UTC"
    return name


def _json(value: Any) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    elif isinstance(value, np.ndarray):
        value = value.tolist()
    try:
        return json.dumps(value, separators=(",", ":"), sort_keys=True)
    except (TypeError, ValueError):
        return json.dumps(_text(value))


def _text(value: Any) -> str:
    try:
        return str(value)
    except Exception:
        # Whatever a client sends may fail to say what it is.
        return f"<{type(value).__name__}>"
