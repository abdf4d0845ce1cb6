"""A metric over two params, as a surface between the runs that there are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cellbook.errors import InvalidInput
from cellbook.records import RunRecord
from cellbook.views.relations import RelationColumn, relate

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float64]]

LEAST = 4
"""Places without which nothing is drawn between them."""
_SIDE = 60
"""Places of the grid along each axis."""


@dataclass(frozen=True, slots=True)
class Surface:
    """What lies between runs by linear interpolation, and nothing beyond them."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    rows: tuple[tuple[float | None, ...], ...]
    """A row for each of `ys`; None outside of the runs."""
    places: int
    """At how many different places there are runs."""
    runs: int
    """How many runs have both params and a finite value of the metric."""
    problem: str = ""
    """Why there is no surface; empty where there is one."""


def surface_of(records: Sequence[RunRecord], x: str, y: str, z: str) -> Surface:
    """Return a metric over two params.

    Runs at one place count as their mean.  Interpolation is SciPy's, over Delaunay's triangles; an
    axis that spreads over decades is taken by its logarithm, and both are scaled to one length.

    Parameters
    ----------
    records
        The runs.
    x, y, z
        Names of columns of numbers, such as ``params.lr`` and ``metrics.acc``.

    Raises
    ------
    InvalidInput
        If one of them is no column of numbers, or `x` is `y`.
    """
    import numpy as np  # noqa: PLC0415  keeps `import cellbook` quick

    columns = {one.name: one for one in relate(records, (x, y, z)).columns if one.numeric}
    for name in (x, y, z):
        if name not in columns:
            raise InvalidInput(f"{name!r} is no number that differs between these runs.")
    if x == y:
        raise InvalidInput("Both axes are the same. Choose two params.")
    points = np.array(
        [_along(columns[x]), _along(columns[y]), [_real(one) for one in columns[z].numbers]]
    ).T
    points = points[np.isfinite(points).all(axis=1)]
    where, place = np.unique(points[:, :2], axis=0, return_inverse=True)
    place = place.ravel()
    values = np.bincount(place, points[:, 2]) / np.bincount(place) if len(points) else points[:, 2]
    if len(where) < LEAST or any(np.ptp(where, axis=0) == 0) or _on_a_line(where):
        return Surface((), (), (), len(where), len(points), _told(len(where)))
    low, span = where.min(axis=0), np.ptp(where, axis=0)
    sides = [np.linspace(0, 1, _SIDE)] * 2
    grid = _between((where - low) / span, values, sides)
    xs, ys = (
        _back(columns[name], low[axis] + sides[axis] * span[axis])
        for axis, name in enumerate((x, y))
    )
    rows = tuple(
        tuple(None if math.isnan(value) else value for value in row) for row in grid.tolist()
    )
    return Surface(xs, ys, rows, len(where), len(points))


def _between(where: Floats, values: Floats, sides: Sequence[Floats]) -> Floats:
    import numpy as np  # noqa: PLC0415
    from scipy.interpolate import griddata  # noqa: PLC0415  takes a while to import

    grid: Floats = griddata(where, values, tuple(np.meshgrid(*sides)), method="linear")
    return grid


def _on_a_line(where: Floats) -> bool:
    import numpy as np  # noqa: PLC0415

    scaled = (where - where.min(axis=0)) / np.ptp(where, axis=0)
    return bool(np.linalg.matrix_rank(scaled - scaled[0], tol=1e-6) < 2)


def _told(places: int) -> str:
    if places < LEAST:
        return (
            f"These runs have values at {places} different places. At least {LEAST} are needed to "
            "draw anything between them."
        )
    return "All these runs lie on one line, so that there is nothing between them to draw."


def _along(column: RelationColumn) -> list[float]:
    if not column.log:
        return [_real(one) for one in column.numbers]
    return [math.log10(one) if one > 0 else math.nan for one in map(_real, column.numbers)]


def _back(column: RelationColumn, along: Floats) -> tuple[float, ...]:
    return tuple((10**along if column.log else along).tolist())


def _real(value: float | None) -> float:
    return math.nan if value is None else value
