"""``cellbook show`` and ``cellbook cells``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from cellbook.book import Book
from cellbook.cli.listing import run_doc
from cellbook.cli.output import as_json, columns, csv_lines
from cellbook.cli.parsing import add_book, add_forms, add_target, open_book
from cellbook.errors import InvalidInput
from cellbook.records import (
    Artifact,
    CellExecution,
    Direction,
    Environment,
    Reproduction,
    RunRecord,
    to_doc,
)
from cellbook.reproducing.outcomes import verdict_text
from cellbook.reproducing.slices import reproductions_of
from cellbook.views.data_used import used_data
from cellbook.views.environments import environment_of
from cellbook.views.formatting import (
    GLYPHS,
    MISSING,
    STALE_GLYPH,
    age,
    date,
    duration,
    full,
    goal_mark,
    number,
    plural,
    shorten,
    size,
    visible,
)
from cellbook.views.moments import goals_of, milestones_of, stages_of
from cellbook.views.rows_listed import list_rows
from cellbook.views.run_details import cells_of, parent_of
from cellbook.views.runs_list import reproduces_of

_CELLS_SHOWN = 20
_SOURCE_WIDTH = 60
_CELL_COLUMNS = (
    "execution_id",
    "start_time",
    "run_number",
    "notebook",
    "cell_id",
    "execution_count",
    "state",
    "duration",
    "stale",
    "error",
    "source",
)
"""Of a cell in CSV; times are milliseconds since 1970."""


def add_show(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook show`` takes."""
    add_target(parser)
    parser.add_argument(
        "--save", type=Path, metavar="FOLDER", help="write the run's artifacts into FOLDER"
    )
    add_forms(parser, "json")
    add_book(parser)
    parser.set_defaults(call=_show)


def _show(args: argparse.Namespace) -> int:
    book = open_book(args)
    record = book.find_run(args.run)
    artifacts = book.artifacts(record)
    if args.save is not None:
        return _save(book, artifacts, args.save)
    cells = cells_of(book.store, record)
    environment = environment_of(book.store, record)
    if args.form == "json":
        doc = run_doc(record)
        doc["artifacts"] = [to_doc(artifact) for artifact in artifacts]
        doc["cells"] = [to_doc(cell) for cell in cells]
        doc["environment"] = None if environment is None else to_doc(environment)
        print(as_json(doc))
        return 0
    for title, lines in (
        ("", _headline(book, record)),
        ("params", _params(record)),
        ("metrics", _metrics(record)),
        ("goals", _goals(book, record)),
        ("stages and milestones", _moments(book, record)),
        ("data", _data(book, record)),
        ("tags", [[key, shorten(text, 80)] for key, text in sorted(record.tags.items())]),
        ("artifacts", [[artifact.path, size(artifact.size)] for artifact in artifacts]),
        ("rows", _rows(book, record)),
        ("rows in training and test", [[text] for text in record.leaks.values()]),
        ("cells", [_cell_line(cell) for cell in cells[-_CELLS_SHOWN:]]),
        ("began on", [[kind, text] for kind, text in sorted(record.flags.items())]),
        ("reproduced", _reproductions(book, record)),
        ("environment", [] if environment is None else _environment_lines(environment)),
    ):
        if lines:
            print(f"\n{title}" if title else _title(record))
            print(columns(lines, indent=2 if title else 0))
    if len(cells) > _CELLS_SHOWN:
        print(f"  these are the last of {plural(len(cells), 'cell')}; `--json` shows all")
    return 0


def _reproductions(book: Book, record: RunRecord) -> list[list[str]]:
    """Return when it was run again, what came of that, and what it was run on."""
    return [
        [
            date(one.time),
            verdict_text(one),
            "; ".join(filter(None, [shorten(one.first, 100), _surroundings(one)])),
        ]
        for one in reproductions_of(book, record.run_id)
    ]


def _rows(book: Book, record: RunRecord) -> list[list[str]]:
    """Return which rows of data it used."""
    return [
        [
            f"{one.rows:,} of {one.of:,}",
            f"data:{one.data}" if one.data else "(deleted)",
            one.role,
            one.estimator,
            shorten("; ".join(one.doubts), 60),
        ]
        for one in list_rows(book.store, record.run_id)
    ]


def _surroundings(attempt: Reproduction) -> str:
    """Return how what it was run on is another than it was, in short."""
    if not attempt.environment:
        return ""
    first, *more = attempt.environment
    rest = f" and {len(more)} more" if more else ""
    return f"in another environment: {shorten(first, 100)}{rest}"


def _data(book: Book, record: RunRecord) -> list[list[str]]:
    """Return which data it used, and for what."""
    versions = book.datasets.by_id() if record.inputs else {}
    return [
        [
            f"data:{one.name}@{one.version}" if one.name else f"{one.dataset_id} (deleted)",
            ", ".join(one.roles),
            one.extent,
        ]
        for one in used_data(record.inputs, versions)
    ]


def _title(record: RunRecord) -> str:
    return f"{GLYPHS[record.state]} #{record.run_number} {record.run_name}"


def _headline(book: Book, record: RunRecord) -> list[list[str]]:
    now = time.time_ns() // 1_000_000
    lines = [
        ["state", record.state.value + (f": {record.error}" if record.error else "")],
        ["experiment", record.experiment],
        ["started", f"{date(record.start_time)} ({age(record.start_time, now)})"],
        ["took", duration(record.duration) if record.state.is_final else MISSING],
        ["notebook", record.notebook or ""],
        ["notes", record.description],
        ["parent", _parent(book, record)],
        ["run again of", reproduces_of(book.store, record)],
        ["put away", _put_away(record)],
        ["came with", _origin(record)],
        ["id", record.run_id],
    ]
    return [line for line in lines if line[1]]


def _parent(book: Book, record: RunRecord) -> str:
    above = parent_of(book.store, record)
    return record.parent or "" if above is None else f"#{above.run_number} {above.run_name}"


def _origin(record: RunRecord) -> str:
    told = record.imported
    if not told:
        return ""
    number = f" as #{told['number']}" if told.get("number") else ""
    return f"{visible(str(told.get('file')))}, from the book {told.get('book')}{number}"


def _put_away(record: RunRecord) -> str:
    if record.trashed is not None:
        return f"in the trash since {date(record.trashed)}"
    return "archived" if record.archived else ""


def _params(record: RunRecord) -> list[list[str]]:
    lines = []
    for key, current in sorted(record.params.items()):
        former = [full(old) for _, old in record.param_history.get(key, ())]
        lines.append(
            [key, shorten(full(current), 80), f"was {', '.join(former)}" if former else ""]
        )
    return lines


def _metrics(record: RunRecord) -> list[list[str]]:
    lines = [["", "last", *(["min to max", "points"] if record.stats else [])]]
    for key, last in sorted(record.metrics.items()):
        stats = record.stats.get(key)
        lines.append(
            [key, number(last)]
            if stats is None
            else [
                key,
                number(last),
                f"{number(stats.min)} to {number(stats.max)}",
                f"{stats.count:,}",
            ]
        )
    return lines if len(lines) > 1 else []


def _goals(book: Book, record: RunRecord) -> list[list[str]]:
    return [
        [
            one.name,
            f"{number(one.value)} {goal_mark(one.reached)}",
            f"{'reaches' if one.reached else 'does not reach'} "
            f"{'≥' if one.direction is Direction.MORE else '≤'} {number(one.goal)}",
        ]
        for one in goals_of(book.store, record)
    ]


def _moments(book: Book, record: RunRecord) -> list[list[str]]:
    """Return stages and milestones by the time they began, after the run did."""
    stages = stages_of(book.store, [record]).get(record.run_id, ())
    milestones = milestones_of(book.store, [record]).get(record.run_id, ())
    lines = [
        (one.start_time, one.name, duration(((one.end_time or 0) - one.start_time) / 1000))
        for one in stages
    ] + [(one.time, one.name, "milestone") for one in milestones]
    return [
        [name, f"after {duration((start - record.start_time) / 1000)}", lasted]
        for start, name, lasted in sorted(lines)
    ]


def _environment_lines(environment: Environment) -> list[list[str]]:
    git = environment.git
    state = "" if git is None else f"{git.commit[:12]} {git.branch}".strip()
    if git is not None and git.dirty:
        state += ", with uncommitted changes (`--json` has the patch)"
    lines = [
        ["Python", f"{environment.python} ({environment.executable})"],
        ["packages", f"{len(environment.packages)}, listed by `--json`"],
        ["machine", ", ".join(filter(None, (environment.hostname, environment.platform)))],
        ["hardware", _hardware(environment)],
        ["git", state],
        ["command", shorten(" ".join(environment.command), 100)],
    ]
    return [line for line in lines if line[1]]


def _hardware(environment: Environment) -> str:
    parts = [environment.cpu, f"{environment.cpu_count} cores", size(environment.memory)]
    return ", ".join(filter(None, [*parts, *environment.gpus]))


def _save(book: Book, artifacts: Sequence[Artifact], folder: Path) -> int:
    target = folder.absolute()
    for artifact in artifacts:
        place = target / artifact.path
        if not place.resolve().is_relative_to(target.resolve()):
            raise InvalidInput(f"The artifact {artifact.path!r} would lie outside {folder}.")
        book.store.blobs.copy_to(artifact.digest, place)
        print(place)
    return 0


def add_cells(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook cells`` takes."""
    parser.add_argument("--run", metavar="RUN", help="only those of this run")
    parser.add_argument(
        "--limit", type=int, default=50, metavar="N", help="the last N (%(default)s)"
    )
    add_forms(parser, "json", "csv")
    add_book(parser)
    parser.set_defaults(call=_cells)


def _cells(args: argparse.Namespace) -> int:
    book = open_book(args)
    record = None if args.run is None else book.find_run(args.run)
    if record is None:
        book.refresh()
    cells = cells_of(book.store, record, args.limit)
    if args.form == "json":
        print(as_json([to_doc(cell) for cell in cells]))
    elif args.form == "csv":
        print(csv_lines([_CELL_COLUMNS, *(_cell_values(book, cell) for cell in cells)]))
    elif cells:
        print(columns(_dated_lines(book, cells, record)))
    else:
        print("No cells on record. `%load_ext cellbook` in a notebook records them.")
    return 0


def _dated_lines(
    book: Book, cells: Iterable[CellExecution], record: RunRecord | None
) -> list[list[str]]:
    numbers: dict[str | None, str] = {None: ""}
    lines = []
    for cell in cells:
        run = cell.run if record is None else record.run_id
        if run is not None and run not in numbers:
            numbers[run] = f"#{book.store.number('runs', run)}"
        lines.append([date(cell.start_time), numbers[run], *_cell_line(cell)])
    return lines


def _cell_values(book: Book, cell: CellExecution) -> list[Any]:
    number_of_run = None if cell.run is None else book.store.number("runs", cell.run)
    given = {"run_number": number_of_run, "stale": "; ".join(cell.stale)}
    return [given.get(name, getattr(cell, name, None)) for name in _CELL_COLUMNS]


def _cell_line(cell: CellExecution) -> list[str]:
    count = f"[{cell.execution_count}]" if cell.execution_count is not None else "[ ]"
    first, _, rest = cell.source.strip().partition("\n")
    source = shorten(f"{first} …" if rest else first, _SOURCE_WIDTH)
    line = [count, cell.state.value, duration(cell.duration), source]
    return [*line, f"{STALE_GLYPH} stale: {'; '.join(cell.stale)}"] if cell.stale else line
