"""References: the sketches that windows are compared with, kept by what they are of."""

from __future__ import annotations

import time
from typing import Any

from tinydb import where

from cellbook.errors import InvalidInput, NotFound
from cellbook.monitoring.sketches import Sketch
from cellbook.records import Reference, as_text, check_name, from_doc, to_doc
from cellbook.store import OrderTerm, Store, create

TABLE = "references"


class References:
    """The references of a book.

    A reference is kept when a model is registered, say, from the rows that it was trained on; its
    columns are called as the model's inputs are, and an output as ``output.NAME``.  The rows
    themselves are not kept: a sketch of 30 columns takes some 40 kB.

    Parameters
    ----------
    store
        The book's memory.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, subject: str, data: Any, *, source: str = "") -> Reference:
        """Keep a reference, in place of the former one of the subject; both stay on record.

        Parameters
        ----------
        subject
            What it is of: the id of a model version, or an endpoint.
        data
            A table, or the sketch of one.
        source
            What the rows are, as people say it.

        Raises
        ------
        InvalidInput
            If it is no table, or has no rows.
        """
        kept = self.made(subject, data, source=source)
        self._store.commit([create(TABLE, kept.reference_id, to_doc(kept))])
        return kept

    def made(self, subject: str, data: Any, *, source: str = "") -> Reference:
        """Return a reference as :meth:`keep` would keep it; its content is in the book then, and
        whoever asked puts it on record.

        Raises
        ------
        InvalidInput
            If it is no table, or has no rows.
        """
        name = check_name(subject, "subject")
        sketch = data if isinstance(data, Sketch) else Sketch.of(data)
        if not sketch.rows:
            raise InvalidInput("A reference needs rows. Give the data that the model was made of.")
        content = sketch.to_bytes()
        return Reference(
            reference_id=self._store.new_id(),
            subject=name,
            rows=sketch.rows,
            columns=tuple(sketch.columns),
            digest=self._store.blobs.put(content),
            size=len(content),
            time=time.time_ns() // 1_000_000,
            source=as_text(source),
        )

    def find(self, subject: str) -> Reference | None:
        """Return the newest reference of a subject; None if it has none."""
        order = [OrderTerm(("reference_id",), descending=True)]
        query = where("subject") == subject
        for _, _, doc in self._store.select(TABLE, query, order_by=order, limit=1):
            return from_doc(Reference, doc)
        return None

    def sketch(self, subject: str) -> Sketch:
        """Return the sketch of a subject's newest reference.

        Raises
        ------
        NotFound
            If it has none.
        """
        found = self.find(subject)
        if found is None:
            raise NotFound(
                f"{subject!r} has no reference to be compared with. Keep one: "
                "References(store).keep(subject, training_data)"
            )
        return Sketch.from_bytes(self._store.blobs.get(found.digest))
