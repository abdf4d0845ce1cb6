"""What panels ask of a book: plain functions, each with a struct for its question and its answer.

The server's routes and the panels in a notebook's cells ask the very same, the ones over HTTP, the
others through the kernel, so that one front end can draw both.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cellbook.answers.base import Ask, Hint, Reader, read_fields, read_struct
from cellbook.answers.coding import CodeQuery, code
from cellbook.answers.comparing import (
    ComparisonQuery,
    CurvesQuery,
    LinesQuery,
    compare,
    draw_curves,
    draw_lines,
)
from cellbook.answers.dashboards import (
    DashboardBody,
    DashboardQuery,
    PinBody,
    ShownDashboard,
    list_dashboards,
    pin_panel,
    save_dashboard,
    show_dashboard,
)
from cellbook.answers.details import RunQuery, show_console, show_details
from cellbook.answers.grid import (
    ColumnsQuery,
    GridFileQuery,
    GridQuery,
    find_columns,
    show_grid,
    write_grid,
)
from cellbook.answers.media import (
    MediaQuery,
    TableQuery,
    find_artifact,
    show_media,
    show_table,
)
from cellbook.answers.relating import (
    CorrelationQuery,
    ImportanceQuery,
    RelationsQuery,
    SurfaceQuery,
    correlation,
    importance,
    relations,
    surface,
)

QUESTIONS: Mapping[str, Callable[..., Any]] = {
    "code": code,
    "compare": compare,
    "correlation": correlation,
    "curves": draw_curves,
    "importance": importance,
    "grid": show_grid,
    "grid-columns": find_columns,
    "grid-file": write_grid,
    "lines": draw_lines,
    "console": show_console,
    "dashboard": show_dashboard,
    "dashboards": list_dashboards,
    "details": show_details,
    "media": show_media,
    "table": show_table,
    "relations": relations,
    "surface": surface,
}
"""All questions by name, which is also their route; each takes an :class:`Ask` and a struct."""

CHANGES: Mapping[str, Callable[..., Any]] = {
    "pin": pin_panel,
    "save-dashboard": save_dashboard,
}
"""What panels may change, by name; each takes an :class:`Ask` and a body."""

__all__ = [
    "CHANGES",
    "QUESTIONS",
    "Ask",
    "CodeQuery",
    "ColumnsQuery",
    "ComparisonQuery",
    "CorrelationQuery",
    "CurvesQuery",
    "DashboardBody",
    "DashboardQuery",
    "GridFileQuery",
    "GridQuery",
    "Hint",
    "ImportanceQuery",
    "LinesQuery",
    "MediaQuery",
    "PinBody",
    "Reader",
    "RelationsQuery",
    "RunQuery",
    "ShownDashboard",
    "SurfaceQuery",
    "TableQuery",
    "code",
    "compare",
    "correlation",
    "draw_curves",
    "draw_lines",
    "find_artifact",
    "find_columns",
    "importance",
    "list_dashboards",
    "pin_panel",
    "read_fields",
    "read_struct",
    "relations",
    "save_dashboard",
    "show_console",
    "show_dashboard",
    "show_details",
    "show_grid",
    "show_media",
    "show_table",
    "surface",
    "write_grid",
]
