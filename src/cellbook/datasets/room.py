"""Versions of data sets: found, made, labelled, deleted here."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Sequence

from tinydb import where

from cellbook.errors import Ambiguous, NotFound
from cellbook.records import (
    DatasetVersion,
    as_text,
    check_dataset_name,
    check_digest,
    check_labels,
    check_unused,
    from_doc,
    to_doc,
)
from cellbook.store import Store, create, is_ulid, remove, update

TABLE = "datasets"


def dataset_versions(store: Store) -> dict[str, DatasetVersion]:
    """Return all versions by id, numbered; ids of the same content lead to the same version."""
    found = [from_doc(DatasetVersion, doc) for _, _, doc in store.select(TABLE)]
    found.sort(key=lambda one: (one.created, one.dataset_id))
    first: dict[tuple[str, str], DatasetVersion] = {}
    counts: dict[str, int] = {}
    for one in found:
        content = (one.name, one.digest)
        known = first.get(content)
        if known is None:
            counts[one.name] = counts.get(one.name, 0) + 1
            first[content] = dataclasses.replace(one, version=counts[one.name])
        else:
            labels = tuple(sorted({*known.labels, *one.labels}))
            # What two copies of a book labelled apart has its label since the earlier one.
            since = {
                label: min(
                    each.labelled.get(label, each.created)
                    for each in (known, one)
                    if label in each.labels
                )
                for label in labels
            }
            first[content] = dataclasses.replace(known, labels=labels, labelled=since)
    return {one.dataset_id: first[one.name, one.digest] for one in found}


def new_version(
    store: Store, name: object, digest: object, labels: object = None, source: object = ""
) -> DatasetVersion:
    """Return the version that some content would be; nothing is written.

    Raises
    ------
    InvalidInput
        If the name, the digest or a label cannot stand.
    """
    now = time.time_ns() // 1_000_000
    checked = check_labels(labels)
    return DatasetVersion(
        dataset_id=store.new_id(),
        name=check_dataset_name(name),
        digest=check_digest(digest),
        created=now,
        labels=checked,
        source=as_text(source or ""),
        labelled=dict.fromkeys(checked, now),
    )


def keep_version(store: Store, new: DatasetVersion, *, blind: bool = False) -> DatasetVersion:
    """Return the version that has this content, which is `new` if there was none; its labels are
    added to those of one there was.

    `blind` is for a process that may not read: what it writes twice is one version to readers.
    """
    if blind:
        store.commit([create(TABLE, new.dataset_id, to_doc(new))])
        return new
    with store.exclusive():
        same = (where("name") == new.name) & (where("digest") == new.digest)
        known = min((doc_id for doc_id, _, _ in store.select(TABLE, same)), default=None)
        if known is None:
            store.commit([create(TABLE, new.dataset_id, to_doc(new))])
        else:
            _add_labels(store, known, new.labels)
    return dataset_versions(store)[known or new.dataset_id]


class Datasets:
    """The data sets of a book.

    Parameters
    ----------
    store
        The book's memory.
    users_of
        Names the leaderboards that use a version.
    users_of_label
        Names those that use it because it has a label.
    """

    def __init__(
        self,
        store: Store,
        users_of: Callable[[DatasetVersion], Sequence[str]],
        users_of_label: Callable[[DatasetVersion, str], Sequence[str]],
    ) -> None:
        self._store = store
        self._users_of = users_of
        self._users_of_label = users_of_label

    def all(self) -> list[DatasetVersion]:
        """Return all versions, by name and number."""
        unique = {one.dataset_id: one for one in dataset_versions(self._store).values()}
        return sorted(unique.values(), key=lambda one: (one.name, one.version))

    def find(self, target: str | DatasetVersion) -> DatasetVersion:
        """Return the version that a target names: ``digits@3``, ``data:digits@3``, an id, or
        ``digits`` where that has one version only.

        Raises
        ------
        NotFound
            If there is none.
        Ambiguous
            If the name has several versions; the message lists them.
        """
        versions = dataset_versions(self._store)
        text = target.dataset_id if isinstance(target, DatasetVersion) else as_text(target).strip()
        text = text.removeprefix("data:")
        if is_ulid(text) and text in versions:
            return versions[text]
        name, at, number = text.rpartition("@")
        name = name if at else text
        named = {one.version: one for one in versions.values() if one.name == name}
        if at and number.isdecimal() and int(number) in named:
            return named[int(number)]
        if not at and len(named) == 1:
            return next(iter(named.values()))
        labels = ", ".join(named[version].label for version in sorted(named)[-8:])
        if named and not at:
            raise Ambiguous(f"{name!r} has {len(named)} versions: {labels}. Name one of them.")
        have = f"There are {labels}." if named else "`run.log_input(name, digest)` records one."
        raise NotFound(f"The book has no data set {text!r}. {have}")

    def label(
        self, target: str | DatasetVersion, *labels: object, drop: Iterable[str] = ()
    ) -> DatasetVersion:
        """Add labels to a version, and take those in `drop` off it.

        Raises
        ------
        NotFound
            If there is no such version.
        InvalidInput
            If a label cannot stand, or a leaderboard uses the version for one that is dropped; the
            message names each.
        """
        drop = tuple(drop)
        with self._store.exclusive():
            version = self.find(target)
            for label in drop:
                if label in version.labels:
                    what = f"The label {label!r} of the data set {version.label}"
                    check_unused(what, self._users_of_label(version, label))
            for same in self._ids(version):
                _add_labels(self._store, same, check_labels(labels), drop)
        return self.find(version)

    def delete(self, target: str | DatasetVersion) -> DatasetVersion:
        """Take a version off the record.

        Raises
        ------
        NotFound
            If there is none.
        InvalidInput
            If a leaderboard uses it; the message names each.
        """
        with self._store.exclusive():
            version = self.find(target)
            check_unused(f"The data set {version.label}", self._users_of(version))
            self._store.commit([remove(TABLE, same) for same in self._ids(version)])
        return version

    def _ids(self, version: DatasetVersion) -> list[str]:
        versions = dataset_versions(self._store).items()
        return [doc_id for doc_id, one in versions if one.dataset_id == version.dataset_id]


def _add_labels(
    store: Store, dataset_id: str, added: Iterable[str], dropped: Iterable[str] = ()
) -> None:
    before = (store.get(TABLE, dataset_id) or {}).get("labels", [])
    after = sorted({*before, *added} - set(dropped))
    if after != sorted(before):
        new = dict.fromkeys(set(after) - set(before), time.time_ns() // 1_000_000)
        gone = [("labelled", label) for label in set(before) - set(after)]
        changes = {"labels": after, **({"labelled": new} if new else {})}
        store.commit([update(TABLE, dataset_id, changes, gone)])
