"""How classes that inherit from Python's own containers and values are taken apart and rebuilt.

Pickle runs their elements through ``__setitem__``, ``append``, ``__new__`` or ``__init__`` of
their own again; a cache that drops its oldest element then loses what it had.

The functions under "rebuilding" stand by name in every stream.
"""

from __future__ import annotations

import copyreg
import inspect
import random
import types
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Collection
from typing import Any

from cellbook.checkpointing.rebuild import Lost, builtin_method, set_state

_CONTAINERS: tuple[Any, ...] = (OrderedDict, defaultdict, dict, list, set)
_VALUES: tuple[Any, ...] = (tuple, str, bytes, int, float, complex)
_OWN_WAY = ("__reduce_ex__", "__reduce__")
_REDUCED = (Counter, *_CONTAINERS)
"""Whose ``__reduce__`` is known."""


def choose_heir(kind: type) -> Callable[[Any], Any] | None:
    """Return how an object of a class is reduced past what that overrides; None if it need not."""
    for base in kind.__mro__:
        if base in (*_REDUCED, random.Random, object):
            break
        if base in copyreg.dispatch_table or vars(base).keys() & {*_OWN_WAY}:
            return None
    if issubclass(kind, _CONTAINERS):
        known = next(base for base in kind.__mro__ if base in _REDUCED)
        own = known in (Counter, set) or _overrides(kind, *_FILLING)
        return None if kind is known or not own or _has_arguments(kind) else _reduce_container
    if issubclass(kind, random.Random):
        return _reduce_random
    if not issubclass(kind, _VALUES) or not _overrides(kind, "__new__"):
        return _reduce_renamed if _was_renamed(kind) else None
    named = any("_fields" in vars(base) for base in kind.__mro__)
    return None if _has_arguments(kind) and not named else _reduce_value


_FILLING = ("__setitem__", "append", "extend", "update", "__new__", "__init__")


def _reduce_container(it: Any) -> Any:
    kind = type(it)
    base = next(one for one in _CONTAINERS if issubclass(kind, one))
    if base is set:
        items = [(one,) for one in set.__iter__(it)]
    else:
        items = list.__getitem__(it, slice(None)) if base is list else list(base.items(it))
    factory = vars(defaultdict)["default_factory"].__get__(it) if base is defaultdict else None
    state = (items, factory, it.__getstate__())
    return make_heir, (kind,), state, None, None, fill_heir


def _reduce_value(it: Any) -> Any:
    base = next(one for one in _VALUES if issubclass(type(it), one))
    made = make_heir, (type(it), *base.__getnewargs__(it))
    state = it.__getstate__()
    return made if state is None else (*made, state, None, None, finish_heir)


def _reduce_random(it: Any) -> Any:
    """Reduce a generator, of which ``__reduce__`` forgets the attributes."""
    # That of the operating system has no state.
    own = None if isinstance(it, random.SystemRandom) else random.Random.getstate(it)
    state = (own, object.__getstate__(it))
    return make_heir, (type(it),), state, None, None, fill_random


def _reduce_renamed(it: Any) -> Any:
    """Reduce an object whose private slots are not where `copyreg` looks for them."""
    function, arguments, state, *items = it.__reduce_ex__(4)
    held = state[0] if isinstance(state, tuple) else state
    slots = {name: getattr(it, name) for name in _find_slots(type(it)) if hasattr(it, name)}
    items += [None] * (2 - len(items))
    return function, arguments, (held, slots), *items, set_state


def _was_renamed(kind: Any) -> bool:
    """Whether a class has another name than the one that its private slots were called after."""
    if any(vars(base).keys() & {*_OWN_WAY, "__getstate__"} for base in kind.__mro__[:-1]):
        return False
    private = any(
        name.startswith("__") and not name.endswith("__")
        for base in kind.__mro__
        for name in _listed(vars(base).get("__slots__", ()))
    )
    known: list[str] = copyreg._slotnames(kind) if private else []  # type: ignore[attr-defined]
    return private and set(known) != set(_find_slots(kind))


def _listed(slots: Any) -> tuple[str, ...]:
    if isinstance(slots, str):
        return (slots,)
    return tuple(slots) if isinstance(slots, Collection) else ()


def _find_slots(kind: type) -> list[str]:
    """Return the attributes that are slots of an object, as they are called in truth."""
    return [
        name
        for base in kind.__mro__
        if "__slots__" in vars(base)
        for name, one in vars(base).items()
        if isinstance(one, types.MemberDescriptorType)
    ]


def choose_supplement(kind: Any) -> Callable[[Any, Any], Any] | None:
    """Return how what an object of a class is reduced to is completed; None if it need not.

    A date's ``__reduce__`` knows nothing of the attributes that an heir of dates has.
    """
    ways = {*_OWN_WAY, "__getstate__"}
    owner: Any = next(base for base in kind.__mro__ if vars(base).keys() & ways)
    if owner in (kind, object) or owner.__dictoffset__ or kind in copyreg.dispatch_table:
        return None
    heirs = kind.__mro__[: kind.__mro__.index(owner)]
    has_slots = any(_listed(vars(base).get("__slots__", ())) for base in heirs)
    return _supplement if kind.__dictoffset__ or has_slots else None


def _supplement(it: Any, reduced: tuple[Any, ...]) -> tuple[Any, ...]:
    own = object.__getstate__(it)
    held, slots = own if isinstance(own, tuple) else (own, None)
    # Python 3.13's paths hide a slot behind a property, which is computed and cannot be set.
    slots = {name: value for name, value in (slots or {}).items() if _is_slot(type(it), name)}
    function, arguments, state, first, second = (*reduced, *(None,) * (5 - len(reduced)))[:5]
    told = state if isinstance(state, tuple) else (state,)
    covered = not slots and (not held or any(one == held for one in told if type(one) is dict))
    if covered or len(reduced) > 5:
        return reduced
    return function, arguments, (state, (held, slots)), first, second, fill_rest


def _is_slot(kind: type, name: str) -> bool:
    return isinstance(inspect.getattr_static(kind, name, None), types.MemberDescriptorType)


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
    elif base is set:
        set.update(made, (one for (one,) in items))
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


def fill_random(made: Any, state: tuple[Any, Any]) -> None:
    """Give a generator of ``random``'s its state and attributes."""
    if isinstance(made, Lost):
        return
    internal, own = state
    if internal is not None:
        random.Random.setstate(made, internal)
    set_state(made, own)


def fill_rest(made: Any, state: tuple[Any, Any]) -> None:
    """Give an object its state, and then the attributes that this knows nothing of."""
    finish_heir(made, state[0])
    if not isinstance(made, Lost):
        # Checkpoints of former versions may have no slots in a place of their own.
        attributes, slots = state[1] if isinstance(state[1], tuple) else (state[1], None)
        for name, value in {**(attributes or {}), **(slots or {})}.items():
            object.__setattr__(made, name, value)
