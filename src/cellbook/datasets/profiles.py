"""Profiles: what the values of a data set look like, made when it is tracked.

Only tables have one, and matrices of numbers, whose columns are named by their place.  Of more rows
than `_ROWS` every so-manyth is looked at for what needs sorting, so that a profile takes a moment
of whatever size the data is; least, greatest, mean and missing values are of all of them.

A text is told only if it is there twice at least, cut at 60 characters: a column of names or
of keys tells none of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cellbook.datasets.naming import is_url, local
from cellbook.errors import CellbookError
from cellbook.records import ColumnProfile, DataProfile, from_doc, to_doc
from cellbook.store import Store

COLUMNS = 500
"""Columns that are told."""
BINS = 24
QUANTILES = 33
_ROWS = 200_000
_TOP = 10
_TEXT = 60

_FILE = 64 << 20
"""Bytes of a file that is read as a table."""
_READERS: Mapping[str, Callable[..., pd.DataFrame]] = {
    ".csv": pd.read_csv,
    ".tsv": pd.read_table,
    ".parquet": pd.read_parquet,
    ".feather": pd.read_feather,
}

Array = np.ndarray[Any, Any]


def profile_of(data: Any, *, texts: bool = True) -> DataProfile | None:
    """Return the profile of some data, which stays as it is; None where it is no table.

    Without `texts` no value of a column that holds no numbers is told.

    Never raises: a profile is not worth the version that it belongs to.
    """
    try:
        frame = as_frame(data)
        if frame is None:
            return None
        step = max(1, -(-len(frame) // _ROWS))
        with np.errstate(all="ignore"):
            columns = [
                _column(str(label), frame.iloc[:, place], step, texts=texts)
                for place, label in enumerate(frame.columns[:COLUMNS])
            ]
    except Exception:
        # Columns may be of any library's types, with any behaviour.
        return None
    looked_at = len(range(0, len(frame), step))
    return DataProfile(len(frame), tuple(columns), looked_at, max(0, frame.shape[1] - COLUMNS))


def keep_profile(store: Store, data: Any, *, texts: bool = True) -> str:
    """Keep the profile of some data, or of a file, as a blob; return its digest, empty where there
    is none; `texts` as :func:`profile_of` has it."""
    if isinstance(data, (str, os.PathLike)):
        place = os.fspath(data)
        data = None if is_url(place) else read_file(Path(local(place)))
    profile = profile_of(data, texts=texts)
    if profile is None:
        return ""
    text = json.dumps(to_doc(profile), separators=(",", ":"), ensure_ascii=True)
    return store.blobs.put(text.encode())


def read_profile(store: Store, digest: str) -> DataProfile | None:
    """Return a profile that was kept; None where there is none, or it is gone."""
    if not digest:
        return None
    try:
        return from_doc(DataProfile, json.loads(store.blobs.get(digest)))
    except (CellbookError, OSError, ValueError, TypeError):
        return None


def as_frame(data: Any) -> pd.DataFrame | None:
    """Return a table or a matrix as a frame, without copying where that can be; None for others."""
    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame()
    if isinstance(data, np.ndarray):
        plain = data.ndim in (1, 2) and data.dtype.kind in "biufMmOUST" and not data.dtype.names
        return pd.DataFrame(np.asarray(data), copy=False) if plain else None
    if hasattr(data, "to_pandas"):
        converted = data.to_pandas()
        return as_frame(converted) if converted is not data else None
    return None


def read_file(path: Path) -> pd.DataFrame | None:
    """Return a file of a table as a frame; None where it is none, or too large to be looked at."""
    if not path.is_file() or not is_table(path.suffix, path.stat().st_size):
        return None
    try:
        return _READERS[path.suffix.lower()](path)
    except Exception:
        # It may be of any make; then it is no table to us.
        return None


def is_table(suffix: str, size: int) -> bool:
    """Whether a file is looked into as a table: by the end of its name, and its bytes."""
    return suffix.lower() in _READERS and size <= _FILE


def _column(name: str, series: pd.Series[Any], step: int, *, texts: bool) -> ColumnProfile:
    missing = int(series.isna().sum())
    numbers = numbers_of(series)
    told: dict[str, Any] = {}
    if numbers is not None:
        told = _spread(numbers, numbers[::step])
    sample = series.iloc[::step].dropna()
    try:
        distinct = int(sample.nunique())
    except TypeError:  # Lists and dictionaries, which have no hash.
        distinct = None
    if texts and numbers is None and distinct is not None:
        told["top"] = dict(_top(sample))
    return ColumnProfile(name[:200], str(series.dtype), missing, distinct, **told)


def numbers_of(series: pd.Series[Any]) -> Array | None:
    """Return the numbers of a column as floats, NaN where one is missing; None where it has none.

    Moments and durations are seconds; truth values and categories are no numbers.
    """
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype) or pd.api.types.is_bool_dtype(dtype):
        return None
    if pd.api.types.is_datetime64_any_dtype(dtype) or pd.api.types.is_timedelta64_dtype(dtype):
        raw = series.to_numpy(dtype="M8[ns]" if dtype.kind == "M" else "m8[ns]")
        seconds = raw.view("i8").astype(float) / 1e9
        seconds[np.isnat(raw)] = np.nan
        return seconds
    if pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype):
        return series.to_numpy(dtype=float, na_value=np.nan)
    return None


def _spread(numbers: Array, sample: Array) -> dict[str, Any]:
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return {}
    sample = sample[np.isfinite(sample)]
    low, high = float(finite.min()), float(finite.max())
    told: dict[str, Any] = {"least": low, "greatest": high}
    mean = float(finite.mean())
    if np.isfinite(mean):
        told["mean"] = mean
        deviation = float(finite.std(ddof=1)) if len(finite) > 1 else 0.0
        told["deviation"] = deviation if np.isfinite(deviation) else None
    if not len(sample):
        return told
    told["quantiles"] = tuple(
        float(value)
        for value in np.quantile(
            np.concatenate([sample, [low, high]]), np.linspace(0, 1, QUANTILES)
        )
    )
    told["counts"] = bin_counts(sample, low, high)
    return told


def can_be_binned(low: float, high: float, bins: int = BINS) -> bool:
    """Return whether there are enough numbers between two for the edges of some bins."""
    if not np.isfinite(high - low):
        return False
    return bool((np.diff(np.linspace(low, high, bins + 1)) > 0).all())


def bin_counts(numbers: Array, low: float, high: float, bins: int = BINS) -> tuple[int, ...]:
    """Return how many numbers are in each of some bins of equal width; all where there is none."""
    if not can_be_binned(low, high, bins):
        return (len(numbers),)
    return tuple(int(count) for count in np.histogram(numbers, bins, (low, high))[0])


def _top(sample: pd.Series[Any]) -> Iterator[tuple[str, int]]:
    for value, count in sample.value_counts().head(_TOP).items():
        if count > 1:
            text = str(value)
            yield (text if len(text) <= _TEXT else text[: _TEXT - 1] + "…"), int(count)
