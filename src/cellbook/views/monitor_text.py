"""How an endpoint does, in words: what panels, reports and terminals say of it alike."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cellbook.errors import InvalidInput
from cellbook.views import formatting
from cellbook.views.monitoring import (
    MonitorAlarm,
    MonitorColumn,
    MonitorPage,
    MonitorSlice,
    MonitorState,
    MonitorWindow,
)

STATES = {
    MonitorState.ALARM: ("▲", "alarm"),
    MonitorState.DRIFT: ("◆", "drift"),
    MonitorState.UNSURE: ("○", "too little to tell"),
    MonitorState.FINE: ("✓", "fine"),
}
"""A state is a shape and a word, never a colour alone."""
NO_LABELS = (
    "No label has come yet: `cellbook monitor NAME --labels FILE`, or `Predictions.label` in code, "
    "takes in what came true."
)
NO_RULES = (
    'No rule is kept: `cellbook alarms NAME --add "accuracy below 0.9 on 3 of 5 windows"` keeps '
    "one, and `cellbook monitor NAME --watch` looks at rules."
)
ORDER = "what drifted first, by how far it moved (PSI)"
"""How columns are sorted."""
UNSEEN, UNCOUNTED = "not looked at yet", "no window counted yet"
LOOKS = "Rules do nothing until somebody looks: `cellbook monitor NAME --watch`, or `--check` once."
_COLUMNS, _SLICES = 8, 5
_UNITS = {"s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}


def seconds_of(text: str) -> float:
    """Return a length of time in seconds, as one says it: ``5min``.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|min|h|d)", text.strip())
    if match is None or not float(match[1]):
        raise InvalidInput(f"{text!r} is no length of time. Write 30s, 5min, 1h or 1d.")
    return float(match[1]) * _UNITS[match[2]]


def length_text(seconds: float) -> str:
    """Return how long a window is, as one says it: ``1 h``."""
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= unit and not seconds % unit:
            return f"{seconds / unit:g} {name}"
    return f"{seconds:g} s"


def why(column: MonitorColumn) -> str:
    """Return what is said of a column: what raised the alarm, else that nothing did."""
    alarms = [one.message for one in column.findings if one.alarm]
    if alarms:
        return "; ".join(alarms)
    return f"not tested: {column.untested}" if column.untested else "as before"


def sure(one: MonitorSlice) -> str:
    """Return what is said of a group's gap."""
    if not one.enough:
        return "too few rows"
    return "worse, surely" if one.p_adjusted < 0.05 and one.gap > 0 else "may be chance"


def waits(one: MonitorAlarm) -> str:
    """Return what is said of a rule that has looked at no window that counts; else nothing."""
    if one.looked:
        return ""
    return UNSEEN if one.seen is None else UNCOUNTED


def shown_window(page: MonitorPage) -> MonitorWindow | None:
    """Return the window that the page is about."""
    return next((one for one in page.windows if one.start == page.shown), None)


def facts(page: MonitorPage) -> list[str]:
    """Return what stands below the state: what is looked at, and beside what."""
    if not page.windows:
        return []
    of = f"only {page.model}" if page.model else ", ".join(page.models) or "no version named"
    told = [
        of,
        *([f"only {page.arm}"] if page.arm else []),
        f"{len(page.windows)} windows of {length_text(page.seconds)}",
        f"{page.rows:,} predictions, {page.labelled:,} with a label",
    ]
    if page.dropped:
        told.append(f"{page.dropped:,} could not be kept")
    told.append(f"compared with {page.reference}" if page.reference else "nothing to compare with")
    return told


def monitor_text(page: MonitorPage) -> str:
    """Return the page as a terminal shows it."""
    glyph, word = STATES[page.state]
    lines = [
        f"{glyph} {page.endpoint}: {word}. {page.summary}",
        *(f"  {one}" for one in facts(page)),
    ]
    if page.columns:
        lines += ["", f"drift: {ORDER}"]
        lines += [
            f"  {'!' if one.drifted else ' '} {one.name}: {why(one)}"
            for one in page.columns[:_COLUMNS]
        ]
        lines += _more(len(page.columns) - _COLUMNS, "column")
    shown = shown_window(page)
    if shown is not None and shown.measured:
        lines += ["", "performance"]
        lines += [
            f"  {one.metric} {one.value:.4g} ({one.low:.4g} … {one.high:.4g}) of {one.rows:,}"
            for one in shown.measured
        ]
    if page.unmeasured:
        lines += ["", f"not measured: {page.unmeasured}"]
    if page.estimates:
        lines += ["", "estimated without labels"]
        for each in page.estimates:
            lines.append(f"  {each.metric} {each.value:.4g} ({each.low:.4g} … {each.high:.4g})")
            lines += [f"    do not believe it: {doubt}" for doubt in each.doubts]
    if page.slices:
        lines += ["", f"{page.metric} by group, worst first"]
        lines += [
            f"  {one.group}: {one.value:.4g} of {one.rows:,}, others {one.others:.4g} ({sure(one)})"
            for one in page.slices[:_SLICES]
        ]
        lines += _more(len(page.slices) - _SLICES, "group")
    if page.alarms:
        lines += ["", "alarms"]
        lines += [
            f"  {'▲' if one.raised is not None else '✓'} {one.name}: broken in {one.broken} of "
            f"{one.looked}"
            if one.looked
            else f"  ○ {one.name}: {waits(one)}"
            for one in page.alarms
        ]
        if any(one.seen is None for one in page.alarms):
            lines.append(f"  {LOOKS}")
    return "\n".join(lines)


def _more(count: int, noun: str) -> Sequence[str]:
    return [f"    … and {formatting.plural(count, noun)} more"] if count > 0 else []
