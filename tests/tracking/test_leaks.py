"""Rows that were trained on and are judged by, too, are told of: a leak makes numbers look good."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB

import cellbook as cb
from cellbook import book as books
from cellbook.book import Book
from cellbook.errors import CellbookWarning


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    yield books.open(tmp_path)
    books.close_all()


def digits(rows: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(rng.normal(size=(rows, 4)), columns=list("abcd"))
    return frame.assign(target=(frame.a > 0).astype(int), group=rng.choice(["x", "y"], rows))


def overlapping(count: int) -> Any:
    return pytest.warns(CellbookWarning, match=rf"^{count} of the .* rows .*position \d+ of data:")


def test_scoring_some_of_the_training_rows_warns_once(book: Book) -> None:
    frame = digits()
    cb.track_data(frame, "digits")
    columns = ["a", "b"]
    with cb.start_run("a"):
        model = GaussianNB().fit(frame[columns][:100], frame.target[:100])
        model.score(frame[columns][:100], frame.target[:100])
        model.score(frame[columns][100:], frame.target[100:])
        model.predict(frame[columns])
        model.predict(frame[columns][:5])
        with overlapping(10):
            model.score(frame[columns][90:150], frame.target[90:150])
        model.score(frame[columns][80:150], frame.target[80:150])
    with cb.start_run("b"):
        model.fit(frame[columns][:100], frame.target[:100])
        with overlapping(5):
            model.predict(frame[columns][95:150])


def test_test_rows_that_were_trained_on_warn(book: Book) -> None:
    frame = digits()
    cb.track_data(frame, "digits")
    with cb.start_run("a"):
        cb.track_subset(frame[150:], split="test")
        with overlapping(20):
            GaussianNB().fit(frame[["a", "b"]][:170], frame.target[:170])
    with cb.start_run("b"):
        GaussianNB().fit(frame[["a", "b"]][:150], frame.target[:150])
        with overlapping(1):
            cb.track_subset(frame.iloc[[149, 160]].to_numpy(), of="digits", split="test")


def test_two_tracked_sets_with_the_same_rows_warn(book: Book) -> None:
    frame = digits()
    with cb.start_run("a"):
        cb.track_data(frame[:120].reset_index(drop=True), "train", split="train")
        with pytest.warns(CellbookWarning, match=r"^20 of the 100 rows of data:test@1 \(test\)"):
            cb.track_data(frame[100:].reset_index(drop=True), "test", split="test")


def test_rows_count_by_what_they_were_made_of(book: Book) -> None:
    frame = digits()
    cb.track_data(frame, "raw")
    clean = frame[frame.a > -9].assign(a=lambda one: one.a * 2)
    cb.track_data(clean, "clean")
    scaled = clean.assign(b=lambda one: one.b + 1)
    cb.track_data(scaled, "scaled")
    with cb.start_run("other"):
        cb.track_data(frame[150:], "held out", split="test")
        GaussianNB().fit(scaled[["a", "b"]][:150], scaled.target[:150])
    with cb.start_run("same"):
        cb.track_data(frame[150:], "held out", split="test")
        with pytest.warns(CellbookWarning, match=r"20 of the 50 rows used for test .* data:raw@1"):
            GaussianNB().fit(scaled[["a", "b"]][:170], scaled.target[:170])


def test_parts_of_one_table_are_no_mistake_though_rows_are_alike(book: Book) -> None:
    frame = digits()
    doubled = pd.concat([frame[:150], frame[:20], frame[150:]], ignore_index=True)
    for name, table in (("plain", frame), ("doubled", doubled)):
        cb.track_data(table, name)
        train, test = train_test_split(table, random_state=0)
        with cb.start_run(name):
            cb.track_data(train, f"{name} train", split="train")
            cb.track_data(test, f"{name} test", split="test")
            model = GaussianNB().fit(train[["a", "b"]], train.target)
            model.score(test[["a", "b"]], test.target)
            model.predict(test[["a", "b"]])


def test_parts_without_their_index_take_other_rows_of_the_same_values(book: Book) -> None:
    frame = digits(40)
    doubled = pd.concat([frame, frame], ignore_index=True)
    cb.track_data(doubled, "doubled")
    with cb.start_run("a"):
        cb.track_data(doubled[:40].set_axis(range(100, 140)), "train", split="train")
        cb.track_data(doubled[40:].set_axis(range(200, 240)), "test", split="test")


def test_the_same_rows_are_told_once(book: Book) -> None:
    frame = digits()
    cb.track_data(frame, "raw")
    with cb.start_run("a"):
        cb.track_data(frame[:120], "train", split="train")
        with pytest.warns(CellbookWarning, match="20 of the 100 rows used for test"):
            cb.track_data(frame[100:], "test", split="test")
        GaussianNB().fit(frame[["a", "b"]][:120], frame.target[:120])  # Silent by now.


def test_train_data_from_before_the_run_counts(book: Book) -> None:
    frame = digits()
    cb.track_data(frame, "raw")
    cb.track_data(frame[:120], "train", split="train")
    with cb.start_run("a"), pytest.warns(CellbookWarning, match="20 of the 100 rows"):
        cb.track_data(frame[100:], "test", split="test")


def run_cell(source: str, **names: Any) -> None:
    """Run code as a cell is run: its source can be looked up."""
    file = f"<cell {len(linecache.cache)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": "__main__", **names}
    exec(compile(source, file, "exec"), namespace)


def test_scoring_all_that_holds_the_training_rows_warns(book: Book) -> None:
    frame = digits()
    cb.track_data(frame, "digits")
    with cb.start_run("a") as run:
        model = GaussianNB().fit(frame[["a", "b"]][:150], frame.target[:150])
        with overlapping(150):
            model.score(frame[["a", "b"]], frame.target)
    (leak,) = run.record.leaks.values()
    assert leak.startswith("150 of the 200 rows scored are among the 150 that sklearn.")
    assert "data:digits@1" in leak


@pytest.mark.parametrize(
    "source",
    [
        "accuracy_score(test.target, model.predict(test[columns]))",
        "metrics.accuracy_score(y_true=test.target,\n    y_pred=model.predict(test[columns]))",
        "predicted = model.predict(test[columns])\nprint(accuracy_score(test.target, predicted))",
        "p = model.predict_proba(test[columns])[:, 1]\nmetrics.roc_auc_score(test.target, p)",
        "accuracy_score(test.target, model.predict(test[columns].reset_index(drop=True)))",
    ],
)
def test_predictions_of_training_rows_that_are_judged_warn(book: Book, source: str) -> None:
    frame = digits()
    cb.track_data(frame, "digits")
    columns = ["a", "b"]
    names = {
        "columns": columns, "metrics": metrics, "accuracy_score": metrics.accuracy_score,
        "model": GaussianNB(), "frame": frame, "test": frame[40:90],
    }  # fmt: skip
    with cb.start_run("a") as run:
        run_cell("model.fit(frame[columns], frame.target)", **names)
        run_cell("shown = model.predict(test[columns])\nprint(shown[:5])", **names)
        run_cell("accuracy_score(frame.target, model.predict(frame[columns]))", **names)
        assert not run.record.leaks
        with overlapping(50):
            run_cell(source, **names)
    assert len(run.record.leaks) == 1


def test_test_data_that_is_a_part_of_what_was_trained_on_warns(book: Book) -> None:
    frame = digits()
    test = frame[40:90].copy()
    cb.track_data(frame, "digits")
    with cb.start_run("a") as run:
        model = GaussianNB().fit(frame[["a", "b"]], frame.target)
        cb.track_data(test, "test")
        with overlapping(50):
            model.score(test[["a", "b"]], test.target)
    assert [one.data for one in cb.rows_used(run)] == ["data:digits@1", "data:test@1"]
    assert len(run.record.leaks) == 1


def test_parts_that_were_tracked_before_their_whole_are_found_in_it(book: Book) -> None:
    frame = digits()
    test = frame[40:90].reset_index(drop=True)
    cb.track_data(test, "test")
    cb.track_data(frame, "digits")
    with cb.start_run("score") as scored:
        model = GaussianNB().fit(frame[["a", "b"]], frame.target)
        with overlapping(50):
            model.score(test[["a", "b"]], test.target)
    with cb.start_run("judge") as judged, overlapping(50):
        run_cell(
            "accuracy_score(test.target, model.predict(test[['a', 'b']]))",
            accuracy_score=metrics.accuracy_score, model=model, test=test,
        )  # fmt: skip
    assert [len(one.record.leaks) for one in (scored, judged)] == [1, 1]


def test_test_rows_of_a_part_are_compared_with_a_model_of_another_run(book: Book) -> None:
    frame = digits()
    cb.track_data(frame, "digits")
    with cb.start_run("fit"):
        model = GaussianNB().fit(frame[["a", "b"]], frame.target)
    test = frame[40:90].copy()
    with cb.start_run("score") as run:
        cb.track_data(test, "test", split="test")
        with overlapping(50):
            model.score(test[["a", "b"]], test.target)
    assert len(run.record.leaks) == 1


def test_a_part_that_is_tracked_again_is_rows_of_the_same_again(book: Book) -> None:
    frame = digits()
    cb.track_data(frame, "digits")
    test = frame[150:].copy()
    for name in ("one", "two"):
        with cb.start_run(name) as run:
            cb.track_data(test, "test", split="test")
            with overlapping(50):
                GaussianNB().fit(frame[["a", "b"]], frame.target)
        assert len(run.record.leaks) == 1


def test_each_run_that_uses_two_sets_with_the_same_rows_says_so(book: Book) -> None:
    frame = digits()
    train, test = (frame[part].reset_index(drop=True) for part in (slice(120), slice(100, 200)))
    with cb.start_run("a") as first:
        cb.track_data(train, "train", split="train")
        with pytest.warns(CellbookWarning, match=r"^20 of the 100"):
            cb.track_data(test, "test", split="test")
    with cb.start_run("b") as second:
        cb.track_data(train, "train", split="train")
        assert not second.record.leaks
        cb.track_data(test, "test", split="test")
    with cb.start_run("c") as third:
        cb.track_data(train, "train", split="train")
    texts = [list(one.record.leaks.values()) for one in (first, second, third)]
    assert texts[0] == texts[1]
    assert texts[0][0].startswith("20 of the 100 rows of data:test@1 (test)")
    assert texts[2] == []


def test_what_the_run_itself_tracked_comes_first(book: Book, tmp_path: Path) -> None:
    frame = digits()
    file = tmp_path / "digits.csv"
    frame.to_csv(file, index=False)
    cb.track_data(frame, "frame")
    with cb.start_run("a") as run:
        cb.track_data(file, "csvfile", split="train")
        read = pd.read_csv(file)
        GaussianNB().fit(read[["a", "b"]], read.target)
        GaussianNB().fit(read[["a", "b"]].to_numpy(), read.target)
    assert {one.data for one in cb.rows_used(run)} == {"data:csvfile@1"}
    assert cb.rows_used(of="csvfile@1")
    with cb.start_run("b") as run:
        cb.track_data(frame, "frame", split="train")
        GaussianNB().fit(frame.copy()[["a", "b"]], frame.target)
    assert {one.data for one in cb.rows_used(run)} == {"data:frame@1"}
