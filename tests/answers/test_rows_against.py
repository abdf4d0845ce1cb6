"""Rows at hand beside what a model was trained on: read, told, refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from cellbook import book as books
from cellbook.answers.rows_against import against_cells, rows_against
from cellbook.book import Book
from cellbook.cli import main
from cellbook.errors import InvalidInput, NotFound
from cellbook.monitoring import References
from tests.registry.conftest import book, opened

__all__ = ["book", "opened"]


@pytest.fixture(autouse=True)
def closed_books() -> Iterator[None]:
    """Leave no book open that the command opened in this process."""
    yield
    books.close_all()


def people(mean: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"income": rng.normal(mean, 8, 500), "age": rng.normal(40, 9, 500)})


@pytest.fixture
def credit(book: Book) -> Book:
    rows = people(30, 0)
    model = LinearRegression().fit(rows, rows["income"])
    book.models.log(model, "credit", input_example=rows[:5], reference=rows)
    return book


def test_rows_are_compared_with_the_reference_of_the_newest_version(credit: Book) -> None:
    assert not rows_against(credit, "credit", people(30, 1)).report.drifted
    found = rows_against(credit, "credit/1", people(45, 1).assign(paid=1), "today")
    assert found.left_out == ("paid",)
    assert found.summary.startswith(
        "credit/1: 1 column of 2 drifted · today, 500 rows, against given when it was registered"
    )
    assert [line[:2] for line in against_cells(found)[1:]] == [["income", "yes"], ["age", "no"]]


def test_an_endpoint_has_a_reference_of_its_own(book: Book) -> None:
    References(book.store).keep("shop", people(30, 0))
    assert rows_against(book, "shop", people(45, 1)).report.drifted


def test_what_cannot_be_compared_is_told(credit: Book, tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("text\n")
    for data, words in (
        (people(30, 1)[:0], "has no rows"),
        (object(), "A object is no table"),
        (tmp_path / "notes.csv", "has no rows"),
        (pd.DataFrame({"y": [1.0]}), "None of the columns y is an input of credit. It takes incom"),
    ):
        with pytest.raises(InvalidInput, match=words):
            rows_against(credit, "credit", data)
    with pytest.raises(NotFound, match="no model 'debit'"):
        rows_against(credit, "debit", people(30, 1))
    rows = people(30, 0)
    plain = LinearRegression().fit(rows, rows["age"])
    credit.models.log(plain, "plain", input_example=rows[:5], reference=False)
    with pytest.raises(NotFound, match="plain has no reference"):
        rows_against(credit, "plain", rows)


def test_the_command(credit: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "today.csv"
    people(45, 1).to_csv(file, index=False)
    words = ["monitor", "credit", "--data", str(file), "--book", str(credit.folder)]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "1 column of 2 drifted · today.csv, 500 rows" in out
    assert main([*words, "--check", "--json"]) == 1
    assert [one["drifted"] for one in json.loads(capsys.readouterr().out)] == [True, False]
    people(30, 1).to_csv(file, index=False)
    assert main([*words, "--check"]) == 0
    assert main([*words, "--watch", "--by", "town"]) == 2
    assert "--watch, --by are of an endpoint's predictions" in capsys.readouterr().err
