"""Predictions that were recorded, and labels that came later: where they lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cellbook.records.base import Record


@dataclass(frozen=True, slots=True)
class PredictionChunk(Record):
    """Some predictions of one endpoint; their rows are a blob under `digest`."""

    chunk_id: str
    endpoint: str
    rows: int
    digest: str
    """SHA-256 of the bytes, in hex."""
    size: int
    """Bytes."""
    first: int
    """When the earliest was made, in milliseconds since 1970 (UTC)."""
    last: int
    models: tuple[str, ...] = ()
    """What made them, as each row has it: ``wine/7``."""
    arms: tuple[str, ...] = ()
    seen: int = 0
    """How many predictions were made in all, those among them that were not chosen to be kept."""
    dropped: int = 0
    """How many should have been kept and could not: too many were waiting."""
    versions: Mapping[str, int] = field(default_factory=dict)
    """By the id of each registered version that made some, how many of the rows are its own."""


@dataclass(frozen=True, slots=True)
class LabelChunk(Record):
    """What came true of some predictions, by their ids; the rows are a blob under `digest`."""

    chunk_id: str
    endpoint: str
    rows: int
    digest: str
    size: int
    time: int
    """When they came, in milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Reference(Record):
    """What windows are compared with: a sketch of some rows, a blob under `digest`."""

    reference_id: str
    subject: str
    """What it is the reference of: the id of a model version, or an endpoint."""
    rows: int
    columns: tuple[str, ...]
    digest: str
    size: int
    time: int
    """When it was kept, in milliseconds since 1970."""
    source: str = ""
    """What the rows were, as people say it: ``data:wine@3``."""
