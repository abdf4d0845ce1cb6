"""The books that a server has open: opened when somebody asks, closed when nobody does any more.

Reading may take a while, so it happens in threads: some that every book has for itself, for one
book that is locked must not keep the others waiting.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TypeAlias, TypeVar

from cellbook._version import __version__
from cellbook.answers.base import writable
from cellbook.answers.taking import look_over
from cellbook.book import Book, look_into
from cellbook.commenting import carries, local_author
from cellbook.errors import CellbookError, StoreError
from cellbook.locating import notebook_name
from cellbook.records import Author
from cellbook.server.places import Place
from cellbook.views.pulse import Pulse

IDLE_SECONDS = 300.0
"""How long a book stays open that nobody asks for."""
PATIENCE = 20.0
"""Seconds that an answer may take."""
MOMENT = 3.0
"""Seconds that everybody may have to wait."""
_THREADS = 3

T = TypeVar("T")
Identity: TypeAlias = "tuple[int, ...]"
"""Tells a book from one that took its place on disk."""


class Missing(Enum):
    """What is done where there is no book."""

    TELL = "tell"
    """That there is none is the answer."""
    BEGIN = "begin"
    """One is made."""
    TAKE = "take"
    """One is made where the notebook carries threads: somebody answers in these."""
    SHOW = "show"
    """What the notebook carries is shown: whoever only looks makes no book."""


class BookBusy(StoreError):
    """A book does not answer in time."""


@dataclass(eq=False, slots=True)
class OpenBook:
    """A book on the shelf."""

    book: Book
    identity: Identity
    pulse: Pulse
    threads: ThreadPoolExecutor
    users: int = 0
    used: float = field(default_factory=time.monotonic)
    retired: bool = False
    """Whether it is to be closed as soon as nobody reads it."""
    passing: bool = False
    """Whether it only shows what a notebook carries, where there is no book."""

    def close(self) -> None:
        """Close it; one that was only passing is gone."""
        if self.passing:
            self.book.discard()
        else:
            self.book.close()


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request is about: a place, and the book of that place."""

    place: Place
    root: Path
    """The ``.cellbook`` folder."""
    base_url: str
    opened: OpenBook | None
    error: CellbookError | None
    """Why the book could not be opened."""
    user: Author | None = None
    """Who asks, where Jupyter knows."""
    forbidden: str = ""
    """Why who asks may write nothing; empty where this server lets them."""

    @property
    def author(self) -> Author | None:
        """Who asks; where Jupyter makes a name up, whoever this server belongs to."""
        return self.user or local_author()

    @property
    def told(self) -> bool:
        """Whether it is Jupyter that says who asks."""
        return self.user is not None

    @property
    def book(self) -> Book:
        """The book.

        Raises
        ------
        CellbookError
            If it could not be opened.
        """
        if self.opened is None:
            assert self.error is not None
            raise self.error
        return self.opened.book

    @property
    def read_only(self) -> str:
        """Why who asks can write nothing; empty if they can."""
        return self.book.read_only or self.forbidden

    @property
    def writable(self) -> Book:
        """The book, if it can be written.

        Raises
        ------
        StoreReadOnly
            If it cannot.
        """
        return writable(self.book)

    @property
    def notebook(self) -> str | None:
        """The notebook as records name it; None where the request means a folder."""
        if self.place.notebook is None:
            return None
        return notebook_name(self.place.notebook, self.root.parent)

    def pulse(self) -> dict[str, int]:
        """Return what changes whenever the book does; see :class:`Pulse`."""
        assert self.opened is not None
        self.book.refresh()
        return self.opened.pulse.take()

    def tag(self) -> str:
        """Return the ETag of whatever is read from the book as it is now; empty without a book."""
        if self.opened is None:
            return ""
        book_id, identity = self.book.store.book_id, self.opened.identity
        state = [__version__, book_id, identity, self.forbidden, self.pulse()]
        digest = hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()
        return f'W/"{digest[:24]}"'


class Shelf:
    """The books that a server has open."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._lock = threading.Lock()
        self._books: dict[Path, OpenBook] = {}
        self._door = ThreadPoolExecutor(4, thread_name_prefix="cellbook-door")
        self._sweeping: asyncio.Task[None] | None = None

    async def ask(
        self,
        find: Callable[[], Place],
        work: Callable[[Ask], T],
        missing: Missing = Missing.TELL,
    ) -> T:
        """Do some work with the book of a place, in a thread.

        Parameters
        ----------
        find
            Finds the place.
        work
            Is given the book, or why there is none.
        missing
            What is done where there is no book.

        Raises
        ------
        BookBusy
            If it takes too long; it goes on by itself.
        CellbookError
            Whatever `find` or `work` raises.
        """
        loop = asyncio.get_running_loop()
        self._keep_sweeping(loop)
        # One clock for both: a disk that hangs must not keep the answer, either.
        deadline = loop.time() + PATIENCE
        ask = await self._wait(
            loop.run_in_executor(self._door, self._open, find, missing), deadline, None
        )
        threads = self._door if ask.opened is None else ask.opened.threads
        done = loop.run_in_executor(threads, self._work, ask, work)
        return await self._wait(done, deadline, ask.root)

    def ask_at_once(self, find: Callable[[], Place], work: Callable[[Ask], T]) -> T:
        """Do some work with the book of a place while everybody waits, which is but a moment.

        Raises
        ------
        TimeoutError
            If it takes longer; it goes on by itself.
        CellbookError
            Whatever `find` or `work` raises.
        """
        self._keep_sweeping(asyncio.get_running_loop())
        done = self._door.submit(lambda: self._work(self._open(find, Missing.TELL), work))
        return done.result(MOMENT)

    def _keep_sweeping(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = loop.create_task(self._sweep())

    async def _wait(self, done: asyncio.Future[T], deadline: float, root: Path | None) -> T:
        left = deadline - asyncio.get_running_loop().time()
        try:
            return await asyncio.wait_for(asyncio.shield(done), left)
        except TimeoutError:
            done.add_done_callback(lambda late: late.cancelled() or late.exception())
            raise BookBusy(
                f"The book {'of this folder' if root is None else f'at {root}'} does not answer: "
                "it is being read for the first time on this machine, or another process or its "
                "disk holds it. Nothing is lost; try again in a moment."
            ) from None

    def _open(self, find: Callable[[], Place], missing: Missing) -> Ask:
        place = find()
        root = place.book()
        try:
            laden = False
            if missing is not Missing.TELL and not root.exists():
                laden = place.notebook is not None and _is_laden(place.notebook)
                if missing is Missing.BEGIN or (missing is Missing.TAKE and laden):
                    look_into(root, create=True).close()
            if laden and missing is Missing.SHOW and place.notebook is not None:
                opened = self._borrow(place.notebook, root.parent)
            else:
                opened = self._take(root)
            ask = Ask(place, root, self._base_url, opened, None)
            if laden:
                look_over(ask.book, ask.notebook)
            return ask
        except CellbookError as error:
            return Ask(place, root, self._base_url, None, error)

    def _borrow(self, notebook: Path, folder: Path) -> OpenBook:
        """Return a passing book, into which what a notebook carries can be taken."""
        with self._lock:
            opened = self._books.get(notebook)
            if opened is None:
                root = Path(tempfile.mkdtemp(prefix="cellbook-"))
                opened = _opened(look_into(root, create=True, folder=folder), ())
                opened.passing = True
                self._books[notebook] = opened
            opened.users += 1
            return opened

    def _work(self, ask: Ask, work: Callable[[Ask], T]) -> T:
        try:
            return work(ask)
        finally:
            if ask.opened is not None:
                self._give_back(ask.opened)

    def _take(self, root: Path) -> OpenBook:
        with self._lock:
            opened, identity = self._books.get(root), _identity(root)
            if opened is not None and opened.identity != identity:
                del self._books[root]
                self._retire(opened)
                opened = None
            if opened is None:
                opened = self._books[root] = _opened(look_into(root), identity)
            opened.users += 1
            return opened

    def _give_back(self, opened: OpenBook) -> None:
        with self._lock:
            opened.users -= 1
            opened.used = time.monotonic()
            if opened.retired:
                self._retire(opened)

    def _retire(self, opened: OpenBook) -> None:
        opened.retired = True
        if not opened.users:
            opened.threads.shutdown(wait=False)
            # Not here: closing may wait for a disk, and the lock is held.
            self._door.submit(opened.close)

    async def _sweep(self) -> None:
        """Close what nobody asks for, until nothing is left."""
        while True:
            await asyncio.sleep(IDLE_SECONDS / 5)
            with self._lock:
                since = time.monotonic() - IDLE_SECONDS
                for root, opened in list(self._books.items()):
                    if not opened.users and opened.used < since:
                        del self._books[root]
                        self._retire(opened)
                if not self._books:
                    return

    def close(self) -> None:
        """Close all books, as the server ends."""
        with self._lock:
            books, self._books = list(self._books.values()), {}
        for opened in books:
            opened.close()


def _opened(book: Book, identity: Identity) -> OpenBook:
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="cellbook-book")
    return OpenBook(book, identity, Pulse(book.store), threads)


def _is_laden(notebook: Path) -> bool:
    """Whether a notebook carries threads."""
    try:
        found = notebook.stat()
    except OSError:
        return False
    return _known_laden(notebook, found.st_mtime_ns, found.st_size)


@functools.lru_cache(maxsize=64)
def _known_laden(notebook: Path, saved: int, length: int) -> bool:
    return carries(notebook)


def _identity(root: Path) -> Identity:
    """Return what tells whether the book at a place is still the one that was opened."""
    try:
        found = (root / "format.json").stat()
    except OSError:
        return ()
    # One that has become writable, or no longer is, opens anew to find that out.
    writable = os.access(root, os.W_OK)
    return found.st_dev, found.st_ino, found.st_mtime_ns, int(writable)
