"""Which rows of data were used, as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cellbook.records import Subset
from cellbook.views import formatting

if TYPE_CHECKING:
    from cellbook.datasets.subsets import UsedRows

NO_ROWS = (
    "No rows on record: data that is tracked before it is fitted has its rows recorded, "
    "`cb.track_subset` says which they are."
)


def rows_line(used: UsedRows) -> str:
    """Return a subset in a line: ``1,082 of 1,797 rows of data:digits@1 · train · Ridge``."""
    return subset_line(used.subset, used.data)


def subset_line(one: Subset, data: str) -> str:
    """Return a subset in a line; `data` is the version as one says it."""
    parts = [f"{one.rows:,} of {one.of:,} rows of {data}", one.role, one.estimator]
    return " · ".join(filter(None, [*parts, *doubts(one)]))


def doubts(subset: Subset) -> list[str]:
    """Return what is not sure of a subset, or not as it looks, in a few words each."""
    return [
        *([f"{subset.rows - subset.distinct:,} more than once"] * (subset.rows > subset.distinct)),
        *(
            [f"{subset.doubtful:,} told by values that other rows have, too"]
            if subset.doubtful
            else []
        ),
        *([f"with other values of {', '.join(subset.changed[:5])}"] if subset.changed else []),
    ]


def rows_cells(used: Sequence[UsedRows]) -> list[list[str]]:
    """Return subsets as texts: a line of heads, then a line each."""
    return [
        ["data", "role", "rows", "of", "estimator", "found by", "notes", "made by"],
        *(
            [
                one.data,
                one.subset.role,
                f"{one.subset.rows:,}",
                f"{one.subset.of:,}",
                one.subset.estimator.rpartition(".")[2],
                one.subset.how,
                "; ".join(doubts(one.subset)),
                formatting.shorten(" ⏎ ".join(one.subset.selector.splitlines()), 60),
            ]
            for one in used
        ),
    ]


def as_label(text: str, labels: Any) -> Any:
    """Return what somebody typed as a label of an index: a number where that has numbers."""
    kind = getattr(getattr(labels, "dtype", None), "kind", "")
    try:
        return int(text) if kind in "iu" and kind else float(text) if kind == "f" else text
    except ValueError:
        return text
