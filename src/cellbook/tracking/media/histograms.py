"""Histograms of many values."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

from cellbook.errors import InvalidInput
from cellbook.records import Json
from cellbook.tracking.media.arrays import as_array
from cellbook.tracking.media.encoded import Encoded, keyed_path, with_extension
from cellbook.tracking.media.texts import json_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

BIN_LIMIT = 4_096


def encode_histogram(values: Any, name: str, *, bins: Any = 64, step: int | None = None) -> Encoded:
    """Encode how values are distributed, as JSON.

    The JSON has ``counts`` and the ``edges`` around them (one more; both empty if there is no
    finite value), how many values were ``nan``, ``posinf``, ``neginf``, ``below`` or ``above`` the
    edges, and over the finite values ``count``, ``min``, ``max``, ``mean`` and ``std``
    (population; null where unknown).

    Parameters
    ----------
    values
        Numbers in any array, tensor, series or list; or a tuple of counts and edges, as
        ``numpy.histogram`` gives it.
    name
        A path that ends in ``.json``, or the key of a series of histograms.
    bins
        How many bins of one width, at most `BIN_LIMIT`, or their edges.
    step
        Place in the series that a key names.

    Raises
    ------
    InvalidInput
        If the values are no numbers, or the bins or counts do not fit together.
    """
    doc = _ready_made(values) or _count(_numbers(values), bins)
    meta: dict[str, Json] = {part: doc[part] for part in ("count", "min", "max", "mean", "std")}
    if str(name).lower().endswith(".json"):
        path, _ = with_extension(name, ".json", (".json",), "A histogram")
    else:
        path = keyed_path("histograms", name, step, ".json")
        meta["key"] = str(name)
    return Encoded(json_bytes(doc), "application/json", "histogram", path, meta)


def _ready_made(values: Any) -> dict[str, Any] | None:
    """Return the histogram that a tuple of counts and edges already is, or None."""
    import numpy as np  # noqa: PLC0415 - heavy, and needed by those only who log arrays

    if not isinstance(values, tuple) or len(values) != 2 or not all(map(_is_vector, values)):
        return None
    counts, edges = (as_array(part, "The histogram") for part in values)
    if counts.ndim != 1 or edges.shape != (counts.size + 1,):
        return None
    edges = _checked_edges(edges)
    if counts.dtype.kind not in "iuf" or not np.isfinite(counts).all():
        raise InvalidInput(
            f"The counts of the histogram are {counts.dtype} values that do not count. "
            "Give numpy.histogram(values), or the values themselves."
        )
    return _document(counts, edges, {"count": counts.sum().item()})


def _count(values: NDArray[Any], bins: Any) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415

    finite = values[np.isfinite(values)]
    counts, edges = _cut(finite, bins)
    known: dict[str, Any] = {
        "nan": int(np.isnan(values).sum()),
        "posinf": int((values == np.inf).sum()),
        "neginf": int((values == -np.inf).sum()),
        "count": int(finite.size),
    }
    if finite.size:
        known["below"] = int((finite < edges[0]).sum())
        known["above"] = int((finite > edges[-1]).sum())
        with np.errstate(all="ignore"):
            mean, spread = float(finite.mean()), float(finite.std())
        known["min"], known["max"] = float(finite.min()), float(finite.max())
        known["mean"], known["std"] = mean, None if spread != spread else spread
    return _document(counts, edges, known)


def _document(counts: NDArray[Any], edges: NDArray[Any], known: dict[str, Any]) -> dict[str, Any]:
    unknown = dict.fromkeys(("nan", "posinf", "neginf", "below", "above"), 0)
    figures = dict.fromkeys(("count", "min", "max", "mean", "std"))
    return {"counts": counts.tolist(), "edges": edges.tolist(), **unknown, **figures, **known}


def _cut(finite: NDArray[Any], bins: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    import numpy as np  # noqa: PLC0415

    if _is_vector(bins):
        return np.histogram(finite, bins=_checked_edges(as_array(bins, "The edges of bins")))
    whole = isinstance(bins, numbers.Integral) and not isinstance(bins, bool)
    if not whole or not 1 <= bins <= BIN_LIMIT:
        raise InvalidInput(
            f"The number of bins is {bins!r}. Give a whole number from 1 to {BIN_LIMIT:,}, or the "
            "edges of the bins as a list."
        )
    if not finite.size:
        return np.array([], dtype=np.int64), np.array([])
    try:
        with np.errstate(all="ignore"):
            return np.histogram(finite, bins=int(bins))
    except ValueError:
        # Too close together, or too far apart, for so many bins of floats: one bin holds all.
        return np.histogram(finite, bins=np.array([finite.min(), finite.max()]))


def _checked_edges(edges: NDArray[Any]) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    fits = edges.dtype.kind in "iuf" and edges.ndim == 1 and 2 <= edges.size <= BIN_LIMIT + 1
    exact = edges.astype(np.float64) if fits else np.empty(0)
    if not fits or not np.isfinite(exact).all() or not (exact[1:] > exact[:-1]).all():
        raise InvalidInput(
            f"The {edges.size:,} edges of the bins are no increasing numbers. "
            f"Give from 2 to {BIN_LIMIT + 1:,} of them, each larger than the one before."
        )
    return exact


def _numbers(values: Any) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    if isinstance(values, np.ma.MaskedArray):
        values = np.ma.filled(values.astype(np.float64), np.nan)
    array = as_array(values, "What the histogram is of")
    try:
        if array.dtype.kind not in "biufO" or values is None:
            raise TypeError(f"{array.dtype} values")
        # From the object itself: pandas knows how its missing values become NaN.
        source = values if array.dtype.kind == "O" else array
        return np.asarray(source, dtype=np.float64).ravel()
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"The histogram is of a {type(values).__name__} that does not hold numbers ({error}). "
            "Give an array, series or list of numbers."
        ) from error


def _is_vector(part: Any) -> bool:
    return hasattr(part, "__len__") and not isinstance(part, (str, bytes, dict, set))
