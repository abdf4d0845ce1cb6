"""What was said, kept for those who list it: after a change only what changed is read anew.

A book of ten thousand comments takes a quarter of a second to be read, and somebody in it writes
every few seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from cellbook.commenting.reading import (
    COMMENTS,
    THREADS,
    Discussion,
    all_threads,
    discussions,
)
from cellbook.commenting.soundness import read_sound
from cellbook.records import Thread
from cellbook.store import Store

_MANY = 200
"""Documents that changed, from which on all are read: one by one takes longer."""


class Said:
    """Discussions of one book as they were read last.

    It may be asked by several threads, always for the same book; the store is handed over each
    time, as what is kept of a store must not keep that alive.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamps: dict[str, int] = {}
        self._threads: dict[str, Thread] | None = None
        self._flawed: set[str] = set()
        self._read: dict[str, Discussion] = {}
        self._homes: dict[str, str] = {}
        """The thread of each comment that is in a discussion."""

    def of(self, store: Store, threads: Sequence[Thread]) -> list[Discussion]:
        """Return threads with their comments."""
        with self._lock:
            self._forget(store)
            return self._with_comments(store, threads)

    def everywhere(self, store: Store) -> tuple[list[Discussion], int]:
        """Return all threads with their comments, the oldest first, and how many are unreadable."""
        with self._lock:
            self._follow(store)
            self._forget(store)
            known = self._threads or {}
            threads = [known[thread] for thread in sorted(known)]
            return self._with_comments(store, threads), len(self._flawed)

    def _with_comments(self, store: Store, threads: Sequence[Thread]) -> list[Discussion]:
        missing = [one for one in threads if one.thread_id not in self._read]
        for found in discussions(store, missing, whole=len(missing) > _MANY):
            self._keep(found)
        # A review says whether it is done with by its comments, not as its document does.
        return [self._renewed(one) for one in threads]

    def _renewed(self, thread: Thread) -> Discussion:
        known = self._read[thread.thread_id]
        if known.recorded != thread:
            known = Discussion(thread, known.given)
            self._keep(known)
        return known

    def _keep(self, found: Discussion) -> None:
        thread = found.thread.thread_id
        self._read[thread] = found
        self._homes.update((str(doc.get("comment_id")), thread) for doc in found.given)

    def _forget(self, store: Store) -> None:
        """Forget discussions in which somebody wrote since."""
        changed = self._changed(store, COMMENTS)
        if changed is None:
            self._read.clear()
            self._homes.clear()
            return
        for comment in changed:
            doc = store.get(COMMENTS, comment) or {}
            for thread in (doc.get("thread"), self._homes.pop(comment, None)):
                if isinstance(thread, str):
                    self._read.pop(thread, None)

    def _follow(self, store: Store) -> None:
        """Read threads anew that have changed since."""
        changed = self._changed(store, THREADS)
        if changed is None or self._threads is None:
            # Counted first: one that arrives meanwhile is none that cannot be read.
            ids = store.ids(THREADS)
            self._threads = {one.thread_id: one for one in all_threads(store)}
            self._flawed = {one for one in ids if one not in self._threads}
            return
        for thread in changed:
            self._threads.pop(thread, None)
            self._flawed.discard(thread)
            doc = store.get(THREADS, thread)
            found = read_sound(Thread, doc)
            if found is not None:
                self._threads[thread] = found
            elif doc is not None:
                self._flawed.add(thread)

    def _changed(self, store: Store, table: str) -> list[str] | None:
        """Return which documents of a table changed since this was asked last; None for most."""
        since, now = self._stamps.get(table), store.stamps().get(table, 0)
        self._stamps[table] = now
        # A lower stamp is one of another index: the clock was set back, and it made anew.
        if since is None or now < since:
            return None
        changed = store.changed(table, since) if now > since else []
        return changed if len(changed) <= _MANY else None
