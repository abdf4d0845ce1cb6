"""Classes, enumerations, instances."""

# ruff: noqa: E501

from tests.checkpointing.hazards import Case

CASES = (
    Case(
        "class, instances, isinstance",
        "class A:\n n = []\n def f(self): return self.n\na = A(); k = A; l = [A, a]",
        "assert type(a) is A and k is A and l[0] is A and isinstance(l[1], A) and a.f() is A.n\n"
        "assert A.__module__ == '__main__' and A.__qualname__ == 'A'",
        "A.n = 1; A.f = None",
    ),
    Case(
        "class state",
        "class A:\n count = 0\n items = {}\n @classmethod\n def up(cls): cls.count += 1\nA.up(); A.items[1] = A",
        "assert A.count == 1 and A.items[1] is A; A.up(); assert A.count == 2",
        "A.up(); A.items.clear()",
    ),
    Case(
        "inheritance, mro, later changed bases",
        "class A: pass\nclass B(A): pass\nclass C(A): pass\nclass D(B, C): pass\nd = D()\n"
        "class X:\n def hi(self): return 1\nB.__bases__ = (X,)",
        "assert D.__mro__ == (D, B, X, C, A, object) and d.hi() == 1 and B in X.__subclasses__()",
    ),
    Case(
        "__subclasses__ of the notebook's classes",
        "class A: pass\nclass B(A): pass\nclass C(A): pass",
        "assert A.__subclasses__() == [B, C]",
    ),
    Case(
        "metaclass that registers in __new__",
        "class M(type):\n seen = []\n def __new__(m, n, b, d):\n  c = super().__new__(m, n, b, d)\n  m.seen.append(c)\n  return c\n"
        "class A(metaclass=M): pass\nclass B(A): pass",
        "assert M.seen == [A, B] and type(B) is M",
        "M.seen.clear()",
    ),
    Case(
        "metaclass that registers in __init__",
        "seen = []\nclass M(type):\n def __init__(c, n, b, d, **k):\n  super().__init__(n, b, d)\n  seen.append(c)\n"
        "class A(metaclass=M): pass\nclass B(A): pass",
        "assert seen == [A, B] and type(B) is M",
        "seen.clear()",
    ),
    Case(
        "metaclass with __call__, __prepare__, __setattr__, keyword arguments",
        "class M(type):\n def __call__(c): return ['made', c]\n @classmethod\n def __prepare__(m, n, b, **k): return {'prepared': 1}\n"
        " def __new__(m, n, b, d, tag=None):\n  c = super().__new__(m, n, b, d); type.__setattr__(c, 'tag', tag); return c\n"
        " def __init__(c, n, b, d, tag=None): pass\n"
        " def __setattr__(c, n, v): raise AttributeError(n)\n"
        "class A(metaclass=M, tag=5):\n def f(self): return __class__",
        "assert A() == ['made', A] and A.tag == 5 and A.prepared == 1 and A.f(None) is A",
    ),
    Case(
        "singleton by metaclass",
        "class S(type):\n _all = {}\n def __call__(c, *a):\n  if c not in c._all: c._all[c] = super().__call__(*a)\n  return c._all[c]\n"
        "class A(metaclass=S):\n def __init__(self): self.n = 1\na = A()",
        "assert A() is a and a.n == 1 and S._all == {A: a}",
        "a.n = 2",
    ),
    Case(
        "singleton by __new__",
        "class A:\n _one = None\n def __new__(cls):\n  if cls._one is None: cls._one = super().__new__(cls)\n  return cls._one\n"
        "a = A(); a.n = 5",
        "assert A() is a and a.n == 5 and A._one is a",
        "a.n = 6",
    ),
    Case(
        "__init_subclass__ that registers",
        "class P:\n reg = {}\n def __init_subclass__(cls, key=None, **k):\n  super().__init_subclass__(**k); P.reg[key] = cls\n"
        "class A(P, key='a'): pass\nclass B(A, key='b'): pass",
        "assert P.reg == {'a': A, 'b': B} and B.__mro__ == (B, A, P, object)\n"
        "class C(A, key='c'): pass\nassert P.reg['c'] is C",
        "P.reg.clear()",
    ),
    Case(
        "__init_subclass__ over builtin bases",
        "reg = []\nclass P(dict):\n def __init_subclass__(cls): reg.append(cls)\nclass A(P): pass\na = A(x=1)\n"
        "class Q(Exception):\n def __init_subclass__(cls): reg.append(cls)\nclass B(Q): pass",
        "assert reg == [A, B] and type(a) is A and a == {'x': 1} and issubclass(B, Exception)",
        "reg.clear()",
    ),
    Case(
        "slots",
        "class A:\n __slots__ = ('x', 'y', '__weakref__')\nclass B(A):\n __slots__ = 'z'\nclass C(B): pass\n"
        "a = A(); a.x = [1]; b = B(); b.x, b.z = a, 2; c = C(); c.q = c; c.y = 1",
        "assert a.x == [1] and not hasattr(a, 'y') and b.x is a and b.z == 2 and c.q is c and c.y == 1\n"
        "assert not hasattr(b, '__dict__') and A.__slots__ == ('x', 'y', '__weakref__')",
        "a.x.append(1); b.z = 0",
    ),
    Case(
        "private slots",
        "class A:\n __slots__ = ('__x',)\n def __init__(self): self.__x = 5\n def get(self): return self.__x\na = A()",
        "assert a.get() == 5",
    ),
    Case(
        "dataclasses",
        "from dataclasses import *\n@dataclass\nclass A:\n x: int\n l: list = field(default_factory=list)\n"
        "@dataclass(frozen=True, slots=True)\nclass B:\n a: A\n n: int = 1\n@dataclass(order=True, kw_only=True)\nclass C(A):\n z: int = 0\n"
        "a = A(1, [2]); b = B(a); c = C(x=1)\nh = hash(B(1)) ",
        "assert b.a is a and a == A(1, [2]) and C(x=1) == c and hash(B(1)) == h and A(3).l == []\n"
        "assert [f.name for f in fields(C)] == ['x', 'l', 'z'] and replace(b, n=5).n == 5 and fields(A)[0].default is MISSING\n"
        "try: b.n = 2\nexcept FrozenInstanceError: pass\nelse: assert False",
        "a.x = 9",
    ),
    Case(
        "NamedTuple and namedtuple",
        "from typing import NamedTuple\nfrom collections import namedtuple\nclass P(NamedTuple):\n x: int\n y: list = []\n"
        " def s(self): return self.x\nQ = namedtuple('Q', 'a b', defaults=[1]); p = P(1); q = Q(p); q2 = q._replace(b=3)",
        "assert type(p) is P and p.s() == 1 and q.a is p and type(q) is Q and q2 == (p, 3) and Q._fields == ('a', 'b')\n"
        "assert P.__annotations__ == {'x': int, 'y': list} and p.y is P._field_defaults['y'] and Q(5).b == 1",
    ),
    Case(
        "Enum",
        "import enum\nclass C(enum.Enum):\n RED = 1\n GREEN = 'g'\n CRIMSON = 1\n def hi(self): return self.name\n"
        "r = C.RED; l = [C.GREEN]; d = {C.RED: 1}",
        "assert C.RED is r and C(1) is r and C.CRIMSON is r and l[0] is C('g') and d[C.RED] == 1 and r.hi() == 'RED'\n"
        "assert list(C) == [C.RED, C.GREEN] and type(r) is C and repr(r) == '<C.RED: 1>'",
        "r.extra = 5",
    ),
    Case(
        "Enum with __init__, __new__, attributes",
        "import enum\nclass P(enum.Enum):\n E = (1, 2)\n M = (3, 4)\n def __init__(self, a, b): self.a, self.b = a, [b]\n"
        " @property\n def both(self): return self.a + self.b[0]\n"
        "class O(enum.Enum):\n A = 'x'\n B = 'y'\n def __new__(cls, v):\n  o = object.__new__(cls); o._value_ = len(cls.__members__); o.t = v; return o\n"
        "e = P.E; b = P.E.b; o = O.B",
        "assert P.E is e and e.b is b and b == [2] and e.both == 3 and P((3, 4)) is P.M and O(1) is o and o.t == 'y'",
        "P.E.b.append(5)",
    ),
    Case(
        "Enum with a metaclass, boundary, next values",
        "import enum\nclass M(enum.EnumMeta):\n def names(cls): return list(cls.__members__)\nclass E(enum.Enum, metaclass=M):\n A = 1\n B = 2\n"
        "class F(enum.Flag, boundary=enum.KEEP):\n X = 1\n"
        "class G(enum.Enum):\n def _generate_next_value_(name, start, count, last): return name.lower()\nclass H(G):\n AA = enum.auto()\na = E.A",
        "import enum\nassert type(E) is M and E.names() == ['A', 'B'] and a is E.A and F(16).value == 16\n"
        "class Later(G):\n ZZ = enum.auto()\nassert Later.ZZ.value == 'zz' and H.AA.value == 'aa'",
        "del E, F, G, H, a",
    ),
    Case(
        "Flag, IntEnum, IntFlag, StrEnum, auto",
        "import enum\nclass F(enum.Flag):\n A = enum.auto()\n B = enum.auto()\n AB = A | B\nclass I(enum.IntEnum):\n X = 5\n"
        "class N(enum.IntFlag):\n R = 4\n W = 2\nclass S(enum.StrEnum):\n A = enum.auto()\n"
        "ab = F.A | F.B; none = F(0); rw = N.R | N.W; i = I.X; s = S.A",
        "assert ab is F.AB and F.A in ab and none == F(0) and rw == 6 and type(rw) is N and i is I.X and i == 5\n"
        "assert s is S('a') and s == 'a' and ~F.A is F.B and N(6) is rw and list(ab) == [F.A, F.B]",
    ),
    Case(
        "Enum with _missing_, nested class, members of other enums",
        "import enum\nclass A(enum.Enum):\n X = 1\n @classmethod\n def _missing_(cls, v): return cls.X\n"
        "class B(enum.Enum):\n P = A.X\n Q = [1]\nx = A(99); q = B.Q.value; fn = enum.Enum('Fn', 'a b', module='__main__')",
        "assert A(5) is A.X is x and B.P.value is A.X and B.Q.value is q and fn.a.value == 1 and B([1]) is B.Q",
        "q.append(1)",
    ),
    Case(
        "abstract classes with virtual subclasses",
        "import abc\nclass A(abc.ABC):\n @abc.abstractmethod\n def f(self): ...\nclass B(A):\n def f(self): return 1\nclass V: pass\n"
        "A.register(V); A.register(int); b = B(); v = V()",
        "assert isinstance(v, A) and isinstance(b, A) and isinstance(5, A) and not isinstance('', A)\n"
        "try: A()\nexcept TypeError: pass\nelse: assert False\nassert A.__abstractmethods__ == {'f'}",
    ),
    Case(
        "virtual subclass of a library's class",
        "import collections.abc\n@collections.abc.Sized.register\nclass V: pass\nv = V()",
        "assert isinstance(v, V)",
    ),
    Case(
        "Generic, Protocol, TypedDict",
        "from typing import *\nT = TypeVar('T')\nclass G(Generic[T]):\n def __init__(self, x: T): self.x = x\nclass H(G[int]): pass\n"
        "@runtime_checkable\nclass P(Protocol):\n def close(self) -> None: ...\nclass D(TypedDict, total=False):\n a: int\n"
        "class Im:\n def close(self): pass\ng = G[int](5); h = H(1); d = D(a=1); im = Im(); gi = G[int]",
        "assert g.x == 5 and type(g) is G and G.__parameters__ == (T,) and H.__orig_bases__ == (G[int],) and gi == G[int]\n"
        "assert isinstance(im, P) and not isinstance(5, P) and D.__optional_keys__ == {'a'} and d == {'a': 1}\n"
        "assert get_type_hints(G.__init__)['x'] is T and G[str].__args__ == (str,)",
    ),
    Case(
        "properties, cached properties, descriptors",
        "import functools\nclass Desc:\n named = 0\n def __set_name__(self, o, n): self.n = n; type(self).named += 1\n"
        " def __get__(self, o, c): return self if o is None else o.__dict__.get(self.n, 'none')\n"
        "class A:\n d = Desc()\n @property\n def p(self): return self._p\n @p.setter\n def p(self, v): self._p = v\n"
        " @functools.cached_property\n def c(self): return [1]\n @functools.cached_property\n def late(self): return 9\n"
        "a = A(); a.p = 5; c = a.c",
        "assert a.p == 5 and a.c is c and a.late == 9 and A.d.n == 'd' and a.d == 'none' and Desc.named == 1\n"
        "a.p = 6; assert a._p == 6 and A.p.fset is not None",
        "a.c = 1; a.p = 0; Desc.named = 7",
    ),
    Case(
        "static and class methods, partialmethod, nested classes",
        "import functools\nclass A:\n class In:\n  class Deep: pass\n @staticmethod\n def s(x): return x\n @classmethod\n def c(cls): return cls\n"
        " def m(self, x): return x\n pm = functools.partialmethod(m, 5)\n al = m\ni = A.In(); deep = A.In.Deep()",
        "assert type(i) is A.In and type(deep) is A.In.Deep and A.s(1) == 1 and A.c() is A and A().pm() == 5\n"
        "assert A.al is A.m and A.In.Deep.__qualname__ == 'A.In.Deep'",
    ),
    Case(
        "local classes of one function are different",
        "def make(n):\n class L:\n  v = n\n  def get(self): return n\n return L\nA, B = make(1), make(2); a, b = A(), B()",
        "assert A is not B and type(a) is A and b.get() == 2 and A.v == 1 and a.get() == 1",
    ),
    Case(
        "class made anew under its name: old instances keep the old class",
        "class A:\n v = 1\nold = A()\nclass A:\n v = 2\nnew = A()",
        "assert old.v == 1 and new.v == 2 and type(new) is A and type(old) is not A and not isinstance(old, A)",
    ),
    Case(
        "instance attributes: class, itself, functions, __dict__",
        "class A: pass\na = A(); a.cls = A; a.me = a; a.f = lambda: a; d = a.__dict__",
        "assert a.cls is A and a.me is a and a.f() is a and d['me'] is a; a.new = 1\nassert 'new' in d",
        "a.cls = None",
    ),
    Case(
        "dictionary that is its own namespace",
        "class D(dict):\n def __init__(self, **k): super().__init__(**k); self.__dict__ = self\nd = D(a=1); e = D(b=d)",
        "assert d.a == 1 and d.__dict__ is d and e.b is d; d.c = 5; assert d['c'] == 5",
        "d.a = 7",
    ),
    Case(
        "class attribute that equals its base's",
        "class A: n = 1; l = ()\nclass B(A): n = 1; l = A.l",
        "A.n = 2; A.l = 5; assert B.n == 1 and B.l == () and [k for k in vars(B) if k[0] != '_'] == ['n', 'l']",
    ),
    Case(
        "getstate, setstate, getnewargs, reduce of one's own",
        "class A:\n def __init__(self): self.x = 1; self.tmp = object()\n def __getstate__(self): return {'x': self.x}\n def __setstate__(self, s): self.__dict__.update(s); self.back = True\n"
        "class N:\n def __new__(cls, v):\n  o = super().__new__(cls); o.v = v; return o\n def __getnewargs__(self): return (self.v,)\n"
        "class K:\n def __new__(cls, *, v):\n  o = super().__new__(cls); o.v = v; return o\n def __getnewargs_ex__(self): return (), {'v': self.v}\n"
        "a, n = A(), N([1]); k = K(v=n)",
        "assert a.x == 1 and a.back and n.v == [1] and k.v is n",
    ),
    Case(
        "ctypes",
        "import ctypes\nclass P(ctypes.Structure):\n _fields_ = [('x', ctypes.c_int), ('y', ctypes.c_double)]\n"
        "p = P(1, 2.5); arr = (ctypes.c_int * 3)(1, 2, 3); i = ctypes.c_int(5); ptr = ctypes.pointer(i)",
        "assert p.x == 1 and p.y == 2.5 and type(p) is P and list(arr) == [1, 2, 3] and i.value == 5",
        "p.x = 9; arr[0] = 7; i.value = 6",
        named="ptr",
    ),
    Case(
        "instances of importable classes with notebook parts",
        "import argparse, string, configparser, types\nns = argparse.Namespace(a=[1]); l = ns.a\n"
        "cp = configparser.ConfigParser(); cp['s'] = {'k': 'v'}; tpl = string.Template('$x')",
        "assert ns.a is l and cp['s']['k'] == 'v' and tpl.substitute(x=1) == '1'",
        "ns.a = 0; cp['s']['k'] = 'w'",
    ),
    Case(
        "callable instance, operators, __getattr__ that recurses",
        "class A:\n def __getattr__(self, n): return getattr(self.inner, n)\n def __call__(self): return self\na = A(); a.inner = [1]",
        "assert a() is a and a.inner == [1] and a.append",
    ),
    Case(
        "class that counts what is made",
        "class A:\n made = 0\n def __init__(self): type(self).made += 1\nl = [A() for _ in range(3)]",
        "assert A.made == 3 and len({id(x) for x in l}) == 3",
        "l.append(A())",
    ),
    Case(
        "class with a hash and equality, as keys",
        "class K:\n def __init__(self, v): self.v = v\n def __hash__(self): return hash(self.v)\n def __eq__(self, o): return self.v == o.v\n"
        "k = K('a'); d = {k: 1, K('b'): 2}; s = {k}",
        "assert d[K('a')] == 1 and d[K('b')] == 2 and K('a') in s and next(iter(s)) is k",
        "d.clear()",
    ),
)
