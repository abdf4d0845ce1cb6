"""What alarms have to tell, of all endpoints of a book."""

from __future__ import annotations

from tinydb import where

from cellbook.records import AlarmEvent, AlarmStep, from_doc
from cellbook.store import OrderTerm, Store
from cellbook.views.monitoring import AlarmNotice, AlarmNotices

EVENTS = "alarm_events"
RETRAINING = "retraining of "
"""What the subject of a retraining's rule begins with, before the model's name."""
_MOST = 20


def notices_since(store: Store, since: str) -> AlarmNotices:
    """Return what somebody is to be told of since a place.

    Parameters
    ----------
    store
        The book's memory.
    since
        The id of the last event that was known; empty asks where that is now, and tells nothing:
        who has just come is not to hear of all that ever was.
    """
    newest_first = [OrderTerm(("event_id",), descending=True)]
    told = where("tell") == True  # noqa: E712 - a query
    if not since:
        for doc_id, _, _ in store.select(EVENTS, told, order_by=newest_first, limit=1):
            return AlarmNotices(doc_id, ())
        return AlarmNotices("", ())
    found = store.select(
        EVENTS, told & (where("event_id") > since), order_by=newest_first, limit=_MOST
    )
    notices = []
    for doc_id, _, doc in reversed(list(found)):
        event = from_doc(AlarmEvent, doc)
        subject = str(doc.get("subject", ""))
        # The rule of a retraining is one of its own; what it watches is the model's endpoint.
        endpoint = subject.removeprefix(RETRAINING)
        message = event.message if endpoint == subject else f"{subject}: {event.message}"
        notices.append(
            AlarmNotice(
                event_id=doc_id,
                endpoint=endpoint,
                raised=event.step is not AlarmStep.CLEARED,
                message=message,
                time=event.reading.time,
            )
        )
    return AlarmNotices(notices[-1].event_id if notices else since, tuple(notices))
