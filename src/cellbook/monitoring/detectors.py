"""Detectors of change in a stream of errors, one value at a time, in memory of their own.

- :class:`Adwin`: A. Bifet and R. Gavaldà, *Learning from Time-Changing Data with Adaptive
  Windowing*, SDM 2007.  Keeps a window that is as long as its mean stays the same, and tells when
  it had to be cut.
- :class:`HddmA`: I. Frías-Blanco et al., *Online and Non-Parametric Drift Detection Methods Based
  on Hoeffding's Bounds*, IEEE TKDE 27(3), 2015: the test by averages (A).  Warns before it tells.

Both are given errors from 0 to 1: 1 where a prediction was wrong, or a loss that was scaled.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from cellbook.errors import InvalidInput


class Signal(StrEnum):
    """What a detector says of the stream up to now."""

    STABLE = "stable"
    WARNING = "warning"
    CHANGE = "change"


class Detector(ABC):
    """Watches a stream; belongs to one thread at a time."""

    @abstractmethod
    def update(self, value: float) -> Signal:
        """Take the next value and say what becomes of the stream.

        Raises
        ------
        InvalidInput
            If the value is not from 0 to 1.
        """

    @abstractmethod
    def to_state(self) -> dict[str, Any]:
        """Return all that the detector knows, as JSON has it."""

    @abstractmethod
    def resume(self, state: Mapping[str, Any]) -> None:
        """Carry on from what :meth:`to_state` returned."""

    def changes(self, values: Iterable[float]) -> Iterator[int]:
        """Take many values, and yield the place of each at which a change was found."""
        for place, value in enumerate(values):
            if self.update(value) is Signal.CHANGE:
                yield place


class Adwin(Detector):
    """A window over the newest values, cut where two parts of it differ in their means.

    The window is kept as an exponential histogram: buckets of 1, 2, 4 … values, at most five of a
    size, so that a window of n values takes 5 log₂(n) buckets.  What is left of the time before a
    change goes by and by, as it becomes certain: such a cut is told as a change only if it also
    takes values that came after the last one was told.

    Parameters
    ----------
    delta
        How often, over all checks of a window, a change may be found where there is none.
    every
        Values between two checks.
    least
        Values of either part that a check compares, at least.
    """

    _MOST = 5

    def __init__(self, delta: float = 0.002, *, every: int = 32, least: int = 5) -> None:
        self.delta = _probability(delta)
        self._every = every
        self._least = least
        self._rows: list[list[tuple[float, float]]] = [[]]
        """By logarithm of the size: sum and squared distances of each bucket, the oldest first."""
        self.width = 0
        """How many values the window has."""
        self._total = 0.0
        self._squares = 0.0
        self._seen = 0
        self._told = 0
        """How many values had been seen when a change was last told."""

    @property
    def mean(self) -> float:
        """The mean of the window: what the error is now."""
        return self._total / self.width if self.width else math.nan

    def update(self, value: float) -> Signal:
        """Take the next value; see :meth:`Detector.update`."""
        value = _checked(value)
        if self.width:
            self._squares += (value - self.mean) ** 2 * self.width / (self.width + 1)
        self.width += 1
        self._total += value
        self._rows[0].append((value, 0.0))
        self._compress()
        self._seen += 1
        if self._seen % self._every or self.width < 2 * self._least:
            return Signal.STABLE
        if not self._cut() or self.width >= self._seen - self._told:
            return Signal.STABLE
        self._told = self._seen
        return Signal.CHANGE

    def to_state(self) -> dict[str, Any]:
        """Return all that the detector knows."""
        rows = [[list(bucket) for bucket in row] for row in self._rows]
        return {"rows": rows, "seen": self._seen, "told": self._told}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Carry on from what :meth:`to_state` returned."""
        self._rows = [[(float(a), float(b)) for a, b in row] for row in state["rows"]]
        self._seen, self._told = int(state["seen"]), int(state["told"])
        self.width, self._total, self._squares = 0, 0.0, 0.0
        for size, (total, squares) in self._oldest_first():
            self._squares = _joined(self.width, self._total, self._squares, size, total, squares)
            self.width += size
            self._total += total

    def _compress(self) -> None:
        """Join the two oldest buckets of a size where there are too many of it."""
        level = 0
        while len(self._rows[level]) > self._MOST:
            (a, a_squares), (b, b_squares) = self._rows[level][:2]
            del self._rows[level][:2]
            if level + 1 == len(self._rows):
                self._rows.append([])
            size = 1 << level
            self._rows[level + 1].append((a + b, _joined(size, a, a_squares, size, b, b_squares)))
            level += 1

    def _oldest_first(self) -> Iterator[tuple[int, tuple[float, float]]]:
        for level in range(len(self._rows) - 1, -1, -1):
            for bucket in self._rows[level]:
                yield 1 << level, bucket

    def _cut(self) -> bool:
        """Drop the oldest buckets as long as any split of the window tells two means apart."""
        found = False
        while self._differs():
            found = True
            self._drop()
        return found

    def _differs(self) -> bool:
        if self.width < 2 * self._least:
            return False
        variance = self._squares / self.width
        # The paper's δ' for the splits of one window.
        bound = math.log(2 * math.log(self.width) / self.delta)
        older, total = 0, 0.0
        for size, (part, _) in self._oldest_first():
            older += size
            total += part
            newer = self.width - older
            if newer < self._least:
                return False
            if older < self._least:
                continue
            inverse = 1 / older + 1 / newer
            apart = abs(total / older - (self._total - total) / newer)
            if apart > math.sqrt(2 * inverse * variance * bound) + 2 / 3 * inverse * bound:
                return True
        return False

    def _drop(self) -> None:
        level = max(place for place, row in enumerate(self._rows) if row)
        part, squares = self._rows[level].pop(0)
        size = 1 << level
        rest = self.width - size
        apart = part / size - (self._total - part) / rest
        self._squares = max(0.0, self._squares - squares - apart**2 * size * rest / self.width)
        self.width = rest
        self._total -= part
        while len(self._rows) > 1 and not self._rows[-1]:
            self._rows.pop()


class HddmA(Detector):
    """Compares the mean of all values with the lowest that it ever was, by Hoeffding's bound.

    Parameters
    ----------
    delta
        How often one comparison may find a change where there is none; there is one a value, so
        over thousands of them it happens now and then.
    warning
        The same of a warning; not less than `delta`.
    two_sided
        Whether a mean that falls is a change as well.
    """

    def __init__(
        self, delta: float = 0.001, warning: float = 0.005, *, two_sided: bool = False
    ) -> None:
        self.delta = _probability(delta)
        self.warning = _probability(warning)
        if warning < delta:
            raise InvalidInput(f"It cannot warn ({warning}) later than it tells ({delta}).")
        self._two_sided = two_sided
        self._count, self._total = 0, 0.0
        self._lowest: tuple[int, float] = (0, 0.0)
        """Count and total when the mean was lowest, as far as the bound can tell."""
        self._highest: tuple[int, float] = (0, 0.0)

    @property
    def mean(self) -> float:
        """The mean since the last change."""
        return self._total / self._count if self._count else math.nan

    def update(self, value: float) -> Signal:
        """Take the next value; see :meth:`Detector.update`."""
        self._total += _checked(value)
        self._count += 1
        mean, slack = self.mean, self._slack(self._count)
        if not self._lowest[0] or mean + slack <= self._bound(self._lowest, 1):
            self._lowest = self._count, self._total
        if not self._highest[0] or mean - slack >= self._bound(self._highest, -1):
            self._highest = self._count, self._total
        apart = mean - self._lowest[1] / self._lowest[0]
        fallen = self._highest[1] / self._highest[0] - mean
        if apart >= self._apart(self._lowest[0], self.delta) or (
            self._two_sided and fallen >= self._apart(self._highest[0], self.delta)
        ):
            self._forget()
            return Signal.CHANGE
        if apart >= self._apart(self._lowest[0], self.warning) or (
            self._two_sided and fallen >= self._apart(self._highest[0], self.warning)
        ):
            return Signal.WARNING
        return Signal.STABLE

    def to_state(self) -> dict[str, Any]:
        """Return all that the detector knows."""
        return {
            "count": self._count,
            "total": self._total,
            "lowest": list(self._lowest),
            "highest": list(self._highest),
        }

    def resume(self, state: Mapping[str, Any]) -> None:
        """Carry on from what :meth:`to_state` returned."""
        self._count, self._total = int(state["count"]), float(state["total"])
        self._lowest = int(state["lowest"][0]), float(state["lowest"][1])
        self._highest = int(state["highest"][0]), float(state["highest"][1])

    def _forget(self) -> None:
        self._count, self._total = 0, 0.0
        self._lowest = self._highest = (0, 0.0)

    def _slack(self, count: int) -> float:
        return math.sqrt(math.log(1 / self.delta) / (2 * count))

    def _bound(self, cut: tuple[int, float], sign: int) -> float:
        return cut[1] / cut[0] + sign * self._slack(cut[0])

    def _apart(self, before: int, delta: float) -> float:
        """Return how far the mean of all may be from that of the first `before` by chance."""
        if before == self._count:
            return math.inf
        share = (self._count - before) / (before * self._count)
        return math.sqrt(share / 2 * math.log(2 / delta))


def _joined(
    size: int, total: float, squares: float, more: int, added: float, added_squares: float
) -> float:
    """Return the squared distances from the mean of two parts together."""
    if not size:
        return added_squares
    apart = total / size - added / more
    return squares + added_squares + apart * apart * size * more / (size + more)


def _checked(value: float) -> float:
    number = float(value)
    if not 0 <= number <= 1:
        raise InvalidInput(f"An error is {value!r}. Give one from 0 to 1: scale a loss first.")
    return number


def _probability(value: float) -> float:
    if not 0 < value < 1:
        raise InvalidInput(f"{value!r} is no probability. Give one between 0 and 1.")
    return value
