"""The lines of one metric as a picture has them: over any axis, smoothed, grouped, thinned."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cellbook.errors import InvalidInput
from cellbook.records import Direction, RunRecord
from cellbook.store import Series, Store
from cellbook.tracking import metric_rules
from cellbook.views import formatting
from cellbook.views.line_marks import LineMark, marks_along, shared_out
from cellbook.views.series import series_of, thin

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Ints = np.ndarray[Any, np.dtype[np.int64]]

AXES = ("step", "relative", "wall")
BANDS = ("std", "range", "ci", "none")
_WORK = 10_000_000
"""Values of a group's runs that are reckoned for its mean: a place of many has one for each run."""
_LEAST_PLACES = 20
"""Places that each run of a group has a part in at least, however many runs there are."""
_CHUNK = 2**20
"""Values that are held together."""
_CONFIDENCE = 0.95
_WHOLE = 2**53
"""Whole numbers below are the same as floats."""


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """One line: of a run, or of the mean of several.

    All lists are as long as `xs`, which grows, or empty.  The axis is steps, seconds since the run
    began, or milliseconds since 1970.
    """

    label: str
    number: int
    """The run whose colour it has: of a group, its oldest one."""
    run_ids: tuple[str, ...]
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    raw: tuple[float, ...]
    """What was smoothed; empty where nothing was."""
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    """The band round a mean; empty without one."""
    best: tuple[float, float] | None
    """Place and value of the best point; None where the metric does not say which way is better."""
    count: int
    """How many points there are in all, before any was left out."""
    nonpositive: int = 0
    """How many points of the part that is looked at are 0 or less: a logarithmic axis has no place
    for them."""
    steps: tuple[int, ...] = ()
    """The step that each point was logged at; empty where `xs` are those, and for a mean of
    several runs, whose points nobody logged."""


@dataclass(frozen=True, slots=True)
class CurveLines:
    """The lines of one metric."""

    metric: str
    axis: str
    lines: tuple[DrawnLine, ...]
    missing: tuple[int, ...]
    """Numbers of the runs that have no point of it."""
    marks: tuple[LineMark, ...] = ()
    goal: float | None = None
    """The value that the metric is to reach, where somebody said one."""
    unmarked: int = 0
    """How many further milestones and stages there are, for which a picture has no room."""


@dataclass(frozen=True, slots=True)
class _Points:
    record: RunRecord
    xs: Floats
    ys: Floats
    raw: Floats | None
    steps: Ints | None
    """Those of the points; None where `xs` are they."""
    series: Series


def curve_lines(
    store: Store,
    records: Sequence[RunRecord],
    metric: str,
    *,
    points: int = 600,
    axis: str = "step",
    smoothing: float = 0.0,
    group: str = "",
    band: str = "std",
    low: float | None = None,
    high: float | None = None,
) -> CurveLines:
    """Return the lines of a metric.

    Parameters
    ----------
    store
        The book's memory.
    records
        The runs.
    metric
        As records name it: ``loss`` or ``loss{split=val}``.
    points
        At most so many points a line; the least and the greatest of each stretch are among them.
    axis
        ``step``; ``relative``, seconds since each run began; or ``wall``, milliseconds since 1970.
    smoothing
        Weight of what came before in an exponential moving average, from 0 to below 1.  All points
        are averaged, and then thinned.
    group
        ``params.lr`` or ``tags.model``: one line a value of it, the mean of its runs, at the places
        that these have between them.  A run counts from its first point to its last, in between on
        the straight line, but not beside a value that is no finite number.  Of several points at
        one place the last counts.  Very many places are thinned as each run's own line is.  Empty
        means a line a run.
    band
        Round a mean: ``std``, one standard deviation; ``range``, least to greatest; ``ci``, the
        95 % confidence interval of the mean by Student's t; or ``none``.
    low, high
        The part of the axis that is looked at, with one point beyond each end; None: as far as the
        line goes.  Best points and counts are those of the whole line.

    Raises
    ------
    InvalidInput
        If `axis`, `band`, `group` or `smoothing` is none of these.
    """
    _check(axis, band, group, smoothing)
    found = [
        one
        for record in records
        if (one := _points(store, record, metric, axis, smoothing)) is not None
    ]
    rules = metric_rules(store)
    direction = rules.direction(metric)
    if group:
        lines = [
            _mean_line(name, members, direction, band, points, low, high)
            for name, members in _grouped(found, group).items()
        ]
    else:
        lines = [_run_line(one, direction, points, low, high) for one in found]
    present = {one.record.run_id for one in found}
    missing = tuple(one.run_number for one in records if one.run_id not in present)
    definition = rules.get(metric)
    goal = None if definition is None else definition.goal
    marks = list(marks_along(store, [(one.record, one.series) for one in found], axis))
    shown = shared_out(marks)
    left = len(marks) - len(shown)
    return CurveLines(metric, axis, tuple(lines), missing, tuple(shown), goal, left)


def _check(axis: str, band: str, group: str, smoothing: float) -> None:
    if axis not in AXES:
        raise InvalidInput(f"The axis is one of {', '.join(AXES)}; not {axis!r}.")
    if band not in BANDS:
        raise InvalidInput(f"The band is one of {', '.join(BANDS)}; not {band!r}.")
    if group and group.partition(".")[0] not in ("params", "tags"):
        raise InvalidInput(f"Runs are grouped by a param or a tag: `params.lr`; not {group!r}.")
    if not 0 <= smoothing < 1:
        raise InvalidInput(f"Smoothing is a weight from 0 to below 1; not {smoothing}.")


def _points(
    store: Store, record: RunRecord, metric: str, axis: str, smoothing: float
) -> _Points | None:
    import numpy as np  # noqa: PLC0415  keeps `import cellbook` quick

    series = series_of(store, record, metric)
    if series is None:
        return None
    if axis == "step":
        xs = series.steps.astype(np.float64)
    elif axis == "wall":
        xs = series.times.astype(np.float64)
    else:
        xs = (series.times - record.start_time) / 1000
    # Steps may come in another order than they were logged in.
    order = np.argsort(xs, kind="stable")
    xs, ys = xs[order], series.values[order]
    steps = None if axis == "step" else series.steps[order]
    if not smoothing:
        return _Points(record, xs, ys, None, steps, series)
    return _Points(record, xs, smoothed(ys, smoothing), ys, steps, series)


def smoothed(values: Floats, weight: float) -> Floats:
    """Return the exponential moving average of `values`, in which the start weighs no more.

    NaN and infinities stay as they are and count for nothing.  It is that of
    :func:`cellbook.views.series.smooth`: the average of what came so far, divided by the sum of
    the weights, as Adam's moments are (Kingma & Ba 2015).
    """
    import numpy as np  # noqa: PLC0415
    from scipy.signal import lfilter  # noqa: PLC0415  takes a while to import

    finite = np.isfinite(values)
    result = values.copy()
    if finite.any():
        averages = lfilter([1 - weight], [1, -weight], values[finite])
        places = np.arange(1, len(averages) + 1)
        result[finite] = averages / (1 - weight**places)
    return result


# -- lines -------------------------------------------------------------------------------------


def _run_line(
    one: _Points,
    direction: Direction | None,
    points: int,
    low: float | None,
    high: float | None,
) -> DrawnLine:
    begin, end = _window(one.xs, low, high)
    kept = thin(one.ys[begin:end], points) + begin
    return DrawnLine(
        label=f"#{one.record.run_number} {formatting.shorten(one.record.run_name, 60)}",
        number=one.record.run_number,
        run_ids=(one.record.run_id,),
        xs=_along(one.xs[kept]),
        ys=_listed(one.ys[kept]),
        raw=() if one.raw is None else _listed(one.raw[kept]),
        lower=(),
        upper=(),
        best=_best(one.xs, one.ys if one.raw is None else one.raw, direction),
        count=len(one.xs),
        nonpositive=int((one.ys[begin:end] <= 0).sum()),
        steps=() if one.steps is None else tuple(one.steps[kept].tolist()),
    )


def _mean_line(
    name: str,
    members: Sequence[_Points],
    direction: Direction | None,
    band: str,
    points: int,
    low: float | None,
    high: float | None,
) -> DrawnLine:
    runs = "1 run" if len(members) == 1 else f"{len(members)} runs"
    label = f"{name} ({runs})"
    if len(members) == 1:
        line = _run_line(members[0], direction, points, low, high)
        edge = () if band == "none" else line.ys
        return replace(line, label=label, lower=edge, upper=edge)
    count = sum(len(one.xs) for one in members)
    members = [_single(one) for one in members]
    xs = _places(members, low, high)
    mean, lower, upper = _mean_at(members, xs, band)
    best = None
    if direction is not None:
        # It is one and the same whichever part of the axis is looked at.
        every = _places(members, None, None)
        best = _best(every, _mean_at(members, every, "none")[0], direction)
    kept = _thinned([one for one in (mean, lower, upper) if one is not None], points)
    return DrawnLine(
        label=label,
        number=min(one.record.run_number for one in members),
        run_ids=tuple(one.record.run_id for one in members),
        xs=_along(xs[kept]),
        ys=_listed(mean[kept]),
        raw=(),
        lower=() if lower is None else _listed(lower[kept]),
        upper=() if upper is None else _listed(upper[kept]),
        best=best,
        count=count,
    )


def _grouped(found: Iterable[_Points], group: str) -> dict[str, list[_Points]]:
    part, _, key = group.partition(".")
    groups: dict[str, list[_Points]] = {}
    for one in found:
        given: Mapping[str, Any] = getattr(one.record, part)
        name = f"{key} {formatting.value(given[key])}" if key in given else f"no {key}"
        groups.setdefault(name, []).append(one)
    return groups


def _places(members: Sequence[_Points], low: float | None, high: float | None) -> Floats:
    """Return the places that runs have between them in a part of the axis, and one beyond each end.

    Of more than can be reckoned with, those are left out between which no run has an extreme value.
    """
    import numpy as np  # noqa: PLC0415

    windows = [_window(one.xs, low, high) for one in members]
    xs = np.unique(
        np.concatenate([one.xs[slice(*w)] for one, w in zip(members, windows, strict=True)])
    )
    if len(xs) * len(members) > _WORK:
        most = max(_WORK // len(members) ** 2, _LEAST_PLACES)
        xs = np.unique(
            np.concatenate(
                [
                    one.xs[begin:end][thin(one.ys[begin:end], most)]
                    for one, (begin, end) in zip(members, windows, strict=True)
                    if begin < end
                ]
            )
        )
    return xs[slice(*_window(xs, low, high))]


def _mean_at(
    members: Sequence[_Points], xs: Floats, band: str
) -> tuple[Floats, Floats | None, Floats | None]:
    """Return the mean of runs at some places, and the edges of the band round it."""
    import numpy as np  # noqa: PLC0415

    size = max(_CHUNK // len(members), 1)
    chunks = [xs[begin : begin + size] for begin in range(0, max(len(xs), 1), size)]
    parts = [
        mean_and_band(np.vstack([_values_at(one, chunk) for one in members]), band)
        for chunk in chunks
    ]
    mean, lower, upper = zip(*parts, strict=True)
    if band == "none":
        return np.concatenate(mean), None, None
    return np.concatenate(mean), np.concatenate(lower), np.concatenate(upper)


def _values_at(one: _Points, xs: Floats) -> Floats:
    """Return the values of a run at some places; NaN where it has none, yet or any more."""
    import numpy as np  # noqa: PLC0415

    if not len(xs):
        return xs
    begin, end = _window(one.xs, xs[0], xs[-1])
    places, known = one.xs[begin:end], one.ys[begin:end]
    known = np.where(np.isfinite(known), known, math.nan)
    first = int(places.searchsorted(xs[0]))
    if np.array_equal(places[first : first + len(xs)], xs):
        # Runs that were logged at the same steps: nothing lies in between.
        return known[first : first + len(xs)]
    before = places.searchsorted(xs, "right") - 1
    left, right = np.maximum(before, 0), np.minimum(before + 1, len(places) - 1)
    gap = places[right] - places[left]
    share = (xs - places[left]) / np.where(gap > 0, gap, 1)
    # Not by the difference of the two, which may be too large for a float.
    between = known[left] * (1 - share) + known[right] * share
    values = np.where(places[left] == xs, known[left], between)
    values[(xs < one.xs[0]) | (xs > one.xs[-1])] = math.nan
    return values


def _single(one: _Points) -> _Points:
    """Return a run with the last of its points at each place."""
    import numpy as np  # noqa: PLC0415

    last = np.append(one.xs[1:] != one.xs[:-1], True)
    return one if last.all() else replace(one, xs=one.xs[last], ys=one.ys[last])


def _thinned(rows: Sequence[Floats], points: int) -> Any:
    """Return at most `points` places, with the least and the greatest of each row's stretches."""
    import numpy as np  # noqa: PLC0415

    if len(rows[0]) <= points:
        return np.arange(len(rows[0]))
    return np.unique(np.concatenate([thin(row, points // len(rows)) for row in rows]))


def mean_and_band(values: Floats, band: str) -> tuple[Floats, Floats | None, Floats | None]:
    """Return the mean of each column of `values` and the band round it; NaN counts for nothing.

    The standard deviation is that of a sample (n - 1); where one value is left, it and the
    confidence interval have no width.
    """
    import numpy as np  # noqa: PLC0415

    known = ~np.isnan(values)
    count = known.sum(axis=0)
    filled = np.where(known, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        mean = filled.sum(axis=0) / count
        if np.isinf(mean).any():
            # Their sum is too large for a float, not their mean.
            mean = np.where(np.isinf(mean), (filled / count).sum(axis=0), mean)
    if band == "none":
        return mean, None, None
    if band == "range":
        least = np.where(known, values, math.inf).min(axis=0)
        most = np.where(known, values, -math.inf).max(axis=0)
        return mean, np.where(count > 0, least, math.nan), np.where(count > 0, most, math.nan)
    with np.errstate(over="ignore"):
        off = np.where(known, values - mean, 0.0)
        # In parts of the greatest, as the square of a large number is too large for a float.
        most = np.abs(off).max(axis=0)
        most = np.where((most > 0) & np.isfinite(most), most, 1.0)
        width = most * np.sqrt(((off / most) ** 2).sum(axis=0) / np.maximum(count - 1, 1))
    if band == "ci":
        from scipy.stats import t  # noqa: PLC0415  takes a while to import

        quantile = t.ppf((1 + _CONFIDENCE) / 2, np.maximum(count - 1, 1))
        with np.errstate(over="ignore"):
            width = width * quantile / np.sqrt(np.maximum(count, 1))
    with np.errstate(over="ignore"):
        return mean, mean - width, mean + width


def _window(xs: Floats, low: float | None, high: float | None) -> tuple[int, int]:
    """Return the places between which a part of the axis lies, with a point beyond each end."""
    begin = 0 if low is None else max(int(xs.searchsorted(low)) - 1, 0)
    end = len(xs) if high is None else min(int(xs.searchsorted(high, "right")) + 1, len(xs))
    return begin, max(end, begin)


def _best(xs: Floats, ys: Floats, direction: Direction | None) -> tuple[float, float] | None:
    import numpy as np  # noqa: PLC0415

    finite = np.flatnonzero(np.isfinite(ys))
    if direction is None or not len(finite):
        return None
    values = ys[finite]
    place = finite[values.argmax() if direction is Direction.MORE else values.argmin()]
    return float(xs[place]), float(ys[place])


def _along(xs: Floats) -> tuple[float, ...]:
    """Return places on the axis; whole ones as whole numbers, which are shorter to send."""
    import numpy as np  # noqa: PLC0415

    if len(xs) and np.abs(xs).max() < _WHOLE:
        whole = xs.astype(np.int64)
        if (whole == xs).all():
            return tuple(whole.tolist())
    return _listed(xs)


def _listed(values: Floats) -> tuple[float, ...]:
    return tuple(values.tolist())
