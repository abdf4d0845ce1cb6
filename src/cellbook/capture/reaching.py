"""How far code reaches: to all names there are, or to objects that it only looks at."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping

from cellbook.capture.calls import stand_ins_of
from cellbook.capture.holding import called_by
from cellbook.records.words import words

ALL_NAMES = words("eval exec globals locals vars")
_TOUCHED = re.compile(
    r"__(?!init|repr|str|new|class|set_name|doc|format|hash|enter|exit|call|del)\w+__"
)
_DRAWS = words(
    "choice choices getrandbits integers next normal permutation permuted popleft randint randn "
    "random sample shuffle standard_normal uniform"
)
"""What is called for another number, or the next thing, each time."""
_SHELL_CALLS = words(
    "drop_by_id ev ex push register_magic_function register_magics reset run_cell run_cell_async"
    " run_cell_magic run_line_magic safe_execfile user_global_ns user_module user_ns events"
    " set_hook ast_transformers input_transformers_post input_transformers_cleanup magic"
)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def changes_when_touched(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method runs where an object is only looked at, and changes something."""
    touched = _TOUCHED.fullmatch(node.name) or "property" in map(_last, node.decorator_list)
    return bool(touched) and _stores(node)


def _stores(node: ast.AST) -> bool:
    """Whether code changes something that it does not only name."""
    return any(
        (isinstance(one, ast.Attribute | ast.Subscript) and not isinstance(one.ctx, ast.Load))
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Call))
        or isinstance(one, ast.Global | ast.Nonlocal)
        or (isinstance(one, ast.Call) and called_by(one) in _DRAWS)
        for one in ast.walk(node)
    )


def own_stand_ins(node: ast.AST) -> Mapping[str, Collection[str]]:
    """Return what the own names of comprehensions and lambdas in an expression stand for."""
    if any(isinstance(one, ast.comprehension | ast.Lambda) for one in ast.walk(node)):
        found = stand_ins_of(node)
        walrus = {one.target.id for one in ast.walk(node) if isinstance(one, ast.NamedExpr)}
        return {name: its for name, its in found.items() if name not in walrus}
    return {}


def reaches_all(node: ast.AST) -> str:
    """Return by what a call reaches names that the source does not tell; else nothing."""
    if not isinstance(node, ast.Call):
        if isinstance(node, ast.Attribute) and node.attr in _SHELL_CALLS:
            inner = node.value
            if isinstance(inner, ast.Call) and called_by(inner) == "get_ipython":
                return "get_ipython()"
        return ""
    if isinstance(node.func, ast.Name) and node.func.id in ALL_NAMES:
        return "" if node.func.id == "vars" and node.args else f"{node.func.id}()"
    for one in node.args:
        if isinstance(one, ast.Name) and one.id in ("exec", "eval", "globals"):
            return f"{one.id}()"
        if isinstance(one, ast.Constant) and one.value == "__main__":
            return "__main__"
    return ""
