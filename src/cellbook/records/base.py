"""Record to document and back, for every record alike."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from cellbook.records.values import encodable


@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """Base of all records."""


R = TypeVar("R", bound=Record)


def to_doc(record: Record) -> dict[str, Any]:
    """Return the record as a JSON-ready document; fields at their default are left out."""
    doc: dict[str, Any] = {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if field.default is not dataclasses.MISSING and value == field.default:
            continue
        if field.default_factory is not dataclasses.MISSING and not value:
            continue
        doc[field.name] = _encode(value)
    return doc


def from_doc(cls: type[R], doc: Mapping[str, Any]) -> R:
    """Build a record from its document.

    Keys that this version does not know are passed over, so that a book written by a later
    Cellbook with more fields can still be read.
    """
    values = {}
    for name, kind in _field_types(cls).items():
        if name in doc:
            values[name] = doc[name] if kind is None else _decode(kind, doc[name])
    return cls(**values)


def _encode(value: Any) -> Any:
    if isinstance(value, Record):
        return to_doc(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (list, tuple)):
        return [_encode(item) for item in value]
    if isinstance(value, Mapping):
        return {_encode(key): _encode(item) for key, item in value.items()}
    # Names of files and of the machine's parts may hold what UTF-8 does not.
    return encodable(value) if isinstance(value, str) else value


def _decode(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        inner = [arg for arg in typing.get_args(kind) if arg is not type(None)]
        return _decode(inner[0], value) if len(inner) == 1 else value
    if origin is tuple:
        item = typing.get_args(kind)[0]
        return tuple(_decode(item, entry) for entry in value)
    if origin is not None and issubclass(origin, Mapping):
        item = typing.get_args(kind)[1]
        return {key: _decode(item, entry) for key, entry in value.items()}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(value)
    if isinstance(kind, type) and issubclass(kind, Record):
        return from_doc(kind, value)
    return value


_TYPES: dict[type[Record], dict[str, Any]] = {}


def _field_types(cls: type[Record]) -> dict[str, Any]:
    """Return the types of a record's fields; None for what a document has in the same form."""
    if cls not in _TYPES:
        hints = typing.get_type_hints(cls)
        _TYPES[cls] = {
            field.name: hints[field.name] if _has_other_form(hints[field.name]) else None
            for field in dataclasses.fields(cls)
        }
    return _TYPES[cls]


def _has_other_form(kind: Any) -> bool:
    if typing.get_origin(kind) is tuple:
        return True
    if isinstance(kind, type) and issubclass(kind, (enum.Enum, Record)):
        return True
    return any(map(_has_other_form, typing.get_args(kind)))
