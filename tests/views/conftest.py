"""A book to read from, and runs to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cellbook import book
from cellbook.book import Book
from cellbook.records import RunRecord
from cellbook.store import Store

Log = Callable[..., RunRecord]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Book]:
    """Give an empty book."""
    yield book.open(tmp_path)
    book.close_all()


@pytest.fixture
def store(opened: Book) -> Store:
    """Give the store of the empty book."""
    return opened.store


@pytest.fixture
def log(opened: Book) -> Log:
    """Give a function that records a run: ``log("name", {"lr": 0.1}, acc=[0.1, 0.2])``."""

    def record(
        name: str = "run", params: dict[str, Any] | None = None, **metrics: Any
    ) -> RunRecord:
        options = {key: metrics.pop(key) for key in ("tags", "experiment") if key in metrics}
        with opened.start_run(name, params=params, **options) as run:
            for key, values in metrics.items():
                for value in values if isinstance(values, list) else [values]:
                    run.log_metric(key, value)
        return opened.find_run(run.run_id)

    return record
