"""The record of retrainings, which is also what keeps two from running at once.

A retraining is on record before anything runs, with the session of the process that does it.
While that lives, nobody else begins one of the same model; when it has died, whoever looks next
notes that it was interrupted.  No file and no process has to be there for the lock to be let go.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tinydb import where

from cellbook.errors import InvalidInput
from cellbook.records import (
    ModelEventKind,
    Retraining,
    RetrainingVerdict,
    SessionState,
    from_doc,
    spelled_as,
    to_doc,
)
from cellbook.store import Op, create, update
from cellbook.views.formatting import stamp

if TYPE_CHECKING:
    from cellbook.book import Book

TABLE = "retrainings"


class Retrainings:
    """All retrainings of a book.

    Parameters
    ----------
    book
        The book.
    """

    def __init__(self, book: Book) -> None:
        self._book = book

    def all(self, model: str | None = None) -> list[Retraining]:
        """Return them, the newest first, those of one model or of all; what has died is noted."""
        self.repair()
        query = None
        if model is not None:
            names = (told.model.name for told in self._book.models.all())
            query = where("plan")["model"] == spelled_as(model, names)
        found = self._book.store.select(TABLE, query)
        records = (from_doc(Retraining, doc) for _, _, doc in found)
        return sorted(records, key=lambda one: one.retraining_id, reverse=True)

    def get(self, retraining_id: str) -> Retraining:
        """Return one by its id, which must be there."""
        return from_doc(Retraining, self._book.store.get(TABLE, retraining_id) or {})

    def begin(self, fresh: Retraining) -> Retraining:
        """Put a retraining on record before it runs.

        Raises
        ------
        InvalidInput
            If one of the same model is running.
        """
        self.repair()
        with self._book.store.exclusive():
            self._book.store.commit(self.beginning(fresh), durable=True)
        return fresh

    def beginning(self, fresh: Retraining) -> Sequence[Op]:
        """Return what puts a retraining on record; for who holds the store's lock already.

        Raises
        ------
        InvalidInput
            If one of the same model is running.
        """
        if said := self.at_work(fresh.plan.model):
            raise InvalidInput(f"{said}. `cellbook retrain --history` tells what becomes of it.")
        return [create(TABLE, fresh.retraining_id, to_doc(fresh))]

    def at_work(self, model: str) -> str:
        """Return since when, and by whom, a model is being retrained; empty where it is not."""
        for one in self._running():
            if one.plan.model == model:
                by = f" by {one.by}" if one.by else ""
                return f"{model} is being retrained since {stamp(one.time)}{by}"
        return ""

    def note(self, retraining: Retraining, **changes: Any) -> Retraining:
        """Add to a retraining what is known of it now."""
        fresh = replace(retraining, **changes)
        told = {name: value for name, value in to_doc(fresh).items() if name in changes}
        self._book.store.commit([update(TABLE, retraining.retraining_id, told)], durable=True)
        return fresh

    def end(self, retraining: Retraining, verdict: RetrainingVerdict, reason: str) -> Retraining:
        """Note what became of a retraining."""
        took = (time.time_ns() // 1_000_000 - retraining.time) / 1000
        return self.note(retraining, verdict=verdict, reason=reason, duration=took)

    def repair(self) -> None:
        """Note of those whose process is gone that they were interrupted.

        One that had moved the alias before its process died had done what it was for.
        """
        book = self._book
        if book.read_only or not any(True for _ in self._running()):
            return
        book.runs.sessions.repair(force=True)
        for one in self._running():
            session = book.store.get("sessions", one.session) or {}
            if session.get("state") == SessionState.OPEN:
                continue
            with book.store.exclusive():
                if self.get(one.retraining_id).verdict is not RetrainingVerdict.RUNNING:
                    continue
                if self._promoted(one):
                    self.end(
                        one, RetrainingVerdict.PROMOTED, f"{one.reason}; then its process died"
                    )
                else:
                    did = " after it had made a challenger" if one.challenger else ""
                    reason = f"its process died{did}; the alias stays where it was"
                    self.end(one, RetrainingVerdict.INTERRUPTED, reason)

    def _running(self) -> list[Retraining]:
        query = where("verdict") == RetrainingVerdict.RUNNING.value
        return [from_doc(Retraining, doc) for _, _, doc in self._book.store.select(TABLE, query)]

    def _promoted(self, one: Retraining) -> bool:
        if not one.challenger:
            return False
        events = self._book.models.told(one.plan.model).events
        return any(
            event.kind is ModelEventKind.ALIAS
            and event.subject == one.plan.alias
            and event.version == one.challenger
            and event.time >= one.time
            for event in events
        )
