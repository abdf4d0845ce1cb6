"""What a text says of when it ran and how long that took: no result, and another each time.

A number is taken for a time only where it can be one: a date or a clock while the cells ran, a
duration no longer than they took, a rate.  All else is a result, whatever stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_SLACK = 2000
"""Milliseconds by which a clock may be out."""
_UNITS = {
    "ns": 1e-9, "µs": 1e-6, "μs": 1e-6, "us": 1e-6, "ms": 1e-3,
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0,
    "m": 60.0, "min": 60.0, "mins": 60.0, "minute": 60.0, "minutes": 60.0,
    "h": 3600.0, "hr": 3600.0, "hrs": 3600.0, "hour": 3600.0, "hours": 3600.0,
}  # fmt: skip
_NUMBER = r"\d[\d,]*(?:\.\d*)?(?:e[-+]?\d+)?"
_UNIT = r"ns|[µμu]s|ms|s(?:ec(?:ond)?s?)?|min(?:ute)?s?|h(?:ou)?rs?"
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_SPOKEN = r"(?:elapsed|took|duration|(?:wall|cpu|fit|score|refit|train(?:ing)?|run|total)[ _]?time)"
_TIMES = re.compile(
    rf"""
    (?P<ulid>\b01[0-9A-HJKMNP-TV-Z]{{24}}\b)
    |(?P<stamp>\b\d{{4}}-\d\d-\d\d(?:[T\ ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[-+]\d\d:?\d\d)?)?\b)
    |(?P<spelt>\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\ )?
        (?:(?P<day>\d\d?)\ (?P<month>{_MONTHS})\ (?P<year>\d{{4}})\b
        |(?P<month2>{_MONTHS})\ +(?P<day2>\d\d?)\ (?P<clock2>\d\d:\d\d:\d\d)\ (?P<year2>\d{{4}})\b))
    |(?P<bar>\b\d+:\d\d(?::\d\d)?(?:<(?:[\d:]+|\?))?,\ *(?:[\d.]+|\?)\ ?(?:s/\w+|\w+/s)\b)
    |(?P<clock>(?<![\d.:])\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?![\d:]))
    |(?P<loops>\b[\d,]+\ loops?\ each\b)
    |(?P<named>(?i:\b{_SPOKEN}\b['"]?(?:\ ?[:=]|\ is|\ in)?\ *)
        (?:(?:array\()?\[\s*(?P<list>{_NUMBER}(?:(?:\s*,\s*|\s+){_NUMBER})*)\s*\]
        |(?P<one>{_NUMBER})(?:\ ?(?P<in>{_UNIT})\b)?(?![\w.%])))
    |(?P<rate>(?<![\w.]){_NUMBER}\ ?(?:it|step|batch|sample|row|record|example)e?s?/s(?:ec)?\b)
    |(?P<took>(?<![\w.])
        (?:(?P<hours>\d+)\ ?h(?:ours?)?\ ?)?(?:(?P<minutes>\d+)\ ?m(?:in)?\ ?)?
        (?P<number>{_NUMBER})\ ?(?P<unit>{_UNIT})
        (?P<each>/\w+)?\b(?!\s*[:=]|\ +[-+]?\.?\d))
    |(?P<epoch>\b1\d{{9}}(?:\d{{3}}|\d{{6}}|\d{{9}})?(?:\.\d+)?\b)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Moments:
    """When the cells of a run ran: what is printed then may be one of these moments.

    Parameters
    ----------
    spans
        Beginning and end of each, in milliseconds since 1970.
    """

    spans: Sequence[tuple[int, int]]

    def masked(self, text: str) -> str:
        """Return a text without its times and durations."""
        return _TIMES.sub(lambda found: "…" if self._is_time(found) else found[0], text)

    def _is_time(self, found: re.Match[str]) -> bool:
        kind = next(name for name in _KINDS if found[name] is not None)
        if kind in ("bar", "loops", "rate"):
            return True
        try:
            return bool(getattr(self, f"_{kind}")(found))
        except (ValueError, OverflowError):
            return False

    def _within(self, moment: float, precision: float = 0.0) -> bool:
        """Whether cells ran at a moment, which is known to so many milliseconds."""
        return any(
            begun - _SLACK - precision <= moment <= ended + _SLACK for begun, ended in self.spans
        )

    def _lasted(self, seconds: float) -> bool:
        if not self.spans:
            return False
        took = max(end for _, end in self.spans) - min(begun for begun, _ in self.spans)
        return seconds * 1000 <= took + _SLACK

    def _ulid(self, found: re.Match[str]) -> bool:
        value = 0
        for letter in found[0][:10]:
            value = value * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(letter)
        return self._within(value)

    def _stamp(self, found: re.Match[str]) -> bool:
        text = found[0].replace(",", ".")
        whole_day = len(text) == len("2000-01-01")
        minutes = len(text) == len("2000-01-01 00:00")
        moment = datetime.fromisoformat(text)
        return self._is_moment(moment, 86_400_000 if whole_day else 60_000 if minutes else 1000)

    def _spelt(self, found: re.Match[str]) -> bool:
        day, month, year = (found[name] or found[f"{name}2"] for name in ("day", "month", "year"))
        clock = found["clock2"]
        text = f"{year} {month} {day} {clock or '00:00:00'}"
        moment = datetime.strptime(text, "%Y %b %d %H:%M:%S")
        return self._is_moment(moment, 1000 if clock else 86_400_000)

    def _is_moment(self, moment: datetime, precision: float) -> bool:
        """Whether cells ran then: by the clock of this place, or that of Greenwich."""
        zones = [moment] if moment.tzinfo else [moment.astimezone(), moment.replace(tzinfo=UTC)]
        return any(self._within(one.timestamp() * 1000, precision) for one in zones)

    def _clock(self, found: re.Match[str]) -> bool:
        hour, minute, *rest = found[0].replace(",", ".").split(":")
        second = float(rest[0]) if rest else 0.0
        after = timedelta(hours=int(hour), minutes=int(minute), seconds=second)
        precision = 1000 if rest else 60_000
        for begun, ended in self.spans:
            days = {_day(moment, zone) for moment in (begun, ended) for zone in (None, UTC)}
            for day in days:
                if self._within((day + after).timestamp() * 1000, precision):
                    return True
        return False

    def _named(self, found: re.Match[str]) -> bool:
        numbers = re.findall(_NUMBER, found["list"] or found["one"])
        seconds = _UNITS[found["in"] or "s"]
        return all(self._lasted(_float(one) * seconds) for one in numbers)

    def _took(self, found: re.Match[str]) -> bool:
        seconds = 3600 * int(found["hours"] or 0) + 60 * int(found["minutes"] or 0)
        return self._lasted(seconds + _float(found["number"]) * _UNITS[found["unit"]])

    def _epoch(self, found: re.Match[str]) -> bool:
        whole, _, _ = found[0].partition(".")
        return self._within(float(found[0]) * 1000 / 10 ** (len(whole) - 10), 1000)


_KINDS = ("ulid", "stamp", "spelt", "bar", "clock", "loops", "named", "rate", "took", "epoch")


def _float(text: str) -> float:
    return float(text.replace(",", ""))


def _day(moment: int, zone: object) -> datetime:
    """Return when the day of a moment began."""
    there = datetime.fromtimestamp(moment / 1000, UTC)
    there = there if zone else there.astimezone()
    return there.replace(hour=0, minute=0, second=0, microsecond=0)
