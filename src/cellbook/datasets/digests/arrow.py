"""Digests of Arrow's tables and arrays, and of what hands its memory out as such.

What is called the same in Arrow and in pandas is the same type: ``int64`` is numpy's, a string
column pandas' ``str``.  Metadata of a schema is no content.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from cellbook.datasets.content import Content
from cellbook.datasets.digests.columns import Named, digest_table
from cellbook.datasets.digests.hashing import OWN, Array, Column, Unhashable
from cellbook.datasets.digests.zones import zone_name
from cellbook.optional import require

_ARROWS_OWN = {
    "arrow.fixed_shape_tensor": ("shape", "permutation", "dim_names"),
    "arrow.opaque": ("type_name", "vendor_name"),
    "arrow.bool8": (),
    "arrow.json": (),
    "arrow.uuid": (),
}
"""The parameters of Arrow's own extension types."""

_STRUCTURED = ("list", "large_list", "fixed_size_list", "list_view", "large_list_view")


def digest_arrow(table: Any, **options: Any) -> Content:
    """Return what is known of an Arrow table; `options` are those of :func:`digest_table`.

    Raises
    ------
    InvalidInput
        If there is a value of which no digest can be made.
    """
    # What a Hugging Face data set says of its features tells the parameters of its types, too.
    known = "features" in (options.get("more") or {})
    columns = [
        Named(name, repr(name), partial(add_arrow, values=values, parameters=not known))
        for name, values in zip(table.column_names, table.columns, strict=True)
    ]
    return digest_table(columns, table.num_rows, size=table.nbytes, **options)


def add_arrow(column: Column, values: Any, missing: int = OWN, *, parameters: bool = True) -> Any:
    """Add an array, or one in chunks; return its type.

    `parameters` says whether those of extension types belong to it.

    Raises
    ------
    Unhashable
        If its type is one that no digest can be made of.
    """
    pa = require("pyarrow", "tables", "A digest of Arrow's data")
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    if pa.types.is_dictionary(values.type):
        if isinstance(values, pa.ChunkedArray):
            chunks = values.unify_dictionaries().chunks
        told = _add_dictionary(column, chunks, values.type, missing)
    else:
        told = _add(column, chunks, values.type, missing)
    extended = list(_parameters(values.type)) if parameters else []
    return ["extended", told, extended] if extended else told


def _parameters(kind: Any) -> Iterator[Any]:
    """Yield the parameters of each extension type in a type, of those that have any: the same
    numbers are another content as a tensor of 2 by 3 than as one of 3 by 2."""
    pa = require("pyarrow", "tables", "A digest of Arrow's data")
    types = pa.types
    if isinstance(kind, pa.ExtensionType):
        told = kind.__arrow_ext_serialize__()
        if told:
            yield told.hex()
    elif isinstance(kind, pa.BaseExtensionType):
        # Arrow's own do not say them as bytes.
        names = _ARROWS_OWN.get(kind.extension_name)
        told = str(kind) if names is None else [_plain(getattr(kind, name)) for name in names]
        if told:
            yield told
    if isinstance(kind, pa.BaseExtensionType):
        yield from _parameters(kind.storage_type)
    elif types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        yield from _parameters(kind.value_type)
    elif types.is_map(kind):
        yield from _parameters(kind.key_type)
        yield from _parameters(kind.item_type)
    elif types.is_nested(kind) and not types.is_union(kind):
        for place in range(kind.num_fields):
            yield from _parameters(kind.field(place).type)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (list, tuple)) else value


def _add(column: Column, chunks: list[Any], kind: Any, missing: int) -> Any:
    pa = require("pyarrow", "tables", "A digest of Arrow's data")
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        storage = [chunk.storage for chunk in chunks]
        return ["extension", kind.extension_name, _add(column, storage, kind.storage_type, missing)]
    if types.is_null(kind):
        column.rows += sum(map(len, chunks))
        return "null"
    if types.is_run_end_encoded(kind):
        run = require("pyarrow.compute", "tables", "A digest of Arrow's data")
        return _add(column, [run.run_end_decode(one) for one in chunks], kind.value_type, missing)
    if types.is_dictionary(kind):
        return _add_dictionary(column, chunks, kind, missing)
    if types.is_struct(kind):
        return _add_struct(column, chunks, kind, missing)
    if types.is_map(kind) or _is_list(kind, types):
        return _add_lists(column, chunks, kind, missing)
    if _is_text(kind, types):
        for chunk in chunks:
            _add_text(column, chunk, kind, missing)
        if types.is_fixed_size_binary(kind):
            return ["bytes", kind.byte_width]
        return "string" if "string" in str(kind) or "utf8" in str(kind) else "bytes"
    told = _type_of(kind, types)
    for chunk in chunks:
        _add_fixed(column, chunk, kind, missing)
    return told


def _type_of(kind: Any, types: Any) -> Any:
    if types.is_timestamp(kind):
        return ["timestamp", zone_name(kind.tz)]
    if types.is_duration(kind):
        return "duration"
    if types.is_time(kind):
        return "time"
    if types.is_date32(kind):
        return "date"
    if types.is_date64(kind):
        return "date64"
    if types.is_decimal(kind):
        return ["decimal", kind.bit_width, kind.precision, kind.scale]
    if types.is_float16(kind):
        return "float16"
    if types.is_boolean(kind) or types.is_integer(kind) or types.is_floating(kind):
        return {"float": "float32", "double": "float64", "halffloat": "float16"}.get(
            str(kind), str(kind)
        )
    raise Unhashable(-1, f"values of Arrow's type {kind}")


def _is_text(kind: Any, types: Any) -> bool:
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_fixed_size_binary(kind)
        or str(kind) in ("string_view", "binary_view")
    )


def _is_list(kind: Any, types: Any) -> bool:
    return any(getattr(types, f"is_{name}")(kind) for name in _STRUCTURED)


def _mask(chunk: Any) -> Array | None:
    if not chunk.null_count:
        return None
    mask: Array = chunk.is_null().to_numpy(zero_copy_only=False)
    return mask


def _add_fixed(column: Column, chunk: Any, kind: Any, missing: int) -> None:
    types = require("pyarrow", "tables", "A digest of Arrow's data").types
    mask = _mask(chunk)
    if types.is_boolean(kind):
        plain = chunk.fill_null(False) if mask is not None else chunk
        _note(column, mask, missing)
        column.add_numbers(plain.to_numpy(zero_copy_only=False))
        return
    data = chunk.buffers()[1]
    width = kind.bit_width // 8
    start, length = chunk.offset, len(chunk)
    if types.is_decimal(kind):
        dtype = np.dtype((np.void, width))
        values = _of_buffer(data, dtype, start, length)
        if mask is not None:
            values = values.copy()
            values[mask] = bytes(width)
        _note(column, mask, missing)
        column.values.feed(np.ascontiguousarray(values).view(np.uint8))
        column.rows += length
        return
    if types.is_timestamp(kind) or types.is_duration(kind) or types.is_time(kind):
        values = _of_buffer(data, np.dtype(f"i{width}"), start, length).astype(np.int64, copy=False)
        # The smallest number is a moment here, if one beyond all calendars; pandas has it as NaT.
        column.add_times(values, kind.unit, mask)
        return
    if types.is_date(kind):
        values = _of_buffer(data, np.dtype(f"i{width}"), start, length).astype(np.int64)
    else:
        values = _of_buffer(data, np.dtype(kind.to_pandas_dtype()), start, length)
    _note(column, mask, missing)
    if mask is not None:
        values = np.where(mask, values.dtype.type(0), values)
    column.add_numbers(values)


def _of_buffer(data: Any, dtype: Any, start: int, length: int) -> Array:
    if data is None or not length:
        return np.empty(0, dtype)
    return np.frombuffer(data, dtype, length, start * dtype.itemsize)


def _note(column: Column, mask: Array | None, missing: int) -> None:
    column.add_missing(mask, missing)


def _add_text(column: Column, chunk: Any, kind: Any, missing: int) -> None:
    pa = require("pyarrow", "tables", "A digest of Arrow's data")
    mask = _mask(chunk)
    _note(column, mask, missing)
    if pa.types.is_fixed_size_binary(kind):
        chunk = chunk.cast(pa.large_binary())
    elif "view" in str(kind):
        chunk = chunk.cast(pa.large_string() if "string" in str(kind) else pa.large_binary())
    if mask is not None:
        chunk = chunk.fill_null(
            b"" if pa.types.is_large_binary(chunk.type) or pa.types.is_binary(chunk.type) else ""
        )
    wide = "large" in str(chunk.type)
    offsets = (
        _of_buffer(
            chunk.buffers()[1], np.dtype("i8" if wide else "i4"), chunk.offset, len(chunk) + 1
        )
        if len(chunk)
        else np.zeros(1, np.int64)
    )
    data = chunk.buffers()[2]
    start, end = int(offsets[0]), int(offsets[-1])
    held = np.frombuffer(data, np.uint8, end - start, start) if end > start else b""
    column.add_texts(np.diff(offsets), held)


def _add_lists(column: Column, chunks: list[Any], kind: Any, missing: int) -> Any:
    pa = require("pyarrow", "tables", "A digest of Arrow's data")
    is_map = pa.types.is_map(kind)
    item = _pairs(kind) if is_map else kind.value_type
    parts = []
    for chunk in chunks:
        mask = _mask(chunk)
        _note(column, mask, missing)
        lengths = np.zeros(len(chunk), np.int64)
        if is_map:
            there = chunk.drop_null()
            offsets = np.asarray(there.offsets)
            lengths[slice(None) if mask is None else ~mask] = np.diff(offsets)
            start, count = int(offsets[0]), int(offsets[-1] - offsets[0])
            held = [one.slice(start, count) for one in (there.keys, there.items)]
            parts.append(pa.StructArray.from_arrays(held, fields=list(item)))
        else:
            lengths += chunk.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
            parts.append(chunk.flatten())
        column.add_texts(lengths, b"")
    child = Column()
    told = ["map" if is_map else "list", _add(child, parts, item, OWN)]
    column.children.append(child)
    return [*told, kind.list_size] if pa.types.is_fixed_size_list(kind) else told


def _pairs(kind: Any) -> Any:
    pa = require("pyarrow", "tables", "A digest of Arrow's data")
    return pa.struct([pa.field("key", kind.key_type, nullable=False), ("value", kind.item_type)])


def _add_struct(column: Column, chunks: list[Any], kind: Any, missing: int) -> Any:
    for chunk in chunks:
        _note(column, _mask(chunk), missing)
        column.rows += len(chunk)
    flat = [chunk.flatten() for chunk in chunks]
    told = []
    for place in range(kind.num_fields):
        child = Column()
        one = kind.field(place)
        told.append([one.name, _add(child, [parts[place] for parts in flat], one.type, OWN)])
        column.children.append(child)
    return ["struct", told]


def _add_dictionary(column: Column, chunks: list[Any], kind: Any, missing: int) -> Any:
    pa = require("pyarrow", "tables", "A digest of Arrow's data")
    categories = Column()
    if chunks:
        words = chunks[0].dictionary
        if any(not chunk.dictionary.equals(words) for chunk in chunks[1:]):
            chunks = pa.chunked_array(chunks).unify_dictionaries().chunks
            words = chunks[0].dictionary
    else:
        words = pa.array([], kind.value_type)
    told = _add(categories, [words], kind.value_type, OWN)
    for chunk in chunks:
        mask = _mask(chunk)
        codes = chunk.indices.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int32)
        _note(column, mask, missing)
        column.add_numbers(codes)
    return ["category", bool(kind.ordered), told, len(words), categories.seal().hex()]
