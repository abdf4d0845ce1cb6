"""Interrupts of the user's code, kept out of Cellbook's own."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def interrupts_held() -> Iterator[list[int]]:
    """Keep interrupts out of the block; give a list that then holds those that came."""
    held: list[int] = []
    former = signal.getsignal(signal.SIGINT)
    here = callable(former) and threading.current_thread() is threading.main_thread()
    if here:
        signal.signal(signal.SIGINT, lambda number, frame: held.append(number))
    try:
        yield held
    finally:
        if here:
            signal.signal(signal.SIGINT, former)
