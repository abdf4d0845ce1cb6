"""Who has read what.

Each comment is named by its id: no id tells when its comment came into this copy of the book.  One
that was written first, on another laptop, may arrive last, and a file can claim any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tinydb.queries import Query

from cellbook.commenting.people import node_name
from cellbook.records import Author
from cellbook.store import Doc, Op, Store, create, update

READERS = "readers"


def seen_by(store: Store, name: str) -> frozenset[str]:
    """Return the ids of the comments that somebody has read, on whichever machine."""
    found = store.select(READERS, Query().name == name)
    maps = (doc.get("seen") for _, _, doc in found)
    return frozenset(one for seen in maps if isinstance(seen, Mapping) for one in seen)


def reading(store: Store, author: Author, docs: Iterable[Doc]) -> list[Op]:
    """Return what puts on record that somebody has read some comments; nothing if it is.

    Parameters
    ----------
    store
        The book's memory.
    author
        Who has read them.
    docs
        The documents of the comments.
    """
    theirs = [
        doc["comment_id"]
        for doc in docs
        if doc["author"]["name"] != author.name or doc.get("imported")
    ]
    if not theirs:
        return []
    # A document for each machine: where two copies of a book meet, none takes another's place.
    doc_id = f"reader-{author.name}-{node_name()}"
    known = store.get(READERS, doc_id)
    if known is None:
        with store.exclusive():
            known = store.get(READERS, doc_id)
            if known is None:
                known = {"name": author.name, "seen": {}}
                store.commit([create(READERS, doc_id, known)])
    new = [one for one in theirs if one not in known["seen"]]
    return [update(READERS, doc_id, {"seen": dict.fromkeys(new, True)})] if new else []
