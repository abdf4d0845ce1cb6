"""How params and metrics of runs go together: pandas' own rank correlation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cellbook.records import RunRecord
from cellbook.views.relations import Part, RelationColumn, relate

LEAST = 5
"""Runs without which a correlation is none."""
_SIDE = 16
"""Columns that are correlated, at most: a larger table cannot be read."""


@dataclass(frozen=True, slots=True)
class Correlations:
    """The rank correlation of each two of some columns."""

    names: tuple[str, ...]
    rows: tuple[tuple[float | None, ...], ...]
    """None where too few runs have both, or one of them is the same in all that do."""
    counts: tuple[tuple[int, ...], ...]
    """How many runs have both."""
    left_out: int
    """How many columns of numbers there are beyond these."""
    problem: str = ""
    """Why there is nothing; empty where there is something."""
    blank: tuple[str, ...] = ()
    """Names of columns that are left out since nothing can be said of them: they are the same in
    all runs that have them, or too few runs have them."""


def correlate(records: Sequence[RunRecord], metric: str = "") -> Correlations:
    """Return Spearman's correlation of the params and metrics that are numbers.

    Parameters
    ----------
    records
        The runs.
    metric
        Such as ``metrics.acc``: it is among them, whatever else is left out.
    """
    import numpy as np  # noqa: PLC0415  keeps `import cellbook` quick
    import pandas as pd  # noqa: PLC0415

    if len(records) < LEAST:
        told = "There is 1 run" if len(records) == 1 else f"There are {len(records)} runs"
        return _nothing(f"{told} to correlate over. At least {LEAST} are needed.")
    wanted = (metric,) if metric else ()
    found = [one for one in relate(records, wanted).columns if one.numeric]
    numeric = [one for one in found if _tells(one)]
    blank = tuple(one.name for one in found if not _tells(one))
    chosen = _chosen(numeric, metric)
    if len(chosen) < 2:
        return _nothing(
            "No two params or metrics are numbers that differ between these runs.", blank
        )
    frame = pd.DataFrame({one.name: one.numbers for one in chosen}, dtype=float)
    frame = frame.replace([np.inf, -np.inf], np.nan)
    table = frame.corr(method="spearman", min_periods=LEAST)
    known = frame.notna().to_numpy().astype(int)
    return Correlations(
        tuple(one.name for one in chosen),
        tuple(
            tuple(None if math.isnan(value) else value for value in row)
            for row in table.to_numpy().tolist()
        ),
        tuple(tuple(row) for row in (known.T @ known).tolist()),
        len(numeric) - len(chosen),
        blank=blank,
    )


def _tells(column: RelationColumn) -> bool:
    """Whether a column may be correlated with anything."""
    known = [one for one in column.numbers if one is not None and math.isfinite(one)]
    return len(known) >= LEAST and len(set(known)) > 1


def _chosen(numeric: Sequence[RelationColumn], metric: str) -> list[RelationColumn]:
    params = [one for one in numeric if one.part is Part.PARAMS]
    metrics = [one for one in numeric if one.part is not Part.PARAMS]
    metrics.sort(key=lambda one: one.name != metric)
    kept = metrics[: max(_SIDE // 2, _SIDE - len(params))]
    return params[: _SIDE - len(kept)] + kept


def _nothing(problem: str, blank: tuple[str, ...] = ()) -> Correlations:
    return Correlations((), (), (), 0, problem, blank)
