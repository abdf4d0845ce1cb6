"""``%runs``: a list of runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cellbook.views import RunsPage, find_records, runs_page, runs_text
from cellbook.views.text import no_runs_text
from cellbook.widgets.bundles import Panel
from cellbook.widgets.style import framed
from cellbook.widgets.tables import runs_table, sentence

if TYPE_CHECKING:
    from tinydb.queries import QueryLike

    from cellbook.book import Book


SHOWN = 20
"""Runs that a list without a widget shows when nobody says how many."""
_NAMED = 10_000
"""Runs that a table is of, at most, where a query is no text and cannot be asked again."""


def runs_list(
    book: Book,
    query: str | QueryLike = "",
    *,
    order_by: str | Sequence[str] | None = None,
    limit: int | None = None,
    notes: Sequence[str] = (),
) -> Panel:
    """Return a list of the runs that a query finds, to be displayed: the newest, or the first.

    Parameters
    ----------
    book
        Where the runs are.
    query, order_by
        As :func:`cellbook.search_runs` takes them.
    limit
        At most so many runs.  None means all, and where there is no widget the first of them.
    notes
        What is to be said beforehand.

    Raises
    ------
    QuerySyntaxError
        If the query does not parse; it points at the place.
    """
    book.refresh()
    shown = SHOWN if limit is None else limit
    page = runs_page(book.store, query, order_by=order_by, limit=shown)
    said = "".join(f'<p class="cb-note">{sentence(note)}</p>' for note in notes)
    html = framed(said + _html(page, "first" if order_by else "newest"))
    text = "\n".join([*notes, runs_text(page)])
    # A query that is no text cannot be asked again when there are runs that it finds.
    again = limit != 0 and (page.rows or isinstance(query, str))
    live = (lambda: _live(book, query, order_by, limit, notes)) if again else None
    return Panel(html, text, live)


def _live(
    book: Book,
    query: str | QueryLike,
    order_by: str | Sequence[str] | None,
    limit: int | None,
    notes: Sequence[str],
) -> Any:
    # ipywidgets takes a good part of a second to import, which only a live panel needs.
    from cellbook.widgets.live import runs_widget  # noqa: PLC0415

    order = order_by if isinstance(order_by, str) else ", ".join(order_by or ())
    if isinstance(query, str):
        return runs_widget(book, query.strip(), order_by=order, most=limit or 0, notes=notes)
    most = _NAMED if limit is None else min(limit, _NAMED)
    found = find_records(book.store, query, order_by=order or None, max_results=most)
    return runs_widget(book, runs=[record.run_id for record in found], notes=notes)


def _html(page: RunsPage, which: str) -> str:
    if not page.rows:
        return f'<p class="cb-note">{sentence(no_runs_text(page))}</p>'
    more = ""
    if page.more:
        more = (
            f"These are the {which} {len(page.rows)}. `%runs metrics.acc > 0.9` finds others, "
            "`%runs --limit 100` shows more, `cb.search_runs()` returns all as a DataFrame."
        )
    said = [f'<p class="cb-note">{sentence(text)}</p>' for text in (page.note, more) if text]
    return runs_table(page) + "".join(said)
