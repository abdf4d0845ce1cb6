"""The quick way and the thorough one say the same."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from cellbook.errors import SignatureMismatch
from cellbook.packaging import Column, Columns, Signature, Tensor
from cellbook.serving.fitting import FEW_ROWS, Fitter, Grid, Table
from cellbook.serving.refusing import Refused

DTYPES = ("float64", "float32", "int64", "int8", "uint8", "Int64", "bool", "boolean", "string")
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-300, 300), st.integers(), st.floats(),
    st.text(max_size=3),
    st.sampled_from(["a", "b", 2**53, 2**53 + 1, -(2**53), 1.0, 10**400]),
)  # fmt: skip


@st.composite
def columns_and_values(draw: st.DrawFn) -> tuple[list[Column], dict[str, list[Any]]]:
    rows = draw(st.integers(1, 4))
    columns, values = [], {}
    for place in range(draw(st.integers(1, 4))):
        name = f"c{place}"
        if draw(st.booleans()):
            column = Column(name, "category", draw(st.booleans()), ("a", "b"))
        else:
            bounds = draw(st.sampled_from([(None, None), (0, None), (-5.5, 100), (None, 7)]))
            dtype = draw(st.sampled_from(DTYPES))
            limits = bounds if dtype not in ("string", "bool", "boolean") else (None, None)
            column = Column(name, dtype, draw(st.booleans()), minimum=limits[0], maximum=limits[1])
        kinds = {"f": st.floats(allow_nan=False), "s": st.text(max_size=3), "b": st.booleans()}
        likely = kinds.get(column.dtype[0], st.integers(0, 100))
        if column.dtype == "category":
            likely = st.sampled_from(["a", "b"])
        columns.append(column)
        values[name] = draw(st.lists(st.one_of(likely, likely, likely, VALUES),
                                     min_size=rows, max_size=rows))  # fmt: skip
    return columns, values


@given(columns_and_values())
def test_quick_is_as_thorough(drawn: tuple[list[Column], dict[str, list[Any]]]) -> None:
    columns, values = drawn
    signature = Signature(Columns(tuple(columns)))
    rows = len(next(iter(values.values())))
    fitter = Fitter(signature)
    try:
        expected = signature.conform(pd.DataFrame(values))
    except (SignatureMismatch, OverflowError, ValueError, TypeError):
        with pytest.raises(Refused):
            fitter.fit(Table(values, rows))
        return
    fitted = fitter.fit(Table(values, rows))
    assert_frame_equal(fitter.assemble([fitted]), expected)
    twice = fitter.assemble([fitted, fitted])
    assert_frame_equal(twice, pd.concat([expected, expected], ignore_index=True))


def test_plain_rows_take_the_quick_way() -> None:
    fitter = Fitter(Signature(Columns((Column("a", "float64"), Column("b", "int64")))))
    assert fitter.fit(Table({"b": [1], "a": [1]}, 1)).columns == [[1], [1]]
    assert fitter.fit(Grid([[1.5, 2], [2.5, 3]])).columns == [[1.5, 2.5], [2, 3]]
    many = FEW_ROWS + 1
    assert fitter.fit(Table({"a": [1.0] * many, "b": [1] * many}, many)).columns is None


def test_unknown_columns_are_refused_or_left_out() -> None:
    signature = Signature(Columns((Column("a", "float64"),)))
    table = Table({"a": [1.0], "z": [1.0]}, 1)
    with pytest.raises(Refused, match=r"takes no column 'z'\. It takes a"):
        Fitter(signature).fit(table)
    fitted = Fitter(signature, ignore_unknown=True).fit(table)
    assert fitted.columns == [[1.0]]


@pytest.mark.parametrize(
    "values", [[[1, 2], [3]], [["a", "b"]], [[None, 1.0]], [{"a": 1}], [[[1.0]]]]
)
def test_a_tensor_that_does_not_fit(values: Any) -> None:
    with pytest.raises(Refused) as caught:
        Fitter(Signature(Tensor("float64", (None, 2)))).fit(Grid(values))
    assert caught.value.status == 400


def test_tensors_are_put_together() -> None:
    fitter = Fitter(Signature(Tensor("float32", (None, 2))))
    parts = [fitter.fit(Grid([[1, 2]])), fitter.fit(Grid([[3.5, 4], [5, 6]]))]
    assert fitter.assemble(parts).tolist() == [[1, 2], [3.5, 4], [5, 6]]
    assert str(fitter.assemble(parts).dtype) == "float32"
