"""What is known of a book's versions: a look reads, and reckons, what changed since the last one.

A version's number and what its copies say of it stand on all documents of its name, so that a name
is the unit that is reckoned anew.  What happens with each `track_data`, that one more content comes
or one is tracked again, changes one version, however many there are.
"""

from __future__ import annotations

import dataclasses
import threading
import weakref
from collections.abc import Callable

from cellbook.datasets import aliases
from cellbook.records import DatasetVersion, from_doc
from cellbook.store import Store

TABLE = "datasets"

Join = Callable[[DatasetVersion, DatasetVersion], DatasetVersion]
"""Makes one version of two documents of the same content, the earlier first."""


class NameVersions:
    """The versions of one name."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.documents: dict[str, DatasetVersion] = {}
        """By id, what each says, with its number."""
        self.ids: dict[str, list[str]] = {}
        """By digest, by age, so in the order of numbers; of what was taken off the record, too."""
        self.living: dict[str, DatasetVersion] = {}
        """By digest, what is on record."""
        self._last = (0, "")

    @property
    def newest(self) -> DatasetVersion | None:
        """The version with the highest number; None if there is none."""
        return next((self.living[one] for one in reversed(self.ids) if one in self.living), None)

    def take(self, doc_id: str, one: DatasetVersion) -> bool:
        """Take a document that is new or has changed; return whether that was all to be done."""
        before = self.documents.get(doc_id)
        same = self.ids.get(one.digest, [])
        if one.deleted or (before is not None and before.deleted):
            return False
        if before is None and not same and (one.created, doc_id) > self._last:
            self._last = (one.created, doc_id)
            self.ids[one.digest] = [doc_id]
            made = dataclasses.replace(one, version=len(self.ids))
        elif before is not None and same == [doc_id] and one.created == before.created:
            known = self.living[one.digest]
            made = dataclasses.replace(one, version=known.version, aliases=known.aliases)
        else:
            return False
        self.documents[doc_id] = self.living[one.digest] = made
        return True

    def reckon(self, led: dict[str, str], join: Join) -> None:
        """Reckon all of it; `led` says where each alias of the name leads."""
        found = sorted(self.documents.items(), key=lambda one: (one[1].created, one[0]))
        self.ids, self.living = {}, {}
        for doc_id, one in found:
            self.ids.setdefault(one.digest, []).append(doc_id)
        numbers = {digest: number for number, digest in enumerate(self.ids, 1)}
        for doc_id, doc in found:
            one = dataclasses.replace(doc, version=numbers[doc.digest], aliases=())
            self.documents[doc_id] = one
            if not one.deleted:
                known = self.living.get(one.digest)
                self.living[one.digest] = one if known is None else join(known, one)
        for alias, dataset_id in sorted(led.items()):
            to = self.documents.get(dataset_id)
            if to is not None and to.digest in self.living:
                known = self.living[to.digest]
                has = (*known.aliases, alias)
                self.living[to.digest] = dataclasses.replace(known, aliases=has)
        self._last = max(((one.created, doc_id) for doc_id, one in found), default=(0, ""))


class Known:
    """The versions of a book, as of the last look."""

    def __init__(self, join: Join) -> None:
        self.lock = threading.RLock()
        self._join = join
        self._stamps = (0, 0)
        self._names: dict[str, NameVersions] = {}
        self._name_of: dict[str, str] = {}
        self._led: dict[tuple[str, str], tuple[str, str]] = {}
        """By name and alias, the latest move, and where that led."""
        self.versions: dict[str, DatasetVersion] = {}
        """By each id that leads to one."""

    def look(self, store: Store) -> None:
        """Find out what changed; whoever asks holds the lock."""
        stamps = store.stamps()
        now = stamps.get(TABLE, 0), stamps.get(aliases.TABLE, 0)
        if now == self._stamps:
            return
        began = self._stamps
        if now[0] < began[0] or now[1] < began[1]:
            # The store was read anew: nothing of before counts.
            self._names, self._name_of, self._led, self.versions = {}, {}, {}, {}
            began = (0, 0)
        dirty: set[str] = set()
        if now[1] > began[1]:
            dirty |= self._look_at_aliases(store, began[1])
        if now[0] > began[0]:
            dirty |= self._look_at_documents(store, began[0])
        for name in dirty:
            self._reckon(name)
        self._stamps = now

    def named(self, name: str) -> NameVersions:
        """Return the versions of a name, which are to be read under the lock only."""
        return self._names.get(name) or NameVersions(name)

    def deleted(self) -> list[DatasetVersion]:
        """Return what is left of the versions that were taken off the record, by age."""
        gone = [
            one
            for known in self._names.values()
            for one in known.documents.values()
            if one.deleted and one.digest not in known.living
        ]
        return sorted(gone, key=lambda one: (one.created, one.dataset_id))

    def _look_at_aliases(self, store: Store, since: int) -> set[str]:
        dirty = set()
        for doc_id in store.changed(aliases.TABLE, since):
            doc = store.get(aliases.TABLE, doc_id)
            if doc is not None:
                moved = from_doc(aliases.AliasMove, doc)
                key = moved.name, moved.alias
                self._led[key] = max(self._led.get(key, ("", "")), (doc_id, moved.dataset_id))
                dirty.add(moved.name)
        return dirty

    def _look_at_documents(self, store: Store, since: int) -> set[str]:
        dirty = set()
        changed = store.changed(TABLE, since) if since else store.ids(TABLE)
        for doc_id in sorted(changed):
            doc = store.get(TABLE, doc_id)
            before = self._name_of.get(doc_id)
            if doc is None:
                if before is not None:
                    del self._names[before].documents[doc_id], self._name_of[doc_id]
                    self.versions.pop(doc_id, None)
                    dirty.add(before)
                continue
            one = from_doc(DatasetVersion, doc)
            known = self._names.setdefault(one.name, NameVersions(one.name))
            self._name_of[doc_id] = one.name
            if one.name not in dirty and known.take(doc_id, one):
                self.versions[doc_id] = known.living[one.digest]
            else:
                known.documents[doc_id] = one
                dirty.add(one.name)
        return dirty

    def _reckon(self, name: str) -> None:
        known = self._names.get(name)
        if known is None:
            return
        led = {alias: to for (of, alias), (_, to) in self._led.items() if of == name and to}
        known.reckon(led, self._join)
        for doc_id, one in known.documents.items():
            living = known.living.get(one.digest)
            if living is None:
                self.versions.pop(doc_id, None)
            else:
                self.versions[doc_id] = living


_all: weakref.WeakKeyDictionary[Store, Known] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def known_of(store: Store, join: Join) -> Known:
    """Return what is known of a book."""
    with _lock:
        return _all.setdefault(store, Known(join))
