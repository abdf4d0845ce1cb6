"""Literal assignments of a cell: what it offers as params."""

from __future__ import annotations

import ast
from typing import Any

from cellbook.records.values import TEXT_LIMIT

_LITERALS = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp)


def note_literals(found: dict[str, Any], target: ast.expr, value: ast.expr) -> None:
    """Add what ``target = value`` assigns literally to `found`: name to value.

    Values are what JSON can hold, tuples as lists.  Names that start with an underscore, and
    literals too long to be a param, are left out.
    """
    if isinstance(target, ast.Name):
        if isinstance(value, _LITERALS) and not target.id.startswith("_"):
            try:
                found[target.id] = literal(value)
            except (ValueError, TypeError, MemoryError, RecursionError):
                return
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
        starred = any(isinstance(item, ast.Starred) for item in (*target.elts, *value.elts))
        if not starred and len(target.elts) == len(value.elts):
            for one, its in zip(target.elts, value.elts, strict=True):
                note_literals(found, one, its)


def literal(node: ast.expr) -> Any:
    """Return the value of a literal expression, tuples as lists.

    Raises
    ------
    ValueError
        If the expression is anything else, cannot be written as JSON, or is too long.
    """
    value = ast.literal_eval(node)
    if not isinstance(value, (bool, int, float)) and len(repr(value)) > TEXT_LIMIT:
        raise ValueError("too long to be a param")
    return _jsonable(value)


def _jsonable(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_jsonable(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _jsonable(item) for key, item in value.items()}
    raise ValueError(f"a {type(value).__name__} is no param")
