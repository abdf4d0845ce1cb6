"""A server that the tests of one process share, and a folder of each test's own in it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cellbook.book import Book
from cellbook.capture import CellLog
from cellbook.records import CellExecution, CellState
from cellbook.store import FolderStore
from tests.server.servers import Server, running

Execute = Callable[..., CellExecution]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture
def home(server: Server) -> Path:
    """An empty folder below the server's root; its name is its contents path."""
    folder = server.root / f"home-{secrets.token_hex(4)}"
    folder.mkdir()
    return folder


@pytest.fixture
def book(home: Path) -> Iterator[Book]:
    """An empty book in that folder, beside the server's own view of it."""
    opened = Book(FolderStore(home / ".cellbook"))
    yield opened
    opened.close()


@pytest.fixture
def execute(book: Book) -> Execute:
    """Give a function that records the execution of a cell."""
    return recorder(book)


def recorder(book: Book) -> Execute:
    """Return a function that records the execution of a cell in a book."""
    log = CellLog(book.store)

    def record(source: str, cell_id: str | None = "one", **fields: Any) -> CellExecution:
        execution = CellExecution(
            **{
                "execution_id": book.store.new_id(),
                "session": "01K8ZZZZZZZZZZZZZZZZZZZZZZ",
                "source": source,
                "state": CellState.OK,
                "start_time": 1_790_000_000_000,
                "order": 1,
                "notebook": "work.ipynb",
                "cell_id": cell_id,
                **fields,
            }
        )
        log.end(execution)
        return execution

    return record
