"""What a variable is, told without pickling it: equal digests are equal values."""

from __future__ import annotations

import functools
import gc
import hashlib
import re
import types
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure

_PLAIN = (type(None), bool, int, float, complex, str, bytes, np.generic)
_Key = type(functools.cmp_to_key(max))


def digest(value: Any) -> str:
    """Return a digest of all that `value` reaches, and of which of it is one object."""
    return hashlib.sha256(repr(_told(value, {})).encode("utf-8", "replace")).hexdigest()


def _told(value: Any, seen: dict[int, tuple[int, Any]]) -> Any:
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, _PLAIN):
        return kind, repr(value)
    if isinstance(value, types.ModuleType):
        return "module", value.__name__
    if id(value) in seen:
        return "again", seen[id(value)][0]
    seen[id(value)] = len(seen), value  # Held, lest another object gets its id.
    return kind, _content(value, seen)


def _content(value: Any, seen: dict[int, tuple[int, Any]]) -> Any:
    def tell(inner: Any) -> Any:
        return _told(inner, seen)

    match value:
        case Figure():
            value.canvas.draw()
            return value.canvas.get_width_height(), bytes(value.canvas.buffer_rgba())
        case Artist():
            return tell(value.get_figure())  # Drawn once, however many axes are asked for.
        case np.ndarray() if value.dtype.hasobject:
            return value.shape, tell(value.ravel().tolist())
        case np.ndarray():
            return repr(value.dtype), value.shape, value.tobytes()
        case pd.DataFrame() | pd.Series() | pd.Index():
            types_ = value.dtypes if isinstance(value, pd.DataFrame) else value.dtype
            return str(types_), pd.util.hash_pandas_object(value).to_numpy().tobytes()
        case dict():
            items: Any = [(tell(key), tell(item)) for key, item in value.items()]
        case list() | tuple():
            items = [tell(item) for item in value]
        case set() | frozenset():
            items = sorted(repr(_told(item, {})) for item in value)
        case types.FunctionType():
            cells = [cell.cell_contents for cell in value.__closure__ or ()]
            return tell([value.__qualname__, value.__code__, value.__defaults__, cells])
        case types.CodeType():
            # Which constants are one object is the compiler's affair.
            return value.co_code, value.co_names, _told(value.co_consts, {})
        case types.MethodType():
            return tell(value.__self__), tell(value.__func__)
        case type() if value.__module__ == "__main__":
            own = {key: item for key, item in vars(value).items() if not key.startswith("__")}
            return value.__qualname__, tell(own)
        case type() | types.BuiltinFunctionType():
            return value.__module__, value.__qualname__
        case np.random.RandomState():
            return tell(value.get_state(legacy=False))
        case np.random.Generator():
            return tell(value.bit_generator.state)
        case types.MappingProxyType():
            return sorted((name, tell(item)) for name, item in value.items())
        case types.CellType():
            return tell(value.cell_contents)
        case weakref.ReferenceType():
            return tell(value())
        case property():
            return tell([value.fget, value.fset, value.fdel, value.__doc__])
        case staticmethod() | classmethod():
            return tell(value.__func__)
        case _Key():
            return tell([one for one in gc.get_referents(value) if one is not type(value)])
        case Iterator() if not hasattr(value, "__dict__"):
            return tell(value.__reduce__())
        case _:
            items = None
    return items, _state(value, tell)


def _state(value: Any, tell: Any) -> Any:
    """Return what an object holds beyond what it contains."""
    listed = [vars(kind).get("__slots__", ()) for kind in type(value).__mro__]
    names = [name for one in listed for name in ([one] if isinstance(one, str) else one)]
    slots = {
        name: getattr(value, name)
        for name in names
        if name not in ("__dict__", "__weakref__") and hasattr(value, name)
    }
    held = {**getattr(value, "__dict__", {}), **slots}
    if not held:
        if isinstance(value, (dict, list, tuple, set, frozenset)):
            return None
        if type(value).__getstate__ is not object.__getstate__:
            return tell(value.__getstate__())
        return [_say(value), *(_say(one) for one in _attributes(value))]
    return tell(list(held.items()))


def _say(value: Any) -> str:
    return re.sub(r" at 0x\w+", "", repr(value))


def _attributes(value: Any) -> list[Any]:
    """Return what an object of C tells of itself."""
    kinds = types.GetSetDescriptorType, types.MemberDescriptorType
    names = [
        name
        for kind in type(value).__mro__[:-1]
        for name, one in vars(kind).items()
        if isinstance(one, kinds) and name not in ("__weakref__", "__vectorcalloffset__")
    ]
    return [getattr(value, name, None) for name in names]
