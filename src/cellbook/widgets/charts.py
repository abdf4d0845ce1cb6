"""Curves and spark lines as SVG, drawn here: they show at once, everywhere, without JavaScript.

Values at a place are shown by CSS alone, when the pointer is over it.
"""

from __future__ import annotations

import base64
import itertools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from cellbook.views import formatting
from cellbook.widgets.colours import colour_of, dash_of
from cellbook.widgets.style import PICTURE_CSS

_LEFT, _TOP, _BOTTOM = 52, 24, 34
_LABEL = 76
"""Room for the runs' numbers at the right."""
_TIPS = 48
"""Places along the axis at which values can be read off."""
_MOST_IN_TIP = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One curve to draw: `xs` grow, `ys` may hold NaN and infinities, which make gaps."""

    number: int
    """The run's number, from which its colour follows."""
    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    raw: Sequence[float] = ()
    """What was smoothed into `ys`, drawn faintly; empty where nothing was."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """Maps values to pixels, by their logarithm or not."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        low, high, at = self.low, self.high, value
        if self.log:
            low, high, at = math.log10(low), math.log10(high), math.log10(value)
        # Halved, as the span of two huge numbers of different sign is no float.
        share = (at / 2 - low / 2) / (high / 2 - low / 2)
        return self.start + share * (self.end - self.start)

    def takes(self, value: float) -> bool:
        """Whether a value has a place here."""
        return math.isfinite(value) and (not self.log or value > 0)


def chart(
    lines: Sequence[Line],
    *,
    title: str,
    time_axis: bool = False,
    log: bool = False,
    width: int = 800,
    height: int = 300,
    tips: bool = True,
) -> str:
    """Return curves as an SVG element.

    Parameters
    ----------
    lines
        The curves; those with a single point are drawn as a dot.
    title
        What the vertical axis shows.
    time_axis
        Whether the horizontal axis is seconds, else steps.
    log
        Whether the vertical axis is logarithmic; values that are not positive have no place there.
    width, height
        Its size in pixels, where there is room.
    tips
        Whether values can be read off by pointing.
    """
    right = width - _LABEL
    shown = [value for line in lines for value in (*line.ys, *line.raw)]
    y_range = _range([v for v in shown if math.isfinite(v) and (not log or v > 0)], log=log)
    x_range = _range([x for line in lines for x in line.xs], padded=False)
    if y_range is None or x_range is None:
        reason = "positive" if log and any(math.isfinite(v) for v in shown) else "finite"
        return _empty(title, f"No {reason} value to draw.", width)
    x = _Scale(*x_range, _LEFT, right)
    y = _Scale(*y_range, height - _BOTTOM, _TOP, log)
    runs = [line.number for line in lines]
    parts = [
        f'<text class="cb-title" x="{_LEFT}" y="12">{escape(title)}</text>',
        *_y_axis(y, right),
        *_x_axis(x, height, formatting.duration if time_axis else _step_text),
        *(
            _curve(line.number, line.xs, line.raw, x, y, "cb-raw", runs)
            for line in lines
            if line.raw
        ),
        *(_curve(line.number, line.xs, line.ys, x, y, "", runs) for line in lines),
        *_labels(lines, x, y, height),
        *(_tips(lines, x, y, height, time_axis=time_axis) if tips else ()),
    ]
    label = f"{title} of {len(lines)} runs"
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}" '
        f'style="max-width:{round(width * 1.2)}px">{"".join(parts)}</svg>'
    )


def picture(svg: str) -> str:
    """Return a chart as an image that brings its own style.

    Where a notebook is not trusted, and on GitHub, SVG elements are taken out of a page and their
    texts stay behind in a heap; an image stays whole.  Its greys can be read on light and dark.
    """
    style = f"<style>{PICTURE_CSS}</style>"
    document = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" class="cb" ', 1)
    document = document.replace(">", f">{style}", 1)
    data = base64.b64encode(document.encode()).decode()
    label = re.search(r'aria-label="([^"]*)"', svg)
    return f'<img alt="{label[1] if label else ""}" src="data:image/svg+xml;base64,{data}">'


def spark(points: Sequence[float], number: int, width: int = 56, height: int = 16) -> str:
    """Return a spark line as an SVG element; nothing where there are no two numbers to draw.

    It is solid: alone in its row, it need not be told from another one.
    """
    finite = [point for point in points if math.isfinite(point)]
    bounds = _range(finite, padded=False)
    if len(finite) < 2 or bounds is None:
        return ""
    x = _Scale(0, len(points) - 1, 1, width - 3)
    y = _Scale(*bounds, height - 2, 2)
    last = len(points) - 1 - next(i for i, p in enumerate(reversed(points)) if math.isfinite(p))
    return (
        f'<svg class="cb-spark" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" aria-hidden="true">'
        + _curve(number, range(len(points)), points, x, y, "")
        + f'<circle cx="{x(last):.1f}" cy="{y(points[last]):.1f}" r="2" '
        f'style="fill:{colour_of(number)}"/></svg>'
    )


def swatch(number: int, among: Sequence[int]) -> str:
    """Return a run's colour and dash in a picture of runs `among` as a short stroke."""
    return (
        '<svg class="cb-swatch" width="18" height="8" viewBox="0 0 18 8" aria-hidden="true">'
        f'<line x1="1" x2="17" y1="4" y2="4" {_stroke(number, among)} stroke-width="3"/></svg>'
    )


# -- axes --------------------------------------------------------------------------------------


def _range(
    values: Sequence[float], *, log: bool = False, padded: bool = True
) -> tuple[float, float] | None:
    """Return the ends of an axis that holds all values; None if there are none."""
    if not values:
        return None
    low, high = min(values), max(values)
    if low == high:
        if log:
            return low / 2 or low, max(high, min(high * 2, 1.7e308))
        space = abs(low) * 0.1 or 1.0
    elif log or not padded:
        return low, high
    else:
        space = (high / 2 - low / 2) * 0.08
    return max(low - space, -1.7e308), min(high + space, 1.7e308)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers between two, at most `most` and a few."""
    rough = (high / most) - (low / most)
    if not rough > 0 or not math.isfinite(rough):
        return [low]
    magnitude = 10.0 ** math.floor(math.log10(rough))
    if magnitude == 0:
        return [low, high]
    step = next(m * magnitude for m in (1, 2, 5, 10) if m * magnitude >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, min(last, first + 2 * most) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    if last - first >= 2:
        every = math.ceil((last - first + 1) / 7)
        return [10.0**power for power in range(first, last + 1, every)]
    found = [digit * 10.0**power for power in range(first - 1, last + 1) for digit in (1, 2, 5)]
    return [tick for tick in found if low <= tick <= high] or ticks(low, high)


def _y_axis(y: _Scale, right: float) -> list[str]:
    marks = _log_ticks(y.low, y.high) if y.log else ticks(y.low, y.high, 5)
    texts = [formatting.value(mark) for mark in marks] if y.log else _tick_texts(marks)
    return [
        f'<line class="cb-grid" x1="{_LEFT}" x2="{right}" y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>'
        f'<text x="{_LEFT - 8}" y="{y(mark) + 4:.1f}" text-anchor="end">{text}</text>'
        for mark, text in zip(marks, texts, strict=True)
    ]


def _x_axis(x: _Scale, height: int, text: Callable[[float], str]) -> list[str]:
    base = height - _BOTTOM
    marks = _time_ticks(x.low, x.high) if text is formatting.duration else ticks(x.low, x.high)
    parts = [f'<line class="cb-axis" x1="{_LEFT}" x2="{x.end}" y1="{base}" y2="{base}"/>']
    for mark in marks:
        if text is _step_text and mark != round(mark):
            continue
        shown = "0" if mark == 0 else text(mark)
        parts.append(f'<text x="{x(mark):.1f}" y="{base + 16}" text-anchor="middle">{shown}</text>')
    name = "time" if text is formatting.duration else "step"
    parts.append(f'<text x="{x.end + 8}" y="{base + 16}">{name}</text>')
    return parts


def _time_ticks(low: float, high: float) -> list[float]:
    """Return round spans of time: a minute is not ten seconds times six."""
    for unit in (86400, 3600, 60):
        if high - low >= 2 * unit:
            return [tick * unit for tick in ticks(low / unit, high / unit)]
    return ticks(low, high)


def _step_text(step: float) -> str:
    whole = round(step)
    for unit, suffix in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if abs(whole) >= 10 * unit or (abs(whole) >= unit and whole % unit == 0):
            return f"{whole / unit:.4g}{suffix}"
    return str(whole)


def _tick_texts(marks: Sequence[float]) -> list[str]:
    """Return the texts of an axis, all with as many decimals as the finest needs."""
    texts = [formatting.value(float(f"{mark:.10g}")) for mark in marks]
    if any("e" in text for text in texts):
        return texts
    decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
    return [f"{mark:.{decimals}f}" for mark in marks]


# -- curves ------------------------------------------------------------------------------------


def _stroke(number: int, among: Sequence[int]) -> str:
    dash = dash_of(number, among)
    pattern = f' stroke-dasharray="{dash}"' if dash else ""
    return f'style="stroke:{colour_of(number)}"{pattern}'


def _curve(
    number: int,
    xs: Sequence[float],
    ys: Sequence[float],
    x: _Scale,
    y: _Scale,
    kind: str,
    among: Sequence[int] = (),
) -> str:
    """Return the path of a curve, in pieces between what is no number; lone points as dots."""
    path: list[str] = []
    dots: list[str] = []
    piece: list[str] = []
    for at, value in [*zip(xs, ys, strict=True), (0.0, math.nan)]:
        if y.takes(value):
            piece.append(f"{x(at):.1f},{y(value):.1f}")
            continue
        if len(piece) == 1:
            cx, cy = piece[0].split(",")
            dots.append(f'<circle cx="{cx}" cy="{cy}" r="3" style="fill:{colour_of(number)}"/>')
        elif piece:
            path.append("M" + "L".join(piece))
        piece = []
    stroke = _stroke(number, among)
    drawn = f'<path class="cb-curve {kind}" {stroke} d="{"".join(path)}"/>' if path else ""
    return drawn + ("" if kind == "cb-raw" else "".join(dots))


def _labels(lines: Sequence[Line], x: _Scale, y: _Scale, height: int) -> list[str]:
    """Return the runs' numbers beside the ends of their curves, moved apart where they meet."""
    ends = []
    for line in lines:
        found = [(at, v) for at, v in zip(line.xs, line.ys, strict=True) if y.takes(v)]
        if found:
            ends.append((y(found[-1][1]), line, x(found[-1][0])))
    ends.sort(key=lambda end: end[0])
    places = _apart([at for at, _, _ in ends], 13, _TOP, height - _BOTTOM)
    parts = []
    for (at, line, end), place in zip(ends, places, strict=True):
        colour = colour_of(line.number)
        parts.append(
            f'<path class="cb-curve cb-leader" style="stroke:{colour}" '
            f'd="M{end + 3:.1f},{at:.1f}L{max(end + 3, x.end + 2):.1f},{at:.1f}'
            f'L{x.end + 10},{place:.1f}"/>'
            f'<text x="{x.end + 14}" y="{place + 4:.1f}" style="fill:{colour}">'
            f"#{line.number}<title>{escape(line.name)}</title></text>"
        )
    return parts


def _apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move growing places apart by at least `gap`, as little as may be, between two bounds."""
    if not places:
        return []
    gap = min(gap, (high - low) / max(len(places) - 1, 1))
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap) if moved else max(place, low))
    ceiling = high
    for index in range(len(moved) - 1, -1, -1):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - gap
    return moved


def _tips(
    lines: Sequence[Line], x: _Scale, y: _Scale, height: int, *, time_axis: bool
) -> list[str]:
    """Return places that show, when pointed at, the values of all curves there."""
    xs = sorted({at for line in lines for at in line.xs})
    if len(xs) > _TIPS:
        xs = [xs[round(i * (len(xs) - 1) / (_TIPS - 1))] for i in range(_TIPS)]
    edges = [x.start, *((x(a) + x(b)) / 2 for a, b in itertools.pairwise(xs)), x.end]
    parts = []
    for at, start, end in zip(xs, edges, edges[1:], strict=False):
        values = [(value, line) for line in lines if (value := _value_at(line, at)) is not None]
        values.sort(key=lambda item: -item[0] if item[0] == item[0] else math.inf)
        head = formatting.duration(at) if time_axis else f"step {round(at)}"
        rows = [(head, "")] + [
            (f"#{line.number}  {formatting.number(value)}", colour_of(line.number))
            for value, line in values[:_MOST_IN_TIP]
        ]
        if len(values) > _MOST_IN_TIP:
            rows.append((f"and {len(values) - _MOST_IN_TIP} more", ""))
        parts.append(
            f'<g><rect class="cb-at" x="{start:.1f}" y="{_TOP}" width="{end - start:.1f}" '
            f'height="{height - _TOP - _BOTTOM}"/><g class="cb-tip">'
            f'<line class="cb-axis" x1="{x(at):.1f}" x2="{x(at):.1f}" y1="{_TOP}" '
            f'y2="{height - _BOTTOM}"/>'
            + "".join(
                f'<circle cx="{x(at):.1f}" cy="{y(v):.1f}" r="3" '
                f'style="fill:{colour_of(line.number)}"/>'
                for v, line in values[:_MOST_IN_TIP]
                if y.takes(v)
            )
            + _box(rows, x(at), x.end)
            + "</g></g>"
        )
    return parts


def _value_at(line: Line, at: float) -> float | None:
    """Return a curve's value where it is nearest to a place; None beyond its ends."""
    if not line.xs or not line.xs[0] <= at <= line.xs[-1]:
        return None
    low, high = 0, len(line.xs) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if line.xs[middle] <= at else (low, middle - 1)
    if low + 1 < len(line.xs) and line.xs[low + 1] - at < at - line.xs[low]:
        low += 1
    return line.ys[low]


def _box(rows: Sequence[tuple[str, str]], at: float, right: float) -> str:
    width = 16 + 6.5 * max(len(text) for text, _ in rows)
    left = at + 8 if at + 8 + width <= right else at - 8 - width
    texts = "".join(
        f'<text x="{left + 8:.1f}" y="{_TOP + 20 + 15 * place}"'
        + (f' style="fill:{colour}"' if colour else "")
        + f">{escape(text)}</text>"
        for place, (text, colour) in enumerate(rows)
    )
    return (
        f'<rect class="cb-box" x="{left:.1f}" y="{_TOP + 4}" width="{width:.1f}" '
        f'height="{15 * len(rows) + 10}" rx="2"/>{texts}'
    )


def _empty(title: str, note: str, width: int) -> str:
    return (
        f'<svg viewBox="0 0 {width} 60" role="img" style="max-width:{round(width * 1.2)}px">'
        f'<text class="cb-title" x="{_LEFT}" y="12">{escape(title)}</text>'
        f'<text x="{_LEFT}" y="36">{escape(note)}</text></svg>'
    )
