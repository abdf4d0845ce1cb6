"""A served endpoint, live: the kernel that started it looks at it, and does what is asked."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cellbook.answers.endpoints import EndpointLook
from cellbook.errors import InvalidInput
from cellbook.views.endpoint_page import EndpointPage, EndpointState
from cellbook.views.wire import encode
from cellbook.widgets.live.panel import LivePanel

if TYPE_CHECKING:
    from cellbook.book import Book

_log = logging.getLogger(__name__)

ENDPOINT = "endpoint"
"""The question, and the name by which the page hears that the answer is another now."""
_QUICK, _SLOW = 0.5, 2.0
"""Seconds between two looks, while it is being loaded and later."""


class ServingWidget(LivePanel):
    """The panel of an endpoint.

    Parameters
    ----------
    book
        Where its predictions are recorded, if they are.
    look
        The endpoint.
    """

    def __init__(self, book: Book, look: EndpointLook) -> None:
        self._look = look
        self._book = book
        super().__init__(book, "serving", {"notebook": ""}, [(ENDPOINT, {})])
        _follow(self)

    def page(self) -> EndpointPage:
        """Return what there is to see now."""
        return self._look.page()

    def answer(self, name: str, query: Mapping[str, Any]) -> bytes:
        """Return how the endpoint is, or what a panel of the book is answered."""
        return encode(self.page()) if name == ENDPOINT else super().answer(name, query)

    def change(self, name: str, body: Mapping[str, Any]) -> bytes:
        """Roll back, promote an arm, or stop.

        Raises
        ------
        CellbookError
            If it cannot be done.
        """
        beside = self._look.beside
        if name in ("endpoint-rollback", "endpoint-promote") and not beside.server.alive:
            raise InvalidInput("The endpoint has ended. Serve it again.")
        match name, body:
            case "endpoint-rollback", _:
                beside.rollback()
            case "endpoint-promote", {"arm": str(arm), "alias": True}:
                self._move_alias(arm)
            case "endpoint-promote", {"arm": str(arm)}:
                beside.promote(arm)
            case "endpoint-stop", _:
                beside.stop()
            case _:
                return super().change(name, body)
        return encode(self.page())

    def _move_alias(self, name: str) -> None:
        """Let the champion's alias lead to an arm's version, and the endpoint follow it alone.

        Raises
        ------
        CellbookError
            If the alias cannot lead there: it is protected, say.
        """
        arms = self.page().arms
        arm = next((one for one in arms if one.name == name), None)
        if arm is None or not arms[0].follows or not arm.label:
            raise InvalidInput(f"No alias can be moved to {name}. Promote it alone.")
        model, _, alias = arms[0].follows.partition("@")
        if arm.label.partition("/")[0] != model:
            raise InvalidInput(f"@{alias} is of {model}, and cannot lead to {arm.label}.")
        beside = self._look.beside
        why = f"promoted from {name} of endpoint {beside.deployment.name}"
        self._book.models.set_alias(arm.label, alias, reason=why)
        # What follows the alias serves the arm's version from now on.
        beside.promote(arms[0].name)


def serving_widget(book: Book, look: EndpointLook) -> ServingWidget:
    """Return the panel of an endpoint, which follows it until it ends."""
    return ServingWidget(book, look)


def _follow(widget: ServingWidget) -> None:
    """Look at the endpoint until it has ended or the panel is closed; tell the page of news."""
    known = weakref.ref(widget)
    rest = threading.Event()

    def look() -> None:
        seen: EndpointPage | None = None
        while True:
            panel = known()
            if panel is None or panel.closed:
                return
            try:
                page = panel.page()
                if page != seen:
                    panel.tell([ENDPOINT])
                seen = page
            except Exception:
                # A look that fails is no reason not to look again.
                _log.debug("An endpoint could not be looked at", exc_info=True)
            if seen is not None and seen.state is EndpointState.ENDED:
                return
            loading = seen is None or seen.state is EndpointState.LOADING
            del panel
            rest.wait(_QUICK if loading else _SLOW)

    threading.Thread(target=look, name="cellbook-endpoint", daemon=True).start()
