"""``%data_diff``: how two data sets differ, with a little picture of each column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from cellbook import book as books
from cellbook.answers.data_diff import diff_data
from cellbook.records import ColumnProfile
from cellbook.views import formatting
from cellbook.views.data_diff import ColumnShift, DataDiff
from cellbook.views.data_diff_text import (
    change_cells,
    diff_summary,
    diff_text,
    diff_title,
    shift_word,
    tested,
)
from cellbook.views.files_diff import FilesDifference
from cellbook.views.rows_diff import RowChange
from cellbook.widgets.bundles import Panel
from cellbook.widgets.colours import colour_of
from cellbook.widgets.style import framed
from cellbook.widgets.tables import hover, sentence, table

if TYPE_CHECKING:
    from cellbook.book import Book

_SHOWN = 100
_WIDTH, _HEIGHT = 160, 36
_BEFORE, _AFTER = "var(--cb-faint)", colour_of(1)

Bars = list[tuple[float, float, float]]
"""Beginning, end, and share of the rows, of each."""


class DataDiffPanel(Panel):
    """How two data sets differ, to be displayed or read.

    Attributes
    ----------
    diff
        All of it, as a frozen struct.
    """

    def __init__(self, diff: DataDiff) -> None:
        self.diff = diff
        super().__init__(framed(_html(diff)), diff_text(diff))


def data_diff_panel(book: Book, before: Any, after: Any, key: Sequence[str] = ()) -> DataDiffPanel:
    """Return how two data sets differ, in a book."""
    return DataDiffPanel(diff_data(book, before, after, tuple(key)))


def data_diff(before: Any, after: Any, key: str | Sequence[str] | None = None) -> DataDiffPanel:
    """Show how two data sets differ: schema, rows, and how each column is spread.

    Rows are looked up in memory, in the book (``keep=True``) or in the file, if that is still what
    was tracked; else the profiles are compared, and that is said.

    Parameters
    ----------
    before, after
        Versions (``"digits@1"``, what :func:`track_data` returned) or tables in memory.
    key
        The column, or columns, that tell rows apart.  None takes the index where it does, and no
        mere count; else whole rows are compared, in any order.

    Returns
    -------
    DataDiffPanel
        A table with pictures in a notebook, text elsewhere; ``.diff`` is a struct of all of it.

    Raises
    ------
    NotFound
        If there is no such version.
    InvalidInput
        If one is no table, or `key` does not tell rows apart.
    """
    keys = [key] if isinstance(key, str) else list(key or ())
    return data_diff_panel(books.open(), before, after, keys)


def _html(diff: DataDiff) -> str:
    head = f'<p class="cb-note"><span class="cb-strong">{escape(diff_title(diff))}</span></p>'
    said = "".join(f'<p class="cb-note">{escape(line)}</p>' for line in diff_summary(diff))
    notes = "".join(f'<p class="cb-note">{sentence(note)}</p>' for note in diff.notes)
    if diff.same:
        return head + said + notes
    examples = _examples(diff.rows.examples) if diff.rows is not None else ""
    files = _files(diff.files) if diff.files is not None else ""
    columns = _columns(diff) if diff.columns else ""
    return head + said + files + examples + columns + notes


def _files(files: FilesDifference) -> str:
    lines = [
        f"<tr>{_cell('th', one.path, 80)}{_size(one.before, 'cb-removed')}"
        f"{_size(one.after, 'cb-added')}</tr>"
        for one in files.examples
    ]
    heads = '<th scope="col">file</th><th scope="col">before</th><th scope="col">after</th>'
    left = files.added + files.removed + files.changed - len(lines)
    more = f'<p class="cb-note">… and {left:,} more.</p>' if left else ""
    return table(heads, lines) + more if lines else ""


def _size(size: int | None, kind: str) -> str:
    if size is None:
        return "<td>—</td>"
    return f'<td class="cb-num {kind}" title="{size:,} bytes">{formatting.size(size)}</td>'


def _examples(examples: Sequence[RowChange]) -> str:
    if not examples:
        return ""
    lines = "".join(
        f"<tr>{_cell('th', one.key, 30)}{_cell('td', one.column, 30)}"
        f"{_cell('td', one.before, 40, 'cb-removed')}{_cell('td', one.after, 40, 'cb-added')}</tr>"
        for one in examples
    )
    return (
        "<details><summary>Some rows that differ</summary>"
        '<table class="cb-table"><thead><tr><th>row</th><th>column</th><th>before</th>'
        f"<th>after</th></tr></thead><tbody>{lines}</tbody></table></details>"
    )


def _cell(tag: str, text: str, width: int, kind: str = "") -> str:
    scope = ' scope="row"' if tag == "th" else ""
    name = f' class="{kind}"' if kind else ""
    shown = escape(formatting.shorten(formatting.visible(text), width))
    return f"<{tag}{scope}{name}{hover(text, width)}>{shown}</{tag}>"


def _columns(diff: DataDiff) -> str:
    if not diff.columns:
        return ""
    heads = (
        '<th scope="col">column</th><th scope="col">'
        f'<span style="color:{_BEFORE}">▇ before</span> <span style="color:{_AFTER}">▁ after</span>'
        '</th><th scope="col">shift</th><th scope="col" class="cb-num">PSI</th>'
        '<th scope="col">test</th><th scope="col" class="cb-num">missing</th>'
        '<th scope="col" class="cb-num">distinct</th>'
        '<th scope="col" class="cb-num">mean or most frequent</th>'
    )
    rows = [_row(shift) for shift in diff.columns[:_SHOWN]]
    left = len(diff.columns) - _SHOWN
    more = f'<p class="cb-note">… and {left:,} columns that shifted less.</p>' if left > 0 else ""
    return table(heads, rows) + more


def _row(shift: ColumnShift) -> str:
    word = shift_word(shift)
    strong = ' class="cb-strong"' if word == "large" else ' class="cb-muted"'
    psi = "—" if shift.psi is None else formatting.number(shift.psi)
    missing, distinct, middle = change_cells(shift)
    return (
        f"<tr>{_cell('th', shift.name, 30)}"
        f"<td>{picture(shift)}</td><td{strong}>{word}</td>"
        f'<td class="cb-num" title="{escape(str(shift.psi))}">{psi}</td>'
        f"<td>{escape(tested(shift))}</td>"
        f'<td class="cb-num">{missing}</td><td class="cb-num">{distinct}</td>'
        f'<td class="cb-num">{escape(middle)}</td></tr>'
    )


def picture(shift: ColumnShift) -> str:
    """Return how a column is spread before and after, as SVG; empty where that is not known."""
    before, after = _bars(shift, 0), _bars(shift, 1)
    bars = [*before, *after]
    if not bars:
        return ""
    low, high = min(bar[0] for bar in bars), max(bar[1] for bar in bars)
    densities = [share / (end - start) for start, end, share in bars]
    top = max(densities)
    if not math.isfinite(high - low) or not top > 0:
        return ""

    def place(value: float) -> float:
        return round((value - low) / (high - low) * _WIDTH, 1)

    def height(bar: tuple[float, float, float]) -> float:
        return round(_HEIGHT - bar[2] / (bar[1] - bar[0]) / top * (_HEIGHT - 2), 1)

    filled = "".join(
        f'<rect x="{place(bar[0])}" y="{height(bar)}" fill="{_BEFORE}" fill-opacity="0.5" '
        f'width="{max(0.5, place(bar[1]) - place(bar[0]) - 0.5):.1f}" '
        f'height="{_HEIGHT - height(bar):.1f}"/>'
        for bar in before
    )
    corners = [f"{place(x)},{height(bar)}" for bar in after for x in (bar[0], bar[1])]
    line = (
        f'<polyline points="{" ".join(corners)}" fill="none" stroke="{_AFTER}" stroke-width="1.5"/>'
        if corners
        else ""
    )
    label = f"{shift.name}: before and after"
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}" '
        f'style="width:{_WIDTH}px;height:{_HEIGHT}px"><title>{escape(_told(shift))}</title>'
        f'{filled}{line}<line class="cb-axis" x1="0" x2="{_WIDTH}" y1="{_HEIGHT}" '
        f'y2="{_HEIGHT}"/></svg>'
    )


def _bars(shift: ColumnShift, side: int) -> Bars:
    counts = (shift.counts_before, shift.counts_after)[side]
    if shift.edges:
        edges: Sequence[float] = shift.edges
    elif shift.labels and counts:
        edges = range(len(shift.labels) + 1)
    else:
        return _profiled((shift.before, shift.after)[side])
    whole = sum(counts)
    if not whole:
        return []
    return [
        (edges[at], edges[at + 1], count / whole)
        for at, count in enumerate(counts[: len(edges) - 1])
    ]


def _profiled(profile: ColumnProfile) -> Bars:
    low, high, whole = profile.least, profile.greatest, sum(profile.counts)
    if low is None or high is None or not whole or not high > low:
        return []
    wide = (high - low) / len(profile.counts)
    return [
        (low + at * wide, low + (at + 1) * wide, count / whole)
        for at, count in enumerate(profile.counts)
    ]


def _told(shift: ColumnShift) -> str:
    if shift.labels:
        return "; ".join(
            f"{label}: {before:,} → {after:,}"
            for label, before, after in zip(
                shift.labels[:12], shift.counts_before, shift.counts_after, strict=False
            )
        )
    ranges = [
        f"{formatting.number(one.least)} to {formatting.number(one.greatest)}"
        for one in (shift.before, shift.after)
        if one.least is not None and one.greatest is not None
    ]
    return " → ".join(ranges)
