"""``%compare``: runs beside one another, their differences and their curves."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tinydb import where

from cellbook.errors import NotFound
from cellbook.records import RunRecord
from cellbook.views import (
    Curve,
    RunComparison,
    compare_runs,
    comparison_text,
    curves,
    find_records,
    smooth,
)
from cellbook.widgets.bundles import Panel
from cellbook.widgets.charts import Line, chart, picture
from cellbook.widgets.style import framed
from cellbook.widgets.tables import comparison_table, sentence

if TYPE_CHECKING:
    from cellbook.book import Book, Target
    from cellbook.store import Store

LATEST = 5
"""Runs that are compared when nobody says which."""

_STATIC_CHARTS = 6
_MOST_CURVES = 40
"""Curves in one chart; more would be a thicket, and slow."""
_NOTHING = "No runs to compare. `%compare #1 #2` compares two; `%runs` lists what there is."


def compare_panel(
    book: Book, targets: Sequence[Target] = (), *, limit: int | None = LATEST
) -> Panel:
    """Return a comparison of runs, to be displayed.

    Parameters
    ----------
    book
        Where the runs are.
    targets
        The runs, the first being the baseline: anything that :meth:`Book.find_run` takes.  None
        at all means the newest of the experiment that ran last.
    limit
        How many these are; None means all.

    Runs that are not in the book are named in a note, and the rest is compared.
    """
    records, notes = _find(book, targets, limit)
    comparison = compare_runs(book.store, records)
    text = "\n".join([comparison_text(comparison), *notes])
    if not records:
        html = "".join(f'<p class="cb-note">{sentence(note)}</p>' for note in [*notes, _NOTHING])
        return Panel(framed(html), text)
    html = framed(static_html(book.store, comparison, records, notes))
    return Panel(html, text, lambda: _live(book, records, notes))


def _live(book: Book, records: Sequence[RunRecord], notes: Sequence[str]) -> Any:
    # ipywidgets takes a good part of a second to import, which only a live panel needs.
    from cellbook.widgets.live import ComparePanel  # noqa: PLC0415

    return ComparePanel(book, records, notes).box


def _find(
    book: Book, targets: Sequence[Target], limit: int | None
) -> tuple[list[RunRecord], list[str]]:
    book.refresh()
    if not targets:
        latest = find_records(book.store, max_results=1)
        query = where("experiment") == (latest[0].experiment if latest else None)
        return find_records(book.store, query, max_results=limit)[::-1], []
    records: dict[str, RunRecord] = {}
    notes = []
    for target in targets:
        try:
            record = book.find_run(target)
        except NotFound as error:
            notes.append(str(error))
        else:
            records.setdefault(record.run_id, record)
    return list(records.values()), notes


# -- what both forms show ----------------------------------------------------------------------


def static_html(
    store: Store,
    comparison: RunComparison,
    records: Sequence[RunRecord],
    notes: Sequence[str] = (),
) -> str:
    """Return a comparison as HTML that needs neither a kernel nor JavaScript."""
    parts = [f'<p class="cb-note">{sentence(note)}</p>' for note in notes]
    differing = comparison.differing
    same = [row for row in comparison.rows if not row.differs]
    if len(records) == 1:
        parts.append(comparison_table(comparison, comparison.rows))
    elif differing:
        parts.append(comparison_table(comparison, differing))
    else:
        parts += [comparison_table(comparison, ()), '<p class="cb-note">Nothing differs.</p>']
    if same and len(records) > 1:
        parts.append(
            f"<details><summary>{len(same)} more are the same in all runs</summary>"
            f"{comparison_table(comparison, same)}</details>"
        )
    charts = [
        '<div class="cb-chart">'
        f"{picture(metric_chart(store, records, name, width=480, small=True))}</div>"
        for name in comparison.metrics[:_STATIC_CHARTS]
    ]
    if charts:
        parts.append(f'<div class="cb-charts">{"".join(charts)}</div>')
        left = comparison.metrics[_STATIC_CHARTS:]
        if left:
            parts.append(
                f'<p class="cb-note">{sentence("Also with curves: " + ", ".join(left))}</p>'
            )
    else:
        parts.append(f'<p class="cb-note">{sentence(no_curves(records))}</p>')
    return "".join(parts)


def metric_chart(
    store: Store,
    records: Sequence[RunRecord],
    name: str,
    *,
    time_axis: bool = False,
    log: bool = False,
    smoothing: float = 0.0,
    width: int = 800,
    small: bool = False,
) -> str:
    """Return the curves of one metric as SVG."""
    points = 150 if small else 500
    shown = records[:_MOST_CURVES]
    by_id = {record.run_id: record for record in shown}
    lines = [
        line_of(curve, by_id[curve.run_id], time_axis=time_axis, smoothing=smoothing)
        for curve in curves(store, shown, name, points=points)
    ]
    return chart(
        lines,
        title=name if len(shown) == len(records) else f"{name} (first {len(shown)} runs)",
        time_axis=time_axis,
        log=log,
        width=width,
        height=240 if small else 320,
        tips=not small,
    )


def line_of(curve: Curve, record: RunRecord, *, time_axis: bool, smoothing: float) -> Line:
    """Return a curve as it is drawn."""
    xs: Sequence[float] = curve.steps
    if time_axis:
        # Steps may come in another order than they were logged in.
        order = sorted(range(len(curve.times)), key=curve.times.__getitem__)
        curve = dataclasses.replace(curve, values=tuple(curve.values[place] for place in order))
        xs = [curve.times[place] for place in order]
    if smoothing:
        smoothed = smooth(curve.values, smoothing)
        return Line(record.run_number, record.run_name, xs, smoothed, raw=curve.values)
    return Line(record.run_number, record.run_name, xs, curve.values)


def no_curves(records: Sequence[RunRecord]) -> str:
    """Return the sentence that stands where there are no curves."""
    who = "This run has" if len(records) == 1 else "These runs have"
    return f"{who} no curves: `run.log_metric(key, value, step)` in a loop makes them."
