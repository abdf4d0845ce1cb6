"""Documents that come from elsewhere: looked at value by value before a record is made of them.

A document of the store is what Cellbook wrote.  One in a file that came by mail is not: whoever
made it may have put anything anywhere.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import types
import typing
from collections import Counter
from collections.abc import Mapping
from typing import Any, TypeVar

from cellbook.errors import InvalidInput
from cellbook.records.base import Record, from_doc
from cellbook.records.values import an, encodable

R = TypeVar("R", bound=Record)

_DEEPEST = 100
"""Lists in lists that are followed; what Cellbook writes is less deep by far."""


_MARK = "\ufeff"
"""What Windows writes before a text."""


def read_json(text: str) -> Any:
    """Return what JSON says that a person may have written, with or without a mark before it.  Of
    two members with one name the first would be lost.

    Raises
    ------
    InvalidInput
        If an object has two members with one name.
    ValueError
        If it is no JSON.
    RecursionError
        If it is nested too deep.
    """
    return json.loads(text.removeprefix(_MARK), object_pairs_hook=_once_each)


def _once_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(members)
    if len(made) < len(members):
        counted = Counter(name for name, _ in members)
        twice = next(name for name, count in counted.items() if count > 1)
        raise InvalidInput(f"An object has {twice!r:.80} twice. Leave one out.")
    return made


def read_record(cls: type[R], told: Any) -> R:
    """Return the record that a document tells; what `cls` does not know is left out.

    Raises
    ------
    InvalidInput
        If a value is not of the kind that it should be, or one is missing.
    """
    return from_doc(cls, _struct(cls, told, cls.__name__.lower()))


def _shaped(kind: Any, value: Any, where: str) -> Any:
    """Return a value without what `kind` does not know.

    Raises
    ------
    InvalidInput
        If it is not of the kind.
    """
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Record):
        return _struct(kind, value, where)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        if isinstance(value, str) and value in {one.value for one in kind}:
            return value
    elif kind is Any:
        return _plain(value, where, 0)
    elif origin in (typing.Union, types.UnionType):
        return None if value is None else _shaped(inner[0], value, where)
    elif origin is tuple:
        if isinstance(value, list):
            return [_shaped(inner[0], one, where) for one in value]
    elif origin is not None and issubclass(origin, Mapping):
        if isinstance(value, Mapping):
            return {
                str(encodable(key)): _shaped(inner[1], one, where) for key, one in value.items()
            }
    elif kind is float and type(value) is int:
        return float(value)
    elif type(value) is kind:
        return encodable(value) if kind is str else value
    raise InvalidInput(f"{where} cannot be {an(type(value).__name__)} like that")


def _plain(value: Any, where: str, deep: int) -> Any:
    """Return what JSON can hold as the store can keep it."""
    if deep > _DEEPEST:
        raise InvalidInput(f"{where} is nested too deep")
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, Mapping):
        return {str(encodable(key)): _plain(one, where, deep + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, where, deep + 1) for one in value]
    if value is None or type(value) in (bool, int, float):
        return value
    raise InvalidInput(f"{where} cannot be {an(type(value).__name__)} like that")


def _struct(kind: Any, value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{where} is no object")
    hints = typing.get_type_hints(kind)
    made = {}
    for field in dataclasses.fields(kind):
        if field.name in value:
            at = f"{field.name} of a {kind.__name__.lower()}"
            made[field.name] = _shaped(hints[field.name], value[field.name], at)
        elif field.default is field.default_factory is dataclasses.MISSING:
            raise InvalidInput(f"a {kind.__name__.lower()} has no {field.name}")
    return made
