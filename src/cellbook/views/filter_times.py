"""Points and spans of time, as people write them in a filter."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from cellbook.errors import InvalidInput
from cellbook.views.filter_tokens import number_in

_SECONDS = {
    "ms": 0.001,
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
    **dict.fromkeys(("w", "week", "weeks"), 7 * 86400.0),
    **dict.fromkeys(("month", "months"), 30 * 86400.0),
    **dict.fromkeys(("y", "year", "years"), 365 * 86400.0),
}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)\s*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([0-9:.,]+)")


def read_span(text: str) -> float | None:
    """Return the seconds that a span of time has: ``90``, ``2m``, ``1.5 h``, ``2 m 14 s``.

    ``m`` are minutes; a month counts as 30 days, a year as 365.  None if it is no span.
    """
    number = number_in(text)
    if number is not None:
        return float(number)
    seconds, position = 0.0, 0
    lower = text.strip().lower()
    while position < len(lower):
        match = _PART.match(lower, position)
        if match is None or match[2] not in _SECONDS:
            return None
        seconds += float(match[1]) * _SECONDS[match[2]]
        position = match.end()
    return seconds if lower else None


def read_moment(text: str, now: int) -> tuple[int, int]:
    """Return the stretch of time that `text` names, as its first moment and the first one after it.

    Takes ``2026-11-24`` (that whole day), ``2026-11-24T10:00`` (that minute), with seconds or a
    time zone too, ``today``, ``yesterday``, ``now``, ``3 days ago`` and milliseconds since 1970.
    Without a zone it is local time.

    Parameters
    ----------
    text
        What was written.
    now
        The present, in milliseconds since 1970, as are the two returned.

    Raises
    ------
    InvalidInput
        If it names no time.
    """
    text = text.strip()
    lower = text.lower()
    try:
        if lower in ("today", "yesterday"):
            day = datetime.fromtimestamp(now / 1000).date()
            return _day(day if lower == "today" else day - timedelta(days=1))
        if _DATE.fullmatch(text):
            return _day(date.fromisoformat(text))
        if clock := _CLOCK.match(text):
            start = _milliseconds(datetime.fromisoformat(text))
            return start, start + _fineness(clock[1])
        if lower == "now" or lower.endswith("ago"):
            span = 0.0 if lower == "now" else read_span(lower.removesuffix("ago"))
            if span is not None and number_in(lower.removesuffix("ago").strip()) is None:
                start = now - round(span * 1000)
                return start, start + 1
        number = number_in(text)
        if number is not None:
            return round(number), round(number) + 1
    except (ValueError, OverflowError, OSError):
        pass  # No such day or hour, or one that this machine's clock cannot tell.
    raise InvalidInput(
        f"{text!r} is no time. Write 2026-11-24, '2026-11-24T10:00', today, '3 days ago', "
        "or milliseconds since 1970."
    )


def _day(day: date) -> tuple[int, int]:
    first, after = (datetime(d.year, d.month, d.day) for d in (day, day + timedelta(days=1)))
    return _milliseconds(first), _milliseconds(after)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _fineness(clock: str) -> int:
    """Return the milliseconds that a time of day, as it is written, leaves open."""
    if "." in clock or "," in clock:
        return 1
    return {0: 3_600_000, 1: 60_000}.get(clock.count(":"), 1000)
