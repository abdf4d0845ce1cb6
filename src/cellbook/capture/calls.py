"""What a call says of itself: what is called, what it is given, which files it may name."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cellbook.capture.holding import called_by, given_to, held

OF_A_VALUE = "?"
"""First part of a path that does not begin at a name: ``?.mean`` of ``load(x).mean()``."""
STORES = "?.__setattr__"
"""The path of an assignment to a part of an object."""
METHOD_CALLER = "methodcaller"
"""What makes a function that calls a method of what it is given, by the method's name."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call in a text; names are those that stand in it, whatever they stand for."""

    owners: tuple[str, ...]
    """Names that what is called hangs on."""
    path: str
    """The attributes from there to what is called; empty where the name itself is called."""
    given: tuple[str, ...]
    """Names whose objects it is given."""
    methods: tuple[tuple[str, str], ...] = ()
    """Those of attributes that it is given and may call: ``x.append`` of ``map(x.append, y)``, and
    ``list.pop`` of ``map(list.pop, x)``."""
    words: tuple[str, ...] = ()
    """Keywords that say that it changes things: ``inplace``, ``out``, ``copy``."""
    into: tuple[str, ...] = ()
    """Names that it writes to, or draws random numbers from."""
    texts: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    """All names that may stand for a path, or a part of one."""
    composed: bool = False
    """Whether texts are put together to others."""
    mode: str = ""
    """How it opens a file; ``?`` where a name says that."""
    dropped: bool = False
    """Whether nobody takes its value."""

    @property
    def called(self) -> str:
        """The last part of what is called."""
        return self.path.rpartition(".")[2] or (self.owners[0] if self.owners else "")


_RANDOM = frozenset(
    {"random_state", "rng", "seed", "generator", "prng", "random", "key", "bit_generator"}
)
_INTO = frozenset({"out", "file", "stream", "buf", "fp"})
"""Keywords that say where a result, or a text, is written to."""
_OPENERS = frozenset(
    {"open", "fdopen", "ZipFile", "TarFile", "File", "memmap", "NamedTemporaryFile"}
)


def call_of(node: ast.Call, *, dropped: bool) -> Call:
    """Tell what a call says."""
    attributes: list[str] = []
    root: ast.expr = node.func
    while isinstance(root, ast.Attribute):
        attributes.append(root.attr)
        root = root.value
    attributes.reverse()
    if isinstance(root, ast.Name):
        owners: tuple[str, ...] = (root.id,)
    else:
        owners = tuple(name for name, _ in held(root))
        attributes.insert(0, OF_A_VALUE)
    words, into = [], []
    for inner in ast.walk(node):
        if not isinstance(inner, ast.keyword):
            continue
        told = getattr(inner.value, "value", None)
        if (inner.arg == "inplace" and told is not False) or (
            inner.arg == "copy" and told is not True
        ):
            words.append(inner.arg)
        elif inner.arg in _INTO or inner.arg in _RANDOM:
            into += [name for name, _ in held(inner.value)]
    texts, mentions, composed = _texts_of(node)
    return Call(
        owners=owners,
        path=".".join(attributes),
        given=tuple(given_to(node)),
        methods=tuple(_methods_of(node)),
        words=tuple(words),
        into=tuple(into),
        texts=texts,
        mentions=mentions,
        composed=composed,
        mode=_mode_of(node, attributes[-1] if attributes else owners[0] if owners else ""),
        dropped=dropped,
    )


def _methods_of(node: ast.Call) -> list[tuple[str, str]]:
    found = []
    for value in (*node.args, *(word.value for word in node.keywords)):
        for one in value.elts if isinstance(value, ast.List | ast.Tuple) else [value]:
            if isinstance(one, ast.Call) and called_by(one) == METHOD_CALLER:
                one = one.func
            if isinstance(one, ast.Attribute):
                found += [(name, one.attr) for name, _ in held(one.value)]
    return found


def _texts_of(node: ast.Call) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Return the texts in a call, the names in it, and whether some are put together."""
    texts: dict[str, None] = {}
    names: dict[str, None] = {}
    composed = False
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant):
            if isinstance(inner.value, str) and inner.value:
                texts[inner.value] = None
        elif isinstance(inner, ast.Name):
            names[inner.id] = None
        elif isinstance(inner, ast.JoinedStr) or (
            isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Div | ast.Mod)
        ):
            composed = True
        elif isinstance(inner, ast.Call) and inner is not node:
            function = inner.func
            called = getattr(function, "attr", getattr(function, "id", ""))
            composed |= called in ("join", "joinpath", "with_suffix", "with_name", "format")
    return tuple(texts), tuple(names), composed


def _mode_of(node: ast.Call, called: str) -> str:
    if called not in _OPENERS:
        return ""
    # `Path.open("w")` has it first.
    places = node.args[:1] if isinstance(node.func, ast.Attribute) and called == "open" else []
    told = [*node.args[1:2], *places, *(w.value for w in node.keywords if w.arg == "mode")]
    for one in told:
        if not isinstance(one, ast.Constant):
            return OF_A_VALUE
        if isinstance(one.value, str) and len(one.value) < 4 and set(one.value) <= set("rwaxbt+U"):
            return one.value
    return "r"


def call_with(call: Call, stand_ins: Mapping[str, Collection[str]]) -> Call:
    """Return a call with names that are not the notebook's replaced by what they stand for."""

    def told(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for name in names for one in stand_ins.get(name, (name,))))

    if stand_ins.keys().isdisjoint((*call.owners, *call.given, *call.mentions)):
        return call
    path, composed = call.path, call.composed
    if not stand_ins.keys().isdisjoint(call.owners) and not path.startswith(OF_A_VALUE):
        path = f"{OF_A_VALUE}.{path}" if path else OF_A_VALUE
    if not stand_ins.keys().isdisjoint(call.mentions):
        composed = True
    return replace(
        call,
        owners=told(call.owners),
        path=path,
        given=told(call.given),
        methods=tuple((one, attr) for name, attr in call.methods for one in told([name])),
        into=told(call.into),
        mentions=told(call.mentions),
        composed=composed,
    )


def stand_ins_of(node: ast.AST) -> dict[str, tuple[str, ...]]:
    """Return what local names in a piece of code stand for: none for parameters, for others the
    names whose objects they may hold.

    Parameters of a lambda that is handed to a call stand for what else the call is given, and for
    what it is a method of: ``reduce(lambda all, one: all.append(one) or all, ones, target)``.
    """
    found: dict[str, dict[str, None]] = {}
    outside: set[str] = set()

    def holds(target: ast.expr, value: ast.expr) -> None:
        names = [name for name, _ in held(value)]
        for inner in ast.walk(target):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                found.setdefault(inner.id, {}).update(dict.fromkeys(names))

    for inner in ast.walk(node):
        match inner:
            case ast.arguments():
                every = [*inner.posonlyargs, *inner.args, *inner.kwonlyargs]
                for one in (*every, inner.vararg, inner.kwarg):
                    if one is not None:
                        found.setdefault(one.arg, {})
            case ast.Call():
                for name, names in _handed(inner):
                    found.setdefault(name, {}).update(dict.fromkeys(names))
            case ast.Assign():
                for target in inner.targets:
                    holds(target, inner.value)
            case ast.AnnAssign() | ast.NamedExpr() if inner.value is not None:
                holds(inner.target, inner.value)
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                holds(inner.target, inner.iter)
            case ast.withitem() if inner.optional_vars is not None:
                holds(inner.optional_vars, inner.context_expr)
            case ast.Global() | ast.Nonlocal():
                outside.update(inner.names)
    for name in outside:
        found.pop(name, None)
    return {name: tuple(_followed(name, found)) for name in found}


def _handed(node: ast.Call) -> Iterator[tuple[str, list[str]]]:
    """Yield the parameters of lambdas that a call is given, or calls, and what they stand for."""
    values = [*node.args, *(word.value for word in node.keywords)]
    lambdas = [one for value in (*values, node.func) for one in _lambdas(value)]
    if not lambdas:
        return
    others = [value for value in values if not isinstance(value, ast.Lambda)]
    if isinstance(node.func, ast.Attribute):
        others.append(node.func.value)
    names = [name for value in others for name, _ in held(value)]
    for one in lambdas:
        defaults = [*one.args.defaults, *(value for value in one.args.kw_defaults if value)]
        own = [name for value in defaults for name, _ in held(value)]
        for parameter in ast.walk(one.args):
            if isinstance(parameter, ast.arg):
                yield parameter.arg, names + own


def _lambdas(node: ast.expr) -> Iterator[ast.Lambda]:
    if isinstance(node, ast.Lambda):
        yield node
    elif isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.IfExp | ast.Starred):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from _lambdas(child)


def _followed(name: str, found: Mapping[str, Iterable[str]]) -> Iterator[str]:
    seen, pending = {name}, list(found[name])
    for one in pending:
        if one in seen:
            continue
        seen.add(one)
        if one in found:
            pending += found[one]
        else:
            yield one


def calls_within(node: ast.AST) -> Iterator[Call]:
    """Yield what the code of a function, lambda or class calls, in the notebook's names.

    What it stores in counts as a call as well.
    """
    stand_ins = stand_ins_of(node)
    dropped = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Expr):
            value = inner.value.value if isinstance(inner.value, ast.Await) else inner.value
            dropped.add(id(value))
        if isinstance(inner, ast.Call):
            yield call_with(call_of(inner, dropped=id(inner) in dropped), stand_ins)
        elif isinstance(inner, ast.Attribute | ast.Subscript) and not isinstance(
            inner.ctx, ast.Load
        ):
            names = [name for name, _ in held(inner.value)]
            owners = dict.fromkeys(one for name in names for one in stand_ins.get(name, (name,)))
            if owners:
                yield Call(tuple(owners), STORES, ())
