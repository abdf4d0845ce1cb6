"""Aliases of versions: words that lead to one of them and can be moved, with their history.

Each move is a document of its own, and the latest of a word is where that leads: two copies of a
book that moved it apart are merged by laying their files together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cellbook.records import Record, from_doc, to_doc
from cellbook.store import Store, create

TABLE = "dataset_aliases"


@dataclass(frozen=True, slots=True)
class AliasMove(Record):
    """An alias that was set, moved or taken away."""

    name: str
    """The data set."""
    alias: str
    dataset_id: str
    """Where it leads from then on; empty where it was taken away."""
    time: int
    """Milliseconds since 1970 (UTC)."""


def moves(store: Store) -> list[AliasMove]:
    """Return all moves, oldest first."""
    return [from_doc(AliasMove, doc) for _, _, doc in sorted(store.select(TABLE), key=_id)]


def _id(row: tuple[str, int, object]) -> str:
    return row[0]


def current(store: Store) -> Mapping[tuple[str, str], str]:
    """Return where each alias leads: ``(name, alias)`` to the id of a version."""
    last = {(one.name, one.alias): one.dataset_id for one in moves(store)}
    return {key: dataset_id for key, dataset_id in last.items() if dataset_id}


def move(store: Store, moved: AliasMove) -> None:
    """Put a move on record."""
    store.commit([create(TABLE, store.new_id(), to_doc(moved))])
