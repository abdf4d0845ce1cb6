"""Notices: a webhook or a command that tells people outside of the book what was said to them.

Off unless the user says otherwise, in their own settings.  Sending happens in a thread of its own;
a comment neither waits for it nor fails by it, and of what cannot be sent one warning tells.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from cellbook.delivery import Destinations, destinations, keep_destinations, reason_of, send

WEBHOOK, COMMAND = "CELLBOOK_NOTICES_WEBHOOK", "CELLBOOK_NOTICES_COMMAND"
"""Environment variables that stand above the settings; empty ones turn notices off."""
_AT_END = 5.0
"""Seconds that the end of a process waits for what is still to be sent."""
_MOST = 1_000
_FILE = "notices.json"


def notice_settings(environment: Mapping[str, str] | None = None) -> Destinations:
    """Return where notices go: as the environment says, else as the user's settings do."""
    return destinations(_FILE, WEBHOOK, COMMAND, environment)


def keep_notice_settings(settings: Destinations) -> None:
    """Keep where notices go, for all books of this user; only they can read the file.

    Raises
    ------
    InvalidInput
        If the webhook is no http or https URL, or the command cannot be read.
    StoreWriteError
        If there is no place to keep it.
    """
    keep_destinations(_FILE, settings, WEBHOOK)


class Notifier:
    """Sends notices in the background.

    Parameters
    ----------
    make
        Returns the text to be sent of what was said, empty for none; called in the background.
    report
        Told once why notices do not arrive, and again after they did.
    """

    def __init__(self, make: Callable[..., str], report: Callable[[str], None]) -> None:
        self._make = make
        self._report = report
        self._lock = threading.Lock()
        self._due: queue.Queue[tuple[Destinations, tuple[Any, ...]]] = queue.Queue(_MOST)
        self._process = 0
        self._failed = False

    def tell(self, *said: Any) -> None:
        """Have something told that was said; returns at once."""
        settings = notice_settings()
        if not settings:
            return
        with self._lock:
            if self._process != os.getpid():
                # The thread of a parent process is not in its forked child.
                self._process, self._due = os.getpid(), queue.Queue(_MOST)
                threading.Thread(
                    target=self._work, args=(self._due,), name="cellbook-notices", daemon=True
                ).start()
        try:
            self._due.put_nowait((settings, said))
        except queue.Full:
            self._fail("too many are waiting")

    def settle(self, seconds: float = _AT_END) -> None:
        """Wait until all was sent, though not for long."""
        end = time.monotonic() + seconds
        while self._process == os.getpid() and self._due.unfinished_tasks:
            if time.monotonic() > end:
                return
            time.sleep(0.01)

    def _work(self, due: queue.Queue[tuple[Destinations, tuple[Any, ...]]]) -> None:
        while True:
            settings, said = due.get()
            try:
                text = self._make(*said)
                if text:
                    send(settings, {"text": text})
                    self._failed = False
            except Exception as error:
                # Whatever it is, the thread lives on: the next notice may arrive.
                self._fail(reason_of(error))
            finally:
                due.task_done()

    def _fail(self, why: str) -> None:
        if not self._failed:
            self._failed = True
            self._report(
                f"A notice of a comment could not be sent ({why}); the comment itself is on "
                "record. `cellbook comments notices` shows and changes where they go."
            )
