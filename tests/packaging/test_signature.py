"""Signatures: inferred, written, and what they make of data that people send."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput, SignatureMismatch
from cellbook.packaging import Column, Columns, Signature, Tensor, infer_signature
from cellbook.packaging.signature import signature_doc, signature_of
from tests.packaging.models import cellar


def of(**columns: Any) -> Signature:
    return infer_signature(pd.DataFrame(columns))


def test_columns_are_inferred() -> None:
    data, _ = cellar()
    signature = infer_signature(data, np.zeros((5, 2)))
    assert signature.outputs == Tensor("float64", (None, 2))
    assert isinstance(signature.inputs, Columns)
    told = {one.name: (one.dtype, one.nullable) for one in signature.inputs.columns}
    assert told["alcohol"] == ("float64", False)
    assert told["proline"] == ("float64", True)
    assert told["colour"] == ("category", False)
    assert told["cask"] == ("string", False)
    assert told["bottled"][0].startswith("datetime64")
    colour = signature.inputs.columns[2]
    assert (colour.categories, colour.ordered) == (("pale", "clear", "deep"), True)


def test_text_is_text_whatever_pandas_calls_it() -> None:
    old = pd.DataFrame({"a": pd.Series(["x", None], dtype="object")})
    new = pd.DataFrame({"a": pd.Series(["x", None], dtype="str")})
    assert infer_signature(old) == infer_signature(new)


def test_numbers_of_arrow_are_those_of_pandas() -> None:
    frame = pd.DataFrame(
        {
            "whole": pd.array([1, 2], dtype="int64[pyarrow]"),
            "small": pd.array([1, None], dtype="uint8[pyarrow]"),
            "real": pd.array([1.5, None], dtype="double[pyarrow]"),
            "true": pd.array([True, None], dtype="bool[pyarrow]"),
        }
    )
    signature = infer_signature(frame)
    assert isinstance(signature.inputs, Columns)
    told = [(one.dtype, one.nullable) for one in signature.inputs.columns]
    assert told == [("int64", False), ("UInt8", True), ("float64", True), ("boolean", True)]
    assert [str(one) for one in signature.conform(frame).dtypes] == [one for one, _ in told]
    with pytest.raises(InvalidInput, match="complex"):
        of(a=[1 + 2j])


def test_it_survives_json() -> None:
    data, _ = cellar()
    for signature in (
        infer_signature(data, data["cask"]),
        infer_signature(np.zeros((3, 8, 8), "uint8")),
        Signature(),
        Signature(Columns((Column("a", "Int64", True, minimum=0, required=False),))),
    ):
        assert signature_of(json.loads(json.dumps(signature_doc(signature)))) == signature


def test_data_of_the_same_kind_passes_unchanged() -> None:
    data, _ = cellar()
    pd.testing.assert_frame_equal(infer_signature(data).conform(data), data)


def test_order_and_what_is_more_do_not_matter() -> None:
    data, _ = cellar()
    shuffled = data[data.columns[::-1]].assign(more=1)
    pd.testing.assert_frame_equal(infer_signature(data).conform(shuffled), data)


def test_other_libraries_and_plain_values_pass() -> None:
    signature = of(a=[1.5, 2.0], b=["x", "y"])
    for given_data in (
        pl.DataFrame({"b": ["x"], "a": [3.0]}),
        {"a": [3], "b": ["x"]},
        {"a": 3, "b": "x"},
        [{"a": 3, "b": "x"}],
    ):
        made = signature.conform(given_data)
        assert made.to_dict("list") == {"a": [3.0], "b": ["x"]}
        assert str(made["a"].dtype) == "float64"
    rows = of(a=[1.5], b=[2.5]).conform([[1, 2], [3, 4]])
    assert rows.to_dict("list") == {"a": [1.0, 3.0], "b": [2.0, 4.0]}


def test_json_of_a_category_and_a_time_passes() -> None:
    data, _ = cellar()
    sent = json.loads(data.head(3).to_json(orient="records", date_format="iso"))
    for row in sent:
        row["bottled"] = row["bottled"].removesuffix("Z")
    made = infer_signature(data).conform(sent)
    pd.testing.assert_frame_equal(made, data.head(3))


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ([1, 2], [1.5], "whole numbers"),
        ([1, 2], ["3"], "'3', which is no number"),
        ([1, 2], [True], "True, which is no number"),
        ([1.0, 2.0], ["x"], "no number"),
        ([1.0, 2.0], [None], r"misses 1 of 1 values \(row 0\)"),
        ([1.0, 2.0], [2**60 + 1], "cannot hold exactly"),
        (np.asarray([1, 2], "int8"), [300], "300, which does not fit int8"),
        (["a", "b"], [3], "3 of int"),
        ([True, False], [1], "takes True or False"),
        (pd.Categorical(["a", "b"]), ["c"], "'c'. The model knows 'a', 'b'"),
        (pd.to_datetime(["2026-01-01"]), [12345], "takes times"),
        (pd.to_datetime(["2026-01-01"]), ["soon"], "no time"),
    ],
)
def test_what_does_not_fit_is_told(column: Any, values: list[Any], words: str) -> None:
    with pytest.raises(SignatureMismatch, match=words):
        of(a=column).conform({"a": values})


def test_whole_floats_become_whole_numbers() -> None:
    made = of(a=[1, 2]).conform({"a": [3.0]})
    assert (made["a"].tolist(), str(made["a"].dtype)) == ([3], "int64")


def test_missing_whole_numbers() -> None:
    plain = Signature(Columns((Column("a", "int64", nullable=True),)))
    assert str(plain.conform({"a": [1, None]})["a"].dtype) == "float64"
    own = infer_signature(pd.DataFrame({"a": pd.Series([1, None], dtype="Int64")}))
    made = own.conform({"a": [1, None]})["a"]
    assert str(made.dtype) == "Int64"
    assert made.isna().tolist() == [False, True]
    assert of(a=[1, 2]).warnings()
    assert not own.warnings()
    assert not of(a=[1.0, 2.0]).warnings()


def test_names_that_are_near_are_offered() -> None:
    with pytest.raises(
        SignatureMismatch, match=r"lacks the column 'alcohol'\. Is it 'Alcohol' for"
    ):
        of(alcohol=[1.0], ash=[2.0]).conform({"Alcohol": [1.0], "ash": [2.0]})


def test_columns_that_may_be_left_out_are_filled() -> None:
    signature = Signature(Columns((Column("a", "float64"), Column("b", "string", required=False))))
    made = signature.conform({"a": [1.0]})
    assert made["b"].isna().all()


def test_ranges_that_were_set_hold_and_those_observed_do_not() -> None:
    assert of(a=[1.0, 2.0]).conform({"a": [99.0]})["a"].tolist() == [99.0]
    age = Signature(Columns((Column("age", "int64", minimum=0, maximum=150),)))
    with pytest.raises(SignatureMismatch, match="holds 151, above the maximum of 150"):
        age.conform({"age": [1, 151]})
    with pytest.raises(SignatureMismatch, match="holds -1, below the minimum of 0"):
        age.conform({"age": [-1, 2]})


def test_tensors() -> None:
    signature = infer_signature(np.zeros((3, 2), "float32"))
    assert signature.inputs == Tensor("float32", (None, 2))
    made = signature.conform([[1, 2]])
    assert (made.dtype, made.shape) == (np.float32, (1, 2))
    for data, words in (
        ([[1, 2, 3]], r"the shape \(1, 3\). The model takes \(any, 2\)"),
        ([1, 2], "the shape"),
        ([["a", "b"]], "The model takes float32"),
        ([[1, 2], [3]], "equally long"),
        ([[2**40 + 1, 2**60 + 1]], "cannot"),
    ):
        with pytest.raises(SignatureMismatch, match=words):
            signature.conform(data)
    pixels = infer_signature(np.zeros((3, 2), "uint8"))
    assert pixels.conform([[1.0, 2.0]]).dtype == np.uint8
    with pytest.raises(SignatureMismatch):
        pixels.conform([[1.5, 2.0]])
    with pytest.raises(SignatureMismatch):
        pixels.conform([[256, 2]])


def test_two_columns_of_one_name() -> None:
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(InvalidInput, match="one name"):
        infer_signature(twice)
    with pytest.raises(SignatureMismatch, match="two columns"):
        of(a=[1]).conform(twice)


@given(
    st.lists(
        st.tuples(
            st.integers(-(2**40), 2**40),
            st.floats(allow_nan=False),
            st.text(),
            st.booleans(),
        ),
        min_size=1,
    )
)
def test_what_was_inferred_fits_itself_also_through_json(rows: list[Any]) -> None:
    frame = pd.DataFrame(rows, columns=["a", "b", "c", "d"])
    frame = frame[np.isfinite(frame["b"])]
    if len(frame):
        signature = infer_signature(frame)
        sent = json.loads(json.dumps(frame.to_dict("records")))
        made = signature.conform(sent)
        pd.testing.assert_frame_equal(made, signature.conform(frame).reset_index(drop=True))
