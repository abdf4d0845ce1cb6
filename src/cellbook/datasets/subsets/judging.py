"""Whether predictions are made to be judged, or for a look."""

from __future__ import annotations

import ast
import functools
import linecache
from collections.abc import Iterator, Mapping
from types import FrameType, ModuleType
from typing import Any

from cellbook.datasets.subsets.hooks import PREDICTS
from cellbook.datasets.subsets.selectors import LARGEST, values_of

_METRICS = "sklearn.metrics"
_PLACES = 1_000


_known: dict[tuple[str, str, int], bool] = {}
"""By place in the code: a model may be asked in a loop."""


def is_judged(frame: FrameType) -> bool:
    """Return whether what a statement predicts goes into one of scikit-learn's metrics: at once, or
    later in the same source, by way of a variable.

    Parameters
    ----------
    frame
        Of the user's code, at the call that predicts.
    """
    place = frame.f_code.co_filename, frame.f_code.co_name, frame.f_lineno
    if place not in _known:
        if len(_known) >= _PLACES:
            _known.clear()
        _known[place] = _look(frame)
    return _known[place]


def _look(frame: FrameType) -> bool:
    source = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    tree = _parsed(source)
    statement = None if tree is None else _at(tree, frame.f_lineno)
    if tree is None or statement is None:
        return False
    values = values_of(frame)
    if any(_predicts(call) for call in _judging(statement, values)):
        return True
    if not _predicts(statement):
        return False
    names = {
        one.id
        for one in ast.walk(statement)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    return bool(names) and any(names & _read(call) for call in _judging(tree, values))


@functools.lru_cache(8)
def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source) if 0 < len(source) <= LARGEST else None
    except (SyntaxError, ValueError):
        return None


def _at(tree: ast.Module, line: int) -> ast.stmt | None:
    """Return the smallest statement that a line is of."""
    found = [
        one
        for one in ast.walk(tree)
        if isinstance(one, ast.stmt) and one.lineno <= line <= (one.end_lineno or one.lineno)
    ]
    return max(found, key=lambda one: (one.lineno, -(one.end_lineno or 0)), default=None)


def _judging(tree: ast.AST, values: Mapping[str, Any]) -> Iterator[ast.Call]:
    """Yield the calls of metrics."""
    for one in ast.walk(tree):
        if isinstance(one, ast.Call):
            called = _called(one.func, values)
            if str(getattr(called, "__module__", None)).startswith(_METRICS):
                yield one


def _called(node: ast.expr, values: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return values.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _called(node.value, values)
        # Of other things an attribute may be anything, and asking for it may run code.
        return getattr(owner, node.attr, None) if isinstance(owner, (ModuleType, type)) else None
    return None


def _predicts(node: ast.AST) -> bool:
    return any(
        isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and one.func.attr in PREDICTS
        for one in ast.walk(node)
    )


def _read(call: ast.Call) -> set[str]:
    return {one.id for one in ast.walk(call) if isinstance(one, ast.Name)}
