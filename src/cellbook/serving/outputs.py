"""What a model predicted, in one form whatever it gave: named columns, or plain JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

PREDICT = "output-0"
"""The name of the only output of a model that names none."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Predictions."""

    columns: Mapping[str, Any]
    """Arrays by name; of equal length, unless `rows` is None."""
    rows: int | None
    """How many rows there are; None if it is not one prediction a row."""
    kind: str = "array"
    """``array`` of one column, ``table``, ``list`` of several arrays, or ``json``."""
    plain: Any = None
    """What it is, if that is ``json``."""

    def cut(self, start: int, stop: int) -> Outputs:
        """Return some of the rows."""
        columns = {name: values[start:stop] for name, values in self.columns.items()}
        return Outputs(columns, stop - start, self.kind)


def outputs_of(made: Any) -> Outputs:
    """Return what a model gave as outputs."""
    if hasattr(made, "detach"):
        made = made.detach().cpu().numpy()
    if hasattr(made, "toarray"):
        made = made.toarray()
    if hasattr(made, "columns") and hasattr(made, "to_dict"):
        columns = {str(name): _array(made[name]) for name in made.columns}
        return Outputs(columns, len(made), "table")
    if hasattr(made, "to_numpy"):
        made = _array(made)
    if isinstance(made, (list, tuple)) and made:
        if all(hasattr(one, "dtype") and np.ndim(one) for one in made):
            columns = {f"output-{n}": _array(one) for n, one in enumerate(made)}
            lengths = {len(one) for one in columns.values()}
            return Outputs(columns, lengths.pop() if len(lengths) == 1 else None, "list")
        if all(type(one) is type(made[0]) for one in made) and isinstance(
            made[0], (str, bool, int, float)
        ):
            made = np.array(made, dtype=object if isinstance(made[0], str) else None)
    if isinstance(made, np.ndarray) and made.ndim:
        return Outputs({PREDICT: _array(made)}, len(made))
    if isinstance(made, (np.ndarray, np.generic)):
        return Outputs({PREDICT: np.asarray(made)}, None)
    return Outputs({}, None, "json", _json(made))


def concatenated(parts: list[Outputs]) -> Outputs:
    """Return several outputs of one model, one below the other."""
    if len(parts) == 1:
        return parts[0]
    columns = {
        name: np.concatenate([one.columns[name] for one in parts]) for name in parts[0].columns
    }
    return Outputs(columns, sum(one.rows or 0 for one in parts), parts[0].kind)


def as_predictions(outputs: Outputs) -> Any:
    """Return predictions as mlflow has them: a list, or records of a table.

    NaN, for which JSON has no form, is null; infinities are their names.
    """
    if outputs.kind == "json":
        return outputs.plain
    columns = {name: _listed(values, None) for name, values in outputs.columns.items()}
    if outputs.kind == "table":
        names = list(columns)
        return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return list(columns.values()) if outputs.kind == "list" else columns[PREDICT]


def values_of(values: Any) -> list[Any]:
    """Return the elements of an array as JSON's, row by row; NaN and infinities as their names."""
    listed: list[Any] = _listed(values.ravel(), "NaN")
    return listed


def _array(values: Any) -> Any:
    """Return an array whose elements JSON has a form for, or nearly."""
    array = values if isinstance(values, np.ndarray) else values.to_numpy()
    if array.dtype.kind in "biuf" or array.dtype == object:
        return array
    if array.dtype.kind == "M":
        return np.datetime_as_string(array).astype(object)
    return array.astype(str).astype(object)


def _listed(array: Any, nan: str | None) -> Any:
    listed = array.tolist()
    kind = array.dtype.kind
    if kind in "biu" or (kind == "f" and bool(np.isfinite(array).all())):
        return listed
    return _json(listed, nan)


def _json(value: Any, nan: str | None = None) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return nan
        return value if math.isfinite(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {str(key): _json(item, nan) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_json(item, nan) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return _json(value.tolist(), nan)
    if type(value).__name__ in ("NAType", "NaTType"):
        return nan
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def as_json(doc: Any) -> bytes:
    """Return JSON, in ASCII, so that no text can fail to be sent."""
    return json.dumps(doc, separators=(",", ":"), allow_nan=False).encode("ascii")
