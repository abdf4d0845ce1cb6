"""What a change makes of a document: the fold that gives a book its state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cellbook.store.base import Doc, Op


def fold(doc: Doc | None, op: Op) -> Doc | None:
    """Return what a document is after a change.

    One that is not there stays so until a creation: it was removed, or its creation has not
    arrived yet, and a document without its beginning lacks what every reader relies on.

    Parameters
    ----------
    doc
        What it was; None if it was not there.
    op
        The change, as :mod:`cellbook.store.base` makes it.
    """
    changes = op[2]
    if changes is None:
        return None
    if op[3] is None:
        return dict(changes)
    if doc is None:
        return None
    for path in op[3]:
        _drop(doc, path)
    merge(doc, changes)
    return doc


def merge(target: Doc, changes: Doc) -> None:
    """Merge `changes` into `target` in place, dictionaries key by key, all else replaced."""
    for key, value in changes.items():
        present = target.get(key)
        if isinstance(value, dict) and isinstance(present, dict):
            merge(present, value)
        else:
            target[key] = value


def _drop(doc: Doc, path: Sequence[Any]) -> None:
    target: Any = doc
    for key in path[:-1]:
        target = target.get(key) if isinstance(target, dict) else None
    if isinstance(target, dict):
        target.pop(path[-1], None)
