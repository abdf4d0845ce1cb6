"""Which rows of data a run used, as its details tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinydb import where

from cellbook.datasets import dataset_versions
from cellbook.records import DatasetVersion, Subset, from_doc
from cellbook.store import Store
from cellbook.views.rows_text import doubts

_MOST = 40
"""Different sets of rows of one run that are told one by one."""


@dataclass(frozen=True, slots=True)
class ListedRows:
    """Rows that went into something, without their positions."""

    subset_id: str
    dataset_id: str
    data: str
    """The version as one says it: ``digits@3``; empty where it is no longer in the book."""
    role: str
    rows: int
    of: int
    estimator: str
    """The class that was fitted, without its module; empty where somebody said so."""
    selector: str
    """The statements that made it."""
    doubts: tuple[str, ...]
    """What is not sure of it, in a few words each."""
    times: int
    """How often the same rows were used for the same."""


def subsets_of(store: Store, run_id: str) -> list[Subset]:
    """Return the subsets of a run, the same rows for the same once; oldest first."""
    return [one for one, _ in _counted(store, run_id)]


def subsets_by_run(store: Store, runs: Sequence[str]) -> dict[str, list[Subset]]:
    """Return the subsets of many runs, by run."""
    found: dict[str, list[Subset]] = {}
    query = where("run").one_of(list(runs))
    for _, _, doc in store.select("subsets", query) if runs else ():
        found.setdefault(doc["run"], []).append(from_doc(Subset, doc))
    return found


def list_rows(store: Store, run_id: str) -> tuple[ListedRows, ...]:
    """Return the rows that a run used, oldest first; of very many the first."""
    counted = _counted(store, run_id)[:_MOST]
    versions: Mapping[str, DatasetVersion] = dataset_versions(store) if counted else {}
    return tuple(_listed(one, times, versions) for one, times in counted)


def _counted(store: Store, run_id: str) -> list[tuple[Subset, int]]:
    found = [from_doc(Subset, doc) for _, _, doc in store.select("subsets", where("run") == run_id)]
    first: dict[tuple[object, ...], tuple[Subset, int]] = {}
    for one in sorted(found, key=lambda one: one.subset_id):
        key = (one.dataset_id, one.role, one.estimator, one.rows, one.index)
        known, times = first.get(key, (one, 0))
        first[key] = known, times + 1
    return list(first.values())


def _listed(one: Subset, times: int, versions: Mapping[str, DatasetVersion]) -> ListedRows:
    version = versions.get(one.dataset_id)
    return ListedRows(
        subset_id=one.subset_id,
        dataset_id=one.dataset_id if version is None else version.dataset_id,
        data="" if version is None else version.label,
        role=one.role,
        rows=one.rows,
        of=one.of,
        estimator=one.estimator.rpartition(".")[2],
        selector=one.selector,
        doubts=tuple(doubts(one)),
        times=times,
    )
