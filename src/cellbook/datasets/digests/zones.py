"""The name of a time zone, whichever library it came from."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from cellbook.datasets.digests.hashing import Unhashable

_OFFSET = re.compile(r"(?:UTC)?([+-]\d\d):?(\d\d)")


_OFFSETS = ("tzutc", "tzoffset", "_FixedOffset")
"""Zones of dateutil and pytz that are nothing but an offset; others have rules, and no name."""


def zone_name(zone: Any) -> str:
    """Return a zone's name, ``+01:00`` of one that is nothing but an offset, empty for none.

    Raises
    ------
    Unhashable
        If it has no name that means the same on another machine.
    """
    if zone is None:
        return ""
    if isinstance(zone, str):
        offset = _OFFSET.fullmatch(zone)
        return _offset(offset) if offset else zone
    name = getattr(zone, "key", None) or getattr(zone, "zone", None)
    if name:
        return str(name)
    known = type(zone).__module__.partition(".")[0] in ("pytz", "dateutil")
    file = getattr(zone, "_filename", None) if known else None
    # What was read from an open file is named by where that lay in memory.
    if file and not str(file).startswith("<"):
        return str(file).partition("zoneinfo/")[2] or str(file)
    if isinstance(zone, dt.timezone) or (known and type(zone).__name__ in _OFFSETS):
        shift = zone.utcoffset(dt.datetime(2000, 1, 1))
        if shift == dt.timedelta(0):
            return "UTC"
        if shift is not None and shift.seconds % 60 == 0 and shift.microseconds == 0:
            minutes = shift // dt.timedelta(minutes=1)
            return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    raise Unhashable(-1, f"a time zone without a name, a {type(zone).__name__}")


def _offset(found: re.Match[str]) -> str:
    text = f"{found[1]}:{found[2]}"
    return "UTC" if text in ("+00:00", "-00:00") else text
