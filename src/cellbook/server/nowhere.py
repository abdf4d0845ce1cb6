"""What is answered where no route leads."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from cellbook.server.handling import RESOURCE, BookHandler


class NowhereHandler(BookHandler):
    """Says that there is no such route, in the form of all other answers."""

    @web.authenticated
    @authorized("read", RESOURCE)  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        """Say so."""
        self.refuse(
            404,
            f"There is no route {self.request.path!r}. `{RESOURCE}/openapi.json` lists those that "
            "there are.",
        )

    post = put = patch = delete = get
