"""Objects that do not play along when they are saved or rebuilt."""

# ruff: noqa: E501

from tests.checkpointing.hazards import Case

EVIL = """
class Evil:
    def __init__(self, deed): self.deed = deed
    def __reduce_ex__(self, protocol): return eval(self.deed, globals(), {'self': self})
def make(*a): return list(a)
"""


def deed(name: str, source: str, *, named: bool = True, apart: str = "al good") -> Case:
    return Case(
        f"reduce {name}",
        f"{EVIL}good = [1]; e = Evil({source!r}); box = [e, good]; deep = {{'b': (box,)}}; al = good",
        "assert good == [1] and al is good",
        "good.append(2)",
        named="e box deep" if named else "",
        apart=apart if named else "",
    )


def load(name: str, body: str, *, named: str = "a box f", apart: str = "") -> Case:
    return Case(
        f"load {name}",
        f"class A:\n{body}\n"
        "a = A(); good = [a.__dict__.get('l', 1)]; good = [5]; a.l = good; box = [a]; f = lambda x=a: x\ndef g(): return A",
        "assert good == [5] and g() is A",
        "good.append(1)",
        named=named,
        apart=apart,
    )


CASES = (
    deed("raises", "1 / 0"),
    deed("raises at the end of its items", "(list, (), None, (1 / n for n in (1, 0)))"),
    deed("returns nothing", "None"),
    deed("returns an unknown name", "'nothing_like_it'"),
    deed("returns the name of something else", "'len'"),
    deed("returns too much", "(list, (), None, None, None, None, 1)"),
    deed("returns what cannot be called", "(5, ())"),
    deed("returns no arguments", "(list, [1])"),
    deed("returns something lost", "(make, ((i for i in ()),))"),
    deed("returns itself as argument", "(make, (self,))", apart=""),
    deed("returns other objects", "(make, (good,))", named=False),
    deed("has a state for what has none", "(make, (), {'x': 1})"),
    deed("makes an object that cannot take items", "(int, (), None, iter([1]))"),
    deed("makes what raises", "(int, ('x',))"),
    deed("exits when it is loaded", "(__import__('sys').exit, (1,))"),
    Case(
        "reduce prints and writes",
        "class E:\n def __reduce__(self): print('x'); return (E, ())\ne = E(); l = [e]",
        "assert type(e) is E and l[0] is e",
    ),
    Case(
        "reduce changes what was saved already",
        "l = [1]\nclass E:\n def __reduce__(self): l.append(2); return (E, ())\nz = E(); m = l",
        "assert l == [1] and m is l",
    ),
    Case(
        "getattr, eq, bool, len, repr, hash, del that raise",
        "def bad(*a): raise RuntimeError\nclass E:\n __eq__ = __bool__ = __len__ = __repr__ = __hash__ = __iter__ = __contains__ = bad\n x = 1\n"
        "e = E(); e.n = [e]; l = [e]\nclass P:\n @property\n def __class__(self): raise RuntimeError\np = P()",
        "assert type(e) is E and e.n[0] is e and l[0] is e",
        named="p",
    ),
    Case(
        "getattribute that raises",
        "class E:\n def __getattribute__(self, n): raise RuntimeError(n)\ne = E(); l = [e]; ok = 1",
        "assert ok == 1",
        named="e l",
    ),
    Case(
        "object that says it is another class",
        "class Liar:\n @property\n def __class__(self): return list\na = Liar(); a.x = 1; ok = 1",
        "assert ok == 1",
        named="a",
    ),
    load("setstate that raises", " def __setstate__(self, s): raise ValueError('no')", apart="A"),
    load(
        "new that wants arguments",
        " def __new__(cls, *a):\n  if getattr(cls, 'made', 0): raise TypeError\n  cls.made = 1; return super().__new__(cls)",
        apart="good",
    ),
    load(
        "init is not run",
        " def __init__(self):\n  assert not getattr(A, 'made', 0); A.made = 1",
        named="",
    ),
    load(
        "setattr that raises is not asked",
        " def __setattr__(self, n, v): object.__setattr__(self, n, v)",
        named="",
    ),
    Case(
        "class of a module that is nowhere in a fresh process",
        "import sys, os\nos.makedirs('lib', exist_ok=True); open('lib/hazard_mod.py', 'w').write('class K: pass\\ndef f(): return 1\\nSTATE = [1]\\n')\n"
        "sys.path.insert(0, os.path.abspath('lib')); import hazard_mod; sys.path.pop(0)\nk = hazard_mod.K(); k.l = l = [1]; box = {'k': k}; f = hazard_mod.f; s = hazard_mod.STATE",
        "assert l == [1]",
        "l.append(2)",
        named="s",
        fresh="hazard_mod k box f s",
        tidy="import sys; sys.modules.pop('hazard_mod', None)",
    ),
    Case(
        "subclass and function on a class that is nowhere in a fresh process",
        "import sys, os\nos.makedirs('lib2', exist_ok=True); open('lib2/hazard_two.py', 'w').write('class K: pass\\n')\n"
        "sys.path.insert(0, os.path.abspath('lib2')); from hazard_two import K; sys.path.pop(0)\nclass S(K): pass\ns = S(); ok = [1]\ndef f(x: K = None): return ok",
        "assert ok == [1]",
        "ok.append(1)",
        fresh="K S s f",
        tidy="import sys; sys.modules.pop('hazard_two', None)",
    ),
    Case(
        "metaclass that raises when a class is made again",
        "class M(type):\n def __new__(m, n, b, d):\n  if getattr(M, 'done', 0): raise TypeError\n  return super().__new__(m, n, b, d)\nclass A(metaclass=M): pass\nM.done = 1; a = A()",
        "assert type(a) is A and type(A) is M",
    ),
    Case(
        "lost things inside keys, sets, tuples, defaults, cells, class attributes",
        "g = (i for i in ()); t = (1, g); d = {t: 1}; s = {g}; fs = frozenset([g])\ndef f(x=g): return x\nclass C: it = g\nc = C(); ok = [1]\n"
        "def outer(y):\n def inner(): return y\n return inner\ncl = outer(g); import functools; pt = functools.partial(print, g); m = [1].__class__",
        "assert ok == [1]",
        "ok.append(1)",
        named="g t d s fs f C c cl pt",
    ),
    Case(
        "lost things inside arrays and frames",
        "import numpy as np, pandas as pd\ng = (i for i in ()); a = np.array([g, 1], object); v = a[1:]; df = pd.DataFrame({'o': [g]}); s = df['o']; st = np.zeros(1, [('o', 'O')]); st['o'][0] = g; ok = np.arange(3)",
        "assert ok.tolist() == [0, 1, 2]",
        "ok[:] = 0",
        named="g a v df s st",
    ),
    Case(
        "function that refers to what is lost by its globals only",
        "lock = __import__('threading').Lock(); n = 1\ndef f():\n with lock: return n",
        "assert f.__globals__ is globals()",
        "n = 2; lock = __import__('threading').Lock(); keep = f",
        named="lock",
    ),
    Case(
        "exception whose init wants other arguments",
        "class E(Exception):\n def __init__(self, code, body=''): super().__init__(f'bad {code}'); self.code = code\n"
        "e = E(5); errors = [e]; e.cycle = errors; e.args = ('bad 5', e)\nclass S(Exception): __slots__ = ('at',)\ns = S(1); s.at = 2",
        "assert e.args == ('bad 5', e) and e.code == 5 and e.cycle is errors and errors[0] is e and (s.at, s.args) == (2, (1,))",
    ),
    Case(
        "what exceptions hold beside their arguments",
        "def caught(f):\n try: f()\n except BaseException as x: x.__traceback__ = None; return x\n"
        "n = caught(lambda: foo); a = caught(lambda: [].foo); y = caught(lambda: compile('a b', 'f', 'exec')); y.msg = 'changed'; i = ImportError('m', name='n', path='p')\n"
        "o = OSError(2, 'no', 'file'); o.args = ('x',); s = StopIteration(3); s.value = 4; q = SystemExit(1); q.code = 9; u = UnicodeDecodeError('utf8', b'abc', 0, 1, 'r'); u.end = 2\n"
        "g = ExceptionGroup('g', [ValueError(1), i]); g.add_note('hi'); v = ValueError('a'); v.args = ('b', 2); v.__cause__ = i; texts = [str(x) for x in (n, a, y, i, o, q, u, g, v)]",
        "assert n.name == 'foo' and (a.name, a.obj) == ('foo', []) and (y.msg, y.lineno) == ('changed', 1) and (i.name, i.path, i.msg) == ('n', 'p', 'm')\n"
        "assert (o.args, o.filename, o.errno) == (('x',), 'file', 2) and s.value == 4 and q.code == 9 and u.end == 2 and g.__notes__ == ['hi'] and g.exceptions[1] is i\n"
        "assert v.args == ('b', 2) and v.__cause__ is i and v.__suppress_context__ and texts == [str(x) for x in (n, a, y, i, o, q, u, g, v)]",
    ),
    Case(
        "exceptions of libraries",
        "import json, urllib.error, subprocess\ntry: json.loads('{')\nexcept ValueError as x: e = x\ne.__traceback__ = None; e.__context__ = None; h = urllib.error.URLError('r'); c = subprocess.CalledProcessError(3, 'cmd', b'out')",
        "assert e.pos == 1 and str(e).startswith('Expecting') and h.reason == 'r' and (c.returncode, c.cmd, c.output) == (3, 'cmd', b'out')",
    ),
)
