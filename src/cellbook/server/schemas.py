"""Python's types as JSON Schema (2020-12), which OpenAPI 3.1 speaks."""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import textwrap
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeAlias

from cellbook.answers import Hint

Schema: TypeAlias = "dict[str, Any]"

_PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
}
_NUMBER: Schema = {
    "description": "A number; as text where JSON has no form for it.",
    "anyOf": [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"]}],
}


class Schemas:
    """Describes types; structs and enums by their names, once each.

    Attributes
    ----------
    named
        The schemas of those by name, for ``components/schemas``.
    """

    def __init__(self) -> None:
        self.named: dict[str, Schema] = {}

    def of(self, kind: Any) -> Schema:
        """Return the schema of a type.

        Raises
        ------
        TypeError
            If it is none that can be sent.
        """
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if kind is float:
            return self._named("Number", lambda: _NUMBER)
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if origin is typing.Annotated:
            return self._hinted(inner[0], inner[1])
        if origin in (typing.Union, types.UnionType):
            return {"anyOf": [self.of(one) for one in inner]}
        if origin in (list, tuple):
            return {"type": "array", "items": self.of(inner[0])}
        if origin is not None and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            values = [member.value for member in kind]
            return self._named(kind.__name__, lambda: {"type": "string", "enum": values})
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            return self._named(kind.__name__, lambda: self._struct(kind))
        raise TypeError(f"{kind!r} cannot be sent as JSON")

    def _named(self, name: str, make: Any) -> Schema:
        if name not in self.named:
            self.named[name] = {}  # First, for what holds itself.
            self.named[name] = make()
        return {"$ref": f"#/components/schemas/{name}"}

    def _hinted(self, kind: Any, hint: Hint) -> Schema:
        schema = {**self.of(kind), "description": hint.text}
        bounds = {"minimum": hint.least, "maximum": hint.most}
        return {**schema, **{key: value for key, value in bounds.items() if value is not None}}

    def _struct(self, kind: type) -> Schema:
        hints = typing.get_type_hints(kind, include_extras=True)
        told = _field_docs(kind)
        properties, required = {}, []
        for field in dataclasses.fields(kind):
            schema = self.of(hints[field.name])
            if field.name in told:
                schema["description"] = told[field.name]
            properties[field.name] = schema
            required.append(field.name)
        return {
            "type": "object",
            "description": inspect.getdoc(kind) or kind.__name__,
            "properties": properties,
            "required": required,
        }


def request_schema(schemas: Schemas, kind: type) -> Schema:
    """Return the schema of a struct that is sent to the server: what has a default may be missing,
    and nothing else may be there."""
    schema = schemas._struct(kind)
    schema["required"] = [
        field.name for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING
    ]
    return {**schema, "additionalProperties": False}


def _field_docs(kind: type) -> dict[str, str]:
    """Return the texts that stand below the fields of a class."""
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(body, ast.ClassDef)
    told = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                told[name] = inspect.cleandoc(text)
    return told
