"""The slices of a book's runs: on record, or told from the cells that are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tinydb import where

from cellbook.capture import slice_of
from cellbook.errors import NotFound
from cellbook.records import (
    CellExecution,
    Reproduction,
    RunRecord,
    RunSlice,
    SessionKind,
    from_doc,
    to_doc,
)
from cellbook.store import Store, create

if TYPE_CHECKING:
    from cellbook.book import Book

TABLE = "slices"
ATTEMPTS = "reproductions"


def slice_of_run(book: Book, record: RunRecord) -> RunSlice:
    """Return what a run stands on: as it was recorded, else as its cells tell; then it is recorded.

    So it is there also where the run's process died before it could say so.
    """
    doc = book.store.get(TABLE, record.run_id)
    if doc is not None:
        return from_doc(RunSlice, doc)
    found = told_slice(book.store, record)
    if record.state.is_final and not book.read_only and (found.executions or found.script):
        with book.trouble.guarded():
            keep_slice(book.store, record.run_id, found)
    return found


def keep_slice(
    store: Store, run_id: str, found: RunSlice, modules: Mapping[str, str] | None = None
) -> None:
    """Put a run's slice on record, with the local modules that were imported."""
    store.commit([create(TABLE, run_id, to_doc(replace(found, modules=modules or {})))])


def wanted_of(store: Store, run_id: str) -> list[CellExecution]:
    """Return the executions of a run and of those nested in it, in the order in which they ran."""
    found: dict[str, CellExecution] = {}
    pending = [run_id]
    for one in pending:
        doc = store.get("runs", one)
        if doc is None:
            continue
        query = where("run") == one
        if doc.get("cells"):
            query |= where("execution_id").one_of(list(doc["cells"]))
        for doc_id, _, cell in store.select("cells", query):
            found[doc_id] = from_doc(CellExecution, cell)
        pending += [child for child, _, _ in store.select("runs", where("parent") == one)]
    return sorted(found.values(), key=lambda cell: (cell.start_time, cell.order))


@dataclass(frozen=True, slots=True)
class Span:
    """When a cell ran: its place in the session, and the milliseconds since 1970."""

    order: int
    begun: int
    ended: int


def span_of(cell: CellExecution) -> Span:
    """Return when a cell ran."""
    return Span(cell.order, cell.start_time, cell.end_time or cell.start_time)


def tracking_of(
    store: Store, run_id: str, spans: Mapping[str, Span], wanted: Iterable[str]
) -> list[str]:
    """Return the executions that put on record the data which a run used.

    Parameters
    ----------
    store, run_id
        The run, in its book.
    spans
        When the executions of its session ran.
    wanted
        Its own: what ran after them is none of these.
    """
    last = max((spans[one].order for one in wanted if one in spans), default=0)
    doc = store.get("runs", run_id) or {}
    versions = [store.get("datasets", one) or {} for one in doc.get("inputs", ())]
    makers = {(one.get("made") or {}).get("execution") for one in versions}
    moments = [one.get("tracked") or 0 for one in versions]
    return [
        execution
        for execution, span in spans.items()
        if span.order < last
        and (execution in makers or any(span.begun <= at <= span.ended for at in moments))
    ]


def told_slice(store: Store, record: RunRecord) -> RunSlice:
    """Return a run's slice as the cells on record tell it."""
    wanted = wanted_of(store, record.run_id)
    if not wanted:
        return RunSlice(doubts=("no cell of the run is on record",))
    sessions = list(dict.fromkeys(cell.session for cell in wanted))
    executions: list[str] = []
    doubts: dict[str, None] = {}
    for session in sessions:
        cells = [
            from_doc(CellExecution, doc)
            for _, _, doc in store.select("cells", where("session") == session)
        ]
        own = [cell.execution_id for cell in wanted if cell.session == session]
        spans = {cell.execution_id: span_of(cell) for cell in cells}
        part = slice_of(cells, [*own, *tracking_of(store, record.run_id, spans, own)])
        executions += part.executions
        doubts.update(dict.fromkeys(part.doubts))
    if len(sessions) > 1:
        doubts["the run went on in another session, which is taken as one with the first"] = None
    return RunSlice(tuple(executions), tuple(doubts))


def cells_of_slice(store: Store, found: RunSlice) -> list[CellExecution]:
    """Return the executions of a slice, in their order.

    Raises
    ------
    NotFound
        If one of them is no longer on record.
    """
    cells = []
    for execution in found.executions:
        doc = store.get("cells", execution)
        if doc is None:
            raise NotFound("A cell that the run stands on is no longer on record.")
        cells.append(from_doc(CellExecution, doc))
    return cells


def is_script(store: Store, record: RunRecord) -> bool:
    """Whether a run was made by a plain script, or by a process that one started."""
    session = None if record.session is None else store.get("sessions", record.session)
    return session is not None and session.get("kind") in (SessionKind.SCRIPT, SessionKind.WORKER)


def reproductions_of(book: Book, run_id: str) -> list[Reproduction]:
    """Return the attempts to reproduce a run, oldest first."""
    found = book.store.select(ATTEMPTS, where("of") == run_id)
    return [from_doc(Reproduction, doc) for _, _, doc in found]


# ── as files ──────────────────────────────────────────────────────────────────────────────────


def slice_notebook(cells: Sequence[CellExecution], kernel: str = "python3") -> dict[str, Any]:
    """Return a slice as a notebook: its cells from top to bottom, without outputs."""
    return {
        "cells": [
            {
                "cell_type": "code",
                "id": cell.execution_id.lower(),
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": cell.source,
            }
            for cell in cells
        ],
        "metadata": {
            "kernelspec": {"name": kernel, "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def slice_script(cells: Iterable[CellExecution], title: str = "") -> str:
    """Return a slice as a script with ``# %%`` between the cells.

    It is for ``ipython`` where cells use magics; these are left as they are.
    """
    parts = [f"# {title}\n"] if title else []
    for cell in cells:
        label = "" if cell.execution_count is None else f" [{cell.execution_count}]"
        parts.append(f"# %%{label}\n{cell.source.strip()}\n")
    return "\n".join(parts)


def notebook_text(notebook: dict[str, Any]) -> str:
    """Return a notebook as its file's text."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
