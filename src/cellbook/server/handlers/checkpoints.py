"""Notebook checkpoints: the timeline, labels, documents, differences.

Nothing here decodes what a checkpoint holds: that runs code.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from cellbook.answers import Hint
from cellbook.errors import InvalidInput, NotFound
from cellbook.server.operations import Notebook, Operation
from cellbook.server.shelf import Ask
from cellbook.views.checkpoint_diff import CheckpointDifference
from cellbook.views.checkpoint_outline import document_difference, outline_difference
from cellbook.views.timeline import Timeline, TimelineRow, timeline, timeline_row


@dataclass(frozen=True, slots=True)
class TimelineQuery:
    """Which checkpoints."""

    limit: Annotated[int, Hint("At most so many.", 1, 1000)] = 50
    before: Annotated[int | None, Hint("Only those with a number below this.", 1)] = None


@dataclass(frozen=True, slots=True)
class DifferenceQuery:
    """What to compare with."""

    to: Annotated[str, Hint("Number, label or id of the other checkpoint.")]


@dataclass(frozen=True, slots=True)
class Label:
    """A checkpoint's name."""

    label: str | None
    """Null takes it away."""


@dataclass(frozen=True, slots=True)
class DocumentOfNow:
    """The notebook as a window shows it."""

    document: dict[str, Any]
    """As nbformat has it; outputs may be left out, and should be where they are large."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a document."""

    stored: int
    """Its length in bytes."""


def show_timeline(ask: Ask, query: TimelineQuery) -> Timeline:
    """Return checkpoints of the notebook as a tree, the newest ones, oldest first.

    Without a notebook these are those of all notebooks in the book.
    """
    book = ask.book
    book.refresh()
    return timeline(
        book.store,
        book.checkpoints,
        notebook=ask.notebook,
        limit=query.limit,
        before=query.before,
    )


def label_checkpoint(ask: Ask, checkpoint_id: str, body: Label) -> TimelineRow:
    """Give a checkpoint a name, or take it away.

    One that has a name stays for ever.  The row that is returned has no tree beside it.
    """
    book = ask.writable
    made = book.checkpoints.label(checkpoint_id, body.label or None)
    return timeline_row(book.store, book.checkpoints, made.checkpoint_id)


def load_document(ask: Ask, checkpoint_id: str) -> Notebook:
    """Return the notebook's document as it was kept with a checkpoint."""
    room = ask.book.checkpoints
    number, checkpoint = room.find(checkpoint_id)
    content = room.document_of(checkpoint)
    if content is None:
        raise NotFound(
            f"No document was kept with checkpoint {number}: the notebook was not saved, or no "
            f"window showed it. `%restore {number} --doc` makes one of the cells that ran."
        )
    if not _is_notebook(content):
        raise NotFound(
            f"What was kept as the document of checkpoint {number} is no notebook: the file was "
            f"none then. `cellbook checkpoints --document {number}` writes it as it is."
        )
    return Notebook(content)


def keep_document(ask: Ask, checkpoint_id: str, body: bytes) -> Stored:
    """Keep the notebook's document, as a window shows it, with a checkpoint.

    It takes the place of the one that is there.  Of one that is there already, as of every part of
    it that is, nothing is kept twice.
    """
    if not _is_notebook(body):
        raise InvalidInput("The body is no notebook. Send the document as nbformat's JSON.")
    ask.writable.checkpoints.attach_document(checkpoint_id, body)
    return Stored(len(body))


def _is_notebook(content: bytes) -> bool:
    """Whether JupyterLab can show a document, which it gets as it was kept."""
    try:
        doc = json.loads(content.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return False
    if not isinstance(doc, dict) or not isinstance(doc.get("metadata", {}), dict):
        return False
    cells = doc.get("cells")
    # True is an int as well.
    return (
        type(doc.get("nbformat")) is int and isinstance(cells, list) and all(map(_is_cell, cells))
    )


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return False
    source = cell.get("source")
    lines = source if isinstance(source, list) else [source]
    return all(isinstance(line, str) for line in lines)


def compare_checkpoints(
    ask: Ask, checkpoint_id: str, query: DifferenceQuery
) -> CheckpointDifference:
    """Compare two checkpoints: cells, and which variables differ.

    It is told from what was noted beside the variables; nothing is decoded.
    """
    ask.book.refresh()
    return outline_difference(ask.book.checkpoints, checkpoint_id, query.to)


def compare_with_now(ask: Ask, checkpoint_id: str, body: DocumentOfNow) -> CheckpointDifference:
    """Compare a checkpoint's cells with those that a window shows now."""
    return document_difference(ask.book.checkpoints, checkpoint_id, body.document)


OPERATIONS = (
    Operation("GET", "checkpoints", show_timeline),
    Operation("PATCH", "checkpoints/{checkpoint_id}", label_checkpoint),
    Operation("GET", "checkpoints/{checkpoint_id}/document", load_document),
    Operation("PUT", "checkpoints/{checkpoint_id}/document", keep_document),
    Operation("GET", "checkpoints/{checkpoint_id}/diff", compare_checkpoints),
    Operation("POST", "checkpoints/{checkpoint_id}/diff", compare_with_now, reads=True),
)
