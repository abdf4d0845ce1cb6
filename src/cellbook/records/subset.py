"""Which rows of a data set were used."""

from __future__ import annotations

from dataclasses import dataclass

from cellbook.records.base import Record

PREPARED, SCORED = "prepared", "scored"
"""Roles of rows, beside those of data: what a transformer was fitted to; what a model's score was
made of."""
TESTS = ("test", "validation")
"""Roles of rows, and of data, that nothing is to be trained on."""


@dataclass(frozen=True, slots=True)
class Subset(Record):
    """The rows of a version that something was made from, or tested with."""

    subset_id: str
    dataset_id: str
    created: int
    """Milliseconds since 1970 (UTC)."""
    rows: int
    """How many went in; one that went in twice counts twice."""
    distinct: int
    """How many different ones."""
    of: int
    """How many the version has."""
    index: str = ""
    """The blob with their positions; empty where it is all rows, once each."""
    role: str = ""
    """``train``, ``test``, ``validation``, a word of the user's; ``prepared`` and ``scored``."""
    run: str = ""
    execution: str = ""
    estimator: str = ""
    """The class that was fitted: ``sklearn.linear_model.Ridge``; empty where somebody said so."""
    selector: str = ""
    """The source text that made it, as far as it was found."""
    how: str = ""
    """How the rows were told: by ``identity``, ``index``, ``values``, or ``said``."""
    doubtful: int = 0
    """Rows that are told by their values, which other rows have, too: as many of those went in,
    but which is not known."""
    changed: tuple[str, ...] = ()
    """Columns whose values were others by then."""
    labelled: bool | None = None
    """Whether the index of the version does more than count its rows; None where that was not
    known."""
