"""Params and metrics of many runs as columns, to be drawn against one another."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cellbook.records import Direction, MetricRules, RunRecord
from cellbook.views import formatting

_CELLS = 400_000
"""Values that one answer holds at most, or little more."""
_LEAST, _MOST = 20, 200
"""Columns whose values are told, however many runs there are."""
_NAMES = 20_000
"""Further columns that are named."""
_LABELS = 60
"""Texts of one column that are told apart; rarer ones stand together."""
_RATIO = 8
"""The greatest value of a logarithmic param is at least so many times its least."""


class Part(StrEnum):
    """What a column is of."""

    PARAMS = "params"
    METRICS = "metrics"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class RelatedRun:
    """A run, as a point or a line of a picture is labelled."""

    run_id: str
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class RelationColumn:
    """One param or metric across the runs: numbers, or labels and the place of each run's.

    `numbers` or `codes` is as long as there are runs, and None where a run has none; the other one
    is empty.
    """

    name: str
    """As a query names it: ``params.lr``."""
    part: Part
    key: str
    """The name alone."""
    numbers: tuple[float | None, ...]
    labels: tuple[str, ...]
    """The texts of a column that is no number, in their order; empty for one that is."""
    codes: tuple[int | None, ...]
    log: bool
    """Whether its values lie so that a logarithmic axis shows them best."""
    direction: Direction | None
    count: int
    """How many runs have it."""

    @property
    def numeric(self) -> bool:
        """Whether it is of numbers."""
        return not self.labels


@dataclass(frozen=True, slots=True)
class Relations:
    """The columns of some runs that differ between them."""

    runs: tuple[RelatedRun, ...]
    columns: tuple[RelationColumn, ...]
    """Params, those of most runs first, then metrics, then facts of the run."""
    others: tuple[str, ...]
    """Names of columns that differ, too, whose values are not here for being too many."""
    same: int
    """How many params and metrics are left out since they are the same in all runs."""
    missing: tuple[str, ...] = ()
    """A sentence for each run that was asked for and is not there."""

    def others_of(self, part: Part) -> int:
        """Return how many of `others` are params, or metrics."""
        return sum(name.startswith(f"{part}.") for name in self.others)


NO_RULES = MetricRules()
"""Those of a book that defines no metric."""


def relate(
    records: Sequence[RunRecord], wanted: Collection[str] = (), rules: MetricRules = NO_RULES
) -> Relations:
    """Return what differs between runs as columns.

    Parameters
    ----------
    records
        The runs.
    wanted
        Names of columns that are to be there, however few runs have them.
    rules
        The definitions of the book's metrics.
    """
    runs = tuple(
        RelatedRun(one.run_id, one.run_number, formatting.shorten(one.run_name, 80))
        for one in records
    )
    found = list(_differing([(Part.PARAMS, one.params) for one in records]))
    metrics = list(_differing([(Part.METRICS, one.metrics) for one in records]))
    facts = list(_differing([(Part.RUN, _facts(one)) for one in records]))
    names = {part: {key for one in records for key in getattr(one, part)} for part in _LOGGED}
    differing = len(found) + len(metrics)
    room = min(max(_CELLS // max(len(records), 1), _LEAST), _MOST)
    told = {name for name, _ in (*found[: room // 2], *metrics[: room // 2])}
    told |= set(wanted)
    columns = [
        column_of(name, values, rules)
        for name, values in (*found, *metrics, *facts)
        if name in told or name.startswith(f"{Part.RUN}.")
    ]
    return Relations(
        runs,
        tuple(columns),
        tuple(name for name, _ in (*found, *metrics) if name not in told)[:_NAMES],
        sum(len(keys) for keys in names.values()) - differing,
    )


_LOGGED = (Part.PARAMS, Part.METRICS)

Values = Sequence[Any]
"""A value a run; None where it has none."""


def _facts(record: RunRecord) -> Mapping[str, Any]:
    return {} if record.duration is None else {"duration": record.duration}


def _differing(given: Sequence[tuple[Part, Mapping[str, Any]]]) -> Iterator[tuple[str, Values]]:
    """Yield the columns that differ, those of most runs first."""
    counts = Counter(key for _, mapping in given for key in mapping)
    for key, _ in counts.most_common():
        values = [mapping.get(key) for _, mapping in given]
        # By their text: NaN is the same as NaN, and 1 is not the same as True.
        if len(set(map(repr, values))) > 1:
            yield f"{given[0][0]}.{key}", values


def column_of(name: str, values: Values, rules: MetricRules = NO_RULES) -> RelationColumn:
    """Return a value a run as a column; it is of numbers if all there are are numbers."""
    part, _, key = name.partition(".")
    present = [value for value in values if value is not None]
    direction = rules.direction(key) if part == Part.METRICS else None
    if all(type(value) in (int, float) for value in present):
        numbers = tuple(None if value is None else _floated(value) for value in values)
        log = part == Part.PARAMS and _spreads(numbers)
        return RelationColumn(name, Part(part), key, numbers, (), (), log, direction, len(present))
    texts = [None if value is None else formatting.value(value, 40) for value in values]
    labels = _labels(text for text in texts if text is not None)
    places = {label: place for place, label in enumerate(labels)}
    rest = len(labels) - 1
    codes = tuple(None if text is None else places.get(text, rest) for text in texts)
    return RelationColumn(name, Part(part), key, (), labels, codes, False, None, len(present))


def _floated(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _labels(texts: Iterable[str]) -> tuple[str, ...]:
    counts = Counter(texts)
    if len(counts) <= _LABELS:
        return tuple(sorted(counts, key=_natural))
    kept = [text for text, _ in counts.most_common(_LABELS - 1)]
    return (*sorted(kept, key=_natural), f"{len(counts) - len(kept):,} other values")


def _natural(text: str) -> tuple[int, float, str]:
    try:
        return (0, float(text), text)
    except ValueError:
        return (1, 0.0, text)


def _spreads(numbers: Sequence[float | None]) -> bool:
    """Whether values lie more evenly by their logarithms than as they are."""
    given = sorted({one for one in numbers if one is not None and math.isfinite(one)})
    if len(given) < 2 or given[0] <= 0 or given[-1] / given[0] < _RATIO:
        return False
    middle = math.sqrt(given[(len(given) - 1) // 2]) * math.sqrt(given[len(given) // 2])
    geometric, arithmetic = math.sqrt(given[0]) * math.sqrt(given[-1]), given[-1] / 2
    return abs(math.log(middle / geometric)) < abs(math.log(middle / arithmetic))
