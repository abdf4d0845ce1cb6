"""Rows whose weight is zero have no part in what is fitted, however the weights come."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import joblib  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import cellbook as cb
from cellbook import book as books
from cellbook.book import Book

ROWS = 200
FRAME = pd.DataFrame(np.random.default_rng(7).normal(size=(ROWS, 3)), columns=list("abc"))
Y = (FRAME.a > 0).astype(int)
WEIGHTS = (np.arange(ROWS) % 4 != 0).astype(float)
ROWS_LEFT = np.flatnonzero(WEIGHTS).tolist()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    yield books.open(tmp_path)
    books.close_all()


WAYS = {
    "by name": lambda frame: LinearRegression().fit(frame, Y, sample_weight=WEIGHTS),
    "by place": lambda frame: LinearRegression().fit(frame, Y, WEIGHTS),
    "a list": lambda frame: LinearRegression().fit(frame, Y, sample_weight=WEIGHTS.tolist()),
    "a series": lambda frame: LinearRegression().fit(frame, Y, sample_weight=pd.Series(WEIGHTS)),
    "of a step": lambda frame: make_pipeline(StandardScaler(), LogisticRegression()).fit(
        frame, Y, logisticregression__sample_weight=WEIGHTS
    ),
    "of a search": lambda frame: GridSearchCV(LogisticRegression(), {"C": [1]}, cv=3).fit(
        frame, Y, sample_weight=WEIGHTS
    ),
    "batch by batch": lambda frame: SGDClassifier().partial_fit(
        frame, Y, classes=[0, 1], sample_weight=WEIGHTS
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_rows_without_weight_are_not_trained_on(book: Book, way: str) -> None:
    cb.track_data(FRAME.copy(), "frame")
    with cb.start_run() as run:
        WAYS[way](FRAME)
    (used,) = cb.rows_used(run)
    assert used.subset.role == "train"
    assert used.positions.tolist() == ROWS_LEFT


def test_what_is_not_trained_on_may_be_tested_with(book: Book) -> None:
    frame = FRAME.copy()
    cb.track_data(frame, "frame")
    model = LogisticRegression()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with cb.start_run() as run:
            model.fit(frame, Y, sample_weight=WEIGHTS)
            model.score(frame, Y, sample_weight=1 - WEIGHTS)
        with cb.start_run():
            model.fit(frame, Y, sample_weight=np.zeros(ROWS) + 2)
    trained, scored = cb.rows_used(run)
    assert trained.positions.tolist() == ROWS_LEFT
    assert sorted({*range(ROWS)} - {*ROWS_LEFT}) == scored.positions.tolist()


JUDGED = {
    "predict_proba": lambda model, rows, y: roc_auc_score(y, model.predict_proba(rows)[:, 1]),
    "predict_log_proba": lambda model, rows, y: log_loss(y, np.exp(model.predict_log_proba(rows))),
    "decision_function": lambda model, rows, y: roc_auc_score(y, model.decision_function(rows)),
}


@pytest.mark.parametrize("verb", JUDGED)
def test_probabilities_of_training_rows_that_are_judged(book: Book, verb: str) -> None:
    frame = FRAME.copy()
    cb.track_data(frame, "frame")
    model = LogisticRegression()
    with cb.start_run() as run:
        model.fit(frame.iloc[:150], Y.iloc[:150])
        with pytest.warns(UserWarning, match="50 of the 100 rows scored are among the 150"):
            JUDGED[verb](model, frame.iloc[100:], Y.iloc[100:])
    assert len(book.find_run(run.run_id).leaks) == 1


def test_each_fold_in_threads_is_on_record(book: Book) -> None:
    frame = FRAME.copy()
    cb.track_data(frame, "frame")
    with cb.start_run() as run, joblib.parallel_config("threading"):
        cross_val_score(LogisticRegression(), frame, Y, cv=3, n_jobs=2)
    folds = StratifiedKFold(3).split(frame, Y)
    trained = [one.positions.tolist() for one in cb.rows_used(run) if one.subset.role == "train"]
    assert sorted(trained) == sorted(rows.tolist() for rows, _ in folds)
