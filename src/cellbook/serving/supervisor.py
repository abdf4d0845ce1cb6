"""The process that an endpoint is: it holds the socket, keeps workers alive, and watches names.

It loads no model.  When a name moves or the deployment's file changes, it makes a new plan, has all
workers *prepare* it, and only when each of them has, *take* it.  If one cannot, all stay with what
they have.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cellbook.errors import CellbookError, InvalidInput, one_line
from cellbook.optional import require
from cellbook.records.deployment import Deployment
from cellbook.serving.crew import LOAD_SECONDS, Crew
from cellbook.serving.deployments import read_deployment
from cellbook.serving.plans import Plan, make_plan
from cellbook.serving.resolving import KeepsNote, Resolver, Resolving, Serving
from cellbook.serving.settings import Settings

_AGAIN = 30.0
"""Seconds until a plan that could not be prepared is tried once more."""

_ROOM = 80
"""Bytes that the folder of sockets may have in its name: their whole name has room for 107."""


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
        self._crew = Crew(self._settings, say)
        self._stopping = False
        self._plan: Plan | None = None
        self._looks = 0.0
        """When to look whether names have moved."""
        self._refused: tuple[Plan, float] | None = None
        self._trouble = self._unnoted = ""

    def stop(self) -> None:
        """End, from any thread or a signal's handler."""
        self._stopping = True
        self._crew.wake()

    def stop_at_once(self) -> None:
        """End, and answer nobody any more; from any thread or a signal's handler."""
        self._stopping = True
        self._crew.kill()

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
            counted, self._channels = folder / "counted", folder / "s"
            counted.mkdir()
            if len(os.fsencode(self._channels)) > _ROOM:
                near = tempfile.TemporaryDirectory(prefix="cellbook-", dir="/tmp")
                self._channels = Path(stack.enter_context(near))
            self._channels.mkdir(exist_ok=True)
            self._resolving = Resolving(folder / "bundles", self._resolver)
            with _bound(self._settings) as self._socket:
                self._crew.open(self._socket, counted)
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
                    self._stopping = True
                    try:
                        self._crew.end()
                    finally:
                        self._note(ended=True)

    def __str__(self) -> str:
        return _told(self._plan) if self._plan is not None else "nothing yet"

    # -- plans -------------------------------------------------------------------------------------

    def _begin(self) -> None:
        plan = self._make_plan(1)
        self._crew.hear_shadows(plan)
        for _ in range(self._settings.workers):
            self._crew.start_worker()
        why = self._roll(plan)
        if why and not self._stopping:
            raise InvalidInput(why)

    def _once(self) -> None:
        crew = self._crew
        crew.begin_due(self._plan)
        child, message = crew.next(min(self._looks, crew.due or self._looks))
        if self._stopping:
            return
        if child is not None and message is None:
            crew.mourn(child)
        elif child is not None and message is not None and "why" in message:
            crew.failed(child, str(message["why"]))
        if time.monotonic() >= self._looks:
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
        self._crew.hear_shadows(plan)
        why = self._roll(plan)
        if why:
            self._refused = (plan, time.monotonic() + _AGAIN)
            self._say(f"what is served stays, as the new cannot be: {why}")
            self._crew.hear_shadows(self._plan)
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
        for worker in self._crew.workers:
            worker.tell({"do": "prepare", "plan": doc})
        self._crew.preparing = True
        try:
            why = self._wait_for("prepared", plan.number)
        finally:
            self._crew.preparing = False
        if why:
            return why
        for worker in self._crew.workers:
            worker.tell({"do": "take"})
        why = self._wait_for("taken", plan.number)
        if why and self._plan is None:
            return why
        before, self._plan = self._plan, plan
        if before is not None:
            self._crew.hear_shadows(plan, only=True)
        return ""

    def _wait_for(self, word: str, number: int) -> str:
        """Wait until all workers have said a word; return what one of them said instead."""
        missing = set(self._crew.workers)
        why = ""
        deadline = time.monotonic() + LOAD_SECONDS
        while missing and not self._stopping:
            child, message = self._crew.next(deadline)
            if child is None:
                if time.monotonic() >= deadline:
                    return f"It takes more than {LOAD_SECONDS:.0f} s."
                continue
            if message is None:
                if child in missing and (word == "prepared" or self._plan is None):
                    why = why or "A worker died while it loaded the model; its log says why."
                    if self._plan is None:
                        return why
                missing.discard(child)
                if not self._stopping:
                    self._crew.mourn(child)
            elif message.get(word) == number:
                missing.discard(child)
            elif "hung" in message:
                if child in missing and message.get("loading") and word == "prepared":
                    why = why or "A worker hung while it loaded the model."
                missing.discard(child)
            elif message.get("failed") in (0, number) and child in self._crew.workers:
                missing.discard(child)
                why = why or str(message["why"])
        return why or ("It is stopped." if self._stopping else "")

    def _url(self) -> str:
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _told(plan: Plan) -> str:
    told = []
    for arm in plan.arms:
        share = " (shadow)" if arm.shadow else f" ({arm.weight:g})" * (len(plan.answering) > 1)
        told.append(f"{arm.name} is version {arm.version}{share}")
    return f"{plan.endpoint}: {', '.join(told)}"


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
