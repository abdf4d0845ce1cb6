"""Whether a challenger was trained on the holdout: by its version, and by the values of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from cellbook.records import TESTS, DatasetVersion, Subset
from cellbook.retraining.judging import Holdout
from cellbook.views.formatting import plural

if TYPE_CHECKING:
    from cellbook.book import Book

_APART = {*TESTS, "reference"}
"""Roles of data that nothing is trained on."""


def leaked(book: Book, run: str, holdout: Holdout, tell: Callable[[str], None]) -> str:
    """Return what of a holdout a run was trained on, as the end of a sentence; empty for nothing.

    Rows are told by their values, wherever the data that trained is on record and at hand; where
    values often repeat, that rows are alike says nothing (see :func:`same_rows`).

    Parameters
    ----------
    book, run, holdout
        Of which run, and which rows.
    tell
        Hears which data is not at hand any more, so that nothing can be said of it.
    """
    from cellbook.datasets.subsets import same_rows  # noqa: PLC0415 - heavy

    known, inputs = book.datasets.by_id(), book.find_run(run).inputs
    for one, roles in inputs.items():
        same = one in known and known[one].digest == holdout.version.digest
        if same and set(roles) - _APART:
            return "it was trained on the holdout itself"
    rows = holdout.inputs.assign(**{str(holdout.labels.name): holdout.labels})
    count, where = 0, ""
    for version, subset in _trained(book, run):
        table = book.datasets.table_of(version)
        if table is None:
            tell(
                f"data:{version.label} is not at hand any more, so rows of the holdout were not "
                "looked for in it: keep=True keeps what is tracked"
            )
            continue
        told = f"data:{version.label}"
        if subset is not None:
            table = table.iloc[book.fits.rows_of(subset)]
            told += f", {subset.rows:,} of {subset.of:,} rows"
        found = len(same_rows(rows, table))
        if found > count:
            count, where = found, told
    of = plural(len(rows), "row")
    told = f"{count:,} of the {of} of the holdout are among those that it was trained on ({where})"
    return told if count else ""


def _trained(book: Book, run: str) -> Iterator[tuple[DatasetVersion, Subset | None]]:
    """Yield data that a run was trained on: rows that were fitted to; of data of which no rows are
    on record, all of it, unless it was said to be for something else."""
    known, subsets = book.datasets.by_id(), book.fits.subsets.of_run(run)
    for one in subsets:
        if one.role == "train" and one.dataset_id in known:
            yield known[one.dataset_id], one
    told = {one.dataset_id for one in subsets}
    for dataset_id, roles in book.find_run(run).inputs.items():
        if dataset_id in known and dataset_id not in told and set(roles) - _APART:
            yield known[dataset_id], None
