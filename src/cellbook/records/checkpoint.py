"""A notebook checkpoint: the document and the kernel's state at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cellbook.records.base import Record


class CheckpointKind(StrEnum):
    """Why a checkpoint was saved."""

    MANUAL = "manual"
    """Somebody asked for it."""
    CELL = "cell"
    """A cell ended."""
    RUN_START = "run start"
    RUN_END = "run end"
    RESTORE = "before restore"
    """What a restore would have done away with."""


@dataclass(frozen=True, slots=True)
class StoredBytes(Record):
    """Bytes in the book's packs."""

    length: int
    key: str
    """Hash, in hex, of the chunk, or of the list of chunks."""


@dataclass(frozen=True, slots=True)
class Checkpoint(Record):
    """The document and the kernel's state at one moment, and what they belong to."""

    checkpoint_id: str
    session_id: str
    kind: CheckpointKind
    time: int
    """When the state was taken, in milliseconds since 1970."""
    state: StoredBytes
    """The table of the kernel's state."""
    parent: str | None = None
    """The checkpoint that this one came after: the one before, or the one that was restored."""
    label: str | None = None
    notebook: str | None = None
    document: StoredBytes | None = None
    """The notebook's file, as it was last saved."""
    execution_id: str | None = None
    order: int | None = None
    """Number of the cell execution in its session."""
    run_id: str | None = None
    python: str = ""
    """Version of Python, with which alone functions of the notebook can be read."""
    author: str = ""
    signature: str = ""
    """HMAC-SHA256, in hex, with the author's key; see :mod:`cellbook.checkpointing.signing`."""
    seal: str = ""
    """SHA-256, in hex, of the table of the kernel's state; the signature covers it."""
    variables: int = 0
    size: int = 0
    """Bytes of the state."""
    stored: int = 0
    """Bytes by which the book grew."""
    seconds: float = 0.0
    """What it took to save, in the background."""
    waited: float = 0.0
    """Seconds that the cell waited for it."""
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    lost: Mapping[str, str] = field(default_factory=dict)
    """Variables that could not be saved: name to type and reason."""
    live: Mapping[str, str] = field(default_factory=dict)
    """Variables that are a module's own object, and stay as that is."""
