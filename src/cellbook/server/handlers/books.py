"""How the book stands."""

from __future__ import annotations

import hashlib

from cellbook import assets
from cellbook.errors import CellbookError, NotFound
from cellbook.server.operations import Download, Operation
from cellbook.server.shelf import Ask
from cellbook.views.book_state import BookState, absent_book, book_state


def show_book(ask: Ask) -> BookState:
    """Tell where the book is, whether it is there, and what is wrong with it.

    This is answered also where there is no book, or none that can be read.
    """
    try:
        ask.book.refresh()
        return book_state(ask.book.store, ask.book.checkpoints)
    except NotFound:
        return absent_book(str(ask.root))
    except CellbookError as error:
        return absent_book(str(ask.root), exists=True, message=str(error.args[-1]))


def load_plotly(ask: Ask) -> Download:
    """Return the part of plotly.js that panels draw with."""
    content = assets.content("plotly.js")
    digest = hashlib.sha256(content).hexdigest()
    return Download(assets.path("plotly.js"), "plotly.js", "text/javascript", digest)


OPERATIONS = (
    Operation("GET", "book", show_book, alone=True),
    Operation("GET", "plotly.js", load_plotly, alone=True),
)
