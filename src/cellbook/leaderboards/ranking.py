"""In which order candidates stand, and which rank each has."""

from __future__ import annotations

import bisect
import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from cellbook.leaderboards.candidates import Candidate
from cellbook.leaderboards.statistics import holm, paired_test
from cellbook.records import (
    BoardRow,
    DatasetVersion,
    Direction,
    Leaderboard,
    MetricRules,
)

if TYPE_CHECKING:
    from cellbook.leaderboards.statistics import Floats

Examples: TypeAlias = "tuple[Sequence[str] | None, Floats]"
"""What names each example, if anything does, and a candidate's value on each."""
ExamplesOf: TypeAlias = "Callable[[Candidate], Examples | None]"

MISSING = "—"
"""Stands for the value of a tag that runs lack."""
TESTED = 50
"""Candidates of a field, from its best on, that are tested against one another."""


@dataclass(slots=True)
class _Place:
    """Where a candidate stands in its field."""

    better: int
    """How many are better than it."""
    worse: int
    tested: bool = False


def rows_of(
    board: Leaderboard,
    rules: MetricRules,
    candidates: Sequence[Candidate],
    required: Sequence[DatasetVersion],
    examples_of: ExamplesOf,
) -> list[BoardRow]:
    """Return the rows of a board in their order.

    Coverage comes first, then the primary metric.  Only those that cover all that is required, and
    have a value there, get a rank: one more than the number of candidates that are better.  Better
    is the better value; where both have values on each example, it is the one that is better
    beyond doubt.  Scores of other data are never compared: what was computed on the same data is a
    field, and has ranks of its own; the field of the newest data stands first.
    """
    more = rules.direction(board.metric) is not Direction.LESS
    fields: dict[tuple[tuple[str, ...], ...], list[Candidate]] = {}
    below = []
    for one in sorted(candidates, key=lambda one: _order(board, one, more)):
        if len(one.covered) == len(required) and _value(board, one) is not None:
            fields.setdefault(_field_of(one), []).append(one)
        else:
            below.append(one)
    name = _Names(board, candidates)
    rows = []
    for field in sorted(fields.values(), key=_newest, reverse=True):
        places = _places(board, field, more, examples_of)
        counts = Counter(place.better for place in places)
        best = _pareto(board, field, more)
        # A test may place a candidate before one that has the better value.
        by_rank = sorted(zip(field, places, best, strict=True), key=lambda row: row[1].better)
        for one, place, pareto in by_rank:
            rows.append(
                _row(
                    board,
                    rules,
                    one,
                    name(one),
                    rank=place.better + 1,
                    rank_to=len(field) - place.worse,
                    tied=counts[place.better] > 1,
                    tested=place.tested,
                    covered=len(required),
                    pareto=pareto,
                )
            )
    for one in below:
        lacks = tuple(data.label for data in required if data.dataset_id not in one.covered)
        why = f"not scored on {', '.join(lacks)}" if lacks else f"its {board.metric} is no number"
        rows.append(
            _row(board, rules, one, name(one), covered=len(one.covered), lacks=lacks, why=why)
        )
    return rows


def digests_of(candidate: Candidate) -> tuple[str, ...]:
    """Return the digests of what a candidate's scores were computed on."""
    return tuple(sorted({data.digest for part in candidate.data for data in part}))


def _field_of(candidate: Candidate) -> tuple[tuple[str, ...], ...]:
    """Return what those that are compared have in common: the data of each run that is joined."""
    return tuple(sorted(tuple(sorted(data.digest for data in part)) for part in candidate.data))


def _value(board: Leaderboard, one: Candidate) -> float | None:
    score = one.scores.get(board.metric)
    return None if score is None or score.value != score.value else score.value


def _order(board: Leaderboard, one: Candidate, more: bool) -> tuple[Any, ...]:
    value = _value(board, one)
    # Of equals the one that was there first; the ids let nothing depend on the order of reading.
    first = (one.runs[0].start_time, one.runs[0].run_id)
    if value is None:
        return (-len(one.covered), True, 0.0, *first)
    return (-len(one.covered), False, -value if more else value, *first)


def _newest(field: Sequence[Candidate]) -> tuple[int, tuple[tuple[str, ...], ...]]:
    created = (data.created for part in field[0].data for data in part)
    return max(created, default=-1), _field_of(field[0])


# -- ranks -------------------------------------------------------------------------------------


def _places(
    board: Leaderboard, field: Sequence[Candidate], more: bool, examples_of: ExamplesOf
) -> list[_Place]:
    """Return how many are better and worse than each; the field is in the order of its values."""
    losses = [(-1 if more else 1) * one.scores[board.metric].value for one in field]
    places = [
        _Place(bisect.bisect_left(losses, loss), len(losses) - bisect.bisect_right(losses, loss))
        for loss in losses
    ]
    if len(field) > 1:
        _test(board, field[:TESTED], places, losses, more, examples_of)
    return places


def _test(
    board: Leaderboard,
    field: Sequence[Candidate],
    places: Sequence[_Place],
    losses: Sequence[float],
    more: bool,
    examples_of: ExamplesOf,
) -> None:
    """Let tests decide, instead of values, between candidates that have values on each example.

    What they reject holds for all pairs at once, so that the ranks that follow from it cover the
    true ones with the board's confidence (Mogstad, Romano, Shaikh & Wilhelm, "Inference for
    ranks", Rev. Econ. Stud. 91, 2024).
    """
    read = ((place, examples_of(one)) for place, one in enumerate(field))
    examples = [(place, values) for place, values in read if values is not None]
    tests = []
    for (first, values), (second, others) in itertools.combinations(examples, 2):
        paired = _paired(values, others)
        found = None if paired is None else paired_test(*paired)
        if found is not None:
            tests.append((first, second, *found))
    sure = holm([p for _, _, p, _ in tests], 1 - board.confidence)
    for (first, second, _, difference), rejected in zip(tests, sure, strict=True):
        by_value = (losses[first] < losses[second]) - (losses[first] > losses[second])
        wins = (difference > 0) - (difference < 0) if more else (difference < 0) - (difference > 0)
        by_test = wins if rejected else 0
        for winner, place, other in ((1, first, second), (-1, second, first)):
            won = (by_test == winner) - (by_value == winner)
            places[place].worse += won
            places[other].better += won
            places[place].tested = True


def _paired(first: Examples, second: Examples) -> tuple[Floats, Floats] | None:
    """Return the values of two candidates on the examples that both have, in one order; None where
    nothing tells which these are."""
    (ids, values), (other_ids, others) = first, second
    if ids is None or other_ids is None or ids == other_ids:
        alike = ids == other_ids and len(values) == len(others)
        return (values, others) if alike else None
    known = {name: place for place, name in enumerate(other_ids)}
    both = [place for place, name in enumerate(ids) if name in known]
    return values[both], others[[known[ids[place]] for place in both]]


# -- what can be told besides --------------------------------------------------------------------


def _pareto(board: Leaderboard, field: Sequence[Candidate], more: bool) -> list[bool | None]:
    """Return for each candidate whether no other is better in one of quality, cost and latency,
    and as good in the rest; the field is in the order of its values."""
    weighed = [name for name in (board.cost, board.latency) if name]
    if not weighed:
        return [None] * len(field)
    points: list[tuple[float, ...] | None] = []
    for one in field:
        prices = [one.scores[name].value for name in weighed if name in one.scores]
        known = len(prices) == len(weighed) and not any(map(math.isnan, prices))
        quality = one.scores[board.metric].value
        points.append((-quality if more else quality, *prices) if known else None)
    front: list[tuple[float, ...]] = []
    for point in sorted({point for point in points if point is not None}):
        # None that comes later dominates, so that it is enough to look at the front so far.
        if not any(all(a <= b for a, b in zip(one, point, strict=True)) for one in front):
            front.append(point)
    best = set(front)
    return [None if point is None else point in best for point in points]


class _Names:
    """Gives candidates the names that tell them apart."""

    def __init__(self, board: Leaderboard, candidates: Sequence[Candidate]) -> None:
        self._tags = board.group_by
        self._alone = not board.group_by and not board.group_by_params
        first: dict[str, str] = {}
        having: Counter[str] = Counter()
        varying: set[str] = set()
        for one in candidates if board.group_by_params else ():
            having.update(one.params.keys())
            for key in one.params.keys() - varying:
                text = repr(one.params[key])
                if first.setdefault(key, text) != text:
                    varying.add(key)
        self._params = [
            key for key, count in having.items() if key in varying or count < len(candidates)
        ]

    def __call__(self, one: Candidate) -> str:
        if self._alone:
            return one.runs[0].name
        parts = [f"{tag}={one.tags.get(tag, MISSING)}" for tag in self._tags]
        parts += [f"{key}={one.params[key]}" for key in self._params if key in one.params]
        return ", ".join(parts) or one.runs[-1].name


def _row(
    board: Leaderboard, rules: MetricRules, one: Candidate, name: str, **place: Any
) -> BoardRow:
    newest = one.counted[-1]
    return BoardRow(
        name=name,
        tags=one.tags,
        params=one.params,
        runs=tuple(run.run_id for run in one.runs),
        counted=tuple(run.run_id for run in one.counted),
        run_number=newest.number,
        run_name=newest.name,
        scores=one.scores,
        data=" + ".join(
            label if count == 1 else f"{count}× {label}"
            for label, count in Counter(
                " & ".join(data.label for data in part) for part in one.data
            ).items()
        ),
        digests=digests_of(one),
        reached=rules.reached(board.metric, _value(board, one)),
        **place,
    )
