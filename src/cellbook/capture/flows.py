"""How objects pass between the names of a cell, told from its source alone.

:mod:`~cellbook.capture.names` tells which names a cell reads and writes; this tells what else a
slice must know so as to lose nothing: which names may hold the same object afterwards, what a call
may do to what it is given, what changes the process rather than a name, and what cannot be told.
In doubt two names share an object; what a call changes is judged where it is known what the names
stand for (:mod:`~cellbook.capture.judging`).  By convention, and not in doubt: methods of
`CALCULATING` give new objects; of `FITTING`, they change the object that they are called on and
only look at what they are given.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cellbook.capture.calls import Call, call_of, call_with, calls_within
from cellbook.capture.escapes import parse, to_python
from cellbook.capture.holding import (
    FITTING,
    MAKING_NEW,
    alters,
    called_by,
    draws,
    free_names,
    given_to,
    held,
    holds_generator,
    names_in,
    only_called,
    roots,
)
from cellbook.capture.known import RECORDING, TRACKING
from cellbook.capture.magic_words import FILE_MAGICS, KNOWN_MAGICS, SETTING_MAGICS
from cellbook.capture.names import SOURCE_LIMIT
from cellbook.capture.reaching import ALL_NAMES, changes_when_touched, own_stand_ins, reaches_all
from cellbook.capture.shells import only_glances
from cellbook.capture.walk import LOOKS
from cellbook.records.words import words

_LOOKING = (
    MAKING_NEW
    | LOOKS
    | RECORDING
    # What magics and shell lines are given is turned into text.
    | words("callable dir get_ipython getattr hasattr help input vars")
)
_SEEDING = words("manual_seed manual_seed_all seed seed_everything set_random_seed set_seed")
_UNSEEDED = words("RandomState SystemRandom default_rng now today urandom uuid1 uuid4")
_ITERATORS = words("enumerate filter iter map reversed zip open")


@dataclass(frozen=True, slots=True)
class Flows:
    """How objects pass between names; instances are shared between callers."""

    links: tuple[tuple[str, str, bool], ...] = ()
    """``(a, b, both)``: `a` may hold the object of `b` afterwards, or a part of it.  Unless `both`,
    what is done to `a` leaves `b` as it is."""
    makers: frozenset[tuple[str, str]] = frozenset()
    """Those of `links`, as ``(a, b)``, in which `a` comes of a call of `b` or of what it has alone:
    ``frame`` and ``pd`` of ``frame = pd.DataFrame()``."""
    altered: tuple[str, ...] = ()
    """Names whose object a call may have changed, as an argument of it or as what is called."""
    calls: tuple[Call, ...] = ()
    """What is called now, in order."""
    late_calls: Mapping[str, tuple[Call, ...]] = field(default_factory=dict)
    """Functions, classes and what holds a lambda: what their code calls when it is called."""
    late_opaque: Mapping[str, str] = field(default_factory=dict)
    """Those of them that may then read and change any name, and by what."""
    methods: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Classes defined here: the names of their methods."""
    touchy: frozenset[str] = frozenset()
    """Those of them, and names of objects, that may change where they are only looked at."""
    risky: frozenset[str] = frozenset()
    """Names bound to what was told to work in place: ``StandardScaler(copy=False)``."""
    entered: tuple[str, ...] = ()
    """Names whose objects a ``with`` enters: that changes them, unless they are modules."""
    iterated: tuple[str, ...] = ()
    """Names that a loop runs over: an iterator is used up by that."""
    iterators: tuple[str, ...] = ()
    """Names bound to what may be used up by a loop."""
    unsteady: frozenset[str] = frozenset()
    """Names bound more than once, or in a loop: their last object is not their only one."""
    alters: tuple[str, ...] = ()
    """Functions and classes defined here that may change what they are given."""
    drawers: frozenset[str] = frozenset()
    """Those defined here that draw in what they are given."""
    coded: tuple[str, ...] = ()
    """Names of functions, classes and lambdas that are defined here."""
    late: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names bound to what holds a lambda or a generator: the names that those use later."""
    files_written: tuple[str, ...] = ()
    """Files that magics write."""
    unseeded: tuple[str, ...] = ()
    """Calls whose value is another one each time."""
    tracked: tuple[str, ...] = ()
    """Names of data of a cell that does nothing but put on record what these are."""
    seeds: bool = False
    """Whether it sets a random generator to a known state, at its top level."""
    shell: bool = False
    """Whether it runs commands of the shell."""
    sets_up: bool = False
    """Whether it may change the process: a setting, the search path, a generator of a library."""
    stars: tuple[str, ...] = ()
    """What binds names that the source does not tell."""
    opaque: str = ""
    """What reads and writes names that the source does not tell; empty where nothing does."""


@lru_cache(maxsize=512)
def flows_of(source: str) -> Flows:
    """Tell the flows of a cell's raw source, magics and all; nothing is raised."""
    if len(source) > SOURCE_LIMIT:
        return Flows(opaque="a text too long to be analysed")
    try:
        try:
            tree, note = parse(source), ""
        except SyntaxError:
            python, note = to_python(source)
            tree = parse(python)
        found = _Walk()
        found.magics(source, note)
        found.statements(tree.body)
        found.tracking(tree.body)
        return found.result()
    except SyntaxError:
        return Flows()  # It never ran.
    except (ValueError, MemoryError, RecursionError):
        return Flows(opaque="a text that cannot be analysed")


_MAGIC = re.compile(
    r"^([ \t]*(?:[\w.,* \t]+=[ \t]*)?)(%{1,2}|!{1,2})[ \t]*([\w.]*)(.*)", re.MULTILINE
)


class _Walk:
    """Gathers the flows of a cell, whichever way it takes: no order, no branches."""

    def __init__(self) -> None:
        self.links: dict[tuple[str, str, bool], None] = {}
        self.makers: dict[tuple[str, str], bool] = {}
        """Whether each link is no other than that of a call."""
        self.altered: dict[str, None] = {}
        self.calls: dict[Call, None] = {}
        self.late_calls: dict[str, dict[Call, None]] = {}
        self.late_opaque: dict[str, str] = {}
        self.methods: dict[str, frozenset[str]] = {}
        self.touchy: set[str] = set()
        self.risky: set[str] = set()
        self.dropping: ast.expr | None = None
        """The call whose value nobody takes."""
        self.entered: dict[str, None] = {}
        self.iterated: dict[str, None] = {}
        self.iterators: dict[str, None] = {}
        self.bound: dict[str, int] = {}
        self.looping = 0
        self.alters: dict[str, None] = {}
        self.drawers: set[str] = set()
        self.coded: dict[str, None] = {}
        self.late: dict[str, dict[str, None]] = {}
        self.files: dict[str, None] = {}
        self.stars: dict[str, None] = {}
        self.unseeded: dict[str, None] = {}
        self.tracked: dict[str, None] = {}
        self.seeds = False
        self.shell = False
        self.sets_up = False
        self.opaque = ""

    def result(self) -> Flows:
        """Return what was gathered."""
        return Flows(
            # That of a name with itself, `a = [a]`, is one with what it stood for before.
            links=tuple(self.links),
            makers=frozenset(pair for pair, only in self.makers.items() if only),
            altered=tuple(self.altered),
            calls=tuple(self.calls),
            late_calls={name: tuple(calls) for name, calls in self.late_calls.items()},
            late_opaque=self.late_opaque,
            methods=self.methods,
            touchy=frozenset(self.touchy),
            risky=frozenset(self.risky),
            entered=tuple(self.entered),
            iterated=tuple(self.iterated),
            iterators=tuple(self.iterators),
            unsteady=frozenset(name for name, times in self.bound.items() if times > 1),
            alters=tuple(self.alters),
            drawers=frozenset(self.drawers),
            coded=tuple(self.coded),
            late={name: tuple(used) for name, used in self.late.items()},
            files_written=tuple(self.files),
            unseeded=tuple(self.unseeded),
            tracked=tuple(self.tracked),
            seeds=self.seeds,
            shell=self.shell,
            sets_up=self.sets_up,
            stars=tuple(self.stars),
            opaque=self.opaque,
        )

    def magics(self, source: str, note: str) -> None:
        """Note what magics do that is not told as Python."""
        if "%" not in source and "!" not in source:
            return
        for before, sign, name, rest in _MAGIC.findall(source):
            if sign[0] == "!" and only_glances(f"{before}{sign}{name}{rest}"):
                continue
            if sign[0] == "!" or name in ("bash", "sh", "system", "sx", "script", "writefile"):
                self.sets_up = True
                self.shell |= name != "writefile"
                if name == "writefile":
                    self.files.update(dict.fromkeys(re.findall(r"%%writefile\s+(?:-a\s+)?(\S+)",
                                                               source)))  # fmt: skip
            elif name in SETTING_MAGICS:
                self.sets_up = True
                self.shell |= name in FILE_MAGICS
            elif name in ("run", "load", "pylab", "rerun", "recall", "macro"):
                self.stars[f"%{name}"] = None
            elif name in ("reset", "restore") or (name and name not in KNOWN_MAGICS):
                self.opaque = f"{sign}{name}"
        if note.startswith("the body of") and not self.opaque:
            self.stars[note] = None

    # -- statements ----------------------------------------------------------------------------

    def statements(self, body: Sequence[ast.stmt]) -> None:
        """Take statements at the cell's top level, and in its loops and branches."""
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """Take one statement, and all that stands in it."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.definition(node)
            case ast.ImportFrom():
                self.star(node)
            case ast.Import() if any(one.name == "__main__" for one in node.names):
                self.opaque = "__main__"
            case ast.Assign():
                for target in node.targets:
                    self.bind(target, node.value)
                for target in node.targets[1:]:  # `a = b = []` is one list.
                    self.link(roots(target), [(name, True) for name in roots(node.targets[0])])
            case ast.AnnAssign() if node.value is not None:
                self.bind(node.target, node.value)
            case ast.AugAssign():
                self.bind(node.target, node.value)
                self.alter(roots(node.target))
            case ast.For() | ast.AsyncFor():
                self.looping += 1
                self.bind(node.target, node.iter)
                self.looping -= 1
                self.iterate(node.iter)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    if item.optional_vars is not None:
                        self.bind(item.optional_vars, item.context_expr)
                    self.entered.update(dict.fromkeys(roots(item.context_expr)))
            case ast.Match():
                for name in (
                    n.name for n in ast.walk(node) if isinstance(n, ast.MatchAs | ast.MatchStar)
                ):
                    if name:
                        self.link([name], held(node.subject))
            case ast.Delete():
                for target in node.targets:
                    if not isinstance(target, ast.Name):
                        self.alter(roots(target))
            case ast.Expr():
                self.discarded(node.value)
        defines = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        loops = isinstance(node, ast.For | ast.AsyncFor | ast.While)
        self.looping += loops
        for name, value in ast.iter_fields(node):
            if defines and name in ("body", "name"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.stmt):
                    self.statement(child)
                elif isinstance(child, ast.ExceptHandler | ast.match_case):
                    self.statements(child.body)
                elif isinstance(child, ast.AST):
                    self.expressions(child)
        self.looping -= loops

    def tracking(self, body: Sequence[ast.stmt]) -> None:
        """Note the data of a cell that only tracks; its value may have a name."""
        found: dict[str, None] = {}
        for one in body:
            value = one.value if isinstance(one, ast.Expr | ast.Assign) else None
            if isinstance(value, ast.Call) and called_by(value) in TRACKING:
                found.update(dict.fromkeys(given_to(value)))
            elif not isinstance(one, ast.Import | ast.ImportFrom):
                return
        self.tracked = found

    def definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """Take a function or class: it holds its defaults, decorators and bases."""
        self.coded[node.name] = None
        around: list[ast.expr | None] = list(node.decorator_list)
        if isinstance(node, ast.ClassDef):
            around += [*node.bases, *(word.value for word in node.keywords)]
        else:
            around += [*node.args.defaults, *node.args.kw_defaults]
        for one in around:
            if one is not None:
                self.link([node.name], held(one))
        if isinstance(node, ast.ClassDef):
            # Its body runs now.
            for statement in node.body:
                if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                    for name in names_in(statement):
                        self.link([node.name], [(name, True)])
                    self.expressions(statement)
        if isinstance(node, ast.ClassDef) or alters(node):
            self.alters[node.name] = None
        if draws(node):
            self.drawers.add(node.name)
        if isinstance(node, ast.ClassDef):
            self.class_of(node)
        for one in node.decorator_list:
            if not isinstance(one, ast.Call):
                # It is called with what is defined.
                self.calls[call_of(ast.Call(one, [], []), dropped=False)] = None
        self.later(node.name, node)

    def class_of(self, node: ast.ClassDef) -> None:
        """Take what is said of a class's methods."""
        methods = [
            one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        self.methods[node.name] = frozenset(one.name for one in methods)
        if any(changes_when_touched(one) for one in methods):
            self.touchy.add(node.name)

    def later(self, name: str, node: ast.AST) -> None:
        """Take what a function, class or lambda calls when it is called itself."""
        self.late_calls.setdefault(name, {}).update(dict.fromkeys(calls_within(node)))
        for inner in ast.walk(node):
            what = reaches_all(inner)
            if what:
                self.late_opaque[name] = what

    def star(self, node: ast.ImportFrom) -> None:
        """Take an import: what it binds is told by its names, unless it binds all there are."""
        if any(alias.name == "*" for alias in node.names):
            self.stars[f"from {'.' * node.level}{node.module or ''} import *"] = None

    def bind(self, target: ast.expr, value: ast.expr) -> None:
        """Take ``target = value``."""
        if (
            isinstance(target, ast.Tuple | ast.List)
            and isinstance(value, ast.Tuple | ast.List)
            and len(target.elts) == len(value.elts)
            and not any(isinstance(e, ast.Starred) for e in (*target.elts, *value.elts))
        ):
            for one, its in zip(target.elts, value.elts, strict=True):
                self.bind(one, its)
            return
        if isinstance(target, ast.Tuple | ast.List):
            self.iterate(value)
        bound = roots(target)
        for name in bound:
            self.bound[name] = self.bound.get(name, 0) + 1 + self.looping
        self.link(bound, held(value), only_called(value))
        if isinstance(target, ast.Attribute | ast.Subscript):
            self.alter(bound)
            for inner in ast.walk(target.value):
                if isinstance(inner, ast.Call):  # `type(x).method = …`
                    self.alter(given_to(inner))
        if any(
            isinstance(inner, ast.keyword)
            and inner.arg == "copy"
            and getattr(inner.value, "value", None) is not True
            for inner in ast.walk(value)
        ):
            self.risky.update(bound)
        if holds_generator(value):
            self.touchy.update(bound)
        if isinstance(value, ast.Name) and value.id in ALL_NAMES:
            self.late_opaque.update(dict.fromkeys(bound, f"{value.id}()"))
        later = [
            node for node in ast.walk(value) if isinstance(node, ast.Lambda | ast.GeneratorExp)
        ]
        for node in later:
            for name in bound:
                self.late.setdefault(name, {}).update(dict.fromkeys(free_names(node)))
                self.later(name, node)
                if isinstance(node, ast.Lambda):
                    self.coded[name] = None
                    if alters(node):
                        self.alters[name] = None
                    if draws(node):
                        self.drawers.add(name)
        used_up = any(
            isinstance(node, ast.GeneratorExp)
            or (
                isinstance(node, ast.Call)
                and (isinstance(node.func, ast.Name) or called_by(node) in _ITERATORS)
            )
            for node in ast.walk(value)
        )
        if used_up:
            self.iterators.update(dict.fromkeys(bound))

    def discarded(self, value: ast.expr) -> None:
        """Take an expression whose value nobody takes: it was made for what it does."""
        if isinstance(value, ast.Await):
            value = value.value
        if not isinstance(value, ast.Call):
            return
        self.dropping = value
        called = called_by(value)
        given = given_to(value)
        if called in LOOKS or called in _LOOKING:
            return
        if isinstance(value.func, ast.Attribute):
            for owner in roots(value.func):
                self.link([owner], [(name, called not in FITTING) for name in given], given)
            if called in FITTING:
                return
        for name in given[1:]:
            self.link(given[:1], [(name, True)])

    # -- expressions ---------------------------------------------------------------------------

    def expressions(self, node: ast.AST) -> None:
        """Take all that stands in an expression."""
        stand_ins = own_stand_ins(node)
        for inner in ast.walk(node):
            match inner:
                case ast.NamedExpr():
                    self.looping += 1  # It may stand in a comprehension.
                    self.bind(inner.target, inner.value)
                    self.looping -= 1
                case ast.comprehension():
                    self.iterate(inner.iter)
                case ast.Starred():
                    self.iterate(inner.value)
                case ast.Compare():
                    for one in inner.comparators:
                        self.iterate(one)  # `x in iterator`
                case ast.Call():
                    self.call(inner, stand_ins)
                case ast.Attribute():
                    self.opaque = reaches_all(inner) or self.opaque
                case ast.Subscript() if getattr(inner.slice, "value", None) == "__main__":
                    self.opaque = "__main__"

    def iterate(self, node: ast.expr) -> None:
        """Take what is run over."""
        self.iterated.update(dict.fromkeys(name for name, _ in held(node)))

    def call(self, node: ast.Call, stand_ins: Mapping[str, Collection[str]]) -> None:
        """Take a call, whatever becomes of its value."""
        self.opaque = reaches_all(node) or self.opaque
        called = called_by(node)
        given = tuple(given_to(node))
        self.calls[call_with(call_of(node, dropped=node is self.dropping), stand_ins)] = None
        if called not in MAKING_NEW or called in ("sum", "any", "all"):
            self.iterated.update(dict.fromkeys(given))
        if called in _UNSEEDED and not node.args and not node.keywords:
            self.unseeded[f"{called}()"] = None
        if called in _SEEDING and all(isinstance(one, ast.Constant) for one in node.args):
            self.seeds = True

    # -- inside --------------------------------------------------------------------------------

    def link(
        self,
        holders: Iterable[str],
        sources: Iterable[tuple[str, bool]],
        called: Collection[str] = (),
    ) -> None:
        """Note links; those with names that are `called` come of a call alone."""
        sources = list(sources)
        for holder in holders:
            for name, both in sources:
                self.links[holder, name, both] = None
                self.makers[holder, name] = name in called and self.makers.get((holder, name), True)

    def alter(self, names: Iterable[str]) -> None:
        self.altered.update(dict.fromkeys(names))
