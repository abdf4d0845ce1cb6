"""Rows of data that was changed in place, moved or looked at askew: none is claimed that is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import cellbook as cb
from cellbook import book as books
from cellbook.book import Book

ROWS = 200


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    yield books.open(tmp_path)
    books.close_all()


def numbers() -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(7).normal(size=(ROWS, 3)), columns=list("abc"))


def fitted(data: Any) -> list[int] | None:
    """Fit to some rows; return those on record, None if there are none."""
    with cb.start_run() as run:
        LinearRegression().fit(data, np.arange(data.shape[0]))
    found = [one for one in cb.rows_used(run) if one.subset.role == "train"]
    assert all(one.subset.doubtful == 0 for one in found)
    return found[0].positions.tolist() if found else None


def places(whole: Any, rows: Any) -> list[int]:
    return sorted(int(np.flatnonzero((whole == row).all(axis=1))[0]) for row in rows)


@pytest.mark.parametrize("part", [lambda a: a[:50], lambda a: a[a[:, 0] > 0]])
def test_rows_of_an_array_that_was_shuffled(book: Book, part: Callable[[Any], Any]) -> None:
    array = numbers().to_numpy().copy()
    before = array.copy()
    cb.track_data(array, "array")
    assert fitted(array[:50]) == list(range(50)), "a view of what was not changed"
    np.random.default_rng(0).shuffle(array)
    assert fitted(part(array)) == places(before, part(array))


@pytest.mark.parametrize("form", [np.asarray, sp.csr_matrix])
def test_an_array_that_is_another_one(book: Book, form: Callable[[Any], Any]) -> None:
    array = form(numbers().to_numpy().copy())
    cb.track_data(array, "array")
    array[:] = np.random.default_rng(1).normal(size=(ROWS, 3))
    assert fitted(array) is None
    assert fitted(array[:50]) is None


def test_rows_of_what_was_made_and_then_shuffled(book: Book) -> None:
    frame = numbers()
    cb.track_data(frame, "frame")
    scaled = StandardScaler().fit_transform(frame)
    assert fitted(scaled[:50]) == list(range(50))
    np.random.default_rng(0).shuffle(scaled)
    assert fitted(scaled[:50]) is None
    table = StandardScaler().set_output(transform="pandas").fit_transform(frame)
    table["new"] = 1.0
    assert fitted(table[["a", "b", "c"]].iloc[:50]) == list(range(50)), "one more changes none"
    table[:] = table.sort_values("b").to_numpy()
    assert fitted(table[["a", "b", "c"]].iloc[:50]) is None


def test_a_frame_that_is_another_one(book: Book) -> None:
    frame = numbers()
    cb.track_data(frame, "frame")
    assert fitted(frame) == list(range(ROWS))
    frame.iloc[:, :] = np.random.default_rng(1).normal(size=(ROWS, 3))
    assert fitted(frame) is None
    assert fitted(frame.iloc[:50]) is None


def test_a_frame_of_which_a_column_is_another_one(book: Book) -> None:
    frame = numbers()
    cb.track_data(frame, "frame")
    frame["a"] = np.arange(ROWS, dtype=float)
    frame["new"] = 1.0
    with cb.start_run() as run:
        LinearRegression().fit(frame, np.arange(ROWS))
    (used,) = cb.rows_used(run)
    assert (used.subset.how, used.subset.changed) == ("index", ("a",))
    assert used.positions.tolist() == list(range(ROWS))


@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize("ignore_index", [False, True])
def test_a_frame_that_is_sorted_in_place(book: Book, ignore_index: bool) -> None:
    frame = numbers()
    before = frame.copy()
    cb.track_data(frame, "frame")
    frame.sort_values("b", inplace=True, ignore_index=ignore_index)
    first = places(before.to_numpy(), frame.iloc[:50].to_numpy())
    assert fitted(frame.iloc[:50]) == first
    scaled = StandardScaler().fit_transform(frame)
    assert fitted(scaled[:50]) == first, "in the order of now"


def test_a_frame_in_memory_of_somebody_else(book: Book) -> None:
    array = numbers().to_numpy().copy()
    frame = pd.DataFrame(array, columns=list("abc"), copy=False)
    cb.track_data(frame, "frame")
    np.random.default_rng(0).shuffle(array)
    assert fitted(frame.iloc[:50]) is None
    assert fitted(frame) is None


def test_a_column_that_is_changed_in_place(book: Book) -> None:
    frame = numbers().assign(text=[f"t{one}" for one in range(ROWS)]).astype({"text": object})
    series = frame["a"].copy()
    cb.track_data(series, "series")
    series.iloc[:] = series.to_numpy()[::-1]
    assert fitted(series.iloc[:50].to_frame()) == list(range(150, 200))
    cb.track_data(frame, "frame")
    frame.loc[3, "text"] = "other"
    with cb.start_run() as run:
        LinearRegression().fit(frame[["a", "b"]].iloc[:10], np.arange(10))
        StandardScaler().fit(frame[["a"]])
    assert [one.rows for one in (each.subset for each in cb.rows_used(run))] == [10, ROWS]


def test_frames_of_polars_that_are_changed_in_place(book: Book) -> None:
    frame = pl.DataFrame(numbers())
    cb.track_data(frame, "frame")
    assert fitted(frame) == list(range(ROWS))
    frame.replace_column(0, pl.Series("a", np.arange(ROWS, dtype=float)))
    assert fitted(frame) is None


ORDER = np.random.default_rng(2).permutation(ROWS)


def test_transformers_that_move_rows(book: Book) -> None:
    frame = numbers()
    cb.track_data(frame, "frame")
    moved = FunctionTransformer(lambda x: x[ORDER]).fit_transform(frame.to_numpy())
    assert fitted(moved[:50]) == sorted(ORDER[:50].tolist())
    scaled = make_pipeline(FunctionTransformer(lambda x: 2 * x[ORDER]), StandardScaler())
    assert fitted(scaled.fit_transform(frame.to_numpy())[:50]) is None
    turned = FunctionTransformer(lambda x: x[::-1].reset_index(drop=True)).fit_transform(frame)
    assert fitted(turned[:50]) == list(range(150, 200))


def test_transformers_that_keep_rows_where_they_are(book: Book) -> None:
    frame = numbers()
    cb.track_data(frame, "frame")
    each = FunctionTransformer(np.exp).fit_transform(frame)
    assert fitted(each[:50]) == list(range(50)), "value by value"
    more = FunctionTransformer(lambda x: x.assign(a=2 * x.a)).fit_transform(frame)
    assert fitted(more.to_numpy()[:50]) == list(range(50)), "a column is as it was"
    labelled = frame.set_index(pd.Index([f"p{one}" for one in range(ROWS)]))
    cb.track_data(labelled + 1, "labelled")
    twice = FunctionTransformer(lambda x: 2 * x).fit_transform(labelled + 1)
    assert fitted(twice[:50]) == list(range(50)), "labels say so"


def test_windows_are_no_rows(book: Book) -> None:
    array = numbers().to_numpy().copy()
    cb.track_data(array, "array")
    strides = array.strides
    askew = np.lib.stride_tricks.as_strided(array, (ROWS - 1, 6), strides)
    assert fitted(askew) is None
    assert fitted(array[:, :2]) == list(range(ROWS))


@pytest.mark.parametrize("rare", [0, 1])
def test_rows_that_were_counted_anew_before_some_were_left_out(book: Book, rare: int) -> None:
    frame = numbers().assign(flag=0.0)
    frame.loc[:rare, "flag"] = float(rare)
    cb.track_data(frame, "frame")
    chosen = frame[frame.b > 0].reset_index(drop=True)
    chosen = chosen[chosen.c > 0]
    with cb.start_run() as run:
        IsolationForest(n_estimators=2).fit(chosen[["flag"]])
    assert cb.rows_used(run) == []


def test_labels_beside_values_that_repeat_are_doubtful(book: Book) -> None:
    frame = numbers().assign(group=np.arange(ROWS) % 2)
    cb.track_data(frame, "frame")
    found = []
    for columns in (["group"], ["group", "b"]):
        with cb.start_run() as run:
            IsolationForest(n_estimators=2).fit(frame[frame.a > 0][columns])
        found += cb.rows_used(run)
    rows = np.flatnonzero(frame.a > 0).tolist()
    assert [one.positions.tolist() for one in found] == [rows, rows]
    assert [one.subset.doubtful for one in found] == [len(rows), 0]
