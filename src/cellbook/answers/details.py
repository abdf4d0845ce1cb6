"""All that is on record of one run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cellbook.answers.base import Ask, Hint
from cellbook.views.run_details import RunConsole, RunDetails, run_console, run_details


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which run."""

    run: Annotated[str, Hint("Its id, number or name.")]


def show_details(ask: Ask, query: RunQuery) -> RunDetails:
    """Return all that is on record of a run."""
    book = ask.book
    record = book.find_run(query.run)
    return run_details(book.store, record, book.artifacts(record))


def show_console(ask: Ask, query: RunQuery) -> RunConsole:
    """Return what the cells of a run wrote."""
    book = ask.book
    book.refresh()
    return run_console(book.store, book.find_run(query.run))
