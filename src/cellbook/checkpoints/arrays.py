"""numpy arrays in a checkpoint: views stay views on their base.

Imported only where numpy is.  The functions under "rebuilding" stand by name in every stream.
"""

from __future__ import annotations

import array as standard_array
import mmap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from cellbook.checkpoints.rebuild import Lost, read_buffer, unavailable

_INLINE = 2048
"""Bytes up to which an array's memory stands in the stream itself."""
_PLAIN = (bytes, bytearray, standard_array.array)
"""What numpy may look into (``frombuffer``) and is exact when it is pickled by itself."""


class Encoder(Protocol):
    """What reducing an array asks of the encoder."""

    def take_buffer(self, memory: memoryview) -> int:
        """Keep bytes beside the stream; return their number."""

    def lose(self, thing: object, reason: str) -> Any:
        """Return the reduction of what cannot be saved."""


def reduce_array(encoder: Encoder, it: np.ndarray[Any, Any]) -> Any:
    """Reduce an array: its memory if it owns that, else what it looks into and how."""
    if isinstance(it, np.memmap):
        return _reduce_map(encoder, it)
    kind = type(it)
    root, foreign = _root(it)
    if isinstance(root, np.memmap) or isinstance(foreign, mmap.mmap):
        return encoder.lose(it, "its memory belongs to a mapped file")
    if kind is not np.ndarray:
        plain = it.view(np.ndarray)
        # numpy makes the new view look into the owner, unless `it` is that owner.
        if plain.base is it:
            return it.__reduce__()
        state = (it.flags.writeable, getattr(it, "__dict__", None))
        return array_of_class, (plain, kind), state, None, None, finish_array
    if (it.dtype.hasobject and it.dtype.kind != "O") or it.dtype.kind == "T":
        return it.__reduce__()
    if root is it:
        if isinstance(foreign, _PLAIN):
            # Immutable memory is shared without harm; of the other kinds, aliases are kept.
            offset = _address(it) - _address(np.frombuffer(foreign, np.uint8))
            return _view(it, foreign, offset)
        return _reduce_owner(encoder, it)
    if foreign is not None and isinstance(foreign, _PLAIN):
        return _view(it, foreign, _address(it) - _address(np.frombuffer(foreign, np.uint8)))
    if root.dtype.hasobject != it.dtype.hasobject or type(root) is not np.ndarray:
        return it.__reduce__()
    return _view(it, root, _address(it) - _low(root))


def _view(it: np.ndarray[Any, Any], base: Any, offset: int) -> Any:
    args = (base, it.dtype, it.shape, it.strides, offset)
    state = (it.flags.writeable, None)
    return array_view, args, state, None, None, finish_array


def _reduce_owner(encoder: Encoder, it: np.ndarray[Any, Any]) -> Any:
    axes = tuple(sorted(range(it.ndim), key=lambda axis: -abs(it.strides[axis])))
    if it.dtype.kind == "O":
        state: Any = list(flat(it))
        order = "F" if it.flags.f_contiguous and not it.flags.c_contiguous else "C"
        return empty_objects, (it.shape, order), state, None, None, fill_objects
    memory = flat(it)
    if not np.shares_memory(memory, it) and it.size:
        # Memory with gaps, which numpy itself never owns: somebody else's.
        memory, axes = np.ascontiguousarray(it).reshape(-1), tuple(range(it.ndim))
    raw = memoryview(memory.view(np.uint8)) if it.size else memoryview(b"")
    source = bytes(raw) if raw.nbytes <= _INLINE else encoder.take_buffer(raw)
    state = (it.flags.writeable, None)
    return array, (source, it.dtype, it.shape, axes), state, None, None, finish_array


def _reduce_map(encoder: Encoder, it: Any) -> Any:
    if it.filename is None or isinstance(getattr(it, "base", None), np.memmap):
        return encoder.lose(it, "it is a part of a mapped file")
    if it.mode == "c":
        return encoder.lose(it, "it is a mapped file with changes of its own")
    return memory_map, (str(Path(it.filename)), it.dtype, it.mode, it.offset, it.shape)


def _root(it: Any) -> tuple[Any, Any]:
    """Return the array at the root of a view, and what that looks into if it owns no memory."""
    while True:
        base = it.base
        if type(base).__name__ == "DummyArray":
            base = base.base  # numpy's as_strided puts this between.
        if isinstance(base, memoryview):
            base = base.obj
        if not isinstance(base, np.ndarray):
            return it, base
        it = base


def _address(it: Any) -> int:
    return int(it.__array_interface__["data"][0])


def _low(it: Any) -> int:
    """Return the lowest address of an array's memory."""
    return int(np.lib.array_utils.byte_bounds(it)[0])


# -- rebuilding --------------------------------------------------------------------------------


def flat(owner: Any) -> Any:
    """Return an array's memory, if it is one block, as a one-dimensional view of it."""
    return owner.ravel(order="K") if owner.ndim else owner.reshape(1)


def array(source: int | bytes, dtype: Any, shape: Sequence[int], axes: Sequence[int]) -> Any:
    """Return an array that owns its memory.

    Parameters
    ----------
    source
        The number of its buffer, or its bytes.
    dtype
        A numpy dtype.
    shape
        Its shape.
    axes
        Its axes from the slowest to the fastest in memory.
    """
    if list(axes) == sorted(axes):
        made = np.empty(shape, dtype)
    elif list(axes) == sorted(axes, reverse=True):
        made = np.empty(shape, dtype, order="F")
    else:
        ordered = np.empty([shape[axis] for axis in axes], np.uint8)
        made = np.empty_like(ordered.transpose(np.argsort(axes)), dtype=dtype)
    if made.size:
        memory = memoryview(flat(made).view(np.uint8))
        if isinstance(source, int):
            read_buffer(source, memory)
        else:
            memory[:] = source
    return made


def empty_objects(shape: Sequence[int], order: Any) -> Any:
    """Return an array of Python objects; they follow."""
    return np.empty(shape, object, order)


def fill_objects(made: Any, items: list[Any]) -> None:
    """Put the objects, in the order of memory, into an array."""
    memory = flat(made)
    for place, item in enumerate(items):
        memory[place] = item


def array_view(
    base: Any, dtype: Any, shape: Sequence[int], strides: Sequence[int], offset: int
) -> Any:
    """Return a view on the memory of another array, or of a bytes-like object."""
    if isinstance(base, Lost):
        return base
    if not isinstance(base, np.ndarray):
        return np.ndarray(shape, dtype, base, offset, strides)
    memory = flat(base)
    if dtype.kind == "O":
        start = memory[offset // memory.itemsize :]
        return np.lib.stride_tricks.as_strided(start, shape, strides)
    return np.ndarray(shape, dtype, memory, offset, strides)


def array_of_class(plain: Any, kind: Any) -> Any:
    """Return an array of a subclass on the memory of a plain one; its attributes follow."""
    if isinstance(plain, Lost) or not isinstance(kind, type) or not issubclass(kind, np.ndarray):
        return Lost()
    return plain.view(kind)


def finish_array(made: Any, state: tuple[bool, dict[str, Any] | None]) -> None:
    """Give an array its attributes, and make it read-only where it was."""
    if isinstance(made, np.ndarray):
        if state[1]:
            made.__dict__.update(state[1])
        if not state[0]:
            made.flags.writeable = False


def memory_map(path: str, dtype: Any, mode: Any, offset: int, shape: tuple[int, ...]) -> Any:
    """Map a file into memory again."""
    try:
        return np.memmap(path, dtype, "r+" if mode == "w+" else mode, offset, shape)
    except (OSError, ValueError) as error:
        return unavailable(f"the file {path} cannot be mapped again ({error})")


REDUCERS: dict[type, Callable[[Encoder, Any], Any]] = {np.ndarray: reduce_array}
"""By base class: how the encoder reduces an object."""
