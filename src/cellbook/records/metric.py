"""What is known of a metric beyond its values: its goal, its direction, what its score is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cellbook.errors import InvalidInput
from cellbook.records.base import Record
from cellbook.records.directions import Direction, direction_of
from cellbook.records.values import as_metric, as_text, check_metric_name

WAYS = {"more": Direction.MORE, "less": Direction.LESS}
_OTHER_WAYS = {"max": "more", "min": "less", "maximize": "more", "minimize": "less"}


class Score(StrEnum):
    """How the values that a run logged of a metric become the one that it is judged by."""

    LAST = "last"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    SUM = "sum"
    MEDIAN = "median"
    BEST = "best"
    """The greatest where more is better, else the least."""

    @property
    def needs_points(self) -> bool:
        """Whether it takes all values to tell it, which a run's statistics hold on request."""
        return self in (Score.MEAN, Score.SUM, Score.MEDIAN)


@dataclass(frozen=True, slots=True)
class MetricDefinition(Record):
    """What a book's users laid down of the metrics of one name, in whatever context."""

    name: str
    goal: float | None = None
    """The value to be reached; None where there is none."""
    direction: str = ""
    """``more`` or ``less``, whichever is better; empty where the name is to tell."""
    score: Score = Score.LAST
    created: int = 0
    """Milliseconds since 1970 (UTC)."""

    @property
    def way(self) -> Direction | None:
        """Whether more or less is better: as was laid down, else as the name tells, if it does."""
        return WAYS[self.direction] if self.direction else direction_of(self.name)


def as_definition(name: object, given: Mapping[str, Any]) -> MetricDefinition:
    """Return a definition of what `given` says, or say what in it cannot stand.

    Parameters
    ----------
    name
        The metric, without a context.
    given
        ``goal``, ``direction``, ``score`` and ``created``, as values or as text; what is None
        counts as not given, a goal that is ``none`` is taken away.

    Raises
    ------
    InvalidInput
        If the name, a value or a word among them cannot be.
    """
    key = check_metric_name(name)
    unknown = sorted(set(given) - {"goal", "direction", "score", "created"})
    if unknown:
        raise InvalidInput(
            f"A metric has no {unknown[0]!r}. It takes goal=0.9, direction=more and score=best."
        )
    number = _goal(key, given.get("goal"))
    if number is not None and not math.isfinite(number):
        raise InvalidInput(f"The goal of {key!r} is {number}. Give a number that can be reached.")
    direction = as_text(given.get("direction") or "").lower()
    direction = _OTHER_WAYS.get(direction, direction)
    if direction and direction not in WAYS:
        raise InvalidInput(f"The direction of {key!r} is {direction!r}. Write more or less.")
    definition = MetricDefinition(
        key, number, direction, _score(key, given.get("score")), int(given.get("created") or 0)
    )
    if definition.way is None and (number is not None or definition.score is Score.BEST):
        raise InvalidInput(
            f"The name {key!r} does not tell whether more or less is better. "
            "Say it: direction=more or direction=less."
        )
    return definition


def _goal(key: str, goal: object) -> float | None:
    if isinstance(goal, str):
        if goal.strip().lower() in ("", "none"):
            return None
        try:
            return float(goal)
        except ValueError:
            raise InvalidInput(f"The goal of {key!r} is {goal!r}. Write a number.") from None
    return None if goal is None else as_metric(goal, key)


def _score(key: str, given: object) -> Score:
    text = as_text(given or Score.LAST.value).lower()
    text = "mean" if text == "avg" else text
    if text not in set(Score):
        raise InvalidInput(
            f"The score of {key!r} is {text!r}. Write one of {', '.join(map(str, Score))}."
        )
    return Score(text)


class MetricRules:
    """The definitions of a book's metrics, for whoever shows or ranks them.

    A metric with a context, ``loss{split=val}``, goes by the definition of ``loss`` unless it has
    one of its own; without any definition its name tells the direction, and the last value counts.

    Parameters
    ----------
    definitions
        All of the book's.
    """

    def __init__(self, definitions: Iterable[MetricDefinition] = ()) -> None:
        self._by_name = {definition.name: definition for definition in definitions}

    def __iter__(self) -> Iterator[MetricDefinition]:
        return iter(sorted(self._by_name.values(), key=lambda definition: definition.name))

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def get(self, name: str) -> MetricDefinition | None:
        """Return the definition that a metric goes by; None if there is none."""
        return self._by_name.get(name.partition("{")[0])

    def direction(self, name: str) -> Direction | None:
        """Return whether more or less of a metric is better; None if nothing tells."""
        definition = self.get(name)
        return direction_of(name) if definition is None else definition.way

    def score(self, name: str) -> Score:
        """Return how the values of one run become its score."""
        definition = self.get(name)
        return Score.LAST if definition is None else definition.score

    def path(self, name: str) -> tuple[str, ...]:
        """Return where in a run's document the score of a metric lies."""
        score = self.score(name)
        if score is Score.LAST:
            return ("metrics", name)
        if score is Score.BEST:
            score = Score.MAX if self.direction(name) is Direction.MORE else Score.MIN
        return ("stats", name, score.value)

    def value(self, name: str, metrics: Mapping[str, float], stats: Mapping[str, Any]) -> Any:
        """Return the score of a metric; None where the run has none.

        Parameters
        ----------
        name
            The metric as records name it.
        metrics
            The run's last values.
        stats
            Its statistics, as a document or a record has them.
        """
        path = self.path(name)
        if path[0] == "metrics" or name not in stats:
            # Whoever wrote a run without statistics gave one value, which is the score as well.
            return metrics.get(name)
        of = stats[name]
        return of.get(path[2]) if isinstance(of, Mapping) else getattr(of, path[2])

    def values(self, metrics: Mapping[str, float], stats: Mapping[str, Any]) -> dict[str, float]:
        """Return the scores of all metrics that a run has one of."""
        if not self._by_name:
            return dict(metrics)
        scores = ((name, self.value(name, metrics, stats)) for name in metrics)
        return {name: score for name, score in scores if score is not None}

    def reached(self, name: str, value: float | None) -> bool | None:
        """Return whether a score reaches the metric's goal; None where there is no goal."""
        definition = self.get(name)
        if definition is None or definition.goal is None or value is None:
            return None
        more = definition.way is Direction.MORE
        return value >= definition.goal if more else value <= definition.goal
