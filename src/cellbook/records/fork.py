"""A notebook that was taken over from a moment of another one."""

from __future__ import annotations

from dataclasses import dataclass

from cellbook.records.base import Record
from cellbook.records.thread import Author


@dataclass(frozen=True, slots=True)
class Fork(Record):
    """Where a notebook comes from."""

    fork_id: str
    notebook: str
    """The new notebook, as records name it."""
    time: int
    """When it was made, in milliseconds since 1970 (UTC)."""
    origin: str = ""
    """The notebook that it was taken from."""
    checkpoint: str = ""
    """Id of the checkpoint; empty where it was made of the cells of a run."""
    run: str = ""
    author: Author | None = None
    """Who took it over, where that is known."""
