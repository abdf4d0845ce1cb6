"""What was sent out of a book, or is to be."""

from __future__ import annotations

from dataclasses import dataclass

from cellbook.records.base import Record


@dataclass(frozen=True, slots=True)
class Delivery(Record):
    """That an event was sent to one place, or is to be."""

    delivery_id: str
    event: str
    """Its id."""
    kind: str
    """``webhook`` or ``command``."""
    where: str
    """The webhook's host, whose address is a secret, or the command's program."""
    time: int
    """Of the event, in milliseconds since 1970."""
    subject: str = ""
    """What the event is of: a model, an endpoint."""
    state: str = "pending"
    """``pending``, ``delivered`` or ``failed``."""
    attempts: int = 0
    problem: str = ""
    """What went wrong the last time; empty if nothing did."""
    last: int = 0
    """When it was last tried."""
