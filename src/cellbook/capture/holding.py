"""What expressions hold: the names whose objects a value may be, contain or be a part of."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cellbook.capture.walk import LOOKS
from cellbook.records.words import words

FITTING = words("fit fit_predict fit_resample partial_fit train_on_batch load_state_dict")
"""Methods that learn from what they are given and leave it as it is."""

CALCULATING = words(
    "all any astype corr count cross_validate decision_function describe dot isna item len "
    "max mean min nunique predict predict_log_proba predict_proba quantile round score shape size "
    "std sum tolist to_list value_counts var format split strip lower upper startswith endswith "
    "exists encode decode isoformat"
)
"""Methods whose value shares nothing with what they were called on or given."""

MAKING_NEW = words(
    "abs all any bool bytes clone cross_val_score deepcopy divmod float format hash hex id int "
    "isinstance issubclass len ord pow print range repr round str sum type accuracy_score f1_score "
    "mean_squared_error roc_auc_score r2_score log_loss perf_counter time open display"
)
"""Functions whose value shares nothing with their arguments, which they leave as they are."""


_DRAWING = words("boxplot hist plot")
_VIEWING = words("np numpy jnp")


def called_by(node: ast.Call) -> str:
    """Return the last part of what is called."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def given_to(node: ast.Call) -> list[str]:
    """Return the names whose objects a call is given."""
    values = [*node.args, *(word.value for word in node.keywords)]
    return list(dict.fromkeys(name for value in values for name, _ in held(value)))


def names_in(node: ast.AST) -> list[str]:
    """Return all names that stand in a piece of code."""
    return list(dict.fromkeys(n.id for n in ast.walk(node) if isinstance(n, ast.Name)))


def free_names(node: ast.AST) -> list[str]:
    """Return the names that a piece of code takes from around it: not parameters of its lambdas,
    nor what its comprehensions run over with."""
    return list(dict.fromkeys(_free(node)))


def _free(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
        return
    own = own_names(node)
    outside = evaluated_before(node)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.comprehension):
            for part in ast.iter_child_nodes(child):
                yield from (n for n in _free(part) if part is outside or n not in own)
        else:
            yield from (n for n in _free(child) if n not in own)


def own_names(node: ast.AST) -> set[str]:
    """Return the names that a lambda or a comprehension has for itself."""
    if isinstance(node, ast.Lambda):
        return {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
    generators = getattr(node, "generators", ())
    return {name for one in generators for name in names_in(one.target)}


def evaluated_before(node: ast.AST) -> ast.expr | None:
    """Return what a comprehension runs over first, which knows none of its own names."""
    generators = getattr(node, "generators", ())
    return generators[0].iter if generators else None


def roots(node: ast.expr) -> list[str]:
    """Return the names that targets, or a chain such as ``a.b[c].d()``, hang on."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        return roots(node.value)
    if isinstance(node, ast.Tuple | ast.List):
        return [name for one in node.elts for name in roots(one)]
    if isinstance(node, ast.Call):
        return roots(node.func)
    return [name for name, _ in held(node)]


def held(node: ast.expr) -> list[tuple[str, bool]]:
    """Return the names whose objects an expression's value may be, hold or be a part of.

    With each, whether what is done to the value may change that object.
    """
    return list(dict.fromkeys(_held(node, True)))


def only_called(node: ast.expr) -> list[str]:
    """Return the names of `held` that are there for what was called alone: ``pd`` of
    ``pd.DataFrame(x)``."""
    without = {name for name, _ in _held(node, False)}
    return [name for name, _ in held(node) if name not in without]


def _held(node: ast.AST, callees: bool) -> Iterator[tuple[str, bool]]:
    match node:
        case ast.Name():
            yield node.id, True
        case ast.Attribute() | ast.Subscript():
            yield from _held(node.value, callees)
        case ast.Call():
            yield from _held_by_call(node, callees)
        case ast.Constant() | ast.JoinedStr() | ast.Compare() | ast.FormattedValue():
            return
        case ast.IfExp():
            yield from _held(node.body, callees)
            yield from _held(node.orelse, callees)
        case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            own, outside = own_names(node), evaluated_before(node)
            if outside is not None:
                yield from _held(outside, callees)
            for child in ast.iter_child_nodes(node):
                yield from (one for one in _held(child, callees) if one[0] not in own)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _held(child, callees)


def _held_by_call(node: ast.Call, callees: bool) -> Iterator[tuple[str, bool]]:
    called = called_by(node)
    values = [*node.args, *(word.value for word in node.keywords)]
    if isinstance(node.func, ast.Attribute):
        chain = _chain(node.func.value)
        looks = called == "split" and chain in _VIEWING  # Of an array that gives views of it.
        copies = any(word.arg == "copy" for word in node.keywords)
        if called in CALCULATING and not copies and not looks:
            return
        if callees or chain is None:
            yield from _held(node.func.value, callees)
        for value in values:
            for name, both in _held(value, callees):
                yield name, both and called not in FITTING
        return
    if called in MAKING_NEW and not (called == "sum" and len(values) > 1):
        return
    if callees:
        yield from _held(node.func, callees)
    for value in values:
        yield from _held(value, callees)


def _chain(node: ast.expr) -> str | None:
    """Return the name that a chain of attributes such as ``np.linalg`` begins with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def holds_generator(node: ast.AST) -> bool:
    """Whether what is made is given a random generator of its own:
    ``ShuffleSplit(random_state=RandomState(0))``."""
    return any(
        isinstance(one, ast.keyword)
        and one.arg in ("random_state", "rng", "generator")
        and isinstance(one.value, ast.Call)
        for one in ast.walk(node)
    )


def draws(node: ast.AST) -> bool:
    """Whether a function may draw in what it is given: ``ax.plot(x)``."""
    return any(isinstance(one, ast.Call) and called_by(one) in _DRAWING for one in ast.walk(node))


def alters(node: ast.AST) -> bool:
    """Whether a function may change what it is given: where it does nothing but look, it does not.

    What it stores in, deletes from, runs over, or hands on to functions that are not known to look
    only, may be an argument.
    """
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute | ast.Subscript) and not isinstance(inner.ctx, ast.Load):
            return True
        if isinstance(inner, ast.AugAssign | ast.For | ast.AsyncFor | ast.comprehension | ast.With):
            return True
        if isinstance(inner, ast.Call):
            called = called_by(inner)
            if isinstance(inner.func, ast.Attribute):
                if called not in CALCULATING and called not in LOOKS:
                    return True
            elif called not in MAKING_NEW and given_to(inner):
                return True
    return False
