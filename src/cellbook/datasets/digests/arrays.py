"""Digests of numpy's arrays and scipy's sparse matrices.

The order of bytes and of memory is no content, the dtype and the shape are.  Of a structured array
each field is hashed by itself, as what lies between fields is chance.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cellbook.datasets.content import Content
from cellbook.datasets.digests.hashing import BLOCK, Array, Column, Unhashable, canonical, seal
from cellbook.datasets.digests.objects import add_objects, label_of
from cellbook.errors import InvalidInput

ARRAY = "cellbook-array-1"
SPARSE = "cellbook-sparse-1"


def digest_array(array: Array) -> Content:
    """Return what is known of an array.

    Of a masked array the mask counts, and not what lies under it nor what would fill it.

    Raises
    ------
    InvalidInput
        If there is a value of which no digest can be made; it names place and type.
    """
    column = Column()
    masked = isinstance(array, np.ma.MaskedArray)
    try:
        if masked:
            mask = np.ma.getmaskarray(array)
            if mask.dtype.names is not None:
                raise Unhashable(-1, "a mask for each field")
            column.add_missing(mask.ravel())
            plain = np.ma.getdata(array)
            plain = np.where(mask, np.zeros((), plain.dtype), plain)
        else:
            plain = np.asarray(array)
        kind = _add(column, plain)
    except Unhashable as error:
        where = "" if error.row < 0 else f" at place {_place(error.row, array.shape)}"
        raise InvalidInput(
            f"No digest can be made of the array: it holds{where} {error.what}. Turn it into text "
            "or numbers, such as by .astype(float)."
        ) from None
    header = {"dtype": kind, "shape": list(array.shape), "masked": masked}
    rows = array.shape[0] if array.ndim else None
    columns = array.shape[1] if array.ndim == 2 else None
    return Content("array", seal(ARRAY, header, [column.seal()]), column.size, rows, columns)


def _place(row: int, shape: tuple[int, ...]) -> str:
    return str(tuple(int(one) for one in np.unravel_index(row, shape))) if shape else "()"


def _add(column: Column, array: Array) -> Any:
    dtype = array.dtype
    if dtype.names is not None:
        fields = []
        for name in dtype.names:
            child = Column()
            fields.append([label_of(name), _add(child, array[name]), list(dtype[name].shape)])
            column.children.append(child)
        return fields
    if dtype.kind == "O":
        return add_objects(column, array.ravel())
    if dtype.kind == "T":
        add_objects(column, array.astype(object).ravel())
        return "StringDType"
    if dtype.kind == "V" or dtype.char in "gG":
        what = "bytes without a type" if dtype.kind == "V" else f"{dtype}, another one elsewhere"
        raise Unhashable(-1, f"values of the dtype {what}")
    little = dtype.newbyteorder("<")
    for block in _blocks(array):
        if dtype.kind in "mM":
            held = block.astype(little, copy=False).view("<i8")
        elif dtype.kind in "US":
            held = block.astype(little, copy=False).view(np.uint8) if dtype.itemsize else block
        else:
            held = canonical(block)
        column.values.feed(held)
    return little.str.replace("=", "<")


def _blocks(array: Array) -> Any:
    """Yield the values in the order of rows, in blocks that lie one value after the other."""
    if array.flags.c_contiguous:
        flat = array.reshape(-1)
        for start in range(0, flat.size, BLOCK):
            yield flat[start : start + BLOCK]
    elif array.ndim == 1 or array[:1].size > BLOCK:
        step = BLOCK if array.ndim == 1 else 1
        for start in range(0, len(array), step):
            yield np.ascontiguousarray(array[start : start + step]).reshape(-1)
    else:
        step = max(1, BLOCK // max(1, array[:1].size))
        for start in range(0, len(array), step):
            yield np.ascontiguousarray(array[start : start + step]).reshape(-1)


def digest_sparse(matrix: Any) -> Content:
    """Return what is known of one of scipy's sparse matrices or arrays.

    The format is no content, as it is with dense arrays: entries count in the order of rows, what
    is stored twice as its sum, and a zero that is stored as one that is stored.

    Raises
    ------
    InvalidInput
        If it holds objects.
    """
    if matrix.dtype.kind not in "biufc" or matrix.dtype.char in "gG":
        raise InvalidInput(
            f"No digest can be made of a sparse matrix of {matrix.dtype}. Turn it into numbers, "
            "such as by .astype(float)."
        )
    entries = matrix.tocoo(copy=True)
    entries.sum_duplicates()
    places = entries.coords if hasattr(entries, "coords") else (entries.row, entries.col)
    order = np.lexsort(places[::-1])
    columns = []
    for place in places:
        column = Column()
        column.add_numbers(np.asarray(place)[order].astype(np.int64))
        columns.append(column)
    values = Column()
    values.add_numbers(entries.data[order])
    header = {"dtype": matrix.dtype.newbyteorder("<").str, "shape": list(matrix.shape)}
    digest = seal(SPARSE, header, [column.seal() for column in (*columns, values)])
    size = sum(column.size for column in (*columns, values))
    shape = (*matrix.shape, None)
    return Content("sparse", digest, size, shape[0], shape[1])
