"""How the encoder reduces what Python itself has: functions, classes, views, files, exceptions.

Each takes the encoder and the object and returns what ``__reduce_ex__`` would, or
NotImplemented to leave it to pickle.
"""

from __future__ import annotations

import _collections_abc
import abc
import array
import collections
import enum
import functools
import gc
import inspect
import io
import logging
import marshal
import sys
import types
import typing
import weakref
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Protocol

from cloudpickle import cloudpickle

from cellbook.checkpointing import natives, rebuild
from cellbook.checkpointing.exceptions import reduce_exception
from cellbook.checkpointing.heirs import make_heir


class Encoder(Protocol):
    """What reducing an object asks of the encoder."""

    def lose(self, thing: object, reason: str) -> Any:
        """Return the reduction of what cannot be saved."""

    def note(self, thing: object, text: str) -> None:
        """Put on record that an object is restored, but not in every respect."""

    def refer_to(self, module: types.ModuleType) -> None:
        """Take note of a module that is saved by its name."""

    def scope_of(self, scope: dict[str, Any]) -> Any:
        """Return what to save for the globals of a function."""

    def plainly(self, thing: object) -> Any:
        """Return what the object's own ``__reduce_ex__`` does, checked."""


Reducer = Callable[[Any, Any], Any]


def reduce_function(encoder: Encoder, it: types.FunctionType) -> Any:
    """Reduce a function: by its name where it can be imported, else by what it consists of."""
    if importable(it):
        return NotImplemented
    attributes: dict[str, Any] = {
        "__name__": it.__name__,
        "__qualname__": it.__qualname__,
        "__module__": it.__module__,
        "__doc__": it.__doc__,
        "__defaults__": it.__defaults__,
        "__kwdefaults__": it.__kwdefaults__,
    }
    annotate = getattr(it, "__annotate__", None)
    if annotate is not None:
        attributes["__annotate__"] = annotate
    else:
        attributes["__annotations__"] = it.__annotations__
    if getattr(it, "__type_params__", ()):
        attributes["__type_params__"] = it.__type_params__  # type: ignore[attr-defined]
    args = (it.__code__, encoder.scope_of(it.__globals__), it.__closure__)
    return rebuild.function, args, (attributes, it.__dict__), None, None, rebuild.finish_function


def reduce_code(encoder: Encoder, it: types.CodeType) -> Any:
    """Reduce a code object; version 2 of the format has no references, so it is repeatable."""
    return rebuild.code, (marshal.dumps(it, 2),)


def reduce_cell(encoder: Encoder, it: types.CellType) -> Any:
    """Reduce a cell of a closure, which functions may share."""
    try:
        contents = (it.cell_contents,)
    except ValueError:
        return rebuild.cell, ()
    return rebuild.cell, (), contents, None, None, rebuild.fill_cell


def reduce_class(encoder: Encoder, it: type) -> Any:
    """Reduce a class: by its name where it can be imported, else by what it consists of."""
    if importable(it):
        return NotImplemented
    known = cloudpickle._class_reduce(it)
    if known is NotImplemented or known[0] in (type, cloudpickle._builtin_type):
        return known
    if issubclass(it, enum.Enum):
        return _reduce_enum(it)
    if type(it).__module__ == "_ctypes" or it.__module__ == "_ctypes":
        made = natives.reduce_c_class(encoder, it)
        if made is not None:
            return made
    if not it.__flags__ & _MADE_BY_A_STATEMENT:
        return _reduce_static(encoder, it)
    members = _members_of(it)
    attributes = {"__module__": it.__module__, "__qualname__": it.__qualname__}
    for name in members.keys() & _UNSETTABLE:
        attributes[name] = members.pop(name)
    if "__slots__" in it.__dict__:
        attributes["__slots__"] = _true_slots(it)
    # Without it, `typing.Generic` refuses to be a base from Python 3.12 on.
    if "__orig_bases__" in it.__dict__:
        attributes["__orig_bases__"] = it.__dict__["__orig_bases__"]
    args = (type(it), it.__name__, it.__bases__, attributes)
    return rebuild.make_class, args, members, None, None, rebuild.finish_class


def _true_slots(it: type) -> Any:
    """Return a class's ``__slots__``, private ones as they are called: it may have been renamed."""
    slots = it.__dict__["__slots__"]
    if not isinstance(slots, Collection):
        return slots
    listed = (slots,) if isinstance(slots, str) else tuple(slots)
    private = [name for name in listed if name.startswith("__") and not name.endswith("__")]
    if not private:
        return slots
    found = [name for name, one in vars(it).items() if type(one) is types.MemberDescriptorType]
    return tuple(
        next((one for one in found if name in private and one.endswith(name)), name)
        for name in listed
    )


_MADE_BY_A_STATEMENT = 1 << 9
_UNSETTABLE = {
    "__class__",
    *(name for name, value in vars(type).items() if inspect.isdatadescriptor(value)),
} - {"__module__", "__doc__", "__abstractmethods__", "__annotations__", "__type_params__"}
"""Names that are a class's own only if they are there from the beginning."""


def _reduce_static(encoder: Encoder, it: type) -> Any:
    """Reduce a type of the interpreter's that is not found under its name."""
    for module in (types, _collections_abc):
        for name, value in vars(module).items():
            if value is it:
                where = "types" if module is types else "_collections_abc"
                return rebuild.live, ("attribute", where, name)
    return encoder.lose(it, "a type of the interpreter that has no name")


def _members_of(it: type) -> dict[str, Any]:
    """Return what a class has of its own, but for what Python makes of that."""
    members = {
        name: value
        for name, value in vars(it).items()
        if name not in _CLASSES_OWN
        and type(value).__name__ != "CField"
        and not (isinstance(value, types.MemberDescriptorType) and value.__objclass__ is it)
    }
    if isinstance(it, abc.ABCMeta):
        registered = (reference() for reference in abc._get_dump(it)[0])  # type: ignore[attr-defined]
        members["_abc_impl"] = [one for one in registered if one is not None]
    return members


_CLASSES_OWN = ("__dict__", "__weakref__", "_abc_impl", "__annotate_func__")
"""What Python makes itself when a class is made, or first asked for it."""


def _reduce_enum(it: Any) -> Any:
    members = {name: member.value for name, member in it.__members__.items()}
    held = {
        name: {key: value for key, value in member.__dict__.items() if not _is_enums_own(key)}
        for name, member in it.__members__.items()
    }
    own = _members_of(it)
    for name in (*members, *_ENUM_OWN):
        own.pop(name, None)
    kind = None if type(it) is type(it.__mro__[-2]) else type(it)
    options = {
        "boundary": getattr(it, "_boundary_", None),
        "next": vars(it).get("_generate_next_value_"),
    }
    args = (it.__bases__, it.__name__, it.__qualname__, members, it.__module__, kind, options)
    return rebuild.make_enum, args, (own, held), None, None, rebuild.finish_enum


_ENUM_OWN = (
    *("_generate_next_value_", "_member_names_", "_member_map_", "_member_type_"),
    *("_value2member_map_", "_unhashable_values_", "_unhashable_values_map_"),
    *("_hashable_values_", "_value_repr_", "_use_args_", "__new__", "_new_member_"),
    *("_flag_mask_", "_singles_mask_", "_all_bits_", "_boundary_", "_inverted_"),
)
"""What the metaclass of enumerations makes itself."""


def _is_enums_own(key: str) -> bool:
    return key in ("_value_", "_name_", "__objclass__", "_sort_order_", "_inverted_")


def importable(it: Any) -> bool:
    """Whether a function or class is found again by importing its module."""
    if getattr(it, "__module__", None) == "__main__":
        return False
    return bool(cloudpickle._should_pickle_by_reference(it))


def reduce_module(encoder: Encoder, it: types.ModuleType) -> Any:
    """Reduce a module: by its name where it can be imported, else by its members."""
    if sys.modules.get(it.__name__) is it:
        encoder.refer_to(it)
        return rebuild.module, (it.__name__,)
    members = {key: value for key, value in vars(it).items() if key != "__builtins__"}
    if type(it) is types.ModuleType:
        return types.ModuleType, (it.__name__,), members, None, None, rebuild.set_dict
    return make_heir, (type(it), it.__name__), members, None, None, rebuild.set_dict


def reduce_method(encoder: Encoder, it: types.MethodType) -> Any:
    """Reduce a bound method."""
    return types.MethodType, (it.__func__, it.__self__)


def reduce_cached(encoder: Encoder, it: Any) -> Any:
    """Reduce a function with a cache: it starts empty, which is put on record."""
    if importable_name(it):
        return it.__qualname__
    if it.cache_info().currsize:
        encoder.note(it, f"the cache of {it.__qualname__}() starts empty")
    args = (it.__wrapped__, it.cache_parameters())
    return rebuild.cached, args, dict(it.__dict__), None, None, rebuild.set_dict


def importable_name(it: Any) -> bool:
    """Whether a thing is what its module has under its qualified name."""
    name = getattr(it, "__module__", None)
    found: Any = sys.modules.get(name or "")
    if found is None or name == "__main__":
        return False
    for part in it.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is it


# -- views, references, iterators --------------------------------------------------------------


def reduce_view(encoder: Encoder, it: Any) -> Any:
    """Reduce ``d.keys()`` and its like to a view of the very dictionary."""
    (mapping,) = gc.get_referents(it)
    return rebuild.view_of, (mapping, type(it).__name__)


def reduce_memoryview(encoder: Encoder, it: memoryview) -> Any:
    """Reduce a view of a whole bytes-like object."""
    base = it.obj
    if type(base) in (bytes, bytearray, array.array):
        whole = memoryview(base)
        about = ("format", "nbytes", "shape", "strides", "readonly")
        if all(getattr(whole, name) == getattr(it, name) for name in about):
            return memoryview, (base,)
    return encoder.lose(it, "it looks into a part of an object's memory")


def reduce_reference(encoder: Encoder, it: weakref.ref[Any]) -> Any:
    """Reduce a weak reference."""
    if type(it) is not weakref.ref or it.__callback__ is not None:
        return encoder.lose(it, natives.CALLS)
    target = it()
    return (rebuild.dead_reference, ()) if target is None else (rebuild.reference, (target,))


def reduce_weak_mapping(encoder: Encoder, it: Any) -> Any:
    """Reduce a dictionary of weak keys or values."""
    _note_more(encoder, it)
    return type(it), (), list(it.items()), None, None, rebuild.fill_weak


def reduce_weak_set(encoder: Encoder, it: Any) -> Any:
    """Reduce a set of weak references."""
    _note_more(encoder, it)
    return type(it), (), [(one,) for one in it], None, None, rebuild.fill_weak


def _note_more(encoder: Encoder, it: Any) -> None:
    more = vars(it).keys() - vars(type(it)()).keys()
    if more:
        encoder.note(it, f"it comes back without its attributes {', '.join(sorted(more))}")


def reduce_cached_property(encoder: Encoder, it: Any) -> Any:
    """Reduce what computes an attribute once; before Python 3.12 it has a lock."""
    state = {name: value for name, value in vars(it).items() if name not in ("lock", "func")}
    return rebuild.cached_property, (it.func, it.attrname), state, None, None, rebuild.set_dict


def reduce_wrapper(encoder: Encoder, it: Any) -> Any:
    """Reduce a ``staticmethod`` or ``classmethod``, which has attributes of its own."""
    args = (it.__func__,)
    return type(it), args, dict(vars(it)), None, None, rebuild.replace_dict


def reduce_logger(encoder: Encoder, it: logging.Logger) -> Any:
    """Reduce a logger to its name."""
    encoder.note(it, f"the logger {it.name} stays as it is in this kernel")
    return encoder.plainly(it)


def reduce_new_type(encoder: Encoder, it: Any) -> Any:
    """Reduce what ``typing.NewType`` made."""
    if importable_name(it):
        return encoder.plainly(it)
    state = dict(vars(it))
    return typing.NewType, (it.__name__, it.__supertype__), state, None, None, rebuild.set_dict


def reduce_type_parameter(encoder: Encoder, it: Any) -> Any:
    """Reduce a ``TypeVar``, ``ParamSpec`` or ``TypeVarTuple``."""
    module = it.__module__
    if module != "__main__" and getattr(sys.modules.get(module), it.__name__, None) is it:
        return encoder.plainly(it)
    state: Any = object.__getstate__(it)
    options: dict[str, Any] = {}
    if "__name__" in state:
        plain = (type(it), it.__name__, (), options)
        return rebuild.type_parameter, plain, dict(state), None, None, rebuild.set_dict
    # From Python 3.12 on they are written in C: not all that they are is among the attributes, and
    # they do not show their dictionary.
    options = {
        option: getattr(it, f"__{option}__")
        for option in ("bound", "covariant", "contravariant", "infer_variance")
        if hasattr(it, f"__{option}__")
    }
    if hasattr(it, "has_default") and it.has_default():
        options["default"] = it.__default__
    args = (type(it), it.__name__, getattr(it, "__constraints__", ()), options)
    return rebuild.type_parameter, args, dict(state), None, None, rebuild.set_members


def lose_iterator(encoder: Encoder, it: Any) -> Any:
    """Refuse an iterator over a dictionary or set: pickle would make it one over a list."""
    return encoder.lose(it, "an iterator over a dictionary or set cannot be saved")


# -- files -------------------------------------------------------------------------------------


def reduce_file(encoder: Encoder, it: Any) -> Any:
    """Reduce a file: one that is read is opened again where it was; one that is written is not."""
    name, mode = getattr(it, "name", None), getattr(it, "mode", None)
    if isinstance(it, io.BufferedReader):
        mode = getattr(it.raw, "mode", None)
    if not isinstance(name, (str, Path)) or not isinstance(mode, str):
        return encoder.lose(it, "an open file without a path cannot be opened again")
    options: dict[str, Any] = {}
    if isinstance(it, io.TextIOWrapper):
        options = {"encoding": it.encoding, "errors": it.errors}
    path = str(Path(name).absolute())
    raw = isinstance(it, io.FileIO)
    if it.closed:
        if set(mode) & set("wax+"):
            return encoder.lose(it, "it is a closed file that was written")
        return rebuild.closed_file, (path, name, mode, options)
    if set(mode) & set("wax+"):
        return encoder.lose(it, "it is open for writing; opening it again might overwrite")
    if isinstance(it, io.BufferedReader) and "b" not in mode:
        mode += "b"
    lines = ", lines ending in any way" if options else ""
    encoder.note(it, f"the file {path} is opened again at {it.tell():,}{lines}")
    return rebuild.reopen, (path, name, mode, options, it.tell(), raw)


_MAPPINGS: tuple[dict[Any, Any], ...] = ({}, collections.OrderedDict())
EXACT: dict[type, Reducer] = {
    **natives.EXACT,
    types.FunctionType: reduce_function,
    types.CodeType: reduce_code,
    types.CellType: reduce_cell,
    types.ModuleType: reduce_module,
    types.MethodType: reduce_method,
    functools._lru_cache_wrapper: reduce_cached,
    functools.cached_property: reduce_cached_property,
    typing.NewType: reduce_new_type,
    staticmethod: reduce_wrapper,
    classmethod: reduce_wrapper,
    typing.TypeVar: reduce_type_parameter,
    typing.ParamSpec: reduce_type_parameter,
    typing.TypeVarTuple: reduce_type_parameter,
    memoryview: reduce_memoryview,
    weakref.WeakValueDictionary: reduce_weak_mapping,
    weakref.WeakKeyDictionary: reduce_weak_mapping,
    weakref.WeakSet: reduce_weak_set,
    **{
        type(view): reduce_view
        for made in _MAPPINGS
        for view in (made.keys(), made.values(), made.items())
    },
    **{
        type(iterator): lose_iterator
        for made in _MAPPINGS
        for view in (made, made.values(), made.items())
        for iterator in (iter(view), reversed(view))
    },
    type(iter(set())): lose_iterator,
}
"""By the very class of the object."""

BASES: dict[type, Reducer] = {
    **natives.BASES,
    type: reduce_class,
    weakref.ref: reduce_reference,
    BaseException: reduce_exception,
    logging.Logger: reduce_logger,
    io.TextIOWrapper: reduce_file,
    io.BufferedReader: reduce_file,
    io.BufferedWriter: reduce_file,
    io.BufferedRandom: reduce_file,
    io.FileIO: reduce_file,
    types.ModuleType: reduce_module,
}
"""By a base class of the object's."""

KEPT = {
    cls: reduce
    for cls, reduce in cloudpickle.Pickler._dispatch_table.items()
    if cls in (property, types.GetSetDescriptorType)
    or cls.__module__ in ("typing", "dataclasses", "abc")
}
"""cloudpickle's own, for the parts of classes."""
