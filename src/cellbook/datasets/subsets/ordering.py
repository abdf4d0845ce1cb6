"""Whether what a transformer returned are the rows that it was given, in their order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cellbook.datasets.subsets.matching import counts_only
from cellbook.datasets.subsets.tables import table_of

_TELLING = 0.9
"""Share of different values from which on a column tells the order of its rows."""
_SCANNED = 64
"""Columns of either that are compared, at most."""
_DEEPEST = 8


def keeps_order(estimator: Any, data: Any, result: Any) -> bool:
    """Return whether the rows of `result` are those of `data`, one for one and in order.

    Scikit-learn's own transformers keep it, but for what they are given a function for.  Of others
    it has to show: in the index, if that does more than count, or in a column that was left as it
    was.
    """
    return _is_known(estimator, 0) or _shows(data, result)


def _is_known(estimator: Any, depth: int) -> bool:
    if isinstance(estimator, (list, tuple)):
        return all(_is_known(one, depth) for one in estimator)
    if not hasattr(estimator, "get_params") or isinstance(estimator, type):
        return True
    if not type(estimator).__module__.startswith("sklearn.") or depth > _DEEPEST:
        return False
    if type(estimator).__name__ == "FunctionTransformer":
        # What numpy does to each value by itself has no way to move it.
        return estimator.func is None or isinstance(estimator.func, np.ufunc)
    return all(_is_known(one, depth + 1) for one in estimator.get_params(deep=False).values())


def _shows(data: Any, result: Any) -> bool:
    before: Any = getattr(data, "index", None)
    after: Any = getattr(result, "index", None)
    is_labelled = isinstance(before, pd.Index) and isinstance(after, pd.Index)
    if is_labelled and before.is_unique and not counts_only(before):
        return bool(before.equals(after))
    one, other = table_of(data), table_of(result)
    if one is None or other is None or one.rows != other.rows or one.sparse or other.sparse:
        return False
    columns = [one.bits(place) for place in range(min(one.width, _SCANNED))]
    for place in range(min(other.width, _SCANNED)):
        bits = other.bits(place)
        if len(np.unique(bits)) >= _TELLING * len(bits) and any(
            np.array_equal(bits, column) for column in columns
        ):
            return True
    return False
