"""What the stream of a checkpoint calls as it is decoded.

The names of these functions stand in every stream: they are part of the format and stay.  They
work within :func:`decoding_with`, which tells them what is live in this kernel and where the
bytes of the arrays are.
"""

from __future__ import annotations

import abc
import contextlib
import contextvars
import functools
import importlib
import io
import marshal
import sys
import types
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from cloudpickle import cloudpickle


class Buffers(Protocol):
    """Where the bytes of arrays come from."""

    def read_into(self, index: int, target: memoryview) -> None:
        """Fill `target`, which is as long as buffer number `index`, with its bytes."""

    def read(self, index: int) -> bytearray:
        """Return the bytes of buffer number `index`."""


class Lost:
    """Stands where something could not be saved, or cannot be rebuilt here.

    It takes whatever the decoding does to it, so that the rest of the stream can be decoded; a
    variable from which one can be reached is not restored.
    """

    def __init__(self, *args: object, **options: object) -> None:
        pass

    def __call__(self, *args: object, **options: object) -> Lost:
        """Stand in for what a call would return."""
        return self

    def __setstate__(self, state: object) -> None:
        pass

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def append(self, item: object) -> None:
        """Take an item of a list."""

    def extend(self, items: object) -> None:
        """Take items of a list."""

    def add(self, item: object) -> None:
        """Take an item of a set."""


@dataclass(slots=True)
class Surroundings:
    """What a stream is decoded against."""

    namespace: dict[str, Any]
    """The live namespace: what functions defined in the notebook have as their globals."""
    buffers: Buffers
    shell: Any = None
    problems: list[str] = field(default_factory=list)
    """What could not be rebuilt, one line each."""


_current: contextvars.ContextVar[Surroundings] = contextvars.ContextVar("cellbook-decoding")


@contextlib.contextmanager
def decoding_with(surroundings: Surroundings) -> Iterator[None]:
    """Decode streams against `surroundings` within the block."""
    token = _current.set(surroundings)
    try:
        yield
    finally:
        _current.reset(token)


def lost(index: int) -> Lost:
    """Stand in for entry `index` of the checkpoint's list of what could not be saved."""
    return Lost()


def lost_class(index: int) -> type[Lost]:
    """Stand in for a class that could not be saved."""
    return Lost


def unavailable(problem: str) -> Lost:
    """Stand in for what is not to be had in this kernel, and put that on record."""
    problems = _current.get().problems
    if problem not in problems:
        problems.append(problem)
    return Lost()


# -- what is live ------------------------------------------------------------------------------


def live(kind: str, *path: str) -> Any:
    """Return what every kernel has one of: its namespace, shell, or a module's attribute."""
    if kind == "namespace":
        return _current.get().namespace
    if kind == "shell":
        shell = _current.get().shell
        return unavailable("there is no IPython shell here") if shell is None else shell
    if kind == "unused":
        return Lost()
    try:
        found: Any = importlib.import_module(path[0])
        for name in path[1:]:
            found = getattr(found, name)
    except (ImportError, AttributeError) as error:
        return unavailable(f"{'.'.join(path)} is not to be had here ({error})")
    return found


def module(name: str) -> Any:
    """Import a module."""
    try:
        importlib.import_module(name)
        return sys.modules[name]
    except Exception as error:
        return unavailable(f"module {name} cannot be imported here ({error})")


# -- functions and classes ---------------------------------------------------------------------


def code(data: bytes) -> types.CodeType:
    """Return a code object, as the same version of Python wrote it."""
    return marshal.loads(data)  # type: ignore[no-any-return]


def cell() -> types.CellType:
    """Return an empty cell of a closure."""
    return types.CellType()


def fill_cell(empty: types.CellType, contents: tuple[Any]) -> None:
    """Give a cell its contents."""
    empty.cell_contents = contents[0]


def function(
    body: types.CodeType, scope: dict[str, Any], closure: tuple[types.CellType, ...] | None
) -> types.FunctionType:
    """Return a function that lives on `scope`; its state follows."""
    return types.FunctionType(body, scope, None, None, closure)


def finish_function(made: types.FunctionType, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Give a function its attributes."""
    attributes, more = state
    for name, value in attributes.items():
        setattr(made, name, value)
    made.__dict__.update(more)


class _Guard:
    """Comes first among the bases while a class is made, so that no ``__init_subclass__`` runs:
    it ran when the class was first defined, and what it did then is in the checkpoint."""

    __slots__ = ()

    def __init_subclass__(cls, **options: object) -> None:
        pass


def make_class(
    meta: type, name: str, bases: tuple[type, ...], attributes: dict[str, Any]
) -> Any:
    """Return a class without its members, which follow."""
    attributes = {sys.intern(key): value for key, value in attributes.items()}
    if not isinstance(meta, type) or not all(isinstance(base, type) for base in bases):
        unavailable(f"class {name} cannot be made again without its bases")
        return Lost
    guarded = any(
        isinstance(one.__dict__.get("__init_subclass__"), classmethod)
        for base in bases
        for one in base.__mro__
    )
    first = (_Guard, *bases) if guarded and bases != (object,) else bases
    if isinstance(meta.__new__, types.FunctionType):
        # A metaclass of the user's would do anew what it did when the class was defined.
        made: Any = type.__new__(meta, name, first, attributes)
        if issubclass(meta, abc.ABCMeta):
            abc._abc_init(made)  # type: ignore[attr-defined]
    else:
        made = types.new_class(name, first, {"metaclass": meta}, lambda ns: ns.update(attributes))
    if first is not bases:
        made.__bases__ = bases
    return made


def finish_class(made: Any, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Give a class its members."""
    if isinstance(made, type) and made is not Lost:
        if type(made).__setattr__ is type.__setattr__:
            cloudpickle._class_setstate(made, state)
        else:
            members, _ = state
            for name, value in members.items():
                if name != "_abc_impl":
                    type.__setattr__(made, name, value)


def make_enum(
    bases: tuple[type, ...], name: str, qualname: str, members: dict[str, Any], where: str
) -> Any:
    """Return an enumeration; what its members hold beyond their values follows."""
    return cloudpickle._make_skeleton_enum(bases, name, qualname, members, where, None, None)


def finish_enum(
    made: Any, state: tuple[tuple[dict[str, Any], dict[str, Any]], dict[str, dict[str, Any]]]
) -> None:
    """Give an enumeration its methods, and its members their attributes."""
    finish_class(made, state[0])
    for name, attributes in state[1].items():
        made.__members__[name].__dict__.update(attributes)


def cached(wrapped: Callable[..., Any], parameters: Mapping[str, Any]) -> Any:
    """Return a function with an empty cache (``functools.lru_cache``)."""
    return functools.lru_cache(**parameters)(wrapped)


def update_dict(made: Any, state: dict[str, Any]) -> None:
    """Give an object its attributes."""
    made.__dict__.update(state)


# -- containers and references -----------------------------------------------------------------


def view_of(mapping: Any, kind: str) -> Any:
    """Return ``mapping.keys()``, ``values()`` or ``items()``."""
    return getattr(mapping, kind)()


def proxy_of(mapping: dict[Any, Any]) -> types.MappingProxyType[Any, Any]:
    """Return a read-only view of a dictionary."""
    return types.MappingProxyType(mapping)


def reference(target: Any) -> Any:
    """Return a weak reference."""
    try:
        return weakref.ref(target)
    except TypeError:
        return Lost()


class _Gone:
    pass


def dead_reference() -> Any:
    """Return a weak reference whose object is gone."""
    return weakref.ref(_Gone())


def finish_exception(made: Any, state: tuple[dict[str, Any] | None, Any, Any, bool]) -> None:
    """Give an exception its attributes, its cause and its context."""
    attributes, cause, context, suppressed = state
    if attributes:
        made.__dict__.update(attributes)
    made.__cause__, made.__context__, made.__suppress_context__ = cause, context, suppressed


def reopen(path: str, mode: str, options: dict[str, Any], offset: int, raw: bool) -> Any:
    """Open a file for reading where it was left."""
    try:
        file: Any = io.FileIO(path, mode) if raw else Path(path).open(mode, **options)  # noqa: SIM115
        file.seek(offset)
    except (OSError, ValueError) as error:
        return unavailable(f"the file {path} cannot be opened again ({error})")
    return file


def closed_file(path: str, mode: str, options: dict[str, Any]) -> Any:
    """Return a closed file object of that name."""
    try:
        file = Path(path).open(mode, **options)  # noqa: SIM115
    except (OSError, ValueError) as error:
        return unavailable(f"the closed file {path} is not there ({error})")
    file.close()
    return file


def buffer_bytes(index: int) -> bytearray:
    """Return the bytes of a buffer."""
    return _current.get().buffers.read(index)


def read_buffer(index: int, target: memoryview) -> None:
    """Fill `target` with the bytes of a buffer."""
    _current.get().buffers.read_into(index, target)
