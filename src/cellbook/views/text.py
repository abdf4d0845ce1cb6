"""Runs and comparisons as plain text: for terminals, and wherever nothing richer is shown."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from cellbook.views import formatting
from cellbook.views.comparison import (
    LEGEND,
    CompareCell,
    CompareRow,
    RunComparison,
    RunHead,
    Verdict,
)
from cellbook.views.runs_list import RunRow, RunsPage

WIDTH = 100
"""Columns of a terminal that does not tell how many it has."""

NOTHING_TO_COMPARE = (
    "No runs to compare. `%compare #1 #2` compares two; `%runs` lists what there is."
)

_GAP = "  "
_NAME_WIDTH = 28
_VALUE_WIDTH = 16
_ARROWS = {Verdict.BETTER: "▲ ", Verdict.WORSE: "▼ ", Verdict.NONE: ""}


def runs_text(page: RunsPage, width: int = WIDTH, *, ago: bool = False) -> str:
    """Return a list of runs as a table of at most `width` columns, without a line end.

    What does not fit is left out from the right: first params, then metrics.  `ago` says when runs
    began as how long ago that was, for who reads it at once.
    """
    if not page.rows:
        return no_runs_text(page)
    lines = table_lines(_runs_columns(page, width, ago=ago), width)
    lines += [f"({page.note})"] if page.note else []
    if any(row.goals for row in page.rows):
        lines.append(f"({formatting.GOAL_LEGEND})")
    if page.more:
        lines.append(f"… and more: these are the first {len(page.rows)}.")
    return "\n".join(lines)


def runs_cells(page: RunsPage) -> list[list[str]]:
    """Return the table of :func:`runs_text` whole, as texts: a line of heads, then a line a run."""
    columns = [column for column in _runs_columns(page) if not column.drawing]
    lines = zip(*(column.cells for column in columns), strict=True)
    return [[column.head for column in columns], *(list(line) for line in lines)]


def _runs_columns(page: RunsPage, width: float = math.inf, *, ago: bool = False) -> list[Column]:
    started = [
        formatting.age(row.start_time, page.now) if ago else formatting.stamp(row.start_time)
        for row in page.rows
    ]
    columns = [
        Column("", [formatting.GLYPHS[row.state] for row in page.rows]),
        Column("run", [f"#{row.number}" for row in page.rows], right=True),
        Column("name", [_named(row) for row in page.rows]),
        Column("time", [formatting.duration(row.duration) for row in page.rows], right=True),
        Column("started", started),
    ]
    before = len(columns) - 2
    extra = [_metric_columns(page, name) for name in page.metrics]
    extra += [[_param_column(page, name)] for name in page.params]
    for added in extra:
        if _width([*columns, *added]) <= width:
            columns[before:before] = added
            before += len(added)
    return columns


def no_runs_text(page: RunsPage) -> str:
    """Return the sentence that stands where a list has no runs."""
    if page.note:
        return page.note
    if page.more:
        return "None of the runs there are was asked for."
    if page.empty_book:
        return (
            "No runs yet. `%track_run NAME` in a notebook starts one, "
            "`with cb.start_run():` in a script."
        )
    if page.query:
        hint = f" {page.hint}" if page.hint else ""
        return f"No run matches {page.query}.{hint} `%runs` alone lists all."
    return "Nothing but archived or deleted runs. `%runs archived = true` lists them."


def comparison_text(
    comparison: RunComparison, width: int = WIDTH, *, everything: bool = False
) -> str:
    """Return a comparison as tables of at most `width` columns, without a line end.

    Where the runs do not fit beside one another, several tables follow, each with the baseline.

    Parameters
    ----------
    comparison
        What to write.
    width
        Columns of the terminal.
    everything
        Whether to write what is the same in all runs, too.
    """
    if not comparison.runs:
        return NOTHING_TO_COMPARE
    everything = everything or len(comparison.runs) == 1
    rows = comparison.rows if everything else comparison.differing
    if not rows:
        note = f" ({comparison.rest_text})" if comparison.rest_text else ""
        return f"{_heads(comparison.runs)}: nothing differs.{note}"
    others = [place for place in range(len(comparison.runs)) if place != comparison.baseline]
    names = Column("", [_row_name(row) for row in rows])
    base = _run_column(comparison, rows, comparison.baseline)
    tables: list[str] = []
    while others or not tables:
        columns = [names, base]
        while others:
            column = _run_column(comparison, rows, others[0])
            if len(columns) > 2 and _width([*columns, column]) > width:
                break
            columns.append(column)
            others.pop(0)
        tables.append("\n".join(table_lines(columns, width)))
    notes = [LEGEND] if len(comparison.runs) > 1 else []
    if any(cell.reached is not None for row in rows for cell in row.cells):
        notes.append(formatting.GOAL_LEGEND)
    notes += [comparison.rest_text] if comparison.rest_text and not everything else []
    return "\n".join(["\n\n".join(tables), *(f"({note})" for note in notes)])


@dataclass
class Column:
    """One column of a table."""

    head: str
    cells: list[str]
    right: bool = False
    drawing: bool = False
    """Whether it holds spark lines."""

    @property
    def width(self) -> int:
        """Columns of a terminal that it takes."""
        return max(text_width(text) for text in (self.head, *self.cells))


def _named(row: RunRow) -> str:
    marks = f" {formatting.STALE_GLYPH}{row.stale}" if row.stale else ""
    marks += " !" * bool(row.flags)
    marks += f" {formatting.AGAIN_GLYPH} {row.reproduces}" if row.reproduces else ""
    return ("↳ " if row.nested else "") + formatting.shorten(row.name, _NAME_WIDTH) + marks


def _metric_columns(page: RunsPage, name: str) -> list[Column]:
    cells = [
        formatting.number(row.metrics[name]) if name in row.metrics else formatting.MISSING
        for row in page.rows
    ]
    if any(name in row.goals for row in page.rows):
        marks = [formatting.goal_mark(row.goals.get(name)) or " " for row in page.rows]
        cells = [f"{cell} {mark}" for cell, mark in zip(cells, marks, strict=True)]
    column = Column(formatting.shorten(name, _VALUE_WIDTH), cells, right=True)
    if name != page.spark_metric:
        return [column]
    lines = [formatting.sparkline(row.spark) for row in page.rows]
    return [column, Column("", lines, drawing=True)]


def _param_column(page: RunsPage, name: str) -> Column:
    cells = [
        formatting.value(row.params[name], _VALUE_WIDTH)
        if name in row.params
        else formatting.MISSING
        for row in page.rows
    ]
    return Column(formatting.shorten(name, _VALUE_WIDTH), cells)


def _run_column(comparison: RunComparison, rows: Sequence[CompareRow], place: int) -> Column:
    head = formatting.shorten(comparison.runs[place].label, _NAME_WIDTH)
    star = " ★" if place == comparison.baseline and len(comparison.runs) > 1 else ""
    star += " (in the trash)" if comparison.runs[place].trashed else ""
    return Column(head + star, [_cell_text(row.cells[place]) for row in rows])


def _cell_text(cell: CompareCell) -> str:
    text = formatting.shorten(cell.text, _NAME_WIDTH)
    text = f"{text} {formatting.goal_mark(cell.reached)}".rstrip()
    return f"{text} {_ARROWS[cell.verdict]}{cell.delta}" if cell.delta else text


def _row_name(row: CompareRow) -> str:
    return formatting.shorten(row.name, _NAME_WIDTH)


def _heads(runs: Sequence[RunHead]) -> str:
    return ", ".join(f"{run.label}{' (in the trash)' * run.trashed}" for run in runs)


def _width(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)


def table_lines(columns: Sequence[Column], width: int) -> list[str]:
    """Return columns as the lines of a table of at most `width` characters."""
    widths = [column.width for column in columns]
    heads = [_padded(c.head, w, right=c.right) for c, w in zip(columns, widths, strict=True)]
    lines = [heads, ["─" * w for w in widths]]
    for row in range(len(columns[0].cells)):
        lines.append(
            [_padded(c.cells[row], w, right=c.right) for c, w in zip(columns, widths, strict=True)]
        )
    return [_cut(_GAP.join(line).rstrip(), width) for line in lines]


def _padded(text: str, width: int, *, right: bool) -> str:
    blanks = " " * (width - text_width(text))
    return blanks + text if right else text + blanks


def _cut(line: str, width: int) -> str:
    if text_width(line) <= width:
        return line
    used = 0
    for place, character in enumerate(line):
        used += text_width(character)
        if used > width - 1:
            return line[:place] + "…"
    return line


def text_width(text: str) -> int:
    """Return how many columns of a terminal some text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )
