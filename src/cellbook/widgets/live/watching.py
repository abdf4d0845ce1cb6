"""Tells panels that the book has changed, also while a cell runs.

One thread a kernel looks at the books of all panels; it ends when the last of these is closed, or
the last book gone.  ipywidgets keeps every widget until it is closed, so that a panel goes on being
told although its output is gone; a page that no longer answers is told once, by the panel's own
rule.  A look costs a few small reads, and long after the last change it is taken less often.
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

    @property
    def closed(self) -> bool:
        """Whether there is nobody any more; such a one is let go."""

    def tell(self, tables: Sequence[str]) -> None:
        """Take note that tables have changed."""


class _Watcher:
    """Looks at one book for its panels, and keeps neither alive."""

    def __init__(self, book: Book) -> None:
        self._book = weakref.ref(book)
        self._lock = threading.Lock()
        self._panels: weakref.WeakSet[Watched] = weakref.WeakSet()
        self._pulse = Pulse(book.store)
        self._seen = self._pulse.take()
        self._warned = False

    def add(self, panel: Watched) -> None:
        """Tell a panel, too."""
        with self._lock:
            self._panels.add(panel)

    def panels(self) -> list[Watched]:
        """Return whom there is to tell; those that are closed are let go."""
        with self._lock:
            there = list(self._panels)
            for panel in there:
                if panel.closed:
                    self._panels.discard(panel)
        return [panel for panel in there if not panel.closed]

    @property
    def needed(self) -> bool:
        """Whether there is anybody to tell."""
        return self._book() is not None and bool(self.panels())

    def look(self) -> bool:
        """Tell the panels what changed; return whether anything did."""
        try:
            now = self._pulse.take()
        except Exception as error:
            # A book that is gone or locked: a later look may find it.
            self._complain("A book could not be looked at", error)
            return False
        tables, self._seen = changed(self._seen, now), now
        if tables:
            for panel in self.panels():
                try:
                    panel.tell(tables)
                except Exception as error:
                    self._complain("A panel could not be told of a change", error)
        return bool(tables)

    def _complain(self, what: str, error: Exception) -> None:
        # Once aloud, and then quietly: it may be so at every look.
        expected = isinstance(error, (CellbookError, OSError))
        level = logging.DEBUG if expected or self._warned else logging.WARNING
        self._warned = self._warned or not expected
        _log.log(level, "%s: %s: %s", what, type(error).__name__, error)


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
            threading.Thread(target=_keep_looking, name="cellbook-panels", daemon=True).start()
            _running = True


def _keep_looking() -> None:
    latest = time.monotonic()
    while True:
        time.sleep(_QUICK if time.monotonic() - latest < _CALM else _SLOW)
        watchers = _needed()
        if not watchers:
            return
        for watcher in watchers:
            latest = time.monotonic() if watcher.look() else latest


def _needed() -> list[_Watcher]:
    """Return those that somebody needs; without any, the thread is to end."""
    global _running
    with _lock:
        for book in [book for book, watcher in _watchers.items() if not watcher.needed]:
            del _watchers[book]
        _running = bool(_watchers)
        return list(_watchers.values())
