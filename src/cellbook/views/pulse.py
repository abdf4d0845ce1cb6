"""Whether a book has changed, and where: cheap enough to be asked several times a second."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from tinydb import where

from cellbook.records import RunState
from cellbook.store import Store

METRICS = "metrics"
"""Names metric points, which are in no table, beside the tables."""


class Pulse:
    """Feels a book's pulse; any thread may.

    Parameters
    ----------
    store
        The book's memory.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._seen = -1
        self._growing: set[str] = set()

    def take(self) -> dict[str, int]:
        """Return a number for each table, and one for metric points, that changes with it.

        Points count as far as they are of runs that are running; those of one that has ended
        change its document in the end.
        """
        stamps = self._store.stamps()
        with self._lock:
            if self._seen != stamps.get("runs", 0):
                running = self._store.select("runs", where("state") == RunState.RUNNING.value)
                self._growing = {
                    stem
                    for _, _, doc in running
                    # A damaged document must not hide what changes in the others.
                    if isinstance(points := doc.get("points"), Mapping)
                    for stem in points
                }
                self._seen = stamps.get("runs", 0)
            growing = list(self._growing)
        size = self._store.series_reader.size
        return {**stamps, METRICS: sum(size(stem) or 0 for stem in growing)}


def changed(before: dict[str, int], after: dict[str, int]) -> list[str]:
    """Return what differs between two takes, in order of name."""
    names = before.keys() | after.keys()
    return sorted(name for name in names if before.get(name) != after.get(name))
