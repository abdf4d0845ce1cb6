"""How numbers, times and states are written: the same words at every door.

Each function is pure: what depends on the clock takes the time as an argument.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, tzinfo
from typing import Any

from cellbook.records import RunState

GLYPHS = {
    RunState.RUNNING: "●",
    RunState.FINISHED: "✓",
    RunState.FAILED: "✗",
    RunState.STOPPED: "■",
    RunState.CRASHED: "⚡",
}
"""A state is a shape and a word, never a colour alone."""
STALE_GLYPH = "◌"
AGAIN_GLYPH = "↻"
"""Stands before the run that another one repeats."""
REACHED, MISSED = "◎", "○"
"""Stand beside a score that reaches its metric's goal, and beside one that does not."""
GOAL_LEGEND = f"{REACHED} goal reached, {MISSED} not"
MISSING = "—"
"""What stands where there is no value."""


_SECOND, _MINUTE, _HOUR, _DAY = 1, 60, 3600, 86400
_SIZES = ("bytes", "kB", "MB", "GB", "TB", "PB")
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
"""What a spreadsheet takes for the beginning of a formula."""
_WRITTEN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(inf|infinity)", re.I | re.A)
_STEERING = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]")
_EXPONENT = re.compile(r"e([+-])0*(\d+)$")


def goal_mark(reached: bool | None) -> str:
    """Return what stands beside a score for whether it reaches its goal; empty without one."""
    return "" if reached is None else REACHED if reached else MISSED


def for_spreadsheet(value: Any) -> Any:
    """Return a value as CSV holds it: a text that a spreadsheet would run begins with ``'``."""
    if isinstance(value, str) and _FORMULA.match(value) and not _WRITTEN_NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return such as ``1 run`` or ``1,234 runs``."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def number(value: float) -> str:
    """Return a number with 4 significant digits; whole numbers below a million are written out."""
    if not math.isfinite(value):
        return "NaN" if value != value else "∞" if value > 0 else "-∞"
    size = abs(value)
    if size < 1e6 and float(value).is_integer():
        return str(int(value))
    if 1000 <= size < 1e6:
        return f"{value:.0f}"
    return _plain_exponent(f"{value:#.4g}" if size >= 1e-4 else f"{value:.3e}")


def value(value: Any, width: int = 60) -> str:
    """Return a param, tag or metric as short text of one line.

    Floats keep at most 4 significant digits, and no zeros behind them, as one writes a param;
    text and lists are cut at `width` characters.
    """
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return _plain_exponent(f"{value:.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.4g}")
    if isinstance(value, float):
        return number(value)
    return shorten(full(value), width)


def _plain_exponent(text: str) -> str:
    if "e" not in text:
        return text
    return _EXPONENT.sub(lambda match: f"e{match[1].strip('+')}{match[2]}", text)


def full(value: Any) -> str:
    """Return a value whole, as the hover text shows it."""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def shorten(text: str, width: int) -> str:
    """Return text as one line of at most `width` characters, cut with an ellipsis."""
    line = " ".join(text[: 4 * width].split())
    return line if len(line) <= width and len(text) <= 4 * width else line[: width - 1] + "…"


def visible(text: str) -> str:
    """Return text in which what would steer a terminal, or turn its lines around, is spelled out.

    Line ends and tabs stay; an escape becomes ``\\x1b``.
    """
    return _STEERING.sub(
        lambda found: found[0].encode("unicode_escape").decode(), text.replace("\r\n", "\n")
    )


def duration(seconds: float | None) -> str:
    """Return a span of time such as ``340 ms``, ``14.2 s``, ``2 m 14 s`` or ``3 h 05 m``."""
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} m {whole % _MINUTE:02} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} m"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR:02} h"


def age(time: int, now: int) -> str:
    """Return how long ago a time was; both in milliseconds since 1970."""
    seconds = (now - time) / 1000
    if seconds < 5:
        return "just now"
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min"), (_SECOND, "s")):
        if seconds >= unit:
            count = int(seconds // unit)
            return date(time)[:10] if name == "d" and count > 30 else f"{count} {name} ago"
    return "just now"


def date(time: int, zone: tzinfo | None = None) -> str:
    """Return a time, in milliseconds since 1970, as ``2026-11-24 14:03:12``.

    `zone` None means this machine's own.
    """
    moment = datetime.fromtimestamp(time / 1000, UTC).astimezone(zone)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def stamp(time: int, zone: tzinfo | None = None) -> str:
    """Return a time as ``2026-11-24 14:03:12+01:00``: what is read later, or elsewhere.

    `zone` None means this machine's own.
    """
    moment = datetime.fromtimestamp(time / 1000, UTC).astimezone(zone)
    return moment.isoformat(" ", "seconds")


def size(count: int) -> str:
    """Return a number of bytes such as ``12.4 MB``."""
    amount = float(count)
    for unit in _SIZES:
        if amount < 999.95 or unit == _SIZES[-1]:
            break
        amount /= 1000
    return f"{count} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"


def sparkline(points: tuple[float, ...], width: int = 8) -> str:
    """Return numbers as a picture of block characters; a gap where one is no finite number."""
    if not points:
        return ""
    columns = min(width, len(points))
    chosen = [points[round(i * (len(points) - 1) / max(columns - 1, 1))] for i in range(columns)]
    finite = [point for point in chosen if math.isfinite(point)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    span = high - low
    blocks = "▁▂▃▄▅▆▇█"
    return "".join(
        " "
        if not math.isfinite(point)
        else blocks[round((point - low) / span * 7)]
        if 0 < span < math.inf
        else "▄"
        for point in chosen
    )
