"""Registered models that travel with the run that logged them: their bundles, and what is said of
them.

What counts in a book stays in it: where aliases lead, stages, approvals, checks, protections.  Else
whoever writes an archive could say that somebody approved.  A version is no longer its author's own
either: its pickles ask for consent wherever it comes to.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tinydb import where

from cellbook.errors import CellbookError
from cellbook.records import ModelEventKind, ModelStage, ModelVersion, from_doc, to_doc
from cellbook.registry import EVENTS, VERSIONS, Told
from cellbook.registry.content import Content, keep_bundle
from cellbook.registry.importing import keep_files
from cellbook.registry.reading import read_model
from cellbook.registry.training import REFERENCES
from cellbook.sharing.opening import Refused
from cellbook.store import Doc, Store

CARRIED = frozenset(
    {
        ModelEventKind.REGISTERED,
        ModelEventKind.DESCRIBED,
        ModelEventKind.TAGGED,
        ModelEventKind.DEPRECATED,
    }
)
"""What is said of a version, and travels with it."""
_HERE = ("seal", "stage", "aliases", "numbers", "ids", "heads", "clashes", "deleted")
"""What is true of a version in one book only."""


def versions_of(store: Store, runs: list[str]) -> dict[str, Doc]:
    """Return the versions that runs logged, and those that these were made from, by id."""
    found: dict[str, Doc] = {}
    pending = [
        (doc_id, doc)
        for run in runs
        for doc_id, _, doc in store.select(VERSIONS, where("runs")[run].exists())
    ]
    for doc_id, doc in pending:
        # Of a deleted one nothing but its number is left.
        if doc_id in found or not doc.get("files"):
            continue
        found[doc_id] = doc
        for parent in doc.get("parents", ()):
            above = store.get(VERSIONS, parent)
            if above is not None:
                pending.append((parent, above))
    return found


def said_of(store: Store, versions: Mapping[str, Doc]) -> dict[str, Doc]:
    """Return what is said of versions, and travels with them, by the event's id."""
    query = where("version").one_of(list(versions))
    return {
        doc_id: doc for doc_id, _, doc in store.select(EVENTS, query) if doc.get("kind") in CARRIED
    }


def references_of(store: Store, versions: Mapping[str, Doc]) -> dict[str, Doc]:
    """Return what versions are compared with when they are watched, by id: the newest of each."""
    newest: dict[str, tuple[str, Doc]] = {}
    for doc_id, _, doc in store.select(REFERENCES, where("subject").one_of(list(versions))):
        newest[doc["subject"]] = max(newest.get(doc["subject"], ("", {})), (doc_id, doc),
                                     key=lambda one: one[0])  # fmt: skip
    return dict(newest.values())


def as_carried(doc: Doc, runs: Mapping[str, Any], versions: Mapping[str, Any]) -> Doc:
    """Return a version as it leaves the book: with those runs and versions that do so, too."""
    made = {key: value for key, value in doc.items() if key not in _HERE}
    for name, known in (("runs", runs), ("parents", versions)):
        made[name] = {one: when for one, when in doc.get(name, {}).items() if one in known}
    return {key: value for key, value in made.items() if value != {}}


def plain(version: ModelVersion) -> ModelVersion:
    """Return a version without what is true in one book only, whoever wrote that into it."""
    return dataclasses.replace(
        version, seal="", stage=ModelStage.DEVELOPMENT, aliases=(), numbers=(), ids=(), heads=(),
        clashes=False, deleted=0, description="", tags={}, deprecated="",
    )  # fmt: skip


def looked_at(store: Store, docs: Mapping[str, Doc]) -> dict[str, Doc]:
    """Return versions that came, with what is found in their files rather than what they say.

    Parameters
    ----------
    store
        The book's memory, which has the files already.
    docs
        The versions by id.

    Raises
    ------
    Refused
        If the content of one is not what its digest says.
    """
    found = {}
    for doc_id, doc in docs.items():
        version = from_doc(ModelVersion, doc)
        label = f"the model {version.model}/{version.number}"
        with store.blobs.workshop() as place:
            try:
                content = _content(store, version, place / "model")
            except CellbookError as error:
                raise Refused(f"{label} is damaged ({str(error).rstrip('.')})") from None
        if content.digest != version.digest:
            raise Refused(f"{label} is not what its digest says")
        told = dataclasses.replace(
            version, **{field.name: getattr(content, field.name)
                        for field in dataclasses.fields(Content)
                        if field.name not in ("source", "licence")},
        )  # fmt: skip
        found[doc_id] = told
    return {doc_id: to_doc(one) for doc_id, one in found.items()}


def numbered(store: Store, docs: Mapping[str, Doc]) -> Iterator[tuple[str, Doc]]:
    """Yield versions that came, each with a number of this book.

    The same content has the number that it has here; another one keeps its own, if no version of
    that name ever had it, and else is given the next.  Whoever calls this holds the store.
    """
    taken: dict[str, set[int]] = {}
    known: dict[str, Told | None] = {}
    for doc_id, doc in sorted(docs.items()):
        name = str(doc["model"])
        if name not in known:
            told = known[name] = read_model(store, name).get(name)
            every = (*told.versions, *told.gone) if told is not None else ()
            taken[name] = {number for one in every for number in one.numbers}
        there = known[name]
        same = next(
            (one for one in there.versions if one.digest == doc["digest"]) if there else iter(()),
            None,
        )
        number = int(doc["number"]) if same is None else same.number
        if same is None and number in taken[name]:
            number = 1 + max(taken[name])
        taken[name].add(number)
        yield doc_id, {**doc, "number": number}


def _content(store: Store, version: ModelVersion, folder: Path) -> Content:
    for path, digest in version.files.items():
        store.blobs.lend(digest, folder / path)
    if version.bundled:
        return keep_bundle(store, folder)
    return keep_files(store, folder, origin=version.source, licence=version.licence)
