"""What was done to models, sent to a webhook or a command: which events, and where to."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cellbook.delivery import Destinations, destinations, keep_destinations
from cellbook.errors import InvalidInput
from cellbook.outbox import WAITS, Letter, Outbox
from cellbook.records import ModelEvent, ModelEventKind, from_doc
from cellbook.registry.reading import EVENTS
from cellbook.settings import keep_secret_settings, settings_file
from cellbook.store import Store

DELIVERIES = "model_deliveries"
WEBHOOK, COMMAND = "CELLBOOK_MODELS_WEBHOOK", "CELLBOOK_MODELS_COMMAND"
"""Environment variables that stand above the settings; empty ones turn it off."""
KINDS = "CELLBOOK_MODELS_EVENTS"
TOLD = (
    ModelEventKind.REGISTERED,
    ModelEventKind.ALIAS,
    ModelEventKind.STAGE,
    ModelEventKind.APPROVED,
    ModelEventKind.REJECTED,
    ModelEventKind.CHECKED,
    ModelEventKind.DEPRECATED,
    ModelEventKind.DELETED,
)
"""What is sent where nothing else is said."""
_FILE, _KINDS_FILE = "models.json", "model-events.json"


def model_destinations(environment: Mapping[str, str] | None = None) -> Destinations:
    """Return where events go: as the environment says, else as the user's settings do."""
    return destinations(_FILE, WEBHOOK, COMMAND, environment)


def keep_model_destinations(chosen: Destinations) -> None:
    """Keep where events go, for all books of this user; only they can read the file.

    Raises
    ------
    InvalidInput
        If the webhook is no http or https URL, or the command cannot be read.
    StoreWriteError
        If there is no place to keep it.
    """
    keep_destinations(_FILE, chosen, WEBHOOK)


def told_kinds() -> tuple[ModelEventKind, ...]:
    """Return which events are sent: as the environment says, else as the user's settings do."""
    text = os.environ.get(KINDS, "")
    if not text:
        try:
            text = settings_file(_KINDS_FILE).read_text(encoding="utf-8").strip('"\n ')
        except OSError:
            return TOLD
    try:
        return check_kinds(text)
    except InvalidInput:
        return TOLD


def keep_told_kinds(text: str) -> None:
    """Keep which events are sent: their kinds, with commas between.

    Raises
    ------
    InvalidInput
        If there is no such kind.
    StoreWriteError
        If there is no place to keep it.
    """
    check_kinds(text)
    keep_secret_settings(_KINDS_FILE, text, KINDS)


def check_kinds(text: str) -> tuple[ModelEventKind, ...]:
    """Return kinds of events by their names, with commas between.

    Raises
    ------
    InvalidInput
        If there is no such kind.
    """
    try:
        return tuple(ModelEventKind(one.strip()) for one in text.split(",") if one.strip())
    except ValueError:
        raise InvalidInput(
            f"There is no event {text[:60]!r}. There are {', '.join(ModelEventKind)}."
        ) from None


class Hooks(Outbox):
    """Sends events of models in the background, and keeps a log of that.

    Parameters
    ----------
    store
        The book's memory.
    make
        Returns an event as what is sent: JSON with a ``text``; called in the background.
    report
        Told once why events do not arrive, and again after they did.
    waits
        Seconds from each attempt to the next.
    """

    def __init__(
        self,
        store: Store,
        make: Callable[[ModelEvent], Mapping[str, Any]],
        report: Callable[[str], None],
        waits: Sequence[float] = WAITS,
    ) -> None:
        def made(event: str) -> Mapping[str, Any] | None:
            doc = store.get(EVENTS, event)
            return None if doc is None else make(from_doc(ModelEvent, doc))

        super().__init__(
            store, DELIVERIES, model_destinations, made, report,
            event="An event of a model", command="cellbook models hooks", waits=waits,
        )  # fmt: skip

    def tell(self, events: Sequence[ModelEvent]) -> None:
        """Have events sent, those of the kinds that are wanted; returns at once."""
        kinds = told_kinds()
        self.send(
            [Letter(one.event_id, one.model, one.time) for one in events if one.kind in kinds]
        )
