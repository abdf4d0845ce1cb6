"""Parameters: values that stand, when cells are run again, for those that names were assigned.

What is replaced is the right side of ``name = …`` at the top level of a cell, so that also a cell
that uses the name itself does with the new value; cells that assign it several times have it each
time.  A notebook that marks a cell with the tag ``parameters``, as papermill has it, gets a cell
with the new values behind that instead.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cellbook.capture.escapes import RUN_THE_CELL, TAKE_PARAMS, parse, to_python
from cellbook.errors import InvalidInput

TAG = "parameters"
_PARAM_LINE = re.compile(rf"\s*%%?(?:{'|'.join(sorted(TAKE_PARAMS))})\b")
_CELL_MAGIC = re.compile(rf"\s*%%(?:{'|'.join(sorted(RUN_THE_CELL | TAKE_PARAMS))})\b")
_SHOWN = 12


def check_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters that can be written into a cell.

    Raises
    ------
    InvalidInput
        If a name is no variable's, or a value none that Python can be told in a literal.
    """
    for name, value in params.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise InvalidInput(f"A parameter is called as a variable is, not {name!r}.")
        try:
            same = ast.literal_eval(repr(value)) == value
        except (ValueError, SyntaxError, TypeError):
            same = False
        if not same:
            raise InvalidInput(
                f"The parameter {name!r} is a {type(value).__name__}. Give text, a number, True, "
                "False, None, or a list or dictionary of these; of data its path."
            )
    return dict(params)


def read_param(text: str) -> tuple[str, Any]:
    """Return a parameter as a command line has it: ``lr=0.1``, ``path=new.csv``.

    Raises
    ------
    InvalidInput
        If there is no ``=`` in it.
    """
    name, sign, value = text.partition("=")
    if not sign:
        raise InvalidInput(f"{text!r} is no parameter. Write NAME=VALUE.")
    try:
        return name.strip(), ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name.strip(), value


def with_params(sources: Sequence[str], params: Mapping[str, Any]) -> list[str]:
    """Return cells, or a script, in which the given values are assigned.

    Raises
    ------
    InvalidInput
        If no cell assigns one of the names at its top level.
    """
    left = dict.fromkeys(params)
    found = []
    for source in sources:
        changed, names = _assigned(source, params)
        found.append(changed)
        for name in names:
            left.pop(name, None)
    if left:
        there = list(dict.fromkeys(name for source in sources for name in settable(source)))
        more = f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else ""
        known = f"{', '.join(there[:_SHOWN])}{more}" if there else "none"
        raise InvalidInput(
            f"No cell assigns {', '.join(map(repr, left))} at its top level. Names that are given "
            f"a plain value there: {known}."
        )
    return found


def settable(source: str) -> Iterator[str]:
    """Yield the names that a cell gives a literal at its top level: its parameters, likely."""
    _, body = _parts(source)
    for name, value in _assignments(body):
        try:
            ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue
        yield name


def params_cell(params: Mapping[str, Any]) -> str:
    """Return a cell that assigns values."""
    return "\n".join(["# Parameters", *(f"{name} = {value!r}" for name, value in params.items())])


def _assigned(source: str, params: Mapping[str, Any]) -> tuple[str, list[str]]:
    head, body = _parts(source)
    lines = [line.encode() for line in body.split("\n")]
    names = []
    # From the end, so that what is before stays where it was.
    for name, value in reversed(list(_assignments(body))):
        if name not in params:
            continue
        names.append(name)
        first, last = value.lineno - 1, (value.end_lineno or value.lineno) - 1
        before, after = lines[first][: value.col_offset], lines[last][value.end_col_offset :]
        lines[first : last + 1] = [before + repr(params[name]).encode() + after]
    changed = head + b"\n".join(lines).decode()
    return "\n".join(_told_run(line, params) for line in changed.split("\n")), names


def _parts(source: str) -> tuple[str, str]:
    """Return the line of a cell magic that runs its cell as Python, and what is below it."""
    if _CELL_MAGIC.match(source):
        head, end, body = source.partition("\n")
        return head + end, body
    return "", source


def _assignments(body: str) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that are assigned at the top level, each with the value as it is written."""
    python, _ = to_python(body)
    try:
        statements = parse(python).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    was, now = body.split("\n"), python.split("\n")
    for statement in statements:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target: ast.expr = statement.targets[0]
        elif isinstance(statement, ast.AnnAssign):
            target = statement.target
        else:
            continue
        lines = slice(statement.lineno - 1, statement.end_lineno)
        # Where the cell is no Python as it stands, places are not those of its own text.
        if isinstance(target, ast.Name) and statement.value and was[lines] == now[lines]:
            yield target.id, statement.value


def _told_run(line: str, params: Mapping[str, Any]) -> str:
    """Return a line of ``%track_run`` or ``%log`` with the values that hold now: what a run has on
    record as its params is to be what it had."""
    if not _PARAM_LINE.match(line):
        return line
    for name, value in params.items():
        if isinstance(value, (str, int, float, bool)):
            told = repr(value) if isinstance(value, str) else str(value)
            line = re.sub(
                rf"(?<=\s){re.escape(name)}=(\"[^\"]*\"|'[^']*'|[\d.+-][^\s]*|True|False|None)"
                r"(?=\s|$)",
                f"{name}={told}".replace("\\", r"\\"),
                line,
            )
    return line
