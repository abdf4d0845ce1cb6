"""Who looks at a book, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cellbook.book import Book
from cellbook.server import shelf as shelves
from cellbook.server.places import Place
from cellbook.server.shelf import Shelf
from cellbook.server.watching import Watch
from cellbook.store import FolderStore
from tests.server.samples import log


class Window:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard: list[Mapping[str, Any]] = []

    def find(self) -> Place:
        return Place(self.folder, None)

    def tell(self, message: Mapping[str, Any]) -> None:
        self.heard.append(message)


def looking() -> list[str]:
    """Return the tasks that look at a book."""
    return [
        repr(task) for task in asyncio.all_tasks() if "Watcher" in repr(task) and not task.done()
    ]


def test_one_looks_for_all_and_nobody_when_they_are_gone(tmp_path: Path) -> None:
    book = Book(FolderStore(tmp_path / ".cellbook"))
    (tmp_path / "deep").mkdir()
    windows = [Window(tmp_path), Window(tmp_path), Window(tmp_path / "deep")]

    async def listen() -> None:
        shelf = Shelf("/")
        watch = Watch(shelf)
        for window in windows:
            await watch.join(window)
        assert len(looking()) == len(watch.watched) == 1
        log(book, "run")
        await asyncio.sleep(1.0)
        assert all("runs" in window.heard[0]["tables"] for window in windows)
        for window in windows:
            assert len(looking()) == 1
            watch.leave(window)
        await asyncio.sleep(0)
        assert looking() == watch.watched == []
        shelf.close()

    asyncio.run(listen())
    book.close()


def test_idle_book_is_closed_and_opens_again(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(shelves, "IDLE_SECONDS", 0.2)
    Book(FolderStore(tmp_path / ".cellbook")).close()

    def find() -> Place:
        return Place(tmp_path, None)

    async def ask() -> None:
        shelf = Shelf("/")
        first = await shelf.ask(find, lambda ask: ask.book)
        assert await shelf.ask(find, lambda ask: ask.book) is first
        await asyncio.sleep(0.5)
        assert await shelf.ask(find, lambda ask: ask.book) is not first
        shelf.close()

    asyncio.run(ask())


def test_book_that_is_read_is_not_closed(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(shelves, "IDLE_SECONDS", 0.1)
    log(Book(FolderStore(tmp_path / ".cellbook")), "run")

    async def ask() -> None:
        shelf = Shelf("/")

        def work(ask: shelves.Ask) -> int:
            import time

            time.sleep(0.5)
            return ask.book.store.count("runs")

        assert await shelf.ask(lambda: Place(tmp_path, None), work) == 1
        shelf.close()

    asyncio.run(ask())
