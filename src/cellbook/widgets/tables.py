"""Lists and comparisons of runs as HTML tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from cellbook.views import (
    CompareCell,
    CompareRow,
    Direction,
    Group,
    RunComparison,
    RunHead,
    RunRow,
    RunsPage,
    Verdict,
    formatting,
)
from cellbook.widgets.charts import spark, swatch

_ARROWS = {Verdict.BETTER: "▲ ", Verdict.WORSE: "▼ ", Verdict.NONE: ""}
_DIRECTIONS = {Direction.MORE: "↑", Direction.LESS: "↓"}
_TALL = 40
"""Rows beyond which a table scrolls by itself."""
_LONGEST_TITLE = 2_000
"""Characters of a hover text: a param may be a megabyte."""


def comparison_table(comparison: RunComparison, rows: Sequence[CompareRow]) -> str:
    """Return some rows of a comparison as a table, a column a run."""
    numbers = [run.number for run in comparison.runs]
    heads = "".join(
        _run_head(run, numbers, baseline=place == comparison.baseline and len(numbers) > 1)
        for place, run in enumerate(comparison.runs)
    )
    body: list[str] = []
    group: Group | None = None
    for row in rows:
        if row.group is not group:
            group = row.group
            width = 1 + len(comparison.runs)
            body.append(
                f'<tr class="cb-group"><th colspan="{width}" scope="colgroup">{group}</th></tr>'
            )
        body.append(_compare_row(comparison, row))
    return table(f"<th></th>{heads}", body)


def runs_table(page: RunsPage) -> str:
    """Return a page of runs as a table, a row a run."""
    heads = "".join(
        [
            '<th></th><th scope="col" class="cb-num">run</th><th scope="col">name</th>',
            *(_head(name, numeric=True, span=_span(page, name)) for name in page.metrics),
            *(_head(name, numeric=_is_numeric(page, name)) for name in page.params),
            '<th scope="col" class="cb-num">time</th><th scope="col">started</th>',
        ]
    )
    return table(heads, [_run_row(page, row) for row in page.rows])


def table(heads: str, rows: Sequence[str]) -> str:
    """Return rows under their heads, all of them HTML, as a table."""
    # A long table scrolls by itself, under its heads; a short one is not cut.
    kind = "cb-scroll cb-tall" if len(rows) > _TALL else "cb-scroll"
    return (
        f'<div class="{kind}"><table class="cb-table"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


# -- comparison --------------------------------------------------------------------------------


def _run_head(run: RunHead, among: Sequence[int], *, baseline: bool) -> str:
    star = ' <span title="the others are compared with this run">★</span>' if baseline else ""
    glyph = formatting.GLYPHS[run.state]
    trashed = ", in the trash" if run.trashed else ""
    return (
        f'<th scope="col"{hover(run.name, 24)}>{swatch(run.number, among)}'
        f'<span class="cb-strong">#{run.number} {escape(formatting.shorten(run.name, 24))}</span>'
        f'{star} <span class="cb-state">{glyph} {run.state.value}{trashed}</span></th>'
    )


def _compare_row(comparison: RunComparison, row: CompareRow) -> str:
    sign = ""
    if row.direction is not None:
        sign = (
            f' <span class="cb-faint" title="{row.direction.value}">'
            f"{_DIRECTIONS[row.direction]}</span>"
        )
    base = row.cells[comparison.baseline]
    cells = "".join(
        _compare_cell(
            cell,
            numeric=row.numeric,
            same=place != comparison.baseline and row.differs and cell == base,
            baseline=comparison.runs[comparison.baseline],
            # Two runs have more room than ten.
            width=max(120 // len(comparison.runs), 24),
        )
        for place, cell in enumerate(row.cells)
    )
    name = escape(formatting.shorten(row.name, 40))
    return f'<tr><th scope="row"{hover(row.name, 40)}>{name}{sign}</th>{cells}</tr>'


def _compare_cell(
    cell: CompareCell, *, numeric: bool, same: bool, baseline: RunHead, width: int
) -> str:
    kind = ' class="cb-missing"' if cell.missing else ' class="cb-same"' if same else ""
    title = f' title="{_attribute(cell.full)}"' if cell.full else ""
    if not numeric:
        short = formatting.shorten(cell.text, width)
        title = title or hover(cell.text, width)
        return f"<td{kind}{title}>{escape(short)}</td>"
    text = escape(" ".join(filter(None, (cell.text, formatting.goal_mark(cell.reached)))))
    value = f'<span class="cb-value"{title}>{text}</span>'
    if not cell.delta:
        return f"<td{kind}>{value}</td>"
    verdict = f"cb-{cell.verdict.value}" if cell.verdict else "cb-muted"
    meaning = cell.verdict.value or "not the same"
    than = f'title="{meaning}: {cell.delta} against {_attribute(baseline.label)}"'
    arrow = _ARROWS[cell.verdict]
    return f'<td>{value} <span class="cb-delta {verdict}" {than}>{arrow}{cell.delta}</span></td>'


# -- list --------------------------------------------------------------------------------------


def _span(page: RunsPage, metric: str) -> int:
    """Return how many columns a metric takes: its spark line stands beside its value."""
    return 2 if metric == page.spark_metric else 1


def _is_numeric(page: RunsPage, param: str) -> bool:
    values = [row.params[param] for row in page.rows if param in row.params]
    return all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)


def _head(name: str, *, numeric: bool, span: int = 1) -> str:
    kind = ' class="cb-num"' if numeric and span == 1 else ""
    wide = f' colspan="{span}"' if span > 1 else ""
    short = escape(formatting.shorten(name, 20))
    return f'<th scope="col"{kind}{wide}{hover(name, 20)}>{short}</th>'


def _run_row(page: RunsPage, row: RunRow) -> str:
    cells = [
        f'<td class="cb-glyph" title="{row.state.value}">'
        f'<span class="cb-{row.state.value}">{formatting.GLYPHS[row.state]}</span></td>',
        f'<td class="cb-num">#{row.number}</td>',
        f'<td{hover(row.name, 28)}><span class="cb-strong">{"↳ " if row.nested else ""}'
        f"{escape(formatting.shorten(row.name, 28))}</span>{_marks(row)}</td>",
    ]
    for name in page.metrics:
        cells.append(_metric_cell(row, name))
        if name == page.spark_metric:
            cells.append(f'<td class="cb-beside">{spark(row.spark, row.number)}</td>')
    cells += [_param_cell(row, name, numeric=_is_numeric(page, name)) for name in page.params]
    cells += [
        f'<td class="cb-num">{formatting.duration(row.duration)}</td>',
        f'<td class="cb-muted">{formatting.stamp(row.start_time)}</td>',
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _marks(row: RunRow) -> str:
    """Return what one should know of a run besides its numbers, in small."""
    marks: list[str] = []
    if row.error:
        marks.append(f'<span title="{_attribute(row.error)}">{escape(_kind(row.error))}</span>')
    if row.stale:
        plural = "cell" if row.stale == 1 else "cells"
        marks.append(
            f'<span title="{row.stale} {plural} ran out of order">'
            f"{formatting.STALE_GLYPH} {row.stale}</span>"
        )
    if row.flags:
        marks.append(f'<span title="{_attribute("; ".join(row.flags))}">! doubtful</span>')
    if row.reproduces:
        marks.append(f"{formatting.AGAIN_GLYPH} {escape(row.reproduces)} run again")
    if row.notes:
        short = formatting.shorten(row.notes, 24)
        marks.append(f'<span title="{_attribute(row.notes)}">{escape(short)}</span>')
    marks += ["archived"] * row.archived + ["in the trash"] * row.trashed
    return "".join(f' <span class="cb-state">{mark}</span>' for mark in marks)


def _kind(error: str) -> str:
    return formatting.shorten(error.partition(":")[0], 40)


def _metric_cell(row: RunRow, name: str) -> str:
    value = row.metrics.get(name)
    if value is None:
        return f'<td class="cb-num cb-missing">{formatting.MISSING}</td>'
    reached = row.goals.get(name)
    if reached is None:
        return f'<td class="cb-num" title="{value!r}">{formatting.number(value)}</td>'
    said = f"{value!r}, goal {'reached' if reached else 'not reached'}"
    shown = f"{formatting.number(value)} {formatting.goal_mark(reached)}"
    return f'<td class="cb-num" title="{said}">{shown}</td>'


def _param_cell(row: RunRow, name: str, *, numeric: bool) -> str:
    kind = ' class="cb-num"' if numeric else ""
    if name not in row.params:
        return f'<td class="cb-missing{" cb-num" if numeric else ""}">{formatting.MISSING}</td>'
    text, whole = formatting.value(row.params[name], 16), formatting.full(row.params[name])
    title = f' title="{_attribute(whole)}"' if whole != text else ""
    return f"<td{kind}{title}>{escape(text)}</td>"


# -- parts -------------------------------------------------------------------------------------


def hover(text: str, width: int) -> str:
    """Return the hover text of what is shown in `width` characters, if that cuts it."""
    return f' title="{_attribute(text)}"' if len(text) > width else ""


def _attribute(text: str) -> str:
    cut = text if len(text) <= _LONGEST_TITLE else text[:_LONGEST_TITLE] + "…"
    return escape(cut, quote=True)


def sentence(text: str) -> str:
    """Return a sentence as HTML; what stands in backticks is code."""
    parts: Iterable[str] = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
