"""Heads of requests (their first line and headers), read no further than they may go.

What is whole in time is looked at by the door.  One that does not end is refused here, as uvicorn
holds what httptools has read of it without a bound.  Only a worker imports this.
"""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Iterable
from typing import Any

from cellbook.serving.outputs import as_json

MOST_BYTES = 32 << 10
"""Bytes of a head."""
MOST_FIELDS = 100
"""Headers."""
TOO_LARGE = (
    f"The request's headers are more than {MOST_FIELDS}, or with its first line more than "
    f"{MOST_BYTES:,} bytes. Send fewer."
)

_LINGERS = 5.0
"""Seconds in which what still comes is thrown away: many clients read no answer before they have
sent all."""


def fits(target: int, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether a whole head is within bounds.

    Parameters
    ----------
    target
        Bytes of what is asked for.
    headers
        Names and values.
    """
    fields = 0
    for name, value in headers:
        fields += 1
        target += len(name) + len(value)
    return fields <= MOST_FIELDS and target <= MOST_BYTES


def _refuse(protocol: Any) -> None:
    """Say no to a head of which too much is there, and end the connection."""
    protocol.refused = True
    transport: asyncio.Transport = protocol.transport
    cycle = protocol.cycle
    if cycle is not None and not cycle.response_complete:
        transport.close()  # Another request is being answered: nothing may come between.
        return
    transport.write(_ANSWER)
    transport.write_eof()
    protocol.loop.call_later(_LINGERS, transport.close)


_BODY = as_json({"error": TOO_LARGE})
_ANSWER = b"\r\n".join(
    (
        b"HTTP/1.1 431 Request Header Fields Too Large",
        b"content-type: application/json",
        b"content-length: %d" % len(_BODY),
        b"connection: close",
        b"",
        _BODY,
    )
)


def h11_protocol() -> type[asyncio.Protocol]:
    """Return how h11 reads, which bounds heads by itself: it only has to say so."""
    from uvicorn.protocols.http.h11_impl import H11Protocol  # noqa: PLC0415 - one of two

    class Bounded(H11Protocol):
        refused = False

        def data_received(self, data: bytes) -> None:
            if not self.refused:
                super().data_received(data)

        def send_400_response(self, msg: str) -> None:
            if getattr(sys.exc_info()[1], "error_status_hint", 400) == 431:
                _refuse(self)
            else:
                super().send_400_response(msg)

    return Bounded


def httptools_protocol() -> type[asyncio.Protocol]:
    """Return how httptools reads, bounded."""
    from uvicorn.protocols.http.httptools_impl import (  # noqa: PLC0415 - may not be there
        HttpToolsProtocol,
    )

    class Bounded(HttpToolsProtocol):
        refused = False
        since = 0
        """Bytes since a head was whole, or a piece of a body: an unfinished head, or trailer."""

        def data_received(self, data: bytes) -> None:
            if self.refused:
                return
            self.since += len(data)
            super().data_received(data)
            if self.since > MOST_BYTES and not self.transport.is_closing():
                _refuse(self)

        def on_headers_complete(self) -> None:
            self.since = 0
            super().on_headers_complete()

        def on_body(self, body: bytes) -> None:
            self.since = 0
            super().on_body(body)

    return Bounded


def protocol() -> type[asyncio.Protocol]:
    """Return what reads requests: httptools where it is, as it is faster."""
    return httptools_protocol() if importlib.util.find_spec("httptools") else h11_protocol()
