"""A few arrays and a head of JSON as one run of bytes: no pickles, so nothing of it can run.

``CBPACK1`` and, compressed by zlib: the length of the head (u32, little-endian), the head, and the
arrays one after another.  Of each array all first bytes come first, then all second bytes and so
on, which is how zlib finds what numbers near one another have in common.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from cellbook.errors import StoreCorrupt

MAGIC = b"CBPACK1"
_LENGTH = struct.Struct("<I")
_MOST = 1 << 30
"""Bytes that a pack may become: more is no pack of ours but a bomb."""
_KINDS = "biuf"

Array = np.ndarray[Any, Any]


def pack(head: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """Return head and arrays, each of numbers and of one dimension, as bytes.

    The same content always makes the same bytes.
    """
    listed, parts = [], []
    for name, array in arrays.items():
        plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        listed.append([name, plain.dtype.str, len(plain)])
        parts.append(plain.view(np.uint8).reshape(-1, plain.itemsize).T.tobytes())
    text = json.dumps({"head": head, "arrays": listed}, separators=(",", ":")).encode()
    return MAGIC + zlib.compress(b"".join([_LENGTH.pack(len(text)), text, *parts]), 4)


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the head and the arrays that :func:`pack` made bytes of.

    Raises
    ------
    StoreCorrupt
        If these are no such bytes, or not all of them.
    """
    try:
        if not data.startswith(MAGIC):
            raise ValueError("it does not begin as one")
        opened = zlib.decompressobj()
        body = opened.decompress(data[len(MAGIC) :], _MOST)
        if not opened.eof:
            raise ValueError("its end is missing")
        (length,) = _LENGTH.unpack_from(body)
        start = _LENGTH.size + length
        told = json.loads(body[_LENGTH.size : start])
        arrays = {}
        for name, kind, count in told["arrays"]:
            dtype = np.dtype(kind)
            if dtype.kind not in _KINDS or count < 0:
                raise ValueError("an array is none of numbers")
            size = dtype.itemsize * count
            part = np.frombuffer(body, np.uint8, size, start)
            start += size
            turned = np.ascontiguousarray(part.reshape(dtype.itemsize, -1).T)
            arrays[str(name)] = turned.reshape(-1).view(dtype)
        return dict(told["head"]), arrays
    except (ValueError, KeyError, TypeError, struct.error, zlib.error) as error:
        raise StoreCorrupt(
            f"What was recorded cannot be read ({error}). `cellbook verify` tells what else is "
            "damaged; restore it from a copy of the book."
        ) from None
