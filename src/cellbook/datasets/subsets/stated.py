"""Which rows somebody says that they use."""

from __future__ import annotations

from typing import Any

import numpy as np

from cellbook.datasets.subsets.registry import Found, Registry
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import DatasetVersion


def stated(registry: Registry | None, data: Any, of: DatasetVersion | None, rows: Any) -> Found:
    """Return the rows that are meant; see :func:`cellbook.track_subset`.

    Raises
    ------
    InvalidInput
        If neither is said, or `rows` are no positions of the version.
    NotFound
        If the data is not found in what was tracked.
    """
    if rows is not None:
        if of is None:
            raise InvalidInput("Of which data are these rows? Say of='NAME@VERSION'.")
        positions = np.asarray(rows)
        if positions.dtype == bool:
            positions = np.flatnonzero(positions)
        total = of.rows
        if positions.ndim != 1 or positions.dtype.kind not in "iu":
            raise InvalidInput("`rows` are positions, such as [0, 2, 5], or a mask.")
        if len(positions) and (
            positions.min() < 0 or (total is not None and positions.max() >= total)
        ):
            raise InvalidInput(f"data:{of.label} has {total or 0:,} rows, from position 0 on.")
        return Found(of, "", positions.astype(np.int64), "said")
    if data is None:
        raise InvalidInput("Which rows? Give the data that has them, or rows=[…].")
    found = registry.find(data) if registry is not None else None
    if found is None or (of is not None and found.version.dataset_id != of.dataset_id):
        where = f"data:{of.label}" if of is not None else "what was tracked"
        raise NotFound(
            f"The rows of this {type(data).__name__} were not found in {where}. Track the "
            "data itself in this process first, give the rows with the values that they had "
            "then, or say which they are: track_subset(of=…, rows=[…])."
        )
    return found
