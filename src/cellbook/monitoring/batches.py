"""What a caller hands in about some predictions, and how it becomes rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cellbook.datasets.profiles import as_frame
from cellbook.errors import InvalidInput, one_line

INPUT, OUTPUT = "input.", "output."
"""What names of columns begin with, so that an input may be called as an output is."""
ABOUT = ("id", "time", "model", "arm", "latency")
"""The columns that every prediction has."""
_SMALL = 64
"""Rows of a batch up to which it is taken apart into lists, which many of can be joined quickly."""

Columns = dict[str, list[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some predictions that were made at once."""

    inputs: Any
    outputs: Any
    ids: list[str]
    model: str
    arm: str
    latency: Any
    time: int


def length_of(data: Any) -> int:
    """Return how many rows there are in what stands for some.

    Raises
    ------
    InvalidInput
        If it stands for none.
    """
    if isinstance(data, Mapping):
        first = next(iter(data.values()), ())
        return 1 if _is_one(first) else len(first)
    try:
        return len(data)
    except TypeError:
        raise InvalidInput(
            f"A {type(data).__name__} holds no rows. Give a frame, a matrix, a list of "
            "dictionaries or columns by name."
        ) from None


def rows_of(batches: Sequence[Batch]) -> tuple[pd.DataFrame, int, str]:
    """Return the rows of some batches, how many could not be made any, and why not."""
    try:
        return _joined(batches)
    except UnicodeError as error:
        # Half a character can be written nowhere; the others are recorded all the same.
        sound = [batch for batch in batches if _is_text(batch)]
        frame, spoiled, _ = _joined(sound)
        gone = sum(len(batch.ids) for batch in batches) - sum(len(batch.ids) for batch in sound)
        return frame, spoiled + gone, one_line(error)


def _is_text(batch: Batch) -> bool:
    """Whether the texts of a batch can be written."""
    try:
        pd.DataFrame(_columns(batch))
    except UnicodeError:
        return False
    except Exception:
        # What else is wrong with it is told where it is joined with others.
        return True
    return True


def _joined(batches: Sequence[Batch]) -> tuple[pd.DataFrame, int, str]:
    small: Columns = {}
    count = 0
    frames: list[pd.DataFrame] = []
    spoiled, why = 0, ""
    for batch in batches:
        try:
            columns = _columns(batch)
            if len(batch.ids) > _SMALL:
                frames.append(pd.DataFrame(columns))
                continue
            for name, values in columns.items():
                # A column that earlier rows lack is missing in them.
                known = small.get(name)
                if known is None:
                    known = small[name] = [None] * count
                known.extend(values.tolist() if isinstance(values, pd.Series) else values)
            count += len(batch.ids)
            if len(columns) < len(small):
                for known in small.values():
                    known.extend([None] * (count - len(known)))
        except Exception as error:
            # Whatever a client sent; the others are recorded all the same.
            spoiled, why = spoiled + len(batch.ids), one_line(error)
    if count:
        frames.insert(0, pd.DataFrame(small))
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(ABOUT))
    return frame, spoiled, why


def _columns(batch: Batch) -> dict[str, Any]:
    count = len(batch.ids)
    columns: dict[str, Any] = {
        "id": batch.ids,
        "time": [batch.time] * count,
        "model": [batch.model] * count,
        "arm": [batch.arm] * count,
        "latency": _each(batch.latency, count),
    }
    for before, data in ((INPUT, batch.inputs), (OUTPUT, batch.outputs)):
        for name, values in _named(data).items():
            if len(values) != count:
                raise InvalidInput(f"{before}{name} has {len(values)} values for {count} rows.")
            columns[before + name] = values
    return columns


def _each(latency: Any, count: int) -> list[float]:
    if latency is None:
        return [np.nan] * count
    return [float(latency)] * count if _is_one(latency) else [float(one) for one in latency]


def _named(data: Any) -> dict[str, Any]:
    if isinstance(data, Mapping):
        return {str(name): [v] if _is_one(v) else list(v) for name, v in data.items()}
    if isinstance(data, (list, tuple)):
        if data and all(isinstance(row, Mapping) for row in data):
            names = dict.fromkeys(name for row in data for name in row)
            return {str(name): [row.get(name) for row in data] for name in names}
        return {"prediction": list(data)}
    if isinstance(data, np.ndarray) and data.ndim == 1:
        return {"prediction": data.tolist()}
    if isinstance(data, np.ndarray) and data.ndim > 2:
        return {"value": data.tolist()}
    if isinstance(data, pd.Series):
        return {"prediction" if data.name is None else str(data.name): data.reset_index(drop=True)}
    frame = as_frame(data)
    if frame is None:
        raise InvalidInput(f"A {type(data).__name__} holds no rows.")
    columns = frame.reset_index(drop=True)
    return {str(name): columns.iloc[:, place] for place, name in enumerate(columns.columns)}


def _is_one(value: Any) -> bool:
    """Whether it is a single value, not several."""
    return isinstance(value, (str, bytes)) or not hasattr(value, "__len__")
