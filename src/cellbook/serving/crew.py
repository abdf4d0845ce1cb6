"""The workers and shadows of an endpoint: started, looked after, replaced, and ended.

Each gives a sign of life every second or so.  One that says that its model hangs, or gives no sign
any more, is replaced, as one that dies is.
"""

from __future__ import annotations

import dataclasses
import queue
import socket
import time
from collections.abc import Callable
from pathlib import Path

from cellbook.serving.children import Child, ended
from cellbook.serving.counting import settle
from cellbook.serving.lines import Message
from cellbook.serving.plans import Plan, PlannedArm
from cellbook.serving.settings import Settings, settings_doc

LOAD_SECONDS = 600.0
"""Seconds that loading may take."""

_BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_STABLE = 60.0
_WORKER = "a worker"
_LOADS_SILENTLY = 60.0
"""Seconds without a sign of life while a plan is prepared: to load may hold the interpreter."""

_ENDS_SILENTLY = 5.0
"""Seconds without a sign of life after which a process is not waited for at the end."""

_SEEN_TO = {"beat", "begins", "ready"}
"""Messages that nobody else wants."""

Event = tuple[Child | None, Message | None]
"""A process and what it says; None for its end.  Without a process: nothing has happened."""


class Crew:
    """The processes of one endpoint.

    Parameters
    ----------
    settings
        How they serve.
    say
        Called with a line for each thing that happens to one.
    """

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._say = say
        self.workers: list[Child] = []
        self._shadows: dict[str, Child] = {}
        self._leaving: list[tuple[float, Child]] = []
        """Those that end what they have begun, and until when."""
        self._failures: dict[str, int] = {}
        """How often a worker, or the shadow at a socket, died lately."""
        self._due: list[tuple[float, str]] = []
        """When others take their places."""
        # A simple one, as a signal's handler may put while the same thread gets.
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._looked = time.monotonic()
        self.preparing = False
        """Whether workers load a plan."""

    def open(self, listening: socket.socket, counted: Path) -> None:
        """Say at which socket workers answer, and where all count."""
        self._socket, self._counted = listening, counted

    def wake(self) -> None:
        """Let `next` return, from any thread or a signal's handler."""
        self._events.put((None, None))

    @property
    def due(self) -> float | None:
        """When the next process takes another's place; None for never."""
        return min((when for when, _ in self._due), default=None)

    def next(self, until: float) -> Event:
        """Return what happens next, at the latest at a time of the monotonic clock.

        Signs of life are seen to here.  Of a process that hangs, and has lost its place, what
        happens is ``{"hung": why}``; ``{"hung": why, "loading": True}`` if it was silent.
        """
        while True:
            if (silent := self._look()) is not None:
                return silent
            now = time.monotonic()
            try:
                wait = min(until, self._looked + self._settings.beat) - now
                child, message = self._events.get(timeout=max(0.0, wait))
            except queue.Empty:
                if now >= until:
                    return None, None
                continue
            if child is None or message is None:
                return child, message
            child.silent = 0.0
            if "begins" in message or "ready" in message:
                child.answers = True
            if "hung" in message:
                if self._lets_go(child, str(message["hung"])):
                    return child, message
            elif not message.keys() & _SEEN_TO:
                return child, message

    def start_worker(self) -> Child:
        """Start one more worker, and return it."""
        told = {
            "settings": settings_doc(self._settings),
            "socket": self._socket.fileno(),
            "counted": str(self._counted),
        }
        fds = (self._socket.fileno(),)
        worker = Child("cellbook.serving.worker", told, self._heard, fds)
        self.workers.append(worker)
        return worker

    def hear_shadows(self, plan: Plan, only: bool = False) -> None:
        """Start the shadows of a plan that are not there; with `only`, end all others."""
        wanted = {arm.channel: arm for arm in plan.shadows}
        for channel, arm in wanted.items():
            if channel not in self._shadows:
                self._due = [one for one in self._due if one[1] != channel]
                self._shadows[channel] = self._start_shadow(arm, plan.endpoint)
        if only:
            for channel in [one for one in self._shadows if one not in wanted]:
                self._shadows.pop(channel).end()

    def mourn(self, child: Child) -> None:
        """Put another process in the place of one that died."""
        child.gone(1.0)
        settle(self._counted, child.process.pid)
        if self._replace(child):
            self._say(
                f"a {self._kind(child)} died ({ended(child.process.returncode)}); another begins"
            )

    def failed(self, child: Child, why: str) -> None:
        """Put another process in the place of one that could not do what it should."""
        self._say(f"a {self._kind(child)} failed: {why}")
        if child in self.workers:
            # What it lacks may be there again when another one looks for it.
            child.end()
            self._replace(child)

    def begin_due(self, plan: Plan | None) -> None:
        """Start what is to take the place of others by now."""
        now = time.monotonic()
        begin = [place for when, place in self._due if when <= now]
        self._due = [one for one in self._due if one[0] > now]
        for place in begin:
            if plan is None:
                continue
            if place != _WORKER:
                self.hear_shadows(plan)
                continue
            worker = self.start_worker()
            worker.tell({"do": "prepare", "plan": dataclasses.asdict(plan)})
            worker.tell({"do": "take"})

    def kill(self) -> None:
        """End all at once, from any thread or a signal's handler."""
        for child in self._all():
            child.process.kill()
        self.wake()

    def end(self) -> None:
        """End all: what they have begun, they finish, unless they hang."""
        living = self._all()
        for child in living:
            child.silent = 0.0
            if child.answers or child in self.workers:
                child.end()  # A worker that has not begun, which it knows best, ends at once.
            else:
                child.kill()
        deadline = time.monotonic() + self._settings.grace + 2.0
        while living := [child for child in living if child.alive]:
            self._pass_time()
            late = time.monotonic() >= deadline
            for child in living:
                if late or child.silent > _ENDS_SILENTLY:
                    child.kill()
            try:
                heard, message = self._events.get(timeout=0.1)
            except queue.Empty:
                continue
            if heard is not None and message is not None:
                heard.silent = 0.0

    def _all(self) -> list[Child]:
        return [*self.workers, *self._shadows.values(), *(child for _, child in self._leaving)]

    def _heard(self, child: Child, message: Message | None) -> None:
        self._events.put((child, message))

    def _pass_time(self) -> None:
        """Count the seconds without a sign of life, but not those in which nobody looked."""
        now = time.monotonic()
        passed = min(now - self._looked, 2 * self._settings.beat)
        self._looked = now
        for child in (*self.workers, *self._shadows.values()):
            child.silent += passed

    def _look(self) -> Event | None:
        """Replace whoever gives no sign of life; return one of them, if there is one."""
        now = time.monotonic()
        if now < self._looked + self._settings.beat or not self._events.empty():
            return None
        self._pass_time()
        for until, child in self._leaving:
            if until <= now and child.alive:
                child.kill()
        self._leaving = [one for one in self._leaving if one[1].alive]
        patience = self._settings.patience and self._settings.patience + 2 * self._settings.beat
        if self.preparing:
            patience = patience and max(patience, _LOADS_SILENTLY)
        for child in (*self.workers, *self._shadows.values()):
            if not child.answers:
                late = now - child.started > LOAD_SECONDS
            else:
                late = bool(patience) and child.silent > patience
            if late:
                what = "it gave no sign of life" if child.answers else "it was never loaded"
                child.kill()
                self._lets_go(child, what)
                return child, {"hung": what, "loading": True}
        return None

    def _lets_go(self, child: Child, why: str) -> bool:
        """Put another process in the place of one that hangs; return whether it had one."""
        kind = self._kind(child)
        if not self._replace(child):
            return False
        self._say(f"a {kind} hung ({why}); another begins")
        if kind == "shadow":
            child.kill()
        else:
            # Its other requests, if its event loop is not what hangs, are answered.
            child.end()
            self._leaving.append((time.monotonic() + self._settings.grace + 2.0, child))
        return True

    def _kind(self, child: Child) -> str:
        return "shadow" if child.module == "cellbook.serving.shadow" else "worker"

    def _replace(self, child: Child) -> bool:
        """Have another process take the place of one, after a pause that grows; return whether it
        had one.  Nobody waits for that."""
        here = {_WORKER: child} if child in self.workers else self._shadows
        place = next((place for place, one in here.items() if one is child), None)
        if place is None:
            return False
        if place == _WORKER:
            self.workers.remove(child)
        else:
            del self._shadows[place]
        if time.monotonic() - child.started > _STABLE:
            self._failures.pop(place, None)
        failures = self._failures.get(place, 0)
        self._failures[place] = failures + 1
        pause = _BACKOFF[min(failures, len(_BACKOFF) - 1)]
        self._due.append((time.monotonic() + pause, place))
        return True

    def _start_shadow(self, arm: PlannedArm, endpoint: str) -> Child:
        told = {
            "settings": settings_doc(self._settings),
            "arm": dataclasses.asdict(arm),
            "endpoint": endpoint,
            "counted": str(self._counted),
        }
        return Child("cellbook.serving.shadow", told, self._heard)
