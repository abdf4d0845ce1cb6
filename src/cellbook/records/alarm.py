"""Alarms: what is watched, how it stands, and what became of each window."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cellbook.records.base import Record

UNITS = {"s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}
"""How lengths of time are written, in seconds."""


@dataclass(frozen=True, slots=True)
class AlarmRule(Record):
    """What must not be, and how often it must be so before anybody is told."""

    name: str
    signal: str
    """What is watched, as whoever reads it calls it: ``accuracy``, ``drift.share`` …"""
    below: float | None = None
    """A value below breaks the rule; None where only `above` does."""
    above: float | None = None
    windows: int = 1
    """In so many windows it must be broken …"""
    of: int = 1
    """… of so many that follow one another."""
    least_rows: int = 100
    """A window of fewer rows does not count."""
    cool_down: float = 3600.0
    """Seconds after a notice in which there is no other."""
    surely: bool = False
    """Whether the whole interval of a value must lie beyond, not only the value."""
    window: float = 3600.0
    """How long a window is, in seconds."""
    after: float = 0.0
    """Seconds after its end until a window is looked at, as labels come late."""

    def __str__(self) -> str:
        limits = [("below", self.below), ("above", self.above)]
        told = " or ".join(f"{word} {value:g}" for word, value in limits if value is not None)
        often = f" on {self.windows} of {self.of} windows" if self.of > 1 else ""
        if self.window != 3600.0:
            often += f" of {_length(self.window)}" if often else f" in {_length(self.window)}"
        return f"{self.signal} {'surely ' * self.surely}{told}{often}"


@dataclass(frozen=True, slots=True)
class AlarmReading(Record):
    """What a signal was in one window."""

    time: int
    """When the window ended, in milliseconds since 1970 (UTC)."""
    value: float
    rows: int
    low: float | None = None
    """The ends of the value's confidence interval, where there is one."""
    high: float | None = None


@dataclass(frozen=True, slots=True)
class AlarmState(Record):
    """How a rule stands between two windows."""

    recent: tuple[bool, ...] = ()
    """Of the last windows that counted, the newest last: whether each broke the rule."""
    raised: int | None = None
    """When the alarm was raised; None where there is none."""
    told: int | None = None
    """When a notice was last to be sent."""
    seen: int | None = None
    """The time of the newest window that was looked at."""


class AlarmStep(StrEnum):
    """What a window did to a rule."""

    KEPT = "kept"
    """The rule was kept."""
    BROKEN = "broken"
    """It was broken, though not yet often enough."""
    RAISED = "raised"
    """There is an alarm from now on."""
    STILL = "still"
    """There still is one, and it is time to say so again."""
    QUIET = "quiet"
    """There is one, of which a notice was sent not long ago."""
    CLEARED = "cleared"
    """There is none any more."""
    SKIPPED = "skipped"
    """The window does not count."""


@dataclass(frozen=True, slots=True)
class AlarmEvent(Record):
    """What became of one window, for the record."""

    rule: str
    step: AlarmStep
    message: str
    reading: AlarmReading
    recent: tuple[bool, ...] = ()
    tell: bool = False
    """Whether somebody is to be told."""
    delivery: str = ""
    """``sent``, what its deliverer said of it, or why it could not be; ``waiting`` until then;
    empty where nobody was to be told."""
    event_id: str = ""
    details: tuple[str, ...] = ()
    """What whoever took the reading adds, such as the columns that drifted."""


def _length(seconds: float) -> str:
    """Return a length of time in the greatest unit of which it is a whole number."""
    whole = (unit for unit, long in reversed(UNITS.items()) if seconds % long == 0)
    unit = next(whole, "s")
    return f"{seconds / UNITS[unit]:g}{unit}"
