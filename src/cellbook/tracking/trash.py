"""Emptying the trash: which runs, files and bytes may go for good, and their removal.

`cellbook gc` looks with :func:`find_rubbish`, shows what it found, and removes just that with
:func:`remove_rubbish`.  Removed are

- runs that have lain in the trash long enough and that nobody logs to, with their params, metrics,
  artifacts and cells,
- files of metric points all of whose runs are gone,
- files kept by content that no document names any more,
- what processes that were killed left half written, a day ago or longer.

A run's number is not given to another one.  The journals stay as they are: they hold what was
recorded, also of a removed run, and that it was removed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from tinydb import where

from cellbook.errors import StoreWriteError
from cellbook.records import RunRecord, SessionState, from_doc
from cellbook.store import Op, Store, digests_in, remove

DEFAULT_DAYS = 30.0
"""How long a deleted run stays in the trash unless one says otherwise."""

_SETTLE_SECONDS = 60.0
"""Younger files stay: the document that names them may be on its way."""
_ORPHAN_SECONDS = 86_400.0
"""Files that no document of this book ever named stay longer: where the folder is synced or
shared, the journal that names them may arrive after them.  So does what is half written, which a
process may be at."""


@dataclass(frozen=True, slots=True)
class Rubbish:
    """What may go for good."""

    seen_at: float
    """When somebody looked, in seconds since 1970."""
    runs: tuple[RunRecord, ...]
    """Runs that have been in the trash long enough."""
    blobs: Mapping[str, int]
    """Digest to size, in bytes, of files that no other document names."""
    series: Mapping[str, int]
    """Stem to size, in bytes, of files with metric points of no other run."""
    leftovers: Mapping[str, int]
    """Name to size, in bytes, of what killed processes left half written."""
    waiting: tuple[RunRecord, ...] = ()
    """Runs in the trash that stay for now."""

    @property
    def size(self) -> int:
        """Bytes on disk that the removal frees."""
        found = (self.blobs, self.series, self.leftovers)
        return sum(sum(sizes.values()) for sizes in found)

    def __bool__(self) -> bool:
        return bool(self.runs or self.blobs or self.series or self.leftovers)


def find_rubbish(store: Store, *, days: float = DEFAULT_DAYS, now: float | None = None) -> Rubbish:
    """Look for what may go for good; nothing is changed.

    Parameters
    ----------
    store
        The book's memory.
    days
        Runs go that were deleted at least so many days ago.
    now
        The time it is, in seconds since 1970; None asks the clock.
    """
    now = time.time() if now is None else now
    due: list[RunRecord] = []
    waiting: list[RunRecord] = []
    for _, number, doc in store.select("runs", where("trashed") > 0):
        record = from_doc(RunRecord, {**doc, "run_number": number})
        old_enough = (record.trashed or 0) <= (now - days * 86_400) * 1000
        (due if old_enough and not _under_way(store, record) else waiting).append(record)
    going = {record.run_id for record in due}
    return Rubbish(
        seen_at=now,
        runs=tuple(due),
        blobs=_unnamed_blobs(store, going, now),
        series=_unnamed_series(store, due, now),
        leftovers=store.blobs.leftovers(before=now - _ORPHAN_SECONDS),
        waiting=tuple(waiting),
    )


def remove_rubbish(store: Store, rubbish: Rubbish) -> int:
    """Remove what was found, for good; return how many bytes that freed.

    What somebody restored or logged again since stays.

    Raises
    ------
    StoreReadOnly
        If the book is open for reading only.
    StoreWriteError
        If the operating system refuses; what is left goes the next time.
    """
    with store.exclusive():
        for record in rubbish.runs:
            doc = store.get("runs", record.run_id)
            if doc is None or doc.get("trashed") != record.trashed:
                continue
            if not _under_way(store, from_doc(RunRecord, doc)):
                store.commit(_removal(store, record.run_id), durable=True)
    since = rubbish.seen_at - _SETTLE_SECONDS
    try:
        freed = store.blobs.tidy(rubbish.leftovers)
        for digest in rubbish.blobs.keys() - _digests_named(store, going=set()):
            freed += store.blobs.discard(digest, unless_since=since)
        for stem in rubbish.series.keys() - _stems_named(store, going=set()):
            freed += store.series_reader.discard(stem)
    except OSError as error:
        raise StoreWriteError(
            error.errno,
            f"Not everything could be removed from the book at {store.url} ({error}). "
            "Make its files and folders writable, then run `cellbook gc` again.",
        ) from error
    return freed


def _under_way(store: Store, record: RunRecord) -> bool:
    """Whether a process that is at work may still log to a run, though another has ended it."""
    shared = where("shares")[record.run_id].exists()
    at_work = where("state") == SessionState.OPEN.value
    return not record.state.is_final or any(store.select("sessions", at_work & shared))


def _removal(store: Store, run_id: str) -> list[Op]:
    ops = [remove("runs", run_id)]
    for table in ("artifacts", "cells", "milestones", "stages", "subsets"):
        ops += [remove(table, doc_id) for doc_id, _, _ in _of_run(store, table, {run_id})]
    return ops


def _of_run(store: Store, table: str, run_ids: Set[str]) -> Iterator[tuple[str, int, Any]]:
    return store.select(table, where("run").one_of(list(run_ids)))


def _unnamed_blobs(store: Store, going: Set[str], now: float) -> dict[str, int]:
    named = _digests_named(store, going)
    leaving = {
        digest
        for table in ("artifacts", "cells", "subsets")
        for _, _, doc in _of_run(store, table, going)
        for digest in digests_in(doc)
    }
    found = {}
    for digest, path in store.blobs.all():
        if digest not in named:
            stat = path.stat()
            # The change time too: a copied file brings its time of modification with it.
            age = now - max(stat.st_mtime, stat.st_ctime)
            if age > (_SETTLE_SECONDS if digest in leaving else _ORPHAN_SECONDS):
                found[digest] = stat.st_size
    return found


def _digests_named(store: Store, going: Set[str]) -> set[str]:
    """Return every digest that occurs in a document, whatever its table and field."""
    named: set[str] = set()
    for table in store.tables():
        for doc_id, _, doc in store.select(table):
            if doc_id not in going and doc.get("run") not in going:
                named.update(digests_in(doc))
    return named


def _unnamed_series(store: Store, due: Sequence[RunRecord], now: float) -> dict[str, int]:
    named = _stems_named(store, {record.run_id for record in due})
    leaving = {stem for record in due for stem in record.points}
    at_work = {
        doc["writer"]
        for _, _, doc in store.select("sessions", where("state") == SessionState.OPEN.value)
    }
    found = {}
    for stem, grown in store.series_reader.stems().items():
        writer = stem.partition("/")[2].rpartition("-")[0]
        if stem in named or writer in at_work:
            continue
        if now - grown > (_SETTLE_SECONDS if stem in leaving else _ORPHAN_SECONDS):
            found[stem] = store.series_reader.size(stem) or 0
    return found


def _stems_named(store: Store, going: Set[str]) -> set[str]:
    return {
        stem
        for doc_id, _, doc in store.select("runs")
        if doc_id not in going
        for stem in doc.get("points", {})
    }
