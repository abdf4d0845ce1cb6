"""Profiles: what they tell, what they do not, and that they cannot be in the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cellbook as cb
from cellbook import book as books
from cellbook.book import Book
from cellbook.datasets.profiles import profile_of
from cellbook.errors import InvalidInput
from cellbook.records import ColumnProfile, DataProfile


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    yield books.open(tmp_path)
    books.close_all()


def profile(data: Any, **options: Any) -> DataProfile:
    found = profile_of(data, **options)
    assert found is not None
    return found


def column(values: Any, **options: Any) -> ColumnProfile:
    return profile(pd.DataFrame({"x": values}), **options).columns[0]


def test_numbers_agree_with_numpy() -> None:
    values = np.random.default_rng(0).normal(5, 2, 1000)
    told = column([*values, np.nan, np.inf])
    assert (told.missing, told.distinct) == (1, 1001)
    assert (told.least, told.greatest) == (values.min(), values.max())
    assert told.mean == pytest.approx(values.mean())
    assert told.deviation == pytest.approx(values.std(ddof=1))
    assert sum(told.counts) == 1000
    assert told.quantiles[16] == pytest.approx(np.median(values), abs=0.02)
    assert list(told.quantiles) == sorted(told.quantiles)


def test_moments_are_seconds_and_truth_values_are_categories() -> None:
    told = column(pd.to_datetime(["1970-01-02", "1970-01-03", "NaT"]))
    assert (told.least, told.greatest, told.missing) == (86400.0, 172800.0, 1)
    assert column([True, False, True]).top == {"True": 2}
    assert column(pd.Categorical(["a", "b", "a"])).top == {"a": 2}


def test_texts_of_their_own_are_never_told() -> None:
    told = column(["secret-1", "secret-2", "Oslo", "Oslo", "long" * 40, "long" * 40])
    assert set(told.top) == {"Oslo", ("long" * 40)[:59] + "…"}
    assert told.distinct == 4
    assert column(["Oslo", "Oslo"], texts=False).top == {}
    assert column([1, 2], texts=False).mean == 1.5


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame(),
        pd.DataFrame({"a": []}),
        pd.DataFrame({"a": [None, None]}),
        pd.DataFrame({"a": [[1], {2: 3}]}),
        pd.DataFrame({"a": [1 + 2j]}),
        pd.DataFrame({"a": [np.inf, -np.inf, 1e308]}),
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pd.DataFrame({"a": pd.array([1, None], "Int64")}),
        pd.Series([1, 2]),
        pl.DataFrame({"a": [1, None]}),
        np.zeros((3, 700)),
    ],
)
def test_every_table_has_one(data: Any) -> None:
    assert profile(data).rows == len(data)


@pytest.mark.parametrize("data", [np.zeros((2, 2, 2)), "text", object(), None])
def test_what_is_no_table_has_none(data: Any) -> None:
    assert profile_of(data) is None


def test_a_profile_is_kept_with_the_version_as_wanted(book: Book, tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0], "t": ["a", "a"]})
    version = cb.track_data(frame, "frame")
    kept = book.datasets.profile(version)
    assert kept is not None
    assert kept == profile(frame)
    bare = cb.track_data(frame, "numbers", profile="numbers")
    found = book.datasets.profile(bare)
    assert found is not None
    assert [one.top for one in found.columns] == [{}, {}]
    assert book.datasets.profile(cb.track_data(frame, "none", profile=False)) is None
    frame.to_csv(tmp_path / "x.csv", index=False)
    of_file = book.datasets.profile(cb.track_data(tmp_path / "x.csv"))
    assert of_file is not None
    assert [one.name for one in of_file.columns] == ["x", "t"]
    with pytest.raises(InvalidInput, match="'all', 'numbers'"):
        cb.track_data(frame, "wrong", profile="some")
    assert [one.label for one in book.datasets.all()] == [
        "frame@1",
        "none@1",
        "numbers@1",
        "x@1",
    ]
