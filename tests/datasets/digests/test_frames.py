"""The law of digests: what is the same data is the same, any single difference is another."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.datasets.digests import digest_object
from cellbook.errors import InvalidInput

CSV = """\
name,n,x,when,flag,empty
ann,1,0.5,2020-01-01,True,
büb,2,,2021-06-01,False,
,3,-0.0,,True,
"""

PINNED = {
    # What pandas 2.2 and 3.1 both make of the same file: another digest would be another format.
    "csv": "3c3ce8b8774e8fb345a7ed2c9e0ddba2f79d578e1961c77594ef3bfb9f8675de",
    "indexed": "d94f6c634eedbcc84205b97feb0254d3a9a312817c26c0c99954324ca43e0f4e",
    "categories": "c219a473577c1f412afa3a7e66d9f5630997b07a4ba9a7d77663b288c631825d",
    "zone": "8f644e6a730ee5852b09587222045a023b1350ec66c9dce25548da88eb0d595a",
}


def digest(data: Any) -> str:
    return digest_object(data).digest


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "n": [1, 2, 3],
            "x": [0.5, np.nan, -0.0],
            "s": ["a", "b", "ü"],
            "t": pd.to_datetime(["2020-01-01", None, "2021-01-01"]),
            "c": pd.Categorical(["u", "v", "u"], ["u", "v"]),
            "b": [True, False, True],
        }
    )


def test_digests_of_a_file_are_those_of_every_pandas() -> None:
    read = pd.read_csv(io.StringIO(CSV), parse_dates=["when"])
    found = {
        "csv": read,
        "indexed": read.set_index("n"),
        "categories": read.assign(name=read.name.astype("category")),
        "zone": read.assign(when=read.when.dt.tz_localize("Europe/Berlin")),
    }
    assert {name: digest(one) for name, one in found.items()} == {
        name: f"cellbook-frame-1:{one}" for name, one in PINNED.items()
    }


DIFFERENT = {
    "renamed": lambda f: f.rename(columns={"n": "m"}),
    "name of another type": lambda f: f.rename(columns={"n": 0}),
    "order of columns": lambda f: f[["x", "n", "s", "t", "c", "b"]],
    "order of rows": lambda f: f.iloc[[0, 2, 1]].reset_index(drop=True),
    "fewer rows": lambda f: f.iloc[:2],
    "fewer columns": lambda f: f.drop(columns="b"),
    "int32": lambda f: f.astype({"n": "int32"}),
    "uint64": lambda f: f.astype({"n": "uint64"}),
    "float": lambda f: f.astype({"n": "float64"}),
    "nullable": lambda f: f.astype({"n": "Int64"}),
    "object": lambda f: f.astype({"n": object}),
    "bool as int": lambda f: f.astype({"b": "int64"}),
    "bool as object": lambda f: f.astype({"b": object}),
    "zero": lambda f: f.assign(x=[0.5, np.nan, 0.0]),
    "one value": lambda f: f.assign(n=[1, 2, 4]),
    "None": lambda f: f.assign(s=pd.Series(["a", None, "ü"], dtype=object)),
    "NaN": lambda f: f.assign(s=pd.Series(["a", np.nan, "ü"], dtype=object)),
    "NA": lambda f: f.assign(s=pd.Series(["a", pd.NA, "ü"], dtype=object)),
    "empty text": lambda f: f.assign(s=["a", "", "ü"]),
    "text moved over": lambda f: f.assign(s=["ab", "", "ü"]),
    "string": lambda f: f.astype({"s": "string"}),
    "zone": lambda f: f.assign(t=f.t.dt.tz_localize("UTC")),
    "other zone": lambda f: f.assign(t=f.t.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")),
    "moment": lambda f: f.assign(t=f.t + pd.Timedelta(1, "ns")),
    "order of categories": lambda f: f.assign(c=f.c.cat.reorder_categories(["v", "u"])),
    "more categories": lambda f: f.assign(c=f.c.cat.add_categories(["w"])),
    "ordered": lambda f: f.assign(c=f.c.cat.as_ordered()),
    "categories as text": lambda f: f.assign(c=f.c.astype(f.s.dtype)),
    "index": lambda f: f.set_index("n"),
    "shifted index": lambda f: f.set_axis([1, 2, 3]),
    "named index": lambda f: f.rename_axis("row"),
    "float index": lambda f: f.set_axis([0.0, 1.0, 2.0]),
    "named columns": lambda f: f.rename_axis(columns="what"),
    "columns of two levels": lambda f: f.set_axis(
        pd.MultiIndex.from_product([["a"], f.columns]), axis=1
    ),
}


def test_every_change_is_another_digest() -> None:
    found = {name: digest(change(frame())) for name, change in DIFFERENT.items()}
    found["as it is"] = digest(frame())
    assert len(set(found.values())) == len(found)


SAME = {
    "copy": lambda f: f.copy(),
    "one block a column": lambda f: pd.concat([f[[name]] for name in f], axis=1),
    "two pieces": lambda f: pd.concat([f[:1], f[1:]]),
    "reset": lambda f: f.set_axis([2, 1, 0]).reset_index(drop=True),
    "index of numbers that count": lambda f: f.set_axis(np.arange(3)),
    "order of bytes": lambda f: f.assign(x=f.x.to_numpy().astype(">f8")),
    "a view": lambda f: pd.concat([f, f]).iloc[::1][:3],
    "strided": lambda f: f.loc[np.repeat([0, 1, 2], 2)].iloc[::2].reset_index(drop=True),
    "other NaN": lambda f: f.assign(x=[0.5, np.array([-1], "i8").view("f8")[0], -0.0]),
    "seconds": lambda f: f.assign(t=f.t.astype("datetime64[s]")),
    "nanoseconds": lambda f: f.assign(t=f.t.astype("datetime64[ns]")),
    "objects that are texts": lambda f: f.astype({"s": object}),
    "texts of pyarrow": lambda f: f.astype({"s": pd.StringDtype("pyarrow", na_value=np.nan)}),
    "texts of python": lambda f: f.astype({"s": pd.StringDtype("python", na_value=np.nan)}),
    "attributes": lambda f: _with_attributes(f),
}


def _with_attributes(f: pd.DataFrame) -> pd.DataFrame:
    f.attrs["note"] = "x"
    return f


@pytest.mark.parametrize("name", SAME)
def test_what_is_the_same_has_the_same_digest(name: str) -> None:
    assert digest(SAME[name](frame())) == digest(frame())


def test_data_stays_as_it_is() -> None:
    one = frame()
    digest(one)
    pd.testing.assert_frame_equal(one, frame())


def test_arrow_and_polars_are_pandas_where_the_schema_is_the_same() -> None:
    names = ["n", "s", "t", "b"]
    one = frame()[names]
    table = pa.Table.from_pandas(one)
    assert digest(table) == digest(one)
    assert digest(pl.from_arrow(table)) == digest(one)
    assert digest(pa.Table.from_pandas(frame()[["c"]])) == digest(frame()[["c"]])
    assert digest(pa.table({"x": [1.0, None]})) != digest(pa.table({"x": [1.0, float("nan")]}))
    assert digest(table.to_batches()[0]) == digest(one)


def test_far_moments_are_told_apart() -> None:
    years = ["0001-01-01", "1500-01-01", "9999-12-31"]
    far = pd.DataFrame({"t": np.array(years, "M8[s]")})
    assert digest(far) == digest(far.astype("datetime64[us]"))
    # 2**64 nanoseconds later, the lower half is the same.
    later = far.astype("datetime64[us]") + pd.Timedelta(2**64 // 1000, "us")
    assert digest(later) != digest(far)


VALUES: list[Any] = [
    True, False, 1, 0, 1.0, 0.0, -0.0, float("nan"), None, pd.NA, pd.NaT, "", "1", b"1", b"",
    1 + 0j, dt.date(2020, 1, 1), dt.datetime(2020, 1, 1), dt.time(1), dt.timedelta(1),
    dt.datetime(2020, 1, 1, tzinfo=dt.UTC), pd.Timestamp("2020"), pd.Timestamp("2020", tz="UTC"),
    pd.Timedelta("1D"), [1], (1,), {1}, {"a": 1}, {"a": True}, [[1]], [1, 1], np.float32(1),
    np.datetime64("2020-01-01"), np.array([1]), np.array([1.0]), np.array([[1]]), [], (), {}, 2**70,
    pd.Period("2020-01"), pd.Interval(0, 1), range(1), slice(1),
]  # fmt: skip


def test_values_of_objects_are_told_apart() -> None:
    found = [digest(pd.DataFrame({"o": pd.Series([one, 0.5, []], dtype=object)})) for one in VALUES]
    assert len(set(found)) == len(VALUES)


def test_sets_and_dictionaries_have_no_order() -> None:
    one, two = {"a": 1, "b": {1, 2, 30}}, {"b": {30, 2, 1}, "a": 1}
    assert digest(pd.DataFrame({"o": [one]})) == digest(pd.DataFrame({"o": [two]}))


class Odd:
    pass


@pytest.mark.parametrize("bad", [Odd(), [Odd()], {"a": Odd()}, lambda: 0, np.longdouble(1)])
def test_what_cannot_be_hashed_is_named(bad: Any) -> None:
    held = pd.DataFrame({"fine": [1, 2], "odd": pd.Series(["x", bad], dtype=object)})
    with pytest.raises(InvalidInput, match=r"column 'odd'.* in row 1 .*drop\(columns='odd'\)"):
        digest(held)


def test_a_name_that_cannot_be_hashed_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"named by a .*Odd"):
        digest(pd.DataFrame([[1]], columns=[Odd()]))


def test_series_and_index_are_no_frames() -> None:
    one = frame()
    assert len({digest(one[["n"]]), digest(one["n"]), digest(pd.Index(one["n"]))}) == 3
    assert digest(one["n"].rename("m")) != digest(one["n"])


def test_odd_dtypes() -> None:
    held = {
        "period": pd.period_range("2020-01", periods=2, freq="M"),
        "quarters": pd.period_range("2020-01", periods=2, freq="Q"),
        "interval": pd.arrays.IntervalArray.from_breaks([0, 1, 2]),
        "left": pd.arrays.IntervalArray.from_breaks([0, 1, 2], closed="left"),
        "sparse": pd.arrays.SparseArray([0, 1]),
        "dense": np.array([0, 1]),
        "list": pd.array([[1], None], dtype=pd.ArrowDtype(pa.list_(pa.int64()))),
        "decimal": pd.array([1, None], dtype=pd.ArrowDtype(pa.decimal128(5, 2))),
        "boolean": pd.array([True, None], dtype="boolean"),
        "Float64": pd.array([1.5, None], dtype="Float64"),
    }
    found = {name: digest(pd.DataFrame({"v": values})) for name, values in held.items()}
    assert len(set(found.values())) == len(held)


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    rows = draw(st.integers(0, 12))

    def column(values: st.SearchStrategy[Any], kind: pa.DataType) -> pa.Array:
        held = draw(st.lists(st.none() | values, min_size=rows, max_size=rows))
        return pa.array(held, kind)

    small = st.integers(-5, 5)
    return pa.table(
        {
            "i": column(small, pa.int64()),
            "f": column(st.floats(width=32), pa.float32()),
            "b": column(st.booleans(), pa.bool_()),
            "s": column(st.text(max_size=3), pa.string()),
            "y": column(st.binary(max_size=3), pa.large_binary()),
            "v": column(st.text(max_size=3), pa.string_view()),
            "t": column(small, pa.timestamp("ms", "UTC")),
            "d": column(small, pa.date32()),
            "m": column(st.decimals(0, 9, places=1), pa.decimal128(4, 1)),
            "c": column(st.sampled_from("xyz"), pa.string()).dictionary_encode(),
            "l": column(st.lists(st.none() | small, max_size=3), pa.list_(pa.int8())),
            "w": column(st.lists(small, min_size=2, max_size=2), pa.list_(pa.int8(), 2)),
            "o": column(
                st.fixed_dictionaries({"k": st.none() | small, "z": st.lists(small, max_size=2)}),
                pa.struct([("k", pa.int64()), ("z", pa.list_(pa.int8()))]),
            ),
            "p": column(
                st.dictionaries(st.text(max_size=2), small, max_size=2),
                pa.map_(pa.string(), pa.int64()),
            ),
        }
    )


@given(tables(), st.data())
def test_chunks_do_not_matter(table: pa.Table, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, table.num_rows))
    pieces = pa.concat_tables([table.slice(0, cut), table.slice(cut)])
    assert digest(pieces) == digest(table)
    behind = pa.concat_tables([table, table]).combine_chunks().slice(table.num_rows)
    assert digest(behind) == digest(table)


@given(tables(), st.data())
def test_any_other_value_is_another_digest(table: pa.Table, data: st.DataObject) -> None:
    if not table.num_rows:
        return
    name = data.draw(st.sampled_from(table.column_names))
    row = data.draw(st.integers(0, table.num_rows - 1))
    values = table[name].to_pylist()
    other = data.draw(st.sampled_from([*values, None]))
    changed = [*values[:row], other, *values[row + 1 :]]
    kind = table[name].type
    if pa.types.is_dictionary(kind):
        words = table[name].chunk(0).dictionary
        codes = [None if one is None else words.to_pylist().index(one) for one in changed]
        array = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), words)
    else:
        array = pa.array(changed, kind)
    made = table.set_column(table.column_names.index(name), name, array)
    same = repr(changed) == repr(values)
    assert (digest(made) == digest(table)) == same


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    import cellbook.datasets.digests.hashing as hashing

    many = pd.concat([frame()] * 5, ignore_index=True)
    many["o"] = pd.Series([1, "a", None, [2], 0.5] * 3, dtype=object)
    whole = digest(many)
    monkeypatch.setattr(hashing, "BLOCK", 4)
    assert digest(many) == whole


def test_many_columns_are_hashed_in_threads_as_in_one() -> None:
    rng = np.random.default_rng(0)
    large = pd.DataFrame(rng.random((50_000, 6)), columns=list("abcdef"))
    assert digest(large) == digest(pa.Table.from_pandas(large))
    assert digest(large) == digest(large.copy())
