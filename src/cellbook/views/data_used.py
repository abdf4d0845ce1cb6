"""Which data sets runs used, as tables of runs tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cellbook.datasets import dataset_versions
from cellbook.records import DatasetVersion
from cellbook.store import Store

GONE = "(deleted)"
"""The name under which stand versions that are no longer in the book."""


def versions_of(
    store: Store, inputs: Iterable[Mapping[str, Any] | None]
) -> dict[str, DatasetVersion]:
    """Return the book's data sets by id; none where no run used any, which costs nothing."""
    return dataset_versions(store) if any(inputs) else {}


def data_used(
    inputs: Mapping[str, Any] | None, versions: Mapping[str, DatasetVersion]
) -> dict[str, str]:
    """Return what a run used of each data set: ``{"digits": "@1 test, @3 train"}``."""
    used: dict[str, set[tuple[int, str]]] = {}
    for dataset_id, roles in (inputs or {}).items():
        version = versions.get(dataset_id)
        name = GONE if version is None else version.name
        number = f" {dataset_id}" if version is None else f"@{version.version}"
        words = sorted(filter(None, roles)) if isinstance(roles, Mapping) else []
        text = " ".join([number.strip(), ", ".join(words)]).strip()
        used.setdefault(name, set()).add((0 if version is None else version.version, text))
    return {name: ", ".join(text for _, text in sorted(used[name])) for name in sorted(used)}
