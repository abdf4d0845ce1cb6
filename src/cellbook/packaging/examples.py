"""Input examples as JSON, in the form that mlflow gives them."""

from __future__ import annotations

import datetime
import math
from typing import Any

from cellbook.errors import InvalidInput
from cellbook.packaging.signature import as_table, is_texts

MOST_ROWS = 100
"""Rows of an example that are kept: enough to see whether a model still does what it did."""


def first_rows(example: Any) -> Any:
    """Return the first rows of an example, as much as is kept."""
    frame = as_table(example)
    if frame is not None:
        return frame.head(MOST_ROWS)
    return example[:MOST_ROWS] if hasattr(example, "__getitem__") else example


def encode_input(example: Any) -> dict[str, Any]:
    """Return an example as JSON: ``split`` for a table, ``inputs`` for an array.

    Raises
    ------
    InvalidInput
        If it is neither, and no JSON either.
    """
    import numpy as np  # noqa: PLC0415

    frame = as_table(example)
    if frame is not None:
        rows = zip(*(frame[name].to_list() for name in frame.columns), strict=True)
        return {
            "columns": [str(name) for name in frame.columns],
            "data": [[_cell(value) for value in row] for row in rows],
        }
    if hasattr(example, "detach"):
        example = example.detach().cpu().numpy()
    if hasattr(example, "toarray"):
        example = example.toarray()
    if isinstance(example, (str, int, float, bool)) or example is None:
        return {"value": example}
    try:
        array = np.asarray(example)
    except ValueError as error:
        raise InvalidInput(f"The input example is no table and no array ({error}).") from None
    if array.dtype.kind not in "biufUS" and not is_texts(array):
        raise InvalidInput(
            f"The input example is an array of {array.dtype}. Give a DataFrame, or an array of "
            "numbers or texts."
        )
    return {"inputs": _deep(array.tolist())}


def _deep(value: Any) -> Any:
    return [_deep(one) for one in value] if isinstance(value, list) else _cell(value, missing="NaN")


def _cell(value: Any, missing: str | None = None) -> Any:
    import pandas as pd  # noqa: PLC0415

    if isinstance(value, (str, bool)) or value is None:
        return value
    if hasattr(value, "item") and not isinstance(value, datetime.datetime):
        value = value.item()
    if isinstance(value, (datetime.datetime, datetime.date)):
        return None if pd.isna(value) else value.isoformat()
    if value is pd.NA:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return missing if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (int, float)):
        return value
    raise InvalidInput(
        f"The input example holds {value!r:.60} of {type(value).__name__}, which JSON has no form "
        "for. Give numbers, texts, booleans or times."
    )
