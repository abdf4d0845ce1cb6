"""Data in memory as bytes and back: Arrow's format for tables, numpy's for arrays.

Never a pickle, which would be code.  Whether data comes back as it was is told by its class and its
digest.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from cellbook.datasets.chunks import Chunker
from cellbook.errors import InvalidInput
from cellbook.optional import require

_ROWS = 1 << 16
"""Rows of a batch: a table with more rows has the same batches, and some behind them."""

Writer = Callable[[Chunker], None]

_ARRAYS: dict[str, Any] = {"numpy.recarray": np.recarray, "numpy.matrix": np.matrix}
"""Arrays that are given back as more than an array."""
_UNSAVED = ("lil", "dok")
"""Formats of sparse matrices that scipy saves as another one."""


def as_bytes(data: Any) -> tuple[str, str, Writer]:
    """Return form and class of some data, and what writes it.

    Raises
    ------
    InvalidInput
        If it has no form that can be kept.
    MissingDependency
        If it takes pyarrow, which is not installed.
    """
    if isinstance(data, np.ndarray):
        kind = next((name for name, one in _ARRAYS.items() if type(data) is one), "numpy.ndarray")
        return "npy", kind, lambda sink: _write_array(sink, data)
    if type(data).__module__.startswith("scipy.sparse"):
        of = f"scipy.sparse.{data.format}" if data.format in _UNSAVED else "scipy.sparse"
        return "npz", of, lambda sink: _write_sparse(sink, data)
    of, table = _as_table(data)
    return "arrow", of, lambda sink: _write_table(sink, table)


def from_bytes(form: str, of: str, data: bytes) -> Any:
    """Return what :func:`as_bytes` wrote.

    Raises
    ------
    MissingDependency
        If it takes a library that is not installed.
    """
    if form == "npy":
        array = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
        return array.view(_ARRAYS[of]) if of in _ARRAYS else array
    if form == "npz":
        matrix = require("scipy.sparse", "tables", "A sparse matrix").load_npz(io.BytesIO(data))
        unsaved = of.rpartition(".")[2]
        return matrix.asformat(unsaved) if unsaved in _UNSAVED else matrix
    pa = require("pyarrow", "tables", "Reading a table back")
    with pa.ipc.open_stream(pa.BufferReader(data)) as reader:
        table = reader.read_all()
    if of == "pyarrow.Table":
        return table
    if of == "pyarrow.RecordBatch":
        batches = table.combine_chunks().to_batches()
        return batches[0] if batches else pa.RecordBatch.from_pylist([], table.schema)
    if of.startswith("polars."):
        frame = require("polars", "tables", "Reading a polars frame back").from_arrow(table)
        return frame.to_series() if of == "polars.Series" else frame
    if of == "datasets.Dataset":
        return require("datasets", "tables", "Reading a data set back").Dataset(table)
    frame = table.to_pandas()
    if of == "pandas.DataFrame":
        return frame
    only = frame.iloc[:, 0]
    name = None if table.schema.metadata.get(b"cellbook_unnamed") else only.name
    return only.rename(name) if of == "pandas.Series" else pd.Index(only, name=name)


def _as_table(data: Any) -> tuple[str, Any]:
    pa = require("pyarrow", "tables", "Keeping a table by value")
    if isinstance(data, pd.DataFrame):
        return "pandas.DataFrame", _of_pandas(data)
    if isinstance(data, pd.Series):
        return "pandas.Series", _unnamed(_of_pandas(data.to_frame()), data.name)
    if isinstance(data, pd.MultiIndex):
        raise InvalidInput("A MultiIndex is not kept by value. Keep index.to_frame() instead.")
    if isinstance(data, pd.Index):
        return "pandas.Index", _unnamed(_of_pandas(data.to_frame(index=False)), data.name)
    if isinstance(data, pa.Table):
        return "pyarrow.Table", data
    if isinstance(data, pa.RecordBatch):
        return "pyarrow.RecordBatch", pa.Table.from_batches([data])
    pl: Any = sys.modules.get("polars")
    if pl is not None and isinstance(data, (pl.DataFrame, pl.Series)):
        frame = data if isinstance(data, pl.DataFrame) else data.to_frame()
        return f"polars.{type(data).__name__}", frame.to_arrow()
    if type(data).__module__.startswith("datasets."):
        schema = data.features.arrow_schema
        batches = data.with_format("arrow").iter(batch_size=_ROWS)
        parts = [batch for one in batches for batch in one.cast(schema).to_batches()]
        return "datasets.Dataset", pa.Table.from_batches(parts, schema)
    if hasattr(data, "__arrow_c_stream__"):
        return "pyarrow.Table", pa.table(data)
    raise InvalidInput(f"A {type(data).__name__} is not kept by value. Leave keep=True out.")


def _of_pandas(frame: pd.DataFrame) -> Any:
    pa = require("pyarrow", "tables", "Keeping a table by value")
    try:
        with warnings.catch_warnings():
            # What does not come back as it was is found out by its digest, and is an error.
            warnings.simplefilter("ignore", UserWarning)
            return pa.Table.from_pandas(frame)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise InvalidInput(
            f"The frame cannot be kept by value: {str(error.args[0]).rstrip('.')}. Turn that "
            "column into text or numbers, or leave keep=True out."
        ) from None


def _unnamed(table: Any, name: Any) -> Any:
    if name is not None:
        return table
    return table.replace_schema_metadata({**table.schema.metadata, b"cellbook_unnamed": b"1"})


def _write_table(sink: Chunker, table: Any) -> None:
    pa = require("pyarrow", "tables", "Keeping a table by value")
    with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), table.schema) as writer:
        writer.write_table(table, max_chunksize=_ROWS)


def _write_array(sink: Chunker, array: np.ndarray[Any, Any]) -> None:
    if isinstance(array, np.ma.MaskedArray) or array.dtype.hasobject or array.dtype.char == "T":
        raise InvalidInput(
            f"An array of {array.dtype} or with a mask is not kept by value, as it would have to "
            "be pickled. Turn it into numbers or text, or leave keep=True out."
        )
    np.lib.format.write_array(sink, np.asarray(array), allow_pickle=False)


def _write_sparse(sink: Chunker, matrix: Any) -> None:
    made = io.BytesIO()
    plain = matrix if matrix.format in ("csc", "csr", "bsr", "dia", "coo") else matrix.tocsr()
    require("scipy.sparse", "tables", "A sparse matrix").save_npz(made, plain, compressed=False)
    sink.write(made.getbuffer())
