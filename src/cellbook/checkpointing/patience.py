"""How long an object's own ``__reduce__`` may take."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

_PATIENCE = 5.0
"""Seconds that one object's own ``__reduce__`` may take."""


class _TooSlow(Exception):
    """An object's own ``__reduce__`` took too long."""


@contextlib.contextmanager
def patience() -> Iterator[None]:
    """Interrupt what takes too long, where that can be done: in the main thread of a child."""
    if not _may_interrupt:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


_may_interrupt = False


def allow_interrupts() -> None:
    """Let slow ``__reduce__`` methods be interrupted: for a child whose signals are its own."""
    global _may_interrupt

    def stop(*_: object) -> None:
        raise _TooSlow(f"its __reduce__ took longer than {_PATIENCE:.0f} s")

    signal.signal(signal.SIGALRM, stop)
    _may_interrupt = True
