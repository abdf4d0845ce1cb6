"""Functions, closures, modules."""

# ruff: noqa: E501

from tests.checkpointing.hazards import Case

CASES = (
    Case(
        "function on live globals",
        "n = 1\ndef f(): return n\ndef g(): global n; n += 1",
        "g(); assert n == 2 and f() == 2 and f.__globals__ is globals()",
        "n = 5",
    ),
    Case(
        "function aliases and identity",
        "def f(): pass\ng = f; l = [f]; d = {f: 1}",
        "assert g is f and l[0] is f and d[f] == 1",
    ),
    Case(
        "defaults",
        "shared = []\ndef f(x, a=shared, *, k={'n': shared}): a.append(x); return k",
        "f(1); assert shared == [1] and f.__defaults__[0] is shared\n"
        "assert f.__kwdefaults__['k']['n'] is shared",
        "f(3)",
    ),
    Case(
        "closures sharing a cell",
        "def make():\n n = 0\n def up(): nonlocal n; n += 1\n def get(): return n\n return up, get\n"
        "up, get = make(); up()",
        "assert get() == 1; up(); assert get() == 2 and up.__closure__[0] is get.__closure__[0]",
        "up(); up()",
    ),
    Case(
        "cell in a variable, empty cell",
        "import types\nc = types.CellType(5); e = types.CellType(); l = [c]",
        "assert c.cell_contents == 5 and l[0] is c\n"
        "try: e.cell_contents\nexcept ValueError: pass\nelse: assert False",
        "c.cell_contents = 6",
    ),
    Case("recursion", "def f(n): return n and n * f(n - 1) or 1", "assert f(5) == 120"),
    Case(
        "recursive closure",
        "def make():\n def f(n): return 1 if n < 2 else n * f(n - 1)\n return f\nf = make()",
        "assert f(5) == 120 and f.__closure__[0].cell_contents is f",
    ),
    Case(
        "decorators with functools.wraps",
        "import functools\ndef deco(f):\n @functools.wraps(f)\n def w(*a): w.calls += 1; return f(*a)\n"
        " w.calls = 0\n return w\n@deco\ndef g(x: int) -> 'str':\n 'doc'\n return x\ng(1)",
        "assert g(3) == 3 and g.calls == 2 and g.__wrapped__(4) == 4 and g.__doc__ == 'doc'\n"
        "assert g.__name__ == 'g' and g.__annotations__ == {'x': int, 'return': 'str'}",
        "g.calls = 99",
    ),
    Case(
        "lru_cache",
        "import functools\n@functools.lru_cache(maxsize=5)\ndef f(x): return [x]\n"
        "@functools.cache\ndef empty(x): return x\ng = f; one = f(1)",
        "assert f is g and f(2) == [2] and f.cache_info().maxsize == 5 and empty(3) == 3",
        named="f g",
    ),
    Case(
        "partial, partialmethod, operator",
        "import functools, operator\nl = []\np = functools.partial(l.append); q = functools.partial(int, base=2)\n"
        "p.tag = l; i = operator.itemgetter(1, 2); a = operator.attrgetter('x.y')\n"
        "m = operator.methodcaller('upper')",
        "p(1); assert l == [1] and p.tag is l and q('11') == 3 and i('abc') == ('b', 'c')\n"
        "assert m('a') == 'A' and a.__reduce__()[1] == ('x.y',)",
        "p(7)",
    ),
    Case(
        "lambda in a dict",
        "d = {'sq': lambda x: x * x}; s = d['sq']",
        "assert s(4) == 16 and d['sq'] is s",
    ),
    Case(
        "generator function, async function, async generator function",
        "def g(n):\n yield from range(n)\nasync def a(): return 5\nasync def ag():\n yield 1",
        "import asyncio, inspect\nassert list(g(3)) == [0, 1, 2] and asyncio.run(a()) == 5\n"
        "assert inspect.isasyncgenfunction(ag) and inspect.iscoroutinefunction(a)",
    ),
    Case(
        "function with attributes and annotations",
        "class C: pass\ndef f(a: C, b: 'C' = None) -> C: 'doc'\nf.cache = {1: f}; f.__dict__['x y'] = 2",
        "assert f.cache[1] is f and f.__annotations__['a'] is C and f.__doc__ == 'doc'\n"
        "assert getattr(f, 'x y') == 2 and f.__qualname__ == 'f' and f.__module__ == '__main__'",
        "f.cache = None; f.__annotations__['a'] = 1",
    ),
    Case(
        "functions of another dictionary",
        "ns = {}\nexec('n = 1\\ndef f(): return n\\ndef up():\\n global n\\n n += 1', ns); f, up = ns['f'], ns['up']",
        "up(); assert f() == 2 and f.__globals__ is ns and ns['n'] == 2 and ns['f'] is f\n"
        "import builtins; assert ns['__builtins__'] is vars(builtins) and len is f.__builtins__['len']",
        "ns['n'] = 50",
    ),
    Case(
        "function with a name of another module",
        "import collections\ndef f(): return 1\nf.__module__ = 'collections'; f.__qualname__ = f.__name__ = 'namedtuple'\n"
        "nt = collections.namedtuple",
        "assert f() == 1 and f.__module__ == 'collections' and nt is collections.namedtuple",
    ),
    Case(
        "function replaced under its name",
        "def f(): return 1\nold = f\ndef f(): return old() + 1",
        "assert f() == 2 and old() == 1 and old is not f",
    ),
    Case(
        "singledispatch",
        "import functools\n@functools.singledispatch\ndef f(x): return 'any'\n"
        "@f.register\ndef _(x: int): return 'int'\nclass C: pass\nf.register(C, lambda x: 'C'); f(1)",
        "assert (f('a'), f(1), f(C())) == ('any', 'int', 'C') and f.registry[int](1) == 'int'\n"
        "f.register(str, lambda x: 'str'); assert f('a') == 'str'",
    ),
    Case(
        "context managers",
        "import contextlib\n@contextlib.contextmanager\ndef cm():\n yield 5\n"
        "stack = contextlib.ExitStack(); log = []; stack.callback(log.append, 1)",
        "with cm() as x: assert x == 5\nstack.close(); assert log == [1]",
        "log.append(3)",
    ),
    Case(
        "code object",
        "def f(x): return x + 1\nc = f.__code__; e = compile('1 + 1', 'x', 'eval')",
        "assert f.__code__ is c and eval(e) == 2",
    ),
    Case(
        "builtin functions and methods",
        "import math\nl = [3]; a = l.append; n = len; s = math.sin; j = ','.join; u = str.upper; k = dict.fromkeys",
        "a(4); assert l == [3, 4] and n is len and s is math.sin and j('ab') == 'a,b'\n"
        "assert u is str.upper and k('a') == {'a': None}",
        "a(9)",
    ),
    Case(
        "bound methods of variables",
        "class C:\n def __init__(self): self.n = 0\n def up(self): self.n += 1\n @classmethod\n def c(cls): return cls\n"
        " @staticmethod\n def s(): return 7\no = C(); up = o.up; c = C.c; s = C.s; raw = C.up; l = [o.up]",
        "up(); l[0](); assert o.n == 2 and up.__self__ is o and c() is C and s() == 7 and raw is C.up",
        "up(); up()",
    ),
    Case(
        "super() and __class__ in methods",
        "class A:\n def f(self): return ['A']\nclass B(A):\n def f(self): return super().f() + [__class__]\n"
        "b = B(); sup = super(B, b)",
        "assert b.f() == ['A', B] and isinstance(b, A) and sup.f() == ['A'] and sup.__self__ is b",
    ),
    Case(
        "submodules that a package does not import",
        "import wsgiref.headers\ndef f():\n import xml.sax.xmlreader\n return lambda: xml.sax.xmlreader.XMLReader\ng = f()",
        "assert wsgiref.headers.Headers([]) is not None and g()",
        "import sys\nfor name in ('wsgiref.headers', 'wsgiref', 'xml.sax.xmlreader', 'xml.sax'): sys.modules.pop(name, None)\ndel wsgiref, g, sys, name",
    ),
    Case(
        "modules and their aliases",
        "import os, os.path as osp, collections.abc, json as j, xml.dom.minidom as md",
        "import sys\nassert os is sys.modules['os'] and osp is os.path and j is sys.modules['json']\n"
        "assert md is sys.modules['xml.dom.minidom'] and collections.abc is sys.modules['collections.abc']",
    ),
    Case(
        "dynamic module",
        "import types\nm = types.ModuleType('made_up', 'doc'); m.l = [1]; l = m.l\n"
        "exec('n = 1\\ndef f(): return n\\nclass K:\\n  pass', m.__dict__); f = m.f; k = m.K()",
        "assert m.l is l and m.__name__ == 'made_up' and m.__doc__ == 'doc' and m.f is f\n"
        "m.n = 7; assert f() == 7 and f.__globals__ is vars(m) and type(k) is m.K",
        "m.n = 3; m.l = None",
    ),
    Case(
        "dynamic module with its class in sys.modules",
        "import types, sys\nm = types.ModuleType('made_up_two'); sys.modules['made_up_two'] = m\n"
        "exec('class K: pass', m.__dict__); k = m.K(); ok = 1",
        "assert ok == 1",
        "k.x = 1; ok = 2",
        fresh="m k",
        tidy="import sys; sys.modules.pop('made_up_two', None)",
    ),
    Case(
        "attributes of modules that are their state",
        "import matplotlib, warnings, sys, os\nrc = matplotlib.rcParams; env = os.environ; path = sys.path\n"
        "filters = warnings.filters; held = [env, path]; version = sys.version_info; flags = sys.flags",
        "assert rc is matplotlib.rcParams and env is os.environ and path is sys.path\n"
        "assert held[0] is env and held[1] is path and version is sys.version_info and flags is sys.flags",
        "held = None",
        named="rc version flags env",
    ),
    Case(
        "constants of modules",
        "import string, math, http\nfrom string import ascii_letters\nfrom math import pi\nok = http.HTTPStatus.OK\n"
        "from errno import errorcode\nfrom keyword import kwlist",
        "import errno, keyword\nassert ascii_letters == string.ascii_letters and pi == math.pi\n"
        "assert ok is http.HTTPStatus.OK and errorcode is errno.errorcode and kwlist is keyword.kwlist",
        named="errorcode kwlist",
    ),
    Case(
        "random generators",
        "import random, numpy as np\nfrom random import randint, random as rnd\nr = random.Random(5); r.random()\n"
        "g = np.random.default_rng(5); bit = g.bit_generator; s = np.random.RandomState(3); rand = np.random.rand\n"
        "seed = np.random.SeedSequence(5); seed.spawn(2); next_ = None\n"
        "expected = (random.Random(5).random(), )\n"
        "import copy; x = copy.deepcopy([r, g, s, seed]); ax = [x[0].random(), x[1].random(), x[2].rand(), x[3].spawn(1)[0].entropy]\n"
        "key = copy.deepcopy(seed).spawn(1)[0].spawn_key; del x",
        "assert [r.random(), g.random(), s.rand(), seed.spawn(1)[0].entropy] == ax\n"
        "assert g.bit_generator is bit; import random as R; R.seed(1); a = randint(0, 10**9); R.seed(1)\n"
        "assert randint(0, 10**9) == a; np.random.seed(1); b = rand(); np.random.seed(1); assert rand() == b\n"
        "assert seed.n_children_spawned == 3 and randint.__self__ is R._inst and rnd.__self__ is R._inst",
        "r.random(); g.random(); s.rand(); seed.spawn(1)",
    ),
    Case(
        "hashes, compressors",
        "import hashlib, zlib\nh = hashlib.sha256(b'x'); z = zlib.compressobj(); ok = 1",
        "assert ok == 1",
        named="h z",
    ),
    Case(
        "typing objects",
        "from typing import *\nT = TypeVar('T'); a = list[int]; b = Optional[Dict[str, T]]; P = ParamSpec('P')\n"
        "del AnyStr; c = Callable[P, T]; N = NewType('N', int); L = Literal['a']; u = int | None; An = Annotated[int, 'x']",
        "assert a == list[int] and b == Optional[Dict[str, T]] and c == Callable[P, T] and N(5) == 5\n"
        "assert L == Literal['a'] and u == int | None and An.__metadata__ == ('x',) and T.__name__ == 'T'",
    ),
    Case(
        "descriptors of builtin types",
        "a = str.join; b = type.__dict__['__module__']; c = int.__add__; d = object().__str__; e = (5).__add__",
        "assert a is str.join and c is int.__add__ and e(1) == 6",
    ),
    Case(
        "exceptions",
        "class MyError(ValueError):\n def __init__(self, a, b): super().__init__(a); self.b = b\n"
        "try:\n try: 1 / 0\n except ZeroDivisionError as c: raise MyError(1, [2]) from c\nexcept MyError as x: err = x\n"
        "plain = KeyError('k'); plain.extra = 5; oserr = OSError(2, 'no', 'file'); grp = ExceptionGroup('g', [plain])\n"
        "plain.add_note('n')",
        "assert plain.args == ('k',) and plain.extra == 5 and oserr.filename == 'file' and oserr.errno == 2\n"
        "assert grp.exceptions[0] is plain and type(oserr) is FileNotFoundError and plain.__notes__ == ['n']",
        named="err",
    ),
    Case(
        "exception that was raised",
        "try: int('x')\nexcept ValueError as e: err = e; alias = [e]",
        "assert str(err) == \"invalid literal for int() with base 10: 'x'\" and alias[0] is err",
        named="err alias",
    ),
)
