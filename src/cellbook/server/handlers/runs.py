"""Runs: pages of them, one of them, and what somebody changes of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated, Any

from cellbook.answers import (
    ANSWERING,
    BEGINNING,
    CARRIED,
    CHANGES,
    QUESTIONS,
    SURROUNDED,
    Hint,
    RunQuery,
    find_artifact,
    show_details,
)
from cellbook.errors import InvalidInput
from cellbook.server.operations import Download, Operation
from cellbook.server.shelf import Ask, Missing
from cellbook.views.run_details import RunDetails
from cellbook.views.runs_list import RunRow, RunsPage, run_row, runs_page


@dataclass(frozen=True, slots=True)
class RunsQuery:
    """Which runs."""

    query: Annotated[str, Hint("A filter, such as `metrics.acc > 0.9`; empty for all.")] = ""
    order_by: Annotated[str, Hint("Such as `metrics.acc DESC`; empty for the newest first.")] = ""
    limit: Annotated[int, Hint("At most so many runs.", 1, 500)] = 50
    offset: Annotated[int, Hint("So many are passed over.", 0)] = 0


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
    return show_details(ask, RunQuery(run_id))


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
    found, file = find_artifact(ask, run_id, path)
    return Download(file, PurePosixPath(path).name, found.media_type, found.digest)


def _missing(name: str) -> Missing:
    """Return what is done where there is no book."""
    if name in BEGINNING:
        return Missing.BEGIN
    if name in ANSWERING:
        return Missing.TAKE
    return Missing.SHOW if name in CARRIED else Missing.TELL


OPERATIONS = (
    Operation("GET", "runs", list_runs),
    Operation("GET", "runs/{run_id}", show_run),
    Operation("PATCH", "runs/{run_id}", change_run),
    Operation("GET", "runs/{run_id}/artifacts/{path}", load_artifact),
    *(
        Operation("GET", name, call, alone=name in SURROUNDED, missing=_missing(name))
        for name, call in QUESTIONS.items()
    ),
    *(
        Operation("POST", name, call, reads=True, missing=_missing(name))
        for name, call in QUESTIONS.items()
    ),
    *(Operation("POST", name, call, missing=_missing(name)) for name, call in CHANGES.items()),
)
