"""What is sent of an event of a model."""

from __future__ import annotations

from typing import Any

from cellbook.records import ModelEvent
from cellbook.registry import read_models
from cellbook.store import Store
from cellbook.views.models import model_deeds
from cellbook.views.notices import escape


def told_event(store: Store, event: ModelEvent) -> dict[str, Any]:
    """Return an event as JSON: a ``text`` for people, and what programs need besides."""
    told = read_models(store)[event.model]
    deed = next(one for one in model_deeds(told) if one.event_id == event.event_id)
    version = told.of_id(event.version) if event.version else None
    why = f" ({deed.reason})" if deed.reason else ""
    text = f"{event.by or 'Somebody'} {deed.text} · model {event.model}{why}"
    rests = "".join(f"\n> {one.text}" for one in deed.evidence)
    return {
        "text": escape(text) + escape(rests).replace("\n&gt;", "\n>"),
        "event": event.event_id,
        "kind": event.kind.value,
        "model": event.model,
        "version": "" if version is None else version.name,
        "version_id": "" if version is None else version.version_id,
        "subject": event.subject,
        "value": event.value,
        "by": event.by,
        "time": event.time,
        "reason": event.reason,
        "evidence": [one.text for one in event.evidence],
        "book": store.book_id,
    }
