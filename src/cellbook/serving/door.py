"""Who may come in: whoever has a token, and on loopback only who means this machine; with headers
that are within bounds.

Without the second, any page in a browser could reach an endpoint on loopback by a name of its own
that it lets point here (DNS rebinding).
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from hashlib import sha256
from typing import Any

from cellbook.serving.heads import TOO_LARGE, fits
from cellbook.serving.outputs import as_json
from cellbook.serving.settings import Settings

OPEN = ("/v2/health/live", "/v2/health/ready", "/ping", "/health")
"""What anybody may ask: whether it is there."""

Message = MutableMapping[str, Any]
Asgi = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]


class Door:
    """Stands before an application.

    Parameters
    ----------
    app
        The application, an ASGI one.
    settings
        Who may come in.
    """

    def __init__(self, app: Asgi, settings: Settings) -> None:
        self._app = app
        # Of equal length, so that comparing takes equally long whatever was sent.
        self._tokens = [sha256(token.encode()).digest() for token in settings.tokens]
        self._only_here = settings.loopback and not settings.tokens

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not fits(len(scope["raw_path"]) + len(scope["query_string"]), scope["headers"]):
            await _refuse(send, 431, TOO_LARGE)
            return
        if scope["path"] not in OPEN:
            headers = dict(scope["headers"])
            if self._tokens and not self._knows(headers.get(b"authorization", b"")):
                await _refuse(send, 401, "Say a token: Authorization: Bearer …", b"Bearer")
                return
            if self._only_here and not _means_here(headers.get(b"host", b"")):
                await _refuse(send, 403, "This endpoint is for this machine only: ask 127.0.0.1.")
                return
        await self._app(scope, receive, send)

    def _knows(self, said: bytes) -> bool:
        scheme, _, token = said.partition(b" ")
        digest = sha256(token.strip()).digest()
        # All are compared, whichever is right.
        right = [hmac.compare_digest(digest, one) for one in self._tokens]
        return scheme.lower() == b"bearer" and any(right)


def _means_here(host: bytes) -> bool:
    name = host.decode("latin-1")
    name = name[1 : name.find("]")] if name.startswith("[") else name.partition(":")[0]
    if name.lower() in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


async def _refuse(
    send: Callable[[Message], Awaitable[None]], status: int, why: str, scheme: bytes = b""
) -> None:
    body = as_json({"error": why})
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if scheme:
        headers.append((b"www-authenticate", scheme))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
