"""A terminal that nobody looks at, for scripts that printed to one.

What is printed depends on it: how wide tables are, whether a bar is drawn over and over.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator

_LINES = 24


@contextlib.contextmanager
def screen(columns: int) -> Iterator[int]:
    """Give what a process is to print to that printed to a terminal so many columns wide.

    With 0, and where the system has no such terminals, it is what swallows all.
    """
    opened = _opened(columns) if columns else None
    if opened is None:
        yield subprocess.DEVNULL
        return
    ours, theirs = opened
    threading.Thread(target=_drain, args=(ours,), name="cellbook-screen", daemon=True).start()
    try:
        yield theirs
    finally:
        os.close(theirs)


def _opened(columns: int) -> tuple[int, int] | None:
    try:
        import termios  # noqa: PLC0415 - Windows has none
    except ImportError:
        return None
    try:
        ours, theirs = os.openpty()
    except OSError:
        return None
    with contextlib.suppress(termios.error, OverflowError):
        termios.tcsetwinsize(theirs, (_LINES, columns))
    return ours, theirs


def _drain(terminal: int) -> None:
    """Read what is printed until nobody has the terminal any more: a full one would halt them."""
    with contextlib.suppress(OSError):
        while os.read(terminal, 1 << 16):
            pass
    os.close(terminal)
