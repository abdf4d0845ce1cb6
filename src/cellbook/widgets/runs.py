"""``%runs``: a list of runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cellbook.views import RunsPage, runs_page, runs_text
from cellbook.views.text import no_runs_text
from cellbook.widgets.bundles import Panel
from cellbook.widgets.style import framed
from cellbook.widgets.tables import runs_table, sentence

if TYPE_CHECKING:
    from tinydb.queries import QueryLike

    from cellbook.book import Book


SHOWN = 20
"""Runs that are listed when nobody says how many."""


def runs_list(
    book: Book,
    query: str | QueryLike = "",
    *,
    order_by: str | Sequence[str] | None = None,
    limit: int = SHOWN,
) -> Panel:
    """Return a list of the runs that a query finds, to be displayed: the newest, or the first.

    Raises
    ------
    QuerySyntaxError
        If the query does not parse; it points at the place.
    """
    book.refresh()
    page = runs_page(book.store, query, order_by=order_by, limit=limit)
    return Panel(framed(_html(page, "first" if order_by else "newest")), runs_text(page))


def _html(page: RunsPage, which: str) -> str:
    if not page.rows:
        return f'<p class="cb-note">{sentence(no_runs_text(page))}</p>'
    more = ""
    if page.more:
        more = (
            f"These are the {which} {len(page.rows)}. `%runs metrics.acc > 0.9` finds others, "
            "`%runs --limit 100` shows more, `cb.search_runs()` returns all as a DataFrame."
        )
    return runs_table(page) + (f'<p class="cb-note">{sentence(more)}</p>' if more else "")
