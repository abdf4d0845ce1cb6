"""Keys that hash themselves, and what else runs code of the notebook while it is decoded."""

# ruff: noqa: E501

from tests.checkpointing.hazards import Case

KEY = """
class K:
    n = 0
    def __init__(self, n): self.n = n
    def __hash__(self): return hash(self.n)
    def __eq__(self, other): return type(other) is K and self.n == other.n
"""
"""A key whose hash is another one, and no error, before it has its state."""

CASES = (
    Case(
        "key that has another hash before it has its state",
        f"{KEY}k = K(5); s = {{k}}; k.s = s; d = k.d = {{k: 1}}",
        "assert k in s and k in d and K(5) in s and k.s is s and d[K(5)] == 1",
    ),
    Case(
        "keys that are equal before they have their state",
        f"{KEY}K.all = set()\nfor i in range(10): K.all.add(K(i))\nfor k in K.all: k.all = K.all",
        "assert len(K.all) == 10 and all(K(i) in K.all for i in range(10)) and k.all is K.all",
    ),
    Case(
        "dict keyed by objects in a cycle, whose hash needs their state",
        f"{KEY}del K.n; k = K(5); d = k.d = {{k: 5, 'x': 1}}",
        "assert d[k] == d[K(5)] == 5 and k.d is d and list(d) == [k, 'x']",
    ),
    Case(
        "key whose hash is that of what it holds",
        f"{KEY}class H:\n def __init__(self, n): self.k = K(n); self.d = {{(self, 1): n, 'x': frozenset([K(4)])}}\n def __hash__(self): return hash(self.k)\n def __eq__(self, o): return self.k == o.k\n"
        "h = H(5); d = h.d",
        "assert d[(h, 1)] == 5 and h.d is d and list(d) == [(h, 1), 'x'] and K(4) in d['x']",
    ),
    Case(
        "frozen dataclasses in a cycle",
        "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass N:\n name: str\n kids: list = dataclasses.field(default_factory=list, compare=False)\n seen: set = dataclasses.field(default_factory=set, compare=False)\n"
        "n = N('a'); n.seen.add(n); n.kids.append(n)",
        "assert n in n.seen and n.kids[0] is n and N('a') in n.seen",
    ),
    Case(
        "frozen dataclasses with slots as keys",
        "import dataclasses\n@dataclasses.dataclass(frozen=True, slots=True)\nclass P:\n x: int\n y: tuple\nd = {P(i, (i,)): i for i in range(1000)}; s = set(d); n = {P(1, type.__mro__): 1}",
        "assert d[P(5, (5,))] == 5 and P(7, (7,)) in s and len(n) == 1",
    ),
    Case(
        "frozenset that holds an object that holds it",
        f"{KEY}k = K(7); k.f = frozenset([k]); ok = 1",
        "assert ok == 1",
        named="k",
    ),
    Case(
        "heirs of containers with keys in a cycle",
        f"{KEY}import collections\nclass S(set): pass\nclass D(dict): pass\nclass OD(collections.OrderedDict):\n def __setitem__(self, k, v): super().__setitem__(k, v)\n"
        "ks = [K(i) for i in range(4)]; ones = dict.fromkeys(ks, 1)\n"
        "all_ = [collections.Counter(ks), S(ks), D(ones), OD(ones), collections.defaultdict(int, ones), dict.fromkeys(zip(ks, ks), 1), collections.OrderedDict(ones)]\n"
        "for k in ks: n = k.n; k.own = all_; del k.n; k.n = n",
        "assert len(all_) == 7\nfor c in all_:\n assert len(c) == 4, type(c)\n for k in ks: assert k in c or (k, k) in c, type(c)",
    ),
    Case(
        "what is made of a set or dictionary while its keys have no state",
        f"{KEY}class F:\n def __init__(self, d): self.d = dict(d)\n def __reduce__(self): return F, (dict(self.d),)\nk = K(5); k.f = F({{k: 1, K(6): 2}}); ok = 1",
        "assert ok == 1",
        named="k",
    ),
    Case(
        "class that holds its own objects as keys",
        f"{KEY}K.all = {{K(5): 1}}; l = list(K.all)",
        "assert l[0] in K.all and K(5) in K.all",
    ),
    Case(
        "classes as keys, hashed by their metaclass",
        "class M(type):\n reg = {}\n def __hash__(c): return hash(c.tag)\n def __eq__(c, o): return c is o\nclass A(metaclass=M): tag = 7\nA.own = {A: 1}; M.reg[A] = 2",
        "assert A.own[A] == 1 and M.reg[A] == 2",
    ),
    Case(
        "hash that looks at a variable",
        f"{KEY}seed = 3\ndef h(self): return hash((self.n, seed))\nK.__hash__ = h; s = {{K(1)}}; d = {{K(2): 2}}",
        "assert K(1) in s and d[K(2)] == 2",
        "seed = 4",
    ),
    Case(
        "setstate that looks at variables",
        "import math\nscale = 3\ndef helper(x): return math.floor(x * scale)\n"
        "class A:\n def __init__(self): self.v = helper(2.5)\n def __getstate__(self): return {}\n def __setstate__(self, s): self.v = helper(2.5)\na = A(); box = [a]",
        "assert a.v == 7 and box[0] is a",
        "scale = 5",
    ),
    Case(
        "setstate that looks at a variable that comes later",
        "class A:\n def __getstate__(self): return {}\n def __setstate__(self, s): self.v = scale\na = A(); scale = 3",
        "assert scale == 3",
        "scale = 5",
        named="a",
    ),
    Case(
        "init and new that look at variables",
        "base = 10\nclass A:\n def __init__(self, n): self.v = base + n\n def __reduce__(self): return A, (1,)\n"
        "class N:\n def __new__(cls): it = super().__new__(cls); it.v = base; return it\na = A(1); n = N()",
        "assert a.v == 11 and n.v == 10",
        "base = 20",
    ),
)
