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

QUESTIONS: Mapping[str, Callable[..., Any]] = {
    "compare": compare,
    "curves": draw_curves,
    "lines": draw_lines,
}
"""All questions by name, which is also their route; each takes an :class:`Ask` and a struct."""

__all__ = [
    "QUESTIONS",
    "Ask",
    "ComparisonQuery",
    "CurvesQuery",
    "Hint",
    "LinesQuery",
    "Reader",
    "compare",
    "draw_curves",
    "draw_lines",
    "read_struct",
]
