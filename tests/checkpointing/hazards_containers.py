"""Aliases, cycles, containers, values."""

# ruff: noqa: E501

from tests.checkpointing.hazards import Case

CASES = (
    Case("list alias", "a = [1]; b = a", "assert a == [1] and b is a", "a.append(2)"),
    Case(
        "alias in containers",
        "a = [1]; d = {'k': a}; t = (a, [a]); s = {frozenset([1]): a}",
        "assert a == [1] and d['k'] is a and t[0] is a and t[1][0] is a\n"
        "assert s[frozenset([1])] is a",
        "a.append(2); d['k'] = 1",
    ),
    Case("list in itself", "a = []; a.append(a)", "assert a[0] is a and len(a) == 1"),
    Case("dict in itself", "d = {}; d['d'] = d", "assert d['d'] is d and len(d) == 1"),
    Case(
        "tuple in itself through a list",
        "t = ([],); t[0].append(t)",
        "assert type(t) is tuple and t[0][0] is t",
    ),
    Case(
        "set that holds an object that holds the set",
        "class A: pass\na = A(); s = {a}; a.s = s",
        "assert a.s is s and s == {a} and a in s",
    ),
    Case(
        "instances in a cycle",
        "class N: pass\na, b = N(), N(); a.o, b.o = b, a; l = [a, b]",
        "assert a.o is b and b.o is a and l[0] is a and l[1] is b and type(a) is N",
        "a.o = None",
    ),
    Case(
        "closure in a cycle",
        "def make():\n l = []\n def f(): return l\n l.append(f)\n return f\nf = make()",
        "assert f()[0] is f and f.__closure__[0].cell_contents is f()",
    ),
    Case(
        "linked list of 100,000",
        "head = None\nfor n in range(100_000): head = [n, head]\nother = 1",
        "assert other == 1",
        named="head",
    ),
    Case(
        "nested 200 deep",
        "head = []\nfor n in range(200): head = [head]",
        "for n in range(200): head = head[0]\nassert head == []",
    ),
    Case("huge int", "n = 3 ** 50_000; m = -n", "assert n == 3 ** 50_000 and m == -n"),
    Case(
        "numbers",
        "x = [0.1, -0.0, float('inf'), 1e-320, True, 2j, 255, 256, -1, 2**31, 2**63]",
        "assert repr(x) == repr([0.1, -0.0, float('inf'), 1e-320, True, 2j, 255, 256, -1,"
        " 2**31, 2**63])\nassert x[4] is True",
    ),
    Case(
        "nan in containers, found by its identity",
        "import numpy as np\nd = {np.nan: 1}; l = [np.nan]; s = {np.nan}; ok = {1: 1.0}",
        "assert ok == {1: 1.0}",
        named="d l s",
    ),
    Case(
        "nan of one's own as a key",
        "nan = float('nan'); d = {nan: 1}; ok = [1.0]",
        "assert nan != nan",
        named="d nan",
    ),
    Case(
        "strings",
        "s = 'é\\ud800\\x00'; t = s; e = ''; i = 'plain'; long = 'x' * 100_000",
        "assert s == 'é\\ud800\\x00' and t is s and e == '' and i == 'plain'\n"
        "assert long == 'x' * 100_000",
    ),
    Case(
        "bytes and bytearrays",
        "b = b'x' * 5000; ba = bytearray(b'abc'); al = ba; big = bytearray(100_000); bal = big",
        "assert b == b'x' * 5000 and ba == b'abc' and al is ba and type(ba) is bytearray\n"
        "assert big is bal and len(big) == 100_000; big.append(1)",
        "ba[0] = 0; big[0] = 1",
    ),
    Case(
        "memoryviews",
        "ba = bytearray(b'abcdef'); m = memoryview(ba); ro = memoryview(b'xyz')",
        "m[0] = 65; assert ba[0] == 65 and m.obj is ba and bytes(ro) == b'xyz'",
        "ba[:] = b'zzzzzz'; m.release(); ro = None",
    ),
    Case(
        "memoryviews of parts",
        "ba = bytearray(range(10)); m = memoryview(ba)[2:6]; r = memoryview(ba)[::-1]\n"
        "c = memoryview(ba)[:8].cast('i'); ro = memoryview(ba).toreadonly()",
        "assert list(ba) == list(range(10))",
        "for one in (m, r, c, ro): one.release()",
        named="m r c ro",
    ),
    Case(
        "array.array",
        "import array\na = array.array('d', [1, 2]); b = a; m = memoryview(a)",
        "assert a.tolist() == [1, 2] and a.typecode == 'd' and b is a; a[0] = 5\n"
        "assert m[0] == 5 and m.format == 'd'",
        "a[0] = 9; m.release()",
    ),
    Case(
        "defaultdict",
        "from collections import defaultdict\nd = defaultdict(list, a=[1]); e = defaultdict(lambda: d)",
        "assert d['new'] == [] and d['a'] == [1] and e[0] is d",
        "d['b']",
    ),
    Case(
        "OrderedDict, Counter, deque, ChainMap",
        "from collections import *\nbase = {'a': 1}\no = OrderedDict(b=1, a=2); o.move_to_end('b')\n"
        "c = Counter('hello'); q = deque([1, 2], maxlen=2); m = ChainMap({}, base)",
        "assert list(o) == ['a', 'b'] and type(o) is OrderedDict and c['l'] == 2 and c['z'] == 0\n"
        "assert q.maxlen == 2 and list(q) == [1, 2] and m.maps[1] is base; m['x'] = 1\n"
        "assert base == {'a': 1}",
        "q.append(3); c['h'] = 9; base['a'] = 7",
    ),
    Case(
        "deque in itself",
        "from collections import deque\nq = deque(); q.append(q)",
        "assert q[0] is q",
    ),
    Case(
        "mapping proxy and simple namespace",
        "import types\nd = {'a': 1}; p = types.MappingProxyType(d); n = types.SimpleNamespace(d=d, n=1)",
        "d['b'] = 2; assert p['b'] == 2 and type(p) is types.MappingProxyType and n.d is d",
        "d['a'] = 3",
    ),
    Case(
        "views of dicts",
        "from collections import OrderedDict\nd = {'a': 1}; k, v, i = d.keys(), d.values(), d.items()\n"
        "o = OrderedDict(x=1); ok = o.keys(); oi = o.items()",
        "d['b'] = 2; assert list(k) == ['a', 'b'] and list(v) == [1, 2] and len(i) == 2\n"
        "o['y'] = 1; assert list(ok) == ['x', 'y'] and len(oi) == 2 and k.mapping == d",
        "d.clear(); o.clear()",
    ),
    Case(
        "views of dict subclasses",
        "class D(dict):\n def keys(self): return ['no']\nd = D(a=1); k = dict.keys(d)",
        "d['b'] = 1; assert list(k) == ['a', 'b']",
    ),
    Case(
        "iterators over lists, tuples, ranges, strings",
        "l = [1, 2, 3]; i = iter(l); next(i); t = iter((1, 2)); next(t); r = iter(range(5)); next(r)\n"
        "s = iter('abc'); next(s); rev = reversed(l); next(rev); b = iter(b'ab'); next(b)",
        "l.append(4); assert list(i) == [2, 3, 4] and list(t) == [2] and list(r) == [1, 2, 3, 4]\n"
        "assert list(s) == ['b', 'c'] and list(rev) == [2, 1] and list(b) == [98]",
        "list(i); list(t); list(r); list(s); list(rev)",
    ),
    Case(
        "iterators over dicts and sets",
        "d = {1: 2}; i = iter(d); k = iter(d.items()); s = {1}; j = iter(s); r = reversed(d)",
        "assert d == {1: 2} and s == {1}",
        named="i k j r",
    ),
    Case(
        "zip, map, filter, enumerate, itertools",
        "import itertools as it\nl = [1, 2, 3]; z = zip(l, 'abc'); next(z); e = enumerate(l); next(e)\n"
        "m = map(str, l); next(m); f = filter(None, [0, 1, 2]); next(f)\n"
        "c = it.count(5); next(c); h = it.chain(l, [9]); next(h); i = it.islice(it.count(), 2, 9)\n"
        "y = it.cycle('ab'); next(y); a, b = it.tee(iter(l)); next(a)",
        "assert list(z) == [(2, 'b'), (3, 'c')] and list(e) == [(1, 2), (2, 3)]\n"
        "assert list(m) == ['2', '3'] and list(f) == [2] and next(c) == 6\n"
        "assert list(h) == [2, 3, 9] and list(i) == [2, 3, 4, 5, 6, 7, 8]\n"
        "assert [next(y) for _ in range(3)] == ['b', 'a', 'b'] and list(a) == [2, 3]\n"
        "assert list(b) == [1, 2, 3]",
        "list(z); list(e); list(m); list(f); next(c); list(h)",
    ),
    Case(
        "slices, ranges, Ellipsis, NotImplemented, None",
        "x = [slice(1, None, 2), range(3, 9, 2), ..., NotImplemented, None, True]",
        "assert x[0] == slice(1, None, 2) and x[1] == range(3, 9, 2) and x[2] is ...\n"
        "assert x[3] is NotImplemented and x[4] is None and x[5] is True",
    ),
    Case(
        "frozenset, tuple, nested sets",
        "f = frozenset([1, (2, frozenset('a'))]); g = f; s = {f}; e = ()",
        "assert f == frozenset([1, (2, frozenset('a'))]) and g is f and e == ()\n"
        "assert next(iter(s)) is f",
    ),
    Case(
        "Decimal, Fraction, dates, zones, paths, UUIDs, patterns",
        "import datetime as dt, uuid, re, fractions, decimal, zoneinfo, pathlib, ipaddress\n"
        "z = zoneinfo.ZoneInfo('Europe/Paris'); u = uuid.UUID(int=5); p = re.compile('a+', re.I)\n"
        "x = [decimal.Decimal('1.10'), fractions.Fraction(1, 3), dt.datetime(2024, 1, 2, tzinfo=z),\n"
        " dt.timedelta(5), dt.date(2024, 1, 1), dt.time(5, fold=1), pathlib.Path('a/b'), u, p,\n"
        " ipaddress.ip_address('1.2.3.4'), dt.timezone.utc]\n"
        "text = repr(x); match = re.match('(a)', 'abc')",
        "assert repr(x) == text and x[2].tzinfo is z and x[7] is u and x[8] is p\n"
        "assert z is zoneinfo.ZoneInfo('Europe/Paris') and x[10] is dt.timezone.utc\n"
        "assert match.group(1) == 'a'",
    ),
    Case(
        "zone without cache",
        "import zoneinfo\nz = zoneinfo.ZoneInfo.no_cache('Europe/Paris'); o = [z]",
        "assert o[0] is z and z.key == 'Europe/Paris'",
    ),
    Case(
        "private names, deleted ones, later ones",
        "_p = [1]; __q = 2; gone = [3]; keep = gone",
        "assert _p == [1] and __q == 2 and gone is keep and 'later' not in globals()",
        "_p.append(1); del gone; later = 5",
    ),
    Case(
        "user's own _ and In-like names",
        "_1 = 1; In_ = [2]; Out = 3; mine = 4",
        "assert In_ == [2] and mine == 4",
    ),
    Case(
        "subclasses of list, dict, str, int, tuple, set with attributes",
        "class L(list): pass\nclass D(dict): pass\nclass S(str): pass\nclass I(int): pass\n"
        "class T(tuple): pass\nclass E(set): pass\nclass B(bytes): pass\nclass F(float): pass\n"
        "x = [L([1]), D(a=1), S('s'), I(5), T((1, 2)), E([1]), B(b'b'), F(1.5)]\n"
        "for n, one in enumerate(x): one.tag = [n, x]",
        "assert [type(one) for one in x] == [L, D, S, I, T, E, B, F]\n"
        "assert [one.tag[0] for one in x] == list(range(8)) and all(one.tag[1] is x for one in x)\n"
        "assert x == [[1], {'a': 1}, 's', 5, (1, 2), {1}, b'b', 1.5]",
    ),
    Case(
        "UserDict, UserList, heap, bisect lists",
        "from collections import UserDict, UserList\nu = UserDict(a=1); v = UserList([u])\nw = u.data",
        "assert v[0] is u and u.data is w and dict(u) == {'a': 1}",
        "w['a'] = 5",
    ),
    Case(
        "weak references",
        "import weakref\nclass A: pass\na = A(); r = weakref.ref(a); l = [r]; d = weakref.ref(A())",
        "assert r() is a and l[0] is r and d() is None and weakref.ref(a) is r",
        "a = None",
    ),
    Case(
        "weak dictionaries and sets",
        "import weakref\nclass A: pass\na = A(); b = A()\nv = weakref.WeakValueDictionary(a=a)\n"
        "k = weakref.WeakKeyDictionary({b: [1]}); s = weakref.WeakSet([a, b])",
        "assert v['a'] is a and k[b] == [1] and set(s) == {a, b}; del a\n"
        "import gc; gc.collect(); assert len(s) == 1 and 'a' not in v",
        "v.clear(); k.clear(); s.clear()",
    ),
    Case(
        "weak reference to what nothing else keeps",
        "import weakref\nclass A: pass\ndef gen(x):\n yield x\ng = gen(A()); x = next(g)\n"
        "r = weakref.ref(x); ok = 1; del x",
        "assert ok == 1",
        named="g r",
    ),
    Case(
        "weak dictionary of what nothing else keeps",
        "import weakref\nclass A: pass\ndef gen(x):\n yield x\ng = gen(A())\n"
        "v = weakref.WeakValueDictionary(x=next(g)); s = weakref.WeakSet(v.values())\n"
        "k = weakref.WeakKeyDictionary({v['x']: 1})",
        "assert type(A()) is A",
        named="g v s k",
    ),
    Case(
        "weak methods, finalizers, proxies, references that call back",
        "import weakref\nclass A:\n def m(self): return 5\na = A(); p = weakref.proxy(a)\n"
        "w = weakref.WeakMethod(a.m); c = weakref.ref(a, lambda r: None)\n"
        "f = weakref.finalize(a, print, 'x'); f.atexit = False",
        "assert a.m() == 5 == p.m() and type(p) is weakref.ProxyType",
        named="w c f",
    ),
    Case(
        "globals() in a variable",
        "g = globals(); d = {'ns': g}\ndef f(): return globals()",
        "assert g is globals() and d['ns'] is g and f() is g",
        "g = d = None",
    ),
    Case(
        "shared inner object across many variables",
        "core = {'n': 0}\nfor i in range(300): globals()[f'v{i}'] = [core, i]\ndel i",
        "assert all(globals()[f'v{i}'] == [core, i] and globals()[f'v{i}'][0] is core"
        " for i in range(300))",
        "core['n'] = 5; v7.append(1)",
    ),
    Case(
        "shared sub-object of what is lost",
        "inner = [1]; g = (i for i in inner); box = [g, inner]; other = {'i': inner}",
        "assert inner == [1] and other['i'] is inner",
        "inner.append(2); other['i'] = 0",
        named="g box",
        apart="inner other",
    ),
    Case(
        "containers whose class fills itself in its own way",
        "from collections import OrderedDict, Counter, defaultdict\nclass LRU(OrderedDict):\n def __init__(s, n=2): super().__init__(); s.n = n\n"
        " def __setitem__(s, k, v):\n  super().__setitem__(k, v)\n  if len(s) > s.n: s.popitem(last=False)\n"
        "l = LRU(3); l['a'] = 1; l['b'] = 2; l['c'] = l; log = []\n"
        "class D(dict):\n def __setitem__(s, k, v): log.append(k); super().__setitem__(k.lower(), v)\nd = D(); dict.__setitem__(d, 'A', 1)\n"
        "class L(list):\n def append(s, x): super().append(x); s.total = getattr(s, 'total', 0) + x\nt = L(); t.append(2); t.append(3)\n"
        "class K(Counter): pass\nc = K('aab'); c.tag = log\nclass F(defaultdict):\n def __init__(s): super().__init__(list)\nf = F(); f['x'].append(f)",
        "assert list(l) == ['a', 'b', 'c'] and l['c'] is l and l.n == 3 and list(d) == ['A'] and log == [] and list(t) == [2, 3] and t.total == 5\n"
        "assert c['a'] == 2 and c.tag is log and f['x'][0] is f and f.default_factory is list and f['y'] == []; del f['y']",
    ),
    Case(
        "values whose class makes them in its own way",
        "from collections import namedtuple\nclass T(tuple):\n def __new__(cls, *a): return super().__new__(cls, a)\nt = T(1, []); t[1].append(t); t.x = 1\n"
        "class F(float):\n def __new__(cls, v): return super().__new__(cls, v * 2)\nf = F(2)\nclass I(int):\n def __new__(cls, a, b): return super().__new__(cls, a + b)\ni = I(1, 2); i.u = f\n"
        "class S(str):\n def __new__(cls, v): return super().__new__(cls, v + '!')\ns = S('a')\nclass P(namedtuple('P', 'x y')):\n def __new__(cls, x): return super().__new__(cls, x, x * 2)\np = P(3)",
        "assert t == (1, t[1]) and t[1][0] is t and t.x == 1 and f == 4.0 and i == 3 and i.u is f and s == 'a!' and (p.x, p.y) == (3, 6) and type(p) is P",
    ),
)
