"""How an endpoint does, live."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from cellbook.answers import MonitorQuery
from cellbook.widgets.live.panel import LivePanel

if TYPE_CHECKING:
    from cellbook.book import Book


def monitor_widget(book: Book, query: MonitorQuery) -> LivePanel:
    """Return how an endpoint does, following its predictions, labels and alarms.

    Parameters
    ----------
    book
        Where they are recorded.
    query
        What is looked at.
    """
    # JSON knows lists only, and the page asks as it was told to.
    asked = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in dataclasses.asdict(query).items()
    }
    return LivePanel(book, "monitor", {"notebook": "", **asked}, [("monitor", asked)])
