"""What a model was trained on, as far as the data was tracked and is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tinydb import where

from cellbook.datasets import Datasets, dataset_versions
from cellbook.records import DatasetVersion, Subset, from_doc
from cellbook.store import Store
from cellbook.tracking.fits import Fits

_TRAIN = "train"


def trained_on(
    store: Store, datasets: Datasets, fits: Fits, model: Any, run_id: str
) -> Iterator[tuple[Any, str]]:
    """Yield tables that a model was trained on, the likeliest first, each with what it is.

    That is what the model itself was fitted to, if that was heard in this process; then the rows
    that its run trained on, the most first; then the data that the run used as ``train``.

    Parameters
    ----------
    store
        The book's memory.
    datasets
        Has the data.
    fits
        Has the rows.
    model
        The object, as it was trained.
    run_id
        The run that made it; empty for none.
    """
    fits.settle()
    versions = dataset_versions(store)
    heard = fits.fit_of(model)
    subsets = [] if heard is None else [heard]
    doc = store.get("runs", run_id) if run_id else None
    if doc is not None:
        query = (where("run") == run_id) & (where("role") == _TRAIN)
        rows = [from_doc(Subset, one) for _, _, one in store.select("subsets", query)]
        subsets += sorted(rows, key=lambda one: (-one.distinct, one.subset_id))
    seen: set[tuple[str, str]] = set()
    for subset in subsets:
        version = versions.get(subset.dataset_id)
        if version is None or (subset.dataset_id, subset.index) in seen:
            continue
        seen.add((subset.dataset_id, subset.index))
        table = datasets.table_of(version)
        if table is not None:
            yield _rows(table, subset, fits, version)
    for dataset_id, roles in (doc or {}).get("inputs", {}).items():
        version = versions.get(dataset_id)
        if version is not None and _TRAIN in roles:
            table = datasets.table_of(version)
            if table is not None:
                yield table, f"data:{version.label}"


def _rows(table: Any, subset: Subset, fits: Fits, version: DatasetVersion) -> tuple[Any, str]:
    if not subset.index:
        return table, f"data:{version.label}"
    told = f"data:{version.label}, {subset.rows:,} of {subset.of:,} rows"
    return table.iloc[fits.rows_of(subset)], told
