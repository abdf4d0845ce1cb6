"""Dashboards: what is on them, and what somebody changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from cellbook.answers.base import Ask, Hint
from cellbook.errors import CellbookError
from cellbook.records import Dashboard, DashboardPanel, from_doc
from cellbook.views.runs_table import find_records


@dataclass(frozen=True, slots=True)
class DashboardsQuery:
    """All of them."""


@dataclass(frozen=True, slots=True)
class DashboardQuery:
    """Which dashboard."""

    name: Annotated[str, Hint("Its name.")]


@dataclass(frozen=True, slots=True)
class DashboardNames:
    """The names of a book's dashboards, in order."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownPanel:
    """A panel of a dashboard as it is now."""

    panel: DashboardPanel
    runs: tuple[str, ...]
    """Ids of the runs that it shows: those that are named, or that its query finds now."""
    problem: str
    """Why it shows none; empty where it does."""


@dataclass(frozen=True, slots=True)
class ShownDashboard:
    """A dashboard as it is now."""

    name: str
    changed: int
    panels: tuple[ShownPanel, ...]


@dataclass(frozen=True, slots=True)
class DashboardBody:
    """A dashboard that is to be kept."""

    name: str
    panels: list[dict[str, Any]]
    """Each as a ``DashboardPanel``; what is missing is as it is by default."""
    changed: int | None = None
    """What the dashboard said of this when it was read: if somebody changed it since, nothing is
    saved.  Null saves it whatever is there."""


@dataclass(frozen=True, slots=True)
class PinBody:
    """A panel that is to be added to a dashboard."""

    name: str
    panel: dict[str, Any]


def list_dashboards(ask: Ask, query: DashboardsQuery) -> DashboardNames:
    """Return the names of all dashboards."""
    ask.book.refresh()
    return DashboardNames(tuple(ask.book.dashboards.names()))


def show_dashboard(ask: Ask, query: DashboardQuery) -> ShownDashboard:
    """Return what is on a dashboard; a panel of a query shows the newest runs that it finds now."""
    ask.book.refresh()
    return shown(ask, ask.book.dashboards.get(query.name))


def save_dashboard(ask: Ask, body: DashboardBody) -> ShownDashboard:
    """Keep a dashboard under its name, in place of the one that was there."""
    panels = [from_doc(DashboardPanel, _known(doc)) for doc in body.panels]
    return shown(ask, ask.writable.dashboards.save(body.name, panels, changed=body.changed))


def pin_panel(ask: Ask, body: PinBody) -> ShownDashboard:
    """Add a panel to a dashboard, which is made if there is none of that name."""
    panel = from_doc(DashboardPanel, _known(body.panel))
    return shown(ask, ask.writable.dashboards.add(body.name, panel))


def shown(ask: Ask, dashboard: Dashboard) -> ShownDashboard:
    """Return a dashboard as it is now."""
    panels = tuple(_shown_panel(ask, panel) for panel in dashboard.panels)
    return ShownDashboard(dashboard.name, dashboard.changed, panels)


def _shown_panel(ask: Ask, panel: DashboardPanel) -> ShownPanel:
    if panel.runs:
        return ShownPanel(panel, panel.runs, "")
    try:
        found = find_records(ask.book.store, panel.query, max_results=panel.limit)
    except CellbookError as error:
        return ShownPanel(panel, (), str(error))
    runs = tuple(record.run_id for record in reversed(found))
    none = "The book has no runs yet."
    if panel.query:
        none = f"No run is found by: {panel.query}"
    return ShownPanel(panel, runs, "" if runs else none)


def _known(doc: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a panel's document with nothing in it that is of another type than it should be."""
    kinds = {
        "title": str,
        "runs": list,
        "query": str,
        "limit": int,
        "look": dict,
        "width": str,
    }
    return {key: doc[key] for key, kind in kinds.items() if type(doc.get(key)) is kind}
