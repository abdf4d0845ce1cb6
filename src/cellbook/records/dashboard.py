"""Panels that somebody put together, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cellbook.records.base import Record


@dataclass(frozen=True, slots=True)
class DashboardPanel(Record):
    """One panel: which runs it is of, and how they are looked at."""

    title: str = ""
    runs: tuple[str, ...] = ()
    """Ids of the runs; none where a query says which."""
    query: str = ""
    """A filter, such as ``metrics.acc > 0.9``: the newest runs that it finds each time."""
    limit: int = 10
    """At most so many runs of a query."""
    look: Mapping[str, Any] = field(default_factory=dict)
    """How it is looked at, in the front end's own words: tab, metric, axis, smoothing …"""
    width: str = "full"
    """``half`` where it stands beside another one, if the page is wide enough."""


@dataclass(frozen=True, slots=True)
class Dashboard(Record):
    """Panels under one name, for everyone who opens the book."""

    name: str
    panels: tuple[DashboardPanel, ...] = ()
    changed: int = 0
    """When it was last changed, in milliseconds since 1970 (UTC)."""
