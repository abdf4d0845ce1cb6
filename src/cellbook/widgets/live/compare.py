"""The comparison, live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cellbook.answers.comparing import MOST
from cellbook.records import RunRecord
from cellbook.widgets.live.panel import LivePanel

if TYPE_CHECKING:
    from cellbook.book import Book


def compare_widget(
    book: Book, records: Sequence[RunRecord], notes: Sequence[str] = (), *, everything: bool = False
) -> LivePanel:
    """Return a comparison of runs that follows the hands, and the runs while they run.

    Parameters
    ----------
    book
        Where the runs are.
    records
        The runs; the first is the baseline.  Without any, it waits for the book's first ones.
    notes
        What is to be said beforehand.
    everything
        Whether to begin with the rows that do not differ, too.
    """
    runs = [record.run_id for record in records]
    state = {
        "notebook": "",
        "runs": runs,
        "baseline": runs[0] if runs else "",
        "metric": "",
        "everything": everything or len(runs) == 1,
        "notes": list(notes),
    }
    first = {"runs": runs[:MOST], "baseline": 0}
    return LivePanel(book, "compare", state, [("compare", first)] if runs else [])
