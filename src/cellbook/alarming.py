"""Alarm rules over what endpoints predicted: kept, shown the windows that have ended, delivered.

``monitoring`` knows rules, and ``in_service`` windows; where an alarm goes is the user's setting.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable

from cellbook.answers import endpoint_of
from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound, StoreError, StoreReadOnly, one_line
from cellbook.in_service import look
from cellbook.outbox import Letter
from cellbook.records import AlarmEvent, AlarmReading, AlarmRule, AlarmState

_PLAIN, _OF_COLUMNS = ("rows", "drift", "drift.share"), ("drift", "psi", "missing")
"""Signals that need no label; and those that are of one column."""
_MOST_SILENT = 1_000
"""Windows without a row that are read at once: so many as a rule may look at."""


def keep_alarm(book: Book, endpoint: str, rule: str, name: str = "") -> AlarmRule:
    """Keep an alarm rule of an endpoint, whose signal the book's predictions can tell.

    Raises
    ------
    InvalidInput
        If it does not read as a rule, or needs what only its maker has, as estimates do.
    """
    from cellbook.monitoring import Alarms, parse_rule  # noqa: PLC0415 - heavy

    made = parse_rule(rule, name)
    metrics_of([made])
    return Alarms(book.store, endpoint).keep(made)


def metrics_of(rules: Iterable[AlarmRule]) -> list[str]:
    """Return which metrics rules read.

    Raises
    ------
    InvalidInput
        If one reads what nobody can tell from predictions, labels and a reference alone.
    """
    from cellbook.monitoring.measures import METRICS  # noqa: PLC0415 - heavy

    found: dict[str, None] = {}
    for rule in rules:
        kind, _, column = rule.signal.partition(":")
        if rule.signal in METRICS:
            found[rule.signal] = None
        elif not (rule.signal in _PLAIN or (kind in _OF_COLUMNS and column)):
            raise InvalidInput(
                f"There is no signal {rule.signal!r} here. There are {', '.join(_PLAIN)}, "
                f"{', '.join(f'{one}:COLUMN' for one in _OF_COLUMNS)}, and of predictions with "
                f"labels {', '.join(METRICS)}. Estimates are read in Python: cellbook.monitoring."
            )
    return list(found)


def readings(
    book: Book,
    endpoint: str,
    rule: AlarmRule,
    state: AlarmState,
    *,
    data: str | None = None,
    model: str | None = None,
) -> list[AlarmReading]:
    """Return what a rule reads in the windows that it has not seen yet, the oldest first.

    A rule that saw none yet reads so many of the newest that count as it looks at.  One on ``rows``
    reads 0 in windows in which nobody asked, from the first in which somebody did.

    Raises
    ------
    NotFound, InvalidInput
        As :func:`look` does, and where it has nothing to compare with.
    """
    now = time.time_ns() // 1_000_000 - int(rule.after * 1000)
    windows = [
        one
        for one in look(
            book, endpoint, rule.window, data=data, metrics=metrics_of([rule]), since=state.seen,
            model=model,
        )
        if one.end <= now
    ]  # fmt: skip
    compares = rule.signal.partition(":")[0] in ("drift", "drift.share", "psi", "missing")
    if compares and any(one.drift is None for one in windows):
        raise InvalidInput(
            f"The rule '{rule}' compares {endpoint} with nothing. Name data (--data people@1), or "
            "keep a reference of the model: cellbook.monitoring.References."
        )
    found = [one.reading(rule.signal) for one in windows]
    if rule.signal == "rows":
        found = _with_silence(found, rule, state, now)
    if state.seen is not None:
        return found
    counting = [place for place, one in enumerate(found) if one.rows >= rule.least_rows]
    return found[counting[-rule.of :][0] :] if counting else found[-rule.of :]


def _with_silence(
    found: list[AlarmReading], rule: AlarmRule, state: AlarmState, now: int
) -> list[AlarmReading]:
    """Add the windows in which nobody asked, up to the last one that has ended."""
    from cellbook.monitoring.predictions import window_length  # noqa: PLC0415 - heavy

    if not found and state.seen is None:
        return found
    length = window_length(rule.window)
    newest = now // length * length
    first = found[0].time if state.seen is None else state.seen + length
    known = {one.time: one for one in found}
    ends = range(max(first, newest - (_MOST_SILENT - 1) * length), newest + 1, length)
    return [known.get(end) or AlarmReading(end, 0.0, 0) for end in ends]


def take_alarms(book: Book, endpoint: str, *, data: str | None = None) -> list[AlarmEvent]:
    """Show the windows that have ended to the rules of an endpoint; have told what is to be told.

    Where to is the user's setting; what becomes of it is in ``book.alarm_hooks.log()``.

    Parameters
    ----------
    book
        The book that has its predictions.
    endpoint
        Its name.
    data
        As :func:`look` has it.

    Raises
    ------
    NotFound, InvalidInput
        As :func:`look` does; also if it has no rules.
    """
    from cellbook.monitoring import Alarms  # noqa: PLC0415 - heavy

    alarms = Alarms(book.store, endpoint)
    rules = alarms.rules()
    if not rules:
        raise NotFound(
            f"{endpoint!r} has no alarm rule. `cellbook alarms {endpoint} --add 'accuracy below "
            "0.9 on 3 of 5 windows'` makes one."
        )

    def deliver(event: AlarmEvent) -> str:
        letter = Letter(event.event_id, endpoint, event.reading.time)
        return "on its way" if book.alarm_hooks.send([letter]) else "nobody is told"

    events = alarms.redeliver(deliver)
    for rule in rules:
        found = readings(book, endpoint, rule, alarms.state(rule.name), data=data)
        events += alarms.take(rule.name, found, deliver=deliver)
    return events


def endpoint_of_rules(book: Book, name: str) -> str:
    """Return the endpoint whose rules a name means: its own, or a model's that answers there.

    Raises
    ------
    NotFound
        If it names a version that is not there.
    InvalidInput
        If it names one version, or a model that answers at several endpoints.
    """
    from cellbook.monitoring import Alarms  # noqa: PLC0415 - heavy

    told = name.strip()
    if told in Alarms.subjects(book.store):
        return told
    endpoint, version = endpoint_of(book, told)
    if version:
        raise InvalidInput(
            f"Rules look at all that {endpoint} answers, whatever version it is of: `cellbook "
            f"monitor {endpoint} --check`. How {version} alone does, `cellbook monitor {version}` "
            "tells."
        )
    return endpoint


class Watch:
    """Looks again and again: what fails in one look is told, and does not end the watch.

    A mistake in what was asked for does, unless a look has gone well with it; a store or file that
    cannot be reached never does.  A line that the look before has told already is not repeated.

    Parameters
    ----------
    tell
        Hears what there is to say, in one line each.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._before: set[str] = set()
        self._now: set[str] = set()
        self._went_well = False

    def tell(self, line: str) -> None:
        """Tell a line, for who looks."""
        self._now.add(line)
        if line not in self._before:
            self._tell(line)

    def look(self, once: Callable[[], object]) -> None:
        """Look once.

        Raises
        ------
        CellbookError
            If what was asked for cannot be, and no look went well before.
        """
        self._now = set()
        try:
            once()
            self._went_well = True
        except BrokenPipeError:
            raise  # Nobody reads any more what is told.
        except Exception as error:
            if not (self._went_well or _passes(error)):
                raise
            self.tell(f"this look failed, the next one tries again: {one_line(error)}")
        self._before = self._now

    def go_on(self, once: Callable[[], object], every: float) -> None:
        """Look until interrupted, with so many seconds in between.

        Raises
        ------
        InvalidInput
            If there are none.
        """
        if every <= 0:
            raise InvalidInput("How often is looked? Write --every 30s, 5min, 1h: more than 0s.")
        while True:
            self.look(once)
            time.sleep(every)


def _passes(error: Exception) -> bool:
    if isinstance(error, StoreReadOnly):
        return False
    return isinstance(error, StoreError | OSError | sqlite3.Error)
