"""Requests that arrive while the model is busy are answered together.

The first request starts at once.  What arrives meanwhile waits, and is one batch when the model is
free again: so there is no delay to choose, and the more there is to do, the larger batches are.

A model that is quick predicts in the event loop itself: to wake a thread and to be woken by it
takes longer than such a model does, several times as long on a machine that has other things to do.
Meanwhile requests wait in their sockets, and are all read before the next batch.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cellbook.serving.fitting import Fitted
from cellbook.serving.models import Model
from cellbook.serving.outputs import Outputs
from cellbook.serving.refusing import Refused

QUICK = 0.004
"""Seconds for a row within which a model is quick."""

_SLOW = 0.02
_SLOW_BATCHES = 3
"""Batches running that take longer than `_SLOW` before a model is not quick after all."""

_QUICK_ROWS = 256
_MUCH = 20
"""How many times longer than for its example a model may take at the end of the server."""

_LEAST = 5.0
"""Seconds that it has then, however quick it was."""


@dataclass(frozen=True)
class Limits:
    """How much is done at once, and how much may wait."""

    batch_rows: int = 1024
    """Rows of a batch, unless one request has more by itself."""
    queue_rows: int = 10_000
    """Rows that may wait; a request that finds so many is refused."""
    delay: float = 0.0
    """Seconds that a request waits for others though the model is free."""
    timeout: float = 60.0
    """Seconds after which a request that still waits is not answered any more."""


def given_up(patience: float) -> str:
    """Say that a model takes too long."""
    return f"The model gave no answer within {patience:g} s. Its process is replaced."


@dataclass(slots=True)
class _Waiting:
    part: Fitted
    future: asyncio.Future[Outputs]
    since: float

    @property
    def rows(self) -> int:
        return self.part.rows or 1


class Batcher:
    """The queue before one model.  All of it runs in one event loop, but the model.

    Parameters
    ----------
    model
        The model.
    limits
        How much is done at once.
    patience
        Seconds that a batch may take; 0 for as long as it does.
    on_batch
        Called with the number of rows and the seconds of each batch.
    on_hung
        Called once, when a batch takes longer than that: the model answers nobody any more.
    """

    def __init__(
        self,
        model: Model,
        limits: Limits,
        patience: float = 0.0,
        on_batch: Callable[[int, float], None] | None = None,
        on_hung: Callable[[], None] | None = None,
    ) -> None:
        self.model = model
        self._limits = limits
        self._patience = patience or math.inf
        self._on_batch = on_batch
        self._on_hung = on_hung
        self._running: list[_Waiting] = []
        self._since = 0.0
        """When the batch under way began, by the loop's clock."""
        self.hung = False
        self._queue: deque[_Waiting] = deque()
        self.waiting_rows = 0
        self._busy = False
        self._timer: asyncio.TimerHandle | None = None
        self._scheduled = False
        self._sweeper: asyncio.TimerHandle | None = None
        self._slow = 0
        self._idle = asyncio.Event()
        self._idle.set()
        # One thread: few libraries say that a model may predict in two at once.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="predict")

    async def predict(self, part: Fitted) -> Outputs:
        """Return what the model predicts.

        Raises
        ------
        Refused
            If it does not, if too much waits already, or for too long.
        """
        if self.hung:
            raise Refused(503, given_up(self._patience), retry_after=5)
        waiting = self.waiting_rows
        if self._queue and waiting + (part.rows or 1) > self._limits.queue_rows:
            raise Refused(503, f"{waiting} rows wait already. Come again.", retry_after=1)
        loop = asyncio.get_running_loop()
        one = _Waiting(part, loop.create_future(), loop.time())
        self._queue.append(one)
        self._idle.clear()
        self.waiting_rows += one.rows
        if not self._busy:
            if self._limits.delay and waiting + one.rows < self._limits.batch_rows:
                self._timer = self._timer or loop.call_later(self._limits.delay, self._start)
            elif not self._scheduled:
                # What else has arrived is read first, so that it is of the same batch.
                self._scheduled = True
                loop.call_soon(self._start)
        return await one.future

    async def close(self) -> None:
        """Answer what waits, and let the thread go."""
        await self._idle.wait()
        self._thread.shutdown(wait=False)

    def hurry(self, grace: float) -> None:
        """Let the batch under way take no more than `grace` seconds, since it began; less, if that
        is much longer than the model takes for its example."""
        usual = self.model.seconds * max(1, sum(one.rows for one in self._running))
        self._patience = min(self._patience, grace, max(_LEAST, _MUCH * usual))
        if self._busy:
            self._sweep()

    def _start(self) -> None:
        self._scheduled = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._busy:
            return
        batch = self._batch()
        if not batch:
            self._idle.set()
            return
        self._busy = True
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        parts = [one.part for one in batch]
        if self._is_quick(batch):
            made: asyncio.Future[list[Outputs | Refused]] = loop.create_future()
            try:
                made.set_result(self.model.predict(parts))
            except Exception as error:
                made.set_exception(error)
            took = time.perf_counter() - began
            self._slow = self._slow + 1 if took > _SLOW else 0
            self._done(batch, made, began)
            return
        self._running, self._since = batch, loop.time()
        work = loop.run_in_executor(self._thread, self.model.predict, parts)
        work.add_done_callback(lambda done: self._done(batch, done, began))
        if self._sweeper is None:
            self._sweep()

    def _sweep(self) -> None:
        """Refuse what has waited for too long, now and then: the model may never come back."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        if not self._busy:
            return
        loop = asyncio.get_running_loop()
        if loop.time() - self._since > self._patience:
            self._give_up()
            return
        late = loop.time() - self._limits.timeout
        while self._queue and (self._queue[0].since < late or self._queue[0].future.done()):
            one = self._queue.popleft()
            self.waiting_rows -= one.rows
            if not one.future.done():
                one.future.set_exception(_too_long())
        pause = min(1.0, self._limits.timeout, self._patience / 4)
        self._sweeper = loop.call_later(pause, self._sweep)

    def _give_up(self) -> None:
        """Answer all that waits: the model does not come back."""
        self.hung = True
        why = given_up(self._patience)
        for one in self._running:
            if not one.future.done():
                one.future.set_exception(Refused(504, why))
        for one in self._queue:
            if not one.future.done():
                one.future.set_exception(Refused(503, why, retry_after=5))
        self._queue.clear()
        self.waiting_rows = 0
        self._idle.set()
        if self._on_hung is not None:
            self._on_hung()

    def _is_quick(self, batch: Sequence[_Waiting]) -> bool:
        quick = self.model.seconds <= QUICK and self._slow < _SLOW_BATCHES
        return quick and sum(one.rows for one in batch) <= _QUICK_ROWS

    def _batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        rows = 0
        late = asyncio.get_running_loop().time() - self._limits.timeout
        while self._queue:
            one = self._queue[0]
            if batch and (rows + one.rows > self._limits.batch_rows or not self._joins(one)):
                break
            self._queue.popleft()
            self.waiting_rows -= one.rows
            if one.future.done():  # The client has gone.
                continue
            if one.since < late:
                one.future.set_exception(_too_long())
                continue
            batch.append(one)
            rows += one.rows
            if not self._joins(one):
                break
        return batch

    def _joins(self, one: _Waiting) -> bool:
        return self.model.by_rows and one.part.rows is not None

    def _done(
        self,
        batch: list[_Waiting],
        done: asyncio.Future[list[Outputs | Refused]],
        began: float,
    ) -> None:
        self._busy = False
        self._running = []
        if self.hung:
            return
        if self._on_batch is not None:
            self._on_batch(sum(one.rows for one in batch), time.perf_counter() - began)
        failed = done.exception()
        for place, one in enumerate(batch):
            if one.future.done():
                continue
            made = failed or done.result()[place]
            if isinstance(made, BaseException):
                one.future.set_exception(made)
            else:
                one.future.set_result(made)
        self._scheduled = True
        asyncio.get_running_loop().call_soon(self._start)


def _too_long() -> Refused:
    return Refused(503, "It waited for too long. Come again.", retry_after=5)
