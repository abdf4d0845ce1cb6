"""How classes that inherit from Python's own containers and values are taken apart and rebuilt.

Pickle runs their elements through ``__setitem__``, ``append``, ``__new__`` or ``__init__`` of
their own again; a cache that drops its oldest element then loses what it had.

The functions under "rebuilding" stand by name in every stream.
"""

from __future__ import annotations

import copyreg
import types
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

from cellbook.checkpointing.rebuild import Lost, builtin_method, set_state

_CONTAINERS: tuple[Any, ...] = (OrderedDict, defaultdict, dict, list)
_VALUES: tuple[Any, ...] = (tuple, str, bytes, int, float, complex)
_OWN_WAY = ("__reduce_ex__", "__reduce__")
_REDUCED = (Counter, *_CONTAINERS)
"""Whose ``__reduce__`` is known."""


def choose_heir(kind: type) -> Callable[[Any], Any] | None:
    """Return how an object of a class is reduced past what that overrides; None if it need not."""
    for base in kind.__mro__:
        if base in _REDUCED or base is object:
            break
        if base in copyreg.dispatch_table or vars(base).keys() & {*_OWN_WAY}:
            return None
    if issubclass(kind, _CONTAINERS):
        known = next(base for base in kind.__mro__ if base in _REDUCED)
        own = known is Counter or _overrides(kind, *_FILLING)
        return None if kind is known or not own or _has_arguments(kind) else _reduce_container
    if not issubclass(kind, _VALUES) or not _overrides(kind, "__new__"):
        return None
    named = any("_fields" in vars(base) for base in kind.__mro__)
    return None if _has_arguments(kind) and not named else _reduce_value


_FILLING = ("__setitem__", "append", "extend", "update", "__new__", "__init__")


def _reduce_container(it: Any) -> Any:
    kind = type(it)
    base = next(one for one in _CONTAINERS if issubclass(kind, one))
    items = list.__getitem__(it, slice(None)) if base is list else list(base.items(it))
    factory = vars(defaultdict)["default_factory"].__get__(it) if base is defaultdict else None
    state = (items, factory, it.__getstate__())
    return make_heir, (kind,), state, None, None, fill_heir


def _reduce_value(it: Any) -> Any:
    base = next(one for one in _VALUES if issubclass(type(it), one))
    made = make_heir, (type(it), *base.__getnewargs__(it))
    state = it.__getstate__()
    return made if state is None else (*made, state, None, None, finish_heir)


def _overrides(kind: type, *names: str) -> bool:
    python = (types.FunctionType, staticmethod, classmethod)
    # What ``namedtuple`` makes has a ``__new__`` that takes what it is to be made of.
    bases = [base for base in kind.__mro__ if "_fields" not in vars(base) or "__new__" not in names]
    return any(isinstance(vars(base).get(name), python) for base in bases for name in names)


def _has_arguments(kind: type) -> bool:
    """Whether a class says itself what it is to be made of."""
    return _overrides(kind, "__getnewargs__", "__getnewargs_ex__")


# -- rebuilding --------------------------------------------------------------------------------


def make_heir(kind: Any, *value: Any) -> Any:
    """Return an object as the class from which its own inherits makes it."""
    return Lost() if kind is Lost else builtin_method(kind, "__new__")(kind, *value)


def fill_heir(made: Any, state: tuple[list[Any], Any, Any]) -> None:
    """Give a container its elements and attributes."""
    if isinstance(made, Lost):
        return
    items, factory, own = state
    base = next(one for one in _CONTAINERS if isinstance(made, one))
    if base is list:
        list.extend(made, items)
    else:
        for key, value in items:
            base.__setitem__(made, key, value)
    if base is defaultdict:
        vars(defaultdict)["default_factory"].__set__(made, factory)
    finish_heir(made, own)


def finish_heir(made: Any, own: Any) -> None:
    """Give an object its attributes."""
    if isinstance(made, Lost) or own is None:
        return
    setter = getattr(type(made), "__setstate__", None)
    if setter is None:
        set_state(made, own)
    else:
        setter(made, own)
