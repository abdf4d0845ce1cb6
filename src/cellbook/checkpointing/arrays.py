"""numpy arrays in a checkpoint: views stay views on their base.

Imported only where numpy is.  The functions under "rebuilding" stand by name in every stream.
"""

from __future__ import annotations

import array as standard_array
import contextlib
import ctypes
import math
import mmap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from cellbook.checkpointing.rebuild import Lost, read_buffer, unavailable

_INLINE = 2048
"""Bytes up to which an array's memory stands in the stream itself."""
_PLAIN = (bytes, bytearray, standard_array.array)
"""What numpy may look into (``frombuffer``) and is exact when it is pickled by itself."""


class Encoder(Protocol):
    """What reducing an array asks of the encoder."""

    def take_buffer(self, memory: memoryview, address: int) -> int:
        """Keep bytes beside the stream; return their number."""

    def lose(self, thing: object, reason: str) -> Any:
        """Return the reduction of what cannot be saved."""

    def note(self, thing: object, text: str) -> None:
        """Put on record that an object is restored, but not in every respect."""

    def plainly(self, thing: object) -> Any:
        """Return what the object's own ``__reduce_ex__`` does, checked."""


def reduce_array(encoder: Encoder, it: np.ndarray[Any, Any]) -> Any:
    """Reduce an array: its memory if it owns that, else what it looks into and how."""
    kind = type(it)
    if issubclass(kind, np.memmap):
        return _reduce_map(encoder, it)
    root, foreign = _root(it)
    if type(root) is np.memmap or isinstance(foreign, mmap.mmap):
        return encoder.lose(it, "its memory belongs to a mapped file")
    if _reduces_itself(kind):
        if kind is not np.ma.core.MaskedConstant:
            encoder.note(it, _UNSHARED)
        return encoder.plainly(it)
    if root is it and not isinstance(foreign, _PLAIN):
        if foreign is not None and it.flags.writeable and not isinstance(foreign, np.generic):
            encoder.note(it, _UNSHARED)
        return _reduce_owner(encoder, it)
    if kind is not np.ndarray:
        state = (it.flags.writeable, getattr(it, "__dict__", None))
        # numpy makes the new view look into the owner, which is not `it`.
        return array_of_class, (it.view(np.ndarray), kind), state, None, None, finish_array
    if isinstance(foreign, _PLAIN):
        return _view(it, foreign, _address(it) - _address(np.frombuffer(foreign, np.uint8)))
    if _reduces_itself(type(root)):
        encoder.note(it, _UNSHARED)
        return it.__reduce__()
    offset = _address(it) - _low(root)
    if root.dtype.kind == "T":
        return encoder.lose(it, "it looks into an array of strings, which can be made only whole")
    if root.dtype.hasobject and _place(root.dtype, it.dtype, offset) is None:
        return encoder.lose(it, "it looks into a part of an array of objects")
    return _view(it, root, offset)


_UNSHARED = "it has memory of its own now, which it shares with nothing"


def _reduces_itself(kind: type) -> bool:
    """Whether a class of arrays has its own way of being saved."""
    if kind is np.ma.core.MaskedConstant:
        return True
    known: tuple[Any, ...] = (np.ndarray.__reduce__, np.ma.MaskedArray.__reduce__)
    plain: Any = np.ndarray.__reduce_ex__
    return kind.__reduce__ not in known or kind.__reduce_ex__ is not plain


def _needs_places(dtype: Any) -> bool:
    """Whether memory of a dtype cannot be looked into as bytes."""
    return bool(dtype.hasobject) or dtype.kind == "T"


def _place(whole: Any, part: Any, offset: int) -> tuple[str | None, int] | None:
    """Return the field and the element of an array that a view of another dtype begins at."""
    element, rest = divmod(offset, whole.itemsize)
    if part == whole and not rest:
        return None, element
    for name in whole.names or ():
        if whole.fields[name][:2] == (part, rest):
            return name, element
    return None


def _view(it: np.ndarray[Any, Any], base: Any, offset: int) -> Any:
    args = (base, it.dtype, it.shape, it.strides, offset)
    state = (it.flags.writeable, None)
    return array_view, args, state, None, None, finish_array


def _reduce_owner(encoder: Encoder, it: np.ndarray[Any, Any]) -> Any:
    if it.dtype.hasobject and it.dtype.kind != "O":
        return it.__reduce__()
    axes = tuple(sorted(range(it.ndim), key=lambda axis: -abs(it.strides[axis])))
    memory = flat(it.view(np.ndarray))
    if it.size and not np.may_share_memory(memory, it):
        # Memory with gaps, which numpy itself never owns: somebody else's.
        memory, axes = np.ascontiguousarray(it).reshape(-1), tuple(range(it.ndim))
    about = (it.flags.writeable, getattr(it, "__dict__", None))
    args: Any = (it.dtype, it.shape, axes)
    if type(it) is not np.ndarray:
        args = (*args, type(it))
    if _needs_places(it.dtype):
        return empty_array, args, (list(memory), *about), None, None, fill_array
    raw = memoryview(memory.view(np.uint8)) if it.size else memoryview(b"")
    inline = raw.nbytes <= _INLINE
    source = bytes(raw) if inline else encoder.take_buffer(raw, _address(it))
    return array, (source, *args), about, None, None, finish_array


def _reduce_map(encoder: Encoder, it: Any) -> Any:
    if it.filename is None or isinstance(getattr(it, "base", None), np.memmap):
        return encoder.lose(it, "it is a part of a mapped file")
    if it.mode == "c":
        return encoder.lose(it, "it is a mapped file with changes of its own")
    path = str(Path(it.filename))
    encoder.note(it, f"it has what the file {path} holds by now")
    return memory_map, (path, it.dtype, it.mode, it.offset, it.shape)


def reduce_dtype(encoder: Encoder, it: Any) -> Any:
    """Reduce a dtype; of the plain ones there is one object each."""
    if it.isbuiltin == 1 and it.kind != "T" and it is np.dtype(it.str):
        return np.dtype, (it.str,)
    return encoder.plainly(it)


def reduce_record(encoder: Encoder, it: Any) -> Any:
    """Reduce a row of a structured array, which looks into that."""
    base = it.base
    if base is None:
        return encoder.plainly(it)
    if _needs_places(it.dtype) or not isinstance(base, np.ndarray):
        return encoder.lose(it, "it looks into a part of an array of objects")
    root, foreign = _root(base)
    if foreign is not None:
        return encoder.lose(it, "it looks into memory that is not an array's")
    offset = _address(np.frombuffer(it, np.uint8)) - _low(root)
    return record, (root, it.dtype, offset, type(it))


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


def array(source: int | bytes, *description: Any) -> Any:
    """Return an array that owns its memory.

    Parameters
    ----------
    source
        The number of its buffer, or its bytes.
    description
        What :func:`empty_array` takes.
    """
    with _small_pages():
        made = empty_array(*description)
    if isinstance(made, np.ndarray) and made.size:
        memory = memoryview(flat(made.view(np.ndarray)).view(np.uint8))
        if isinstance(source, int):
            read_buffer(source, memory)
            _allow_huge_pages(made)
        else:
            memory[:] = source
    return made


_core: Any = getattr(np, "_core", None)
_switch: Any = getattr(getattr(_core, "multiarray", None), "_set_madvise_hugepage", None)
_HUGE = 4 << 20
"""Bytes from which numpy asks for huge pages."""


@contextlib.contextmanager
def _small_pages() -> Iterator[None]:
    """Have numpy ask for no huge pages.

    Those are found where nothing was before; where a virtual machine's memory is first touched,
    that takes three times as long as to fill pages that others have left.
    """
    before = _switch(False) if _switch else None
    try:
        yield
    finally:
        if _switch:
            _switch(before)


def _allow_huge_pages(made: Any) -> None:
    """Let the system put an array together into huge pages by and by, as numpy would have it."""
    if _switch and made.nbytes >= _HUGE and hasattr(mmap, "MADV_HUGEPAGE"):
        start = -(-_address(made) // mmap.PAGESIZE) * mmap.PAGESIZE
        size = _address(made) + made.nbytes - start
        ctypes.CDLL(None).madvise(
            ctypes.c_void_p(start), ctypes.c_size_t(size), ctypes.c_int(mmap.MADV_HUGEPAGE)
        )


def empty_array(
    dtype: Any, shape: Sequence[int], axes: Sequence[int], kind: Any = np.ndarray
) -> Any:
    """Return an array that owns its memory; what is in it follows.

    Parameters
    ----------
    dtype
        A numpy dtype.
    shape
        Its shape.
    axes
        Its axes from the slowest to the fastest in memory.
    kind
        Its class.
    """
    if not isinstance(kind, type) or not issubclass(kind, np.ndarray):
        return Lost()
    order: Any = list(axes)
    if order == sorted(axes):
        return np.ndarray.__new__(kind, shape, dtype)
    if order == sorted(axes, reverse=True):
        return np.ndarray.__new__(kind, shape, dtype, order="F")
    ordered = np.empty([shape[axis] for axis in axes], np.uint8).transpose(np.argsort(axes))
    made = np.empty_like(ordered, dtype=dtype)
    return made if kind is np.ndarray else made.view(kind)


def fill_array(made: Any, state: tuple[list[Any], bool, dict[str, Any] | None]) -> None:
    """Put items, in the order of memory, into an array."""
    if isinstance(made, np.ndarray):
        memory = flat(made.view(np.ndarray))
        for place, item in enumerate(state[0]):
            memory[place] = item
        finish_array(made, state[1:])


def array_view(
    base: Any, dtype: Any, shape: Sequence[int], strides: Sequence[int], offset: int
) -> Any:
    """Return a view on the memory of another array, or of a bytes-like object."""
    if isinstance(base, Lost):
        return base
    if not isinstance(base, np.ndarray):
        return np.ndarray(shape, dtype, base, offset, strides)
    writeable = base.flags.writeable
    if not writeable and base.flags.owndata:
        base.flags.writeable = True  # A view may be, of what is not.
    try:
        memory = flat(base.view(np.ndarray))
        if not _needs_places(base.dtype):
            return np.ndarray(shape, dtype, memory, offset, strides)
        field, element = _place(base.dtype, dtype, offset) or (None, 0)
        memory = memory if field is None else memory[field]
        plain = _slice(memory, element, tuple(shape), tuple(strides))
        if plain is not None:
            return plain
        start = memory[element:]
        return np.lib.stride_tricks.as_strided(start, shape, strides)
    finally:
        if not writeable:
            base.flags.writeable = False


def _slice(memory: Any, start: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Any:
    """Return what indexing alone makes of memory, so that the view's base is the owner; else None.

    What ``as_strided`` makes has a base of its own.
    """
    (unit,) = memory.strides
    if len(shape) == 1 and shape[0] and strides[0] and strides[0] % unit == 0:
        step = strides[0] // unit
        stop = start + step * shape[0]
        return memory[start : None if stop < 0 else stop : step]
    whole = memory[start : start + math.prod(shape)]
    if whole.size != math.prod(shape) or not whole.flags.c_contiguous:
        return None
    made = whole.reshape(shape)
    return made if made.strides == strides else None


def record(root: Any, dtype: Any, offset: int, kind: Any) -> Any:
    """Return a row of a structured array."""
    if isinstance(root, Lost):
        return root
    row = array_view(root, dtype, (), (), offset)[()]
    return row if type(row) is kind else row.view((kind, dtype))


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


REDUCERS: dict[type, Callable[[Encoder, Any], Any]] = {
    np.ndarray: reduce_array,
    np.dtype: reduce_dtype,
    np.void: reduce_record,
}
"""By base class: how the encoder reduces an object."""
