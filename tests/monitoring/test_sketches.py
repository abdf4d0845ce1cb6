"""Sketches: exact where they fit, within their bounds where not, and merged in any order alike."""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput, StoreCorrupt
from cellbook.monitoring.buckets import MOST, Buckets, buckets_of
from cellbook.monitoring.categories import NAMES, Categories, categories_of
from cellbook.monitoring.packed import MAGIC, pack, unpack
from cellbook.monitoring.sketches import Moments, Sketch, column_sketch, merge

NUMBERS = st.lists(st.floats(allow_nan=False), max_size=60)
FEW = 16
"""Buckets in tests of what becomes of many."""


@given(NUMBERS, NUMBERS, NUMBERS)
def test_buckets_merge_in_any_order(a: list[float], b: list[float], c: list[float]) -> None:
    first, second, third = (buckets_of(np.array(part)) for part in (a, b, c))
    assert first.merged(second).merged(third) == first.merged(second.merged(third))
    assert first.merged(second) == second.merged(first)
    assert first.merged(Buckets()) == Buckets().merged(first) == first


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=200), st.data())
def test_buckets_tell_nothing_of_how_values_were_split(values: list[float], data: Any) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(values)), max_size=5)))
    parts = np.split(np.array(values), cuts)
    whole = buckets_of(np.array(values), FEW)
    shift = max(buckets_of(part, FEW).shift for part in parts)
    assert shift <= whole.shift
    assert len(whole.keys) <= FEW
    assert whole == buckets_of(np.array(values)).coarser(whole.shift)


def test_many_buckets_merge_in_any_order() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(size=20_000), rng.standard_cauchy(9_000), rng.random(999)])
    rng.shuffle(values)
    parts = [buckets_of(part) for part in np.split(values, [50, 7_000, 7_001, 21_000])]
    whole = buckets_of(values)
    assert whole.shift > 0
    assert len(whole.keys) <= MOST
    for order in (parts, parts[::-1], [parts[2], parts[0], parts[4], parts[1], parts[3]]):
        assert reduce(Buckets.merged, order) == whole
    assert parts[0].merged(parts[1].merged(parts[2].merged(parts[3].merged(parts[4])))) == whole


def test_few_values_are_exact() -> None:
    found = buckets_of(np.array([3.0, -0.0, 0.0, -math.inf, 5e-324, 3.0, 1e308]))
    assert found.values.tolist() == [-math.inf, 0.0, 5e-324, 3.0, 1e308]
    assert found.counts.tolist() == [1, 2, 1, 2, 1]


@pytest.mark.parametrize("make", ["normal", "standard_cauchy", "random", "lognormal", "moments"])
def test_quantiles_are_near(make: str) -> None:
    rng = np.random.default_rng(1)
    values = 1.7e9 + rng.random(300_000) if make == "moments" else getattr(rng, make)(size=300_000)
    found = buckets_of(values)
    shares = np.linspace(0.01, 0.99, 99)
    ranks = np.searchsorted(np.sort(values), found.quantiles(shares)) / len(values)
    assert np.abs(ranks - shares).max() < 0.002
    assert found.counts.max() < 0.01 * len(values)


def test_quantiles_of_few_values_are_values() -> None:
    found = buckets_of(np.array([1.0, 2.0, 3.0, 4.0]))
    assert found.quantiles(np.array([0.0, 0.25, 0.5, 0.51, 1.0])).tolist() == [1, 1, 2, 3, 4]
    assert np.isnan(Buckets().quantiles(np.array([0.5]))).all()


@given(
    st.lists(st.integers(-60, 60), min_size=1, max_size=200),
    st.sampled_from(["int8", "int64", "uint8"]),
)
def test_whole_numbers_are_counted_as_numbers_are(values: list[int], dtype: str) -> None:
    column = pd.Series(np.array(values).astype(dtype))
    found, other = column_sketch(column), column_sketch(column.astype(float))
    assert found.numbers == other.numbers
    assert found.moments.mean == pytest.approx(other.moments.mean)
    assert found.moments.squares == pytest.approx(other.moments.squares, abs=1e-6)
    assert (found.moments.least, found.moments.greatest) == (column.min(), column.max())


COUNTS = st.dictionaries(st.text(max_size=3), st.integers(1, 9), max_size=30)


@given(COUNTS, COUNTS, COUNTS)
def test_categories_merge_in_any_order(
    a: dict[str, int], b: dict[str, int], c: dict[str, int]
) -> None:
    first, second, third = map(categories_of, (a, b, c))
    assert first.merged(second).merged(third) == first.merged(second.merged(third))
    assert first.merged(second) == second.merged(first)
    assert first.merged(Categories()) == Categories().merged(first) == first


def test_too_many_categories_keep_exact_groups_and_bounded_counts() -> None:
    rng = np.random.default_rng(2)
    values = rng.zipf(1.3, 60_000) % 5_000
    parts = []
    for part in np.split(values, [300, 20_000]):
        names, counts = np.unique(part, return_counts=True)
        parts.append(categories_of(dict(zip(map(str, names), map(int, counts), strict=True))))
    assert parts[0].exact
    assert not parts[1].exact
    one = parts[0].merged(parts[1]).merged(parts[2])
    other = parts[2].merged(parts[0].merged(parts[1]))
    assert one.cells == other.cells
    truth = dict(zip(*np.unique(values, return_counts=True), strict=True))
    for found in (one, other):
        assert found.total == len(values)
        assert len(found.counts) <= NAMES
        # Misra and Gries: never more than a share of 1 / (NAMES + 1) is lost.
        assert found.error <= len(values) / (NAMES + 1)
        for value, count in truth.items():
            told = found.counts.get(str(value), 0)
            assert told <= count <= told + found.error


def test_nothing_but_rare_categories_is_counted_too() -> None:
    parts = [categories_of({f"{part}-{n}": 1 for n in range(600)}) for part in "ab"]
    assert parts[0].total == 600
    assert parts[0].merged(parts[1]).total == 1_200
    assert parts[0].merged(Categories({"x": 3})).total == 603


def test_long_names_are_cut_and_stay_apart() -> None:
    found = column_sketch(pd.Series(["x" * 500 + "a", "x" * 500 + "b"])).categories
    assert len(found.counts) == 2
    assert all(len(name) <= 80 for name in found.counts)


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), min_size=1, max_size=5))
def test_moments_are_those_of_all(parts: list[list[float]]) -> None:
    values = np.concatenate([np.array(part) for part in parts])
    found = reduce(Moments.merged, (column_sketch(pd.Series(part)).moments for part in parts))
    assert (found.count, found.least, found.greatest) == (len(values), values.min(), values.max())
    assert found.mean == pytest.approx(values.mean(), abs=1e-6)
    if len(values) > 1:
        assert found.deviation == pytest.approx(values.std(ddof=1), rel=1e-6, abs=1e-4)


def test_whatever_a_column_holds_is_counted() -> None:
    class Sulky:
        def __str__(self) -> str:
            raise RuntimeError("no")

    found = column_sketch(
        pd.Series([1, 2.5, None, "x", True, [1], Sulky(), math.nan], dtype=object)
    )
    assert (found.rows, found.missing, found.numbers.total) == (8, 2, 2)
    assert dict(found.categories.counts) == {"x": 1, "True": 1, "[1]": 1, "<Sulky>": 1}
    assert not found.numeric


def test_numbers_that_no_float_holds_are_infinite() -> None:
    found = column_sketch(pd.Series([10**400, -(10**400), 1], dtype=object))
    assert found.numbers.values.tolist() == [-math.inf, 1, math.inf]
    assert found.moments.count == 1


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        ([1, None, 3], 2),
        (pd.array([1, None, 3], dtype="Int64"), 2),
        (pd.Series([1, None, 3], dtype=object), 2),
        (pd.to_datetime(["2026-01-01", None, "2026-01-03"]), 2),
        ([True, None, False], 0),
        (pd.Categorical(["a", None, "b"], categories=["a", "b", "c"]), 0),
        (["a", None, "b"], 0),
        (pd.Series(["a", None, "b"], dtype=object), 0),
        ([None, None, None], 0),
    ],
)
def test_missing_values_are_told_apart(values: Any, numbers: int) -> None:
    found = column_sketch(pd.Series(values))
    assert found.rows == 3
    assert found.numbers.total == numbers
    assert len(found.categories.counts) in (0, 2)
    assert found.missing == (3 if values == [None] * 3 else 1) if isinstance(values, list) else 1


def frame(rng: np.random.Generator, rows: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "x": np.where(rng.random(rows) < 0.1, np.nan, rng.normal(size=rows)),
            "n": rng.integers(0, 9, rows),
            "c": rng.choice(["a", "b", "c"], rows),
        }
    )


def test_a_sketch_survives_bytes_and_is_small() -> None:
    rng = np.random.default_rng(3)
    whole = Sketch.of(frame(rng, 100_000))
    data = whole.to_bytes()
    assert len(data) < 16_000
    assert Sketch.from_bytes(data) == whole
    assert Sketch.from_bytes(data).to_bytes() == data
    assert Sketch.from_bytes(Sketch().to_bytes()) == Sketch()


def test_sketches_merge_and_a_column_that_is_not_there_is_missing() -> None:
    rng = np.random.default_rng(4)
    table = frame(rng, 900)
    parts = [Sketch.of(table.iloc[:100]), Sketch.of(table.iloc[100:]), Sketch.of(table[["x"]])]
    found = merge(parts)
    assert found.rows == 1_800
    assert found.columns["c"].missing == 900
    assert found.columns["n"].numbers == Sketch.of(table).columns["n"].numbers
    assert merge([]) == Sketch()
    assert Sketch.of(table, ["n", "z"]).columns.keys() == found.only(["n", "z"]).columns.keys()


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(InvalidInput, match="is no table"):
        Sketch.of(3)
    assert Sketch.of({"x": [1, 2]}) == Sketch.of(pd.DataFrame({"x": [1, 2]}))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-5],
        lambda data: b"CBPACK9" + data[7:],
        lambda data: data[:30] + b"\0\0\0" + data[33:],
        lambda data: pack({"sketch": 99}, {}),
        lambda data: pack({"sketch": 1}, {}),
        lambda data: MAGIC,
        lambda data: b"",
    ],
)
def test_bytes_that_are_none_are_refused(spoil: Any) -> None:
    data = Sketch.of({"x": [1.5, 2.5]}).to_bytes()
    with pytest.raises(StoreCorrupt, match="cannot be read"):
        Sketch.from_bytes(spoil(data))


def test_packs_keep_arrays() -> None:
    arrays = {"a": np.arange(5, dtype=np.int32), "b": np.array([math.nan, -0.0]), "c": np.zeros(0)}
    head, found = unpack(pack({"x": [1, None]}, arrays))
    assert head == {"x": [1, None]}
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].tobytes() == array.tobytes()
