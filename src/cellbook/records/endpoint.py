"""Endpoints that served registered models: when, where, who, and which version behind which arm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cellbook.records.base import Record
from cellbook.records.session import ProcessIdentity


@dataclass(frozen=True, slots=True)
class ServedArm(Record):
    """One model behind an endpoint, for as long as it was that version with that share."""

    arm: str
    model: str
    """What was asked for: ``models:/wine@champion``, or a bundle's place."""
    version: str
    """Id of the registered version; empty for a bundle that is none."""
    digest: str
    """Of what was served; empty where only its place is known."""
    since: int
    """Milliseconds since 1970 (UTC)."""
    weight: float = 1.0
    shadow: bool = False
    """Whether it was only asked, and never answered."""
    until: int | None = None
    """When another took its place; None where it stayed until the end, or is there still."""


@dataclass(frozen=True, slots=True)
class Endpoint(Record):
    """A process that answers, or answered, with registered models; one a start."""

    endpoint_id: str
    name: str
    address: str
    """Its URL."""
    process: ProcessIdentity
    writer: str
    """The journal that it writes; the file's time of change is its sign of life."""
    start_time: int
    by: str = ""
    """Who started it; empty where nobody knows."""
    strategy: str = ""
    """What its arms are for."""
    workers: int = 1
    records: bool = False
    """Whether its predictions are kept somewhere."""
    end_time: int | None = None
    """When it ended in order; None where it has not, or was killed."""
    arms: Mapping[str, ServedArm] = field(default_factory=dict)
    """By ULID, in the order in which they came."""
