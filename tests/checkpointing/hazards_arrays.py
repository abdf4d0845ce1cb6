"""numpy arrays: views, orders, dtypes, subclasses, memory of others."""

# ruff: noqa: E501

from tests.checkpointing.hazards import Case


def case(name: str, setup: str, check: str, mutate: str = "", **more: str) -> Case:
    return Case(
        name, f"import numpy as np\n{setup}", f"import numpy as np\n{check}", mutate, **more
    )


CASES = (
    case(
        "slice",
        "a = np.arange(10_000.); v = a[10:20]; w = v[2:4]",
        "w[0] = -1; assert a[12] == -1 and v[2] == -1 and a[13] == 13 and v.base is a and w.base is a",
        "a[:] = 0",
    ),
    case(
        "small slice, view first",
        "z = np.arange(10); a = z[2:5]; del z; b = a[1:]",
        "b[0] = 50; assert a.tolist() == [2, 50, 4] and a.base.shape == (10,)",
        "a[:] = 0",
    ),
    case(
        "view before its base",
        "b_ = np.arange(5000.); a_view = b_[5:]; c = [b_, a_view]",
        "a_view[0] = -1; assert b_[5] == -1 and c[0] is b_ and c[1] is a_view",
    ),
    case(
        "transpose, reshape, dtype view, strided, negative strides",
        "a = np.arange(24, dtype='i4').reshape(2, 3, 4); t = a.T; r = a.reshape(-1); b = a.view('u1')\n"
        "s = a[:, ::2, 1:]; n = r[::-1]; d = np.einsum('iij->ij', a[:, :2]); m = np.moveaxis(a, 0, 2)\n"
        "sh = [x.strides for x in (a, t, r, b, s, n, d, m)]",
        "assert sh == [x.strides for x in (a, t, r, b, s, n, d, m)]; a[0, 0, 1] = 77\n"
        "assert t[1, 0, 0] == 77 and r[1] == 77 and b[0, 0, 4] == 77 and s[0, 0, 0] == 77 and n[-2] == 77\n"
        "assert d[0, 1] == 77 and m[0, 1, 0] == 77 and np.shares_memory(n, d)",
        "a[:] = 0",
    ),
    case(
        "diagonal, broadcast, sliding window, as_strided",
        "a = np.arange(9.).reshape(3, 3); d = a.diagonal(); b = np.broadcast_to(a[0], (4, 3))\n"
        "w = np.lib.stride_tricks.sliding_window_view(a[1], 2); s = np.lib.stride_tricks.as_strided(a, (3,), (32,))\n"
        "z = np.broadcast_to(5, (3,))",
        "a[0, 0] = 9; a[1, 1] = 8; assert d.tolist() == [9, 8, 8] and b[3, 0] == 9 and w[0, 1] == 8 and s[1] == 8\n"
        "assert not d.flags.writeable and not b.flags.writeable and b.strides == (0, 8) and z.tolist() == [5, 5, 5]",
        "a[:] = 0",
    ),
    case(
        "0-d, empty, scalars",
        "z = np.array(5.); v = z[...]; e = np.empty((0, 3)); ev = e[:0]; f = np.float32(1.5); s = np.str_('x')\n"
        "b = np.bool_(True); dt = np.datetime64('2024-01-01', 'D'); nat = np.timedelta64('NaT'); vo = np.zeros(2, 'i4,f8')[1]",
        "v[...] = 6; assert z == 6 and e.shape == (0, 3) and ev.shape == (0, 3) and type(f) is np.float32 and f == 1.5\n"
        "assert type(s) is np.str_ and b is np.True_ and dt == np.datetime64('2024-01-01') and np.isnat(nat) and vo == np.zeros(1, 'i4,f8')[0]",
        "z[...] = 0",
    ),
    case(
        "F-order and other orders",
        "f = np.asfortranarray(np.arange(6000.).reshape(60, 100)); v = f[:, 3]; t = f.T; c = np.arange(24.).reshape(2, 3, 4).transpose(1, 0, 2).copy('K')\n"
        "r = f.ravel('F'); st = c.strides",
        "assert f.flags.f_contiguous and not f.flags.c_contiguous and c.strides == st; r[180] = -1\n"
        "assert f[0, 3] == -1 and v[0] == -1 and t[3, 0] == -1 and f[1, 0] == 100 and c[1, 0, 0] == 4 and c.flags.owndata",
        "f[:] = 0",
    ),
    case(
        "structured",
        "a = np.zeros(3000, [('x', 'f8'), ('y', 'i4', (2,)), ('z', 'S3')]); x = a['x']; y = a['y']; two = a[['x', 'z']]; row = a[1]\n"
        "al = np.zeros(2, np.dtype([('a', 'i1'), ('b', 'f8')], align=True)); tt = np.dtype([(('title', 'n'), 'f4')])",
        "a['x'][5] = 7; assert x[5] == 7 and two['x'][5] == 7; y[0, 1] = 3; assert a['y'][0, 1] == 3\n"
        "a['x'][1] = 4; assert row['x'] == 4 and al.dtype.isalignedstruct and tt.fields['title'][0] == 'f4'",
        "a['x'] = 9",
    ),
    case(
        "structured with objects",
        "l = [1]; a = np.zeros(3, [('o', 'O'), ('x', 'f8')]); a['o'][0] = l; b = a; v = a[1:]; x = a['x']; o = a['o']; r = a[1]",
        "assert a['o'][0] is l and b is a; a[1] = (5, 6.); assert v[0]['o'] == 5 and x[1] == 6 and o[1] == 5",
        "l.append(2); a['x'] = 5",
        named="r",
    ),
    case(
        "structured with objects, of parts",
        "l = [1]; a = np.zeros(4, [('o', 'O'), ('x', 'f8')]); a['o'][0] = l; s = a[::-2]; r = a.reshape(2, 2)",
        "assert a['o'][0] is l; a[1] = (5, 6.); assert s[1]['o'] == 5 and r[0, 1]['x'] == 6",
        "l.append(2); a['x'] = 5",
    ),
    case(
        "object dtype and its views",
        "l = [1]; a = np.array([l, None, 'x', l], object); v = a[1:]; r = a[::-1]; t = np.empty((2, 2), object); t[:] = [[l, a], [t, 5]]; tv = t.T\n"
        "m = a.reshape(2, 2); e = np.empty(0, object)",
        "assert a[0] is l and a[3] is l and v[2] is l and t[1, 0] is t and t[0, 1] is a and tv[0, 1] is t and e.dtype == object\n"
        "a[1] = 'new'; assert v[0] == 'new' and r[2] == 'new' and m[0, 1] == 'new'; t[1, 1] = 6; assert tv[1, 1] == 6",
        "l.append(1); a[:] = 0",
    ),
    case(
        "object arrays in other orders",
        "o = np.arange(24).astype(object).reshape(2, 3, 4).transpose(1, 0, 2).copy('K'); v = o[1:]; st = o.strides; s = np.array(['a', 'b', 'c', 'd'], 'T').reshape(2, 2).T.copy('K'); r = o.copy(); r.flags.writeable = False",
        "assert o.strides == st and o[:, 1, 2].tolist() == [14, 18, 22] and v[0, 1, 2] == 18 and s.tolist() == [['a', 'c'], ['b', 'd']] and not r.flags.writeable",
    ),
    case(
        "object arrays of arrays, F-order, 0-d",
        "x = np.arange(3); o = np.empty(2, object); o[0] = x; o[1] = x[1:]; f = np.empty((2, 3), object, 'F'); f[:] = [[1, 2, 3], [4, 5, 6]]; z = np.array(None, object); z[()] = z",
        "x[1] = 9; assert o[0] is x and o[1][0] == 9 and f.flags.f_contiguous and f.tolist() == [[1, 2, 3], [4, 5, 6]] and z.item() is z",
        "x[:] = 0",
    ),
    case(
        "masked arrays",
        "base = np.arange(5.); m = np.ma.array(base, mask=[0, 1, 0, 0, 1], copy=False); d = m.data; v = m[1:3]; k = m.mask; own = np.ma.arange(4) + 1\n"
        "none = np.ma.array([1, 2]); mm = np.ma.masked; h = np.ma.array([1, 2], mask=[1, 0], hard_mask=True, fill_value=99); s = np.ma.masked_all((2, 2)); lm = [mm]",
        "base[2] = 50; assert m[2] == 50 and d[2] == 50 and v[1] == 50 and m.mask.tolist() == [0, 1, 0, 0, 1] and mm is np.ma.masked\n"
        "assert own.tolist() == [1, 2, 3, 4] and h.hardmask and h.fill_value == 99 and none.mask is np.ma.nomask and m[1] is mm and s.mask.all() and lm[0] is mm\n"
        "m[0] = np.ma.masked; assert m.mask[0] and k.tolist()[1:] == [1, 0, 0, 1] and v.mask.tolist() == [1, 0]",
        "m[:] = 0; base[:] = 3",
        named="mm",
    ),
    case(
        "masked arrays sharing a mask",
        "m = np.ma.array([1, 2, 3], mask=[0, 0, 1]); k = m._mask; w = m.view(); rec = np.ma.array([(1, 2.)], dtype='i4,f8', mask=[(1, 0)])",
        "k[0] = True; assert m.mask.tolist() == [1, 0, 1] and w.mask[0] and rec.mask[0].tolist() == (True, False)",
        "m.mask = False",
    ),
    case(
        "matrix, recarray, chararray",
        "m = np.matrix([[1., 2.], [3., 4.]]); mv = m[0]; ma = m.A; r = np.rec.array([(1, 'a'), (2, 'b')], names='n,s'); rn = r.n; r1 = r[1:]\n"
        "a = np.zeros(3, 'i4,f8'); rv = a.view(np.recarray); own = np.recarray(3, [('q', 'f8')]); own.q = 1.; oq = own.q; op = own.view(np.ndarray)",
        "m[0, 1] = 9; assert mv[0, 1] == 9 and ma[0, 1] == 9 and type(mv) is np.matrix and (m * m).shape == (2, 2)\n"
        "r.n[1] = 7; assert rn[1] == 7 and r1.n[0] == 7 and type(r1) is np.recarray; a['f1'][0] = 5; assert rv.f1[0] == 5\n"
        "own.q[1] = 8; assert oq[1] == 8 and op['q'][1] == 8",
        "m[:] = 0; r.n[:] = 0; own.q = 0",
    ),
    case(
        "subclass of one's own",
        "class A(np.ndarray):\n def __array_finalize__(self, o): self.tag = getattr(o, 'tag', None)\n"
        "base = np.arange(5.); a = base.view(A); a.tag = [1]; v = a[1:]; own = np.ndarray.__new__(A, (3,)); own[:] = 2; own.tag = a; ov = own[1:]; p = np.asarray(own)",
        "base[1] = 50; assert a[1] == 50 and v[0] == 50 and type(v) is A and a.tag == [1] and v.tag is a.tag and own.tag is a\n"
        "own[1] = 9; assert ov[0] == 9 and p[1] == 9 and own.flags.owndata",
        "a[:] = 0; own[:] = 0; a.tag.append(1)",
    ),
    case(
        "subclass with a reduce of its own",
        "class A(np.ndarray):\n def __reduce__(self): return (make, (self.tolist(),))\ndef make(l): return np.array(l).view(A)\n"
        "a = np.arange(3.).view(A); own = np.ndarray.__new__(A, (2,)); own[:] = 1; v = own.view(np.ndarray)",
        "assert issubclass(A, np.ndarray) and v.tolist() == [1, 1]",
        "a[:] = 5; own[:] = 7",
        named="a own v",
    ),
    case(
        "read-only",
        "a = np.arange(5000.); a.flags.writeable = False; v = a[1:]; w = np.arange(3.); ro = w[:]; ro.flags.writeable = False; b = np.frombuffer(b'x' * 16)",
        "assert not a.flags.writeable and not v.flags.writeable and w.flags.writeable and not ro.flags.writeable and not b.flags.writeable; w[0] = 5; assert ro[0] == 5",
    ),
    case(
        "writable view of what is read-only by now",
        "a = np.arange(5000.); v = a[1:]; a.flags.writeable = False",
        "v[0] = 50; assert a[1] == 50 and not a.flags.writeable",
    ),
    case(
        "frombuffer on bytes, bytearray, array, memoryview",
        "import array\nb = bytes(range(80)); f = np.frombuffer(b, 'u1', offset=8); ba = bytearray(80); g = np.frombuffer(ba, 'f8', 5, offset=16); g2 = g[1:3]\n"
        "ar = array.array('d', [1, 2, 3]); h = np.frombuffer(ar); mv = np.asarray(memoryview(ba)); part = np.frombuffer(memoryview(ba)[40:], 'u1')",
        "assert f[0] == 8 and bytes(f) == b[8:]; g[1] = 1.; assert ba[24:32] == np.float64(1).tobytes() and g2[0] == 1\n"
        "ar[1] = 9; assert h[1] == 9; ba[2] = 7; assert mv[2] == 7; ba[41] = 5; assert part[1] == 5",
        "g[:] = 3; h[:] = 0",
    ),
    case(
        "memory of ctypes",
        "import ctypes\nc = (ctypes.c_int * 4)(1, 2, 3, 4); a = np.ctypeslib.as_array(c); ok = np.arange(3)",
        "assert ok.tolist() == [0, 1, 2] and a.tolist() == [1, 2, 3, 4]",
        "a[:] = 0; ok[:] = 0",
        named="a",
    ),
    case(
        "memmap",
        "a = np.memmap('m.bin', 'f8', 'w+', shape=(100,)); a[:] = 5; a.flush(); r = np.memmap('m.bin', 'f8', 'r'); c = np.memmap('m.bin', 'f8', 'c')\n"
        "v = a[3:]; import os; p = os.path.abspath('m.bin')",
        "assert type(a) is np.memmap and a.shape == (100,) and a.mode == 'r+' or a.mode == 'w+'; assert r.filename == p",
        "a = r = None; v = c = 0",
        named="v c a r",
    ),
    case(
        "dates, strings, bool, complex, big-endian, half, long",
        "a = [np.array(['2024-01-01', 'NaT'], 'M8[us]'), np.array([1, 2], 'm8[s]'), np.array(['é', 'ab']), np.array([b'x', b'yy']), np.array([True, False]), np.array([1j]),\n"
        " np.array([1, 2], '>i4'), np.array([1.5], 'f2'), np.array([1.5], 'g'), np.array([1, 2], '<U3'), np.zeros(2, 'V5'), np.zeros(3000, '>f8')]\n"
        "v = a[6][1:]; d = [x.dtype.str for x in a]; b = a[0].view('i8')",
        "assert d == [x.dtype.str for x in a] and np.isnat(a[0][1]) and a[2].tolist() == ['é', 'ab'] and a[5][0] == 1j and a[6].tolist() == [1, 2]\n"
        "v[0] = 9; assert a[6][1] == 9 and a[7][0] == 1.5 and a[8][0] == 1.5; b[0] = 0; assert a[0][0] == np.datetime64(0, 'us')",
    ),
    case(
        "StringDType",
        "s = np.array(['a', 'é' * 50, ''], np.dtypes.StringDType()); v = s[1:]; na = np.array(['x', None], np.dtypes.StringDType(na_object=None)); al = s; r = s[::-1]",
        "assert s.tolist() == ['a', 'é' * 50, ''] and al is s and na.tolist() == ['x', None] and na.dtype.na_object is None; s[1] = 'new'; assert len(al) == 3",
        "s[0] = 'z'",
        named="v r",
    ),
    case(
        "dtypes, ufuncs, flat iterators, nditer",
        "d = np.dtype('f8'); e = np.dtype([('a', 'i4')]); u = np.add; at = np.add.reduce; a = np.arange(3); fl = a.flat; nd = np.nditer(a); vec = np.vectorize(lambda x: x + 1); fp = np.frompyfunc(lambda x: x, 1, 1)\n"
        "po = np.poly1d([1, 2]); md = np.dtype('f8', metadata={'k': [1]})",
        "assert d is np.dtype('f8') and e == np.dtype([('a', 'i4')]) and u is np.add and at(a) == 3 and vec(1) == 2 and po(1) == 3 and md.metadata['k'] == [1]",
        named="fl nd fp",
    ),
    case(
        "array in many containers, once stored",
        "a = np.arange(100_000.); l = [a, a]; d = {'a': a}; t = (a[:10],)\nclass O: pass\no = O(); o.a = a",
        "assert l[0] is a and l[1] is a and d['a'] is a and o.a is a; a[0] = -1; assert t[0][0] == -1",
        "a[:] = 0",
    ),
    case(
        "array written to by fancy views of views",
        "a = np.zeros((100, 100)); b = a[10:50, 10:50]; c = b.T[::2, 5:]; d = c.reshape(20, 5, 7)",
        "d[1, 2, 3] = 5; assert np.count_nonzero(a) == 1 and np.count_nonzero(c) == 1 and np.shares_memory(a, d) and a.sum() == 5",
        "a[:] = 1",
    ),
    case(
        "view of an array that lost its owner",
        "def part(): return np.arange(10_000.)[::7]\na = part(); b = a[1:]",
        "b[0] = -1; assert a[1] == -1 and a[2] == 14 and a.strides == (56,)",
        "a[:] = 0",
    ),
    case(
        "scipy sparse matrices that share their data",
        "import scipy.sparse as sp\nm = sp.csr_matrix(np.eye(50)); d = m.data; t = m.T; c = sp.coo_array(([1.], ([0], [1])), shape=(2, 2))",
        "d[0] = 9; assert m[0, 0] == 9 and t[0, 0] == 9 and c.toarray()[0, 1] == 1",
        "d[:] = 0",
    ),
    case(
        "arrays in a dict of arrays (npz), lazily read",
        "np.savez('x.npz', a=np.arange(3)); z = np.load('x.npz'); l = dict(np.load('x.npz'))",
        "assert l['a'].tolist() == [0, 1, 2]",
        "z.close()",
        named="z",
    ),
)
