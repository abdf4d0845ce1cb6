from __future__ import annotations

import ast
import builtins
import contextlib
import keyword
import os
import subprocess
import symtable
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellbook.capture.names import SOURCE_LIMIT, CellNames, analyse, settle


def names(source: str) -> CellNames:
    return analyse(textwrap.dedent(source))


def reads(source: str) -> str:
    return " ".join(names(source).reads)


def writes(source: str) -> str:
    return " ".join(names(source).writes)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = y + 1; print(x, z)", "y z"),
        ("x += 1", "x"),
        ("x: int = y", "y"),
        ("x: Kind = 1", "Kind"),
        ("a = b = c", "c"),
        ("f(x)(y)[z].w", "f x y z"),
        ("df['x'] = 1", "df"),
        ("del d[k]", "d k"),
        ("del x", ""),
        ("x = 1; del x; x", "x"),
        ("import a.b; a.b.c; from q import r as s; s; r", "r"),
        ("import a.b as c; a; c", "a"),
        ("print(f'{x:{width}} {y!r}')", "x width y"),
        ("x = [a for a in b if a > c]; a", "b c a"),
        ("[a for a in a]", "a"),
        ("[(a, b) for a in xs for b in a]", "xs"),
        ("{k: v for k, v in d.items()}", "d"),
        ("sum(q for q in x)", "x"),
        ("[(m := i) for i in xs]; m", "xs m"),
        ("if (n := f()): n", "f"),
        ("a and (n := 1); n", "a n"),
        ("(n := 1) and a; n", "a"),
        ("x = 1 if (c := d) else (e := 2); c; e", "d e"),
        ("lambda a, b=c: a + b + d", "c d"),
        ("square = lambda n: n * square(n - k)", "k"),
        ("await x", "x"),
        ("with open(p) as h: h.read()\nh", "p"),
        ("print(*args, **kwargs)", "args kwargs"),
        ("x[i:j] = y", "y x i j"),
        ("assert ok, message", "ok message"),
        ("a < (b := c) < d; b", "a c d"),
        ("async def g():\n async for i in a: yield i", "a"),
    ],
)  # fmt: skip
def test_analyse_reads(source: str, expected: str) -> None:
    assert reads(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x, (y, *z) = w", "x y z"),
        ("x: int", ""),
        ("x: int = 1", "x"),
        ("del x", "x"),
        ("x += 1", "x"),
        ("import a.b, c as d", "a d"),
        ("from q import r as s, t", "s t"),
        ("def f(): x = 1", "f"),
        ("class A:\n  x = 1", "A"),
        ("for i, j in p: k = 1", "i j k"),
        ("[(m := i) for i in xs]", "m"),
        ("with a as b, c as (d, e): f = 1", "b d e f"),
        ("try: pass\nexcept E as e: x = 1", "e x"),
        ("df['x'] = 1", "df"),
        ("df.loc[a, 'x'] = 1", "df"),
        ("a.b.c += 1", "a"),
        ("del d[k], o.a", "d o"),
        ("losses.append(1)", "losses"),
        ("model.layers[0].freeze()", "model"),
        ("await queue.put(1)", "queue"),
        ("history = model.fit(X)", "model history"),
        ("score = make(model.fit(X)).score(X)", "model score"),
        ("last = stack.pop()", "stack last"),
        ("w = t.add_(1)", "t w"),
        ("x = obj.__len__()", "x"),
        ("new = df.dropna()", "new"),
        ("df.dropna(inplace=True)", "df"),
        ("x = df.dropna(inplace=True)", "df x"),
        ("df2 = df.dropna(inplace=False)", "df2"),
        ("np.add(a, b, out=c)", "c"),
        ("setattr(o, 'a', 1)", "o"),
        ("df.head()", ""),
        ("copy(x).append(1)", ""),
        ("plt.show(); np.random.seed(0); os.environ['A'] = 'b'", ""),
        ("import scores\nscores.load()", "scores"),
        ("x.lower", ""),
        ("for d['k'] in xs: pass", "d"),
    ],
)
def test_analyse_writes(source: str, expected: str) -> None:
    assert writes(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # A way that does not bind the name leaves it a read.
        ("if c: x = 1\nx", "c x"),
        ("if c: x = 1\nelse: x = 2\nx", "c"),
        ("if c: raise E\nelse: x = 2\nx", "c E"),
        ("if a: x = 1\nelif b: x = 2\nelse: x = 3\nx", "a b"),
        ("for i in p: x = i\nprint(x, i)", "p x i"),
        ("for i in p:\n  if i: continue\n  x = 1\n  x", "p"),
        ("for i in p:\n  if i: x = 1\n  else: continue\n  x", "p"),
        ("while c: x = 1\nx", "c x"),
        ("for i in p: pass\nelse: x = 1\nx", "p x"),
        ("try: x = f()\nexcept E: pass\nx", "f E x"),
        ("try: x = f()\nexcept E: x = 1\nx", "f E"),
        ("try: import cupy as xp\nexcept ImportError: import numpy as xp\nxp", ""),
        ("try: x = f()\nexcept E: raise\nx", "f E"),
        ("try: x = f()\nfinally: x", "f x"),
        ("try: pass\nfinally: x = 1\nx", ""),
        ("try: f()\nexcept* E as e: e\ne", "f E e"),
        ("try: a = 1\nexcept E: b = 1\nelse: d = 1\nprint(a, b, d)", "E a b d"),
        ("match s:\n case 1: x = 1\n case _: x = 2\nx", "s"),
        ("match s:\n case 1: x = 1\nx", "s x"),
        ("match s:\n case [a, *b]: (a, b)\n case {'k': v, **r}: (v, r)", "s"),
        ("match s:\n case K(a, k=b) | K(b, k=a) if a > c: a", "s K c"),
        ("match s:\n case (1 | 2) as n: n\n case M.V: 1\nn", "s M n"),
        ("match s:\n case all_of_it: pass\nall_of_it", "s"),
    ],
)
def test_analyse_follows_the_flow(source: str, expected: str) -> None:
    assert reads(source) == expected


@pytest.mark.parametrize(
    ("source", "expected_reads", "expected_writes"),
    [
        ("def f(a, b=c): return a + b + d", "c d", "f"),
        ("def f(): return helper()\ndef helper(): pass", "", "f helper"),
        ("def f(): return x\nf()\nx = 1", "x", "f x"),
        ("def f(): return x\nx = 1\nf()", "", "f x"),
        ("def fact(n): return n * fact(n - 1)", "", "fact"),
        ("def f(): g()\ndef g(): return x\nf()\nx = 1", "x", "f g x"),
        ("def f():\n x = 1\n def g(): return x + y\n return g", "y", "f"),
        ("def f():\n x = 1\n def g():\n  nonlocal x\n  x = 2", "", "f"),
        ("def f():\n global x\n x = 1", "", "f"),
        ("def f():\n global x\n x = 1\nf()", "", "f x"),
        ("def f():\n x = 1\n def g():\n  global x\n  return x\n return g", "x", "f"),
        ("def f(): lst.append(1)", "lst", "f"),
        ("def f(): lst.append(1)\nf()", "lst", "f lst"),
        ("def f(lst): lst.append(1)\nf(q)", "q", "f"),
        ("@register\ndef f():\n global x\n x = 1", "register", "f x"),
        ("def f(): import os; return os.x", "", "f"),
        ("def f():\n for i in p: pass\n return i", "p", "f"),
        ("def f(): del x", "", "f"),
        ("def f(a: A, *b: B) -> C:\n x: D = 1", "A B C", "f"),
        ("class A(B, metaclass=M):\n x = x\n def m(self): return x, y", "B M x y", "A"),
        ("class A:\n y = 1\n z = [y for _ in range(3)]", "y", "A"),
        ("class A:\n y = 1\n class C:\n  z = y", "y", "A"),
        ("class A:\n def m(self): return A()\nA().m()", "", "A"),
        ("class A:\n def m(self): return super().m()", "", "A"),
        ("class A:\n global g\n g = 1", "", "g A"),
        ("def f():\n class A:\n  z = y\n y = 1", "", "f"),
        ("def f(): yield from (x for x in xs if x in keep)", "xs keep", "f"),
        ("def f():\n try: pass\n except E as e: e\n return e", "E", "f"),
        ("def f():\n return [x := 1, x]", "", "f"),
        ("def f():\n class A:\n  a = (b := 1)\n return b", "b", "f"),
        ("g = lambda: lst.pop()\ng()", "lst", "g lst"),
    ],
)
def test_analyse_scopes(source: str, expected_reads: str, expected_writes: str) -> None:
    assert (reads(source), writes(source)) == (expected_reads, expected_writes)


def test_analyse_tells_when_a_read_happens() -> None:
    found = names(
        """
        def evaluate():
            return model.score(X_test) + later
        def unrelated():
            return 1
        later = 2
        for epoch in range(3):
            loss = epoch
        print(loss)
        """
    )
    assert found.reads == ("loss", "model", "X_test")
    assert found.deferred == ("model", "X_test")
    assert found.doubtful == ("loss",)
    assert found.late == {"evaluate": ("model", "X_test", "later")}


def test_analyse_builtins() -> None:
    assert reads("print(len(x), sorted, ValueError, __name__)") == "x"
    assert reads("print(list)\nif c: list = 1") == "list c"
    assert names("print(sum(x))").shadowable == ("print", "sum")
    assert reads("display(x); get_ipython()") == "x"
    assert reads("_ + __ + _3 + Out[2]") == "_ __ _3 Out"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("lr = 0.01", {"lr": 0.01}),
        ("layers = [64, 64]", {"layers": [64, 64]}),
        ("a, b = 1, -2", {"a": 1, "b": -2}),
        ("a, (b, c) = 1, ('x', None)", {"a": 1, "b": "x", "c": None}),
        ("a, b = 1, f()", {"a": 1}),
        ("a, *b = 1, 2, 3", {}),
        ("a = b = True", {"a": True, "b": True}),
        ("rate: float = 1e-3", {"rate": 1e-3}),
        ("shape = (3, 4)", {"shape": [3, 4]}),
        ("opt = {'name': 'sgd', 'nu': (0.9, 1)}", {"opt": {"name": "sgd", "nu": [0.9, 1]}}),
        ("x = {1, 2}; y = b'b'; z = 1j; w = ...; v = {1: 2}", {}),
        ("x = f(); y = f'{x}'; z = 2 ** 3; w = not True", {}),
        ("_hidden = 1", {}),
        ("lr = 1; lr = 2", {"lr": 2}),
        ("lr = 1; lr *= 2", {}),
        ("layers = [1]; layers.append(2)", {}),
        ("best = 0\nfor s in scores: best = max(best, s)", {}),
        ("if c: lr = 1", {}),
        ("def f(): lr = 1", {}),
        ("d['x'] = 1; o.a = 2", {}),
        ("text = '" + "x" * 9_000 + "'", {}),
        ("deep = " + "[" * 60 + "]" * 60, None),
    ],
)  # fmt: skip
def test_analyse_literals(source: str, expected: dict[str, Any] | None) -> None:
    found = analyse(source).literals
    assert expected is None or found == expected


def test_analyse_names_what_cannot_be_seen() -> None:
    assert (
        analyse("from math import *\nx = pi").note == "what 'from math import *' binds is not seen"
    )
    assert analyse("x = (1").note == "not analysed: '(' was never closed (line 1)"
    assert analyse("x = '\0'").note.startswith("not analysed: ")
    assert analyse("#" * (SOURCE_LIMIT + 1)).note.startswith("not analysed: longer than")
    assert analyse("if x:\n" * 90 + "y").note.startswith("not analysed: ")


@pytest.mark.parametrize("source", ["", "\n\n", "# only a comment", "'a docstring'", "..."])
def test_analyse_empty(source: str) -> None:
    assert analyse(source) == CellNames()


def test_analyse_survives_deep_code() -> None:
    assert reads(" + ".join(["x"] * 900)) == "x"
    deep = analyse("x" + ".a(y)" * 5_000)
    assert deep.reads in ((), ("x", "y"))
    assert bool(deep.note) != bool(deep.reads)


def test_analyse_leaves_warnings_to_the_kernel(recwarn: pytest.WarningsRecorder) -> None:
    assert analyse(r"x = '\d\8\400'").writes == ("x",)
    assert not recwarn.list


def test_analyse_knows_imports() -> None:
    found = names("import numpy as np, os.path\nfrom a import b\nfrom . import c\nb = 1")
    assert found.imports == {"np": "numpy", "os": "os", "c": ".:c"}


def test_settle_drops_changes_of_code_and_of_constants() -> None:
    found = analyse("helpers.reset()\nname.strip()\nlosses.append(1)\nModel.register()\ngone.x()")
    assert found.changed == ("helpers", "name", "losses", "Model", "gone")
    namespace = {"helpers": os, "name": "a", "losses": [], "Model": dict}
    settled = settle(found, namespace)
    assert settled.writes == settled.changed == ("losses", "gone")
    assert settled.reads == found.reads


def test_settle_keeps_what_the_cell_binds_and_adds_shadowed_builtins() -> None:
    found = analyse("name = 'a'\nname.strip()\nprint(sum([1]))")
    settled = settle(found, {"name": "a", "sum": 3})
    assert settled.writes == ("name",)
    assert settled.reads == ("sum",)
    assert settle(found, {}) is found


# ── laws ──────────────────────────────────────────────────────────────────────────────────────

NAMES = ("a", "b", "c", "d")


class Watched(dict[str, Any]):
    """Globals that note which names are read from them and which are bound, as code runs."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(NAMES, 1), __builtins__=builtins)
        self.read: set[str] = set()
        self.bound: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        if name in NAMES and name not in self.bound:
            self.read.add(name)
        return super().__getitem__(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.bound.add(name)
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self.bound.add(name)
        super().__delitem__(name)


name = st.sampled_from(NAMES)
expression = st.recursive(
    name | st.sampled_from(["0", "1"]),
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        # No walrus in these: it binds by an instruction that passes a mapping's methods by.
        st.builds("len([{1} + {2} for {0} in ({2},)])".format, name, name, name),
        st.builds("({} := {})".format, name, inner),
        st.builds("(lambda {}: {})({})".format, name, inner, inner),
    ),
    max_leaves=6,
)


def indented(lines: list[str]) -> str:
    return textwrap.indent("\n".join(lines), " ")


simple = st.one_of(
    st.builds("{} = {}".format, name, expression),
    st.builds("{} += {}".format, name, expression),
    expression,
    st.builds("del {}".format, name),
)
statement = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(
            lambda test, a, b: f"if {test}:\n{indented(a)}\nelse:\n{indented(b)}",
            expression, st.lists(inner, min_size=1, max_size=3),
            st.lists(inner, min_size=1, max_size=2),
        ),
        st.builds(
            lambda n, e, body: f"for {n} in range({e}):\n{indented(body)}\n if {n}: break",
            name, expression, st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(
            lambda body, n: f"try:\n{indented(body)}\nexcept NameError as {n}:\n {n} = 0",
            st.lists(inner, min_size=1, max_size=3), name,
        ),
        st.builds(
            lambda n, arg, body: f"def {n}({arg}=0):\n{indented(body)}\n return 1\n{n} = {n}()",
            name, name, st.lists(inner, min_size=1, max_size=3),
        ),
        # A class whose body calls its own functions is beyond what the analysis follows.
        st.builds(
            lambda n, body: f"class {n}:\n{indented(body)}\n{n} = 1",
            name, st.lists(simple, min_size=1, max_size=3),
        ),
    ),
    max_leaves=8,
)  # fmt: skip


@given(st.lists(statement, min_size=1, max_size=6))
@settings(max_examples=300)
def test_analyse_misses_nothing_that_happens(statements: list[str]) -> None:
    source = "\n".join(statements)
    try:
        code = compile(source, "<cell>", "exec")
    except SyntaxError:  # such as a walrus onto a comprehension's own name
        return
    watched = Watched()
    # What ran until an error is noted all the same.
    with contextlib.suppress(NameError, TypeError, ValueError, RecursionError):
        exec(code, watched)
    found = analyse(source)
    assert not found.note
    assert watched.read <= {*found.reads}
    assert watched.bound & {*NAMES} <= {*found.writes}


LIBRARY = sorted(
    path
    for path in Path(os.__file__).parent.glob("*.py")
    if 2_000 < path.stat().st_size < 40_000 and keyword.iskeyword(path.stem) is False
)[::4]


def all_tables(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    return [table, *(inner for child in table.get_children() for inner in all_tables(child))]


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_analyse_agrees_with_the_compiler(path: Path) -> None:
    """The compiler's own symbol tables of real modules name the same globals."""
    source = path.read_text(encoding="utf-8", errors="replace")
    found = analyse(source)
    tables = all_tables(symtable.symtable(source, path.name, "exec"))
    used = {
        symbol.get_name()
        for table in tables
        for symbol in table.get_symbols()
        if symbol.is_referenced()
        and (table is tables[0] or (symbol.is_global() and not symbol.is_parameter()))
    }
    bound = {
        symbol.get_name()
        for symbol in tables[0].get_symbols()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    }
    # Since Python 3.12 the tables count a comprehension's own names to what is around it.
    inner = {
        target.id
        for comprehension in ast.walk(ast.parse(source))
        if isinstance(comprehension, ast.comprehension)
        for target in ast.walk(comprehension.target)
        if isinstance(target, ast.Name)
    }
    assert not found.note or "import *" in found.note
    assert {*found.reads} <= used
    assert bound - inner - {"exit", "quit"} <= {*found.writes}
    unexplained = used - {*found.reads} - bound - {*dir(builtins)} - {*found.writes}
    assert unexplained <= {"__file__", "__annotations__", "__class__"}


def test_analyse_syntax_of_later_pythons() -> None:
    """Type parameters and lazy aliases, on whichever newer interpreters this machine has."""
    program = textwrap.dedent(
        """
        from cellbook.capture.names import analyse
        found = analyse("def f[T: B](x: T, y: A = d) -> T:\\n  z: T = x\\n  return z + g")
        assert (found.reads, found.writes) == (("A", "d", "B", "g"), ("f",)) or (
            set(found.reads) == {"A", "d", "B", "g"} and found.writes == ("f",)
        ), found
        found = analyse("class C[T](Base[T]):\\n  x: T\\n  def m(self) -> T: return h")
        assert set(found.reads) == {"Base", "h"} and found.writes == ("C",), found
        found = analyse("type Pair[T] = tuple[T, Other]")
        assert found.reads == ("Other",) and found.writes == ("Pair",), found
        """
    )
    if sys.version_info >= (3, 12):
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    else:
        assert analyse("def f[T](x: T): pass").note.startswith("not analysed")
