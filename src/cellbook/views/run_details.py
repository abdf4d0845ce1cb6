"""All that is on record of one run."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tinydb import where

from cellbook.records import (
    Artifact,
    CellExecution,
    Environment,
    Milestone,
    Reproduction,
    RunRecord,
    RunSlice,
    Stage,
    from_doc,
)
from cellbook.store import OrderTerm, Store
from cellbook.views.comparison import RunHead, head_of
from cellbook.views.data_used import UsedData, used_data, versions_of
from cellbook.views.environments import environment_of
from cellbook.views.moments import GoalStanding, goals_of, milestones_of, stages_of
from cellbook.views.rows_listed import ListedRows, list_rows
from cellbook.views.runs_list import duration_of

_CELLS = 200
"""Cells of a run that are told of; the rest is counted."""
_CONSOLE = 200_000
"""Characters of what a run wrote that are shown."""
_SOURCE = 400
"""Characters of a cell of a run's slice."""
_NEWEST = (OrderTerm(("start_time",), descending=True),)


@dataclass(frozen=True, slots=True)
class StandingCell:
    """An execution that a run's results depend on."""

    execution_id: str
    cell_id: str
    """Empty where the notebook gives its cells no ids."""
    execution_count: int | None
    source: str
    """The beginning of it; empty where the execution is no longer on record."""


@dataclass(frozen=True, slots=True)
class RunDetails:
    """All that is on record of one run, but for its points and the bytes of its files."""

    record: RunRecord
    duration: float | None
    """Seconds; so far, of a run that still runs."""
    parent: RunHead | None
    """The run that it is part of."""
    artifacts: tuple[Artifact, ...]
    """By path."""
    data: tuple[UsedData, ...]
    """The versions of data sets that it used, those to train on first."""
    rows: tuple[ListedRows, ...]
    """Which rows of them, as far as that is on record."""
    cells: tuple[CellExecution, ...]
    """The last executions that belong to it, oldest first, without what they put out."""
    earlier_cells: int
    """How many more there are."""
    goals: tuple[GoalStanding, ...]
    """How it stands to the goals of its metrics."""
    milestones: tuple[Milestone, ...]
    stages: tuple[Stage, ...]
    """Both the oldest first."""
    environment: Environment | None
    """What it ran on, without the patch of uncommitted changes."""
    slice: RunSlice | None
    """What it stands on; None where that was not recorded yet."""
    stands_on: tuple[StandingCell, ...]
    """The executions of its slice, in the order in which they ran."""
    reproductions: tuple[Reproduction, ...]
    """The attempts to run it again, oldest first."""
    now: int
    """When it was read, in milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class CellConsole:
    """What one cell wrote."""

    execution_id: str
    execution_count: int | None
    stdout: str
    stderr: str
    traceback: str


@dataclass(frozen=True, slots=True)
class RunConsole:
    """What the cells of a run wrote, oldest first; of long texts the end."""

    cells: tuple[CellConsole, ...]
    cut: bool
    """Whether anything was left out."""


def run_details(
    store: Store, record: RunRecord, artifacts: Sequence[Artifact], *, now: int | None = None
) -> RunDetails:
    """Return what is on record of a run.

    Parameters
    ----------
    store
        The book's memory.
    record
        The run.
    artifacts
        Its files.
    now
        The time it is, in milliseconds since 1970; None asks the clock.
    """
    now = time.time_ns() // 1_000_000 if now is None else now
    cells = cells_of(store, record)
    environment = environment_of(store, record)
    if environment is not None and environment.git is not None:
        environment = replace(environment, git=replace(environment.git, patch=""))
    above = parent_of(store, record)
    found = _slice_of(store, record)
    return RunDetails(
        record=record,
        duration=duration_of(record, now),
        parent=None if above is None else head_of(above),
        artifacts=tuple(artifacts),
        data=used_data(record.inputs, versions_of(store, [record.inputs])),
        rows=list_rows(store, record.run_id),
        cells=tuple(
            replace(cell, stdout="", stderr="", outputs=(), traceback="")
            for cell in cells[-_CELLS:]
        ),
        earlier_cells=max(0, len(cells) - _CELLS),
        goals=goals_of(store, record),
        milestones=milestones_of(store, [record]).get(record.run_id, ()),
        stages=stages_of(store, [record], now=now).get(record.run_id, ()),
        environment=environment,
        slice=found,
        stands_on=() if found is None else tuple(_standing(store, found)),
        reproductions=tuple(
            from_doc(Reproduction, doc)
            for _, _, doc in store.select("reproductions", where("of") == record.run_id)
        ),
        now=now,
    )


def _slice_of(store: Store, record: RunRecord) -> RunSlice | None:
    doc = store.get("slices", record.run_id)
    return None if doc is None else from_doc(RunSlice, doc)


def _standing(store: Store, found: RunSlice) -> Iterator[StandingCell]:
    for execution in found.executions:
        doc = store.get("cells", execution) or {}
        yield StandingCell(
            execution_id=execution,
            cell_id=doc.get("cell_id") or "",
            execution_count=doc.get("execution_count"),
            source=str(doc.get("source", ""))[:_SOURCE],
        )


def run_console(store: Store, record: RunRecord) -> RunConsole:
    """Return what the cells of a run wrote."""
    cells: list[CellConsole] = []
    left, cut = _CONSOLE, False
    for cell in reversed(cells_of(store, record)):
        texts = (cell.stdout, cell.stderr, cell.traceback)
        if not any(texts):
            continue
        if left <= 0:
            cut = True
            break
        shown = [text[-left:] for text in texts]
        cut |= sum(map(len, shown)) < sum(map(len, texts))
        left -= sum(map(len, shown))
        cells.append(CellConsole(cell.execution_id, cell.execution_count, *shown))
    return RunConsole(tuple(reversed(cells)), cut)


def parent_of(store: Store, record: RunRecord) -> RunRecord | None:
    """Return the run that a run is part of; None also where that one is gone."""
    doc = None if record.parent is None else store.get("runs", record.parent)
    if doc is None or record.parent is None:
        return None
    return from_doc(RunRecord, {**doc, "run_number": store.number("runs", record.parent)})


def cells_of(
    store: Store, record: RunRecord | None, limit: int | None = None
) -> list[CellExecution]:
    """Return the last executions, of a run or of all, oldest first."""
    query = None
    if record is not None:
        # A cell names one run; where it made several, each of them names the cell.
        query = where("run") == record.run_id
        if record.cells:
            query |= where("execution_id").one_of(list(record.cells))
    found = store.select("cells", query, order_by=_NEWEST, limit=limit)
    return [from_doc(CellExecution, doc) for _, _, doc in found][::-1]
