from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook.book import Book
from cellbook.sharing import export_run
from tests.sharing.samples import add_run, new_book


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Book]:
    """A book with one whole run."""
    made = new_book(tmp_path / "home")
    add_run(made)
    yield made
    made.close()


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Book]:
    """An empty book on what might be another machine."""
    made = new_book(tmp_path / "away")
    yield made
    made.close()


@pytest.fixture
def archive(home: Book, tmp_path: Path) -> Path:
    """That run as a file."""
    return export_run("wide net", tmp_path / "wide.zip", book=home, data=True)
