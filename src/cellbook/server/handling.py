"""From a request to an operation and back: the one place that speaks Tornado and Jupyter.

Every handler is made here, with the marks that demand a logged-in user who is allowed to do it;
Jupyter's own `prepare` checks the XSRF token of whatever may change something.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from http.client import responses
from typing import Any
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado import web

from cellbook.answers import read_struct
from cellbook.commenting import jupyter_author
from cellbook.records import Author
from cellbook.server.operations import Download, Notebook, Operation, read_body, read_query
from cellbook.server.places import Place, find_place
from cellbook.server.problems import TooLarge, message_of, status_of
from cellbook.server.shelf import Ask, Shelf
from cellbook.views.formatting import size
from cellbook.views.wire import encode

RESOURCE = "cellbook"
"""What authorizers know these routes as."""
SHELF, WATCH = "cellbook_shelf", "cellbook_watch"
"""Keys of the open books, and of who listens to them, among the web application's settings."""

_SAFE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
"""What a browser may show by itself: pictures that cannot hold programs."""
_READER = "You may only read here, says this Jupyter server; who runs it can let you write."
_PART = 1 << 20
"""Bytes of a file that are sent at a time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an operation came to."""

    answer: Any
    """None if the window has it already."""
    tag: str


class BookHandler(APIHandler):
    """Carries out the operations of one route."""

    auth_resource = RESOURCE

    @property
    def shelf(self) -> Shelf:
        """The server's open books."""
        shelf: Shelf = self.settings[SHELF]
        return shelf

    def find(self) -> Place:
        """Return where the request's notebook is."""
        # Names of folders may begin and end with blanks.
        path = self.get_query_argument("notebook", "", strip=False)
        return find_place(self.contents_manager, path)

    async def carry_out(self, operation: Operation, path: Mapping[str, str]) -> None:
        """Answer a request."""
        try:
            arguments = {**path, **self._arguments(operation)}
            work = self._work(operation, arguments, await self.forbidden())
            reply = await self.shelf.ask(self.find, work, operation.missing)
        except Exception as error:
            status = status_of(error)
            if status == 500:
                self.log.exception("Cellbook could not answer %s", self.request.path)
            self.refuse(status, message_of(error))
        else:
            await self._send(reply)

    def _arguments(self, operation: Operation) -> dict[str, Any]:
        kinds = operation.types
        arguments: dict[str, Any] = {}
        if operation.asks_by_body:
            arguments["query"] = read_body(kinds["query"], self.request.body, read_struct)
        elif "query" in kinds:
            arguments["query"] = read_query(
                kinds["query"], lambda name: self.get_query_argument(name, None)
            )
        if kinds.get("body") is bytes:
            arguments["body"] = self.content()
        elif operation.begins:
            # What cannot be carried out makes no book.
            arguments["body"] = read_body(kinds["body"], self.request.body)
        elif "body" in kinds:
            # In the thread: that of a whole notebook takes a while to read.
            arguments["body"] = self.request.body
        return arguments

    def _work(
        self, operation: Operation, arguments: dict[str, Any], forbidden: str
    ) -> Callable[[Ask], Reply]:
        kind = operation.types.get("body")
        known = self.request.headers.get("If-None-Match", "") if operation.tagged else None

        user = self.user()

        def work(ask: Ask) -> Reply:
            ask = replace(ask, user=user, forbidden=forbidden)
            tag = "" if known is None else ask.tag()
            if tag and known is not None and tag in known:
                return Reply(None, tag)
            if kind is not None and kind is not bytes and not operation.begins:
                arguments["body"] = read_body(kind, arguments["body"])
            answer = operation.call(ask, **arguments)
            if isinstance(answer, (Download, Notebook)):
                return Reply(answer, tag)
            return Reply(encode(answer), tag)

        return work

    def user(self) -> Author | None:
        """Return who asks; None where Jupyter makes a name up."""
        known = self.current_user
        name = getattr(known, "username", "")
        return jupyter_author(name, getattr(known, "display_name", None) or "")

    async def forbidden(self) -> str:
        """Return why who asks may write nothing; empty where they may."""
        told = self.authorizer.is_authorized(self, self.current_user, "write", RESOURCE)
        return "" if await ensure_async(told) else _READER

    def content(self) -> bytes:
        """Return the request's body."""
        return self.request.body

    def compute_etag(self) -> str | None:
        """Return the tag that the answer has already; else one of its content."""
        return self._headers.get("Etag") or super().compute_etag()

    async def _send(self, reply: Reply) -> None:
        self.set_header("Cache-Control", "private, no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")
        if reply.tag:
            self.set_header("Etag", reply.tag)
        match reply.answer:
            case None:
                self.set_status(304)
                self.finish()
            case Download():
                await self._send_file(reply.answer)
            case Notebook(content):
                self.finish(content)
            case answer:
                self.finish(answer)

    async def _send_file(self, download: Download) -> None:
        tag = f'"{download.digest}"'
        self.set_header("Etag", tag)
        if tag in self.request.headers.get("If-None-Match", ""):
            self.set_status(304)
            self.finish()
            return
        # An SVG picture is shown where a page names it as its image, which runs nothing in it.
        shown = download.media_type in (*_SAFE_IMAGES, "image/svg+xml")
        inline = download.media_type in _SAFE_IMAGES
        # Before the first part is sent, and again at the end, where Jupyter sets its own.
        kind = download.media_type if shown else "application/octet-stream"
        self.set_header("Content-Type", kind)
        self.set_header("Content-Security-Policy", f"{self.content_security_policy}; sandbox")
        self.set_header("Content-Length", str(download.file.stat().st_size))
        self.set_header(
            "Content-Disposition",
            f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(download.name, '')}",
        )
        loop = asyncio.get_running_loop()
        with download.file.open("rb") as file:
            while part := await loop.run_in_executor(None, file.read, _PART):
                self.write(part)
                await self.flush()
        self.finish(set_content_type=kind)

    def refuse(self, status: int, message: str) -> None:
        """Answer that something is wrong, and what mends it."""
        self.set_status(status)
        if status in (503, 507):
            self.set_header("Retry-After", "2")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps({"message": message}))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer what Jupyter or Tornado refuses in our own form."""
        error = kwargs.get("exc_info", (None, None))[1]
        said = getattr(error, "log_message", None) or responses.get(status_code, "Refused")
        mend = {
            401: "Log in to this Jupyter server, or send its token.",
            403: "Log in to this Jupyter server, or send its token; what changes something also "
            "needs the XSRF token of the page, or the right to write.",
            405: f"`{RESOURCE}/openapi.json` lists what each route takes.",
        }.get(status_code, "")
        self.refuse(status_code, f"{str(said).rstrip('.')}. {mend}".strip())


@web.stream_request_body
class UploadHandler(BookHandler):
    """Takes a body as it comes, and keeps nothing of one that is too large."""

    async def prepare(self) -> None:  # type: ignore[override]  # as APIHandler has it
        """Look at the request before its body."""
        self._taken = bytearray()
        self._length = int(self.request.headers.get("Content-Length", "0"))
        if self._length > self._limit:
            # It is all read and forgotten: a window that cannot send comes to read no answer.
            connection: Any = self.request.connection
            connection.set_max_body_size(self._length)
        await super().prepare()

    @property
    def _limit(self) -> int:
        return _PART if self.serverapp is None else self.serverapp.max_body_size

    def data_received(self, chunk: bytes) -> None:
        """Take a part of the body."""
        if self._length <= self._limit:
            self._taken += chunk

    def content(self) -> bytes:
        """Return the request's body.

        Raises
        ------
        TooLarge
            If it is larger than this server takes.
        """
        if self._length > self._limit:
            raise TooLarge(
                f"The document has {size(self._length)}, and this server takes "
                f"{size(self._limit)}. Clear large outputs, or raise ServerApp.max_body_size."
            )
        return bytes(self._taken)


def handler_of(operations: Iterable[Operation]) -> type[BookHandler]:
    """Return the handler of one route."""
    operations = list(operations)
    uploads = any(operation.types.get("body") is bytes for operation in operations)
    methods = {operation.method.lower(): _method(operation) for operation in operations}
    name = "".join(part.strip("{}").title() for part in operations[0].path.split("/")) + "Handler"
    return type(name, (UploadHandler if uploads else BookHandler,), methods)


def _method(operation: Operation) -> Callable[..., Any]:
    async def answer(self: BookHandler, **path: str) -> None:
        await self.carry_out(operation, path)

    allowed: Callable[..., Any] = authorized(operation.action, RESOURCE)(answer)
    return web.authenticated(allowed)
