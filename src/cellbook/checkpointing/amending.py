"""What of a checkpoint may change once it is on record: its label, and the notebook's document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cellbook.checkpointing.naming import check_label
from cellbook.checkpointing.signing import is_own, sign
from cellbook.checkpointing.states import keep
from cellbook.checkpointing.upkeep import TABLE
from cellbook.errors import StoreReadOnly
from cellbook.records import Checkpoint, StoredBytes, to_doc
from cellbook.store import Packs, Store, update


def set_label(store: Store, checkpoint: Checkpoint, label: str | None) -> Checkpoint:
    """Give a checkpoint a name, or with None take it away; return the record.

    Raises
    ------
    InvalidInput
        If it would be taken for a number or a run.
    StoreError
        If that cannot be recorded.
    """
    label = None if label is None else check_label(label)
    changes = {} if label is None else {"label": label}
    drop = [["label"]] if label is None else []
    store.commit([update(TABLE, checkpoint.checkpoint_id, changes, drop)])
    return replace(checkpoint, label=label)


def put_document(store: Store, packs: Packs, checkpoint: Checkpoint, content: bytes) -> Checkpoint:
    """Keep a document with a checkpoint, in place of the one it has; return the record.

    The window that shows a notebook knows more of it than the file that was saved last.  What this
    user signed is signed anew; what another did is then no longer as it was signed, and counts as
    unsigned.

    Raises
    ------
    StoreError
        If the document cannot be kept.
    """
    if store.read_only:
        raise StoreReadOnly(store.read_only)
    with packs.turn:
        packs.refresh()
        with packs.writer(store.writer) as writer:
            piece = keep(writer, content)
        packs.accept(writer.entries())
    document = StoredBytes(piece.length, piece.key.hex())
    if document == checkpoint.document:
        return checkpoint
    made = replace(checkpoint, document=document)
    changes: dict[str, Any] = {"document": to_doc(document)}
    if is_own(checkpoint, store.book_id):
        made = replace(made, signature=sign(made, store.book_id))
        changes["signature"] = made.signature
    store.commit([update(TABLE, made.checkpoint_id, changes)])
    return made
