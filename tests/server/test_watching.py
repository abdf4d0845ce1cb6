"""Who looks at a book, and for how long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
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


class Mover(Window):
    """Says where it is, but for the first move to another book, when it does something else."""

    def __init__(self, folder: Path, other: Callable[[], None]) -> None:
        super().__init__(folder)
        self.moves = False
        self._asked = 0
        self._other = other

    def find(self) -> Place:
        # The book is looked at in the name of one listener, then of each, then it is moved.
        self._asked += self.moves
        if self._asked == 3:
            self._other()
        return super().find()


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


def test_listener_that_leaves_while_it_is_moved_is_gone(tmp_path: Path) -> None:
    Book(FolderStore(tmp_path / ".cellbook")).close()
    (tmp_path / "deep").mkdir()

    async def listen() -> None:
        shelf = Shelf("/")
        watch, loop = Watch(shelf), asyncio.get_running_loop()

        def leave() -> None:
            loop.call_soon_threadsafe(watch.leave, window)
            time.sleep(0.2)

        window = Mover(tmp_path / "deep", leave)
        await watch.join(window)
        Book(FolderStore(tmp_path / "deep" / ".cellbook")).close()
        window.moves = True
        await asyncio.sleep(1.2)
        assert looking() == watch.watched == []
        shelf.close()

    asyncio.run(listen())


def test_move_that_fails_is_tried_again(tmp_path: Path) -> None:
    Book(FolderStore(tmp_path / ".cellbook")).close()
    (tmp_path / "deep").mkdir()

    async def listen() -> None:
        shelf = Shelf("/")
        watch = Watch(shelf)

        def fail() -> None:
            raise OSError("The folder is away for a moment")

        window = Mover(tmp_path / "deep", fail)
        await watch.join(window)
        Book(FolderStore(tmp_path / "deep" / ".cellbook")).close()
        window.moves = True
        await asyncio.sleep(1.6)
        assert watch.watched == [str(tmp_path / "deep" / ".cellbook")]
        assert len(looking()) == 1
        assert window.heard[0]["type"] == "trouble"
        assert {"type": "changed", "tables": ["book"]} in window.heard
        watch.leave(window)
        shelf.close()

    asyncio.run(listen())
