from __future__ import annotations

import datetime
import decimal
import json
import math
import sys
from io import BytesIO, StringIO
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput, MissingDependency
from cellbook.tracking.media import encode_table

NOON = datetime.datetime(2026, 11, 24, 12)


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({"name": ["a", "b"], "acc": [0.1 + 0.2, 1e-12], "n": [1, 2]})


def read(data: Any, name: str = "a") -> dict[str, Any]:
    doc: dict[str, Any] = json.loads(encode_table(data, name).data)
    return doc


# --- JSON ----------------------------------------------------------------------------------------


def test_encode_table_writes_what_pandas_reads(frame: pd.DataFrame) -> None:
    before = frame.copy(deep=True)
    encoded = encode_table(frame, "results")
    back = pd.read_json(StringIO(encoded.data.decode()), orient="split", precise_float=True)
    pd.testing.assert_frame_equal(back, frame, check_exact=True)
    pd.testing.assert_frame_equal(frame, before)
    assert (encoded.path, encoded.media_type, encoded.kind) == (
        "results.json",
        "application/json",
        "table",
    )
    assert encoded.meta == {"rows": 2, "columns": 3, "names": ["name", "acc", "n"]}
    assert encode_table(frame, "results") == encoded


@given(st.lists(st.tuples(st.floats(allow_nan=False), st.integers(), st.text(), st.booleans())))
def test_encode_table_keeps_every_cell(rows: list[tuple[Any, ...]]) -> None:
    frame = pd.DataFrame(rows, columns=list("abcd"))
    assert read(frame) == {"columns": list("abcd"), "data": [list(row) for row in rows]}


def test_encode_table_is_split_like_mlflows(frame: pd.DataFrame) -> None:
    theirs = json.loads(frame.to_json(orient="split", index=False, double_precision=15))
    ours = read(frame)
    assert list(ours) == list(theirs) == ["columns", "data"]
    assert ours["data"] == [["a", 0.1 + 0.2, 1], ["b", 1e-12, 2]]


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ([1.5, math.nan, math.inf], [1.5, None, math.inf]),
        (pd.array([1, None], dtype="Int64"), [1, None]),
        (pd.array([True, None], dtype="boolean"), [True, None]),
        (pd.array([1.5, None], dtype="Float64"), [1.5, None]),
        (pd.array(["a", None], dtype="string"), ["a", None]),
        (pd.Categorical(["a", "b", "a"]), ["a", "b", "a"]),
        (pd.to_datetime(["2026-11-24 12:00", None]), ["2026-11-24T12:00:00", None]),
        (pd.to_datetime(["2026-11-24"]).tz_localize("UTC"), ["2026-11-24T00:00:00+00:00"]),
        (pd.to_timedelta(["1s", None]), ["P0DT0H0M1S", None]),
        (pd.period_range("2026-11", periods=1, freq="M"), ["Period('2026-11', 'M')"]),
        ([decimal.Decimal("0.10"), None], ["0.10", None]),
        ([np.array([1, 2]), {"a": (1,)}], [[1, 2], {"a": [1]}]),
        ([b"raw", ValueError], ["b'raw'", "<class 'ValueError'>"]),
    ],
)
def test_encode_table_knows_the_types_of_pandas(column: Any, cells: list[Any]) -> None:
    assert read(pd.DataFrame({"x": column}))["data"] == [[cell] for cell in cells]


def test_encode_table_keeps_an_index_that_says_something(frame: pd.DataFrame) -> None:
    labelled = frame.set_index("name")
    assert read(labelled)["index"] == ["a", "b"]
    assert "index" not in read(frame.head(1))
    assert read(frame.iloc[1:])["index"] == [1]
    nested = frame.set_index(["name", "n"])
    assert read(nested)["index"] == [["a", 1], ["b", 2]]
    assert read(pd.DataFrame(index=["x", "y"])) == {
        "columns": [],
        "index": ["x", "y"],
        "data": [[], []],
    }


def test_encode_table_keeps_columns_of_any_name() -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=pd.Index(["a", "a", 7], dtype=object))
    assert read(frame) == {"columns": ["a", "a", 7], "data": [[1, 2, 3]]}
    assert encode_table(frame, "a").meta["names"] == ["a", "a", "7"]
    nested = pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")]))
    assert read(nested)["columns"] == [["a", "b"]]
    awkward = pd.DataFrame({"column_names": [1], "shape": [2], "dtypes": [3]})
    assert read(awkward)["columns"] == ["column_names", "shape", "dtypes"]


def test_encode_table_names_only_the_first_columns_of_a_wide_one() -> None:
    meta = encode_table(pd.DataFrame(np.zeros((1, 200))), "a").meta
    assert meta["columns"] == 200
    assert len(meta["names"]) == 50  # type: ignore[arg-type]


@pytest.mark.parametrize("empty", [pd.DataFrame(), {}, [], pd.DataFrame({"a": []})])
def test_encode_table_takes_an_empty_table(empty: Any) -> None:
    assert read(empty)["data"] == []


# --- what a table may be -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "columns", "rows"),
    [
        ({"a": [1, 2], "b": ["x", "y"]}, ["a", "b"], [[1, "x"], [2, "y"]]),
        ({"a": 1, "b": "xy"}, ["a", "b"], [[1, "xy"]]),
        ({"a": np.array([1, 2]), "b": 0}, ["a", "b"], [[1, 0], [2, 0]]),
        ([{"a": 1}, {"a": 2, "b": "x"}], ["a", "b"], [[1, None], [2, "x"]]),
        (({"a": 1}, {"a": 2}), ["a"], [[1], [2]]),
        ([[1, "x"], [2, "y"]], [0, 1], [[1, "x"], [2, "y"]]),
        (np.array([[1, 2], [3, 4]]), [0, 1], [[1, 2], [3, 4]]),
        (np.array([(1, 2.5)], dtype=[("a", int), ("b", float)]), ["a", "b"], [[1, 2.5]]),
        (pd.Series([1, 2], name="loss"), ["loss"], [[1], [2]]),
        (pd.Series([1, 2]), ["value"], [[1], [2]]),
        (pl.DataFrame({"a": [1, None], "b": ["x", None]}), ["a", "b"], [[1, "x"], [None, None]]),
        (pl.Series("loss", [1, None]), ["loss"], [[1], [None]]),
        (pa.table({"a": [2**60, None], "d": [NOON, None]}), ["a", "d"], None),
        (pa.RecordBatch.from_pydict({"a": [1]}), ["a"], [[1]]),
        (pa.array([1, 2]), [0], [[1], [2]]),
    ],
)
def test_encode_table_takes_tables_of_any_kind(
    data: Any, columns: list[Any], rows: list[Any] | None
) -> None:
    expected = [[2**60, "2026-11-24T12:00:00"], [None, None]] if rows is None else rows
    assert read(data) == {"columns": columns, "data": expected}


def test_encode_table_knows_the_types_of_polars() -> None:
    frame = pl.DataFrame(
        {
            "category": pl.Series(["u", None], dtype=pl.Categorical),
            "time": [NOON, None],
            "date": [NOON.date(), None],
            "list": [[1, 2], None],
            "struct": [{"q": 1}, {"q": 2}],
            "decimal": pl.Series([decimal.Decimal("1.50"), None]),
            "float": [math.nan, 1.5],
        }
    )
    assert read(frame)["data"] == [
        ["u", "2026-11-24T12:00:00", "2026-11-24", [1, 2], {"q": 1}, "1.50", None],
        [None, None, None, None, {"q": 2}, None, 1.5],
    ]


def test_encode_table_refuses_objects_of_polars() -> None:
    frame = pl.DataFrame({"o": pl.Series([object()], dtype=pl.Object)})
    for name in ("a.json", "a.csv", "a.parquet"):
        with pytest.raises(InvalidInput, match=r"column of Python objects.*Turn it"):
            encode_table(frame, name)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"a": [1, 2], "b": [1]}, r"is a dict that forms no table.*Give columns of one length"),
        (np.zeros((2, 2, 2)), "is a ndarray that forms no table"),
        ("a,b", "is a str. Give a frame"),
        (None, "is a NoneType. Give a frame"),
        (pl.LazyFrame({"a": [1]}), r"is a LazyFrame.*\.collect\(\)"),
    ],
)
def test_encode_table_refuses_with_the_mend(data: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=f"The table .*{said}"):
        encode_table(data, "a")


# --- CSV and Parquet -----------------------------------------------------------------------------


def test_encode_table_writes_csv(frame: pd.DataFrame) -> None:
    encoded = encode_table(frame, "a.csv")
    assert encoded.media_type == "text/csv"
    assert encoded.data.decode() == f"name,acc,n\na,{0.1 + 0.2!r},1\nb,1e-12,2\n"
    assert encode_table(frame.set_index("name"), "a.csv").data == encoded.data
    assert encode_table(pl.DataFrame({"n": [1, None]}), "a.csv").data == b'n\n1\n""\n'


@pytest.mark.parametrize("wrap", [lambda frame: frame, pa.Table.from_pandas, pl.from_pandas])
def test_encode_table_writes_parquet(frame: pd.DataFrame, wrap: Any) -> None:
    encoded = encode_table(wrap(frame), "a.parquet")
    assert encoded.media_type == "application/vnd.apache.parquet"
    assert encoded.meta == {"rows": 2, "columns": 3, "names": ["name", "acc", "n"]}
    back = pd.read_parquet(BytesIO(encoded.data))
    pd.testing.assert_frame_equal(back, frame, check_exact=True, check_dtype=False)
    assert encode_table(wrap(frame), "a.parquet") == encoded


def test_encode_table_keeps_arrows_types_in_parquet() -> None:
    table = pa.table({"a": pa.array([1, None], pa.int8()), "b": pa.array([[1], None])})
    assert pq.read_table(BytesIO(encode_table(table, "a.parquet").data)).schema == table.schema


def test_encode_table_keeps_labels_in_parquet(frame: pd.DataFrame) -> None:
    labelled = frame.set_index("name")
    back = pd.read_parquet(BytesIO(encode_table(labelled, "a.parquet").data))
    pd.testing.assert_frame_equal(back, labelled)


def test_encode_table_turns_column_names_into_text_for_parquet() -> None:
    frame = pd.DataFrame({1: [1], "b": [2]})
    assert pq.read_table(BytesIO(encode_table(frame, "a.parquet").data)).column_names == ["1", "b"]
    assert frame.columns.tolist() == [1, "b"]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [1, "x", object()]}),
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
    ],
)
def test_encode_table_says_what_parquet_lacks(frame: pd.DataFrame) -> None:
    with pytest.raises(InvalidInput, match=r"(?s)Parquet cannot.*Name the file \.json"):
        encode_table(frame, "a.parquet")
    assert json.loads(encode_table(frame, "a.json").data)["data"]


def test_encode_table_names_the_extra_without_pyarrow(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependency, match=r"'a\.parquet' needs pyarrow.*cellbook\[tables\]"):
        encode_table(frame, "a.parquet")
    with pytest.raises(MissingDependency, match=r"a table of polars needs pyarrow"):
        encode_table(pl.DataFrame({"a": [1]}), "a")
    assert encode_table(frame, "a").data
