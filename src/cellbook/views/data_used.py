"""Which data sets runs used: as tables of runs tell it, and one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cellbook.datasets import dataset_versions
from cellbook.records import ROLES, DatasetVersion
from cellbook.store import Store
from cellbook.views.data_text import extent

GONE = "(deleted)"
"""The name under which stand versions that are no longer in the book."""


@dataclass(frozen=True, slots=True)
class UsedData:
    """A version of a data set, and what a run used it for."""

    dataset_id: str
    name: str
    """Empty where the version is no longer in the book."""
    version: int
    roles: tuple[str, ...] = ()
    """Such as ``train``; none where the run did not say."""
    kind: str = ""
    extent: str = ""
    """How much it is: ``1,797 rows × 65 columns``."""
    source: str = ""
    labels: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    digest: str = ""

    @property
    def content(self) -> str:
        """What tells its content from others', also from that of another name."""
        return self.digest or self.dataset_id


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
        text = " ".join([number.strip(), ", ".join(roles_of(roles))]).strip()
        used.setdefault(name, set()).add((0 if version is None else version.version, text))
    return {name: ", ".join(text for _, text in sorted(used[name])) for name in sorted(used)}


def used_data(
    inputs: Mapping[str, Any], versions: Mapping[str, DatasetVersion]
) -> tuple[UsedData, ...]:
    """Return the versions that a run used, those to train on first.

    Ids that lead to the same version, as two copies of a book may have them, are one.
    """
    roles: dict[str, set[str]] = {}
    for dataset_id, given in inputs.items():
        known = versions.get(dataset_id)
        one = dataset_id if known is None else known.dataset_id
        roles.setdefault(one, set()).update(roles_of(given))
    used = [_used(one, versions.get(one), words) for one, words in roles.items()]
    return tuple(sorted(used, key=_order))


def _used(dataset_id: str, version: DatasetVersion | None, roles: Iterable[str]) -> UsedData:
    words = tuple(sorted(roles, key=_role_order))
    if version is None:
        return UsedData(dataset_id, "", 0, words)
    return UsedData(
        dataset_id=dataset_id,
        name=version.name,
        version=version.version,
        roles=words,
        kind=version.kind,
        extent=extent(version),
        source=version.source,
        labels=version.labels,
        aliases=version.aliases,
        digest=version.digest,
    )


def roles_of(roles: Any) -> list[str]:
    """Return what a run's record says that it used a version for, as words."""
    return sorted(filter(None, roles)) if isinstance(roles, Mapping) else []


def _order(used: UsedData) -> tuple[Any, ...]:
    first = _role_order(used.roles[0]) if used.roles else (len(ROLES), "~")
    # What is gone has no name, and stands last.
    return not used.name, first, used.name, used.version, used.dataset_id


def _role_order(role: str) -> tuple[int, str]:
    return ROLES.index(role) if role in ROLES else len(ROLES), role
