"""Pure read structs that every door renders: computed once, drawn by widget and CLI alike."""

from cellbook.records import Direction, direction_of
from cellbook.views.comparison import (
    LEGEND,
    TOO_FEW,
    CompareCell,
    CompareRow,
    Group,
    RunComparison,
    RunHead,
    Verdict,
    compare_runs,
    runs_to_compare,
)
from cellbook.views.runs_list import RunRow, RunsPage, runs_page
from cellbook.views.runs_table import find_records, search_runs
from cellbook.views.series import Curve, curves, metric_history, smooth
from cellbook.views.text import comparison_text, runs_text

__all__ = [
    "LEGEND",
    "TOO_FEW",
    "CompareCell",
    "CompareRow",
    "Curve",
    "Direction",
    "Group",
    "RunComparison",
    "RunHead",
    "RunRow",
    "RunsPage",
    "Verdict",
    "compare_runs",
    "comparison_text",
    "curves",
    "direction_of",
    "find_records",
    "metric_history",
    "runs_page",
    "runs_text",
    "runs_to_compare",
    "search_runs",
    "smooth",
]
