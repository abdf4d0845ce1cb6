"""``%compare``: runs beside one another, their differences and their curves."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinydb import where

from cellbook import book as books
from cellbook.answers.comparing import MOST
from cellbook.errors import InvalidInput, NotFound, StoreCorrupt
from cellbook.records import RunRecord
from cellbook.views import (
    LEGEND,
    TOO_FEW,
    Curve,
    RunComparison,
    compare_runs,
    comparison_text,
    curves,
    find_records,
    runs_to_compare,
    smooth,
)
from cellbook.views.comparison import LATEST, head_of
from cellbook.views.data_comparison import compare_data
from cellbook.views.formatting import plural
from cellbook.views.hints import query_hint
from cellbook.views.text import NOTHING_TO_COMPARE
from cellbook.widgets.bundles import Panel
from cellbook.widgets.charts import Line, chart, picture
from cellbook.widgets.page import page_of, write_page
from cellbook.widgets.style import framed
from cellbook.widgets.tables import comparison_table, sentence
from cellbook.widgets.written import Placed

if TYPE_CHECKING:
    from cellbook.book import Book, Target

_QUERY = re.compile(r"[<>=]|\s(like|ilike|in|is)\s", re.I)
"""What names of runs rarely hold, and queries do."""
_STATIC_CHARTS = 6
_MOST_CURVES = 40
"""Curves in one chart; more would be a thicket, and slow."""


class ComparisonView(Panel):
    """A comparison, to be displayed or saved; returned by :func:`cellbook.compare`."""

    def __init__(
        self,
        book: Book,
        html: str,
        text: str,
        records: Sequence[RunRecord],
        live: Callable[[], Any] | None,
    ) -> None:
        super().__init__(html, text, live)
        self._book = book
        self._records = records

    def save(self, path: str | Path, title: str = "Comparison") -> Path:
        """Write the comparison as one HTML file that needs no server, kernel or network.

        Parameters
        ----------
        path
            Where to; a file that is there is replaced.
        title
            What stands at its head.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InvalidInput
            If there is nothing to compare, or the file cannot be written.
        """
        if not self._records:
            raise InvalidInput(self.text)
        runs = [record.run_id for record in self._records]
        return write_page(path, page_of(self._book, title, [Placed("", runs)]))


def compare_panel(
    book: Book,
    targets: Sequence[Target] = (),
    *,
    experiment: str | None = None,
    everything: bool = False,
) -> ComparisonView:
    """Return a comparison of runs, to be displayed.

    Parameters
    ----------
    book
        Where the runs are.
    targets
        The runs, the first being the baseline: anything that :meth:`Book.find_run` takes, or a
        query such as ``metrics.acc > 0.9``.  None at all means the newest of the experiment that
        ran last.
    experiment
        Compare all runs of this experiment, instead of named ones.
    everything
        Whether to show what is the same in all runs, too.

    Runs that are not in the book are named in a note, and the others are compared; where these
    are fewer than two, the notes are all that is shown.  A single run is shown by itself.

    Raises
    ------
    InvalidInput
        If both runs and an experiment are named.
    NotFound
        If the experiment has no runs, or none of those that are named is there.
    QuerySyntaxError
        If a query does not parse; it points at the place.
    """
    records, notes = _find(book, targets, experiment)
    if targets and not records:
        newest = [record.label for record in map(head_of, find_records(book.store, max_results=3))]
        if newest and not any("mean" in note or "matches" in note for note in notes):
            notes.append(f"The newest are {', '.join(newest)}.")
        raise NotFound(" ".join(dict.fromkeys(notes)))
    if not records or (notes and len(records) < 2):
        # A comparison of no runs waits for some; one of runs that are gone has nothing to wait for.
        live = None if notes else lambda: _live(book, [], [], everything)
        notes = notes or [NOTHING_TO_COMPARE]
        text = "\n".join(notes)
        return ComparisonView(book, framed(_notes_html(notes)), text, [], live)
    notes += [TOO_FEW] if len(records) == 1 and not targets else []
    shown = records[:MOST]
    told = [*notes, f"These are the first {MOST} of {plural(len(records), 'run')}."]
    told = told if len(shown) < len(records) else notes
    comparison = compare_runs(book.store, shown)
    warnings = [f"! {one}" for one in compare_data(book.store, shown).warnings]
    text = "\n".join([*told, comparison_text(comparison, everything=everything), *warnings])
    html = static_html(book, comparison, shown, told, everything=everything)
    return ComparisonView(
        book, framed(html), text, records, lambda: _live(book, records, notes, everything)
    )


def compare(
    *runs: Target, experiment: str | None = None, everything: bool = False
) -> ComparisonView:
    """Return a comparison of runs of the book at hand, as ``%compare`` shows it.

    Parameters
    ----------
    runs
        The runs, the first being the baseline: numbers, names, ids, handles, records, or a query
        such as ``metrics.acc > 0.9``.  None at all means the newest of the experiment that ran
        last.
    experiment
        Compare all runs of this experiment instead.
    everything
        Whether to show what is the same in all runs, too.

    Raises
    ------
    InvalidInput
        If both runs and an experiment are named.
    NotFound
        If the experiment has no runs, or none of those that are named is there.
    QuerySyntaxError
        If a query does not parse; it points at the place.
    """
    return compare_panel(books.open(), runs, experiment=experiment, everything=everything)


def _live(book: Book, records: Sequence[RunRecord], notes: Sequence[str], everything: bool) -> Any:
    # ipywidgets takes a good part of a second to import, which only a live panel needs.
    from cellbook.widgets.live import compare_widget  # noqa: PLC0415

    return compare_widget(book, records, notes, everything=everything)


def _find(
    book: Book, targets: Sequence[Target], experiment: str | None
) -> tuple[list[RunRecord], list[str]]:
    book.refresh()
    if not targets:
        found = runs_to_compare(book.store, experiment)
        if experiment is not None and not found:
            raise NotFound(f"The experiment {experiment!r} has no runs. `%runs` lists what has.")
        return found, _newest_note(book, found) if experiment is None else []
    if experiment is not None:
        raise InvalidInput("Runs and an experiment are named. Name one of the two.")
    records: dict[str, RunRecord] = {}
    notes = []
    for target in targets:
        try:
            found = [book.find_run(target)]
        except StoreCorrupt as error:
            notes.append(str(error))
            continue
        except NotFound as error:
            if not isinstance(target, str) or not _QUERY.search(target):
                notes.append(str(error))
                continue
            found = find_records(book.store, target, max_results=MOST)[::-1]
            if not found:
                hint = query_hint(book.store, target)
                notes.append(" ".join(filter(None, (f"No run matches {target}.", hint))))
        for record in found:
            records.setdefault(record.run_id, record)
    return list(records.values()), notes


def _newest_note(book: Book, found: Sequence[RunRecord]) -> list[str]:
    """Return a sentence on the runs that are left out where nobody said which to compare."""
    if len(found) < LATEST:
        return []
    name = found[-1].experiment
    there = find_records(book.store, where("experiment") == name, max_results=LATEST + 1)
    if len(there) == LATEST:
        return []
    return [
        f"The newest {LATEST} runs of {name!r}: `%compare --experiment NAME` takes all of them."
    ]


# -- what both forms show ----------------------------------------------------------------------


def static_html(
    book: Book,
    comparison: RunComparison,
    records: Sequence[RunRecord],
    notes: Sequence[str] = (),
    *,
    everything: bool = False,
) -> str:
    """Return a comparison as HTML that needs neither a kernel nor JavaScript."""
    everything = everything or len(records) == 1
    rows = comparison.rows if everything else comparison.differing
    parts = [_notes_html(notes), comparison_table(comparison, rows)]
    parts += [] if rows else [_notes_html(["Nothing differs."])]
    parts.append(_notes_html(compare_data(book.store, records).warnings))
    parts += [_notes_html([LEGEND])] if len(records) > 1 else []
    if comparison.rest and not everything:
        parts.append(
            f"<details><summary>{escape(comparison.rest_text)}</summary>"
            f"{comparison_table(comparison, comparison.rest)}</details>"
        )
    charts = [
        '<div class="cb-chart">'
        f"{picture(metric_chart(book, records, name, width=480, small=True))}</div>"
        for name in comparison.metrics[:_STATIC_CHARTS]
    ]
    if charts:
        parts.append(f'<div class="cb-charts">{"".join(charts)}</div>')
        left = comparison.metrics[_STATIC_CHARTS:]
        if left:
            parts.append(_notes_html(["Also with curves: " + ", ".join(left)]))
    else:
        parts.append(_notes_html([no_curves(records)]))
    return "".join(parts)


def _notes_html(notes: Sequence[str]) -> str:
    return "".join(f'<p class="cb-note">{sentence(note)}</p>' for note in notes)


def metric_chart(
    book: Book,
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
        for curve in curves(book.store, shown, name, points=points)
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
