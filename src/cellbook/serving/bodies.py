"""Bodies of requests, read no further than they may go: each by itself, and all together."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from cellbook.serving.refusing import Refused

_SECONDS = 30.0
_DRAINED = 8
"""A body that is too large is read on, up to so many times the limit, and thrown away: many clients
read no answer before they have sent all."""


class Bodies:
    """What a worker has read, and not answered yet.

    Parameters
    ----------
    most
        Bytes of one body.
    most_held
        Bytes of all of them.
    """

    def __init__(self, most: int, most_held: int) -> None:
        self._most = most
        self._most_held = max(most, most_held)
        self._held = 0

    async def read(self, request: Request) -> bytes:
        """Return a request's body, which is to be released.

        Raises
        ------
        Refused
            If it is too large, or comes too slowly, or all are too large together.
        """
        told = request.headers.get("content-length", "0")
        size = int(told) if told.isdigit() else 0
        chunks: list[bytes] = []
        read = held = 0
        full = False
        try:
            async with asyncio.timeout(_SECONDS):
                async for chunk in request.stream():
                    read += len(chunk)
                    full = full or self._held + len(chunk) > self._most_held
                    if not full and max(read, size) <= self._most:
                        chunks.append(chunk)
                        held += len(chunk)
                        self._held += len(chunk)
                    elif read > _DRAINED * self._most:
                        break
                    else:
                        chunks.clear()
                        self._held -= held
                        held = 0
            if max(read, size) > self._most:
                raise Refused(
                    413, f"The body has more than {self._most} bytes. Send fewer rows at once."
                )
            if full:
                raise Refused(
                    503,
                    f"Requests of {self._held} bytes are being answered already. Come again.",
                    retry_after=1,
                )
        except BaseException as error:
            self._held -= held
            if isinstance(error, TimeoutError):
                raise Refused(408, f"The body took more than {_SECONDS:.0f} s.") from None
            raise
        return b"".join(chunks)

    def release(self, body: bytes) -> None:
        """Say that a request is answered."""
        self._held -= len(body)
