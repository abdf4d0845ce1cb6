"""That a version of a model is being built in a clean environment, or was to be."""

from __future__ import annotations

from dataclasses import dataclass

from cellbook.records.base import Record
from cellbook.records.session import ProcessIdentity


@dataclass(frozen=True, slots=True)
class ModelCheckRun(Record):
    """One check of a version, from its start on; what it found is an event of the model."""

    check_id: str
    version: str
    """Its id."""
    time: int
    """When it began, in milliseconds since 1970 (UTC)."""
    process: ProcessIdentity
    writer: str
    """The journal that the process writes, whose time of change is its sign of life."""
    by: str = ""
    event: str = ""
    """Id of the event that tells what it found; empty while it is under way, or if it found
    nothing."""
    end_time: int | None = None
    problem: str = ""
    """Why it found nothing; empty if it did, or was killed."""
