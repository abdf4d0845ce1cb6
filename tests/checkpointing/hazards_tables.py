"""pandas, polars, pyarrow, scikit-learn, matplotlib."""

# ruff: noqa: E501

from tests.checkpointing.hazards import Case


def case(name: str, setup: str, check: str, mutate: str = "", **more: str) -> Case:
    lines = "import numpy as np, pandas as pd\n"
    return Case(name, lines + setup, lines + check, mutate, **more)


CASES = (
    case(
        "frame alias and column",
        "df = pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']}); al = df; s = df['a']",
        "assert al is df and df.equals(pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})); df.loc[0, 'a'] = 9\n"
        "assert s.tolist() == [1, 2] and al.loc[0, 'a'] == 9",
        "df['c'] = 1; df.loc[0, 'a'] = 5",
    ),
    case(
        "frames that share memory by copy-on-write",
        "df = pd.DataFrame(np.arange(20_000.).reshape(-1, 2), columns=['a', 'b']); v = df[10:]; c = df.copy(deep=False); s = df['a']; r = df.rename(columns=str.upper); h = df.head()",
        "assert np.shares_memory(df['a'].values, s.values) and np.shares_memory(df['a'].values, r['A'].values); df.loc[10, 'a'] = -1\n"
        "assert v.loc[10, 'a'] == 20 and c.loc[10, 'a'] == 20 and s[10] == 20 and r.loc[10, 'A'] == 20; s[0] = -5; assert c.loc[0, 'a'] == 0 and h.loc[0, 'a'] == 0 and df.loc[0, 'a'] == 0",
        "df.loc[:, 'a'] = 0",
    ),
    case(
        "unshared frame is written in place",
        "df = pd.DataFrame({'a': np.arange(5000.)}); values = df['a'].values",
        "assert np.shares_memory(values, df['a'].values); df.iloc[0, 0] = 7; assert df.iloc[0, 0] == 7 and values[0] == 7",
    ),
    case(
        "series and index share",
        "i = pd.Index([1., 2., 3.]); s = pd.Series(i); df = pd.DataFrame({'a': 1}, index=i); j = df.index; t = i.to_series()",
        "s[0] = 50; assert i.tolist() == [1, 2, 3] and j.tolist() == [1, 2, 3]; t.iloc[1] = 9; assert i.tolist() == [1, 2, 3] and j is i or j.equals(i)",
        "s[1] = 7",
    ),
    case(
        "index identity",
        "df = pd.DataFrame({'a': [1, 2]}, index=pd.Index(['x', 'y'], name='n')); i = df.index; c = df.columns; d2 = pd.DataFrame({'b': [1, 2]}, index=i); s = df['a']",
        "assert df.index is i and df.columns is c and d2.index is i and i.name == 'n'",
        "df.index.name = 'q'",
    ),
    case(
        "frame on numpy memory without a copy",
        "a = np.arange(10_000.).reshape(-1, 2); df = pd.DataFrame(a, copy=False); s = pd.Series(a[:, 0], copy=False)",
        "a[0, 0] = 77; assert df.iloc[0, 0] == 77 and s[0] == 77",
        "a[:] = 0",
    ),
    case(
        "values of a frame",
        "df = pd.DataFrame(np.arange(10_000.).reshape(-1, 2)); v = df.values; n = df[0].to_numpy()",
        "assert not v.flags.writeable and np.shares_memory(v, df[0].values) and np.shares_memory(n, v) and v[1, 1] == 3",
        "df.iloc[0, 0] = 5",
    ),
    case(
        "categories, zones, periods, intervals, sparse",
        "c = pd.Categorical(['a', 'b', 'a'], ordered=True); s = pd.Series(c); dt = pd.date_range('2024', periods=3, tz='Europe/Paris'); d = pd.Series(dt)\n"
        "p = pd.period_range('2024-01', periods=3, freq='M'); i = pd.interval_range(0, 3); td = pd.to_timedelta([1, 2], 's'); sp = pd.arrays.SparseArray([0, 0, 1]); ts = pd.Timestamp('2024', tz='UTC')",
        "assert s.cat.ordered and list(s) == ['a', 'b', 'a'] and d.dt.tz is not None and str(d.dt.tz) == 'Europe/Paris' and dt.freq == 'D' and i[0] == pd.Interval(0, 1)\n"
        "assert p.freqstr == 'M' and list(sp) == [0, 0, 1] and td[1] == pd.Timedelta(2, 's') and ts == pd.Timestamp('2024', tz='UTC') and d.equals(pd.Series(dt))",
        "s.iloc[0] = 'b'",
    ),
    case(
        "MultiIndex",
        "m = pd.MultiIndex.from_product([['a', 'b'], [1, 2]], names=['x', 'y']); df = pd.DataFrame({'v': range(4)}, index=m); u = df.unstack(); lv = m.levels[0]",
        "assert df.index is m and df.loc[('b', 1), 'v'] == 2 and u.columns.nlevels == 2 and m.names == ['x', 'y'] and lv.tolist() == ['a', 'b']",
        "df.loc[('b', 1), 'v'] = 9",
    ),
    case(
        "extension dtypes",
        "df = pd.DataFrame({'i': pd.array([1, None], 'Int64'), 'b': pd.array([True, None], 'boolean'), 's': pd.array(['x', None], 'string'), 'f': pd.array([1.5, None], 'Float64'), 'a': pd.array([1, None], 'int64[pyarrow]'), 'py': pd.array(['q', None], 'string[python]')})\n"
        "na = pd.NA; nat = pd.NaT; i = df['i']; arr = df['i'].array",
        "assert na is pd.NA and nat is pd.NaT and df['i'][1] is pd.NA and df.dtypes.astype(str).tolist() == ['Int64', 'boolean', 'string', 'Float64', 'int64[pyarrow]', 'string']\n"
        "df.loc[0, 'i'] = 5; assert i[0] == 1 and df['s'][0] == 'x' and df['py'][0] == 'q' and df['a'][0] == 1 and arr[0] == 1",
        "df.loc[0, 'i'] = 7; df.loc[0, 's'] = 'm'",
    ),
    case(
        "string columns that share",
        "s = pd.Series(['a', 'b', None] * 1000); v = s[:10]; df = pd.DataFrame({'s': s}); o = pd.Series(['x', 1], dtype=object)",
        "s[0] = 'new'; assert v[0] == 'a' and df['s'][0] == 'a' and df['s'].isna().sum() == 1000 and o[1] == 1 and s.dtype == 'str'",
        "v[1] = 'z'; df.loc[3, 's'] = 'q'",
    ),
    case(
        "attrs, flags, subclass",
        "df = pd.DataFrame({'a': [1]}); l = [1]; df.attrs['k'] = l; d = df.set_flags(allows_duplicate_labels=False)\n"
        "class F(pd.DataFrame):\n _metadata = ['tag']\n @property\n def _constructor(self): return F\nf = F({'a': [1]}); f.tag = l",
        "assert df.attrs['k'] is l and not d.flags.allows_duplicate_labels and type(f) is F and f.tag is l and type(f.head()) is F",
        "df.attrs['k'] = 0; f.tag = 0",
    ),
    case(
        "groupby, rolling, styler, accessor, loc",
        "df = pd.DataFrame({'g': list('aab'), 'v': [1., 2., 3.]}); g = df.groupby('g'); r = df['v'].rolling(2); loc = df.loc; st = df['g'].str",
        "assert g['v'].sum().tolist() == [3, 3] and g.obj is df and r.sum().tolist()[1] == 3 and loc[0, 'v'] == 1 and st.upper().tolist() == ['A', 'A', 'B']",
        "df.loc[0, 'v'] = 9",
    ),
    case(
        "frame of objects that are shared",
        "l = [1]; df = pd.DataFrame({'o': [l, None]}, dtype=object); s = pd.Series([l, df]); d = {'df': df}",
        "assert df['o'][0] is l and s[0] is l and s[1] is df and d['df'] is df",
        "l.append(2)",
    ),
    case(
        "frame with nan of object columns",
        "df = pd.DataFrame({'o': ['a', np.nan]}, dtype=object); f = pd.DataFrame({'x': [1., np.nan], 's': ['a', np.nan]})",
        "assert df['o'].isna().tolist() == [False, True] and np.isnan(f['x'][1])",
        named="df",
    ),
    case(
        "duplicate and mixed columns, empty frames, views after insert",
        "df = pd.DataFrame([[1, 2.], [3, 4.]], columns=['a', 'a']); e = pd.DataFrame(); n = pd.DataFrame(index=[1, 2]); w = pd.DataFrame({'a': [1], 'b': [2.], 'c': [3]}); w['d'] = w['a']; del w['b']",
        "assert df.shape == (2, 2) and df.columns.tolist() == ['a', 'a'] and e.empty and n.shape == (2, 0) and w.columns.tolist() == ['a', 'c', 'd']; w.loc[0, 'd'] = 5; assert w.loc[0, 'a'] == 1",
        "w.loc[0, 'a'] = 5",
    ),
    case(
        "categorical codes and array of an index that share",
        "c = pd.CategoricalIndex(['a', 'b']); s = pd.Series(c, copy=False); codes = c.codes; r = pd.RangeIndex(3); sr = pd.Series(range(3), index=r)",
        "s.iloc[0] = 'b'; assert c.tolist() == ['a', 'b'] and codes.tolist() == [0, 1] and sr.index is r",
    ),
    case(
        "time offsets, grouper, options",
        "o = pd.offsets.BDay(3); g = pd.Grouper(key='a'); o2 = pd.tseries.frequencies.to_offset('2h'); ix = pd.IndexSlice",
        "assert pd.Timestamp('2024-01-01') + o == pd.Timestamp('2024-01-04') and g.key == 'a' and o2 == pd.offsets.Hour(2)",
        named="ix",
    ),
    Case(
        "polars",
        "import polars as pl\ndf = pl.DataFrame({'a': [1, 2], 's': ['x', None]}); al = df; s = df['a']; lz = df.lazy().filter(pl.col('a') > 1); e = pl.col('a') + 1\n"
        "t = pl.Int64; t2 = pl.List(pl.Int8); g = df.group_by('a'); big = pl.DataFrame({'x': range(10_000)})",
        "import polars as pl\nassert al is df and df.equals(pl.DataFrame({'a': [1, 2], 's': ['x', None]})) and lz.collect().height == 1 and s.to_list() == [1, 2]\n"
        "assert df.select(e)['a'].to_list() == [2, 3] and t is pl.Int64 and t2 == pl.List(pl.Int8) and big['x'].sum() == 49995000 and g.df is df",
        "df[0, 'a'] = 9",
    ),
    Case(
        "polars and numpy that share memory",
        "import polars as pl, numpy as np\na = np.arange(5000.); s = pl.Series(a); v = s.to_numpy()",
        "assert s.sum() == a.sum() == v.sum() and not v.flags.writeable",
        named="a v",
    ),
    Case(
        "pyarrow",
        "import pyarrow as pa\nt = pa.table({'a': [1, 2], 's': ['x', None]}); c = t['a']; al = t; b = pa.py_buffer(b'abc'); sl = pa.array(range(1000)).slice(5, 3)\n"
        "sc = pa.scalar(5); ty = pa.list_(pa.int8()); sch = t.schema; rb = pa.record_batch({'a': [1]}); d = pa.array(['a', 'a']).dictionary_encode(); n = pa.array([1., 2.]).to_numpy()",
        "import pyarrow as pa\nassert al is t and t.to_pydict() == {'a': [1, 2], 's': ['x', None]} and c.to_pylist() == [1, 2] and sl.to_pylist() == [5, 6, 7]\n"
        "assert sc == pa.scalar(5) and ty == pa.list_(pa.int8()) and sch.names == ['a', 's'] and rb.num_rows == 1 and d.to_pylist() == ['a', 'a'] and n.tolist() == [1, 2] and b.to_pybytes() == b'abc'",
    ),
    Case(
        "pyarrow on numpy memory",
        "import pyarrow as pa, numpy as np\na = np.arange(1000.); p = pa.array(a)",
        "assert p.to_pylist()[5] == 5 == a[5]",
        "a[:] = 0",
        named="a p",
    ),
    Case(
        "fitted models and pipelines",
        "import numpy as np\nfrom sklearn.linear_model import LinearRegression\nfrom sklearn.ensemble import RandomForestClassifier\nfrom sklearn.pipeline import make_pipeline\n"
        "from sklearn.preprocessing import StandardScaler, FunctionTransformer\nX = np.arange(20.).reshape(10, 2); y = np.arange(10) % 2\n"
        "def double(x): return x * 2\nsc = StandardScaler(); p = make_pipeline(sc, FunctionTransformer(double), LinearRegression()).fit(X, y)\n"
        "rf = RandomForestClassifier(3, random_state=0).fit(X, y); tree = rf.estimators_[0]; want = rf.predict_proba(X), p.predict(X); f = rf.predict",
        "assert (rf.predict_proba(X) == want[0]).all() and (p.predict(X) == want[1]).all() and p.steps[0][1] is sc and rf.estimators_[0] is tree and f.__self__ is rf\n"
        "assert p.steps[1][1].func is double",
        "rf.n_estimators = 5; sc.mean_[:] = 0; rf.estimators_.pop()",
    ),
    Case(
        "memory of a tree",
        "import numpy as np\nfrom sklearn.tree import DecisionTreeClassifier\nt = DecisionTreeClassifier().fit([[0.], [1.]], [0, 1]); th = t.tree_.threshold; ok = 1",
        "assert ok == 1 and t.predict([[1.]])[0] == 1 and th.shape == t.tree_.threshold.shape",
        named="th",
    ),
    Case(
        "matplotlib figure",
        "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots(); (line,) = ax.plot([1, 2], [3, 4]); l = ax.lines[0]; cm = plt.cm.viridis; axs = [ax]",
        "assert fig.axes[0] is ax and ax.lines[0] is line and l is line and line.get_ydata().tolist() == [3, 4]\n"
        "line.set_ydata([5, 6]); fig.canvas.draw(); assert axs[0] is ax and ax.figure is fig",
        "line.set_ydata([9, 9]); ax.set_title('x')",
        named="cm",
        tidy="plt.close('all')",
    ),
    Case(
        "column labels that cannot be shown",
        "import pandas as pd\nclass L:\n def __str__(self): raise ValueError\n __repr__ = __str__\nl = L(); df = pd.DataFrame({10 ** 5000: [1], l: [2]}); x = 1",
        "assert df[10 ** 5000][0] == 1 and df[l][0] == 2 and x == 1",
    ),
)
