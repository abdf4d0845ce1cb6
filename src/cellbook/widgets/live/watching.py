"""Tells panels that the book has changed, also while a cell runs.

One thread a kernel looks at the books of all panels that somebody may see; it ends with the last
of them.  A look costs a few small reads, and long after the last change it is taken less often.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from cellbook.errors import CellbookError
from cellbook.views.pulse import Pulse, changed

if TYPE_CHECKING:
    from cellbook.book import Book

_log = logging.getLogger(__name__)

_QUICK, _SLOW = 1.0, 5.0
"""Seconds between two looks: soon after a change, and long after the last one."""
_CALM = 60.0
"""Seconds without a change until it is looked less often."""


class Watched(Protocol):
    """Somebody who wants to know."""

    def tell(self, tables: Sequence[str]) -> None:
        """Take note that tables have changed."""


class _Watcher:
    """Looks at one book for its panels, and keeps neither alive."""

    def __init__(self, book: Book) -> None:
        self._book = weakref.ref(book)
        self._panels: weakref.WeakSet[Watched] = weakref.WeakSet()
        self._pulse = Pulse(book.store)
        self._seen = self._pulse.take()

    def add(self, panel: Watched) -> None:
        """Tell a panel, too."""
        self._panels.add(panel)

    @property
    def needed(self) -> bool:
        """Whether there is anybody to tell."""
        return self._book() is not None and len(self._panels) > 0

    def look(self) -> bool:
        """Tell the panels what changed; return whether anything did."""
        now = self._pulse.take()
        tables, self._seen = changed(self._seen, now), now
        if tables:
            for panel in list(self._panels):
                panel.tell(tables)
        return bool(tables)


_lock = threading.Lock()
_watchers: weakref.WeakKeyDictionary[Book, _Watcher] = weakref.WeakKeyDictionary()
_running = False


def watch(book: Book, panel: Watched) -> None:
    """Tell a panel of what changes in a book, for as long as there are both."""
    global _running
    with _lock:
        if book not in _watchers:
            _watchers[book] = _Watcher(book)
        _watchers[book].add(panel)
        if not _running:
            _running = True
            threading.Thread(target=_keep_looking, name="cellbook-panels", daemon=True).start()


def _keep_looking() -> None:
    global _running
    latest = time.monotonic()
    while True:
        time.sleep(_QUICK if time.monotonic() - latest < _CALM else _SLOW)
        with _lock:
            for book in [book for book, watcher in _watchers.items() if not watcher.needed]:
                del _watchers[book]
            if not _watchers:
                _running = False
                return
            watchers = list(_watchers.values())
        for watcher in watchers:
            try:
                latest = time.monotonic() if watcher.look() else latest
            except (CellbookError, OSError) as error:
                # A book that is gone or locked: a later look may find it.
                _log.debug("A book could not be looked at: %s", error)
