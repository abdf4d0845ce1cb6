"""What is written in C and does not say itself how it is rebuilt."""

# ruff: noqa: E501

from tests.checkpointing.hazards import Case

CASES = (
    Case(
        "what regular expressions matched",
        "import re\ntext = 'a1 b22 c333'; p = re.compile(r'([a-z])(\\d+)'); m = p.match(text); s = p.search(text, 3); f = p.fullmatch('z9')\n"
        "*_, last = p.finditer(text); lazy = re.compile('a+?').fullmatch('aaa'); b = re.match(b'x', b'xy'); al = [m]; end = p.search(text, 0, 5)",
        "assert m.groups() == ('a', '1') and al[0] is m and m.string is text and m.re is p and s.group() == 'b22' and s.pos == 3\n"
        "assert f.group() == 'z9' and last.span() == (7, 11) and last.pos == 0 and lazy.group() == 'aaa' and b.end() == 1 and end.endpos == 5",
    ),
    Case(
        "super",
        "class A:\n def f(self): return 'A'\nclass B(A):\n def f(self): return 'B'\n @classmethod\n def c(cls): return super()\n"
        "b = B(); s = super(B, b); u = super(B); c = B.c(); b.me = s",
        "assert s.f() == 'A' and s.__self__ is b and type(u) is super and u.__thisclass__ is B and c.__self__ is B and b.me is s",
    ),
    Case(
        "__dict__ of a class",
        "class A:\n x = 1\nclass B(A): pass\na = A.__dict__; b = B.__dict__; i = vars(int); t = type.__dict__",
        "A.x = 5; B.y = 2\nassert a['x'] == 5 and b['y'] == 2 and i is not None and i['real'] is int.real and t['mro'] is type.__dict__['mro']",
    ),
    Case(
        "weak proxies of what is gone",
        "import weakref\nclass A: pass\nclass C:\n def __call__(self): pass\np, c, r = weakref.proxy(A()), weakref.proxy(C()), weakref.ref(A())",
        "assert type(p) is weakref.ProxyType and type(c) is weakref.CallableProxyType and r() is None\n"
        "try: p.x\nexcept ReferenceError: pass\nelse: raise AssertionError",
    ),
    Case(
        "keys of a comparison, structs, dialects, class methods",
        "import functools, struct, csv\ndef compare(a, b): return b - a\nkey = functools.cmp_to_key(compare); one = key(1); two = [key(2), one]\n"
        "s = struct.Struct('<id'); d = csv.get_dialect('excel-tab'); c = int.__dict__['from_bytes']",
        "assert sorted([1, 3, 2], key=key) == [3, 2, 1] and two[1] is one and two[0] < one and one.obj == 1\n"
        "assert s.unpack(s.pack(1, 2.0)) == (1, 2.0) and s.format == '<id' and d.delimiter == '\\t' and c is int.__dict__['from_bytes']",
    ),
    Case(
        "pointers and classes of ctypes",
        "import ctypes\nclass N(ctypes.Structure): pass\nN._fields_ = [('v', ctypes.c_int), ('next', ctypes.POINTER(N))]\n"
        "null, P, A, F = ctypes.POINTER(N)(), ctypes.POINTER(N), N * 3, ctypes.CFUNCTYPE(ctypes.c_int, N)\n"
        "void, text, many = ctypes.c_void_p(), ctypes.c_char_p(), ctypes.create_string_buffer(4)\n"
        "o = ctypes.py_object([1]); e = ctypes.py_object(); there = ctypes.c_char_p(b'x'); held = ctypes.pointer(N())\n"
        "where = [k.__module__ for k in (P, A, type(many))]",
        "assert not null and type(null) is P and P._type_ is N and ctypes.POINTER(N) is P and A._type_ is N and N._fields_[1][1] is P\n"
        "assert void.value is None and text.value is None and o.value == [1] and type(e) is ctypes.py_object and len(many) == 4\n"
        "assert F is ctypes.CFUNCTYPE(ctypes.c_int, N) and where == [k.__module__ for k in (P, A, type(many))]",
        named="there held",
    ),
    Case(
        "a library and a function of C",
        "import ctypes\nlib = ctypes.CDLL(None); f = lib.abs; g = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 3); ok = 1",
        "assert ok == 1",
        named="lib f g",
    ),
    Case(
        "iterators over values, backwards",
        "d = {1: 2}; v = reversed(d.values()); i = reversed(d.items()); k = reversed(d.keys())",
        "assert d == {1: 2}",
        named="v i k",
    ),
)
