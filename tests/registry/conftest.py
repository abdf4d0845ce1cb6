"""Books, and models that take no time to make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from cellbook import book as books
from cellbook.book import Book

Opener = Callable[[str], Book]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Give a function that opens a book in a folder by name."""
    there: dict[str, Book] = {}

    def open_one(name: str) -> Book:
        if name not in there:
            (tmp_path / name).mkdir(exist_ok=True)
            there[name] = books.look_into(tmp_path / name / ".cellbook", create=True)
        return there[name]

    yield open_one
    for one in there.values():
        one.close()


@pytest.fixture
def book(opened: Opener) -> Book:
    return opened("home")


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CELLBOOK_USER", "ada")
    return "ada"


def line(slope: float) -> LinearRegression:
    """Return a model whose predictions are `slope` times its input."""
    x = np.arange(4.0).reshape(-1, 1)
    return LinearRegression(fit_intercept=False).fit(x, slope * x[:, 0])
