"""Threads in a cell's output, live."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cellbook.widgets.live.panel import LivePanel

if TYPE_CHECKING:
    from cellbook.book import Book


def threads_widget(
    book: Book, query: Mapping[str, Any], *, notebook: str = "", title: str = ""
) -> LivePanel:
    """Return threads that are read, answered and filtered, and follow what others write.

    Parameters
    ----------
    book
        Where the threads are.
    query
        Which: fields of a :class:`~cellbook.answers.ThreadsQuery`.
    notebook
        The notebook that the panel stands in, as records name it.
    title
        What the threads are about, where that is one thing.
    """
    # The page need not name the notebook: whoever answers it knows.
    state = {"notebook": "", "title": title, **query}
    return LivePanel(book, "threads", state, [("threads", query)], notebook=notebook)
