"""Which library some data is of, and so who makes its digest."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd

from cellbook.datasets.content import Content
from cellbook.datasets.digests.arrays import digest_array, digest_sparse
from cellbook.datasets.digests.arrow import digest_arrow
from cellbook.datasets.digests.frames import digest_frame, digest_index, digest_series
from cellbook.errors import InvalidInput
from cellbook.optional import require

KINDS = (
    "a file, folder, glob or URL; a pandas, polars or Arrow table; a numpy array; a scipy sparse "
    "matrix; a Hugging Face data set"
)


def digest_object(data: Any) -> Content:
    """Return what is known of data in memory, which stays as it is.

    Raises
    ------
    InvalidInput
        If it is nothing that a digest can be made of, or holds something of the kind.
    MissingDependency
        If a library that is needed to read it is not installed.
    """
    if isinstance(data, pd.DataFrame):
        return digest_frame(data)
    if isinstance(data, pd.Series):
        return digest_series(data)
    if isinstance(data, pd.Index):
        return digest_index(data)
    if isinstance(data, np.ndarray):
        return digest_array(data)
    for module, name, digest in _ELSEWHERE:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(data, kind):
            return digest(data)
    if hasattr(data, "__arrow_c_stream__"):
        pa = require("pyarrow", "tables", f"A digest of a {type(data).__name__}")
        return digest_arrow(pa.table(data))
    raise InvalidInput(
        f"No digest can be made of data of the type {type(data).__name__}. Give {KINDS}; or make "
        "one of it, for instance pd.DataFrame(data)."
    )


def _used_up(data: Any) -> Content:
    raise InvalidInput(
        f"A {type(data).__name__} can be read only once, which would use it up. Track what is "
        "read: reader.read_all()."
    )


def _lazy(data: Any) -> Content:
    raise InvalidInput("A LazyFrame has no rows yet. Track what it gives: frame.collect().")


def _bare(data: Any) -> Content:
    raise InvalidInput(
        f"A {type(data).__name__} has no name and no columns. Track a table of it: "
        "pa.table({'name': data})."
    )


def _batch(data: Any) -> Content:
    return digest_arrow(require("pyarrow", "tables", "A digest of a batch").table(data))


def _polars(data: Any, more: dict[str, Any] | None = None) -> Content:
    pl = sys.modules["polars"]
    for name, kind in data.schema.items():
        if _holds_objects(kind):
            raise _no_form(name, f"values of polars' type {kind}")
    # The order of a Categorical's categories depends on what else the process has seen.
    words = [name for name, kind in data.schema.items() if kind == pl.Categorical]
    plain = data.with_columns(pl.col(words).cast(pl.String)) if words else data
    more = {**(more or {}), **({"categorical": words} if words else {})}
    try:
        table = plain.to_arrow()
    except (ValueError, TypeError, NotImplementedError) as error:
        for name in plain.columns:
            try:
                plain.select(name).to_arrow()
            except (ValueError, TypeError, NotImplementedError):
                what = f"values of polars' type {plain.schema[name]}, which Arrow does not have"
                raise _no_form(name, what) from error
        raise
    return digest_arrow(table, more=more)


def _holds_objects(kind: Any) -> bool:
    """Whether polars' type is, or holds, objects: to Arrow it would hand out where in memory they
    lie."""
    pl = sys.modules["polars"]
    parts = [field.dtype for field in getattr(kind, "fields", ())]
    inner = getattr(kind, "inner", None)
    return bool(kind == pl.Object) or any(
        map(_holds_objects, parts if inner is None else [*parts, inner])
    )


def _no_form(name: str, what: str) -> InvalidInput:
    return InvalidInput(
        f"No digest can be made of the column {name!r}: it holds {what}. Turn it into text or "
        f"numbers, or leave the column out: df.drop({name!r})."
    )


def _polars_series(data: Any) -> Content:
    return _polars(data.to_frame(), {"of": "series"})


def _split(data: Any) -> Content:
    names = ", ".join(map(repr, list(data)[:5]))
    raise InvalidInput(
        f"A DatasetDict holds several data sets ({names}). Track each by itself, with its split."
    )


def _hugging_face(data: Any) -> Content:
    pa = require("pyarrow", "tables", "A digest of a data set")
    batches = data.with_format("arrow").iter(batch_size=10_000)
    schema = data.features.arrow_schema
    table = pa.Table.from_batches(
        [batch for one in batches for batch in one.cast(schema).to_batches()], schema
    )
    more = {"features": data.features.to_dict()}
    return digest_arrow(table, more=more, form="cellbook-huggingface-1", kind="huggingface")


_ELSEWHERE = (
    ("pyarrow", "Table", digest_arrow),
    ("pyarrow", "RecordBatch", _batch),
    ("pyarrow", "RecordBatchReader", _used_up),
    ("pyarrow", "ChunkedArray", _bare),
    ("pyarrow", "Array", _bare),
    ("polars", "DataFrame", _polars),
    ("polars", "Series", _polars_series),
    ("polars", "LazyFrame", _lazy),
    ("scipy.sparse", "spmatrix", digest_sparse),
    ("scipy.sparse", "sparray", digest_sparse),
    ("datasets", "Dataset", _hugging_face),
    ("datasets", "DatasetDict", _split),
)
"""Module and name of a kind of data, and what makes its digest."""
