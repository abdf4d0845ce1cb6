"""Metric points as DataFrames, as curves to draw, and as the few points of a spark line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cellbook.records import RunRecord
from cellbook.store import Series, Store

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_SPARK_BYTES = 64 * 2**20
"""Points read for the spark lines of one list; runs beyond that show none."""


def metric_history(
    store: Store, records: Sequence[RunRecord], keys: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return every point of some runs as one DataFrame.

    Parameters
    ----------
    store
        The book's memory.
    records
        The runs; theirs is the order of the rows, and within a run the order of logging.
    keys
        Metrics wanted, ``loss`` for all its contexts or ``loss{split=val}`` for one; None means
        all.

    Returns
    -------
    DataFrame
        Columns ``run_id, run_number, run_name, key, context, step, time, value``: the texts as
        categories, `context` as ``split=val`` (empty where there is none), `time` in UTC.
    """
    import numpy as np  # noqa: PLC0415  keeps `import cellbook` quick
    import pandas as pd  # noqa: PLC0415

    wanted = None if keys is None else list(keys)
    found = [
        (record, series)
        for record, series in _read(store, records, wanted)
        if wanted is None or series.of.key in wanted or series.of.name in wanted
    ]
    lengths = [len(series.values) for _, series in found]

    def repeat(texts: Sequence[Any]) -> Any:
        names = list(dict.fromkeys(texts))
        places = {name: place for place, name in enumerate(names)}
        codes = np.repeat(np.array([places[text] for text in texts], dtype=np.int32), lengths)
        return pd.Categorical.from_codes(codes, pd.Index(names, dtype="str"))

    def join(arrays: Sequence[Any], kind: str) -> Any:
        return np.concatenate(arrays) if arrays else np.array([], dtype=kind)

    contexts = [series.of.name[len(series.of.key) + 1 : -1] for _, series in found]
    times = join([series.times for _, series in found], "int64")
    return pd.DataFrame(
        {
            "run_id": repeat([record.run_id for record, _ in found]),
            "run_number": np.repeat(
                np.array([record.run_number for record, _ in found], dtype=np.int64), lengths
            ),
            "run_name": repeat([record.run_name for record, _ in found]),
            "key": repeat([series.of.key for _, series in found]),
            "context": repeat(contexts),
            "step": join([series.steps for _, series in found], "int64"),
            "time": pd.DatetimeIndex(times.view("datetime64[ms]")).tz_localize("UTC"),
            "value": join([series.values for _, series in found], "float64"),
        },
        copy=False,
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric of one run, thinned for drawing; the three lists are of one length.

    `steps` grow; `times` are seconds since the run began; NaN and infinities stay in `values`.
    """

    run_id: str
    name: str
    steps: tuple[int, ...]
    times: tuple[float, ...]
    values: tuple[float, ...]
    count: int
    """How many points there were before thinning."""


def curves(
    store: Store, records: Sequence[RunRecord], name: str, *, points: int = 600
) -> list[Curve]:
    """Return the curve of one metric for each run that has it.

    Parameters
    ----------
    name
        The metric as records name it: ``loss`` or ``loss{split=val}``.
    points
        At most so many points a curve; the least and the greatest of each stretch are among them,
        so that no spike is lost.
    """
    import numpy as np  # noqa: PLC0415

    found = []
    for record, series in _read_one(store, records, name):
        order = np.argsort(series.steps, kind="stable")
        steps, values, times = series.steps[order], series.values[order], series.times[order]
        kept = thin(values, points)
        found.append(
            Curve(
                record.run_id,
                name,
                tuple(steps[kept].tolist()),
                tuple(((times[kept] - record.start_time) / 1000).tolist()),
                tuple(values[kept].tolist()),
                len(values),
            )
        )
    return found


def series_of(store: Store, record: RunRecord, name: str) -> Series | None:
    """Return all points of one metric of a run, as they were logged; None if it has none."""
    return next((series for _, series in _read_one(store, [record], name)), None)


def thin(values: np.ndarray[Any, np.dtype[np.float64]], points: int) -> Any:
    """Return the places of at most `points` of `values`, in order.

    Of each of equally long stretches these are the places of the least and the greatest value, and
    of one that is no finite number, if there is any; the first and the last place are kept.
    """
    import numpy as np  # noqa: PLC0415

    length = len(values)
    if length <= points:
        return np.arange(length)
    odd = not np.isfinite(values).all()
    # Two or three places a stretch, and the two ends.
    width = math.ceil(length / max((points - 2) // (3 if odd else 2), 1))
    stretches = math.ceil(length / width)
    starts = np.arange(stretches) * width
    # The last stretch is as long as the others with its last value once more, which is never the
    # first of its kind.
    parts = np.pad(values, (0, stretches * width - length), "edge").reshape(stretches, width)
    if odd:
        well = np.isfinite(parts)
        some, lacking = well.any(axis=1), ~well.all(axis=1)
        least = np.where(well, parts, math.inf).argmin(axis=1)
        most = np.where(well, parts, -math.inf).argmax(axis=1)
        kept = [(starts + least)[some], (starts + most)[some]]
        kept.append((starts + well.argmin(axis=1))[lacking])
    else:
        kept = [starts + parts.argmin(axis=1), starts + parts.argmax(axis=1)]
    return np.unique(np.concatenate([*kept, [0, length - 1]]))


def smooth(values: Sequence[float], weight: float) -> tuple[float, ...]:
    """Return the exponential moving average of some values, in which the start weighs no more.

    Parameters
    ----------
    values
        What to smooth; NaN and infinities stay as they are and count for nothing.
    weight
        Of what came before, from 0 (nothing is smoothed) to below 1.
    """
    average, mass = 0.0, 0.0
    result = []
    for value in values:
        if not math.isfinite(value):
            result.append(value)
            continue
        average = weight * average + (1 - weight) * value
        # Divided by the weights so far, as the average began at nought (as Adam's moments are).
        mass = weight * mass + (1 - weight)
        result.append(average / mass)
    return tuple(result)


def spark_points(
    store: Store, records: Iterable[RunRecord], name: str, *, points: int = 40
) -> dict[str, tuple[float, ...]]:
    """Return a few points of one metric for each run that has several; by run id."""
    sizes: dict[str, int] = {}
    wanted = []
    for record in records:
        stats = record.stats.get(name)
        if record.state.is_final and (stats is None or stats.count < 2):
            continue
        for stem in record.points:
            if stem not in sizes:
                sizes[stem] = store.series_reader.size(stem) or 0
        if sum(sizes.values()) > _SPARK_BYTES:
            break
        wanted.append(record)
    found = curves(store, wanted, name, points=points)
    return {curve.run_id: curve.values for curve in found if curve.count > 1}


def metric_names(records: Iterable[RunRecord]) -> list[str]:
    """Return the metrics that runs have, those of most runs first, else as they were logged."""
    counts: dict[str, int] = {}
    for record in records:
        for name in record.metrics:
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: -counts[name])


def _read(
    store: Store, records: Sequence[RunRecord], names: Sequence[str] | None
) -> Iterator[tuple[RunRecord, Series]]:
    # The reader looks for keys without their context.
    keys = None if names is None else {key for name in names for key in (name, _bare(name))}
    # Runs of one process share files, and each file is read once.
    together: dict[frozenset[str], list[str]] = {}
    for record in records:
        together.setdefault(frozenset(record.points), []).append(record.run_id)
    found: dict[str, list[Series]] = {}
    for stems, runs in together.items():
        for series in store.series_reader.read(stems, runs=runs, keys=keys):
            # Points of several processes stand one file after the other.
            ordered = _by_time(series) if len(stems) > 1 else series
            found.setdefault(series.of.run, []).append(ordered)
    for record in records:
        for series in found.get(record.run_id, ()):
            yield record, series


def _read_one(
    store: Store, records: Sequence[RunRecord], name: str
) -> Iterator[tuple[RunRecord, Series]]:
    for record, series in _read(store, records, [name]):
        if series.of.name == name and len(series.values):
            yield record, series


def _bare(name: str) -> str:
    return name.partition("{")[0]


def _by_time(series: Series) -> Series:
    order = series.times.argsort(kind="stable")
    return Series(series.of, series.steps[order], series.values[order], series.times[order])
