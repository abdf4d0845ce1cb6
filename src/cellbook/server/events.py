"""Changes of a book as they happen, through a websocket."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from cellbook.errors import CellbookError
from cellbook.server.handling import RESOURCE, WATCH
from cellbook.server.places import Place, find_place
from cellbook.server.problems import message_of
from cellbook.server.watching import Watch


class EventsHandler(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """One window that listens."""

    auth_resource = RESOURCE

    @property
    def watch(self) -> Watch:
        """The books that somebody listens to."""
        watch: Watch = self.settings[WATCH]
        return watch

    def set_default_headers(self) -> None:
        """Set none: Jupyter's are for answers that have a content."""

    @ws_authenticated
    async def get(self) -> None:
        """Open the websocket, for whoever may read; this lasts until it is closed."""
        user = self.current_user
        if not await ensure_async(self.authorizer.is_authorized(self, user, "read", RESOURCE)):
            raise web.HTTPError(403)
        self._notebook = self.get_query_argument("notebook", "", strip=False)
        self._refused = False
        self._early: list[Mapping[str, Any]] = []
        try:
            # Before the window hears that it is open: what changes from then on is told.
            await self.watch.join(self)
        except CellbookError as error:
            self._refused = True
            self.tell({"type": "trouble", "message": message_of(error)})
        try:
            await super().get()
        finally:
            self.watch.leave(self)

    def open(self) -> None:
        """Tell what happened meanwhile."""
        super().open()
        early, self._early = self._early, []
        for message in early:
            self.tell(message)
        if self._refused:
            self.close(1008)

    def find(self) -> Place:
        """Return where the window's notebook is."""
        return find_place(self.contents_manager, self._notebook)

    def tell(self, message: Mapping[str, Any]) -> None:
        """Send a message."""
        if self.ws_connection is None:
            self._early.append(message)
            return
        with contextlib.suppress(WebSocketClosedError):
            self.write_message(json.dumps(message))

    def on_message(self, message: str | bytes) -> None:
        """Pass over what a window says: there is nothing to say here."""

    def on_close(self) -> None:
        """Listen no more."""
        self.watch.leave(self)
