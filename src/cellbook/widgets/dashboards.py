"""``%dashboard``: panels that somebody put together, live, still, and as a page of their own."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook import book as books
from cellbook.answers import DashboardQuery, Reader, ShownDashboard, show_dashboard
from cellbook.answers.dashboards import ShownPanel
from cellbook.errors import NotFound
from cellbook.records import RunRecord
from cellbook.views import compare_runs, comparison_text
from cellbook.widgets.bundles import Panel
from cellbook.widgets.compare import static_html
from cellbook.widgets.page import page_of, write_page
from cellbook.widgets.style import framed
from cellbook.widgets.tables import sentence
from cellbook.widgets.written import Placed

if TYPE_CHECKING:
    from cellbook.book import Book

NO_DASHBOARDS = (
    "There are no dashboards yet. `%dashboard NAME --add #11 #12`, or “Add to a dashboard” in a "
    "comparison, makes one."
)


class DashboardView(Panel):
    """A dashboard, to be displayed or saved; returned by :func:`cellbook.dashboard`."""

    def __init__(self, book: Book, name: str) -> None:
        self._book = book
        found = show_dashboard(Reader(book), DashboardQuery(name))
        super().__init__(
            framed(_still(book, found)), _text(book, found), lambda: _live(book, found.name)
        )
        self.name = found.name

    def save(self, path: str | Path) -> Path:
        """Write the dashboard as one HTML file that needs no server, kernel or network.

        Tables can be folded and curves zoomed into and read off; the numbers are those of now.

        Parameters
        ----------
        path
            Where to; a file that is there is replaced.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InvalidInput
            If the file cannot be written.
        """
        found = show_dashboard(Reader(self._book), DashboardQuery(self.name))
        panels = [(shown.panel.title or shown.panel.query, shown) for shown in found.panels]
        content = page_of(
            self._book,
            found.name,
            [
                Placed(title, shown.runs, shown.panel.look, shown.problem, shown.panel.width)
                for title, shown in panels
            ],
        )
        return write_page(path, content)


def dashboard(name: str) -> DashboardView:
    """Return a dashboard of the book at hand, as ``%dashboard NAME`` shows it.

    Raises
    ------
    NotFound
        If there is none of that name.
    """
    return DashboardView(books.open(), name)


def dashboard_names(book: Book) -> Panel:
    """Return the list of all dashboards, to be displayed."""
    book.refresh()
    names = book.dashboards.names()
    if not names:
        return Panel(framed(f'<p class="cb-note">{sentence(NO_DASHBOARDS)}</p>'), NO_DASHBOARDS)
    items = "".join(f"<li>{escape(name)}</li>" for name in names)
    return Panel(framed(f"<ul>{items}</ul>"), "\n".join(names))


def _live(book: Book, name: str) -> Any:
    # ipywidgets takes a good part of a second to import, which only a live panel needs.
    from cellbook.widgets.live import LivePanel  # noqa: PLC0415

    return LivePanel(book, "dashboard", {"name": name}, [("dashboard", {"name": name})])


def _still(book: Book, found: ShownDashboard) -> str:
    parts = [f"<h2>{escape(found.name)}</h2>"]
    for shown in found.panels:
        title = shown.panel.title or shown.panel.query
        parts += [f"<h3>{escape(title)}</h3>"] if title else []
        records = _records(book, shown)
        if records:
            parts.append(static_html(book, compare_runs(book.store, records), records))
        else:
            parts.append(
                f'<p class="cb-note">{sentence(shown.problem or "Its runs are gone.")}</p>'
            )
    if not found.panels:
        parts.append('<p class="cb-note">There is nothing on it.</p>')
    return "".join(parts)


def _text(book: Book, found: ShownDashboard) -> str:
    parts = [found.name]
    for shown in found.panels:
        records = _records(book, shown)
        title = shown.panel.title or shown.panel.query
        told = shown.problem or "Its runs are gone."
        if records:
            told = comparison_text(compare_runs(book.store, records))
        parts += ["", *([title] if title else []), told]
    return "\n".join(parts)


def _records(book: Book, shown: ShownPanel) -> Sequence[RunRecord]:
    records = []
    for run in shown.runs:
        try:
            records.append(book.find_run(run))
        except NotFound:
            continue
    return records
