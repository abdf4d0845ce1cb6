"""Leaderboards as text, as cells and as a DataFrame: the words that every door shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cellbook.errors import NotFound
from cellbook.leaderboards import frozen_at
from cellbook.records import (
    DURATION,
    BoardRow,
    BoardScore,
    Leaderboard,
    MetricDefinition,
    Seeds,
    Standing,
)
from cellbook.views import formatting
from cellbook.views.filter_times import read_moment
from cellbook.views.text import WIDTH, Column, table_lines

if TYPE_CHECKING:
    import pandas as pd

PARETO = "◆"
NO_METRICS = (
    "No metric is defined, so that names tell which way is better, and the last value counts. "
    "`%metric acc goal=0.9 direction=more score=best` defines one."
)
NO_BOARDS = "No leaderboards yet. `%leaderboard NAME metric=acc` makes one of the runs there are."
_NAME_WIDTH, _NAME_LEAST, _NAME_PLACE = 40, 8, 2
_LAST = ("why not", "data")
"""Columns at the right, of which a narrow terminal may show the beginning."""
_LEAST = 12
"""Characters that a column of a list keeps, at least, where there is no room."""
_SHOWN = 200
"""Rows of a board that are written out."""


def board_text(standing: Standing, width: int = WIDTH, *, rows: int = _SHOWN) -> str:
    """Return a board as a table of at most `width` columns, without a line end."""
    lines = [board_title(standing), *board_facts(standing)]
    shown = standing.rows[:rows]
    if shown:
        lines += ["", *table_lines(_fitted(_columns(standing, shown), width), width)]
        ranked = sum(row.rank is not None for row in shown)
        if 0 < ranked < len(shown):
            # Two lines of heads come before the first row.
            lines.insert(len(lines) - len(shown) + ranked, "─ not qualified ".ljust(24, "─"))
    lines += ["", *board_notes(standing, rows=rows)]
    return "\n".join(lines).rstrip()


def board_title(standing: Standing) -> str:
    """Return the line above a board: ``leaderboard best · wine · by acc ↑``."""
    board = standing.board
    way = "↑" if standing.more_is_better else "↓"
    frozen = ""
    if standing.frozen:
        frozen = f" · frozen, as of {formatting.stamp(frozen_at(standing))}"
    elif standing.until is not None:
        frozen = f" · as of {formatting.stamp(standing.until)}"
    return f"leaderboard {board.name} · {board.experiment} · by {board.metric} {way}{frozen}"


def board_facts(standing: Standing) -> list[str]:
    """Return what a board asks for, a line each."""
    board, facts = standing.board, []
    if board.description:
        facts.append(board.description)
    if standing.goal is not None:
        sign = "≥" if standing.more_is_better else "≤"
        facts.append(f"goal: {board.metric} {sign} {formatting.value(standing.goal)}")
    grouped = [*board.group_by, *(["params"] if board.group_by_params else [])]
    if grouped:
        what = "mean of the runs" if board.seeds is Seeds.MEAN else "runs together"
        facts.append(f"a candidate is the {what} that share {', '.join(grouped)}")
    if standing.required:
        facts.append(f"required data: {', '.join(standing.required)}")
    for name, limit in board.filters.items():
        low = "" if limit.min is None else f"{formatting.value(limit.min)} ≤ "
        high = "" if limit.max is None else f" ≤ {formatting.value(limit.max)}"
        facts.append(f"only runs with {low}{name}{high}")
    return facts


def board_notes(standing: Standing, *, rows: int = _SHOWN) -> list[str]:
    """Return what is to be said below a board, a sentence each."""
    board, notes = standing.board, list(standing.notes)
    if not standing.rows:
        notes.insert(0, nothing_ranked(standing))
    if len(standing.rows) > rows:
        notes.append(f"These are the first {rows} of {len(standing.rows):,} rows.")
    if len(standing.fields) > 1:
        notes.append("Scores of different data are not compared: each data has ranks of its own.")
    for field in standing.fields:
        if field.data:
            notes.append(
                f"{field.data} was looked at by {formatting.plural(field.looks, 'run')}, "
                f"{formatting.plural(field.scores, 'value')} of {board.metric}."
            )
    if standing.left_out:
        parts = [f"{count:,} {why}" for why, count in list(standing.left_out.items())[:6]]
        more = len(standing.left_out) - len(parts)
        parts += [f"and {more} more reasons"] if more > 0 else []
        notes.append(f"Left out: {'; '.join(parts)}.")
    legend = [
        (
            any(row.tested for row in standing.rows),
            f"1–3 ranks that paired tests leave open ({board.confidence:.0%})",
        ),
        (any(row.tied and not row.tested for row in standing.rows), "= shares its rank"),
        (standing.goal is not None, formatting.GOAL_LEGEND),
        (
            any(row.pareto for row in standing.rows),
            f"{PARETO} no other is better in one of "
            f"{', '.join(_weighed(board))} and as good in the rest",
        ),
        (
            any(score.low is not None for row in standing.rows for score in row.scores.values()),
            f"± {board.confidence:.0%} confidence interval of the mean",
        ),
    ]
    told = [text for needed, text in legend if needed]
    return notes + (["(" + " · ".join(told) + ")"] if told else [])


def nothing_ranked(standing: Standing) -> str:
    """Return the sentence that stands where a board has no rows."""
    board = standing.board
    if not standing.left_out:
        return f"The experiment {board.experiment!r} has no runs."
    return f"No run of {board.experiment!r} qualifies: it takes finished runs with {board.metric}."


def moment_of(text: str, now: int) -> int:
    """Return the last millisecond of the day, or whatever stretch of time, that `text` names.

    Raises
    ------
    InvalidInput
        If it names none.
    """
    return read_moment(text, now)[1] - 1


def choose_frozen(copies: Sequence[Standing], name: str, text: str, now: int) -> Standing:
    """Return the newest frozen copy of a board, or the newest as of the time that `text` names.

    Raises
    ------
    NotFound
        If there is none; the message tells the dates of those there are.
    """
    latest = moment_of(text, now) if text else None
    found = [one for one in copies if latest is None or frozen_at(one) <= latest]
    if found:
        return found[-1]
    if not copies:
        raise NotFound(
            f"There is no frozen copy of the leaderboard {name!r}. "
            f"`%leaderboard {name} --freeze` makes one."
        )
    dates = ", ".join(formatting.stamp(frozen_at(one)) for one in copies[-8:])
    raise NotFound(f"No copy of {name!r} was frozen by {text}. There are those of {dates}.")


def metrics_cells(definitions: Sequence[MetricDefinition]) -> list[list[str]]:
    """Return the definitions of metrics as texts: a line of heads, then a line a metric."""
    return [
        ["metric", "better", "goal", "score of a run"],
        *(
            [
                one.name,
                formatting.MISSING if one.way is None else one.way.value.partition(" ")[0],
                formatting.MISSING if one.goal is None else formatting.value(one.goal),
                one.score.value,
            ]
            for one in definitions
        ),
    ]


def cells_text(cells: Sequence[Sequence[str]], width: int = WIDTH) -> str:
    """Return a line of heads and lines below it as a table, without a line end.

    Columns without a word are left out, and the widest ones cut as far as the width demands.
    """
    columns = [
        Column(head, list(rest))
        for head, *rest in zip(*cells, strict=True)
        if any(rest) or not rest
    ]
    widths = [column.width for column in columns]
    while _total(widths) > width and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    cut = [
        Column(column.head, [formatting.shorten(text, most) for text in column.cells])
        for column, most in zip(columns, widths, strict=True)
    ]
    return "\n".join(table_lines(cut, width))


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + 2 * (len(widths) - 1)


def boards_cells(boards: Sequence[Leaderboard]) -> list[list[str]]:
    """Return a list of boards as texts: a line of heads, then a line a board."""
    return [
        ["board", "experiment", "by", "also", "grouped by"],
        *(
            [
                board.name,
                board.experiment,
                board.metric,
                ", ".join(board.shown[1:]),
                ", ".join([*board.group_by, *(["params"] if board.group_by_params else [])]),
            ]
            for board in boards
        ),
    ]


def board_cells(standing: Standing) -> list[list[str]]:
    """Return a board whole, as texts: a line of heads, then a line a row."""
    columns = _columns(standing, standing.rows)
    lines = zip(*(column.cells for column in columns), strict=True)
    return [[column.head for column in columns], *(list(line) for line in lines)]


def board_frame(standing: Standing) -> pd.DataFrame:
    """Return a board as a DataFrame, a row a candidate.

    Columns ``rank, rank_to, name, run_number, runs, data, covered, pareto, reached, why``, one
    ``tags.*`` and ``params.*`` for each name, and for each metric of the board ``NAME``,
    ``NAME.low`` and ``NAME.high``.
    """
    import pandas as pd  # noqa: PLC0415  keeps `import cellbook` quick

    lines: list[dict[str, Any]] = []
    for row in standing.rows:
        line: dict[str, Any] = {
            "rank": row.rank,
            "rank_to": row.rank_to,
            "name": row.name,
            "run_number": row.run_number,
            "runs": len(row.counted),
        }
        for name in standing.board.shown:
            score = row.scores.get(name, _NO_SCORE)
            line |= {name: score.value, f"{name}.low": score.low, f"{name}.high": score.high}
        line |= {"data": row.data, "covered": row.covered, "pareto": row.pareto}
        line |= {"reached": row.reached, "why": row.why}
        line |= {f"tags.{key}": value for key, value in row.tags.items()}
        line |= {f"params.{key}": value for key, value in row.params.items()}
        lines.append(line)
    frame = pd.DataFrame(lines)
    for name in ("rank", "rank_to"):
        if name in frame:
            frame[name] = frame[name].astype("Int64")
    return frame


def rank_text(row: BoardRow) -> str:
    """Return a rank as it is shown: ``2``, ``1=`` where others share it, ``1–3`` under doubt."""
    if row.rank is None:
        return formatting.MISSING
    if row.tested:
        return str(row.rank) if row.rank_to == row.rank else f"{row.rank}–{row.rank_to}"
    return f"{row.rank}=" if row.tied else str(row.rank)


def score_text(score: BoardScore | None) -> str:
    """Return a score, with half the width of its interval."""
    if score is None:
        return formatting.MISSING
    text, half = formatting.number(score.value), _half(score)
    return text if half is None else f"{text} ± {formatting.value(float(f'{half:.2g}'))}"


_NO_SCORE = BoardScore(float("nan"))


def _half(score: BoardScore) -> float | None:
    return None if score.low is None or score.high is None else (score.high - score.low) / 2


def _weighed(board: Leaderboard) -> list[str]:
    return [name for name in (board.metric, board.cost, board.latency) if name]


def _columns(standing: Standing, rows: Sequence[BoardRow]) -> list[Column]:
    board = standing.board
    columns = [
        Column("rank", [rank_text(row) for row in rows], right=True),
        Column("run", [f"#{row.run_number}" for row in rows], right=True),
        Column("name", [formatting.shorten(row.name, _NAME_WIDTH) for row in rows]),
    ]
    if any(len(row.counted) > 1 for row in rows):
        columns.append(Column("runs", [str(len(row.counted)) for row in rows], right=True))
    for name in board.shown:
        cells = [metric_text(row, name) for row in rows]
        if name == board.metric and standing.goal is not None:
            marks = [formatting.goal_mark(row.reached) for row in rows]
            cells = [f"{cell} {mark}".rstrip() for cell, mark in zip(cells, marks, strict=True)]
        columns.append(Column(formatting.shorten(name, 20), cells, right=True))
    if any(row.pareto is not None for row in rows):
        columns.append(Column("", [PARETO if row.pareto else "" for row in rows]))
    if standing.required:
        wanted = len(standing.required)
        columns.append(Column("covered", [f"{row.covered}/{wanted}" for row in rows], right=True))
    if any(row.why for row in rows):
        columns.append(Column("why not", [row.why for row in rows]))
    if len(standing.fields) > 1:
        columns.append(Column("data", [row.data or formatting.MISSING for row in rows]))
    return columns


def _fitted(columns: Sequence[Column], width: int) -> list[Column]:
    """Return columns with names cut so far that the scores have room; the reasons may be cut."""
    firm = [column.width for column in columns if column.head not in _LAST]
    name = columns[_NAME_PLACE]
    over = sum(firm) + 2 * (len(firm) - 1) - width
    if over <= 0:
        return list(columns)
    room = max(name.width - over, _NAME_LEAST)
    cut = Column(name.head, [formatting.shorten(cell, room) for cell in name.cells])
    return [*columns[:_NAME_PLACE], cut, *columns[_NAME_PLACE + 1 :]]


def metric_text(row: BoardRow, name: str) -> str:
    """Return what a candidate has in a metric, as it is shown."""
    score = row.scores.get(name)
    if name != DURATION or score is None:
        return score_text(score)
    text, half = formatting.duration(score.value), _half(score)
    return text if half is None else f"{text} ± {formatting.duration(half)}"
