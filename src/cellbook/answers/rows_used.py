"""Which rows of which data went into what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cellbook.book import Book, Target
from cellbook.errors import InvalidInput
from cellbook.records import DatasetVersion

if TYPE_CHECKING:
    from cellbook.datasets.subsets import UsedRows


def find_rows_used(
    book: Book, run: Target | None = None, of: str | DatasetVersion | None = None
) -> list[UsedRows]:
    """Return the subsets of a run, or of a version; see :func:`cellbook.rows_used`.

    Raises
    ------
    NotFound
        If there is no such run or version.
    InvalidInput
        If no run is active, and neither is named.
    """
    book.fits.settle()
    ids: list[str] | None = None
    if of is not None:
        version = book.datasets.find(of)
        known = book.datasets.by_id()
        ids = [one for one, other in known.items() if other.dataset_id == version.dataset_id]
    if run is None and ids is not None:
        found = book.fits.subsets.of_version(ids)
    else:
        active = book.active_run() if run is None else None
        if run is None and active is None:
            raise InvalidInput("No run is active. Name one: cb.rows_used('#12').")
        run_id = active.run_id if active is not None else book.find_run(run or "").run_id
        found = book.fits.subsets.of_run(run_id)
        found = [one for one in found if ids is None or one.dataset_id in ids]
    return book.fits.rows_used(found, book.datasets.read)
