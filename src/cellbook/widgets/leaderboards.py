"""``%leaderboard``: a board with its ranks, and the list of boards."""

from __future__ import annotations

import time
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from cellbook import book as books
from cellbook.records import BoardRow, BoardScore, Standing
from cellbook.views import boards, formatting
from cellbook.views.wire import finite
from cellbook.widgets.bundles import Panel
from cellbook.widgets.style import framed
from cellbook.widgets.tables import hover, sentence, table

if TYPE_CHECKING:
    import pandas as pd

    from cellbook.book import Book

_SHOWN = 200
"""Rows of a board that are drawn."""


class BoardPanel(Panel):
    """A leaderboard, to be displayed or read.

    Attributes
    ----------
    standing
        All there is to know of it, as a frozen struct.
    """

    def __init__(self, standing: Standing) -> None:
        super().__init__(framed(_html(standing)), boards.board_text(standing, rows=_SHOWN))
        self.standing = standing

    def to_frame(self) -> pd.DataFrame:
        """Return the board as a DataFrame, a row a candidate."""
        return boards.board_frame(self.standing)


def leaderboard(
    name: str | None = None,
    *,
    date: str | None = None,
    frozen: str | bool | None = None,
    **definition: Any,
) -> Panel:
    """Show a leaderboard; make it or change it first where more is given.

    Parameters
    ----------
    name
        The board's; None lists all boards.
    date
        Show it as it stood then, ``2026-11-24``: runs that ended later do not count.
    frozen
        Show a copy that was frozen: the newest by that date, or with True the newest of all.
    metric
        The metric that ranks; each board needs one.
    metrics
        Others to show: a list, or text with commas.
    experiment
        Whose finished runs are candidates; else that of the newest run with the metric.
    group_by, group_by_params
        Tags, and whether params too, that make several runs one candidate.
    filters
        ``{"acc": (0.5, None)}`` or ``"acc>=0.5, loss<=2"``: both ends count as within.
    datasets, newest
        What a candidate must have been scored on: data sets by name and version, and of each
        label so many of the newest (``{"nightly": 3}`` or ``"nightly:3"``).
    seeds
        How several runs make one score: ``score``, by the metric's own rule, or ``mean``, with its
        confidence interval.
    confidence
        Of intervals and tests, 0.95 if nothing is said.
    cost, latency
        Metrics, or ``duration``, to weigh quality against.
    description
        What the board is for.

    Returns
    -------
    Panel
        Displayed as the board; ``.standing`` and ``.to_frame()`` are for programs.

    Raises
    ------
    InvalidInput
        If a value cannot stand.
    NotFound
        If there is no such board, data set or frozen copy.
    """
    return board_panel(books.open(), name, date=date, frozen=frozen, definition=definition)


def board_panel(
    book: Book,
    name: str | None,
    *,
    date: str | None = None,
    frozen: str | bool | None = None,
    definition: dict[str, Any] | None = None,
) -> Panel:
    """Return the panel of :func:`leaderboard`, of any book."""
    book.refresh()
    if name is None:
        return cells_panel(boards.boards_cells(book.leaderboards.all()), boards.NO_BOARDS)
    now = time.time_ns() // 1_000_000
    if definition:
        book.leaderboards.save(name, definition)
    if frozen is not None and frozen is not False:
        copies = book.leaderboards.frozen(name)
        text = frozen if isinstance(frozen, str) else ""
        return BoardPanel(boards.choose_frozen(copies, name, text, now))
    until = None if date is None else boards.moment_of(date, now)
    return BoardPanel(book.leaderboards.standing(name, until=until))


def cells_panel(cells: Sequence[Sequence[str]], nothing: str) -> Panel:
    """Return a table of texts to be displayed; `nothing` stands where it has no lines."""
    heads, *lines = cells
    if not lines:
        return Panel(framed(f'<p class="cb-note">{sentence(nothing)}</p>'), nothing)
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    rows = [
        "<tr>" + "".join(f"<td{hover(text, 60)}>{escape(text)}</td>" for text in line) + "</tr>"
        for line in lines
    ]
    return Panel(framed(table(head, rows)), boards.cells_text(cells))


def _html(standing: Standing) -> str:
    facts = boards.board_facts(standing)
    notes = boards.board_notes(standing, rows=_SHOWN)
    parts = [
        f'<p class="cb-note"><span class="cb-strong">{escape(boards.board_title(standing))}</span>'
        f"{'<br>' if facts else ''}{'<br>'.join(map(escape, facts))}</p>"
    ]
    if standing.rows:
        parts.append(_table(standing))
    parts.append(f'<p class="cb-note">{"<br>".join(map(sentence, notes))}</p>' if notes else "")
    return "".join(parts)


def _table(standing: Standing) -> str:
    board, rows = standing.board, standing.rows[:_SHOWN]
    columns = _Columns(standing)
    numeric = '<th scope="col" class="cb-num"'
    heads = [f"{numeric}>rank</th>{numeric}>run</th>", '<th scope="col">name</th>']
    heads += [f"{numeric}>runs</th>"] if columns.runs else []
    heads += [
        f"{numeric}{hover(name, 20)}>{escape(formatting.shorten(name, 20))}</th>"
        for name in board.shown
    ]
    heads += ["<th></th>"] if columns.pareto else []
    heads += [f"{numeric}>covered</th>"] if standing.required else []
    heads += ['<th scope="col">why not</th>'] if columns.why else []
    body: list[str] = []
    group = None
    for row in rows:
        of = row.data or "no data on record" if row.rank is not None else "not qualified"
        if of != group and (columns.fields > 1 or row.rank is None):
            body.append(
                f'<tr class="cb-group"><th colspan="{len(heads) + 1}" scope="colgroup">'
                f"{escape(of)}</th></tr>"
            )
        group = of
        body.append(_row(standing, row, columns))
    return table("".join(heads), body)


class _Columns:
    """Which columns a board has."""

    def __init__(self, standing: Standing) -> None:
        self.fields = len(standing.fields)
        self.runs = any(len(row.counted) > 1 for row in standing.rows)
        self.pareto = any(row.pareto is not None for row in standing.rows)
        self.why = any(row.why for row in standing.rows)


def _row(standing: Standing, row: BoardRow, columns: _Columns) -> str:
    board = standing.board
    cells = [
        f'<td class="cb-num cb-strong"{_doubt(row)}>{boards.rank_text(row)}</td>',
        f'<td class="cb-num">#{row.run_number}</td>',
        f"<td{hover(row.name, 40)}>{escape(formatting.shorten(row.name, 40))}</td>",
    ]
    cells += [f'<td class="cb-num">{len(row.counted)}</td>'] if columns.runs else []
    for name in board.shown:
        mark = formatting.goal_mark(row.reached) if name == board.metric else ""
        cells.append(_score(boards.metric_text(row, name), row.scores.get(name), mark))
    if columns.pareto:
        cells.append(
            f'<td title="best trade-off">{boards.PARETO}</td>' if row.pareto else "<td></td>"
        )
    if standing.required:
        cells.append(f'<td class="cb-num">{row.covered}/{len(standing.required)}</td>')
    if columns.why:
        cells.append(f'<td class="cb-muted cb-wrap">{escape(row.why)}</td>')
    return f"<tr>{''.join(cells)}</tr>"


def _doubt(row: BoardRow) -> str:
    if row.tested:
        return f' title="paired tests leave ranks {row.rank} to {row.rank_to} open"'
    return ' title="shares its rank"' if row.tied else ""


def _score(text: str, score: BoardScore | None, mark: str) -> str:
    if score is None:
        return f'<td class="cb-num cb-missing">{text}</td>'
    whole = str(finite(score.value))
    if score.low is not None and score.high is not None:
        whole += f" ({score.low!r} to {score.high!r}, {score.runs} runs)"
    shown = escape(f"{text} {mark}".rstrip())
    return f'<td class="cb-num" title="{escape(whole)}">{shown}</td>'
