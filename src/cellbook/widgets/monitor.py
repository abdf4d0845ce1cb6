"""``%monitor``: how an endpoint does, live, still, and as a page of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook.answers import MonitorQuery, Reader, show_monitor
from cellbook.views import formatting
from cellbook.views.monitor_text import (
    LOOKS,
    NO_LABELS,
    NO_RULES,
    ORDER,
    STATES,
    facts,
    length_text,
    monitor_text,
    shown_window,
    sure,
    waits,
    why,
)
from cellbook.views.monitoring import (
    MonitorAlarm,
    MonitorBar,
    MonitorColumn,
    MonitorPage,
    MonitorSlice,
    MonitorWindow,
)
from cellbook.widgets.bundles import Panel
from cellbook.widgets.leaderboards import cells_panel
from cellbook.widgets.page import write_page
from cellbook.widgets.style import framed
from cellbook.widgets.tables import hover, sentence, table

if TYPE_CHECKING:
    from cellbook.book import Book

NO_ENDPOINTS = "No endpoint has predictions yet. `%serve MODEL --record` keeps them."
_BARS = (112, 26)
_TREND = (560, 110)
_REPORT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Cellbook">
<title>{title}</title>
<style>body{{margin:0 auto;max-width:1100px;padding:24px 16px 48px;background:#fff}}
@media (prefers-color-scheme:dark){{body{{background:#111}}}}
@media print{{body{{padding:0}}}}</style>
</head>
<body>{content}</body>
</html>
"""


class MonitorPanel(Panel):
    """How an endpoint does, to be displayed, read or saved.

    Attributes
    ----------
    page
        All there is to see, as a frozen struct.
    """

    def __init__(self, book: Book, query: MonitorQuery) -> None:
        self.page = show_monitor(Reader(book), query)
        super().__init__(
            framed(monitor_html(self.page)),
            monitor_text(self.page),
            lambda: _live(book, query),
        )

    def save(self, path: str | Path) -> Path:
        """Write the report as one HTML file that needs no server, kernel, script or network.

        Parameters
        ----------
        path
            Where to; a file that is there is replaced.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InvalidInput
            If the file cannot be written.
        """
        return write_page(path, report_of(self.page))


def monitor_panel(book: Book, query: MonitorQuery) -> MonitorPanel:
    """Return how an endpoint does, to be displayed.

    Raises
    ------
    NotFound
        If the data, or the version that an alias names, is not there.
    InvalidInput
        If something was asked for that is not in the predictions.
    """
    return MonitorPanel(book, query)


def endpoints_panel(book: Book) -> Panel:
    """Return the list of endpoints that have predictions, to be displayed."""
    from cellbook.monitoring import Predictions  # noqa: PLC0415 - heavy

    book.refresh()
    predictions = Predictions(book.store)
    cells = [["endpoint", "predictions", "versions", "last"]]
    for name in predictions.endpoints():
        chunks = predictions.chunks(name)
        models = sorted({model for one in chunks for model in one.models})
        cells.append(
            [
                name,
                f"{sum(one.rows for one in chunks):,}",
                ", ".join(models),
                formatting.stamp(max(one.last for one in chunks)),
            ]
        )
    return cells_panel(cells, NO_ENDPOINTS)


def report_of(page: MonitorPage) -> bytes:
    """Return how an endpoint does as a page of its own, in UTF-8."""
    made = f'<p class="cb-note">Made {formatting.stamp(page.now)}</p>'
    content = framed(monitor_html(page) + made)
    return _REPORT.format(title=escape(f"{page.endpoint} in service"), content=content).encode()


def _live(book: Book, query: MonitorQuery) -> Any:
    # ipywidgets takes a good part of a second to import, which only a live panel needs.
    from cellbook.widgets.live.monitor import monitor_widget  # noqa: PLC0415

    return monitor_widget(book, query)


# -- HTML ----------------------------------------------------------------------------------------


def monitor_html(page: MonitorPage) -> str:
    """Return the page as HTML, to be framed."""
    glyph, word = STATES[page.state]
    parts = [
        f'<p class="cb-standing cb-is-{page.state.value}"><span class="cb-strong">'
        f'<span class="cb-mark" aria-hidden="true">{glyph}</span> {escape(page.endpoint)}: {word}'
        f"</span> {sentence(page.summary)}</p>"
    ]
    told = facts(page)
    if told:
        parts.append(f'<p class="cb-note">{" · ".join(map(escape, told))}</p>')
    if not page.windows:
        return "".join([*parts, _events(page)])
    parts += [_alarms(page), _drift(page), _performance(page), _slices(page), _windows(page)]
    return "".join(parts)


def _section(title: str, content: str) -> str:
    return f'<h3 class="cb-section">{escape(title)}</h3>{content}'


def _note(text: str) -> str:
    return f'<p class="cb-note">{sentence(text)}</p>'


def _alarms(page: MonitorPage) -> str:
    if not page.alarms and not page.events:
        return _section("Alarms", _note(NO_RULES))
    rows = []
    for one in page.alarms:
        raised = one.raised is not None
        state = f"○ {waits(one)}" if waits(one) else "✓ kept"
        if raised:
            state = f"▲ alarm since {formatting.age(one.raised or 0, page.now)}"
        value = formatting.MISSING if one.value is None else formatting.number(one.value)
        rows.append(
            f'<tr><th scope="row">{escape(one.name)}</th>'
            f'<td class="{"cb-worse" if raised else ""}">{state}</td>'
            f'<td class="cb-num">{value}</td>'
            f'<td class="cb-num">{_broken(one)}</td></tr>'
        )
    heads = (
        '<th scope="col">rule</th><th scope="col">state</th><th scope="col" class="cb-num">now</th>'
        '<th scope="col" class="cb-num">broken in</th>'
    )
    kept = table(heads, rows) if rows else _note(NO_RULES)
    note = _note(LOOKS) if any(one.seen is None for one in page.alarms) else ""
    return _section("Alarms", kept + note) + _events(page)


def _broken(one: MonitorAlarm) -> str:
    return f"{one.broken} of {one.looked}" if one.looked else formatting.MISSING


def _events(page: MonitorPage) -> str:
    if not page.events:
        return ""
    rows = []
    for one in page.events:
        details = f" ({'; '.join(one.details)})" if one.details else ""
        rows.append(
            f'<tr><td title="{formatting.stamp(one.time)}">'
            f"{formatting.age(one.time, page.now)}</td>"
            f"<td>{one.step.value}</td>"
            f'<td class="cb-wrap">{escape(one.message + details)}</td>'
            f"<td>{escape(one.delivery)}</td></tr>"
        )
    heads = "".join(f'<th scope="col">{one}</th>' for one in ("when", "what", "said", "delivered"))
    return f"<details><summary>history of alarms</summary>{table(heads, rows)}</details>"


def _drift(page: MonitorPage) -> str:
    inputs = [one for one in page.columns if not one.output]
    outputs = [one for one in page.columns if one.output]
    if not page.columns:
        return _section(
            "Drift", _note("There is nothing to compare with: no reference, no window before.")
        )
    against = f"Outlined: {page.reference}. Filled: the window." if page.reference else ""
    parts = [_columns(inputs), _note(" ".join(filter(None, [against, f"Order: {ORDER}."])))]
    content = _section("Drift of what comes in", "".join(parts) if inputs else _note("No inputs."))
    if outputs:
        beside = next((one.against for one in outputs if one.against), "")
        told = [f"Outlined: {beside}."] if beside else []
        note = _note(" ".join([*told, f"Order: {ORDER}."]))
        content += _section("Drift of what goes out", _columns(outputs) + note)
    return content


def _columns(columns: Sequence[MonitorColumn]) -> str:
    heads = (
        '<th scope="col">column</th><th scope="col">values</th><th scope="col">what is other</th>'
        '<th scope="col" class="cb-num">PSI</th><th scope="col" class="cb-num">missing</th>'
    )
    return table(heads, [_column(one) for one in columns])


def _column(one: MonitorColumn) -> str:
    name = one.name.removeprefix("output.") if one.output else one.name
    mark = '<span class="cb-worse">▲</span> ' if one.drifted else ""
    effect = formatting.MISSING if one.effect is None else formatting.number(one.effect)
    missing = f"{one.missing_window:.1%}"
    if one.missing_reference != one.missing_window:
        missing = f"{one.missing_reference:.1%} → {missing}"
    kind = "" if one.drifted else " cb-same"
    return (
        f'<tr><th scope="row"{hover(name, 30)}>{mark}{escape(formatting.shorten(name, 30))}</th>'
        f"<td>{bars_svg(one.bars)}</td>"
        f'<td class="cb-wrap{kind}">{escape(why(one))}</td>'
        f'<td class="cb-num">{effect}</td><td class="cb-num">{missing}</td></tr>'
    )


def bars_svg(bars: Sequence[MonitorBar]) -> str:
    """Return the bars of a column as a small picture: the window filled, the reference outlined."""
    if not bars:
        return ""
    width, height = _BARS
    top = max(max(one.reference, one.window) for one in bars) or 1.0
    step = width / len(bars)
    parts = []
    for place, one in enumerate(bars):
        x, wide = place * step, max(1.0, step - 1)
        title = f"{one.label}: {one.reference:.1%} → {one.window:.1%}"
        tall, outlined = (
            max(0.0, share / top * (height - 2)) for share in (one.window, one.reference)
        )
        parts.append(
            f"<g><title>{escape(title)}</title>"
            f'<rect x="{x:.1f}" y="0" width="{step:.1f}" height="{height}" fill="transparent"/>'
            f'<rect class="cb-now" x="{x:.1f}" y="{height - tall:.1f}" width="{wide:.1f}" '
            f'height="{tall:.1f}"/>'
            f'<path class="cb-then" d="M{x:.1f} {height - outlined:.1f}h{wide:.1f}"/></g>'
        )
    return (
        f'<svg class="cb-bars" role="img" aria-label="values in reference and window" '
        f'viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
    )


def _performance(page: MonitorPage) -> str:
    why = _note(f"Not measured: {page.unmeasured}") if page.unmeasured else ""
    if not page.metric:
        return _section("Performance", why or _note(NO_LABELS))
    parts = [_trend(page), why]
    shown = shown_window(page)
    if shown is not None and shown.measured:
        cells = "".join(
            f'<tr><th scope="row">{escape(one.metric)}</th>'
            f'<td class="cb-num">{formatting.number(one.value)}</td>'
            f'<td class="cb-num cb-muted">{formatting.number(one.low)} … '
            f"{formatting.number(one.high)}</td>"
            f'<td class="cb-num cb-muted">{one.rows:,} of {shown.rows:,}</td></tr>'
            for one in shown.measured
        )
        heads = (
            '<th scope="col">measured</th><th scope="col" class="cb-num">in the window</th>'
            '<th scope="col" class="cb-num">95 % interval</th>'
            '<th scope="col" class="cb-num">with a label</th>'
        )
        parts.append(table(heads, [cells]))
    elif shown is None or not shown.labelled:
        parts.append(_note("No label of this window has come yet."))
    parts.append(_estimates(page))
    return _section("Performance", "".join(parts))


def _estimates(page: MonitorPage) -> str:
    if not page.estimates:
        return _note(f"No estimate without labels: {page.unestimated}") if page.unestimated else ""
    rows = []
    for one in page.estimates:
        value = f"{formatting.number(one.value)}"
        believed = "✓ nothing speaks against it"
        if one.doubts:
            believed = "✗ do not believe it: " + "; ".join(one.doubts)
        rows.append(
            f'<tr class="{"cb-doubted" if one.doubts else ""}"><th scope="row">{escape(one.metric)}'
            f'</th><td class="cb-num">{value}</td>'
            f'<td class="cb-num cb-muted">{formatting.number(one.low)} … '
            f"{formatting.number(one.high)}</td>"
            f'<td class="cb-wrap">{escape(believed)}</td></tr>'
        )
    heads = (
        '<th scope="col">estimated without labels</th><th scope="col" class="cb-num">value</th>'
        '<th scope="col" class="cb-num">95 of 100</th><th scope="col">believed</th>'
    )
    return table(heads, rows)


def _trend(page: MonitorPage) -> str:
    """Return the first measure over the windows, with its interval."""
    points = [
        (place, one)
        for place, window in enumerate(page.windows)
        for one in window.measured
        if one.metric == page.metric and math.isfinite(one.value)
    ]
    if len(points) < 2:
        return ""
    width, height = _TREND
    lows = [one.low if math.isfinite(one.low) else one.value for _, one in points]
    highs = [one.high if math.isfinite(one.high) else one.value for _, one in points]
    low, high = min(lows), max(highs)
    span = (high - low) or 1.0
    left, bottom = 48, height - 18

    def at(place: int, value: float) -> tuple[float, float]:
        x = left + place / max(1, len(page.windows) - 1) * (width - left - 8)
        return x, bottom - (value - low) / span * (bottom - 8)

    upper = [at(place, value) for (place, _), value in zip(points, highs, strict=True)]
    lower = [at(place, value) for (place, _), value in zip(points, lows, strict=True)]
    middle = [at(place, one.value) for place, one in points]
    band = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *lower[::-1]])
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in middle)
    dots = "".join(
        f"<g><title>{formatting.stamp(page.windows[place].start)}: "
        f"{formatting.number(one.value)} of {one.rows:,}</title>"
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" class="cb-now"/></g>'
        for (place, one), (x, y) in zip(points, middle, strict=True)
    )
    first, last = page.windows[0].start, page.windows[-1].start
    return (
        '<div class="cb-chart" style="max-width:600px">'
        f'<svg viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(page.metric)} window by window">'
        f'<text class="cb-title" x="{left}" y="10">{escape(page.metric)}</text>'
        f'<text x="{left - 4}" y="{bottom:.0f}" text-anchor="end">{formatting.number(low)}</text>'
        f'<text x="{left - 4}" y="16" text-anchor="end">{formatting.number(high)}</text>'
        f'<text x="{left}" y="{height - 4}">{formatting.stamp(first)}</text>'
        f'<text x="{width - 8}" y="{height - 4}" text-anchor="end">{formatting.stamp(last)}</text>'
        f'<polygon class="cb-band" points="{band}"/>'
        f'<polyline class="cb-curve" style="stroke:var(--cb-run0)" points="{line}"/>'
        f"{dots}</svg></div>"
    )


def _slices(page: MonitorPage) -> str:
    if not page.slices:
        return _section("Groups", _note(page.unsliced)) if page.unsliced else ""
    rows = [_slice(one) for one in page.slices[:40]]
    heads = (
        '<th scope="col">group</th>'
        f'<th scope="col" class="cb-num">{escape(page.metric)}</th>'
        '<th scope="col" class="cb-num">all others</th><th scope="col" class="cb-num">rows</th>'
        '<th scope="col">how sure</th>'
    )
    return _section("Groups, the worst first", table(heads, rows))


def _slice(one: MonitorSlice) -> str:
    worse = one.enough and one.gap > 0 and one.p_adjusted < 0.05
    interval = f"{formatting.number(one.low)} … {formatting.number(one.high)}"
    return (
        f'<tr><th scope="row"{hover(one.group, 40)}>'
        f"{escape(formatting.shorten(one.group, 40))}</th>"
        f'<td class="cb-num{" cb-worse" if worse else ""}" title="{interval}">'
        f"{'▼ ' if worse else ''}{formatting.number(one.value)}</td>"
        f'<td class="cb-num">{formatting.number(one.others)}</td>'
        f'<td class="cb-num">{one.rows:,}</td><td>{sure(one)}</td></tr>'
    )


def _windows(page: MonitorPage) -> str:
    heads = (
        '<th scope="col">window</th><th scope="col" class="cb-num">predictions</th>'
        '<th scope="col">drifted</th>'
        + (f'<th scope="col" class="cb-num">{escape(page.metric)}</th>' if page.metric else "")
    )
    rows = [_window(page, one) for one in reversed(page.windows)]
    title = f"windows of {length_text(page.seconds)}"
    return f"<details><summary>{title}</summary>{table(heads, rows)}</details>"


def _window(page: MonitorPage, one: MonitorWindow) -> str:
    drifted = ", ".join(one.drifted) or ("none" if one.compared else formatting.MISSING)
    cells = (
        f'<th scope="row">{formatting.stamp(one.start)}</th>'
        f'<td class="cb-num">{one.rows:,}</td>'
        f'<td class="cb-wrap{" cb-worse" if one.drifted else ""}">{escape(drifted)}</td>'
    )
    if page.metric:
        values = [each.value for each in one.measured if each.metric == page.metric]
        told = formatting.number(values[0]) if values else formatting.MISSING
        cells += f'<td class="cb-num">{told}</td>'
    strong = ' class="cb-strong"' if one.start == page.shown else ""
    return f"<tr{strong}>{cells}</tr>"
