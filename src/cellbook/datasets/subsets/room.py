"""Subsets on record: put there, found, compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from tinydb import where

from cellbook.datasets.subsets.positions import Positions, decode, encode
from cellbook.errors import CellbookError, InvalidInput
from cellbook.records import SCORED, TESTS, DatasetVersion, Subset, from_doc, to_doc
from cellbook.store import Store, create

TABLE = "subsets"


@dataclass(frozen=True, slots=True)
class SubsetDifference:
    """How the rows of two subsets differ, as positions in their version."""

    only_first: Positions
    only_second: Positions
    both: Positions

    def __repr__(self) -> str:
        return (
            f"<SubsetDifference: {len(self.both):,} rows in both, {len(self.only_first):,} in the "
            f"first only, {len(self.only_second):,} in the second only>"
        )


@dataclass(frozen=True, slots=True)
class UsedRows:
    """A subset with its rows.

    Attributes
    ----------
    subset
        The record.
    positions
        Of each row in its version, from 0, in order; one that went in twice is there twice.
    labels
        The version's index, where its rows have labels and these are at hand; else None.
    """

    subset: Subset
    positions: Positions
    labels: pd.Index[Any] | None = None
    data: str = ""
    """The version as one says it: ``digits@3``."""

    def __len__(self) -> int:
        return self.subset.rows

    def __repr__(self) -> str:
        one = self.subset
        by = f" by {one.estimator}" if one.estimator else ""
        return f"<UsedRows: {one.rows:,} of {one.of:,} rows of {self.data}, {one.role}{by}>"

    def contains(self, label: Any = None, *, position: int | None = None) -> bool:
        """Return whether a row is one of these.

        Parameters
        ----------
        label
            Its label in the index of the data as it was tracked; where that only counts the rows,
            its position.
        position
            Its position, from 0, instead.

        Raises
        ------
        InvalidInput
            If there is no such row, or its labels are not at hand any more.
        """
        place = self._place(label) if position is None else np.array([int(position)])
        if position is not None and not 0 <= position < self.subset.of:
            raise InvalidInput(f"{self.data} has {self.subset.of:,} rows, from position 0 on.")
        return bool(np.isin(place, self.positions).any())

    def _place(self, label: Any) -> Positions:
        if self.labels is None:
            raise InvalidInput(
                f"The index of {self.data} is not at hand any more, so a row has no label. Ask for "
                "its position: contains(position=12). keep=True keeps what is tracked."
            )
        try:
            found = self.labels.get_loc(label)
        except (KeyError, TypeError, pd.errors.InvalidIndexError):
            raise InvalidInput(
                f"{self.data} has no row {label!r}. Give a label of its index, or position=…"
            ) from None
        return np.arange(len(self.labels))[found].reshape(-1)

    def difference(self, other: UsedRows) -> SubsetDifference:
        """Return how the rows of another subset of the same version differ.

        Raises
        ------
        InvalidInput
            If it is of another version.
        """
        if self.subset.dataset_id != other.subset.dataset_id:
            raise InvalidInput(
                f"One has rows of {self.data}, the other of {other.data}. Compare subsets of one "
                "version; cb.data_diff compares versions."
            )
        mine, its = np.unique(self.positions), np.unique(other.positions)
        return SubsetDifference(
            np.setdiff1d(mine, its), np.setdiff1d(its, mine), np.intersect1d(mine, its)
        )


@dataclass(frozen=True, slots=True)
class Overlap:
    """Rows that a model saw in training and was tested with."""

    train: Subset
    test: Subset
    positions: Positions


class Subsets:
    """The subsets of a book."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, subset: Subset, positions: Positions) -> Subset:
        """Put a subset on record, with the positions of its rows."""
        whole = len(positions) == subset.of == subset.distinct
        index = "" if whole else self._store.blobs.put(encode(positions), durable=False)
        kept = replace(subset, index=index)
        self._store.commit([create(TABLE, subset.subset_id, to_doc(kept))])
        return kept

    def of_run(self, run_id: str) -> list[Subset]:
        """Return the subsets of a run, oldest first."""
        return self._of(where("run") == run_id)

    def of_version(self, ids: Iterable[str]) -> list[Subset]:
        """Return the subsets of a version, which goes by some ids, oldest first."""
        wanted = list(ids)
        return self._of(where("dataset_id").one_of(wanted))

    def _of(self, query: Any) -> list[Subset]:
        found = [from_doc(Subset, doc) for _, _, doc in self._store.select(TABLE, query)]
        return sorted(found, key=lambda one: one.subset_id)

    def positions(self, subset: Subset) -> Positions:
        """Return the positions of a subset's rows, in order.

        Raises
        ------
        StoreCorrupt, NotFound
            If what is kept of them is damaged or gone.
        """
        return decode(self._store.blobs.get(subset.index)) if subset.index else np.arange(subset.of)


def shared_rows(subsets: Subsets, train: Iterable[Subset], test: Subset) -> int:
    """Return how many of the rows that were tested with were trained on, too.

    Raises
    ------
    StoreCorrupt, NotFound
        If what is kept of the rows is damaged or gone.
    """
    asked = np.unique(subsets.positions(test))
    seen = [np.unique(subsets.positions(one)) for one in train]
    return int(np.isin(asked, np.concatenate(seen)).sum()) if seen else 0


def overlap(train: tuple[Subset, Positions], test: tuple[Subset, Positions]) -> Overlap | None:
    """Return the rows of the one that are among those of the other, if that is a mistake.

    Rows that somebody said to be test or validation rows are not to be trained on.  With a score
    it is usual to score just the training rows, too: it is a mistake where a model is scored with
    some of them, or with them and others.
    """
    (seen, its), (asked, other) = train, test
    if seen.dataset_id != asked.dataset_id:
        return None
    trained, tested = np.zeros((2, max(seen.of, asked.of)), bool)
    trained[its] = tested[other] = True
    both = np.flatnonzero(trained & tested)
    if not len(both):
        return None
    if asked.role == SCORED and len(both) == seen.distinct == asked.distinct:
        return None
    return Overlap(seen, asked, both) if asked.role in (*TESTS, SCORED) else None


def labels_of(
    subset: Subset, version: DatasetVersion | None, read: Callable[[DatasetVersion], Any]
) -> pd.Index[Any] | None:
    """Return the labels of the rows of a subset's version; None where they are not at hand."""
    if subset.labelled is False:
        return pd.RangeIndex(subset.of)
    if version is None or not version.content:
        return None
    try:
        data = read(version)
    except CellbookError:
        return None
    return data.index if isinstance(data, (pd.DataFrame, pd.Series)) else pd.RangeIndex(subset.of)
