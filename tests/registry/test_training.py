"""What a version was trained on is kept with it, as a sketch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import cellbook as cb
from cellbook.book import Book
from cellbook.errors import CellbookWarning, InvalidInput
from cellbook.in_service import look
from cellbook.monitoring import Predictions, References
from cellbook.registry.training import REFERENCES


@pytest.fixture
def table() -> pd.DataFrame:
    x = np.random.default_rng(0).normal(size=1_000)
    return pd.DataFrame({"x": x, "y": 2 * x + 0.5 * np.sin(50 * x)})


@pytest.fixture
def open_book(book: Book, monkeypatch: pytest.MonkeyPatch) -> Iterator[Book]:
    """The book that module-level functions write to."""
    yield cb.open(book.folder)
    cb.open().close()


def fit(table: pd.DataFrame) -> LinearRegression:
    return LinearRegression().fit(table[["x"]], table["y"])


def reference(book: Book, target: str) -> Any:
    return References(book.store).find(book.models.find(target).version_id)


def test_the_rows_that_the_model_was_fitted_to_are_kept(
    open_book: Book, table: pd.DataFrame
) -> None:
    cb.track_data(table, "people")
    with cb.start_run() as run:
        run.log_model(fit(table[:700]), "line", input_example=table[["x"]][:5])
    kept = reference(open_book, "line")
    assert (kept.rows, kept.columns) == (700, ("x",))
    assert kept.source == "data:people@1, 700 of 1,000 rows"


def test_so_is_what_the_run_used_for_training(open_book: Book, table: pd.DataFrame) -> None:
    model = fit(table)
    with cb.start_run() as run:
        cb.track_data(table[:600], "people", split="train", keep=True)
        run.log_model(model, "line", input_example=table[["x"]][:5])
    assert reference(open_book, "line").source == "data:people@1"
    assert reference(open_book, "line").rows == 600


def test_it_is_given_left_out_or_kept_afterwards(book: Book, table: pd.DataFrame) -> None:
    book.models.log(fit(table), "line", input_example=table[["x"]][:5])
    assert reference(book, "line/1") is None
    assert book.models.log(fit(table), "line", input_example=table[["x"]][:5],
                           reference=table[:300]).number == 1  # fmt: skip
    assert (reference(book, "line/1").rows, reference(book, "line/1").columns) == (300, ("x",))
    book.models.keep_reference("line/1", table, source="data:people@1")
    assert (reference(book, "line/1").rows, reference(book, "line/1").source) == (
        1_000,
        "data:people@1",
    )
    book.models.log(fit(-table), "line", input_example=table[["x"]][:5], reference=False)
    assert reference(book, "line/2") is None
    with pytest.raises(InvalidInput, match="no column 'x', which the model takes"):
        book.models.log(fit(table[:9]), "line", input_example=table[["x"]][:5],
                        reference=table[["y"]])  # fmt: skip
    assert len(book.models.told("line").versions) == 2


def test_what_goes_wrong_with_it_unasked_keeps_no_model_back(
    book: Book, table: pd.DataFrame
) -> None:
    def broken(model: object, run: str) -> Iterator[Any]:
        raise OSError("the disk is gone")

    book.models.training = broken
    with pytest.warns(CellbookWarning, match=r"not kept for monitoring \(.*the disk is gone"):
        book.models.log(fit(table), "line", input_example=table[["x"]][:5])
    assert book.models.find("line").number == 1
    assert not book.store.ids(REFERENCES)


def test_of_many_rows_some_are_looked_at(book: Book) -> None:
    many = pd.DataFrame({"x": np.arange(450_000.0)})
    book.models.log(LinearRegression().fit(many[:5], [1, 2, 3, 4, 5]), "line",
                    input_example=many[:5], reference=many)  # fmt: skip
    kept = reference(book, "line")
    assert kept.rows == 150_000
    assert kept.source.endswith("one of 3 rows")


def test_monitoring_needs_nothing_else(book: Book, table: pd.DataFrame) -> None:
    version = book.models.log(
        fit(table), "line", input_example=table[["x"]][:5], reference=table[["x"]]
    )
    rng = np.random.default_rng(1)
    log = Predictions(book.store).log("served", versions={"line/1": version.version_id})
    for hour, mean in ((1, 0.0), (2, 3.0)):
        rows = rng.normal(mean, size=400)
        log.log({"x": rows}, rows, model="line/1", time_ms=hour * 3_600_000)
    log.close()
    log = Predictions(book.store).log("served", versions={"line/1": version.version_id})
    log.log({"x": [0.0]}, [0.0], model="line/1", time_ms=3_600_000)
    log.close()
    # Chunks that are joined still say whose they are.
    assert Predictions(book.store).compact("served") == 1
    (chunk,) = Predictions(book.store).chunks("served")
    assert dict(chunk.versions) == {version.version_id: 801}
    calm, drifted = look(book, "served", 3_600)
    assert calm.drift is not None
    assert not calm.drift.drifted
    assert drifted.drift is not None
    assert drifted.drift.drifted
