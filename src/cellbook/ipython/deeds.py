"""What cells do, as opposed to what they look at.

By that, those of an open run decide how it ends, and none that only looks is worth a checkpoint.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from IPython.core.error import UsageError

from cellbook.records import LOOKING, RunState
from cellbook.tracking import Run, outcome_of

_LOOKS = LOOKING | {"pinfo", "pinfo2"}
"""The line magics that leave a run as it is; IPython's ``?`` is ``pinfo``."""


def judge(run: Run, shell: Any, source: str, error: BaseException | None) -> None:
    """Note how a run would end now that the cell of that source has ended, with that error."""
    if isinstance(error, UsageError):
        return  # A mistyped magic: it says nothing of the run.
    state, text = outcome_of(error)
    well = state is run.outcome[0] is RunState.FINISHED
    if well or not _acts(shell, source):
        return
    run.outcome = state, text
    if state is not RunState.FINISHED:
        went = "was interrupted" if state is RunState.STOPPED else "failed"
        run.mishap = f"cell [{shell.execution_count - 1}] {went}"


def only_looks(shell: Any, source: str, error: BaseException | None) -> bool:
    """Whether a cell of that source, which ended with that error, can have changed no variable."""
    if isinstance(error, UsageError):
        statements = _statements(shell, source)
        return len(statements) == 1 and bool(_magic(statements[0]))
    return not _acts(shell, source)


def judge_before_end(run: Run, shell: Any, source: str) -> None:
    """Note what the cell under way did to the run before it said that the run is over."""
    if not run.entered and _acts_before_end(shell, source):
        run.outcome = RunState.FINISHED, None


def stop_restarted(runs: Iterable[Run], shell: Any) -> None:
    """Where the kernel ends because it is restarted, note that its open runs were stopped."""
    told = getattr(getattr(shell, "kernel", None), "_shutdown_message", None) or {}
    if told.get("content", {}).get("restart"):
        for run in runs:
            if run.outcome[0] is RunState.FINISHED:
                run.outcome = RunState.STOPPED, None


def _acts(shell: Any, source: str) -> bool:
    """Whether a cell holds anything but magics that only look."""
    return not all(_looks(statement) for statement in _statements(shell, source))


def _acts_before_end(shell: Any, source: str) -> bool:
    for statement in _statements(shell, source):
        if _ends_run(statement):
            return False
        if not _looks(statement):
            return True
    return False


def _statements(shell: Any, source: str) -> list[ast.stmt]:
    code: str = shell.input_transformer_manager.transform_cell(source)
    try:
        return ast.parse(code).body
    except (SyntaxError, ValueError):
        return []  # It is no Python, so nothing of it ran.


def _looks(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(ast.Call(args=[ast.Constant("restore"), ast.Constant(str(line))])):
            return _magic(statement) == "restore" and "--dry-run" in line.split()
    return _magic(statement) in _LOOKS


def _magic(statement: ast.stmt) -> str:
    """Return the name of the line magic, or ``%%comment``, that a statement is; else nothing."""
    match statement:
        case ast.Expr(
            ast.Call(func=ast.Attribute(attr="run_line_magic"), args=[ast.Constant(name), *_])
        ):
            return str(name)
        case ast.Expr(
            ast.Call(func=ast.Attribute(attr="run_cell_magic"), args=[ast.Constant("comment"), *_])
        ):
            return "comment"
    return ""


def _ends_run(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(ast.Call(func=ast.Attribute(attr="end_run") | ast.Name("end_run"))):
            return True
    return _magic(statement) == "end_run"
