"""Walks a cell's syntax tree once, in the order in which Python evaluates it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from cellbook.capture.literals import note_literals
from cellbook.capture.scopes import LOOPED, Block, Class, Function, Late, Module, Scope
from cellbook.records.words import words

LOOKS = words(
    "close describe display flush head hist info items join keys plot print sample savefig score "
    "show summary tail to_csv to_excel to_json to_parquet to_pickle values"
)
"""Methods that only look, though a cell may drop their value: ``df.head()`` is no change."""

CHANGES = words(
    "fit fit_predict fit_resample fit_transform load_state_dict partial_fit pop popitem "
    "setdefault train_on_batch"
)
"""Methods that change their object even where their value is used: ``h = model.fit(X)``."""


def walk(tree: ast.Module) -> Module:
    """Return what running `tree` does to global names."""
    module = Module()
    for statement in tree.body:
        _visit(module, statement)
        if type(statement) is ast.Assign:
            for target in statement.targets:
                note_literals(module.literals, target, statement.value)
        elif type(statement) is ast.AnnAssign and statement.value is not None:
            note_literals(module.literals, statement.target, statement.value)
    return module


# ── visiting ──────────────────────────────────────────────────────────────────────────────────

_BARE = frozenset({"ctx", "op", "ops"})
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def _visit(scope: Scope, node: ast.AST) -> None:
    kind = type(node)
    handler = _HANDLERS.get(kind)
    if handler is not None:
        handler(scope, node)
        return
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _BARE)
    for name in fields:
        value = getattr(node, name, None)
        if type(value) is list:
            for item in value:
                if isinstance(item, ast.AST):
                    _visit(scope, item)
        elif isinstance(value, ast.AST):
            _visit(scope, value)


def _block(scope: Scope, statements: Sequence[ast.stmt]) -> bool:
    """Visit statements; return whether the flow leaves before their end."""
    leaves = False
    for statement in statements:
        _visit(scope, statement)
        if type(statement) in _LEAVING:
            leaves = True
    return leaves


_LEAVING = frozenset({ast.Raise, ast.Return, ast.Break, ast.Continue})


def _fork(scope: Scope, *ways: Callable[[], bool | None]) -> None:
    """Visit ways of which one is taken: bound after them is what all that go on have bound."""
    before = scope.bound
    ends = []
    for way in ways:
        scope.bound = set(before)
        if not way():
            ends.append(scope.bound)
    scope.bound = set.intersection(*ends) if ends else before


def _nothing() -> None:
    return None


def _name(scope: Scope, node: ast.Name) -> None:
    context = type(node.ctx)
    if context is ast.Load:
        scope.load(node.id)
    elif context is ast.Store:
        scope.store(node.id)
    else:
        scope.unbind(node.id)


def _skip(scope: Scope, node: ast.AST) -> None:
    return


def _part(scope: Scope, node: ast.Attribute | ast.Subscript) -> None:
    if type(node.ctx) is not ast.Load:
        _change(scope, node.value)
    _visit(scope, node.value)
    if type(node) is ast.Subscript:
        _visit(scope, node.slice)


def _change(scope: Scope, node: ast.expr) -> None:
    """Note a change of the object that a chain such as ``a.b[c].d`` hangs on."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    if isinstance(node, ast.Name):
        scope.change(node.id)


def _call(scope: Scope, node: ast.Call) -> None:
    function = node.func
    _visit(scope, function)
    for argument in node.args:
        _visit(scope, argument)
    for keyword in node.keywords:
        _visit(scope, keyword.value)
        if keyword.arg == "out":
            _change(scope, keyword.value)
        elif keyword.arg == "inplace" and getattr(keyword.value, "value", None) is True:
            _change(scope, function)
    if type(function) is ast.Attribute:
        # PyTorch's methods that work in place end in an underscore.
        method = function.attr
        if method in CHANGES or (method.endswith("_") and not method.endswith("__")):
            _change(scope, function.value)
    elif type(function) is ast.Name and function.id in ("setattr", "delattr", "next"):
        for argument in node.args[:1]:
            _change(scope, argument)


def _expression(scope: Scope, node: ast.Expr) -> None:
    value = node.value.value if isinstance(node.value, ast.Await) else node.value
    _visit(scope, value)
    called = value.func if isinstance(value, ast.Call) else None
    # A call whose value nobody takes was made for what it does.
    if isinstance(called, ast.Attribute) and called.attr not in LOOKS:
        _change(scope, called.value)


def _operation(scope: Scope, node: ast.BinOp) -> None:
    # A long sum nests to the left, deeper than the interpreter's stack would go.
    rights = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp):
        rights.append(left.right)
        left = left.left
    _visit(scope, left)
    for right in reversed(rights):
        _visit(scope, right)


def _either(scope: Scope, node: ast.BoolOp) -> None:
    _visit(scope, node.values[0])
    for value in node.values[1:]:
        _fork(scope, partial(_visit, scope, value), _nothing)


def _choice(scope: Scope, node: ast.IfExp) -> None:
    _visit(scope, node.test)
    _fork(scope, partial(_visit, scope, node.body), partial(_visit, scope, node.orelse))


def _assign(scope: Scope, node: ast.Assign) -> None:
    target = node.targets[0]
    if type(node.value) is ast.Lambda and type(target) is ast.Name and type(scope) is Module:
        late = Late()
        _function(scope, node.value, late)
        for each in node.targets:
            _visit(scope, each)
        scope.define(target.id, late)
        return
    _visit(scope, node.value)
    for target in node.targets:
        _visit(scope, target)


def _augment(scope: Scope, node: ast.AugAssign) -> None:
    if isinstance(node.target, ast.Name):
        scope.load(node.target.id)
    _visit(scope, node.value)
    _visit(scope, node.target)


def _annotate(scope: Scope, node: ast.AnnAssign) -> None:
    if not isinstance(scope, Function):
        _visit(scope, node.annotation)
    if node.value is not None:
        _visit(scope, node.value)
        _visit(scope, node.target)
    elif isinstance(scope, Function) and isinstance(node.target, ast.Name):
        scope.store(node.target.id)


def _walrus(scope: Scope, node: ast.NamedExpr) -> None:
    _visit(scope, node.value)
    sure = True
    while isinstance(scope, Block) and not isinstance(scope, Class):
        # The walrus binds around the comprehension, which may not take a single turn.
        scope, sure = scope.outer, False
    scope.store(node.target.id, sure)


def _import(scope: Scope, node: ast.Import) -> None:
    for alias in node.names:
        name = alias.asname or alias.name.partition(".")[0]
        _bind_import(scope, name, alias.name if alias.asname else name)


def _import_from(scope: Scope, node: ast.ImportFrom) -> None:
    origin = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name == "*":
            if isinstance(scope, Module):
                scope.stars.append(f"from {origin} import *")
        else:
            _bind_import(scope, alias.asname or alias.name, f"{origin}:{alias.name}")


def _bind_import(scope: Scope, name: str, what: str) -> None:
    scope.store(name)
    if isinstance(scope, Module):
        scope.imports[name] = what


def _global(scope: Scope, node: ast.Global) -> None:
    if isinstance(scope, (Function, Class)):
        scope.global_names.update(node.names)


def _nonlocal(scope: Scope, node: ast.Nonlocal) -> None:
    if isinstance(scope, Function):
        scope.nonlocal_names.update(node.names)


# ── scopes within scopes ──────────────────────────────────────────────────────────────────────


def _function(
    scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, outer: Scope | Late
) -> None:
    """Visit a function whose free names go to `outer`."""
    inner = Function(outer)
    arguments = node.args
    for default in (*arguments.defaults, *arguments.kw_defaults):
        if default is not None:
            _visit(scope, default)
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    if isinstance(node, ast.Lambda):
        inner.stores.update(one.arg for one in named)
        _visit(inner, node.body)
    else:
        parameters = _type_parameters(inner, node)
        around = Block(scope, parameters) if parameters else scope
        for annotation in (*(one.annotation for one in named), node.returns):
            if annotation is not None:
                _visit(around, annotation)
        inner.stores.update(parameters, (one.arg for one in named))
        _block(inner, node.body)
    inner.close()


def _type_parameters(scope: Scope, node: ast.AST) -> list[str]:
    names = []
    for parameter in getattr(node, "type_params", ()):
        names.append(parameter.name)
        for bound in (getattr(parameter, "bound", None), getattr(parameter, "default_value", None)):
            if bound is not None:
                _visit(scope, bound)
    return names


def _define(scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    for decorator in node.decorator_list:
        _visit(scope, decorator)
    if isinstance(scope, Module):
        late = Late()
        _function(scope, node, late)
        _keep(scope, node, late)
    else:
        _function(scope, node, scope.late if isinstance(scope, Class) else scope)
        scope.store(node.name)


def _define_class(scope: Scope, node: ast.ClassDef) -> None:
    for decorator in node.decorator_list:
        _visit(scope, decorator)
    parameters = _type_parameters(scope, node)
    around = Block(scope, parameters) if parameters else scope
    for base in node.bases:
        _visit(around, base)
    for keyword in node.keywords:
        _visit(around, keyword.value)
    inner = Class(around, parameters)
    _block(inner, node.body)
    if isinstance(scope, Module) and isinstance(inner.late, Late):
        _keep(scope, node, inner.late)
    else:
        scope.store(node.name)


def _keep(
    module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, late: Late
) -> None:
    module.define(node.name, late)
    if node.decorator_list:
        # A decorator may call it, or hand it to somebody who will.
        module.apply(late)


def _alias(scope: Scope, node: Any) -> None:
    """``type Name[T] = value``: the value is worked out when somebody asks for it."""
    inner = Function(scope)
    inner.stores.update(_type_parameters(inner, node))
    _visit(inner, node.value)
    inner.close()
    scope.store(node.name.id)


def _lambda(scope: Scope, node: ast.Lambda) -> None:
    outer: Scope = scope.outer if isinstance(scope, Class) else scope
    _function(scope, node, outer)


def _comprehend(
    scope: Scope, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
) -> None:
    _visit(scope, node.generators[0].iter)
    inner = Block(scope)
    for number, generator in enumerate(node.generators):
        if number:
            _visit(inner, generator.iter)
        _visit(inner, generator.target)
        for condition in generator.ifs:
            _visit(inner, condition)
    if isinstance(node, ast.DictComp):
        _visit(inner, node.key)
        _visit(inner, node.value)
    else:
        _visit(inner, node.elt)


# ── control flow ──────────────────────────────────────────────────────────────────────────────


def _if(scope: Scope, node: ast.If) -> None:
    _visit(scope, node.test)
    _fork(scope, partial(_block, scope, node.body), partial(_block, scope, node.orelse))


def _loop(scope: Scope, node: ast.For | ast.AsyncFor | ast.While) -> None:
    turned: set[str] = set()

    def turn() -> None:
        if not isinstance(node, ast.While):
            _visit(scope, node.target)
        _block(scope, node.body)
        turned.update(scope.bound)

    _visit(scope, node.test if isinstance(node, ast.While) else node.iter)
    _fork(scope, turn, _nothing)
    scope.bound |= {name if name[0] == LOOPED else LOOPED + name for name in turned - scope.bound}
    _fork(scope, partial(_block, scope, node.orelse), _nothing)


def _try(scope: Scope, node: Any) -> None:
    before = set(scope.bound)

    def handle(handler: ast.ExceptHandler) -> bool:
        # The body may have stopped anywhere: what it binds is not sure here.
        scope.bound = set(before)
        if handler.type is not None:
            _visit(scope, handler.type)
        if handler.name:
            scope.store(handler.name)
        leaves = _block(scope, handler.body)
        if handler.name:
            scope.unbind(handler.name)
        return leaves

    def body() -> bool:
        leaves = _block(scope, node.body)
        return _block(scope, node.orelse) or leaves

    _fork(scope, body, *(partial(handle, handler) for handler in node.handlers))
    if node.finalbody:
        after = scope.bound
        scope.bound = set(before)
        _block(scope, node.finalbody)
        scope.bound |= after


def _match(scope: Scope, node: ast.Match) -> None:
    def take(case: ast.match_case) -> bool:
        _visit(scope, case.pattern)
        if case.guard is not None:
            _visit(scope, case.guard)
        return _block(scope, case.body)

    _visit(scope, node.subject)
    ways: list[Callable[[], bool | None]] = [partial(take, case) for case in node.cases]
    last = node.cases[-1]
    if not (isinstance(last.pattern, ast.MatchAs) and not last.pattern.pattern and not last.guard):
        ways.append(_nothing)
    _fork(scope, *ways)


def _capture(scope: Scope, node: ast.MatchAs | ast.MatchStar | ast.MatchMapping) -> None:
    if isinstance(node, ast.MatchAs) and node.pattern is not None:
        _visit(scope, node.pattern)
    if isinstance(node, ast.MatchMapping):
        for part in (*node.keys, *node.patterns):
            _visit(scope, part)
    name = node.rest if isinstance(node, ast.MatchMapping) else node.name
    if name is not None:
        scope.store(name)


_HANDLERS: dict[type[ast.AST], Callable[[Any, Any], None]] = {
    ast.Name: _name,
    ast.Constant: _skip,
    ast.Attribute: _part,
    ast.Subscript: _part,
    ast.Call: _call,
    ast.Expr: _expression,
    ast.BinOp: _operation,
    ast.BoolOp: _either,
    ast.IfExp: _choice,
    ast.Assign: _assign,
    ast.AugAssign: _augment,
    ast.AnnAssign: _annotate,
    ast.NamedExpr: _walrus,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.FunctionDef: _define,
    ast.AsyncFunctionDef: _define,
    ast.ClassDef: _define_class,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehend,
    ast.SetComp: _comprehend,
    ast.DictComp: _comprehend,
    ast.GeneratorExp: _comprehend,
    ast.If: _if,
    ast.For: _loop,
    ast.AsyncFor: _loop,
    ast.While: _loop,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.MatchAs: _capture,
    ast.MatchStar: _capture,
    ast.MatchMapping: _capture,
}
if hasattr(ast, "TypeAlias"):  # Python 3.12 and later
    _HANDLERS[ast.TypeAlias] = _alias
