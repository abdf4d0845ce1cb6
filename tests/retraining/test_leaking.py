"""Rows of the holdout that a challenger was trained on, under whatever version."""

from __future__ import annotations

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from cellbook.book import Book
from cellbook.records import RetrainingPlan
from cellbook.retraining.judging import Holdout, open_holdout
from cellbook.retraining.leaking import leaked
from tests.registry.conftest import book, opened
from tests.retraining.making import people

__all__ = ["book", "opened"]

PLAN = RetrainingPlan("credit", "run:train", "data:holdout@1", label="paid")


@pytest.fixture
def held(book: Book) -> Holdout:
    book.track_data(people(500, 3), "holdout", keep=True)
    return open_holdout(book, PLAN)


def mixed(rows: int) -> pd.DataFrame:
    """Return rows of the holdout among others."""
    return pd.concat([people(400, 9), people(500, 3).iloc[:rows]], ignore_index=True)


def test_rows_of_the_holdout_under_another_version_are_counted(book: Book, held: Holdout) -> None:
    with book.start_run("leaky") as run:
        rows = mixed(120)
        book.track_data(rows, "fresh", keep=True)
        LogisticRegression().fit(rows[["income", "age"]], rows["paid"])
    assert leaked(book, run.run_id, held, print) == (
        "120 of the 500 rows of the holdout are among those that it was trained on "
        "(data:fresh@1, 520 of 520 rows)"
    )


def test_only_the_rows_that_were_fitted_to_count(book: Book, held: Holdout) -> None:
    with book.start_run("careful") as run:
        rows = mixed(120)
        book.track_data(rows, "fresh", keep=True)
        train = rows.iloc[:410]
        LogisticRegression().fit(train[["income", "age"]], train["paid"])
    said = leaked(book, run.run_id, held, print)
    assert said.startswith("10 of the 500 rows of the holdout")
    assert "data:fresh@1, 410 of 520 rows" in said


def test_data_whose_use_nobody_told_is_looked_at(book: Book, held: Holdout) -> None:
    with book.start_run("untold") as run:
        book.track_data(mixed(7), "fresh", keep=True)
    assert leaked(book, run.run_id, held, print).startswith("7 of the 500 rows")


def test_other_rows_and_rows_that_are_alike_by_chance_leak_nothing(
    book: Book, held: Holdout
) -> None:
    with book.start_run("clean") as run:
        book.track_data(people(500, 4), "fresh", split="train", keep=True)
        # Tested with, and said so.
        book.track_data(mixed(50), "checks", split="test", keep=True)
        # Ages alone are those of everybody.
        book.track_data(held.inputs[["age"]], "ages", split="train", keep=True)
    assert leaked(book, run.run_id, held, print) == ""


def test_what_is_not_at_hand_any_more_is_told(book: Book, held: Holdout) -> None:
    with book.start_run("lost") as run:
        book.track_data(mixed(7), "fresh")
    said: list[str] = []
    assert leaked(book, run.run_id, held, said.append) == ""
    assert said == [
        "data:fresh@1 is not at hand any more, so rows of the holdout were not looked for in it: "
        "keep=True keeps what is tracked"
    ]


def test_the_holdout_itself_is_told_as_such(book: Book, held: Holdout) -> None:
    with book.start_run("itself") as run:
        book.track_data(people(500, 3), "holdout", split="train")
    assert leaked(book, run.run_id, held, print) == "it was trained on the holdout itself"


def test_blanks_around_names_are_no_part_of_them() -> None:
    plan = RetrainingPlan(" credit ", "run:train", "holdout@1", alias="champion ", endpoint=" shop")
    assert (plan.model, plan.alias, plan.endpoint) == ("credit", "champion", "shop")
