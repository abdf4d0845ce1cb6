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
from cellbook.answers.forking import ForkBody, Forked, fork, fork_notebook
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
from cellbook.answers.targets import cells_on_disk, find_anchor, is_about, is_target
from cellbook.answers.threads import (
    ThreadsQuery,
    assign_thread,
    delete_comment,
    edit_comment,
    label_thread,
    list_people,
    list_threads,
    mark_read,
    preview,
    react,
    reattach,
    reopen,
    reply,
    request_review,
    resolve,
    review,
    save_brief,
    set_author,
    show_brief,
    show_history,
    show_thread,
    start_thread,
    thread_reader,
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
    "threads": list_threads,
    "thread": show_thread,
    "comment-history": show_history,
    "people": list_people,
    "brief": show_brief,
    "preview": preview,
}
"""All questions by name, which is also their route; each takes an :class:`Ask` and a struct."""

BEGINNING = frozenset({"start-thread", "save-brief"})
"""Changes that make a book where there is none: a problem is stated before any code is run."""

SURROUNDED = frozenset({"threads", "thread", "people", "brief"})
"""Questions whose answers have to do with more than the book: with who asks, and what notebooks
there are."""

CHANGES: Mapping[str, Callable[..., Any]] = {
    "pin": pin_panel,
    "save-dashboard": save_dashboard,
    "start-thread": start_thread,
    "reply": reply,
    "edit-comment": edit_comment,
    "delete-comment": delete_comment,
    "resolve": resolve,
    "reopen": reopen,
    "react": react,
    "label": label_thread,
    "assign": assign_thread,
    "mark-read": mark_read,
    "reattach": reattach,
    "save-brief": save_brief,
    "request-review": request_review,
    "review": review,
    "set-author": set_author,
    "fork": fork_notebook,
}
"""What panels may change, by name; each takes an :class:`Ask` and a body."""

__all__ = [
    "BEGINNING",
    "CHANGES",
    "QUESTIONS",
    "SURROUNDED",
    "Ask",
    "CodeQuery",
    "ColumnsQuery",
    "ComparisonQuery",
    "CorrelationQuery",
    "CurvesQuery",
    "DashboardBody",
    "DashboardQuery",
    "ForkBody",
    "Forked",
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
    "ThreadsQuery",
    "assign_thread",
    "cells_on_disk",
    "code",
    "compare",
    "correlation",
    "delete_comment",
    "draw_curves",
    "draw_lines",
    "edit_comment",
    "find_anchor",
    "find_artifact",
    "find_columns",
    "fork",
    "fork_notebook",
    "importance",
    "is_about",
    "is_target",
    "label_thread",
    "list_dashboards",
    "list_people",
    "list_threads",
    "mark_read",
    "pin_panel",
    "preview",
    "react",
    "read_fields",
    "read_struct",
    "reattach",
    "relations",
    "reopen",
    "reply",
    "request_review",
    "resolve",
    "review",
    "save_brief",
    "save_dashboard",
    "set_author",
    "show_brief",
    "show_console",
    "show_dashboard",
    "show_details",
    "show_grid",
    "show_history",
    "show_media",
    "show_table",
    "show_thread",
    "start_thread",
    "surface",
    "thread_reader",
    "write_grid",
]
