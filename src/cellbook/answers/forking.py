"""Forks: a new notebook from a checkpoint or a run, with a note of what is to be known."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from cellbook.answers.base import Ask
from cellbook.answers.targets import complete
from cellbook.answers.threads import thread_reader
from cellbook.errors import CellbookError, InvalidInput, NotFound, StoreWriteError
from cellbook.locating import notebook_name
from cellbook.records import (
    Anchor,
    AnchorKind,
    Author,
    Checkpoint,
    DatasetVersion,
    Environment,
    Fork,
    RunRecord,
    ThreadKind,
    from_doc,
    to_doc,
)
from cellbook.store import create
from cellbook.views.environments import environment_of
from cellbook.views.handover import Moment, handover_note
from cellbook.views.run_details import cells_of
from cellbook.views.threads import ThreadView
from cellbook.views.timeline import cells_until, document_of, rebuild_document

if TYPE_CHECKING:
    from cellbook.book import Book

TABLE = "forks"
_SLUG = 40
"""Characters of a run's name in that of a file."""
_ATTEMPTS = 100
_RUNS = ("run:", "#")
"""How a target begins that is a run."""
_THREADS = 500


@dataclass(frozen=True, slots=True)
class ForkBody:
    """What is to be taken over."""

    target: str
    """``run:NAME``, ``#12``, ``checkpoint:LABEL`` or a checkpoint's number or id."""
    name: str = ""
    """Of the new file, beside the notebook; empty chooses one."""


@dataclass(frozen=True, slots=True)
class Forked:
    """A notebook that was made."""

    fork_id: str
    notebook: str
    """As records name it."""
    name: str
    """Of its file."""
    origin: str
    cells: int
    note: str
    """The hand-over note, in Markdown."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who looks at the threads of a notebook for its note."""

    book: Book
    notebook: str
    author: Author | None
    writable: Book
    told: bool = False
    read_only: str = ""


def fork_notebook(ask: Ask, body: ForkBody) -> Forked:
    """Make a new notebook from a moment, beside the open one; no file is overwritten."""
    if not ask.notebook:
        raise InvalidInput("Beside which notebook is it to be? Open one first.")
    odd = PurePosixPath(body.name).name != body.name or not body.name.isprintable()
    if odd or "\\" in body.name or body.name.startswith("."):
        raise InvalidInput(f"{body.name[:80]!r} is no name of a file. Leave folders out.")
    folder = (ask.book.folder / ask.notebook).parent
    place = folder / body.name if body.name else None
    return fork(ask, body.target, folder, place)


def fork(ask: Ask, target: str, folder: Path, place: Path | None = None) -> Forked:
    """Make a new notebook from a moment.

    Parameters
    ----------
    ask
        Who takes it over, and the notebook whose labels come first.
    target
        What is taken over; see :class:`ForkBody`.
    folder
        Where the new notebook is to be.
    place
        Its file; None chooses a name that is free.

    Raises
    ------
    NotFound
        If there is no such moment.
    InvalidInput
        If the file is there, or is to be no notebook, or no cell of the moment is on record.
    StoreError
        If it cannot be written.
    """
    if place is not None and place.suffix != ".ipynb":
        raise InvalidInput(f"{place.name!r} is no notebook's name. Let it end with .ipynb.")
    book = ask.writable
    moment = find_moment(ask, target)
    now = time.time_ns() // 1_000_000
    fork_id = book.store.new_id()
    note = handover_note(moment, now, ask.author.name if ask.author is not None else "")
    file, cells = _write(moment, note, fork_id, now, book, folder, place)
    made = Fork(
        fork_id=fork_id,
        notebook=notebook_name(file.absolute(), book.folder),
        time=now,
        origin=moment.notebook,
        checkpoint=moment.checkpoint.checkpoint_id if moment.checkpoint is not None else "",
        run=moment.run.run_id if moment.run is not None else "",
        author=ask.author,
    )
    try:
        book.store.commit([create(TABLE, fork_id, to_doc(made))])
    except CellbookError:
        file.unlink(missing_ok=True)
        raise
    _take_brief(ask, moment, made.notebook)
    return Forked(fork_id, made.notebook, file.name, made.origin, cells, note)


def _take_brief(ask: Ask, moment: Moment, notebook: str) -> None:
    """Give the new notebook the brief of the one that it comes from: the problem is the same."""
    there = next((one for one in moment.threads if one.kind is ThreadKind.BRIEF), None)
    told = {} if there is None else {name: text for name, text in there.brief.items() if text}
    if there is None or not told:
        return
    author = ask.author or Author(there.author.name, there.author.display_name)
    anchor = Anchor(AnchorKind.NOTEBOOK, notebook)
    ask.writable.threads.save_brief(complete(ask.book, anchor), told, author=author)


def find_moment(ask: Ask, target: str) -> Moment:
    """Return the moment that some words name.

    Raises
    ------
    NotFound
        If there is none.
    InvalidInput
        If neither its document nor a cell of it is on record.
    """
    book, text = ask.book, target.strip()
    run: RunRecord | None = None
    found: tuple[int, Checkpoint] | None = None
    if text.startswith(_RUNS):
        run = book.find_run(text.removeprefix("run:"))
        try:
            found = book.checkpoints.find(f"run:{run.run_id}", run.notebook)
        except NotFound:
            found = None
    else:
        book.refresh()
        found = book.checkpoints.find(text.removeprefix("checkpoint:"), ask.notebook)
        if found[1].run_id is not None and book.store.get("runs", found[1].run_id) is not None:
            run = book.find_run(found[1].run_id)
    if found is not None:
        number, checkpoint = found
        ran = cells_until(book.store, checkpoint)
        content = book.checkpoints.document_of(checkpoint)
        content = content or rebuild_document(book.store, checkpoint)
        notebook = checkpoint.notebook or (run.notebook if run is not None else None)
    else:
        assert run is not None
        number, checkpoint, ran = 0, None, cells_of(book.store, run)
        content, notebook = document_of(ran), run.notebook
    document = json.loads(content) if content is not None else None
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise InvalidInput(f"No cell of {target!r} is on record, so there is nothing to take over.")
    return Moment(
        notebook=notebook or "",
        document=document,
        ran=ran,
        checkpoint=checkpoint,
        number=number,
        trusted=checkpoint is None or book.checkpoints.is_trusted(checkpoint),
        run=run,
        by_run=text.startswith(_RUNS),
        data=_data(book, run),
        environment=_environment(book, run, checkpoint),
        threads=_threads(ask, notebook or ""),
    )


def _threads(ask: Ask, notebook: str) -> list[ThreadView]:
    if not notebook:
        return []
    asking = _Asking(ask.book, notebook, ask.author, ask.book)
    threads = thread_reader(asking).page(limit=_THREADS).threads
    return sorted(threads, key=lambda thread: thread.thread_id)


def _data(book: Book, run: RunRecord | None) -> list[tuple[DatasetVersion, list[str]]]:
    found = []
    for dataset, roles in (run.inputs if run is not None else {}).items():
        try:
            version = book.datasets.find(dataset)
        except NotFound:
            continue
        found.append((version, sorted(roles) if isinstance(roles, Mapping) else []))
    return found


def _environment(
    book: Book, run: RunRecord | None, checkpoint: Checkpoint | None
) -> Environment | None:
    if run is not None:
        return environment_of(book.store, run)
    session = book.store.get("sessions", checkpoint.session_id) if checkpoint is not None else None
    doc = book.store.get("environments", (session or {}).get("environment") or "")
    return None if doc is None else from_doc(Environment, doc)


def _write(
    moment: Moment,
    note: str,
    fork_id: str,
    now: int,
    book: Book,
    folder: Path,
    place: Path | None,
) -> tuple[Path, int]:
    document = _document(moment, note, fork_id, now, book)
    content = json.dumps(document, indent=1, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    for name in _names(moment) if place is None else [""]:
        file = folder / name if place is None else place
        try:
            with file.open("xb") as target:
                target.write(content)
        except FileExistsError:
            continue
        except OSError as error:
            raise StoreWriteError(
                f"{file} cannot be written ({error.strerror or error}). Name another place."
            ) from None
        return file, len(document["cells"])
    raise InvalidInput(f"{place or folder} is there already. Choose another name.")


def _names(moment: Moment) -> list[str]:
    stem = PurePosixPath(moment.notebook).stem or "notebook"
    of = f"checkpoint-{moment.number}"
    if moment.run is not None:
        named = re.sub(r"[^\w.+-]+", "-", moment.run.run_name).strip("-.")[:_SLUG]
        run = f"run-{moment.run.run_number}" + (f"-{named}" if named else "")
        of = run if moment.by_run else f"{of}-of-{run}"
    first = f"{stem}-from-{of}"
    return [f"{first}.ipynb", *(f"{first}-{number}.ipynb" for number in range(2, _ATTEMPTS))]


def _document(moment: Moment, note: str, fork_id: str, now: int, book: Book) -> dict[str, Any]:
    document = dict(moment.document)
    metadata = dict(document.get("metadata") or {})
    own = metadata.get("cellbook")
    # The threads are in the book, and show in the new notebook, too: it has the same cells.
    own = {key: value for key, value in own.items() if key != "comments"} if isinstance(
        own, dict
    ) else {}  # fmt: skip
    lineage: dict[str, Any] = {"fork": fork_id, "book": book.store.book_id, "time": now}
    lineage["notebook"] = moment.notebook
    if moment.checkpoint is not None:
        lineage["checkpoint"] = moment.checkpoint.checkpoint_id
    if moment.run is not None:
        lineage |= {"run": moment.run.run_id, "run_name": moment.run.run_name}
    lineage["data"] = {
        version.label: {"digest": version.digest, "roles": list(roles)}
        for version, roles in moment.data
    }
    if moment.environment is not None:
        lineage["environment"] = moment.environment.environment_id
    metadata["cellbook"] = {**own, "origin": lineage}
    first: dict[str, Any] = {"cell_type": "markdown", "metadata": {}, "source": note}
    if document.get("nbformat_minor", 0) >= 5:
        first["id"] = f"handover-{fork_id[-12:].lower()}"
    return {**document, "cells": [first, *document["cells"]], "metadata": metadata}
