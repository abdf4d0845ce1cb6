"""Versions of data sets: a list of them, and all that is known of one."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tinydb import where

from cellbook.datasets import AliasMove, alias_moves, dataset_versions
from cellbook.records import OUTPUT, CellExecution, DataProfile, DatasetVersion, from_doc
from cellbook.store import Store
from cellbook.views.comparison import RunHead, head_of
from cellbook.views.data_text import extent
from cellbook.views.data_used import roles_of
from cellbook.views.runs_table import read_record

_RUNS = 200
"""Runs that used a version and are told one by one, the newest; the rest is counted."""
_SOURCE = 2_000
"""Characters of a cell that are told."""


@dataclass(frozen=True, slots=True)
class ListedData:
    """A version in a list."""

    version: DatasetVersion
    extent: str
    """How much it is: ``1,797 rows × 65 columns``."""
    runs: int
    """How many runs used it."""
    versions: int
    """How many versions its data set has."""


@dataclass(frozen=True, slots=True)
class DataPage:
    """Versions of data sets that somebody looks for, the data set that was tracked last first."""

    rows: tuple[ListedData, ...]
    total: int
    """How many there are to list, those beyond this page among them."""
    empty_book: bool
    """Whether the book has no data sets at all."""
    now: int
    """When it was read, in milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class DataName:
    """A version, by what it is called."""

    dataset_id: str
    label: str
    """``digits@3``; empty where it is no longer in the book."""


@dataclass(frozen=True, slots=True)
class DataRun:
    """A run that used a version, or made it."""

    run: RunHead
    roles: tuple[str, ...]
    """What for; none where it did not say."""
    made: bool
    """Whether the version came of it, rather than went into it."""
    start_time: int
    """Milliseconds since 1970 (UTC)."""


@dataclass(frozen=True, slots=True)
class DataCell:
    """The cell that made a version, as far as that is known, else the one that tracked it first."""

    cell_id: str
    """Empty where the notebook gives its cells no ids."""
    execution_count: int | None
    notebook: str
    source: str
    """The beginning of it."""


@dataclass(frozen=True, slots=True)
class DataDetails:
    """All that is known of a version of a data set."""

    version: DatasetVersion
    extent: str
    runs: tuple[DataRun, ...]
    """The newest first."""
    earlier_runs: int
    """How many more there are."""
    parents: tuple[DataName, ...]
    """What it was made from."""
    implied: bool
    """Whether nobody said what it was made from, so that the data flow of the cells tells it."""
    children: tuple[DataName, ...]
    versions: tuple[ListedData, ...]
    """All of the data set, the newest first, this one among them."""
    moves: tuple[AliasMove, ...]
    """How the aliases of the data set were moved, the newest move first."""
    cell: DataCell | None
    profile: DataProfile | None
    """What its values look like; None where no profile was made."""
    now: int
    """When it was read, in milliseconds since 1970."""


def list_data(
    store: Store, text: str = "", *, every: bool = False, limit: int = 100, offset: int = 0
) -> DataPage:
    """Return the versions of data sets in which all words of a text occur.

    Parameters
    ----------
    store
        The book's memory.
    text
        Words of names, aliases, labels, roles of data, kinds, sources, digests; empty for all.
    every
        Whether all versions of a data set are listed, rather than the newest that is found.
    limit, offset
        At most so many, after so many.
    """
    by_id = dataset_versions(store)
    found = _by_newest(by_id.values())
    words = text.casefold().split()
    counts = _count(found)
    matching = [one for one in found if all(word in _said(one) for word in words)]
    if not every:
        newest: dict[str, DatasetVersion] = {}
        for one in matching:
            newest.setdefault(one.name, one)
        matching = list(newest.values())
    uses = _uses(store, by_id)
    return DataPage(
        rows=tuple(
            _listed(one, uses, counts[one.name]) for one in matching[offset : offset + limit]
        ),
        total=len(matching),
        empty_book=not by_id,
        now=time.time_ns() // 1_000_000,
    )


def data_details(
    store: Store, version: DatasetVersion, profile: DataProfile | None = None
) -> DataDetails:
    """Return all that is known of a version, with its profile where it has one."""
    by_id = dataset_versions(store)
    ids = [key for key, one in by_id.items() if one.dataset_id == version.dataset_id]
    runs = sorted(_runs(store, ids), key=lambda one: one.run.number, reverse=True)
    uses = _uses(store, by_id)
    named = [one for one in _by_newest(by_id.values()) if one.name == version.name]
    made_of = {one.dataset_id: one for one in by_id.values() if set(ids) & one.made_of.keys()}
    return DataDetails(
        version=version,
        extent=extent(version),
        runs=tuple(runs[:_RUNS]),
        earlier_runs=max(0, len(runs) - _RUNS),
        parents=tuple(
            DataName(one, by_id[one].label if one in by_id else "") for one in version.made_of
        ),
        implied=not version.parents,
        children=tuple(
            DataName(one.dataset_id, one.label)
            for one in sorted(made_of.values(), key=lambda one: (one.name, one.version))
        ),
        versions=tuple(_listed(one, uses, len(named)) for one in named),
        moves=tuple(one for one in alias_moves(store) if one.name == version.name)[::-1],
        cell=_cell(store, version),
        profile=profile,
        now=time.time_ns() // 1_000_000,
    )


def _by_newest(versions: Iterable[DatasetVersion]) -> list[DatasetVersion]:
    """Return each version once: the data set that was tracked last first, of each the newest."""
    unique = {one.dataset_id: one for one in versions}.values()
    last: dict[str, int] = {}
    for one in unique:
        last[one.name] = max(last.get(one.name, 0), one.tracked, one.created)
    return sorted(unique, key=lambda one: (-last[one.name], one.name, -one.version))


def _count(versions: Iterable[DatasetVersion]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in versions:
        counts[one.name] = counts.get(one.name, 0) + 1
    return counts


def _said(version: DatasetVersion) -> str:
    """Return all of a version in which somebody may look for a word."""
    texts = (f"data:{version.label}", *version.aliases, *version.labels)
    return "\n".join((*texts, version.kind, version.source, version.digest)).casefold()


def _listed(version: DatasetVersion, uses: dict[str, int], versions: int) -> ListedData:
    return ListedData(version, extent(version), uses.get(version.dataset_id, 0), versions)


def _uses(store: Store, by_id: dict[str, DatasetVersion]) -> dict[str, int]:
    """Return how many runs used each version, those in the trash left out."""
    uses: dict[str, int] = {}
    if not by_id:
        return uses
    _, (inputs, trashed) = store.columns("runs", ["inputs", "trashed"])
    for used, gone in zip(inputs, trashed, strict=True):
        if used and not gone:
            known = (by_id[one].dataset_id for one in used if one in by_id)
            for dataset_id in set(known):
                uses[dataset_id] = uses.get(dataset_id, 0) + 1
    return uses


def _runs(store: Store, ids: Sequence[str]) -> Iterable[DataRun]:
    query: Any = where("inputs")[ids[0]].exists()
    for other in ids[1:]:
        query |= where("inputs")[other].exists()
    for _, number, doc in store.select("runs", query):
        record = read_record(doc, number)
        if record is None or record.trashed is not None:
            continue
        roles = {role for one in ids for role in roles_of(record.inputs.get(one))}
        yield DataRun(
            run=head_of(record),
            roles=tuple(sorted(roles - {OUTPUT})),
            made=OUTPUT in roles,
            start_time=record.start_time,
        )


def _cell(store: Store, version: DatasetVersion) -> DataCell | None:
    execution = version.maker or version.made.get("execution")
    doc = store.get("cells", execution) if execution else None
    if doc is None:
        return None
    cell = from_doc(CellExecution, doc)
    return DataCell(
        cell_id=cell.cell_id or "",
        execution_count=cell.execution_count,
        notebook=cell.notebook or "",
        source=cell.source[:_SOURCE],
    )
