"""Versions of data sets as documents: read with their numbers, made, and found again by content."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Mapping
from typing import Any

from cellbook.datasets.content import Content
from cellbook.datasets.known import TABLE, known_of
from cellbook.records import (
    DatasetVersion,
    as_text,
    check_dataset_name,
    check_digest,
    check_labels,
    to_doc,
)
from cellbook.store import Op, Store, create, update

_FOUND = ("size", "rows", "columns", "manifest", "content", "profile", "etag")
"""Fields that say the same of the same content: one that lacks them takes them over."""
_LEFT = ("dataset_id", "name", "digest", "created")
"""Fields that stay of a version that is taken off the record."""


def dataset_versions(store: Store) -> dict[str, DatasetVersion]:
    """Return all versions by id, numbered; ids of the same content lead to the same version.

    What was taken off the record is not among them, but keeps its number.
    """
    known = known_of(store, _as_one)
    with known.lock:
        known.look(store)
        return dict(known.versions)


def named_versions(store: Store, name: str) -> list[DatasetVersion]:
    """Return the versions of a name, by number."""
    known = known_of(store, _as_one)
    with known.lock:
        known.look(store)
        return sorted(known.named(name).living.values(), key=lambda one: one.version)


def content_version(
    store: Store, name: str, digest: str
) -> tuple[DatasetVersion | None, DatasetVersion | None]:
    """Return the version of a name that has a content, and the newest one; None for none."""
    known = known_of(store, _as_one)
    with known.lock:
        known.look(store)
        of_name = known.named(name)
        return of_name.living.get(digest), of_name.newest


def deleted_versions(store: Store) -> list[DatasetVersion]:
    """Return what is left of the versions that were taken off the record, by age."""
    known = known_of(store, _as_one)
    with known.lock:
        known.look(store)
        return known.deleted()


def versions_ever(store: Store) -> list[tuple[str, DatasetVersion]]:
    """Return all versions with each id that leads to them; of those that were taken off the record
    name, digest and number."""
    gone = [(one.dataset_id, one) for one in deleted_versions(store)]
    return [*dataset_versions(store).items(), *gone]


def _ids_of(store: Store, name: str, digest: str) -> list[str]:
    """Return the documents of a content, by age; of what was taken off the record, too."""
    known = known_of(store, _as_one)
    with known.lock:
        known.look(store)
        return list(known.named(name).ids.get(digest, ()))


def _as_one(known: DatasetVersion, one: DatasetVersion) -> DatasetVersion:
    """Return a version with what another copy of the book noted of the same content, later."""
    labels = tuple(sorted({*known.labels, *one.labels}))
    # What two copies of a book labelled apart has its label since the earlier one.
    since = {
        label: min(
            each.labelled.get(label, each.created) for each in (known, one) if label in each.labels
        )
        for label in labels
    }
    last = max(known, one, key=lambda each: each.tracked)
    found = {name: getattr(known, name) or getattr(one, name) for name in _FOUND}
    if last.source and last.manifest:
        # It has the times of the files that lie there.
        found["manifest"] = last.manifest
    return dataclasses.replace(
        known,
        labels=labels,
        labelled=since,
        parents={**one.parents, **known.parents},
        implied={**one.implied, **known.implied},
        maker=known.maker or one.maker,
        source=last.source or known.source,
        kind=last.kind or known.kind or one.kind,
        tracked=last.tracked,
        modified=last.modified if last.source else known.modified,
        made=known.made or one.made,
        **found,
    )


def new_version(
    store: Store,
    name: object,
    digest: object,
    labels: object = None,
    source: object = "",
    *,
    content: Content | None = None,
    made: Mapping[str, str] | None = None,
    parents: Iterable[str] = (),
) -> DatasetVersion:
    """Return the version that some content would be; nothing is written.

    Parameters
    ----------
    store
        The book's memory.
    name
        The data set's.
    digest
        Of the content.
    labels
        Words for it.
    source
        Where it came from.
    content
        What is known of it, where Cellbook itself made the digest.
    made
        The session, execution and run that tracked it.
    parents
        The ids of the versions that it was made from.

    Raises
    ------
    InvalidInput
        If the name, the digest or a label cannot stand.
    """
    now = time.time_ns() // 1_000_000
    checked = check_labels(labels)
    known: dict[str, Any] = {}
    if content is not None:
        known = {
            name: getattr(content, name)
            for name in ("kind", "size", "rows", "columns", "etag", "modified")
        }
    return DatasetVersion(
        dataset_id=store.new_id(),
        name=check_dataset_name(name),
        digest=check_digest(digest),
        created=now,
        labels=checked,
        source=as_text(source or ""),
        labelled=dict.fromkeys(checked, now),
        made=dict(made or {}),
        parents=dict.fromkeys(parents, now),
        **known,
    )


def keep_version(store: Store, new: DatasetVersion, *, blind: bool = False) -> DatasetVersion:
    """Return the version that has this content, which is `new` if there was none; what is said of
    it is added to what is known of one there was.

    `blind` is for a process that may not read: what it writes twice is one version to readers.
    """
    if blind:
        store.commit([create(TABLE, new.dataset_id, to_doc(new))])
        return new
    with store.exclusive():
        found = ((one, store.get(TABLE, one)) for one in _ids_of(store, new.name, new.digest))
        docs = {doc_id: doc for doc_id, doc in found if doc is not None}
        known = min(docs, key=lambda one: (is_deleted(docs[one]), one), default=None)
        if known is None:
            store.commit([create(TABLE, new.dataset_id, to_doc(new))])
        elif is_deleted(docs[known]):
            store.commit([bring_back(known, to_doc(new))])
        else:
            _add(store, known, new)
    kept, _ = content_version(store, new.name, new.digest)
    return new if kept is None else kept


def is_deleted(doc: Mapping[str, Any]) -> bool:
    """Whether a document is what is left of a version that was taken off the record."""
    return bool(doc.get("deleted"))


def take_off(dataset_id: str, doc: Mapping[str, Any]) -> Op:
    """Return the change that leaves of a version what keeps its number from being given again."""
    drop = [[key] for key in doc if key not in _LEFT]
    return update(TABLE, dataset_id, {"deleted": time.time_ns() // 1_000_000}, drop)


def bring_back(dataset_id: str, doc: Mapping[str, Any]) -> Op:
    """Return the change by which content that was taken off the record is its version again."""
    changes = {key: value for key, value in doc.items() if key not in _LEFT}
    return update(TABLE, dataset_id, changes, [["deleted"]])


def _add(store: Store, dataset_id: str, new: DatasetVersion) -> None:
    before = store.get(TABLE, dataset_id) or {}
    added = to_doc(new)
    changes = {name: added[name] for name in _FOUND if name in added and not before.get(name)}
    if new.kind and not before.get("kind"):
        changes["kind"] = new.kind
    if new.tracked:
        # Where it lies now is where it is looked for.
        changes["tracked"] = new.tracked
        if new.source:
            changes |= {"source": new.source, "kind": new.kind, "modified": new.modified}
            if new.manifest:
                changes["manifest"] = new.manifest
    parents = {
        one: when for one, when in new.parents.items() if one not in before.get("parents", {})
    }
    if parents:
        changes["parents"] = parents
    if changes:
        store.commit([update(TABLE, dataset_id, changes)])
    add_labels(store, dataset_id, new.labels)


def imply(store: Store, dataset_id: str, maker: str, parents: Iterable[str]) -> None:
    """Put on record which execution made a version, and of which ones; what is known stays."""
    doc = store.get(TABLE, dataset_id)
    if doc is None or is_deleted(doc):
        return
    changes: dict[str, Any] = {} if doc.get("maker") else {"maker": maker}
    new = [
        one
        for one in parents
        if one not in doc.get("implied", {}) and not _comes_of(store, one, dataset_id)
    ]
    if new:
        changes["implied"] = dict.fromkeys(new, time.time_ns() // 1_000_000)
    if changes:
        store.commit([update(TABLE, dataset_id, changes)])


def _comes_of(store: Store, dataset_id: str, ancestor: str) -> bool:
    """Whether a version is another one, or was made of it: as a file is, and what is read of it."""
    seen, pending = {dataset_id}, [dataset_id]
    while pending:
        doc = store.get(TABLE, pending.pop()) or {}
        made_of = doc.get("parents") or doc.get("implied") or {}
        pending += made_of.keys() - seen
        seen |= made_of.keys()
    return ancestor in seen


def add_labels(
    store: Store, dataset_id: str, added: Iterable[str], dropped: Iterable[str] = ()
) -> None:
    """Add labels to a document, and take some off it."""
    before = (store.get(TABLE, dataset_id) or {}).get("labels", [])
    after = sorted({*before, *added} - set(dropped))
    if after != sorted(before):
        new = dict.fromkeys(set(after) - set(before), time.time_ns() // 1_000_000)
        gone = [("labelled", label) for label in set(before) - set(after)]
        changes = {"labels": after, **({"labelled": new} if new else {})}
        store.commit([update(TABLE, dataset_id, changes, gone)])
