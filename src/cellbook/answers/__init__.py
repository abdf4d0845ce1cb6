"""What panels ask of a book: plain functions, each with a struct for its question and its answer.

The server's routes and the panels in a notebook's cells ask the very same, the ones over HTTP, the
others through the kernel, so that one front end can draw both.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cellbook.answers.base import Ask, Hint, Reader, read_struct
from cellbook.answers.comparing import (
    ComparisonQuery,
    CurvesQuery,
    LinesQuery,
    compare,
    draw_curves,
    draw_lines,
)
from cellbook.answers.details import RunQuery, show_console, show_details
from cellbook.answers.media import (
    MediaQuery,
    TableQuery,
    find_artifact,
    show_media,
    show_table,
)

QUESTIONS: Mapping[str, Callable[..., Any]] = {
    "compare": compare,
    "curves": draw_curves,
    "lines": draw_lines,
    "console": show_console,
    "details": show_details,
    "media": show_media,
    "table": show_table,
}
"""All questions by name, which is also their route; each takes an :class:`Ask` and a struct."""

__all__ = [
    "QUESTIONS",
    "Ask",
    "ComparisonQuery",
    "CurvesQuery",
    "Hint",
    "LinesQuery",
    "MediaQuery",
    "Reader",
    "RunQuery",
    "TableQuery",
    "compare",
    "draw_curves",
    "draw_lines",
    "find_artifact",
    "read_struct",
    "show_console",
    "show_details",
    "show_media",
    "show_table",
]
