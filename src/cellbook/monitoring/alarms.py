"""Alarms: rules over windows, with patience before and silence after.

:func:`step` is all there is to it: from a rule, its state and one reading it makes the next state
and what is to be put on record, and knows no clock, store or network.  :class:`Alarms` keeps rules,
states and events in the book, and hands what is to be told to whoever delivers it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from tinydb import where

from cellbook.errors import InvalidInput, NotFound, one_line
from cellbook.records import (
    UNITS,
    AlarmEvent,
    AlarmReading,
    AlarmRule,
    AlarmState,
    AlarmStep,
    check_name,
    from_doc,
    spelled_as,
    to_doc,
)
from cellbook.store import Op, OrderTerm, Store, create, remove, update

RULES, EVENTS = "alarm_rules", "alarm_events"
_MOST_WINDOWS = 1_000
_WAITING = "waiting"
"""What is said of a delivery before it was tried."""
_TEXT = re.compile(
    r"(?P<signal>[^\s:]+?(:(\"[^\"]+\"|\S.*?))?)"
    r"(\s+(?P<surely>surely\s+)?(?P<sign>below|above|<|>)\s*(?P<limit>[^\s,]+))?"
    r"(\s+(on|for)\s+(?P<windows>\d+)\s+of\s+(?P<of>\d+)(\s+windows?)?"
    r"(\s+of\s+(?P<window>[\d.]+\s*(s|min|h|d)))?)?"
    r"(\s*,\s*(at least\s+)?(?P<rows>\d+)\s+rows)?"
    r"(\s*,\s*cool-?down\s+(?P<cool>[\d.]+\s*(s|min|h|d)))?"
    r"(\s*,\s*after\s+(?P<after>[\d.]+\s*(s|min|h|d)))?"
)
_LONG = re.compile(r"([\d.]+)\s*(s|min|h|d)")


def parse_rule(text: str, name: str = "") -> AlarmRule:
    """Return the rule that a text says, such as ``accuracy below 0.9 on 3 of 5 windows``.

    Further parts follow: ``on 3 of 5 windows of 30min`` (an hour, where nothing is said), and after
    commas ``200 rows`` (fewer do not count), ``cool-down 6h``, ``after 1d`` (windows are looked at
    so long after their end, as labels come late).  ``surely below`` asks that the whole interval
    is.  ``drift`` and ``drift:COLUMN`` may stand without a limit.  A column stands as it is called,
    blanks and all; in quotes (``drift:"3 of 5"``) where it could be read otherwise.

    Parameters
    ----------
    text
        The rule.
    name
        What it is called; empty takes the text itself.

    Raises
    ------
    InvalidInput
        If it does not read as one.
    """
    match = _TEXT.fullmatch(text.strip())
    try:
        given = _parts(match) if match else {}
    except ValueError:
        given = {}
    if match is None or not given:
        raise InvalidInput(
            f"{text!r} does not read as a rule. Write for instance: accuracy below 0.9 on 3 of 5 "
            "windows of 1h, 200 rows, cool-down 6h, after 1d"
        )
    signal = match["signal"]
    if signal.endswith('"'):
        signal = signal[:-1].replace(':"', ":", 1)
    rule = AlarmRule(name or text.strip(), signal, surely=bool(match["surely"]), **given)
    return check_rule(rule)


def _parts(match: re.Match[str]) -> dict[str, Any]:
    """Return what a text says of a rule; nothing where it sets no limit."""
    given: dict[str, Any] = {}
    if match["limit"]:
        limit = float(match["limit"])
        if math.isnan(limit):
            return {}
        given["below" if match["sign"] in ("below", "<") else "above"] = limit
    elif match["signal"].partition(":")[0] == "drift":
        given["above"] = 0.0
    else:
        return {}
    if match["windows"]:
        given |= {"windows": int(match["windows"]), "of": int(match["of"])}
    if match["rows"]:
        given["least_rows"] = int(match["rows"])
    lengths = {"window": "window", "cool": "cool_down", "after": "after"}
    return given | {
        field: parse_length(match[part]) for part, field in lengths.items() if match[part]
    }


def parse_length(text: str) -> float:
    """Return a length of time, such as ``30min``, in seconds.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    match = _LONG.fullmatch(text.strip())
    try:
        return float(match[1]) * UNITS[match[2]] if match else float("no number")
    except ValueError:
        raise InvalidInput(f"{text!r} is no length of time. Write 30s, 5min, 1h or 1d.") from None


def check_rule(rule: AlarmRule) -> AlarmRule:
    """Return a rule that can be kept.

    Raises
    ------
    InvalidInput
        If it cannot: it has no limit, or asks for more windows than it looks at.
    """
    check_name(rule.name, "rule")
    check_name(rule.signal, "signal")
    limits = [limit for limit in (rule.below, rule.above) if limit is not None]
    if not limits or not all(map(math.isfinite, limits)):
        raise InvalidInput("A rule needs a limit: below or above which number it is broken.")
    if rule.below is not None and rule.above is not None and rule.below > rule.above:
        raise InvalidInput(f"No value is from {rule.below:g} to {rule.above:g}. Swap the limits.")
    if not 1 <= rule.windows <= rule.of <= _MOST_WINDOWS:
        raise InvalidInput(
            f"{rule.windows} of {rule.of} windows cannot be. Give 3 of 5, say, and {_MOST_WINDOWS} "
            "at most."
        )
    if rule.least_rows < 0 or not 0 <= rule.cool_down < math.inf:
        raise InvalidInput("Rows and cool-down are not negative.")
    if not 0 < rule.window < math.inf or not 0 <= rule.after < math.inf:
        raise InvalidInput("A window has a length, and is looked at after its end.")
    return rule


def step(
    rule: AlarmRule, state: AlarmState, reading: AlarmReading
) -> tuple[AlarmState, AlarmEvent]:
    """Return how a rule stands after one more window, and what became of it.

    A window that is no later than the newest one that was looked at does not count: whoever reads
    the same windows again raises nothing twice.
    """
    if state.seen is not None and reading.time <= state.seen:
        return state, _event(rule, state, reading, AlarmStep.SKIPPED, "was looked at before")
    state = replace(state, seen=reading.time)
    if reading.rows < rule.least_rows:
        few = f"has {reading.rows:,} of {rule.least_rows:,} rows"
        return state, _event(rule, state, reading, AlarmStep.SKIPPED, few)
    if math.isnan(reading.value):
        return state, _event(rule, state, reading, AlarmStep.SKIPPED, "has no value")
    broken = _breaks(rule, reading)
    state = replace(state, recent=(*state.recent, broken)[-rule.of :])
    often = sum(state.recent)
    told = f"is {reading.value:.4g}: the rule '{rule}' was broken in {often} of {len(state.recent)}"
    if often < rule.windows:
        if state.raised is not None and not broken:
            # Nobody needs to hear the end of what they were not told of.
            known = state.told is not None and state.told >= state.raised
            state = replace(state, raised=None)
            event = _event(rule, state, reading, AlarmStep.CLEARED, told)
            return state, replace(event, tell=known)
        if state.raised is None:
            kind = AlarmStep.BROKEN if broken else AlarmStep.KEPT
            return state, _event(rule, state, reading, kind, told)
    fresh = state.raised is None
    state = replace(state, raised=reading.time if fresh else state.raised)
    if state.told is not None and reading.time - state.told < rule.cool_down * 1000:
        return state, _event(rule, state, reading, AlarmStep.QUIET, told)
    state = replace(state, told=reading.time)
    kind = AlarmStep.RAISED if fresh else AlarmStep.STILL
    return state, _event(rule, state, reading, kind, told)


def _breaks(rule: AlarmRule, reading: AlarmReading) -> bool:
    low = high = reading.value
    if rule.surely:
        low = reading.value if reading.low is None else reading.low
        high = reading.value if reading.high is None else reading.high
    return (rule.below is not None and high < rule.below) or (
        rule.above is not None and low > rule.above
    )


def _event(
    rule: AlarmRule, state: AlarmState, reading: AlarmReading, kind: AlarmStep, told: str
) -> AlarmEvent:
    subject = "the window" if kind is AlarmStep.SKIPPED else rule.signal
    tell = kind in (AlarmStep.RAISED, AlarmStep.STILL)
    return AlarmEvent(rule.name, kind, f"{subject} {told}", reading, state.recent, tell)


class Alarms:
    """The alarm rules of a book, of one subject each: an endpoint, say.

    Parameters
    ----------
    store
        The book's memory.
    subject
        What the rules are of; rules of another subject are others.
    """

    def __init__(self, store: Store, subject: str) -> None:
        self._store = store
        name = check_name(subject, "subject")
        # Whichever way its accents are written.
        self.subject = name if name.isascii() else spelled_as(name, self.subjects(store))

    @staticmethod
    def subjects(store: Store) -> list[str]:
        """Return what there are rules of, by name."""
        return sorted({str(doc["subject"]) for _, _, doc in store.select(RULES)})

    def rules(self) -> list[AlarmRule]:
        """Return all rules, by name."""
        found = self._store.select(RULES, where("subject") == self.subject)
        return sorted((from_doc(AlarmRule, doc["rule"]) for _, _, doc in found), key=_by_name)

    def state(self, name: str) -> AlarmState:
        """Return how a rule stands.

        Raises
        ------
        NotFound
            If there is no such rule.
        """
        return from_doc(AlarmState, self._found(name).get("state", {}))

    def keep(self, rule: AlarmRule | str) -> AlarmRule:
        """Keep a rule, or the text of one, in place of the former one of its name.

        One that is changed begins anew; one that stays the same goes on.

        Raises
        ------
        InvalidInput
            If it cannot be kept.
        """
        made = parse_rule(rule) if isinstance(rule, str) else check_rule(rule)
        with self._store.exclusive():
            known = self._store.get(RULES, self._key(made.name))
            if known is None or from_doc(AlarmRule, known["rule"]) != made:
                doc = {"subject": self.subject, "rule": to_doc(made), "state": {}}
                self._store.commit([create(RULES, self._key(made.name), doc)])
        return made

    def drop(self, name: str) -> None:
        """Take a rule away; its events stay on record.

        Raises
        ------
        NotFound
            If there is no such rule.
        """
        with self._store.exclusive():
            self._found(name)
            self._store.commit([remove(RULES, self._key(name))])

    def take(
        self,
        name: str,
        readings: Iterable[AlarmReading],
        *,
        deliver: Callable[[AlarmEvent], object] | None = None,
        details: Sequence[str] = (),
        also: Callable[[Sequence[AlarmEvent], AlarmState], Sequence[Op]] = lambda events, state: (),
    ) -> list[AlarmEvent]:
        """Show windows to a rule; return what became of each that is new.

        State and events are one transaction: whoever is killed, no window counts twice and none
        is lost.  Delivery comes after it, and what becomes of that is on record as well.

        Parameters
        ----------
        name
            The rule's.
        readings
            What its signal was, the oldest window first.
        deliver
            Is called with each event of which somebody is to be told; what text it returns, and
            its exceptions, are noted.
        details
            What is added to each event, such as the columns that drifted.
        also
            Returns what is put on record in the same transaction, of the new events and how the
            rule stands after them.  What it raises leaves all as it was.

        Raises
        ------
        NotFound
            If there is no such rule.
        """
        with self._store.exclusive():
            doc = self._found(name)
            rule, state = from_doc(AlarmRule, doc["rule"]), from_doc(AlarmState, doc["state"])
            events = []
            for reading in readings:
                seen = state.seen
                state, event = step(rule, state, reading)
                if state.seen != seen:
                    fresh = self._store.new_id()
                    waits = _WAITING if event.tell and deliver is not None else ""
                    events.append(
                        replace(event, event_id=fresh, details=tuple(details), delivery=waits)
                    )
            if not events:
                return []
            kept = {**doc, "state": to_doc(state)}
            ops = [create(RULES, self._key(name), kept)]
            for event in events:
                ops.append(
                    create(EVENTS, event.event_id, {"subject": self.subject, **to_doc(event)})
                )
            ops += also(events, state)
            self._store.commit(ops)
        return [self._delivered(event, deliver) for event in events]

    def would(self, rule: AlarmRule, readings: Iterable[AlarmReading]) -> list[AlarmEvent]:
        """Return what would become of windows, new ones only, and change nothing."""
        doc = self._store.get(RULES, self._key(rule.name)) or {}
        known = doc and from_doc(AlarmRule, doc["rule"]) == rule
        state = from_doc(AlarmState, doc["state"]) if known else AlarmState()
        events = []
        for reading in readings:
            seen = state.seen
            state, event = step(rule, state, reading)
            if state.seen != seen:
                events.append(event)
        return events

    def begin_anew(self, name: str) -> None:
        """Forget how windows stood, as after a new model took over; those that were looked at do
        not count again, and the cool-down holds.

        Raises
        ------
        NotFound
            If there is no such rule.
        """
        with self._store.exclusive():
            doc = self._found(name)
            state = from_doc(AlarmState, doc["state"])
            fresh = replace(state, recent=(), raised=None)
            self._store.commit([create(RULES, self._key(name), {**doc, "state": to_doc(fresh)})])

    def redeliver(self, deliver: Callable[[AlarmEvent], object]) -> list[AlarmEvent]:
        """Deliver what whoever was to do so did not come to, as they were killed; return it."""
        query = (where("subject") == self.subject) & (where("delivery") == _WAITING)
        found = self._store.select(EVENTS, query)
        return [self._delivered(from_doc(AlarmEvent, doc), deliver) for _, _, doc in found]

    def events(self, name: str | None = None, limit: int | None = None) -> list[AlarmEvent]:
        """Return what became of windows, the newest first; of one rule, or of all."""
        query = where("subject") == self.subject
        if name is not None:
            query &= where("rule") == name
        order = [OrderTerm(("event_id",), descending=True)]
        found = self._store.select(EVENTS, query, order_by=order, limit=limit)
        return [from_doc(AlarmEvent, doc) for _, _, doc in found]

    def _delivered(
        self, event: AlarmEvent, deliver: Callable[[AlarmEvent], object] | None
    ) -> AlarmEvent:
        if not event.tell or deliver is None:
            return event
        try:
            said = deliver(event)
            delivery = said if isinstance(said, str) else "sent"
        except Exception as error:
            # Whatever whoever delivers does: the alarm is on record, and so is this.
            delivery = one_line(error)
        self._store.commit([update(EVENTS, event.event_id, {"delivery": delivery})])
        return replace(event, delivery=delivery)

    def _found(self, name: str) -> dict[str, Any]:
        doc = self._store.get(RULES, self._key(name))
        if doc is None:
            names = ", ".join(repr(rule.name) for rule in self.rules())
            there = f"There are {names}." if names else "There is none yet."
            raise NotFound(f"{self.subject!r} has no alarm rule {name!r}. {there}")
        return doc

    def _key(self, name: str) -> str:
        # Neither part can hold a line break.
        return f"{self.subject}\n{name}"


def _by_name(rule: AlarmRule) -> str:
    return rule.name
