"""How an endpoint does, as tables and documents: for terminals, spreadsheets and other programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cellbook.views import formatting
from cellbook.views.monitor_text import sure
from cellbook.views.monitoring import MonitorPage, MonitorWindow

_COLUMNS = 6
"""Columns that are told of a window, those that drifted most."""


def windows_cells(page: MonitorPage, metrics: Sequence[str] = ()) -> list[list[str]]:
    """Return the windows as the cells of a table, heads first, the oldest window first.

    Parameters
    ----------
    page
        How an endpoint does.
    metrics
        What was asked for, which has its column even where nothing could be measured; none means
        what was measured.
    """
    compared = any(one.compared for one in page.windows)
    shown = list(metrics) or list(
        dict.fromkeys(each.metric for one in page.windows for each in one.measured)
    )
    heads = ["WINDOW", "ROWS", *(["DRIFT"] if compared else []), *map(str.upper, shown)]
    return [heads, *(_window(one, shown, compared) for one in page.windows)]


def windows_docs(page: MonitorPage) -> list[dict[str, Any]]:
    """Return the windows as JSON has them."""
    names = [one.name for one in page.columns]
    return [
        {
            "start": one.start,
            "end": one.end,
            "rows": one.rows,
            "labelled": one.labelled,
            "drift": {name: name in one.drifted for name in dict.fromkeys([*names, *one.drifted])}
            if one.compared
            else None,
            "measured": {each.metric: dataclasses.asdict(each) for each in one.measured},
        }
        for one in page.windows
    ]


def groups_cells(page: MonitorPage) -> list[list[str]]:
    """Return the groups of rows as the cells of a table, heads first, the worst group first."""
    return [
        ["GROUP", page.metric.upper(), "ALL OTHERS", "ROWS", "HOW SURE"],
        *(
            [one.group, f"{one.value:.4g}", f"{one.others:.4g}", f"{one.rows:,}", sure(one)]
            for one in page.slices
        ),
    ]


def groups_docs(page: MonitorPage) -> list[dict[str, Any]]:
    """Return the groups of rows as JSON has them."""
    return [{"metric": page.metric, **dataclasses.asdict(one)} for one in page.slices]


def utc_text(moment: int) -> str:
    """Return a time in milliseconds since 1970 as tables have it, wherever they are read."""
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _window(window: MonitorWindow, metrics: Sequence[str], compared: bool) -> list[str]:
    cells = [utc_text(window.start), f"{window.rows:,}"]
    if compared:
        drifted = window.drifted
        more = f" and {len(drifted) - _COLUMNS} more" if len(drifted) > _COLUMNS else ""
        told = ", ".join(drifted[:_COLUMNS]) + more
        cells.append(told or ("none" if window.compared else "?"))
    measured = {one.metric: one for one in window.measured}
    for metric in metrics:
        one = measured.get(metric)
        cells.append(formatting.MISSING if one is None else f"{one.value:.4g} ({one.rows:,})")
    return cells
