"""Which rows were fitted is on record, whatever the way."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import cellbook as cb
from cellbook import book as books
from cellbook.book import Book
from cellbook.errors import CellbookWarning, InvalidInput, NotFound
from cellbook.store import FolderStore


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    yield books.open(tmp_path)
    books.close_all()


def digits(rows: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(rng.normal(size=(rows, 4)), columns=list("abcd"))
    return frame.assign(target=(frame.a > 0).astype(int), group=rng.choice(["x", "y"], rows))


def test_rows_of_a_fit_through_filter_split_columns_and_scaling(book: Book) -> None:
    frame = digits()
    with cb.start_run("fit") as run:
        cb.track_data(frame, "digits")
        chosen = frame[frame.group == "x"]
        train, test = train_test_split(chosen, random_state=0)
        scaler = StandardScaler()
        features = scaler.fit_transform(train[["a", "b", "c"]].values)
        model = LogisticRegression().fit(features, train.target)
        model.score(scaler.transform(test[["a", "b", "c"]].values), test.target)
    prepared, fitted, scored = cb.rows_used(run)
    assert [one.subset.role for one in (prepared, fitted, scored)] == [
        "prepared",
        "train",
        "scored",
    ]
    assert fitted.subset.estimator == "sklearn.linear_model.LogisticRegression"
    assert sorted(train.index) == fitted.positions.tolist() == prepared.positions.tolist()
    assert sorted(test.index) == scored.positions.tolist()
    assert fitted.subset.rows == len(train) == len(fitted)
    assert fitted.subset.of == 200
    assert "train_test_split(chosen, random_state=0)" in fitted.subset.selector
    assert 'chosen = frame[frame.group == "x"]' in fitted.subset.selector
    version = book.datasets.find("digits@1")
    assert set(run.record.inputs[version.dataset_id]) == {"", "train"}


def test_was_a_row_in_training(book: Book) -> None:
    frame = digits().set_index(pd.Index([f"p{one}" for one in range(200)]))
    cb.track_data(frame, "digits")
    with cb.start_run("a"):
        GaussianNB().fit(frame.iloc[:50][["a", "b"]], frame.target[:50])
        (used,) = cb.rows_used()
    assert used.contains("p3")
    assert not used.contains("p50")
    assert used.contains(position=49)
    with pytest.raises(InvalidInput, match="has no row 'x'"):
        used.contains("x")
    with pytest.raises(InvalidInput, match="200 rows"):
        used.contains(position=200)
    with cb.start_run("b"):
        GaussianNB().fit(frame.iloc[40:90][["a", "b"]], frame.target[40:90])
        (other,) = cb.rows_used()
    difference = used.difference(other)
    assert (len(difference.only_first), len(difference.only_second)) == (40, 40)
    assert difference.both.tolist() == list(range(40, 50))
    assert "10 rows in both" in repr(difference)
    assert [len(one) for one in cb.rows_used(of="digits")] == [50, 50]
    assert [len(one) for one in cb.rows_used("a", of="digits@1")] == [50]


def test_labels_are_known_again_from_what_is_kept(book: Book) -> None:
    frame = digits().set_index(pd.Index(range(1000, 1200)))
    cb.track_data(frame, "kept", keep=True)
    with cb.start_run("a"):
        GaussianNB().fit(frame[["a"]][:3], [0, 1, 0])
    books.close_all()
    books.open(book.url)
    (used,) = cb.rows_used("a")
    assert used.contains(1002)
    assert not used.contains(1003)


def test_labels_that_are_not_at_hand_are_asked_by_position(book: Book) -> None:
    frame = digits()
    cb.track_data(frame.rename(index=str), "gone")
    cb.track_data(frame, "counted")
    with cb.start_run("a"):
        GaussianNB().fit(frame.rename(index=str)[["a"]][:3], [0, 1, 0])
        GaussianNB().fit(frame[["a"]][:4], [0, 1, 0, 1])
    books.close_all()
    books.open(book.url)
    used, counted = cb.rows_used("a")
    with pytest.raises(InvalidInput, match="position"):
        used.contains("2")
    assert used.contains(position=2)
    assert counted.contains(3)
    assert not counted.contains(4)


def test_rows_of_a_file_that_was_tracked(book: Book, tmp_path: Path) -> None:
    file = tmp_path / "digits.csv"
    digits().to_csv(file, index=False)
    cb.track_data(file)
    with cb.start_run("a") as run:
        frame = pd.read_csv(file)
        train = frame[frame.group == "x"]
        GaussianNB().fit(train[["a", "b"]], train.target)
        (used,) = cb.rows_used(run)
    assert used.positions.tolist() == train.index.tolist()
    assert (used.subset.of, used.data) == (200, "data:digits@1")
    assert used.contains(int(train.index[0]))
    file.write_text("a,b\n1,2\n")
    other = tmp_path / "other.csv"
    digits(50).to_csv(other, index=False)
    cb.track_data(other)
    other.write_text("a,b\n1,2\n")
    with cb.start_run("b") as run:
        GaussianNB().fit(digits(50)[["a", "b"]], digits(50).target)
    # The other file is not what was tracked any more; the rows are those of the first as well.
    assert [one.data for one in cb.rows_used(run)] == ["data:digits@1"]


def test_batches_are_one_subset(book: Book) -> None:
    frame = digits()
    cb.track_data(frame, "digits")
    with cb.start_run("a") as run:
        model = SGDClassifier()
        for start in range(0, 100, 10):
            part = frame.iloc[start : start + 10]
            model.partial_fit(part[["a", "b"]], part.target, [0, 1])
    (used,) = cb.rows_used(run)
    assert used.positions.tolist() == list(range(100))


def test_cross_validation_is_silent_and_on_record(book: Book) -> None:
    frame = digits()
    cb.track_data(frame, "digits")
    with cb.start_run("a") as run:
        scores = cross_val_score(
            make_pipeline(StandardScaler(), GaussianNB()), frame[["a", "b"]], frame.target, cv=4
        )
    used = cb.rows_used(run)
    assert len(scores) == 4
    assert [one.subset.role for one in used] == ["train", "scored"] * 4
    assert np.unique(np.concatenate([one.positions for one in used[1::2]])).tolist() == list(
        range(200)
    )


def test_subsets_are_said_where_nothing_tells(book: Book) -> None:
    array = np.random.default_rng(0).random((30, 3))
    cb.track_data(array, "tensors")
    with cb.start_run("a") as run:
        first = cb.track_subset(array[5:9], of="tensors@1")
        second = cb.track_subset(of="tensors@1", rows=np.arange(30) > 25, split="val")
        third = cb.track_subset(of="tensors", rows=[1, 1, 2], split="mine")
    assert (first.role, first.rows, first.how) == ("train", 4, "identity")
    assert (second.role, second.rows, second.how) == ("validation", 4, "said")
    assert (third.role, third.rows, third.distinct) == ("mine", 3, 2)
    assert [one.positions.tolist() for one in cb.rows_used(run)] == [
        [5, 6, 7, 8],
        [26, 27, 28, 29],
        [1, 1, 2],
    ]
    with pytest.raises(NotFound, match="were not found in data:tensors@1"):
        cb.track_subset(np.zeros((2, 3)), of="tensors")
    with pytest.raises(InvalidInput, match="has 30 rows"):
        cb.track_subset(of="tensors", rows=[30])
    with pytest.raises(InvalidInput, match="Of which data"):
        cb.track_subset(rows=[1])
    with pytest.raises(InvalidInput, match="No run is active"):
        cb.rows_used()


def test_a_pipeline_of_transformers_prepares(book: Book) -> None:
    frame = digits()
    cb.track_data(frame, "digits")
    with cb.start_run("a") as run:
        made = make_pipeline(StandardScaler(), StandardScaler()).fit_transform(frame[["a", "b"]])
        GaussianNB().fit(made[3:9], frame.target[3:9])
    prepared, used = cb.rows_used(run)
    assert (prepared.subset.role, used.subset.role) == ("prepared", "train")
    assert used.positions.tolist() == list(range(3, 9))


def test_polars(book: Book) -> None:
    frame = pl.from_pandas(digits())
    cb.track_data(frame, "polars")
    with cb.start_run("a") as run:
        part = frame.filter(pl.col("group") == "x")
        GaussianNB().fit(part.select("a", "b").to_numpy(), part["target"].to_numpy())
    (used,) = cb.rows_used(run)
    assert used.positions.tolist() == np.flatnonzero(digits().group == "x").tolist()


def test_without_tracked_data_nothing_is_hooked(book: Book) -> None:
    before = vars(GaussianNB)["fit"]
    with cb.start_run("a") as run:
        GaussianNB().fit(digits()[["a"]], digits().target)
        assert vars(GaussianNB)["fit"] is before
        cb.track_data(digits(), "digits")
        assert vars(GaussianNB)["fit"] is not before
    assert cb.rows_used(run) == []
    books.close_all()
    assert vars(GaussianNB)["fit"] is before


def test_data_that_is_not_tracked_is_not_taken_for_it(book: Book) -> None:
    cb.track_data(digits(), "digits")
    with cb.start_run("a") as run:
        GaussianNB().fit(np.random.default_rng(0).random((50, 3)), np.arange(50) % 2)
    assert cb.rows_used(run) == []


def test_a_store_that_fails_warns_and_the_fit_goes_on(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = digits()
    cb.track_data(frame, "digits")

    def refuse(*_: Any, **__: Any) -> str:
        raise cb.errors.StoreWriteError(28, "the disk is full")

    monkeypatch.setattr(FolderStore, "commit", refuse)
    with pytest.warns(CellbookWarning, match="the disk is full"):
        model = GaussianNB().fit(frame[["a"]], frame.target)
    monkeypatch.undo()
    assert model.score(frame[["a"]], frame.target) > 0.5


def test_nothing_is_kept_alive_beyond_its_budget(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cellbook.datasets.subsets.registry._HELD", 0)
    frame = digits()
    cb.track_data(frame, "digits")
    model = GaussianNB().fit(frame[["a"]], frame.target)
    del frame, model
    gc.collect()
    assert not book.fits.registry
    assert book.fits._fitted == {}


def test_many_fits_of_one_run_are_bounded(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cellbook.tracking.fits._MOST", 3)
    frame = digits()
    cb.track_data(frame, "digits")
    with cb.start_run("a") as run, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for count in range(50, 56):
            GaussianNB().fit(frame[["a"]][:count], frame.target[:count])
            GaussianNB().fit(frame[["a"]][:count], frame.target[:count])
    assert len(cb.rows_used(run)) == 3
    assert [str(one.message)[:11] for one in told] == ["More than 3"]
