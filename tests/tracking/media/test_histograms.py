from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput
from cellbook.tracking.media import encode_histogram


def read(values: Any, **options: Any) -> dict[str, Any]:
    doc: dict[str, Any] = json.loads(encode_histogram(values, "weights", **options).data)
    return doc


@given(st.lists(st.floats()), st.integers(1, 100))
def test_encode_histogram_counts_every_value_once(values: list[float], bins: int) -> None:
    doc = read(values, bins=bins)
    assert sum(doc["counts"]) == doc["count"]
    assert doc["count"] + doc["nan"] + doc["posinf"] + doc["neginf"] == len(values)
    assert doc["below"] == doc["above"] == 0
    finite = [value for value in values if math.isfinite(value)]
    if finite:
        assert len(doc["edges"]) == len(doc["counts"]) + 1
        assert doc["edges"] == sorted(doc["edges"])
        assert (doc["min"], doc["max"]) == (min(finite), max(finite))
    else:
        assert (doc["counts"], doc["edges"], doc["min"], doc["mean"]) == ([], [], None, None)


def test_encode_histogram_agrees_with_numpy() -> None:
    values = np.random.default_rng(0).normal(size=1000)
    counts, edges = np.histogram(values, bins=64)
    encoded = encode_histogram(values, "weights")
    doc = json.loads(encoded.data)
    assert (doc["counts"], doc["edges"]) == (counts.tolist(), edges.tolist())
    assert (doc["mean"], doc["std"]) == (values.mean(), values.std())
    assert (encoded.path, encoded.media_type, encoded.kind) == (
        "histograms/weights.json",
        "application/json",
        "histogram",
    )
    assert encoded.meta == {
        "key": "weights",
        "count": 1000,
        "min": values.min(),
        "max": values.max(),
        "mean": values.mean(),
        "std": values.std(),
    }


def test_encode_histogram_counts_apart_what_is_no_number() -> None:
    doc = read([1.0, 2.0, math.nan, math.inf, math.inf, -math.inf])
    assert (doc["count"], doc["nan"], doc["posinf"], doc["neginf"]) == (2, 1, 2, 1)
    assert (doc["min"], doc["max"], doc["mean"]) == (1, 2, 1.5)


def test_encode_histogram_counts_what_lies_outside_given_edges() -> None:
    doc = read([-1, 0, 0.5, 1, 2, 3], bins=[0, 0.5, 1])
    assert (doc["counts"], doc["edges"]) == ([1, 2], [0, 0.5, 1])
    assert (doc["below"], doc["above"], doc["count"]) == (1, 2, 6)


def test_encode_histogram_keeps_given_edges_without_values() -> None:
    doc = read([], bins=np.array([0, 1, 2]))
    assert (doc["counts"], doc["edges"]) == ([0, 0], [0, 1, 2])


@pytest.mark.parametrize(
    "values",
    [
        np.array([[1, 2], [3, 4]]),
        [1, 2, 3, 4],
        (1, 2, 3, 4),
        ([1, 2], [3, 4]),
        range(1, 5),
        np.array([1, 2, 3, 4], dtype=np.float16),
        np.array([1, 2, 3, 4], dtype=np.uint64),
        np.array([1, 2, 3, 4], dtype=object),
        pd.Series([1, 2, 3, 4]),
        pd.DataFrame({"a": [1, 2], "b": [3, 4]}),
        pl.Series([1, 2, 3, 4]),
    ],
)
def test_encode_histogram_takes_numbers_of_any_kind(values: Any) -> None:
    doc = read(values, bins=3)
    assert doc["counts"] == [1, 1, 2]
    assert (doc["min"], doc["max"]) == (1, 4)


@pytest.mark.parametrize(
    "values",
    [
        [1, None, 3],
        pd.Series([1, None, 3], dtype="Int64"),
        pl.Series([1, None, 3]),
        np.ma.masked_array([1, 2, 3], mask=[False, True, False]),
    ],
)
def test_encode_histogram_counts_missing_values_as_nan(values: Any) -> None:
    doc = read(values)
    assert (doc["count"], doc["nan"], doc["mean"]) == (2, 1, 2)


def test_encode_histogram_takes_booleans() -> None:
    assert read([True, False, True], bins=2)["counts"] == [1, 2]


@pytest.mark.parametrize("density", [False, True])
def test_encode_histogram_takes_what_numpy_made(density: bool) -> None:
    made = np.histogram([1.0, 2.0, 2.5, 4.0], bins=3, density=density)
    doc = read(made)
    assert (doc["counts"], doc["edges"]) == (made[0].tolist(), made[1].tolist())
    assert (doc["count"], doc["min"], doc["mean"]) == (made[0].sum(), None, None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("text", "does not hold numbers"),
        (["a", "b"], "does not hold numbers"),
        (None, "a NoneType that does not hold numbers"),
        ({"a": 1}, "a dict that does not hold numbers"),
        ([1j], "complex128 values"),
        (np.array(["2026-11-24"], dtype="M8[s]"), "datetime64"),
        ([[1, 2], [3]], "does not form one array"),
        (([1, 2], [3, 2, 1]), "no increasing numbers"),
        (([1, math.nan], [1, 2, 3]), "do not count"),
        ((["a"], [1, 2]), "do not count"),
        (([], [1]), "no increasing numbers"),
    ],
)
def test_encode_histogram_refuses_with_the_mend(values: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=rf"{said}.*(Give|Turn)"):
        read(values)


@pytest.mark.parametrize(
    "bins",
    [
        0,
        -1,
        5000,
        2.5,
        True,
        None,
        "auto",
        [1],
        [2, 1],
        [1, 1],
        [0, math.inf],
        ["a", "b"],
        [[1, 2]],
    ],
)
def test_encode_histogram_refuses_odd_bins(bins: Any) -> None:
    with pytest.raises(InvalidInput, match=r"bins.*Give"):
        read([1, 2, 3], bins=bins)


def test_encode_histogram_does_not_wrap_around_unsigned_edges() -> None:
    with pytest.raises(InvalidInput, match="no increasing numbers"):
        read([1], bins=np.array([3, 1], dtype=np.uint8))


@pytest.mark.parametrize(
    ("name", "step", "path"),
    [
        ("weights", 3, "histograms/weights/00000003.json"),
        ("layer.0/weights", None, "histograms/layer.0/weights.json"),
        ("plots/weights.json", 3, "plots/weights.json"),
    ],
)
def test_encode_histogram_takes_a_key_or_a_file(name: str, step: int | None, path: str) -> None:
    encoded = encode_histogram([1, 2], name, step=step)
    assert encoded.path == path
    assert ("key" in encoded.meta) == (not name.endswith(".json"))


def test_encode_histogram_leaves_the_values_alone() -> None:
    values = np.array([3.0, math.nan, 1.0])
    encode_histogram(values, "a")
    np.testing.assert_array_equal(values, [3.0, math.nan, 1.0])
