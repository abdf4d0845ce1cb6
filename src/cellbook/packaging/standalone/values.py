"""Input examples and expected outputs as JSON, exact to the last bit, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RELATIVE = 1e-6
"""By how much of itself a float may differ: another processor's arithmetic rounds otherwise."""

RELATIVE_FEW_BITS = 1e-4
"""The same for floats of fewer than 64 bits."""

_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def read_json(path: Path) -> Any:
    """Return what a JSON file holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def decode_input(doc: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """Return an input example, which has the form of mlflow's: ``split``, or ``inputs``.

    Types are the signature's to give, whose inputs `schema` is.
    """
    if "columns" in doc:
        import pandas as pd  # noqa: PLC0415

        frame = pd.DataFrame(doc["data"], columns=doc["columns"])
        for column in schema.get("columns", ()):
            if column["dtype"].lower().startswith("float") and column["name"] in frame:
                numbers = [_special(value) for value in frame[column["name"]]]
                frame[column["name"]] = pd.Series(numbers, dtype="float64")
        return frame
    if "inputs" in doc:
        import numpy as np  # noqa: PLC0415

        return np.asarray(_deep(doc["inputs"]))
    return doc.get("value")


def decode_output(doc: Mapping[str, Any]) -> Any:
    """Return a recorded output: an array, or columns of arrays, or plain JSON."""
    import numpy as np  # noqa: PLC0415

    if doc["kind"] == "array":
        return np.asarray(_deep(doc["data"]), dtype=doc["dtype"]).reshape(doc["shape"])
    if doc["kind"] == "columns":
        return {name: decode_output(column) for name, column in doc["data"].items()}
    return doc["data"]


def encode_output(value: Any) -> dict[str, Any]:
    """Return an output as JSON that :func:`decode_output` reads; of what is neither array nor
    table nor JSON, only its text."""
    import numpy as np  # noqa: PLC0415

    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if hasattr(value, "columns") and hasattr(value, "to_dict"):
        columns = {str(name): encode_output(value[name].to_numpy()) for name in value.columns}
        return {"kind": "columns", "data": columns}
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if hasattr(value, "toarray"):
        value = value.toarray()
    if isinstance(value, (list, tuple)) and value and all(hasattr(one, "dtype") for one in value):
        return {
            "kind": "columns",
            "data": {str(n): encode_output(one) for n, one in enumerate(value)},
        }
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype.kind in "biuf":
            data: Any = _plain(array.tolist())
            return {
                "kind": "array",
                "dtype": str(array.dtype),
                "shape": list(array.shape),
                "data": data,
            }
        texts = [str(one) for one in array.ravel()]
        return {"kind": "array", "dtype": "object", "shape": list(array.shape), "data": texts}
    try:
        return {"kind": "json", "data": json.loads(json.dumps(_plain(value), allow_nan=False))}
    except (TypeError, ValueError):
        return {"kind": "text", "data": repr(value)}


def difference(expected: Mapping[str, Any], value: Any) -> str:
    """Say in one line how an output differs from a recorded one; empty if it does not."""
    return _difference(expected, encode_output(value), "")


def _difference(expected: Mapping[str, Any], found: Mapping[str, Any], where: str) -> str:
    import numpy as np  # noqa: PLC0415

    place = f"in {where!r} " if where else ""
    if expected["kind"] != found["kind"]:
        return f"{place}it is of kind {found['kind']}, not {expected['kind']}"
    if expected["kind"] == "columns":
        if list(expected["data"]) != list(found["data"]):
            return f"it has the columns {list(found['data'])}, not {list(expected['data'])}"
        for name, column in expected["data"].items():
            if told := _difference(column, found["data"][name], name):
                return told
        return ""
    if expected["kind"] != "array":
        same = expected["data"] == found["data"]
        return "" if same else f"it is {str(found['data'])[:80]}, not {str(expected['data'])[:80]}"
    if expected["shape"] != found["shape"]:
        return f"{place}its shape is {found['shape']}, not {expected['shape']}"
    one, other = decode_output(expected).ravel(), decode_output(found).ravel()
    if one.dtype.kind == "f" and other.dtype.kind in "fiu":
        relative = RELATIVE if one.dtype.itemsize == 8 else RELATIVE_FEW_BITS
        largest = float(np.max(np.abs(one), initial=0.0, where=np.isfinite(one)))
        same = np.isclose(other, one, rtol=relative, atol=relative * largest / 1000, equal_nan=True)
    else:
        same = one == other
    if np.all(same):
        return ""
    first = int(np.flatnonzero(~same)[0])
    count = int(np.count_nonzero(~same))
    told = f"{other[first]}, not {one[first]}"
    return f"{place}{count} of {one.size} values differ, first no. {first}: {told}"


def _plain(value: Any) -> Any:
    """Return numbers that JSON has no form for as their names, and everything else as it is."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value


def _deep(value: Any) -> Any:
    return [_deep(item) for item in value] if isinstance(value, list) else _special(value)


def _special(value: Any) -> Any:
    return _SPECIAL.get(value, value) if isinstance(value, str) else value
