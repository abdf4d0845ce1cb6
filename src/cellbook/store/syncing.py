"""Brings written records to the disk in the background, so that nobody waits for it."""

from __future__ import annotations

import contextlib
import threading
from typing import Protocol


class Syncable(Protocol):
    """Something with bytes that the operating system may still hold in memory."""

    def sync(self) -> None:
        """Wait until the disk has them."""


class Syncer:
    """Calls ``sync`` on what it is handed, in one thread that starts when it is first needed.

    Requests that come while a sync is under way are answered by the one after it.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._wanted: list[Syncable] = []
        self._thread: threading.Thread | None = None
        self._closing = False

    def request(self, *targets: Syncable) -> None:
        """Have `targets` synced soon."""
        with self._condition:
            self._wanted += [target for target in targets if target not in self._wanted]
            if self._thread is None:
                self._closing = False
                self._thread = threading.Thread(
                    target=self._work, name="cellbook-sync", daemon=True
                )
                self._thread.start()
            self._condition.notify()

    def close(self) -> None:
        """Finish what was requested."""
        with self._condition:
            thread, self._thread = self._thread, None
            self._closing = True
            self._condition.notify()
        if thread is not None:
            thread.join(timeout=30)

    def _work(self) -> None:
        while True:
            with self._condition:
                while not self._wanted and not self._closing:
                    self._condition.wait()
                if not self._wanted:
                    return
                targets, self._wanted = self._wanted, []
            for target in targets:
                # A disk that refuses says so at the next write, which somebody is there to hear.
                with contextlib.suppress(OSError):
                    target.sync()
