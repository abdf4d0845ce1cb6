"""What the stream of a checkpoint calls as it is decoded.

The names of these functions stand in every stream: they are part of the format and stay.  They
work within :func:`decoding_with`, which tells them what is live in this kernel and where the
bytes of the arrays are.
"""

from __future__ import annotations

import abc
import collections
import contextlib
import contextvars
import decimal
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

    closed = True

    def close(self) -> None:
        """Stand in for a file that another object closes as it goes."""

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
    spoiled: list[Any] = field(default_factory=list)
    """What was made but could not be finished."""
    modules: list[str] = field(default_factory=list)
    """Modules that were referred to."""
    weak: list[tuple[Any, weakref.ref[Any]]] = field(default_factory=list)
    """What refers to something weakly, and how."""
    classes: dict[int, Any] = field(default_factory=dict)
    """Classes that were made, by their identities."""


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


def spoil(made: object) -> None:
    """Put on record that an object was made but could not be finished."""
    _current.get().spoiled.append(made)


def classes_made() -> Mapping[int, Any]:
    """Return the classes that were made and will be, by their identities."""
    return _current.get().classes


# -- what is live ------------------------------------------------------------------------------


def live(kind: str, *path: str) -> Any:
    """Return what every kernel has one of: its namespace, shell, or a module's attribute."""
    if kind == "namespace":
        return _current.get().namespace
    if kind == "shell":
        shell = _current.get().shell
        return unavailable("there is no IPython shell here") if shell is None else shell
    if kind == "decimal context":
        return decimal.getcontext()
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
        _current.get().modules.append(name)
        return sys.modules[name]
    except Exception as error:
        return unavailable(f"module {name} cannot be imported here ({error})")


def set_state(made: Any, state: Any) -> None:
    """Give an object the very dictionary that is its state, and its slots."""
    attributes, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if attributes is not None:
        try:
            object.__setattr__(made, "__dict__", attributes)
        except (AttributeError, TypeError):  # Some classes of C keep the dictionary they have.
            object.__getattribute__(made, "__dict__").update(attributes)
    for name, value in (slots or {}).items():
        object.__setattr__(made, name, value)


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


@contextlib.contextmanager
def undisturbed(bases: tuple[type, ...]) -> Iterator[None]:
    """Have no ``__init_subclass__`` run: it ran when the class was first defined, and what it did
    then is in the checkpoint."""
    hooks = {
        one: vars(one)["__init_subclass__"]
        for base in bases
        for one in base.__mro__
        if isinstance(vars(one).get("__init_subclass__"), classmethod)
    }
    for one in hooks:
        type.__setattr__(one, "__init_subclass__", classmethod(_do_nothing))
    try:
        yield
    finally:
        for one, hook in hooks.items():
            type.__setattr__(one, "__init_subclass__", hook)


def _do_nothing(made: type, /, **options: object) -> None:
    pass


def make_class(meta: type, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> Any:
    """Return a class without its members, which follow."""
    attributes = {sys.intern(key): value for key, value in attributes.items()}
    if not isinstance(meta, type) or not all(isinstance(base, type) for base in bases):
        unavailable(f"class {name} cannot be made again without its bases")
        return Lost
    with undisturbed(bases):
        # What a metaclass of the user's did when the class was defined is in the checkpoint, too.
        made: Any = builtin_method(meta, "__new__")(meta, name, bases, attributes)
        builtin_method(meta, "__init__")(made, name, bases, attributes)
    if issubclass(meta, abc.ABCMeta):
        abc._abc_init(made)  # type: ignore[attr-defined]
    _current.get().classes[id(made)] = made
    return made


def builtin_method(meta: type, name: str) -> Callable[..., Any]:
    """Return a metaclass's method as the nearest of its bases has it that is not Python code."""
    methods: Iterator[Any] = (vars(base).get(name) for base in meta.__mro__)
    python = (types.NoneType, types.FunctionType, staticmethod)
    found: Callable[..., Any] = next(one for one in methods if not isinstance(one, python))
    return found


def finish_class(made: Any, state: dict[str, Any]) -> None:
    """Give a class its members."""
    if not isinstance(made, type) or made is Lost:
        return
    setter = builtin_method(type(made), "__setattr__")
    for name, value in state.items():
        if name == "_abc_impl":
            for subclass in value:
                abc.ABCMeta.register(made, subclass)  # type: ignore[arg-type]
        else:
            setter(made, name, value)
    if "__firstlineno__" in state:  # Setting ``__module__`` removes it.
        setter(made, "__firstlineno__", state["__firstlineno__"])


def make_enum(
    bases: tuple[type, ...],
    name: str,
    qualname: str,
    members: dict[str, Any],
    where: str,
    metaclass: Any = None,
    options: Mapping[str, Any] | None = None,
) -> Any:
    """Return an enumeration; what its members hold beyond their values follows.

    `metaclass` None means that of its bases; `options` are the ``boundary`` of its flags and what
    makes the ``next`` value.
    """
    options = options or {}
    if not all(isinstance(one, type) for one in (*bases, metaclass or type)):
        unavailable(f"class {name} cannot be made again without its bases")
        return Lost
    kind: Any = metaclass or type(bases[-1])
    with undisturbed(bases):
        namespace = kind.__prepare__(name, bases)
        if options.get("next") is not None:
            namespace["_generate_next_value_"] = options["next"]
        for member, value in members.items():
            namespace[member] = value
        boundary = options.get("boundary")
        extra = {} if boundary is None else {"boundary": boundary}
        made = kind.__new__(kind, name, bases, namespace, **extra)
    made.__module__, made.__qualname__ = where, qualname
    _current.get().classes[id(made)] = made
    return made


def finish_enum(made: Any, state: tuple[dict[str, Any], dict[str, dict[str, Any]]]) -> None:
    """Give an enumeration its methods, and its members their attributes."""
    if made is Lost:
        return
    finish_class(made, state[0])
    for name, attributes in state[1].items():
        made.__members__[name].__dict__.update(attributes)


def cached(wrapped: Callable[..., Any], parameters: Mapping[str, Any]) -> Any:
    """Return a function with an empty cache (``functools.lru_cache``)."""
    return functools.lru_cache(**parameters)(wrapped)


def cached_property(function: Callable[[Any], Any], name: str | None) -> Any:
    """Return what computes an attribute once (``functools.cached_property``)."""
    made = functools.cached_property(function)
    if name is not None:
        made.attrname = name
    return made


def set_dict(made: Any, state: dict[str, Any]) -> None:
    """Give an object its attributes."""
    made.__dict__.update(state)


def replace_dict(made: Any, state: dict[str, Any]) -> None:
    """Give an object its attributes, in place of those that it has from what it wraps."""
    made.__dict__.clear()
    made.__dict__.update(state)


def type_parameter(
    kind: Any, name: str, constraints: tuple[Any, ...], options: Mapping[str, Any]
) -> Any:
    """Return a ``TypeVar``, ``ParamSpec`` or ``TypeVarTuple``; before Python 3.12 all that it is
    follows as its attributes."""
    return kind(name, *constraints, **options)


def set_members(made: Any, state: dict[str, Any]) -> None:
    """Set attributes of an object that has no dictionary."""
    for name, value in state.items():
        setattr(made, name, value)


# -- containers and references -----------------------------------------------------------------


def view_of(mapping: Any, kind: str) -> Any:
    """Return a dictionary's ``dict_keys``, ``odict_values`` …."""
    cls = collections.OrderedDict if kind.startswith("o") else dict
    return getattr(cls, kind.rpartition("_")[2])(mapping)


def proxy_of(mapping: dict[Any, Any]) -> types.MappingProxyType[Any, Any]:
    """Return a read-only view of a dictionary."""
    return types.MappingProxyType(mapping)


def reference(target: Any, kind: str = "ref") -> Any:
    """Return a weak reference, or a weak proxy."""
    if isinstance(target, Lost):
        return target
    made = getattr(weakref, kind)(target)
    _current.get().weak.append((made, weakref.ref(target)))
    return made


def fill_weak(made: Any, items: list[Any]) -> None:
    """Fill a set of weak references, or a dictionary of weak keys or values."""
    for item in items:
        if any(isinstance(part, Lost) for part in item):
            spoil(made)
        elif isinstance(made, weakref.WeakSet):
            made.add(item[0])
        else:
            made[item[0]] = item[1]
        target = item[1 if isinstance(made, weakref.WeakValueDictionary) else 0]
        _current.get().weak.append((made, weakref.ref(target)))


class _Gone:
    pass


class _CallableGone(_Gone):
    def __call__(self) -> None:
        pass


def dead_reference(kind: str = "ref", callable_: bool = False) -> Any:
    """Return a weak reference, or a weak proxy, whose object is gone."""
    return getattr(weakref, kind)(_CallableGone() if callable_ else _Gone())


def reopen(path: str, name: Any, mode: str, options: dict[str, Any], offset: int, raw: bool) -> Any:
    """Open a file for reading where it was left."""
    try:
        file: Any = io.FileIO(path, mode) if raw else Path(path).open(mode, **options)  # noqa: SIM115
        file.seek(offset)
        _name(file, name)
    except (OSError, ValueError) as error:
        return unavailable(f"the file {path} cannot be opened again ({error})")
    return file


def _name(file: Any, name: Any) -> None:
    """Have a file say that its name is what it was opened by."""
    while not isinstance(file, io.FileIO):
        file = file.raw if isinstance(file, io.BufferedReader) else file.buffer
    file.name = name


def closed_file(path: str, name: Any, mode: str, options: dict[str, Any]) -> Any:
    """Return a closed file object of that name."""
    try:
        file = Path(path).open(mode, **options)  # noqa: SIM115
        _name(file, name)
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
