"""What is sent of events to a webhook or a command: with retries, and a log in the book.

Off unless the user says otherwise, in their own settings.  Sending happens in a thread of its own;
what has happened neither waits for it nor fails by it.  Each event is sent once to each place or,
where it is not sure whether it arrived, more often: its id tells.
"""

from __future__ import annotations

import dataclasses
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cellbook.delivery import FAILURES, Destinations, as_content, reason_of
from cellbook.errors import InvalidInput, StoreError
from cellbook.records import Delivery, from_doc, to_doc
from cellbook.store import Store, create, update

WAITS = (1.0, 5.0, 25.0, 125.0)
"""Seconds from each attempt to the next."""
_Due = tuple[float, int, Destinations, Delivery]
"""When it is due, its place among those that are due then, where to, what."""
_AT_END = 5.0
"""Seconds that the end of a process waits for what is still to be sent."""
_MOST = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Letter:
    """An event that is to be sent."""

    event: str
    """Its id."""
    subject: str
    """What it is of."""
    time: int
    """When it happened, in milliseconds since 1970."""


class Outbox:
    """Sends events in the background, and keeps a log of that.

    Parameters
    ----------
    store
        The book's memory.
    table
        Where the log is kept.
    where_to
        Returns where events go now.
    make
        Returns what is sent of an event, by its id: JSON with a ``text``; None where the event is
        gone.  Called in the background.
    report
        Told once why events do not arrive, and again after they did.
    event
        What is sent, as a sentence calls it.
    command
        The command that says where events go, and tells what became of them.
    waits
        Seconds from each attempt to the next.
    """

    def __init__(
        self,
        store: Store,
        table: str,
        where_to: Callable[[], Destinations],
        make: Callable[[str], Mapping[str, Any] | None],
        report: Callable[[str], None],
        *,
        event: str,
        command: str,
        waits: Sequence[float] = WAITS,
    ) -> None:
        self._store = store
        self._table = table
        self._where_to = where_to
        self._make = make
        self._report = report
        self._event = event
        self._command = command
        self._waits = waits
        self._lock = threading.Lock()
        self._due: queue.PriorityQueue[_Due] = queue.PriorityQueue(_MOST)
        self._count = 0
        self._open = 0
        self._process = 0
        self._failed = False

    def send(self, letters: Sequence[Letter]) -> int:
        """Have events sent; return at once to how many places, all in all."""
        chosen = self._where_to()
        due = [
            Delivery(
                f"{one.event}-{kind}", one.event, kind, shown, one.time, subject=one.subject
            )
            for one in letters
            for kind, shown in chosen.told().items()
        ]  # fmt: skip
        self._begin(chosen, due)
        return len(due)

    def retry(self) -> int:
        """Send again what did not arrive; return how much that is.

        Raises
        ------
        InvalidInput
            If the user does not say where to.
        """
        chosen = self._where_to()
        if not chosen:
            raise InvalidInput(f"Nothing says where events go. `{self._command} --webhook -` does.")
        there = chosen.told()
        due = [one for one in self.log() if one.state != "delivered" and one.kind in there]
        self._begin(chosen, due)
        return len(due)

    def log(self) -> list[Delivery]:
        """Return what was sent, or was to be, the newest first."""
        found = [from_doc(Delivery, doc) for _, _, doc in self._store.select(self._table)]
        return sorted(found, key=lambda one: one.delivery_id, reverse=True)

    def settle(self, seconds: float = _AT_END) -> None:
        """Wait until all was sent or given up, though not for long."""
        end = time.monotonic() + seconds
        while self._process == os.getpid() and self._open:
            if time.monotonic() > end:
                return
            time.sleep(0.01)

    # -- inside --------------------------------------------------------------------------------

    def _begin(self, chosen: Destinations, due: Sequence[Delivery]) -> None:
        if not due:
            return
        # On record before the first attempt: what a killed process had still to send is known.
        new = [one for one in due if not one.attempts]
        self._note([create(self._table, one.delivery_id, to_doc(one)) for one in new])
        with self._lock:
            if self._process != os.getpid():
                # The thread of a parent process is not in its forked child.
                self._process, self._open = os.getpid(), 0
                self._due = queue.PriorityQueue(_MOST)
                threading.Thread(
                    target=self._work, args=(self._due,), name="cellbook-outbox", daemon=True
                ).start()
            for one in due:
                self._put(time.monotonic(), chosen, one)

    def _put(self, when: float, chosen: Destinations, one: Delivery) -> None:
        self._count += 1
        try:
            self._due.put_nowait((when, self._count, chosen, one))
            self._open += 1
        except queue.Full:
            self._fail("too many are waiting")

    def _work(self, due: queue.PriorityQueue[_Due]) -> None:
        while True:
            when, number, chosen, one = due.get()
            wait = when - time.monotonic()
            if wait > 0:
                # Something newer may come first meanwhile.
                due.put((when, number, chosen, one))
                time.sleep(min(wait, 0.05))
                continue
            attempts = one.attempts
            try:
                problem = self._attempt(chosen, one)
            except Exception as error:
                # Whatever it is, the thread lives on: the next event may arrive.
                problem = reason_of(error)
            self._settle(chosen, one, attempts + 1, problem)

    def _attempt(self, chosen: Destinations, one: Delivery) -> str:
        told = self._make(one.event)
        if told is None:
            return "the event is gone"
        deliver = chosen.deliverers().get(one.kind)
        if deliver is None:
            return "nothing says where to"
        try:
            deliver(as_content(told))
        except FAILURES as error:
            return reason_of(error)
        return ""

    def _settle(self, chosen: Destinations, one: Delivery, attempts: int, problem: str) -> None:
        again = bool(problem) and attempts <= len(self._waits)
        state = "pending" if again else ("failed" if problem else "delivered")
        changes = {
            "attempts": attempts, "problem": problem, "state": state,
            "where": chosen.told().get(one.kind, one.where), "last": time.time_ns() // 1_000_000,
        }  # fmt: skip
        self._note([update(self._table, one.delivery_id, changes)])
        with self._lock:
            self._open -= 1
            if again:
                later = time.monotonic() + self._waits[attempts - 1]
                self._put(later, chosen, dataclasses.replace(one, attempts=attempts))
        if not problem:
            self._failed = False
        elif not again:
            self._fail(problem)

    def _note(self, ops: list[Any]) -> None:
        try:
            if ops and not self._store.read_only:
                self._store.commit(ops)
        except StoreError as error:
            self._fail(str(error))

    def _fail(self, why: str) -> None:
        if not self._failed:
            self._failed = True
            self._report(
                f"{self._event} could not be sent ({why}); it is on record all the same. "
                f"`{self._command}` tells which, and `--retry` sends them again."
            )
