"""Writes src/_generated/types.ts: the structs that the server sends, as TypeScript sees them.

The structs are frozen dataclasses of ``cellbook.views`` and ``cellbook.records``: those in
:data:`ANSWERS`, and all that these hold.  With ``--check`` nothing is written: it exits with 1
where the file differs.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cellbook.answers.dashboards import DashboardNames, ShownDashboard
from cellbook.answers.forking import Forked
from cellbook.answers.grid import GridFile
from cellbook.answers.models import OfferedEvidence
from cellbook.answers.threads import Preview, ShownBrief
from cellbook.views.book_state import BookState
from cellbook.views.cell_history import CellMark, CellVersion
from cellbook.views.checkpoint_diff import CheckpointDifference
from cellbook.views.code_comparison import CodeComparison
from cellbook.views.comment_counts import CommentCounts
from cellbook.views.comparison import RunComparison
from cellbook.views.correlations import Correlations
from cellbook.views.data_comparison import DataComparison
from cellbook.views.data_details import DataDetails, DataPage
from cellbook.views.data_diff import DataDiff
from cellbook.views.endpoint_page import EndpointPage
from cellbook.views.importance import Importances
from cellbook.views.lineage_layout import DrawnLineage
from cellbook.views.lines import CurveLines
from cellbook.views.media import MediaComparison, TablePreview
from cellbook.views.model_versions import ModelComparison, ModelVersionPage
from cellbook.views.models import ModelList, ModelPage
from cellbook.views.monitoring import AlarmNotices, MonitorPage
from cellbook.views.relations import Relations
from cellbook.views.run_details import RunConsole, RunDetails
from cellbook.views.runs_grid import GridColumns, RunsGrid
from cellbook.views.runs_list import RunRow, RunsPage
from cellbook.views.series import Curve
from cellbook.views.surface import Surface
from cellbook.views.threads import CommentHistory, PeoplePage, ThreadsPage, ThreadView
from cellbook.views.timeline import Timeline, TimelineRow

ANSWERS = (
    AlarmNotices,
    BookState,
    CellMark,
    CellVersion,
    CheckpointDifference,
    CodeComparison,
    CommentCounts,
    CommentHistory,
    Correlations,
    Curve,
    CurveLines,
    DashboardNames,
    DataComparison,
    DataDetails,
    DataPage,
    DataDiff,
    DrawnLineage,
    MediaComparison,
    ModelComparison,
    ModelList,
    ModelPage,
    ModelVersionPage,
    MonitorPage,
    EndpointPage,
    Importances,
    OfferedEvidence,
    PeoplePage,
    Preview,
    Relations,
    GridColumns,
    GridFile,
    RunComparison,
    RunConsole,
    RunDetails,
    RunRow,
    RunsGrid,
    RunsPage,
    ShownBrief,
    Forked,
    ShownDashboard,
    TablePreview,
    Surface,
    ThreadView,
    ThreadsPage,
    Timeline,
    TimelineRow,
)
FILE = Path(__file__).parent / "src" / "_generated" / "types.ts"
HEAD = """\
/**
 * The structs that Cellbook's server sends, made from its dataclasses by generate_types.py.
 * Do not edit: `python labextension/generate_types.py` writes this file anew.
 */

/** A number; one that JSON has no form for comes as its name. */
export type Real = number | 'NaN' | 'Infinity' | '-Infinity';
"""
PLAIN = {str: "string", bool: "boolean", int: "number", float: "Real", type(None): "null"}


class Writer:
    """Collects the declarations of all that it is asked for."""

    def __init__(self) -> None:
        self.declared: dict[str, str] = {}
        self.kinds: dict[str, type] = {}

    def reference(self, kind: Any) -> str:
        """Return how TypeScript says `kind`, and declare what that needs."""
        if kind is Any:
            return "unknown"
        if kind in PLAIN:
            return PLAIN[kind]
        origin, args = typing.get_origin(kind), typing.get_args(kind)
        if origin in (typing.Union, types.UnionType):
            return " | ".join(dict.fromkeys(self.reference(arg) for arg in args))
        if origin is tuple and (len(args) != 2 or args[1] is not Ellipsis):
            return f"[{', '.join(self.reference(arg) for arg in args)}]"
        if origin is not None and issubclass(origin, Mapping):
            return f"Record<string, {self.reference(args[1])}>"
        if origin is not None and issubclass(origin, Sequence):
            item = self.reference(args[0])
            return f"({item})[]" if " " in item else f"{item}[]"
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            self._declare(kind, self._enum)
        elif dataclasses.is_dataclass(kind):
            self._declare(kind, self._interface)
        else:
            raise TypeError(f"{kind!r} has no form in TypeScript here: teach generate_types.py.")
        return kind.__name__

    def _declare(self, kind: Any, write: Any) -> None:
        other = self.kinds.setdefault(kind.__name__, kind)
        if other is not kind:
            raise TypeError(
                f"{kind.__module__} and {other.__module__} both have a struct {kind.__name__}: "
                "TypeScript would know one of them only. Call one something else."
            )
        if kind.__name__ not in self.declared:
            self.declared[kind.__name__] = ""  # It may hold itself.
            self.declared[kind.__name__] = write(kind)

    def _enum(self, kind: type[enum.Enum]) -> str:
        values = " | ".join(f"'{member.value}'" for member in kind)
        return f"{_comment(kind)}export type {kind.__name__} = {values};\n"

    def _interface(self, kind: Any) -> str:
        hints = typing.get_type_hints(kind)
        fields = "".join(
            f"  {field.name}: {self.reference(hints[field.name])};\n"
            for field in dataclasses.fields(kind)
        )
        return f"{_comment(kind)}export interface {kind.__name__} {{\n{fields}}}\n"


def _comment(kind: type) -> str:
    first = (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " ").replace("*/", "")
    return f"/** {first} */\n" if first else ""


def text() -> str:
    """Return what the file is to hold."""
    writer = Writer()
    for answer in ANSWERS:
        writer.reference(answer)
    return "\n".join([HEAD, *(writer.declared[name] for name in sorted(writer.declared))])


def main() -> int:
    """Write the file, or check it."""
    if sys.argv[1:] == ["--check"]:
        if FILE.read_text() == text():
            return 0
        print(
            f"{FILE.name} is older than the dataclasses: python labextension/{Path(__file__).name}"
        )
        return 1
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
