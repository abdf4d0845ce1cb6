"""A worker: one process that answers requests, and does what the supervisor says.

``python -m cellbook.serving.worker`` reads ``{"settings", "socket", "counted"}`` first, then
``{"do": "prepare", "plan"}``, ``{"do": "take"}`` and ``{"do": "stop"}``.  It begins to answer when
it has taken its first plan.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import uvicorn

from cellbook.errors import CellbookError, one_line
from cellbook.serving.app import Endpoint
from cellbook.serving.batching import given_up
from cellbook.serving.counting import Counters
from cellbook.serving.desk import Desk
from cellbook.serving.heads import MOST_BYTES, protocol
from cellbook.serving.last_words import answer_waiting
from cellbook.serving.lines import Message, own_stdout, read_lines, teller, write_line
from cellbook.serving.logging_predictions import Logging
from cellbook.serving.plans import plan_of
from cellbook.serving.settings import Settings, settings_of
from cellbook.serving.watching import Pulse, Watch

_KEEP_ALIVE = 75
"""Seconds that a connection stays open without a request."""

ENDS_WITHIN = 5.0
"""Seconds that the main thread may stand still when the process is to end."""

_HUNG = "its model does not come back"


class Worker:
    """One worker.

    Parameters
    ----------
    settings
        How it serves.
    listening
        The socket that all workers share.
    counted
        Where they count.
    say
        Where the supervisor reads.
    """

    def __init__(
        self, settings: Settings, listening: socket.socket, counted: Path, say: IO[str]
    ) -> None:
        self._tell = teller(say)
        self._settings = settings
        self._listening = listening
        counters = Counters(counted)
        self._log = open_log(settings, counters)
        self.hung = False
        """Whether a model does not come back to one of its threads."""
        self._begun = False
        """Whether somebody may have been answered."""
        self._desk = Desk(settings, counters, self._log, self._model_hung)
        config = uvicorn.Config(
            Endpoint(self._desk, settings, counted).app(),
            log_level="warning",
            access_log=False,
            lifespan="off",
            http=protocol(),
            h11_max_incomplete_event_size=MOST_BYTES,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=max(1, int(settings.grace)),
        )
        self._server = uvicorn.Server(config)

    async def run(self) -> None:
        """Serve until the supervisor says so, or is gone."""
        loop = asyncio.get_running_loop()
        messages: asyncio.Queue[Message | None] = asyncio.Queue()

        settings, tell = self._settings, self._tell
        pulse = Pulse(loop)
        self._watch = Watch(
            settings.beat, settings.patience, lambda: tell({"beat": 1}), pulse.still, self._held
        )

        def hear(message: Message | None) -> None:
            if message is None or message["do"] == "stop":
                if not self._begun:
                    os._exit(0)  # What it loads is not waited for.
                watch = self._watch
                watch.patience = min(watch.patience or ENDS_WITHIN, ENDS_WITHIN)
            loop.call_soon_threadsafe(messages.put_nowait, message)

        read_lines(sys.stdin, hear)
        serving: asyncio.Task[None] | None = None
        while (message := await messages.get()) is not None and message["do"] != "stop":
            if message["do"] == "prepare":
                await self._prepare(message["plan"])
            else:
                if not await self._desk.take():
                    continue
                if serving is None:
                    # Said before: the first request may come, and hang, at once.
                    tell({"begins": self._desk.plan.number})
                    self._begun = True
                    serving = asyncio.create_task(self._server.serve([self._listening]))
                    serving.add_done_callback(lambda _: messages.put_nowait(None))
                    while not self._server.started and not serving.done():
                        await asyncio.sleep(0.01)
                tell({"taken": self._desk.plan.number})
        self._server.should_exit = True
        self._desk.hurry()
        if serving is not None:
            await serving
        await self._desk.close()
        if self._log is not None:
            await asyncio.to_thread(self._log.close)

    async def _prepare(self, doc: Mapping[str, Any]) -> None:
        try:
            await self._desk.prepare(plan_of(doc))
        except CellbookError as error:
            self._tell({"failed": doc["number"], "why": str(error)})
        except Exception as error:
            self._tell({"failed": doc["number"], "why": one_line(error)})
        else:
            self._tell({"prepared": doc["number"]})

    def _model_hung(self) -> None:
        """Ask for another worker; this one ends when its other requests are answered."""
        self.hung = self._server.should_exit = True
        self._tell({"hung": _HUNG})

    def _held(self) -> None:
        """Answer whoever waits, and end: a model holds the event loop.  Runs in a thread."""
        why = given_up(self._watch.patience)
        for form, status in answer_waiting(list(self._server.server_state.connections), why):
            self._desk.count(form, status)
        self._tell({"hung": _HUNG})
        if self._log is not None:
            self._log.close(1.0)
        os._exit(1)


def open_log(settings: Settings, counters: Counters) -> Logging | None:
    """Return what tells of predictions; None if nobody wants to know.

    Raises
    ------
    InvalidInput
        If the log cannot be made.
    """
    if settings.log is None:
        return None
    dropped = counters.slot("cellbook_log_dropped_total")
    return Logging(settings.log.make(), lambda count: counters.add(dropped, count))


def main() -> None:
    """Run a worker."""
    say = own_stdout()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    told = json.loads(sys.stdin.readline())
    listening = socket.socket(fileno=told["socket"])
    try:
        worker = Worker(settings_of(told["settings"]), listening, Path(told["counted"]), say)
    except CellbookError as error:
        write_line(say, {"failed": 0, "why": str(error)})
        return
    loop = "uvloop" if importlib.util.find_spec("uvloop") else "asyncio"
    importlib.import_module(loop).run(worker.run())
    if worker.hung:
        os._exit(1)  # The thread that hangs would be waited for.


if __name__ == "__main__":
    main()
