"""How the processes of an endpoint talk: JSON, a line a message, through pipes.

The end of a pipe is the end of its process, so that none is left behind, whatever ends another.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import IO, Any

Message = Mapping[str, Any]


def write_line(stream: IO[str], message: Message) -> bool:
    """Send a message; return whether somebody is there to read it."""
    try:
        stream.write(json.dumps(message) + "\n")
        stream.flush()
    except (OSError, ValueError):
        return False
    return True


def teller(stream: IO[str]) -> Callable[[Message], bool]:
    """Return what sends messages as `write_line` does, from any thread."""
    lock = threading.Lock()

    def tell(message: Message) -> bool:
        with lock:
            return write_line(stream, message)

    return tell


def read_lines(stream: IO[str], on_message: Callable[[Message | None], None]) -> threading.Thread:
    """Call a function with each message, in a thread; with None when the other end is closed."""

    def run() -> None:
        try:
            for line in stream:
                on_message(json.loads(line))
        except (OSError, ValueError):
            pass
        on_message(None)

    thread = threading.Thread(target=run, name="lines", daemon=True)
    thread.start()
    return thread


def own_stdout() -> IO[str]:
    """Return standard output for messages, and let whatever else is printed go to the log."""
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return stream
