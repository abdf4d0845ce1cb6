"""A file that a run keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cellbook.records.base import Record


@dataclass(frozen=True, slots=True)
class Artifact(Record):
    """One file of a run; the bytes are a blob under `digest`.

    A path logged again replaces the former file in the listing; both stay in the store.
    """

    artifact_id: str
    run: str
    path: str
    """Place below the run's artifact root, with forward slashes."""
    digest: str
    """SHA-256 of the bytes, in hex."""
    size: int
    """Bytes."""
    time: int
    """Milliseconds since 1970 (UTC)."""
    kind: str = "file"
    """``figure``, ``image``, ``table``, ``text``, ``dict``, ``html``, ``audio``, ``histogram``
    or ``file``."""
    media_type: str = "application/octet-stream"
    step: int | None = None
    cell: str | None = None
    """The cell execution that made it."""
    automatic: bool = False
    """Whether it was captured from a cell's output rather than logged by a call."""
    meta: Mapping[str, Any] = field(default_factory=dict)
