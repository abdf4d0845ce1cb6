"""The process that an endpoint is: it holds the socket, keeps workers alive, and watches names.

It loads no model.  When a name moves or the deployment's file changes, it makes a new plan, has all
workers *prepare* it, and only when each of them has, *take* it.  If one cannot, all stay with what
they have.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import queue
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cellbook.errors import CellbookError, InvalidInput, one_line
from cellbook.optional import require
from cellbook.records.deployment import Deployment
from cellbook.serving.deployments import read_deployment
from cellbook.serving.lines import Message, read_lines, write_line
from cellbook.serving.plans import Plan, PlannedArm, make_plan
from cellbook.serving.resolving import KeepsNote, Resolver, Resolving, Serving
from cellbook.serving.settings import Settings, settings_doc

_LOAD_SECONDS = 600.0
_AGAIN = 30.0
"""Seconds until a plan that could not be prepared is tried once more."""

_BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_STABLE = 60.0
_WORKER = "a worker"
_ROOM = 80
"""Bytes that the folder of sockets may have in its name: their whole name has room for 107."""


class Child:
    """A process of the endpoint's, which is told things and says things."""

    def __init__(
        self,
        module: str,
        told: Message,
        on_message: Callable[[Child, Message | None], None],
        fds: tuple[int, ...] = (),
    ) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            pass_fds=fds,
            # A Ctrl-C at the terminal is the supervisor's to pass on, in order.
            start_new_session=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._stdin = self.process.stdin
        self.tell(told)
        read_lines(self.process.stdout, lambda message: on_message(self, message))

    def tell(self, message: Message) -> bool:
        """Tell it something; return whether it is there to hear it."""
        return write_line(self._stdin, message)

    def end(self) -> None:
        """Let it end: what it has begun, it finishes."""
        with contextlib.suppress(OSError):
            self._stdin.close()

    def gone(self, seconds: float) -> None:
        """Wait for its end; then end it."""
        try:
            self.process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Serves one deployment.

    Parameters
    ----------
    deployment
        What to serve, or the file that says so, and may say otherwise later.
    settings
        How.
    say
        Called with a line for each thing that happens.
    resolver
        Knows what names mean; None for what the settings say, if they say anything.

    Raises
    ------
    InvalidInput
        If the settings cannot be served by.
    MissingDependency
        If Starlette or uvicorn is not installed.
    """

    def __init__(
        self,
        deployment: Deployment | Path,
        settings: Settings,
        say: Callable[[str], None],
        resolver: Resolver | None = None,
    ) -> None:
        for module in ("starlette", "uvicorn"):
            require(module, "serve", "Serving a model")
        self._deployment = deployment
        self._settings = settings.check()
        self._say = say
        if resolver is None and settings.resolver is not None:
            resolver = settings.resolver.make()
        self._resolver = resolver
        self._events: queue.Queue[tuple[Child | None, Message | None]] = queue.Queue()
        self._stopping = False
        self._workers: list[Child] = []
        self._shadows: dict[str, Child] = {}
        self._failures: dict[str, int] = {}
        """How often a worker, or the shadow at a socket, died lately."""
        self._due: list[tuple[float, str]] = []
        """When others take their places."""
        self._plan: Plan | None = None
        self._looks = 0.0
        """When to look whether names have moved."""
        self._refused: tuple[Plan, float] | None = None
        self._trouble = self._unnoted = ""

    def stop(self) -> None:
        """End, from any thread or a signal's handler."""
        self._stopping = True
        self._events.put((None, None))

    def run(
        self, on_ready: Callable[[str], None], on_bound: Callable[[str], None] | None = None
    ) -> None:
        """Serve until :meth:`stop`.

        Parameters
        ----------
        on_ready
            Called with the address when all workers answer.
        on_bound
            Called with it as soon as it is known, before anything is loaded.

        Raises
        ------
        CellbookError
            If the first models cannot be loaded.
        """
        with contextlib.ExitStack() as stack:
            made = tempfile.TemporaryDirectory(prefix="cellbook-serve-")
            folder = Path(stack.enter_context(made))
            self._counted, self._channels = folder / "counted", folder / "s"
            self._counted.mkdir()
            if len(os.fsencode(self._channels)) > _ROOM:
                near = tempfile.TemporaryDirectory(prefix="cellbook-", dir="/tmp")
                self._channels = Path(stack.enter_context(near))
            self._channels.mkdir(exist_ok=True)
            self._resolving = Resolving(folder / "bundles", self._resolver)
            with _bound(self._settings) as self._socket:
                if on_bound is not None:
                    on_bound(self._url())
                try:
                    self._begin()
                    if not self._stopping:
                        self._note()
                        on_ready(self._url())
                    while not self._stopping:
                        self._once()
                finally:
                    self._end()

    def __str__(self) -> str:
        return _told(self._plan) if self._plan is not None else "nothing yet"

    # -- plans -------------------------------------------------------------------------------------

    def _begin(self) -> None:
        plan = self._make_plan(1)
        self._hear_shadows(plan)
        self._workers = [self._start_worker() for _ in range(self._settings.workers)]
        why = self._roll(plan)
        if why and not self._stopping:
            raise InvalidInput(why)

    def _once(self) -> None:
        self._begin_due()
        soon = min((when for when, _ in self._due), default=self._looks) - time.monotonic()
        wait = min(self._looks - time.monotonic(), soon)
        try:
            child, message = self._events.get(timeout=max(0.0, wait))
        except queue.Empty:
            child, message = None, None
        if child is not None and message is None:
            self._mourn(child)
        elif child is not None and message is not None and "why" in message:
            self._say(
                f"a {'worker' if child in self._workers else 'shadow'} failed: {message['why']}"
            )
            if child in self._workers:
                # What it lacks may be there again when another one looks for it.
                child.end()
                self._replace(child)
        if not self._stopping and time.monotonic() >= self._looks:
            self._look()
            self._note()
            self._looks = time.monotonic() + self._settings.poll

    def _look(self) -> None:
        """See whether what is served is still what it should be."""
        assert self._plan is not None
        try:
            plan = self._make_plan(self._plan.number + 1)
        except CellbookError as error:
            self._complain(f"{error} What is served stays.")
            return
        except Exception as error:
            self._complain(f"It cannot be seen what to serve: {one_line(error)}. It stays.")
            return
        self._trouble = ""
        if plan.same_as(self._plan):
            return
        if self._refused and plan.same_as(self._refused[0]) and time.monotonic() < self._refused[1]:
            return
        self._hear_shadows(plan)
        why = self._roll(plan)
        if why:
            self._refused = (plan, time.monotonic() + _AGAIN)
            self._say(f"what is served stays, as the new cannot be: {why}")
            self._hear_shadows(self._plan)
            return
        self._say(f"now {_told(plan)}")

    def _note(self, *, ended: bool = False) -> None:
        """Tell the resolver what is served; if it cannot note that, it is served all the same."""
        if not isinstance(self._resolver, KeepsNote) or self._plan is None:
            return
        settings = self._settings
        try:
            if ended:
                self._resolver.ended()
            else:
                recorded = settings.log is not None
                now = Serving(self._plan, self._url(), settings.workers, recorded)
                self._resolver.serving(now)
            self._unnoted = ""
        except Exception as error:
            if not self._unnoted:
                self._say(f"that this is served is not on record ({one_line(error)})")
            self._unnoted = one_line(error)

    def _complain(self, text: str) -> None:
        if text != self._trouble:
            self._trouble = text
            self._say(text)

    def _make_plan(self, number: int) -> Plan:
        told = self._deployment
        deployment = told if isinstance(told, Deployment) else read_deployment(told)
        return make_plan(number, deployment, self._resolving, str(self._channels))

    def _roll(self, plan: Plan) -> str:
        """Have all workers take a plan; return why not, empty if they have."""
        doc = dataclasses.asdict(plan)
        for worker in self._workers:
            worker.tell({"do": "prepare", "plan": doc})
        why = self._wait_for("prepared", plan.number)
        if why:
            return why
        for worker in self._workers:
            worker.tell({"do": "take"})
        why = self._wait_for("taken", plan.number)
        if why and self._plan is None:
            return why
        before, self._plan = self._plan, plan
        if before is not None:
            self._hear_shadows(plan, only=True)
        return ""

    def _wait_for(self, word: str, number: int) -> str:
        """Wait until all workers have said a word; return what one of them said instead."""
        missing = set(self._workers)
        why = ""
        deadline = time.monotonic() + _LOAD_SECONDS
        while missing and not self._stopping:
            try:
                child, message = self._events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return f"It takes more than {_LOAD_SECONDS:.0f} s."
            if child is None:
                continue
            if message is None:
                if child in missing and (word == "prepared" or self._plan is None):
                    why = why or "A worker died while it loaded the model; its log says why."
                    if self._plan is None:
                        return why
                missing.discard(child)
                self._mourn(child)
            elif message.get(word) == number:
                missing.discard(child)
            elif message.get("failed") in (0, number) and child in self._workers:
                missing.discard(child)
                why = why or str(message["why"])
        return why or ("It is stopped." if self._stopping else "")

    # -- processes ---------------------------------------------------------------------------------

    def _start_worker(self) -> Child:
        told = {
            "settings": settings_doc(self._settings),
            "socket": self._socket.fileno(),
            "counted": str(self._counted),
        }
        fds = (self._socket.fileno(),)
        return Child("cellbook.serving.worker", told, self._heard, fds)

    def _heard(self, child: Child, message: Message | None) -> None:
        self._events.put((child, message))

    def _mourn(self, child: Child) -> None:
        """Put another process in the place of one that died."""
        child.gone(1.0)
        if not self._stopping and self._replace(child):
            kind = "worker" if self._due[-1][1] == _WORKER else "shadow"
            self._say(f"a {kind} died ({_ended(child.process.returncode)}); another begins")

    def _replace(self, child: Child) -> bool:
        """Have another process take the place of one, after a pause that grows; return whether it
        had one.  Nobody waits for that."""
        here = {_WORKER: child} if child in self._workers else self._shadows
        place = next((place for place, one in here.items() if one is child), None)
        if place is None:
            return False
        if place == _WORKER:
            self._workers.remove(child)
        else:
            del self._shadows[place]
        if time.monotonic() - child.started > _STABLE:
            self._failures.pop(place, None)
        failures = self._failures.get(place, 0)
        self._failures[place] = failures + 1
        pause = _BACKOFF[min(failures, len(_BACKOFF) - 1)]
        self._due.append((time.monotonic() + pause, place))
        return True

    def _begin_due(self) -> None:
        """Start what is to take the place of others by now."""
        now = time.monotonic()
        begin = [place for when, place in self._due if when <= now]
        self._due = [one for one in self._due if one[0] > now]
        for place in begin:
            if self._plan is None:
                continue
            if place != _WORKER:
                self._hear_shadows(self._plan)
                continue
            worker = self._start_worker()
            self._workers.append(worker)
            worker.tell({"do": "prepare", "plan": dataclasses.asdict(self._plan)})
            worker.tell({"do": "take"})

    def _hear_shadows(self, plan: Plan, only: bool = False) -> None:
        """Start the shadows of a plan that are not there; with `only`, end all others."""
        wanted = {arm.channel: arm for arm in plan.shadows}
        for channel, arm in wanted.items():
            if channel not in self._shadows:
                self._due = [one for one in self._due if one[1] != channel]
                self._shadows[channel] = self._start_shadow(arm, plan.endpoint)
        if only:
            for channel in [one for one in self._shadows if one not in wanted]:
                shadow = self._shadows.pop(channel)
                shadow.end()

    def _start_shadow(self, arm: PlannedArm, endpoint: str) -> Child:
        told = {
            "settings": settings_doc(self._settings),
            "arm": dataclasses.asdict(arm),
            "endpoint": endpoint,
            "counted": str(self._counted),
        }
        return Child("cellbook.serving.shadow", told, self._heard)

    def _end(self) -> None:
        self._stopping = True
        children = [*self._workers, *self._shadows.values()]
        for child in children:
            child.tell({"do": "stop"})
            child.end()
        deadline = time.monotonic() + self._settings.grace + 2.0
        for child in children:
            child.gone(deadline - time.monotonic())
        self._note(ended=True)

    def _url(self) -> str:
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _told(plan: Plan) -> str:
    told = []
    for arm in plan.arms:
        share = " (shadow)" if arm.shadow else f" ({arm.weight:g})" * (len(plan.answering) > 1)
        told.append(f"{arm.name} is version {arm.version}{share}")
    return f"{plan.endpoint}: {', '.join(told)}"


def _ended(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"status {code}"


def _bound(settings: Settings) -> socket.socket:
    """Return a socket at the address, which nobody can connect to until a worker listens."""
    try:
        found = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, kind, protocol, _, address = found[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise InvalidInput(
            f"{settings.host} is no address of this machine ({error.strerror or error}). Give one."
        ) from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.set_inheritable(True)
    except OSError as error:
        bound.close()
        raise InvalidInput(
            f"{settings.host}:{settings.port} cannot be had ({error.strerror or error}). Give "
            "another port, or 0 for any that is free."
        ) from None
    return bound
