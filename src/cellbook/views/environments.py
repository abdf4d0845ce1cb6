"""What runs ran on."""

from __future__ import annotations

from cellbook.records import Environment, RunRecord, from_doc
from cellbook.store import Store


def environment_of(store: Store, record: RunRecord) -> Environment | None:
    """Return what a run ran on: its own environment, or that of its session."""
    environment = record.environment
    if environment is None and record.session is not None:
        session = store.get("sessions", record.session) or {}
        environment = session.get("environment")
    doc = None if environment is None else store.get("environments", environment)
    return None if doc is None else from_doc(Environment, doc)
