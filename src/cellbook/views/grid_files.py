"""A table of runs as a file, and as the code that makes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cellbook.errors import InvalidInput
from cellbook.records import RunRecord
from cellbook.store import Store
from cellbook.tracking.media.tables import encode_table
from cellbook.views import formatting
from cellbook.views.comparison import CompareCell, Verdict
from cellbook.views.data_used import data_used
from cellbook.views.grid_cells import RunColumns, column_cells, metric_values, read_columns
from cellbook.views.grid_columns import SPARK, FoundRuns, GridColumn, shown_columns
from cellbook.views.runs_grid import (
    LONGEST,
    GridQuery,
    by_environment,
    grid_runs,
    read_records,
)
from cellbook.views.runs_table import frame_of, mapped, put_scores, spreadsheet_frame

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("csv", "markdown", "parquet", "code")

_HEAD = ("run_number", "run_name")
_IN_FRAME = ("params", "metrics", "tags")
_ATTRIBUTES = ("experiment", "state", "start_time", "duration")
_OF_RUN = ("error", "notebook", "description")
_MARKS = {Verdict.BETTER: "▲", Verdict.WORSE: "▼", Verdict.NONE: ""}
_SPECIAL = re.compile(r"([\\|<>`*_\[\]])")


def grid_file(
    store: Store, asked: GridQuery, format_: str, *, baseline: RunRecord | None, now: int
) -> tuple[str, str, bytes]:
    """Return a table of runs, all its rows and the columns that are shown, as a file.

    Parameters
    ----------
    store
        The book's memory.
    asked
        Which runs and columns.
    format_
        One of :data:`FORMATS`: values whole as CSV or Parquet, as they are shown in Markdown, or
        the code that makes the table.
    baseline
        The run that the others are compared with, in Markdown and in the code.
    now
        The time it is, in milliseconds since 1970.

    Returns
    -------
    tuple of str, str and bytes
        Name, media type and content.

    Raises
    ------
    InvalidInput
        If there is no such format.
    MissingDependency
        If the format needs a library that is not installed.
    """
    if format_ not in FORMATS:
        raise InvalidInput(f"A table is written as {', '.join(FORMATS)}; not as {format_!r}.")
    found, ids = grid_runs(store, asked)
    columns = [
        column
        for column in shown_columns(found, asked.columns, everything=asked.everything)
        if column.key != SPARK
    ]
    if format_ == "markdown":
        runs = read_columns(store, ids)
        texts = [_texts(one, runs, found, baseline, now) for one in columns]
        text = _markdown(columns, runs, texts, baseline.run_id if baseline else "")
        return "runs.md", "text/markdown", text.encode()
    if format_ == "code":
        records = read_records(store, ids) if asked.runs else []
        return "runs.py", "text/x-python", _code(asked, records, columns, baseline).encode()
    frame = grid_frame(store, asked, columns)
    encoded = encode_table(
        spreadsheet_frame(frame) if format_ == "csv" else _even(frame), f"runs.{format_}"
    )
    return encoded.path, encoded.media_type, encoded.data


def grid_frame(store: Store, asked: GridQuery, columns: Sequence[GridColumn]) -> pd.DataFrame:
    """Return a table of runs as a DataFrame: number, name, and the columns that are given."""
    found, ids = grid_runs(store, asked)
    runs = dict(read_columns(store, ids))
    put_scores(runs, runs["stats"], found.rules)
    frame = frame_of(runs)
    data: dict[str, Any] = {name: frame[name] for name in _HEAD}
    for column in columns:
        if column.key in frame:
            data[column.key] = frame[column.key]
        elif column.key.startswith(("environment.", "packages.")):
            data[column.key] = [found.facts_of(one).get(column.key) for one in runs["run_id"]]
        elif column.key.startswith("data."):
            name = column.key.removeprefix("data.")
            used = (data_used(inputs, found.versions) for inputs in runs["inputs"])
            data[column.key] = [one.get(name) for one in used]
        elif column.key in _OF_RUN:
            data[column.key] = runs[column.key]
    return frame.__class__(data)


def _even(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose columns have one type each: where params are of several, text."""

    def mixed(column: Any) -> bool:
        kinds = {type(value) for value in column if not _is_missing(value)}
        return len(kinds) > 1 or bool(kinds & {list, dict})

    return mapped(
        frame,
        lambda column: column.dtype == object and mixed(column),
        lambda value: None if _is_missing(value) else formatting.full(value),
    )


def _is_missing(value: Any) -> bool:
    return value is None or bool(value != value)


def _markdown(
    columns: Sequence[GridColumn],
    runs: RunColumns,
    texts: Sequence[Sequence[str]],
    baseline: str,
) -> str:
    heads = zip(runs["run_number"], runs["run_name"], runs["run_id"], strict=True)
    names = [
        _escaped(f"#{number} {name[:LONGEST]}{' ★' if run_id == baseline else ''}")
        for number, name, run_id in heads
    ]
    lines = [
        ["run", *(_escaped(column.name) for column in columns)],
        ["---", *("---:" if column.numeric else "---" for column in columns)],
        *zip(names, *texts, strict=True),
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _texts(
    column: GridColumn, runs: RunColumns, found: FoundRuns, baseline: RunRecord | None, now: int
) -> list[str]:
    """Return what a column shows, as Markdown."""
    name = column.key.removeprefix("metrics.")
    if name == column.key or baseline is not None:
        cells = column_cells(column, runs, found, baseline, now, ago=False)
        # Most runs share a few cells, which are the same objects.
        shown = {id(cell): cell for cell in cells}
        known = {key: _shown(cell) for key, cell in shown.items()}
        return [known[id(cell)] for cell in cells]
    # Of numbers alone there are many, and all differ: the short way to the same text.
    texts = []
    for value in metric_values(name, runs, found.rules):
        if value is None:
            texts.append(formatting.MISSING)
        else:
            mark = formatting.goal_mark(found.rules.reached(name, value))
            text = formatting.number(value)
            texts.append(f"{text} {mark}" if mark else text)
    return texts


def _shown(cell: CompareCell) -> str:
    text = _escaped(cell.text)
    if cell.reached is None and not cell.delta:
        return text
    parts = (text, formatting.goal_mark(cell.reached), _MARKS[cell.verdict], cell.delta)
    return " ".join(part for part in parts if part)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


# -- code --------------------------------------------------------------------------------------


def _code(
    asked: GridQuery,
    records: Sequence[RunRecord],
    columns: Sequence[GridColumn],
    baseline: RunRecord | None,
) -> str:
    """Return the lines that make a table; `records` are its runs if these were named."""
    numbers = [record.run_number for record in records]
    named = f"run_number IN ({', '.join(map(str, numbers))})" if numbers else ""
    named += _put_away(records)
    query = " and ".join(
        f"({part})" if named and asked.query.strip() else part
        for part in (asked.query.strip(), named)
        if part
    )
    other = by_environment(asked.order_by)
    options = [repr(query)] if query else []
    if asked.order_by.strip() and not other:
        options.append(f"order_by={asked.order_by.strip()!r}")
    options.append(f"max_results={asked.most}")
    wanted = [
        column.key
        for column in columns
        if column.key.partition(".")[0] in _IN_FRAME or column.key in _ATTRIBUTES
    ]
    left = [column.name for column in columns if column.key not in wanted]
    lines = [
        "import cellbook as cb",
        "",
        f"runs = cb.search_runs({', '.join(options)})",
        "columns = [",
        *(f"    {key!r}," for key in ("run_name", *wanted)),
        "]",
        'table = runs.set_index("run_number").reindex(columns=columns)',
    ]
    if numbers and not asked.order_by.strip():
        lines.append(f"table = table.loc[{list(numbers)}]")
    if other:
        lines.append(f"# Not in the order of {_in_comment(other.key)}, which the table has not.")
    if left:
        lines.append(f"# The run itself tells more: {', '.join(map(_in_comment, left))}.")
    metrics = [key for key in wanted if key.startswith("metrics.")]
    if baseline is not None and metrics:
        itself = f"#{baseline.run_number}{_put_away([baseline])}"
        lines += [
            f"baseline = cb.search_runs({itself!r}).iloc[0]",
            f"for name in {metrics!r}:",
            '    table[f"{name} Δ"] = table[name] - baseline.get(name, float("nan"))',
        ]
    return "\n".join([*lines, "table", ""])


def _put_away(records: Sequence[RunRecord]) -> str:
    """Return what a query has to say for runs in the trash and the archive to be found, too."""
    trashed = any(record.trashed is not None for record in records)
    archived = any(record.archived for record in records)
    return (
        " and (trashed > 0 or not trashed > 0)" * trashed
        + " and (archived = true or archived = false)" * archived
    )


def _in_comment(name: str) -> str:
    """Return a name as a comment may hold it: in one line, whatever it is."""
    return name if name.isprintable() else repr(name)
