"""What a worker that hangs still tells its clients.

Its event loop is held by a model, so a thread writes to their sockets.  The process ends then.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterable, Iterator
from typing import Any

from cellbook.serving.refusing import Refused
from cellbook.serving.responses import refusal

_READ = 1 << 16
_MOST_READ = 1 << 26
"""Bytes of requests that are read and thrown away: what is not read resets the connection."""


def answer_waiting(connections: Iterable[Any], why: str) -> Iterator[tuple[str, int]]:
    """Answer whoever waits, and yield the form and the status of each answer.

    Parameters
    ----------
    connections
        Those of uvicorn.
    why
        What is said.
    """
    for connection in connections:
        try:
            answered = _answer(connection, why)
        except Exception:  # Another may be answered all the same.
            continue
        if answered is not None:
            yield answered


def _answer(connection: Any, why: str) -> tuple[str, int] | None:
    there, cycle = connection.transport.get_extra_info("socket"), connection.cycle
    with socket.socket(fileno=os.dup(there.fileno())) as ours:
        ours.setblocking(False)
        unread = _read_away(ours)
        if cycle is not None and not cycle.response_complete:
            if cycle.response_started:
                return None
            refused = Refused(504, why)
        elif unread:
            refused = Refused(503, why, retry_after=5)
        else:
            return None
        path = connection.scope["path"].encode() if refused.status == 504 else _path(unread)
        form = "mlflow" if path == b"/invocations" else "oip"
        ours.sendall(_as_http(refused, form))
        ours.shutdown(socket.SHUT_WR)
    return form, refused.status


def _read_away(ours: socket.socket) -> bytes:
    """Return the beginning of what was not read yet."""
    first, read = b"", 0
    with contextlib.suppress(BlockingIOError):
        while read < _MOST_READ and (chunk := ours.recv(_READ)):
            first = first or chunk
            read += len(chunk)
    return first


def _path(request: bytes) -> bytes:
    words = request.split(b" ", 2)
    return words[1] if len(words) == 3 else b""


def _as_http(refused: Refused, form: str) -> bytes:
    response = refusal(refused, form)
    head = [b"HTTP/1.1 %d %s" % (response.status_code, _PHRASES[response.status_code])]
    head += [b"%s: %s" % pair for pair in response.raw_headers]
    return b"\r\n".join([*head, b"connection: close", b"", bytes(response.body)])


_PHRASES = {503: b"Service Unavailable", 504: b"Gateway Timeout"}
