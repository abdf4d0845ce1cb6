"""A book to look at, and the command in this process."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cellbook import book as books
from cellbook.book import Book
from cellbook.cli import main

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def closed_books() -> Iterator[None]:
    """Leave no book open: the next test's is another one."""
    yield
    books.close_all()


@pytest.fixture
def opened(tmp_path: Path) -> Book:
    """An empty book."""
    return books.open(tmp_path)


@pytest.fixture
def book(opened: Book) -> Book:
    """A book with four runs: two that finished, one that failed, one without anything."""
    with opened.start_run(
        "baseline", params={"lr": 0.01, "layers": [64, 64]}, tags={"team": "vision"}
    ) as run:
        for step in range(10):
            run.log_metrics({"acc": 0.5 + step / 25, "loss": 1 / (step + 1)}, step)
        run.log_text("a note", "notes/first.txt")
    with opened.start_run("wide", params={"lr": 0.03, "layers": [128, 128]}) as run:
        run.log_metric("acc", 0.95)
    run = opened.start_run("too bold")
    run.log_metric("loss", float("inf"))
    run.end("failed", "ZeroDivisionError: division by zero")
    with opened.start_run("empty"):
        pass
    return opened


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in this process; return its status, output and errors."""

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(words)
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
