"""What of a book belongs to a run: the documents of all tables that tell of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tinydb import where

from cellbook.records import (
    Artifact,
    CellExecution,
    Checkpoint,
    DatasetVersion,
    Draw,
    Environment,
    MetricDefinition,
    Milestone,
    ModelEvent,
    ModelVersion,
    Record,
    Reference,
    Reproduction,
    RunRecord,
    RunSlice,
    Session,
    Stage,
    Subset,
    from_doc,
)
from cellbook.registry import EVENTS, VERSIONS
from cellbook.registry.training import REFERENCES
from cellbook.sharing.models import as_carried, references_of, said_of, versions_of
from cellbook.store import Doc, Store

Docs = dict[str, dict[str, Doc]]
"""Documents by table, then by id."""

RUNS, CELLS, SESSIONS, DATASETS = "runs", "cells", "sessions", "datasets"
ARTIFACTS, CHECKPOINTS, DEFINITIONS = "artifacts", "checkpoints", "metric_definitions"
MODELS, MODEL_EVENTS, MODEL_REFERENCES = VERSIONS, EVENTS, REFERENCES
SLICES, REPRODUCTIONS, SUBSETS = "slices", "reproductions", "subsets"
DRAWS = "draws"


@dataclass(frozen=True, slots=True)
class Shared:
    """A table of which documents are carried."""

    record: type[Record]
    key: str
    """The field that holds a document's id; empty where that is the run's."""
    owned: bool = False
    """Whether its documents belong to one run, and are never changed by another."""


TABLES: Mapping[str, Shared] = {
    RUNS: Shared(RunRecord, "run_id", owned=True),
    CELLS: Shared(CellExecution, "execution_id", owned=True),
    SESSIONS: Shared(Session, "session_id"),
    "environments": Shared(Environment, "environment_id"),
    ARTIFACTS: Shared(Artifact, "artifact_id", owned=True),
    "milestones": Shared(Milestone, "milestone_id", owned=True),
    "stages": Shared(Stage, "stage_id", owned=True),
    DATASETS: Shared(DatasetVersion, "dataset_id"),
    SUBSETS: Shared(Subset, "subset_id", owned=True),
    DEFINITIONS: Shared(MetricDefinition, "name"),
    SLICES: Shared(RunSlice, ""),
    DRAWS: Shared(Draw, "execution_id"),
    REPRODUCTIONS: Shared(Reproduction, "reproduction_id"),
    CHECKPOINTS: Shared(Checkpoint, "checkpoint_id"),
    VERSIONS: Shared(ModelVersion, "version_id"),
    EVENTS: Shared(ModelEvent, "event_id"),
    REFERENCES: Shared(Reference, "reference_id"),
}
"""By the name of the table, in the order in which they are written."""

_OF_RUN = (ARTIFACTS, "milestones", "stages", SUBSETS)


def children_of(store: Store, run_id: str) -> list[RunRecord]:
    """Return the runs that are part of a run, and those that are part of these, oldest first."""
    found: dict[str, RunRecord] = {}
    pending = [run_id]
    for above in pending:
        for child, number, doc in store.select(RUNS, where("parent") == above):
            if child not in found and child != run_id and not doc.get("trashed"):
                found[child] = from_doc(RunRecord, {**doc, "run_number": number})
                pending.append(child)
    return [found[child] for child in sorted(found)]


def gather(
    store: Store,
    runs: Sequence[RunRecord],
    cells: Iterable[CellExecution],
    checkpoint: Checkpoint | None,
    *,
    models: bool = True,
) -> Docs:
    """Return all documents that belong to a run.

    Parameters
    ----------
    store
        The book's memory.
    runs
        The run, and those that are part of it.
    cells
        The executions that they stand on.
    checkpoint
        The notebook checkpoint that is carried with it; None for none.
    models
        Whether the models that it logged go with it, and those that they were made from.
    """
    found: Docs = {table: {} for table in TABLES}

    def take(table: str, doc_id: str | None) -> Doc | None:
        doc = None if not doc_id else store.get(table, doc_id)
        # Of data that was taken off the record nothing but its number is left.
        if doc is not None and doc_id and not doc.get("deleted"):
            found[table][doc_id] = doc
            return doc
        return None

    for run in runs:
        take(RUNS, run.run_id)
        for table in _OF_RUN:
            for doc_id, _, own in store.select(table, where("run") == run.run_id):
                found[table][doc_id] = own
        take(SLICES, run.run_id)
        for doc_id, _, made in store.select(REPRODUCTIONS, where("of") == run.run_id):
            found[REPRODUCTIONS][doc_id] = made
    for cell in cells:
        take(CELLS, cell.execution_id)
        drawn = store.get(DRAWS, cell.execution_id)
        if drawn is not None:
            found[DRAWS][cell.execution_id] = {"execution_id": cell.execution_id, **drawn}
    used = [str(subset["dataset_id"]) for subset in found[SUBSETS].values()]
    for subset in found[SUBSETS].values():
        take(CELLS, subset.get("execution"))
    _add_data([*(one for run in runs for one in run.inputs), *used], take)
    for name in {name for run in runs for name in run.metrics}:
        take(DEFINITIONS, name) or take(DEFINITIONS, name.partition("{")[0])
    if checkpoint is not None:
        take(CHECKPOINTS, checkpoint.checkpoint_id)
        take(CELLS, checkpoint.execution_id)
    if models:
        found[VERSIONS] = versions_of(store, [run.run_id for run in runs])
        found[EVENTS] = said_of(store, found[VERSIONS])
        found[REFERENCES] = references_of(store, found[VERSIONS])
    for run in runs:
        take("environments", run.environment)
    for session in _sessions(found):
        doc = take(SESSIONS, session)
        take("environments", (doc or {}).get("environment"))
    return {table: dict(sorted(docs.items())) for table, docs in found.items()}


def _add_data(inputs: Iterable[str], take: Callable[[str, str | None], Doc | None]) -> None:
    """Take the versions that a run used, all that these were made of, and the cells that did."""
    pending, seen = list(inputs), set()
    while pending:
        dataset = pending.pop()
        doc = None if dataset in seen else take(DATASETS, dataset)
        seen.add(dataset)
        if doc is not None:
            pending += (*doc.get("parents", ()), *doc.get("implied", ()))
            take(CELLS, doc.get("made", {}).get("execution"))
            take(CELLS, doc.get("maker"))


def _sessions(found: Docs) -> Iterator[str]:
    told: set[Any] = set()
    for table, field in ((RUNS, "session"), (CELLS, "session"), (CHECKPOINTS, "session_id")):
        told.update(doc.get(field) for doc in found[table].values())
    yield from sorted(one for one in told if one)


def carried(found: Docs) -> Docs:
    """Return documents as they leave the book: without what is true in this book only."""
    made = {
        table: {doc_id: dict(doc) for doc_id, doc in docs.items()} for table, docs in found.items()
    }
    for doc_id, doc in made[RUNS].items():
        made[RUNS][doc_id] = _without(doc, "points", "trashed", "imported", "run_number")
    for doc_id, doc in made[SESSIONS].items():
        # Whether its process still lives is nothing that another machine could find out.
        state = "closed" if doc.get("state") == "open" else doc.get("state")
        made[SESSIONS][doc_id] = {**_without(doc, "shares"), "state": state}
    for doc_id, doc in made[DATASETS].items():
        # When it was looked at here tells nothing of what lies elsewhere.
        made[DATASETS][doc_id] = _without(doc, "tracked")
    for doc_id, doc in made[CHECKPOINTS].items():
        made[CHECKPOINTS][doc_id] = _without(doc, "signature", "parent")
    for doc_id, doc in made[VERSIONS].items():
        made[VERSIONS][doc_id] = as_carried(doc, made[RUNS], made[VERSIONS])
    return made


def _without(doc: Doc, *fields: str) -> Doc:
    return {key: value for key, value in doc.items() if key not in fields}
