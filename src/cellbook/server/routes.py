"""The table of routes."""

from __future__ import annotations

import functools
import itertools
from typing import Any

from cellbook.server.events import EventsHandler
from cellbook.server.handlers import books, cells, checkpoints, runs
from cellbook.server.handling import BookHandler, handler_of
from cellbook.server.nowhere import NowhereHandler
from cellbook.server.openapi import describe
from cellbook.server.operations import Operation
from cellbook.server.shelf import Ask


def describe_routes(ask: Ask) -> dict[str, Any]:
    """Return this description."""
    return _description(ask.base_url)


@functools.cache
def _description(base_url: str) -> dict[str, Any]:
    # It is made of the code's own docstrings, which takes a second, and does not change.
    return describe(OPERATIONS, base_url)


OPERATIONS: tuple[Operation, ...] = (
    *books.OPERATIONS,
    *runs.OPERATIONS,
    *cells.OPERATIONS,
    *checkpoints.OPERATIONS,
    Operation("GET", "openapi.json", describe_routes, alone=True),
)
"""What all routes do but that of events."""


def routes(base_url: str) -> list[tuple[str, type[BookHandler | EventsHandler]]]:
    """Return the pattern of each route's address, and what handles it.

    Parameters
    ----------
    base_url
        Where the server's own routes begin, with a slash at the end.
    """
    by_path = itertools.groupby(
        sorted(OPERATIONS, key=lambda operation: operation.path),
        key=lambda operation: operation.pattern,
    )
    found: list[tuple[str, type[BookHandler | EventsHandler]]] = [
        (pattern, handler_of(operations)) for pattern, operations in by_path
    ]
    return [
        (f"{base_url}cellbook/{pattern}", handler)
        for pattern, handler in (*found, ("events", EventsHandler), (".*", NowhereHandler))
    ]
