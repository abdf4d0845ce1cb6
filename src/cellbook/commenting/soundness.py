"""Whether documents of the store are what they are read as.

Another program may have written one, or a later version, or only half of it arrived.  One that
cannot be read must not take the others away: lists pass it over, and say so.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from cellbook.errors import StoreCorrupt
from cellbook.records import Record, from_doc

R = TypeVar("R", bound=Record)

_MOMENTS = frozenset({"time", "deleted"})
_LAST = 253_402_300_799_999
"""Milliseconds: the end of the year 9999, after which no calendar goes on."""


def is_sound(kind: Any, doc: Any) -> bool:
    """Whether a document can be read as a record of some kind, and shown."""
    return _fits(kind)(doc)


def read_sound(kind: type[R], doc: Any) -> R | None:
    """Return the record of a document; None if that is none."""
    return from_doc(kind, doc) if is_sound(kind, doc) else None


def read_surely(kind: type[R], doc: Any, name: str) -> R:
    """Return the record of a document.

    Raises
    ------
    StoreCorrupt
        If that is none.
    """
    found = read_sound(kind, doc)
    if found is None:
        raise StoreCorrupt(
            f"{kind.__name__} {name[-8:]} cannot be read ({flaw(kind, doc)}). Another program or a "
            "later Cellbook wrote it; the others do without it."
        )
    return found


def flaw(kind: Any, doc: Any) -> str:
    """Return what is wrong with a document that is not sound."""
    if not isinstance(doc, Mapping):
        return "it is no object"
    for field in dataclasses.fields(kind):
        if field.name not in doc:
            if _is_needed(field):
                return f"it has no {field.name}"
        elif not _field(kind, field.name)(doc[field.name]):
            return f"its {field.name} is none"
    return "nothing"


def _is_needed(field: dataclasses.Field[Any]) -> bool:
    return field.default is field.default_factory is dataclasses.MISSING


@functools.cache
def _fits(kind: Any) -> Callable[[Any], bool]:
    """Return what tells whether a value is of a kind: made once, for lists ask it of thousands."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Record):
        return _struct(kind)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        known = frozenset(one.value for one in kind)
        return lambda value: isinstance(value, str) and value in known
    if origin in (typing.Union, types.UnionType):
        one = _fits(inner[0])
        return lambda value: value is None or one(value)
    if origin is tuple:
        entry = _fits(inner[0])
        return lambda value: isinstance(value, list) and all(map(entry, value))
    if origin is not None and issubclass(origin, Mapping):
        part = _fits(inner[1])
        return lambda value: isinstance(value, Mapping) and all(map(part, value.values()))
    return lambda value: type(value) is kind


@functools.cache
def _field(kind: Any, name: str) -> Callable[[Any], bool]:
    fits = _fits(typing.get_type_hints(kind)[name])
    if name in _MOMENTS:
        return lambda value: (
            (type(value) is int and 0 <= value <= _LAST) or (value is None and fits(None))
        )
    return fits


def _struct(kind: Any) -> Callable[[Any], bool]:
    fields = {field.name: _field(kind, field.name) for field in dataclasses.fields(kind)}
    needed = frozenset(field.name for field in dataclasses.fields(kind) if _is_needed(field))

    def fits(value: Any) -> bool:
        if not isinstance(value, Mapping) or not needed <= value.keys():
            return False
        for name, part in value.items():
            check = fields.get(name)
            if check is not None and not check(part):
                return False
        return True

    return fits
