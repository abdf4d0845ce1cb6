"""What is sent of an alarm, and where to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cellbook.delivery import Destinations, destinations, keep_destinations
from cellbook.records import AlarmEvent, from_doc
from cellbook.store import Store
from cellbook.views.formatting import plural, stamp
from cellbook.views.notices import escape

DELIVERIES = "alarm_deliveries"
EVENTS = "alarm_events"
WEBHOOK, COMMAND = "CELLBOOK_ALARMS_WEBHOOK", "CELLBOOK_ALARMS_COMMAND"
"""Environment variables that stand above the settings; empty ones turn it off."""
_FILE = "alarms.json"


def alarm_destinations(environment: Mapping[str, str] | None = None) -> Destinations:
    """Return where alarms go: as the environment says, else as the user's settings do."""
    return destinations(_FILE, WEBHOOK, COMMAND, environment)


def keep_alarm_destinations(chosen: Destinations) -> None:
    """Keep where alarms go, for all books of this user; only they can read the file.

    Raises
    ------
    InvalidInput
        If the webhook is no http or https URL, or the command cannot be read.
    StoreWriteError
        If there is no place to keep it.
    """
    keep_destinations(_FILE, chosen, WEBHOOK)


def told_alarm(store: Store, event_id: str) -> dict[str, Any] | None:
    """Return an alarm as JSON: a ``text`` for people, and what programs need besides; None where
    it is not on record any more."""
    doc = store.get(EVENTS, event_id)
    if doc is None:
        return None
    event, reading = from_doc(AlarmEvent, doc), from_doc(AlarmEvent, doc).reading
    subject = str(doc.get("subject", ""))
    return {
        "text": escape(alarm_text(subject, event)),
        "event": event.event_id,
        "step": event.step.value,
        "endpoint": subject,
        "rule": event.rule,
        "message": event.message,
        "value": reading.value,
        "low": reading.low,
        "high": reading.high,
        "rows": reading.rows,
        "window_end": reading.time,
        "details": list(event.details),
        "book": store.book_id,
    }


def alarm_text(subject: str, event: AlarmEvent) -> str:
    """Return an alarm in a line."""
    when = f"window until {stamp(event.reading.time)}, {plural(event.reading.rows, 'row')}"
    more = "".join(f" · {one}" for one in event.details)
    return f"{subject}: alarm {event.step.value} · {event.message} · {when}{more}"
