"""Tells those who listen that a book has changed, whoever changed it.

One task for each book looks at it a few times a second while somebody listens, and ends when
nobody does.  What happened between two looks is told at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol

from cellbook.errors import NotFound
from cellbook.server.places import Place
from cellbook.server.problems import message_of
from cellbook.server.shelf import Ask, Shelf
from cellbook.views.pulse import changed

EVERY = 0.4
"""Seconds between two looks."""
_REST = 10.0
"""Times as long as a look took that nobody looks, at least."""
_BOOK = "book"
"""Names the book itself, beside the tables: that it came, went, or is another one."""


class Listener(Protocol):
    """Whoever listens."""

    def find(self) -> Place:
        """Return the place whose book it listens to."""

    def tell(self, message: Mapping[str, Any]) -> None:
        """Take a message."""


class Watch:
    """The books that somebody listens to."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._watchers: dict[str, Watcher] = {}

    @property
    def watched(self) -> list[str]:
        """The books that somebody listens to."""
        return list(self._watchers)

    async def join(self, listener: Listener) -> None:
        """Tell a listener of what changes from now on.

        Raises
        ------
        CellbookError
            If its place is none.
        """
        await self._join(listener)

    async def _join(self, listener: Listener) -> str:
        url = await self._shelf.ask(listener.find, lambda ask: str(ask.root))
        if url not in self._watchers:
            self._watchers[url] = Watcher(url, self._shelf, self._move)
        await self._watchers[url].add(listener)
        return url

    def leave(self, listener: Listener) -> None:
        """Tell a listener nothing more."""
        for url in list(self._watchers):
            self._leave_one(url, listener)

    def _leave_one(self, url: str, listener: Listener) -> None:
        watcher = self._watchers[url]
        watcher.remove(listener)
        if not watcher.listeners:
            del self._watchers[url]

    async def _move(self, url: str, listener: Listener) -> None:
        """Bring a listener from a book to the one that its place has now.

        Where that fails, it goes on listening to the former.
        """
        now = await self._join(listener)
        former = self._watchers.get(url)
        if former is None or listener not in former.listeners:
            self.leave(listener)  # It left meanwhile.
        elif now != url:
            self._leave_one(url, listener)
            listener.tell({"type": "changed", "tables": [_BOOK]})


class Watcher:
    """Looks at one book.

    Parameters
    ----------
    url
        Where it is.
    shelf
        Where it is opened.
    move
        Called with `url` and a listener whose place has another book now.
    """

    def __init__(
        self, url: str, shelf: Shelf, move: Callable[[str, Listener], Coroutine[Any, Any, None]]
    ) -> None:
        self.listeners: set[Listener] = set()
        self._url = url
        self._shelf = shelf
        self._move = move
        self._state: dict[str, int] | None = None
        self._trouble = ""
        self._task: asyncio.Task[None] | None = None

    async def add(self, listener: Listener) -> None:
        """Tell a listener of what changes after this returns."""
        self.listeners.add(listener)
        if self._state is None:
            await self._look()
        if self._task is None and self.listeners:
            self._task = asyncio.create_task(self._run())

    def remove(self, listener: Listener) -> None:
        """Tell a listener nothing more; without any, look no more."""
        self.listeners.discard(listener)
        if not self.listeners and self._task is not None:
            if self._task is not asyncio.current_task():
                self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        took = 0.0
        while self.listeners:
            await asyncio.sleep(max(EVERY, _REST * took))
            began = time.perf_counter()
            await self._look()
            took = time.perf_counter() - began

    async def _look(self) -> None:
        """Look at the book once, and tell of what is new."""
        listeners = list(self.listeners)
        try:
            state, leaving = await self._shelf.ask(
                listeners[0].find, lambda ask: self._take(ask, listeners)
            )
        except Exception as error:
            self._complain(message_of(error))
            return
        before, self._state = self._state, state
        tables = [] if before is None else changed(before, state)
        if self._trouble:
            self._trouble, tables = "", sorted({*tables, _BOOK})
        if tables:
            self._tell({"type": "changed", "tables": tables})
        for listener in self.listeners.intersection(leaving):
            try:
                await self._move(self._url, listener)
            except Exception as error:
                self._complain(message_of(error))

    def _take(
        self, ask: Ask, listeners: Sequence[Listener]
    ) -> tuple[dict[str, int], list[Listener]]:
        """Return the book's state, and the listeners whose place has another book now."""
        leaving = [one for one in listeners if str(one.find().book()) != self._url]
        if str(ask.root) != self._url:
            return self._state or {}, leaving
        if ask.opened is None:
            if not isinstance(ask.error, NotFound):
                assert ask.error is not None
                raise ask.error
            return {}, leaving
        return {_BOOK: hash(ask.opened.identity), **ask.pulse()}, leaving

    def _complain(self, message: str) -> None:
        if message != self._trouble:
            self._trouble = message
            self._tell({"type": "trouble", "message": message})

    def _tell(self, message: Mapping[str, Any]) -> None:
        for listener in list(self.listeners):
            listener.tell(message)
