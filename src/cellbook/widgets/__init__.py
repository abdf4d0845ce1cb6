"""Panels inside the notebook: each one a widget, with HTML and text for where widgets are not."""

from cellbook.widgets.bundles import Panel
from cellbook.widgets.checkpoints import difference_panel, restored_panel, timeline_panel
from cellbook.widgets.compare import compare_panel
from cellbook.widgets.dashboards import DashboardView, dashboard_names
from cellbook.widgets.facts import facts_panel
from cellbook.widgets.leaderboards import board_panel, cells_panel, leaderboard
from cellbook.widgets.runs import runs_list
from cellbook.widgets.threads import ThreadsPanel

__all__ = [
    "DashboardView",
    "Panel",
    "ThreadsPanel",
    "board_panel",
    "cells_panel",
    "compare_panel",
    "dashboard_names",
    "difference_panel",
    "facts_panel",
    "leaderboard",
    "restored_panel",
    "runs_list",
    "timeline_panel",
]
