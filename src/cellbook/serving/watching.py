"""How a process of an endpoint notices that it hangs, and shows that it lives.

A thread gives a sign of life again and again, and looks whether the main thread moves.  So a model
that never comes back is noticed by its own process, which can still say so; one that does not let
go of the interpreter gives no sign of life, and is noticed by the supervisor.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable


class Watch:
    """Looks after the main thread, from its start to the end of the process.

    Time is counted in looks, not by the clock: where a machine has too much to do, or sleeps, this
    thread is as late as the one that it looks after.

    Parameters
    ----------
    beat
        Seconds between two looks.
    patience
        Seconds that the main thread may stand still; 0 for as long as it likes.
    show
        Called at each look: the sign of life.
    still
        Whether the main thread has not moved since this was last called.
    on_hung
        Called once, when it has stood still for too long.
    """

    def __init__(
        self,
        beat: float,
        patience: float,
        show: Callable[[], object],
        still: Callable[[], bool],
        on_hung: Callable[[], None],
    ) -> None:
        self.patience = patience
        self._beat = beat
        self._show = show
        self._still = still
        self._on_hung = on_hung
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def _run(self) -> None:
        stood = 0.0
        while not (self.patience and stood >= self.patience):
            time.sleep(self._beat)
            self._show()
            stood = stood + self._beat if self._still() else 0.0
        self._on_hung()


class Pulse:
    """Whether an event loop moves: it is asked for something small, and has done it or not."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._moved = True

    def still(self) -> bool:
        """Whether it has not moved since this was last called."""
        if not self._moved:
            return True
        self._moved = False
        with contextlib.suppress(RuntimeError):  # It has ended.
            self._loop.call_soon_threadsafe(self._move)
        return False

    def _move(self) -> None:
        self._moved = True
