"""How the encoder reduces what is written in C and cannot say itself how it is rebuilt.

The functions under "rebuilding" stand by name in every stream.
"""

from __future__ import annotations

import csv
import ctypes
import functools
import gc
import re
import struct
import types
import weakref
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from cellbook.checkpointing.rebuild import Lost, dead_reference, proxy_of, reference, unavailable


class Encoder(Protocol):
    """What reducing an object asks of the encoder."""

    def lose(self, thing: object, reason: str) -> Any:
        """Return the reduction of what cannot be saved."""

    def plainly(self, thing: object) -> Any:
        """Return what the object's own ``__reduce_ex__`` does, checked."""


# -- parts of classes --------------------------------------------------------------------------


def reduce_super(encoder: Encoder, it: Any) -> Any:
    """Reduce ``super(…)``, which passes what it is asked on, how it is pickled as well."""
    bound = () if it.__self_class__ is None else (it.__self__,)
    return super, (it.__thisclass__, *bound)


def reduce_proxy(encoder: Encoder, it: Any) -> Any:
    """Reduce a read-only view of a dictionary; that of a class's is one on the very class."""
    (mapping,) = gc.get_referents(it)
    owner = _class_with(mapping)
    return (proxy_of, (mapping,)) if owner is None else (members_of, (owner,))


_OF_A_CLASS = (
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
)


def _class_with(mapping: Mapping[Any, Any]) -> type | None:
    """Return the class whose members a dictionary holds, if it is one's."""
    if not isinstance(mapping, dict) or "__doc__" not in mapping:
        return None
    owners = [one.__objclass__ for one in mapping.values() if type(one) in _OF_A_CLASS]
    if "__module__" in mapping:
        owners += [one for one in gc.get_referrers(mapping) if isinstance(one, type)]
    views = ((one, gc.get_referents(vars(one))) for one in owners)
    return next((one for one, (members, *_) in views if members is mapping), None)


def reduce_class_method(encoder: Encoder, it: Any) -> Any:
    """Reduce a class method of a class written in C."""
    return member_of, (it.__objclass__, it.__name__)


# -- weak proxies ------------------------------------------------------------------------------


def reduce_weak_proxy(encoder: Encoder, it: Any) -> Any:
    """Reduce a weak proxy, which passes whatever it is asked on to its object."""
    try:
        target = it.__reduce_ex__.__self__
    except ReferenceError:
        return dead_reference, ("proxy", type(it) is weakref.CallableProxyType)
    # Of those that call nothing there is one for each object.
    if weakref.proxy(target) is not it:
        return encoder.lose(it, CALLS)
    return reference, (target, "proxy")


CALLS = "it calls a function when its object goes"


# -- small things ------------------------------------------------------------------------------


def reduce_struct(encoder: Encoder, it: struct.Struct) -> Any:
    """Reduce a compiled format of binary data."""
    return struct.Struct, (it.format,)


def reduce_dialect(encoder: Encoder, it: Any) -> Any:
    """Reduce what ``csv.get_dialect`` returns."""
    return dialect, ({name: getattr(it, name) for name in _OF_A_DIALECT},)


_OF_A_DIALECT = (
    *("delimiter", "doublequote", "escapechar", "lineterminator"),
    *("quotechar", "quoting", "skipinitialspace", "strict"),
)


def reduce_key(encoder: Encoder, it: Any) -> Any:
    """Reduce what ``functools.cmp_to_key`` returned, or a key that this made."""
    return comparison_key, tuple(one for one in gc.get_referents(it) if one is not type(it))


def reduce_match(encoder: Encoder, it: re.Match[Any]) -> Any:
    """Reduce what a regular expression matched: it is matched again, and so it is tried here."""
    args = (it.re, it.string, it.pos, it.endpos, it.regs)
    if _match(*args) is None:
        return encoder.lose(it, "matching again does not find the same")
    return match, args


def _match(pattern: Any, text: Any, start: int, end: int, places: Any) -> re.Match[Any] | None:
    for method in (pattern.match, pattern.fullmatch):
        found = method(text, start, end)
        if found is not None and found.regs == places:
            return found  # type: ignore[no-any-return]
    for found in pattern.finditer(text, start, end):
        if found.start() > places[0][0]:
            break
        if found.regs == places:
            return found  # type: ignore[no-any-return]
    return None


# -- ctypes ------------------------------------------------------------------------------------

_Function: Any = ctypes._CFuncPtr  # type: ignore[attr-defined]
_METACLASSES: dict[type, type] = {
    type(base): base
    for base in (ctypes.Structure, ctypes.Union, ctypes.Array, ctypes.c_int, _Function)
}


def reduce_c_class(encoder: Encoder, it: Any) -> Any:
    """Reduce a class that ctypes made of others; None if it is another kind of class."""
    if it.__module__ == "_ctypes" and issubclass(it, type):
        base = next((base for meta, base in _METACLASSES.items() if meta is it), None)
        return encoder.lose(it, "a metaclass of ctypes") if base is None else (type, (base,))
    if it.__name__.startswith("LP_"):
        return pointer_class, (it._type_, it.__module__)
    if issubclass(it, ctypes.Array) and it.__bases__ == (ctypes.Array,):
        if it.__name__ == f"{it._type_.__name__}_Array_{it._length_}":
            return array_class, (it._type_, it._length_, it.__module__)
    elif issubclass(it, _Function):
        result, arguments = (getattr(it, name, None) for name in ("_restype_", "_argtypes_"))
        for kind in ("CFUNCTYPE", "PYFUNCTYPE"):
            if getattr(ctypes, kind)(result, *(arguments or ())) is it:
                return function_class, (kind, result, *(arguments or ()))
        return encoder.lose(it, "a class of C functions that ctypes does not make anew")
    return None


def reduce_c_value(encoder: Encoder, it: Any) -> Any:
    """Reduce a value of ctypes; of pointers, those that are null and those to Python's objects."""
    kind, code = type(it), getattr(type(it), "_type_", None)
    if not getattr(it, "__dict__", None):
        if (isinstance(code, type) and not it) or (code in ("z", "Z", "P") and it.value is None):
            return kind, ()
        if code == "O":
            try:
                return kind, (it.value,)
            except ValueError:
                return kind, ()
    return encoder.plainly(it)


# -- rebuilding --------------------------------------------------------------------------------


def members_of(owner: Any) -> Any:
    """Return a class's ``__dict__``."""
    return Lost() if isinstance(owner, Lost) else vars(owner)


def member_of(owner: Any, name: str) -> Any:
    """Return what a class has under a name, as it stands there."""
    if isinstance(owner, Lost) or name not in vars(owner):
        return unavailable(f"{getattr(owner, '__name__', owner)}.{name} is not to be had here")
    return vars(owner)[name]


def dialect(options: Mapping[str, Any]) -> Any:
    """Return how a CSV file is written."""
    return type(csv.get_dialect("excel"))(**options)


def comparison_key(compare: Callable[[Any, Any], int], *value: Any) -> Any:
    """Return what makes keys of a comparison, or such a key."""
    made: Any = functools.cmp_to_key(compare)
    return made(*value) if value else made


def match(pattern: Any, text: Any, start: int, end: int, places: Any) -> Any:
    """Return what a regular expression matches at those places."""
    if isinstance(pattern, Lost) or isinstance(text, Lost):
        return Lost()
    found = _match(pattern, text, start, end, places)
    return unavailable("a regular expression matches otherwise here") if found is None else found


def pointer_class(target: Any, module: str) -> Any:
    """Return ctypes' class of pointers to a class."""
    return Lost if _is_lost(target) else _made_in(module, ctypes.POINTER(target))


def array_class(element: Any, length: int, module: str) -> Any:
    """Return ctypes' class of arrays."""
    return Lost if _is_lost(element) else _made_in(module, element * length)


def function_class(kind: str, result: Any, *arguments: Any) -> Any:
    """Return ctypes' class of functions."""
    if any(_is_lost(one) for one in (result, *arguments)):
        return Lost
    return getattr(ctypes, kind)(result, *arguments)


def _is_lost(it: Any) -> bool:
    return it is Lost or isinstance(it, Lost)


def _made_in(module: str, made: Any) -> Any:
    """Have a class say where it was made first: ctypes asks who calls."""
    if made.__module__.startswith("cellbook."):
        made.__module__ = module
    return made


EXACT: dict[type, Callable[[Any, Any], Any]] = {
    super: reduce_super,
    types.MappingProxyType: reduce_proxy,
    types.ClassMethodDescriptorType: reduce_class_method,
    weakref.ProxyType: reduce_weak_proxy,
    weakref.CallableProxyType: reduce_weak_proxy,
    struct.Struct: reduce_struct,
    type(csv.get_dialect("excel")): reduce_dialect,
    type(functools.cmp_to_key(max)): reduce_key,
    re.Match: reduce_match,
}
"""By the very class of the object."""

BASES: dict[type, Callable[[Any, Any], Any]] = {
    base: reduce_c_value
    for base in (ctypes.c_int.__base__, ctypes.POINTER(ctypes.c_int).__base__)
    if base is not None
}
"""By a base class of the object's."""
