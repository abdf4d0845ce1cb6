"""Unusual objects, many in each case."""

# ruff: noqa: E501

from tests.checkpointing.hazards import Case

CASES = (
    Case(
        "heirs of containers of the standard library",
        "import contextvars, types, array, functools, weakref, enum, collections, heapq\nclass AR(array.array):\n pass\na = AR('i', [1,2]); a.x = [a]\nclass PA(functools.partial):\n def __init__(self, *z): self.note = 1\np = PA(print, 1); p.more = [p]\nclass DQ(collections.deque): pass\nq = DQ([1,2], maxlen=3); q.tag = q\nclass CM(collections.ChainMap): pass\nc = CM({}, {'a': 1}); c.x = c\nclass UD(collections.UserDict): pass\nu = UD(a=1); u.me = u\nclass FS(frozenset): pass\nf = FS([1]); f.t = 5\nclass BA(bytearray): pass\nb = BA(b'ab'); b.t = b",
        "assert list(a) == [1,2] and a.x[0] is a and p.more[0] is p and p.note == 1 and p.args == (1,) and q.maxlen == 3 and q.tag is q and c.x is c and c['a'] == 1 and u.me is u and u['a'] == 1 and f.t == 5 and 1 in f and b.t is b and b == b'ab'",
    ),
    Case(
        "flags and their combinations",
        "import enum\nclass P(enum.Flag):\n R = 1; W = 2; RW = 3\n def f(self): return self.value\nclass I(enum.IntFlag, boundary=enum.KEEP): A = 1\nx = P.R | P.W; n = ~P.R; k = I(9); z = P(0); l = [P.R]; d = {P.R: 1}",
        "assert x is P.RW and n is P.W and k.value == 9 and type(k) is I and z.value == 0 and l[0] is P.R and d[P.R] == 1 and x.f() == 3",
    ),
    Case(
        "dataclasses of all kinds",
        "import dataclasses, typing\n@dataclasses.dataclass(slots=True)\nclass A:\n x: list = dataclasses.field(default_factory=list)\n y: 'A' = None\n@dataclasses.dataclass(frozen=True, slots=True, weakref_slot=True)\nclass F:\n x: object\n@dataclasses.dataclass(kw_only=True)\nclass K:\n k: int = 1\n cv: typing.ClassVar[list] = []\n iv: dataclasses.InitVar[int] = 3\n def __post_init__(self, iv): self.z = iv\na = A(); a.y = a; f = F(a); k = K(); a.x.append(f)",
        "assert a.y is a and a.x[0] is f and f.x is a and k.z == 3 and dataclasses.fields(A)[0].name == 'x' and dataclasses.replace(k, k=2, iv=1).k == 2 and repr(K(k=5)) == 'K(k=5)' and dataclasses.is_dataclass(F)",
    ),
    Case(
        "named tuples and their heirs",
        "import typing, collections\nclass N(typing.NamedTuple):\n x: int\n y: list = []\n def s(self): return self.x\nclass H(N):\n def __new__(cls, x): return super().__new__(cls, x, [x])\nP = collections.namedtuple('P', 'a b', defaults=[1]); n = N(1); h = H(4); h.t = h; p = P(2); q = collections.namedtuple('Other', 'z')(3)",
        "assert n.y is N._field_defaults['y'] and n.s() == 1 and h.t is h and h.y == [4] and type(h) is H and p == (2, 1) and p._replace(a=3).a == 3 and q.z == 3 and type(q).__name__ == 'Other'",
    ),
    Case(
        "times, contexts, identities, networks",
        "import datetime, zoneinfo, decimal, fractions, re, pathlib, uuid, ipaddress, time\nz = zoneinfo.ZoneInfo('Europe/Berlin'); t = datetime.datetime(2024,10,27,2,30,tzinfo=z,fold=1); nc = zoneinfo.ZoneInfo.no_cache('Europe/Paris'); tz = datetime.timezone(datetime.timedelta(hours=1), 'X'); ct = decimal.Context(prec=5, traps=[decimal.Inexact]); ct.flags[decimal.Rounded] = True; d = decimal.Decimal('1.10'); r = re.compile('a', re.I); p = pathlib.PurePosixPath('a/b'); u = uuid.uuid4(); net = ipaddress.ip_network('10.0.0.0/8'); uu = uuid.UUID(u.hex, is_safe=uuid.SafeUUID.safe)",
        "assert t.tzinfo is z and t.fold == 1 and z is zoneinfo.ZoneInfo('Europe/Berlin') and nc.key == 'Europe/Paris' and nc is not zoneinfo.ZoneInfo('Europe/Paris') and tz.tzname(None) == 'X' and ct.prec == 5 and ct.flags[decimal.Rounded] and ct.traps[decimal.Inexact] and str(d) == '1.10' and r == re.compile('a', re.I) and uu.is_safe is uuid.SafeUUID.safe and net.num_addresses == 2**24",
    ),
    Case(
        "what pandas has beyond frames",
        "import pandas as pd, numpy as np\ndf = pd.DataFrame({'a': [1,2], 'b': ['x','y']}, index=pd.Index([5,6], name='i')); df.attrs['k'] = [df.index]; df.flags.allows_duplicate_labels = False; cat = pd.Categorical(['a','b'], ordered=True); s = pd.Series(cat, name='n'); mi = pd.MultiIndex.from_product([[1,2],['a','b']], names=['x', None]); m = pd.DataFrame(np.zeros((4,1)), index=mi, columns=pd.MultiIndex.from_tuples([('p','q')])); ia = pd.array([1, None], dtype='Int64'); sp = pd.arrays.SparseArray([0,0,1]); iv = pd.interval_range(0, 3); pr = pd.period_range('2020', periods=3, freq='M'); dti = pd.date_range('2020', periods=3, freq='D', tz='UTC'); ba = pd.array([True, None], dtype='boolean'); sparse = pd.DataFrame({'s': sp}); roll = df['a'].rolling(2); g = df.groupby('b'); off = pd.offsets.BDay(2); td = pd.Timedelta(1); na = [pd.NA, pd.NaT]; st = df.style; ri = pd.RangeIndex(3, name='r'); objs = pd.Series([[1], {}], dtype=object)",
        "assert df.attrs['k'][0].equals(df.index) and not df.flags.allows_duplicate_labels and df.index.name == 'i' and s.cat.ordered and mi.names == ['x', None] and m.index.equals(mi) and ia[1] is pd.NA and ia.dtype == 'Int64' and sp.sum() == 1 and len(iv) == 3 and pr.freqstr == 'M' and dti.freq == 'D' and str(dti.tz) == 'UTC' and ba[1] is pd.NA and sparse.dtypes['s'].name.startswith('Sparse') and roll.sum().iloc[1] == 3 and len(g) == 2 and off.n == 2 and na[0] is pd.NA and na[1] is pd.NaT and type(ri) is pd.RangeIndex and ri.name == 'r' and objs[0] == [1]",
    ),
    Case(
        "arrays of all kinds",
        "import numpy as np\nst = np.array([(1, 'a', [2.0, 3.0])], dtype=[('x','i4'),('y','U3'),('z','f8',2)]); rec = st.view(np.recarray); ma = np.ma.array([1,2,3], mask=[0,1,0], fill_value=7); mh = np.ma.array([1,2], mask=[1,0], hard_mask=True); ms = ma[1:]; fo = np.asfortranarray(np.arange(6).reshape(2,3)); ro = np.arange(5000); ro.flags.writeable = False; rov = ro[1:]; ob = np.array([[1], None], dtype=object); ob[1] = ob; be = np.arange(3, dtype='>i4'); dt = np.array(['2020','NaT'], dtype='M8[D]'); zd = np.array(5); emp = np.empty((0, 3)); bc = np.broadcast_to(np.arange(3), (4,3)); mat = np.matrix([[1]]); ch = np.char.array(['a']); neg = np.arange(10)[::-2]; al = np.dtype({'names':['a'],'formats':['i1'],'itemsize':16}); pol = np.poly1d([1,2]); vec = np.vectorize(lambda x: x+1); ss = np.random.SeedSequence(5); g = np.random.Generator(np.random.MT19937(3)); it = np.nditer(np.arange(3)); void = st[0]; f16 = np.float16(1.5); ld = np.longdouble('0.1'); meta = np.dtype('i4', metadata={'a': 1}); nd = np.ndindex(2,2); big = np.zeros(3000)[::2]; fx = fo.T",
        "assert st['z'][0,1] == 3 and rec.x[0] == 1 and rec.base is not None and np.shares_memory(rec, st) and ma.fill_value == 7 and ma.mask.tolist() == [False, True, False] and mh.hardmask and fo.flags.f_contiguous and not fo.flags.c_contiguous and not ro.flags.writeable and not rov.flags.writeable and rov.base is ro and ob[1] is ob and be.dtype == '>i4' and np.isnat(dt[1]) and zd.shape == () and emp.shape == (0,3) and bc.strides[0] == 0 and not bc.flags.writeable and type(mat) is np.matrix and neg.tolist() == [9,7,5,3,1] and al.itemsize == 16 and pol(2) == 4 and vec(1) == 2 and np.shares_memory(void, st) and meta.metadata == {'a': 1} and fx.base is fo and ld == np.longdouble('0.1') and np.shares_memory(ms, ma)",
        named="it",
    ),
    Case(
        "sparse matrices, splines, pipelines",
        "import scipy.sparse as sp, numpy as np, scipy.interpolate, scipy.stats, scipy.spatial\ncsr = sp.random(10, 10, 0.3, 'csr', rng=0); data = csr.data; coo = csr.tocoo(); dok = sp.dok_array((3,3)); dok[1,1] = 5; lil = sp.lil_array((2,2)); fr = scipy.stats.norm(1, 2); kd = scipy.spatial.cKDTree(np.random.rand(10,2)); ip = scipy.interpolate.CubicSpline([0,1,2],[0,1,4]); dx = dok[1,1]\nfrom sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler, FunctionTransformer\nfrom sklearn.linear_model import LogisticRegression\ndef fn(x): return x\nX = np.random.rand(20,3); y = (X[:,0]>.5).astype(int); pl = make_pipeline(FunctionTransformer(fn), StandardScaler(), LogisticRegression()).fit(X, y); pred = pl.predict_proba(X); lr = pl[-1]; co = lr.coef_",
        "assert csr.data is data and csr.shape == (10,10) and dok[1,1] == 5 and fr.mean() == 1 and kd.query([0,0])[0] >= 0 and ip(1) == 1 and (pl.predict_proba(X) == pred).all() and pl[-1] is lr and lr.coef_ is co and pl[0].func is fn",
        named="fr",
    ),
    Case(
        "callables and iterators of the standard library",
        "import functools, operator, itertools, types, collections\nclass A:\n @functools.singledispatchmethod\n def f(self, x): return 'o'\n @f.register\n def _(self, x: int): return 'i'\n g = functools.partialmethod(f, 1)\n @functools.total_ordering\n class B:\n  def __lt__(s, o): return True\n  def __eq__(s, o): return s is o\na = A(); pp = functools.partial(functools.partial(max, 1), 2); red = functools.reduce; gen_alias = list[A]; un = A | int; ell = ...; sl = slice(a, [1]); rg = range(3); mp = types.MappingProxyType({'a': a}); sn = types.SimpleNamespace(a=a); dc = types.DynamicClassAttribute(len); coro = types.coroutine(lambda: None); bt = itertools.batched if hasattr(itertools,'batched') else 1; pw = itertools.pairwise([1,2,3]); next(pw); gb = itertools.groupby([1,1,2]); acc = itertools.accumulate([1,2,3]); next(acc); pr = itertools.product([1,2],[3]); next(pr); st = itertools.starmap(pow, [(2,3)]); zl = itertools.zip_longest([1],[2,3]); rp = itertools.repeat(5, 3); next(rp); cb = itertools.combinations([1,2,3], 2); next(cb)",
        "assert a.f(1) == 'i' and a.f('x') == 'o' and a.g() == 'i' and pp() == 2 and gen_alias.__args__ == (A,) and isinstance(a, un) and sl.start is a and mp['a'] is a and sn.a is a and next(acc) == 3 and next(pr) == (2,3) and list(st) == [8] and list(rp) == [5,5] and next(cb) == (1,3) and next(zl) == (1,2) and A.B() <= A.B()",
        named="pw",
    ),
    Case(
        "values and containers with attributes",
        "class L(list): pass\nclass D(dict):\n __slots__ = ('x', '__dict__')\nclass S(str): pass\nclass I(int): pass\nclass T(tuple): pass\nclass F(float):\n __slots__ = ('u',)\nclass B(bytes): pass\nl = L([1]); l.a = l; d = D(a=1); d.x = d; d.y = [d]; s = S('k'); s.x = s; i = I(5); i.x = i; t = T((1, [2])); t.x = t; f = F(1.5); f.u = f; b = B(b'q'); b.x = b; m = {s: 1, i: 2}",
        "assert l.a is l and d.x is d and d.y[0] is d and s.x is s and i.x is i and t.x is t and f.u is f and b.x is b and list(m)[0] is s and m['k'] == 1",
    ),
    Case(
        "descriptors, protocols, generics, metaclasses",
        "import abc, typing\nclass M(type):\n def __call__(c, *a): o = super().__call__(*a); c.n = getattr(c,'n',0)+1; return o\n def __instancecheck__(c, o): return True\nclass A(metaclass=M): pass\na = A(); n = A.n\nclass Desc:\n def __set_name__(self, o, name): self.name = name; self.owner = o\n def __get__(self, i, o): return self\nclass H: d = Desc()\nd = H.d\n@typing.runtime_checkable\nclass P(typing.Protocol):\n def f(self): ...\nclass Im:\n def f(self): pass\nT = typing.TypeVar('T')\nclass G(typing.Generic[T]): pass\nclass GI(G[int]): pass\ng = G[str](); td = typing.TypedDict('td', {'a': int}); ab = abc.ABC; im = Im()\nclass W:\n __slots__ = ('__weakref__', 'v')\nw = W(); w.v = w\nclass E:\n def __init_subclass__(cls, **k): cls.k = k\nclass E2(E, z=1): pass\nclass CG:\n def __class_getitem__(c, i): return (c, i)\ncg = CG[1]",
        "assert A.n == n and isinstance(5, A) and H.d is d and d.name == 'd' and d.owner is H and isinstance(im, P) and not isinstance(5, P) and G[int] is not None and GI.__orig_bases__[0] == G[int] and g.__orig_class__ == G[str] and td.__annotations__ == {'a': int} and w.v is w and E2.k == {'z': 1} and cg == (CG, 1)",
    ),
    Case(
        "odd corners of the standard library",
        "import sched, configparser, difflib, email.message, http.cookies, json, string, textwrap, graphlib, statistics, timeit, cmd, shlex, struct, codecs, gettext, locale, calendar, bisect, queue, copy, io, tokenize, optparse, argparse, urllib.request, xml.dom.minidom, sqlite3, fileinput, html, numbers, secrets\nck = http.cookies.SimpleCookie(); ck['a'] = 'b'; ck['a']['path'] = '/'; nd = statistics.NormalDist(1, 2); ts = graphlib.TopologicalSorter({1: {2}}); cal = calendar.Calendar(3); ns = string.Formatter(); rq = urllib.request.Request('http://x', headers={'A': 'b'}); dom = xml.dom.minidom.parseString('<a><b/></a>'); sh = shlex.shlex('a b'); dec = codecs.getincrementaldecoder('utf-8')(); dec.decode(b'\\xc3'); ci = codecs.lookup('utf-8'); tw = textwrap.TextWrapper(width=5); sm = difflib.SequenceMatcher(None, 'ab', 'b'); tm = timeit.Timer('1'); ap = argparse.ArgumentParser(); ap.add_argument('-v', action='store_true'); sp = ap.add_subparsers(); sp.add_parser('x'); op = optparse.OptionParser(); sr = secrets.SystemRandom()",
        "assert ck['a'].value == 'b' and ck['a']['path'] == '/' and nd.mean == 1 and list(ts.static_order()) == [2, 1] and cal.firstweekday == 3 and rq.get_header('A') == 'b' and dom.documentElement.tagName == 'a' and dec.decode(b'\\xa9') == 'é' and ci.name == 'utf-8' and tw.width == 5 and sm.ratio() > 0 and ap.parse_args(['-v']).v and tm.timeit(1) >= 0",
    ),
    Case(
        "mapped, masked, borrowed and structured arrays",
        "import numpy as np, tempfile, os\nnp.arange(5000.).tofile('mm.bin'); mm = np.memmap('mm.bin', dtype='f8', mode='r'); fb = np.frombuffer(b'abcd' * 3000, 'u1'); ma = np.ma.array(np.arange(4), mask=[0,1,0,0]); mv = ma[1:]; masked = np.ma.masked; bb = bytearray(8000); fv = np.frombuffer(bb, 'u1'); one = np.ma.masked_all((2,)); ob = np.array([{}, {}], object); obv = ob[:1]; t = ob.reshape(2,1); s0 = np.zeros(3)[1:2]; d = np.dtype([('a', 'f4')]); arr = np.zeros(2, d); sub = arr['a']; dl = [sub, arr.T]",
        "assert list(mm[:3]) == [0,1,2] and masked is np.ma.masked and fb[0] == 97 and not fb.flags.writeable and obv[0] is ob[0] and obv.base is ob and np.shares_memory(t, ob) and np.shares_memory(sub, arr); mv.data[0] = 7; assert ma.data[1] == 7",
        named="mm masked",
    ),
    Case(
        "heirs of frames, extension types",
        "import pandas as pd\nclass DF(pd.DataFrame):\n _metadata = ['note']\n @property\n def _constructor(self): return DF\nd = DF({'a': [1,2]}); d.note = [1]; i = d.index; s = d['a']; si = s.index; d2 = pd.DataFrame({'x': [1]}, index=pd.Index(['k'], dtype=object)); ii = d2.index; cat = pd.CategoricalDtype(['a'], ordered=True); c1 = pd.Series(['a'], dtype=cat); ser = pd.Series([1,2], name=('t', 1)); ts = pd.Timestamp('2020', tz='Europe/Berlin'); per = pd.Period('2020-01', 'M'); iv = pd.Interval(0, 1, 'both'); ex = pd.ExcelWriter if 0 else 1; emp = pd.DataFrame(); dup = pd.DataFrame([[1,2]], columns=['a','a']); mixed = pd.DataFrame({'a':[1,'x',None,[1]]}); dt = pd.DataFrame({'d': pd.to_datetime(['2020', None])}); sc = pd.Series([1.0, None]); arrow = pd.Series(['a', None], dtype='string'); ap = pd.Series([1, None], dtype='int64[pyarrow]'); opt = pd.get_option('display.max_rows'); ho = pd.HDFStore if 0 else 1",
        "assert type(d) is DF and d.note == [1] and d.index is i and len(si) == 2 and d2.index is ii and ii.dtype == object and c1.dtype.ordered and ser.name == ('t', 1) and str(ts.tz) == 'Europe/Berlin' and per.month == 1 and iv.closed == 'both' and emp.empty and list(dup.columns) == ['a','a'] and mixed['a'][3] == [1] and dt['d'].isna()[1] and arrow.isna()[1] and str(ap.dtype) == 'int64[pyarrow]'",
    ),
    Case(
        "modules, classes and functions that were changed by hand",
        "import weakref, types, functools, contextlib, collections, enum\nclass A:\n def m(self): return 1\n @property\n def p(self): return 2\n p.__doc__ if 0 else None\na = A(); wm = weakref.WeakMethod(a.m); it = iter([1,2,3].pop, 0); pr = A.__dict__['p']\nclass DD(dict): pass\nb = A(); b.__dict__ = DD(x=1); b.__dict__.tag = 1 if 0 else None\nclass Mod(types.ModuleType):\n def __getattr__(self, n): return n\nm = Mod('mymod'); m.v = [a]\nst = contextlib.ExitStack(); nc = contextlib.nullcontext(a); us = collections.UserString('a'); us.t = us; K = types.new_class('K', (A,), {}, lambda ns: ns.update(z=a))\nclass Pre(type):\n @classmethod\n def __prepare__(m, n, b, **k): return collections.OrderedDict(pre=1)\nclass Q(metaclass=Pre): x = 1\ndef f(x, *, k=[1]): return x\ng = types.FunctionType(f.__code__, f.__globals__, 'g', f.__defaults__, f.__closure__); g.__kwdefaults__ = f.__kwdefaults__\nf.__code__ = (lambda x, *, k=1: x + 1).__code__; A.__doc__ = 'new doc'; A.__qualname__ = 'Z.A'; A.__annotations__ = {'q': int}",
        "assert type(b.__dict__) is DD and b.x == 1 and type(m) is Mod and m.other == 'other' and m.v[0] is a and nc.enter_result is a and us.t is us and K.z is a and issubclass(K, A) and Q.pre == 1 and f(1) == 2 and g(1) == 1 and g.__kwdefaults__ is f.__kwdefaults__ and A.__doc__ == 'new doc' and A.__qualname__ == 'Z.A' and A.__annotations__ == {'q': int} and A.__dict__['p'] is pr",
        named="wm",
    ),
    Case(
        "enumerations with aliases, methods and members that are none",
        "import enum\nclass C(enum.Enum):\n R = 1\n RED = 1\n G = enum.auto()\n @classmethod\n def _missing_(cls, v): return cls.R\n @enum.nonmember\n class Inner: pass\n def __str__(self): return 'c' + self.name\nclass S(enum.StrEnum): A = enum.auto(); B = 'x'\nclass M(tuple, enum.Enum):\n X = (1, 2)\n @property\n def first(self): return self[0]\nclass H(enum.Enum):\n A = [1]\n def __hash__(self): return hash(self.value[0])\n def __eq__(self, o): return self is o\nC.R.note = [C]; d = {H.A: 1, S.A: 2, C.G: 3}; F = enum.Enum('F', 'P Q', module='other'); fq = F.Q; inner = C.Inner",
        "assert C(99) is C.R and C.RED is C.R and C['RED'] is C.R and str(C.G) == 'cG' and C.R.note[0] is C and S.A == 'a' and M.X.first == 1 and M.X == (1,2) and d[H.A] == 1 and d[S.A] == 2 and d[C.G] == 3 and F.Q is fq and F.__module__ == 'other' and C.Inner is inner",
    ),
    Case(
        "frames of polars",
        "import polars as pl\nd = pl.DataFrame({'a': [1,2], 'b': [[1],[2]]}); s = d['a']; l = d.lazy().filter(pl.col('a') > 1); e = pl.col('a') + 1; sc = d.schema; u = pl.Series(['a','b'], dtype=pl.Categorical); dt = pl.Int64",
        "assert d.equals(pl.DataFrame({'a': [1,2], 'b': [[1],[2]]})) and l.collect().height == 1 and sc['a'] == pl.Int64 and u.dtype == pl.Categorical and dt is pl.Int64",
    ),
    Case(
        "tables of arrow",
        "import pyarrow as pa\nt = pa.table({'a': [1,2]}); a = pa.array([1,None]); sch = t.schema; c = t['a']; buf = pa.py_buffer(b'abc'); sl = t.slice(1); sca = pa.scalar(1)",
        "assert t.num_rows == 2 and a.null_count == 1 and sch.names == ['a'] and sl.num_rows == 1 and sca.as_py() == 1 and buf.to_pybytes() == b'abc'",
    ),
    Case(
        "small things that refer to one another",
        "import collections\nclass UL(collections.UserList): pass\nu = UL([1]); u.x = u.data; dd = collections.defaultdict(lambda: [dd]); dd[1]; o = object(); s = {o}; oo = [o]; n = NotImplemented; e = ...; t = (); t2 = (1, (2, [3])); fs = frozenset([(1, 2)]); by = b'q'; r = range(5, 1, -1); c = 3 + 4j; sl = slice(None, 2)",
        "assert u.x is u.data and dd[5][0] is dd and o in s and oo[0] is o and n is NotImplemented and e is ... and t2[1][1] == [3] and (1,2) in fs and r[0] == 5 and sl.stop == 2",
    ),
)
