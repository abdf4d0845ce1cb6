"""Registered models as they stand: folded from documents and events that are never changed.

Each deed is an event of its own, and of one thing (an alias, the stage of a version) the newest
counts.  An event names those that its writer knew of; so two copies of a book that were worked with
apart are merged by laying their files together, and what both moved shows as a conflict.
"""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tinydb import where
from tinydb.queries import QueryLike

from cellbook.commenting.soundness import flaw, read_sound
from cellbook.records import (
    ModelEvent,
    ModelEventKind,
    ModelStage,
    ModelVersion,
    Protection,
    Record,
    RegisteredModel,
)
from cellbook.store import Store

VERSIONS = "model_versions"
EVENTS = "model_events"

R = TypeVar("R", bound=Record)

Slot = tuple[str, ...]
"""What several events are about, of which the newest counts."""


@dataclass(frozen=True)
class Told:
    """A name: what it is now, its versions, and how that came about."""

    model: RegisteredModel
    versions: tuple[ModelVersion, ...]
    """Those that were not deleted, by number."""
    gone: tuple[ModelVersion, ...]
    """Those that were."""
    events: tuple[ModelEvent, ...]
    """The oldest first."""
    slots: Mapping[Slot, Sequence[ModelEvent]] = field(repr=False)

    def heads(self, slot: Slot) -> tuple[str, ...]:
        """Return the ids of the events that nobody has built upon."""
        return heads_of(self.slots.get(slot, ()))

    def last(self, slot: Slot) -> ModelEvent | None:
        """Return the event that counts; None if there is none."""
        there = self.slots.get(slot)
        return there[-1] if there else None

    def of_id(self, version_id: str) -> ModelVersion | None:
        """Return the version that an id, or one of the same content, names."""
        return next((one for one in (*self.versions, *self.gone) if version_id in one.ids), None)


def slot_of(event: ModelEvent) -> Slot | None:
    """Return what an event is about; None where each counts for itself."""
    match event.kind:
        case ModelEventKind.ALIAS | ModelEventKind.PROTECTED:
            return (event.kind, event.subject)
        case ModelEventKind.TAGGED:
            return (event.kind, event.version, event.subject)
        case ModelEventKind.STAGE | ModelEventKind.DESCRIBED | ModelEventKind.DEPRECATED:
            return (event.kind, event.version)
        case ModelEventKind.OWNED:
            return (event.kind,)
    return None


def heads_of(events: Iterable[ModelEvent]) -> tuple[str, ...]:
    """Return the ids of those of some events that no other one is based on, the oldest first."""
    there = list(events)
    seen = {known for event in there for known in event.based_on}
    return tuple(event.event_id for event in there if event.event_id not in seen)


Flaws = Mapping[str, str]
"""What of the registry cannot be read, by table and id, and why."""
_Kept = tuple[list[int], Mapping[str, Told], Flaws]
_all: weakref.WeakKeyDictionary[Store, _Kept] = weakref.WeakKeyDictionary()


def read_models(store: Store) -> Mapping[str, Told]:
    """Return all names that a version was ever registered under, in order.

    They are read once for a state of the book.
    """
    return _known(store)[1]


def flaws(store: Store) -> Flaws:
    """Return what of the registry cannot be read, and is left out of what is told of models."""
    return _known(store)[2]


def _known(store: Store) -> _Kept:
    stamps = store.stamps()
    state = [stamps.get(table, 0) for table in (VERSIONS, EVENTS)]
    known = _all.get(store)
    if known is None or known[0] != state:
        found: dict[str, str] = {}
        known = _all[store] = (state, _read(store, None, found), found)
    return known


def read_model(store: Store, name: str) -> Mapping[str, Told]:
    """Return one name by itself, without reading what else there is; nothing if there is none."""
    return _read(store, where("model") == name)


def _read(
    store: Store, query: QueryLike | None, unread: dict[str, str] | None = None
) -> dict[str, Told]:
    """Return models by name; what cannot be read hides no other, and is noted in `unread`."""
    versions: dict[str, list[ModelVersion]] = {}
    events: dict[str, list[ModelEvent]] = {}

    def records(table: str, kind: type[R]) -> Iterator[R]:
        for doc_id, _, doc in store.select(table, query):
            record = read_sound(kind, doc)
            if record is not None:
                yield record
            elif unread is not None:
                unread[f"{table}/{doc_id}"] = flaw(kind, doc)

    for version in records(VERSIONS, ModelVersion):
        versions.setdefault(version.model, []).append(version)
    for event in records(EVENTS, ModelEvent):
        events.setdefault(event.model, []).append(event)
    return {name: _tell(name, versions[name], events.get(name, [])) for name in sorted(versions)}


def _tell(name: str, docs: list[ModelVersion], events: list[ModelEvent]) -> Told:
    docs.sort(key=lambda one: one.version_id)
    events.sort(key=lambda one: one.event_id)
    gone = {one.version: one.time for one in events if one.kind is ModelEventKind.DELETED}
    groups = _by_content(docs, gone)
    first = {
        one: group[0].version_id for group in groups for one in (doc.version_id for doc in group)
    }
    slots: dict[Slot, list[ModelEvent]] = {}
    for event in events:
        about = dataclasses.replace(event, version=first.get(event.version, event.version))
        slot = slot_of(about)
        if slot is not None:
            slots.setdefault(slot, []).append(about)
    leads = _aliases(slots, {key: one for key, one in first.items() if key not in gone})
    taken: dict[int, int] = {}
    for group in groups:
        for number in {doc.number for doc in group}:
            taken[number] = taken.get(number, 0) + 1
    told = [_version(group, slots, leads, taken, gone) for group in groups]
    told.sort(key=lambda one: (one.number, one.version_id))
    model = RegisteredModel(
        name,
        docs[0].created,
        description=_value(slots, (ModelEventKind.DESCRIBED, "")),
        tags=_tags(slots, ""),
        owners=_values(slots, (ModelEventKind.OWNED,)),
        protections=tuple(
            Protection(slot[1], moves[-1].needed, moves[-1].values)
            for slot, moves in sorted(slots.items())
            if slot[0] == ModelEventKind.PROTECTED and moves[-1].needed
        ),
        aliases=leads,
        heads={
            slot[1]: heads_of(moves)
            for slot, moves in sorted(slots.items())
            if slot[0] == ModelEventKind.ALIAS
        },
        deprecated=_value(slots, (ModelEventKind.DEPRECATED, "")),
    )
    return Told(
        model,
        tuple(one for one in told if not one.deleted),
        tuple(one for one in told if one.deleted),
        tuple(events),
        slots,
    )


def _by_content(docs: Sequence[ModelVersion], gone: Mapping[str, int]) -> list[list[ModelVersion]]:
    """Return documents of the same content together; deletion is of a document, and final."""
    groups: dict[str, list[ModelVersion]] = {}
    for doc in docs:
        key = doc.version_id if doc.version_id in gone else doc.digest
        groups.setdefault(key, []).append(doc)
    return list(groups.values())


def _aliases(
    slots: Mapping[Slot, Sequence[ModelEvent]], alive: Mapping[str, str]
) -> dict[str, str]:
    leads = {
        slot[1]: alive.get(moves[-1].version, "")
        for slot, moves in sorted(slots.items())
        if slot[0] == ModelEventKind.ALIAS
    }
    return {alias: version for alias, version in leads.items() if version}


def _version(
    group: Sequence[ModelVersion],
    slots: Mapping[Slot, Sequence[ModelEvent]],
    leads: Mapping[str, str],
    taken: Mapping[int, int],
    gone: Mapping[str, int],
) -> ModelVersion:
    one = group[0]
    stage = slots.get((ModelEventKind.STAGE, one.version_id), ())
    numbers = tuple(dict.fromkeys(doc.number for doc in group))
    return dataclasses.replace(
        one,
        files=next((doc.files for doc in group if doc.files), {}),
        seal=next((doc.seal for doc in group if doc.seal), ""),
        runs={run: when for doc in reversed(group) for run, when in doc.runs.items()},
        parents={parent: when for doc in reversed(group) for parent, when in doc.parents.items()},
        source=next((doc.source for doc in group if doc.source), ""),
        licence=next((doc.licence for doc in group if doc.licence), ""),
        numbers=numbers,
        ids=tuple(doc.version_id for doc in group),
        clashes=taken[one.number] > 1,
        stage=ModelStage(stage[-1].value) if stage else ModelStage.DEVELOPMENT,
        heads=heads_of(stage),
        aliases=tuple(alias for alias, to in leads.items() if to == one.version_id),
        description=_value(slots, (ModelEventKind.DESCRIBED, one.version_id)),
        tags=_tags(slots, one.version_id),
        deprecated=_value(slots, (ModelEventKind.DEPRECATED, one.version_id)),
        deleted=gone.get(one.version_id, 0),
    )


def _value(slots: Mapping[Slot, Sequence[ModelEvent]], slot: Slot) -> str:
    return slots[slot][-1].value if slot in slots else ""


def _values(slots: Mapping[Slot, Sequence[ModelEvent]], slot: Slot) -> tuple[str, ...]:
    return slots[slot][-1].values if slot in slots else ()


def _tags(slots: Mapping[Slot, Sequence[ModelEvent]], version_id: str) -> dict[str, str]:
    found = {
        slot[2]: moves[-1].value
        for slot, moves in sorted(slots.items())
        if slot[0] == ModelEventKind.TAGGED and slot[1] == version_id
    }
    return {name: value for name, value in found.items() if value}
