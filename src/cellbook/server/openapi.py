"""The routes in OpenAPI 3.1's words, made from the very functions that answer them."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterable
from typing import Any

from cellbook._version import __version__
from cellbook.server.operations import Download, Notebook, Operation
from cellbook.server.schemas import Schemas, request_schema

_NOTEBOOK = {
    "name": "notebook",
    "in": "query",
    "description": "Path of the notebook, or of a folder, below the server's root, as JupyterLab "
    "shows it. Its book is the one that a kernel there records into.",
    "schema": {"type": "string", "default": ""},
}
_JSON = "application/json"


def describe(operations: Iterable[Operation], base_url: str) -> dict[str, Any]:
    """Return the description of some operations.

    Parameters
    ----------
    operations
        What the routes do.
    base_url
        Where the server's own routes begin: ``/``, or ``/user/ada/`` on a hub.
    """
    schemas = Schemas()
    paths: dict[str, Any] = {}
    for operation in operations:
        entry = _operation(operation, schemas)
        paths.setdefault(f"/{operation.path}", {})[operation.method.lower()] = entry
    paths["/events"] = {"get": _events()}
    problem = {
        "type": "object",
        "description": "What is wrong, and what mends it.",
        "properties": {"message": {"type": "string"}},
        "required": ["message"],
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cellbook",
            "version": __version__,
            "description": "The lab book beside the notebooks of a Jupyter server. Whatever "
            "changes something also needs Jupyter's XSRF token where a cookie logs in.",
        },
        "servers": [{"url": f"{base_url}cellbook"}],
        "security": [{"token": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": {**dict(sorted(schemas.named.items())), "Problem": problem},
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`token ` and the server's token.",
                },
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "_xsrf",
                    "description": "Jupyter's login, with its XSRF token in X-XSRFToken.",
                },
            },
        },
    }


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    kinds = operation.types
    asks_by_address = "query" in kinds and not operation.asks_by_body
    entry: dict[str, Any] = {
        "operationId": operation.call.__name__ + "_by_body" * operation.asks_by_body,
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in operation.names
            ),
            dict(_NOTEBOOK),
            *(_parameters(kinds["query"], schemas) if asks_by_address else ()),
        ],
        "responses": {
            "200": {"description": operation.summary, **_answer(kinds["return"], schemas)},
            "default": {
                "description": "It cannot be done.",
                "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
    if operation.method == "GET":
        entry["responses"]["304"] = {"description": "It is as it was (If-None-Match)."}
    if operation.asks_by_body:
        schema = request_schema(schemas, kinds["query"])
        entry["requestBody"] = {"required": True, "content": {_JSON: {"schema": schema}}}
    elif "body" in kinds:
        schema = {} if kinds["body"] is bytes else request_schema(schemas, kinds["body"])
        entry["requestBody"] = {"required": True, "content": {_JSON: {"schema": schema}}}
    return entry


def _parameters(kind: type, schemas: Schemas) -> list[dict[str, Any]]:
    hints = typing.get_type_hints(kind, include_extras=True)
    found = []
    for field in dataclasses.fields(kind):
        schema = schemas.of(hints[field.name])
        parameter = {
            "name": field.name,
            "in": "query",
            "description": schema.pop("description"),
            "schema": schema,
        }
        if schema.get("type") == "array":
            parameter |= {"style": "form", "explode": False}
        if field.default is dataclasses.MISSING:
            parameter["required"] = True
        elif field.default not in (None, ()):
            schema["default"] = field.default
        found.append(parameter)
    return found


def _answer(kind: Any, schemas: Schemas) -> dict[str, Any]:
    if kind is Download:
        return {"content": {"*/*": {}}}
    if kind is Notebook:
        schema: dict[str, Any] = {"type": "object", "description": "A document of nbformat."}
    else:
        schema = schemas.of(kind)
    return {"content": {_JSON: {"schema": schema}}}


def _events() -> dict[str, Any]:
    return {
        "operationId": "watch_book",
        "summary": "Tell of changes, whoever makes them, through a websocket.",
        "description": 'Messages are `{"type": "changed", "tables": ["cells", "runs", …]}`, a '
        'second after the change at the latest, and `{"type": "trouble", "message": …}`. '
        "Among the tables, `metrics` stands for metric points, `book` for the book itself: that "
        "it came, went, or is another one.",
        "parameters": [dict(_NOTEBOOK)],
        "responses": {"101": {"description": "The websocket is open."}},
    }
