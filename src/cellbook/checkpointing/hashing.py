"""Keys whose hash is computed by code of their own, and so may want a state that comes later.

While a checkpoint is decoded, an object in a cycle goes into sets and dictionaries before it has
its attributes.  What is noted here is compared in the end, and what is then in the wrong place is
put into the right one.
"""

from __future__ import annotations

import enum
import types
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cellbook.checkpointing.rebuild import Lost, classes_made, spoil, unavailable
from cellbook.checkpointing.walking import reach

_ATOMS = (str, bytes, int, float, bool, complex, type(None))
_GROUPS = (tuple, frozenset)
_TABLES: tuple[Any, ...] = (OrderedDict, dict, set)
_KNOWN = (None, enum.Enum.__hash__)


def hashes_itself(kind: type) -> bool:
    """Whether objects of a class are hashed by a function that is not Python's own."""
    found = next(vars(base)["__hash__"] for base in kind.__mro__ if "__hash__" in vars(base))
    return found not in _KNOWN and not isinstance(found, types.WrapperDescriptorType)


def is_plain(state: Any) -> bool:
    """Whether a state leads nowhere: an object that has it is in no cycle."""
    parts = state if type(state) is tuple else (state,)
    return all(
        all(map(_is_plain_value, part.values() if type(part) is dict else part))
        if type(part) in (dict, list)
        else _is_plain_value(part)
        for part in parts
    )


def _is_plain_value(it: Any) -> bool:
    kind = type(it)
    return kind in _ATOMS or kind is type or (kind in _GROUPS and all(map(_is_plain_value, it)))


def are_keys(things: list[Any], stop: Collection[int]) -> bool:
    """Whether some objects, or those of some classes, are keys of what is reached from them."""
    known = {id(it) for it in things}

    def is_known(key: Any) -> bool:
        kind = type(key)
        if kind in _ATOMS:
            return False
        return (
            id(key) in known or id(kind) in known or (kind in _GROUPS and any(map(is_known, key)))
        )

    for it in reach(things, set(), stop):
        kind = type(it)
        base: Any = next((one for one in (dict, set, frozenset) if issubclass(kind, one)), None)
        if base is not None and any(map(is_known, base.__iter__(it))):
            return True
    return False


@dataclass(slots=True)
class _Filled:
    """What went into one container."""

    target: Any
    items: list[Any]
    """Keys and values in turn; of a set its elements."""
    hashes: list[int | None] = field(default_factory=list)
    """Those of the keys at that time; None where there was none to be had."""
    whole: bool = True
    """Whether all went in."""
    used: list[Any] = field(default_factory=list)
    """What was made of it before its end."""


class Fillings:
    """What went into sets and dictionaries while objects were made."""

    def __init__(self) -> None:
        self._filled: dict[int, _Filled] = {}
        self._made = classes_made()
        self._kinds: dict[type, bool] = {}

    def may_depend(self, keys: Iterable[Any]) -> bool:
        """Whether the hash of one of these keys is, or will be, computed by code of its own."""
        for key in keys:
            kind = type(key)
            if kind in _ATOMS:
                continue
            # A class that was made just now may get its methods only later.
            if id(kind) in self._made:
                return True
            if kind not in self._kinds:
                self._kinds[kind] = hashes_itself(kind)
            if self._kinds[kind]:
                return True
            if issubclass(kind, _GROUPS) and self.may_depend(key):
                return True
        return False

    def knows(self, target: Any) -> bool:
        """Whether something is noted of a container."""
        return id(target) in self._filled

    def add(self, target: Any, items: Iterable[Any]) -> _Filled:
        """Note what goes into a container now."""
        filled = self._filled.get(id(target))
        if filled is None:
            before: list[Any] = []
            if isinstance(target, dict):
                before = [part for pair in dict.items(target) for part in pair]
            elif isinstance(target, set):
                before = list(target)
            filled = self._filled[id(target)] = _Filled(target, before)
            filled.hashes += map(_hash, _keys(filled, before))
        items = list(items)
        filled.items += items
        filled.hashes += map(_hash, _keys(filled, items))
        return filled

    def note_use(self, made: Any, arguments: Any) -> None:
        """Note that something is made of containers that may not be right yet."""
        for filled in self._within(arguments, 3):
            filled.used.append(made)

    def _within(self, it: Any, depth: int) -> Iterator[_Filled]:
        if id(it) in self._filled:
            yield self._filled[id(it)]
        elif depth and type(it) in (tuple, list):
            for one in it:
                yield from self._within(one, depth - 1)
        elif depth and type(it) is dict:
            yield from self._within(list(it.values()), depth - 1)

    def settle(self) -> None:
        """Put what is in the wrong place by now into the right one."""
        for filled in self._filled.values():
            target = filled.target
            try:
                keys = _keys(filled, filled.items)
                sized = isinstance(target, (dict, set, frozenset))
                count = len(target) if sized else len(keys)
                right = filled.whole and count == len(keys)
                if right and [hash(key) for key in keys] == filled.hashes:
                    continue
                _fill_again(target, filled.items)
                if len(target) != len(keys):
                    raise ValueError("two keys are equal by now")
            except Exception as error:
                name = type(target).__qualname__
                unavailable(f"{name} cannot be rebuilt here ({type(error).__name__}: {error})")
                spoil(target)
            for made in filled.used:
                what, source = type(made).__qualname__, type(target).__qualname__
                unavailable(f"{what} was made of a {source} whose keys had no hash yet")
                spoil(made)


def _keys(filled: _Filled, items: list[Any]) -> list[Any]:
    return items if isinstance(filled.target, (set, frozenset)) else items[::2]


def _hash(key: Any) -> int | None:
    try:
        return hash(key)
    except Exception:
        return None


def _fill_again(target: Any, items: list[Any]) -> None:
    base = next((one for one in _TABLES if isinstance(target, one)), None)
    if base is None:
        raise TypeError("its elements want a state that they got later")
    base.clear(target)
    if base is set:
        set.update(target, items)
    else:
        for key, value in zip(items[::2], items[1::2], strict=True):
            base.__setitem__(target, key, value)


def is_lost(it: Any) -> bool:
    """Whether something stands in the place of what was lost."""
    return it is Lost or type(it) is Lost
