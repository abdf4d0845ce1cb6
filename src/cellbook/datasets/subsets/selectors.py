"""The source text that made what a model is fitted to."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

_DEPTH = 5
"""Statements that are told, at most."""
_LONGEST = 2_000
_SOURCES = 60
"""Cells that are looked through, the newest first."""
_STANDARD = sysconfig.get_path("stdlib")
LARGEST = 200_000
"""Characters of a source that is looked through."""


def selector_of(
    frame: FrameType, data: Any, earlier: Iterable[str], is_whole: Callable[[Any], bool]
) -> str:
    """Return the statements that made some data, oldest first; empty where none is found.

    Parameters
    ----------
    frame
        Of the code that uses the data.
    data
        What it is.
    earlier
        Sources that ran before, the newest first.
    is_whole
        Whether an object is tracked data itself: how that came about is told with its version.
    """
    source = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    trees = _trees([source, *earlier])
    names = values_of(frame)
    name = next(
        (one for one, value in names.items() if value is data and not one.startswith("_")), None
    )
    told: dict[str, tuple[int, int]] = {}  # The text, with what orders it.
    at = None if name is not None else _at_line(trees[:1], frame.f_lineno)
    if name is None and at is None:
        return ""
    if at is not None:
        name = _given(at.node, frame)
    if at is not None and name is None:
        told[at.text] = at.place
        wanted = _reads(at.node)
    else:
        wanted = [name] if name is not None else []
    seen: set[str] = set()
    while wanted and len(told) < _DEPTH:
        one = wanted.pop(0)
        if one in seen or (one not in names and one not in frame.f_code.co_varnames):
            continue
        if one in names and (not _is_data(names[one]) or is_whole(names[one])):
            continue
        seen.add(one)
        made = _assigning(trees, one, frame)
        if made is not None and made.text not in told:
            told[made.text] = made.place
            wanted += _reads(made.node)
    return "\n".join(sorted(told, key=lambda text: told[text]))[:_LONGEST]


def values_of(frame: FrameType) -> dict[str, Any]:
    """Return the variables that code sees.

    Until Python 3.13, whoever asks a function's frame for its variables keeps them alive until the
    function ends: there only those around it are told.
    """
    if frame.f_code.co_flags & inspect.CO_OPTIMIZED and sys.version_info < (3, 13):
        own = {*frame.f_code.co_varnames, *frame.f_code.co_cellvars}
        return {name: value for name, value in frame.f_globals.items() if name not in own}
    return {**frame.f_globals, **frame.f_locals}


def _given(statement: ast.stmt, frame: FrameType) -> str | None:
    """Return the variable that is the first thing given to a method, if there is one such call."""
    names = {
        one.args[0].id
        for one in ast.walk(statement)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.args
        if isinstance(one.args[0], ast.Name) and one.args[0].id in frame.f_code.co_varnames
    }
    return names.pop() if len(names) == 1 else None


def user_frame(frame: FrameType) -> FrameType:
    """Return the frame of the user's code that led to a call, past those of installed libraries."""
    outer: FrameType | None = frame
    while outer is not None and _installed(outer.f_code.co_filename):
        outer = outer.f_back
    return frame if outer is None else outer


def _installed(file: str) -> bool:
    return "site-packages" in file or "dist-packages" in file or file.startswith(_STANDARD)


@dataclass(frozen=True, slots=True)
class _Statement:
    node: ast.stmt
    text: str
    place: tuple[int, int]
    """What is earlier is less: how many sources came before, and the line."""


def _trees(sources: Iterable[str]) -> list[tuple[ast.Module, str]]:
    found: list[tuple[ast.Module, str]] = []
    for source in sources:
        if len(found) >= _SOURCES:
            break
        if len(source) > LARGEST:
            continue
        try:
            found.append((ast.parse(source), source))
        except (SyntaxError, ValueError):
            # A cell with magics, or a file that is no more what is running.
            plain = "\n".join(
                "" if line.lstrip()[:1] in ("%", "!") else line for line in source.split("\n")
            )
            try:
                found.append((ast.parse(plain), plain))
            except (SyntaxError, ValueError):
                continue
    return found


def _assigning(
    trees: list[tuple[ast.Module, str]], name: str, frame: FrameType
) -> _Statement | None:
    """Return the last statement that assigned a name before the code now under way."""
    for age, (tree, source) in enumerate(trees):
        # Of the source that runs, what stands above counts: in the same function, then outside.
        runs = source is trees[0][1] and age == 0
        before = frame.f_lineno if runs else len(source)
        places = [_outside(tree)]
        if runs and frame.f_code.co_name != "<module>":
            places.insert(0, _inside(tree, frame))
        for nodes in places:
            found = [
                node
                for node in nodes
                if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign))
                and node.lineno <= before
                and name in _writes(node)
            ]
            if found:
                return _statement(max(found, key=lambda node: node.lineno), source, age)
    return None


def _inside(tree: ast.Module, frame: FrameType) -> list[ast.AST]:
    """Return what stands in the function that runs."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            if (node.name, first) == (frame.f_code.co_name, frame.f_code.co_firstlineno):
                return [one for one in ast.walk(node) if one is not node]
    return []


def _outside(tree: ast.Module) -> list[ast.AST]:
    """Return what stands in no function."""
    found: list[ast.AST] = []
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        found.append(node)
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            left += ast.iter_child_nodes(node)
    return found


def _writes(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {
        one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)
    } - {
        # Of `frame[mask] = 0` the mask is read.
        one.id
        for target in targets
        for part in ast.walk(target)
        if isinstance(part, ast.Subscript)
        for one in ast.walk(part.slice)
        if isinstance(one, ast.Name)
    }


def _reads(statement: ast.stmt) -> list[str]:
    return [
        one.id
        for one in ast.walk(statement)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    ]


def _statement(node: ast.stmt, source: str, age: int) -> _Statement:
    return _Statement(node, ast.get_source_segment(source, node) or "", (-age, node.lineno))


def _at_line(trees: list[tuple[ast.Module, str]], line: int) -> _Statement | None:
    for tree, source in trees:
        inside = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.stmt)
            and not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef))
            and node.lineno <= line <= (node.end_lineno or node.lineno)
        ]
        if inside:
            narrow = min(inside, key=lambda node: (node.end_lineno or node.lineno) - node.lineno)
            return _statement(narrow, source, 0)
    return None


def _is_data(value: Any) -> bool:
    return hasattr(value, "shape") or isinstance(value, (list, Mapping))
