"""Runs what was recorded on other values: a run's slice, a script, or a notebook, as a fresh run.

Unlike a reproduction, nothing is compared, and data may be another: that is what it is for.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from tinydb import where

from cellbook.errors import InvalidInput, NotFound
from cellbook.records import RETRAINING, RETRAINS, WITHIN
from cellbook.reproducing.consent import check_consent
from cellbook.reproducing.kernels import KernelDied, TimeIsUp, fresh_kernel
from cellbook.reproducing.parameters import TAG, check_params, params_cell, with_params
from cellbook.reproducing.places import working_folder
from cellbook.reproducing.room import (
    Attempt,
    Tell,
    begin_again,
    first_line,
    run_cells,
    run_its_script,
)
from cellbook.reproducing.slices import cells_of_slice, slice_of_run
from cellbook.reproducing.surroundings import fresh_variables, recorded_modules
from cellbook.views.environments import environment_of
from cellbook.views.formatting import plural, shorten

if TYPE_CHECKING:
    from cellbook.book import Book

NOTEBOOK = "notebook:"


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of it."""

    runs: tuple[str, ...]
    """The ids of the runs that it made, the oldest first."""
    problem: str = ""
    """What went wrong; empty if nothing did."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be run: cells, or one script, with the values that hold now."""

    title: str
    sources: tuple[str, ...]
    attempt: Attempt | None = None
    """Of a recorded run."""
    notebook: Path | None = None


def prepare(
    book: Book,
    target: str,
    params: Mapping[str, Any],
    *,
    trust: bool = False,
    tell: Tell = lambda _: None,
) -> Work:
    """Return what is to be run, and run nothing.

    Parameters
    ----------
    book
        The book, into which it will record.
    target
        What names a run, or ``notebook:PATH``, below the folder of the book.
    params
        Values by name; see :mod:`cellbook.reproducing.parameters`.
    trust
        Whether code may run that came with an import, and shell lines that change files for good.
    tell
        Hears how far it is.

    Raises
    ------
    NotFound
        If there is no such run or notebook, or nothing on record that could be run.
    InvalidInput
        If a parameter is none; or within something that is being run again.
    Untrusted
        If it takes `trust`.
    """
    if os.environ.get(WITHIN):
        raise InvalidInput("A run is being run again here; within that no other one can be.")
    given = check_params(params)
    if target.startswith(NOTEBOOK):
        return _notebook(book, target.removeprefix(NOTEBOOK), given)
    record = book.find_run(target)
    if not record.state.is_final:
        raise InvalidInput(f"Run #{record.run_number} is still running. End it with `%end_run`.")
    found = slice_of_run(book, record)
    title = f"#{record.run_number} {record.run_name}"
    environment = environment_of(book.store, record)
    folder = working_folder(book, record, found, environment)
    attempt = Attempt(
        book, record, folder, tell, None, environment, modules=recorded_modules(book, found)[0],
        edit=lambda sources: with_params(sources, given),
    )  # fmt: skip
    if found.script:
        text = book.store.blobs.get(found.script).decode("utf-8", "surrogateescape")
        return Work(title, tuple(attempt.edit([text])), attempt)
    cells = cells_of_slice(book.store, found)
    if not cells:
        raise NotFound(
            f"Nothing of {title} is on record that could be run. Runs can be run again whose "
            "cells ran with `%load_ext cellbook`."
        )
    if not trust:
        check_consent(record, cells, folder)
    return Work(title, tuple(attempt.edit([cell.source for cell in cells])), attempt)


def run_anew(
    book: Book, work: Work, retraining: str, *, limit: float | None = None, tell: Tell
) -> Ran:
    """Run what was prepared in a fresh kernel or process.

    Parameters
    ----------
    book
        The book, into which it records.
    work
        What is run.
    retraining
        The id that the fresh run is tagged with.
    limit
        Seconds that it may take; None sets no limit.
    tell
        Hears how far it is.
    """
    until = None if limit is None else time.monotonic() + limit
    attempt = work.attempt
    if attempt is None:
        problem = _run_notebook(book, work, retraining, until, tell)
        return Ran(_fresh_runs(book, retraining), problem)
    attempt.until, attempt.tell = until, tell
    attempt.extra, attempt.mark = {RETRAINING: retraining}, (RETRAINS, retraining)
    found = slice_of_run(book, attempt.record)
    attempt.folder.mkdir(parents=True, exist_ok=True)
    try:
        if found.script:
            run_its_script(attempt, found)
        else:
            run_cells(attempt, cells_of_slice(book.store, found))
    except (KernelDied, TimeIsUp) as error:
        return Ran(_fresh_runs(book, retraining), str(error))
    return Ran(_fresh_runs(book, retraining), attempt.result.first)


def _fresh_runs(book: Book, retraining: str) -> tuple[str, ...]:
    book.refresh()
    made = book.store.select("runs", where("tags")[RETRAINS] == retraining)
    return tuple(sorted(run_id for run_id, _, _ in made))


# ── notebooks ─────────────────────────────────────────────────────────────────────────────────


def _notebook(book: Book, name: str, params: Mapping[str, Any]) -> Work:
    path = (book.folder / name).resolve()
    if not path.is_file():
        raise NotFound(f"There is no notebook {name} (looked in {book.folder}).")
    try:
        document = nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError, AttributeError) as error:
        raise InvalidInput(f"{name} cannot be read as a notebook ({error}).") from None
    cells = [cell for cell in document.cells if cell.cell_type == "code" and cell.source.strip()]
    sources = [str(cell.source) for cell in cells]
    marked = [
        place for place, cell in enumerate(cells) if TAG in cell.metadata.get("tags", ())
    ]  # fmt: skip
    if marked and params:
        sources.insert(marked[0] + 1, params_cell(params))
    else:
        sources = with_params(sources, params)
    return Work(name, tuple(sources), notebook=path)


def _run_notebook(book: Book, work: Work, retraining: str, until: float | None, tell: Tell) -> str:
    """Run the cells of a notebook; return what went wrong."""
    assert work.notebook is not None
    variables = fresh_variables(book, os.fspath(work.notebook), None, work.notebook)
    variables[RETRAINING] = retraining
    tell(f"{plural(len(work.sources), 'cell')} of {work.title} in a fresh kernel")
    with tempfile.TemporaryDirectory(prefix="cellbook-") as place:
        orders = Path(place, "orders.json")
        orders.write_text(json.dumps({"run": "", "runs": {}, "states": {}}), encoding="utf-8")
        try:
            with fresh_kernel(work.notebook.parent, variables) as kernel:
                begin_again(kernel, orders, until)
                for number, source in enumerate(work.sources, 1):
                    line = shorten(first_line(source), 60)
                    tell(f"{number}/{len(work.sources)}  {line}")
                    result = kernel.run(source, cell_id=f"anew-{number}", until=until)
                    if result.error:
                        message = shorten(result.message, 200)
                        return f"cell {number}, `{line}`, failed with {result.error}: {message}"
        except (KernelDied, TimeIsUp) as error:
            return str(error)
    return ""
