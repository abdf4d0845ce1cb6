"""What a version was trained on, kept as a sketch: what it is asked later is compared with that."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tinydb import where

from cellbook.errors import InvalidInput
from cellbook.packaging import Signature
from cellbook.packaging.signature import Columns
from cellbook.records import Reference, to_doc
from cellbook.store import Op, Store, create

REFERENCES = "references"
_MOST = 200_000
"""Rows that are looked at; of more, so many at even distances."""


Trained = Iterator[tuple[Any, str]]
"""Tables that something was trained on, the likeliest first, each with what it is, as people say
it: ``data:wine@3, 120 of 178 rows``."""
Found = Callable[[Any, str], Trained]
"""Gives what a model, and a run by its id, were trained on."""


def reference_of(
    store: Store, signature: Signature, told: Any, found: Callable[[], Trained]
) -> Reference | None:
    """Return the reference of a model that is about to be registered; its subject is still open.

    Parameters
    ----------
    store
        The book's memory, which has its content then.
    signature
        What the model takes.
    told
        A table that somebody gave; None for what was tracked, False for none at all.
    found
        Gives what was tracked.

    Raises
    ------
    InvalidInput
        If what somebody gave is no table, or lacks inputs of the model.
    """
    if told is False:
        return None
    inputs = signature.inputs
    names = [column.name for column in inputs.columns] if isinstance(inputs, Columns) else []
    if told is not None:
        return _made(store, told, names, "given when it was registered")
    for table, source in found() if names else ():
        if all(name in table.columns for name in names):
            return _made(store, table, names, source)
    return None


def reference_op(store: Store, reference: Reference, version_id: str) -> Op:
    """Return what makes a reference that of a version."""
    kept = dataclasses.replace(reference, reference_id=store.new_id(), subject=version_id)
    return create(REFERENCES, kept.reference_id, to_doc(kept))


def has_reference(store: Store, ids: Sequence[str]) -> bool:
    """Whether a version, by its ids, has a reference."""
    query = where("subject").one_of(list(ids))
    return next(iter(store.select(REFERENCES, query, limit=1)), None) is not None


def _made(store: Store, data: Any, names: Sequence[str], source: str) -> Reference:
    from cellbook.monitoring import References, Sketch  # noqa: PLC0415 - heavy

    rows = len(data) if hasattr(data, "iloc") else 0
    if rows > _MOST:
        step = -(-rows // _MOST)
        data, source = data.iloc[::step], f"{source}, one of {step} rows"
    sketch = Sketch.of(data, names or None)
    lacking = [name for name in names if name not in sketch.columns]
    if lacking:
        raise InvalidInput(
            f"The reference has no column {lacking[0]!r}, which the model takes. Give the table "
            "that it was trained on, with the names of its inputs; or reference=False for none."
        )
    return References(store).made("model", sketch, source=source)
