"""Runs: pages of them, one of them, and what somebody changes of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated, Any

from cellbook.errors import InvalidInput, NotFound
from cellbook.server.operations import Download, Operation
from cellbook.server.schemas import Hint
from cellbook.server.shelf import Ask
from cellbook.views.comparison import (
    TOO_FEW,
    RunComparison,
    compare_runs,
    runs_to_compare,
)
from cellbook.views.run_details import RunDetails, run_details
from cellbook.views.runs_list import RunRow, RunsPage, run_row, runs_page
from cellbook.views.series import Curve, curves

_MOST = 100
"""Runs that one answer compares or draws."""

Runs = Annotated[tuple[str, ...], Hint("Ids, numbers or names of runs, with commas between them.")]


@dataclass(frozen=True, slots=True)
class RunsQuery:
    """Which runs."""

    query: Annotated[str, Hint("A filter, such as `metrics.acc > 0.9`; empty for all.")] = ""
    order_by: Annotated[str, Hint("Such as `metrics.acc DESC`; empty for the newest first.")] = ""
    limit: Annotated[int, Hint("At most so many runs.", 1, 500)] = 50
    offset: Annotated[int, Hint("So many are passed over.", 0)] = 0


@dataclass(frozen=True, slots=True)
class ComparisonQuery:
    """Which runs to compare."""

    runs: Runs = ()
    baseline: Annotated[int, Hint("The place in `runs` of the one to compare with.", 0)] = 0


@dataclass(frozen=True, slots=True)
class CurvesQuery:
    """Which curves."""

    runs: Runs
    metric: Annotated[str, Hint("As records name it: `loss` or `loss{split=val}`.")]
    points: Annotated[int, Hint("At most so many points a curve.", 10, 10_000)] = 600


@dataclass(frozen=True, slots=True)
class RunChanges:
    """What is to change of a run; what is missing or null stays."""

    run_name: str | None = None
    description: str | None = None
    tags: dict[str, Any] | None = None
    """Tags to set."""
    drop_tags: list[str] | None = None
    """Tags to take off."""
    archived: bool | None = None
    trashed: bool | None = None
    """Whether it is to lie in the trash."""


def list_runs(ask: Ask, query: RunsQuery) -> RunsPage:
    """Return a page of runs that a query finds.

    Runs in the archive and the trash are left out unless the query speaks of them.
    """
    ask.book.refresh()
    return runs_page(
        ask.book.store,
        query.query,
        order_by=query.order_by or None,
        limit=query.limit,
        offset=query.offset,
    )


def show_run(ask: Ask, run_id: str) -> RunDetails:
    """Return all that is on record of a run."""
    book = ask.book
    record = book.find_run(run_id)
    return run_details(book.store, record, book.artifacts(record))


def change_run(ask: Ask, run_id: str, body: RunChanges) -> RunRow:
    """Rename, describe or tag a run, put it in the archive or the trash, or take it out.

    Either all is changed or nothing.  What is in the trash stays there until `cellbook gc`.
    """
    book = ask.writable
    wanted = {
        "run_name": body.run_name,
        "description": body.description,
        "tags": body.tags,
        "archived": body.archived,
    }
    changes = {name: value for name, value in wanted.items() if value is not None}
    if not changes and not body.drop_tags and body.trashed is None:
        raise InvalidInput("There is nothing to change. Name a field, such as `run_name`.")
    record = book.runs.change(
        book.find_run(run_id), drop_tags=body.drop_tags or (), trashed=body.trashed, **changes
    )
    return run_row(book.store, record)


def load_artifact(ask: Ask, run_id: str, path: str) -> Download:
    """Return a file that a run keeps.

    Pictures that cannot hold programs are shown by a browser; everything else is for download.
    """
    book = ask.book
    record = book.find_run(run_id)
    found = next((one for one in book.artifacts(record) if one.path == path), None)
    if found is None:
        raise NotFound(
            f"Run #{record.run_number} has no artifact {path!r}. `cellbook/runs/{record.run_id}` "
            "lists what it has."
        )
    file = book.store.blobs.path(found.digest)
    if not file.is_file():
        raise NotFound(
            f"The content of {path!r} is missing from the book. Copy the files under blobs/ from "
            "where it was recorded; `cellbook verify` tells what else is missing."
        )
    return Download(file, PurePosixPath(path).name, found.media_type, found.digest)


def compare(ask: Ask, query: ComparisonQuery) -> RunComparison:
    """Compare runs; without any named, the newest few of the experiment that ran last."""
    book = ask.book
    book.refresh()
    _check_number(query.runs)
    records = [book.find_run(target) for target in query.runs] or runs_to_compare(book.store)
    if len(records) < 2:
        raise InvalidInput(TOO_FEW if records else "There are no runs to compare. Name two.")
    if query.baseline >= len(records):
        raise InvalidInput(
            f"`baseline` is the place of a run, from 0 to {len(records) - 1}; not {query.baseline}."
        )
    return compare_runs(book.store, records, baseline=query.baseline)


def draw_curves(ask: Ask, query: CurvesQuery) -> list[Curve]:
    """Return a metric's curve for each of some runs that has it, thinned for drawing."""
    book = ask.book
    _check_number(query.runs)
    records = [book.find_run(target) for target in query.runs]
    return curves(book.store, records, query.metric, points=query.points)


def _check_number(runs: tuple[str, ...]) -> None:
    if len(runs) > _MOST:
        raise InvalidInput(f"{len(runs)} runs are too many at once. Name at most {_MOST}.")


OPERATIONS = (
    Operation("GET", "runs", list_runs),
    Operation("GET", "runs/{run_id}", show_run),
    Operation("PATCH", "runs/{run_id}", change_run),
    Operation("GET", "runs/{run_id}/artifacts/{path}", load_artifact),
    Operation("GET", "compare", compare),
    Operation("GET", "curves", draw_curves),
)
