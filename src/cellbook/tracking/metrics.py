"""The hot path: one metric point from a call to the disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cellbook.errors import InvalidMetric, StoreWriteError
from cellbook.records import (
    MetricStats,
    as_metric,
    as_step,
    as_text,
    as_timestamp,
    check_context,
    check_mapping,
    check_metric_name,
    to_doc,
)
from cellbook.store import RECORD, SeriesKey, Store, metric_name

Context = tuple[tuple[str, str], ...]

_pack = RECORD.pack
_MS_LIMIT = 2**32
_STEP_LIMIT = 2**63
_LAST_STEP = _STEP_LIMIT - 1
_NOWHERE = "nowhere"
"""The file of a series that is in none yet: no writer's stem is called so."""


class _Live:
    """One metric of one run as this process has logged it so far."""

    __slots__ = ("count", "last", "max", "min", "name", "number", "of", "stem", "step", "t0")

    def __init__(self, of: SeriesKey) -> None:
        self.of = of
        self.name = metric_name(of.key, of.context)
        self.number = 0
        self.stem = _NOWHERE
        self.t0 = 0
        self.step = -1
        self.count = 0
        self.last = 0.0
        self.min = float("inf")
        self.max = float("-inf")


class MetricLog:
    """The metrics of one run, as one process logs them.

    Each call is on disk when it returns.  May be called from several threads.

    Parameters
    ----------
    store
        The book's memory.
    run_id
        Whose metrics they are.
    on_stem
        Called with a series file's stem before the first point goes into it.
    """

    def __init__(self, store: Store, run_id: str, on_stem: Any) -> None:
        self._store = store
        self._run_id = run_id
        self._on_stem = on_stem
        self._lock = threading.RLock()
        self._live: dict[Any, _Live] = {}
        self._stems: set[str] = set()
        self.dirty = False
        """Whether points came since the last :meth:`summary`."""

    def resume(self, of: SeriesKey, stats: MetricStats, last: float) -> None:
        """Carry on from what a former process logged of one metric."""
        live = _Live(of)
        live.step, live.count, live.last = stats.step, stats.count, last
        live.min, live.max = stats.min, stats.max
        self._live[of.key if not of.context else (of.key, of.context)] = live

    def has(self, key: str) -> bool:
        """Whether a metric of that name was logged, in whatever context."""
        return any(live.of.key == key for live in self._logged())

    def log(
        self,
        key: str,
        value: Any,
        step: int | None = None,
        context: Mapping[str, Any] | None = None,
        timestamp: int | float | datetime | None = None,
    ) -> None:
        """Append one point; see :meth:`cellbook.Run.log_metric`."""
        number = value if type(value) is float else as_metric(value, key)
        if step is not None and not (type(step) is int and -_STEP_LIMIT <= step < _STEP_LIMIT):
            step = as_step(step, key)
        now = time.time_ns() // 1_000_000 if timestamp is None else as_timestamp(timestamp)
        with self._lock:
            live = self._live.get(key) if context is None and type(key) is str else None
            if live is None:
                live = self._find(key, context)
            if step is None and live.step == _LAST_STEP:
                raise _no_step_left(live)
            self._note(live, number, step)
            refused = None
            while True:
                if (
                    live.stem != self._store.series_writer.stem
                    or not 0 <= now - live.t0 < _MS_LIMIT
                ):
                    refused = self._announce(live, now) or refused
                record = _pack(live.number, now - live.t0, live.step, number)
                if self._store.series_writer.append(record, live.stem):
                    break
        if refused is not None:
            raise refused

    def log_many(
        self,
        metrics: Mapping[str, Any],
        step: int | None = None,
        context: Mapping[str, Any] | None = None,
        timestamp: int | float | datetime | None = None,
    ) -> None:
        """Append one point of each metric, all or none; see :meth:`cellbook.Run.log_metrics`."""
        # Everything is checked before anything is noted: a bad value spoils the whole call.
        check_mapping(metrics, "metrics")
        numbers = [(key, as_metric(value, as_text(key))) for key, value in metrics.items()]
        if step is not None:
            step = as_step(step, ", ".join(map(as_text, metrics)))
        now = time.time_ns() // 1_000_000 if timestamp is None else as_timestamp(timestamp)
        with self._lock:
            entries = [(self._find(key, context), number) for key, number in numbers]
            for live, _ in entries:
                if step is None and live.step == _LAST_STEP:
                    raise _no_step_left(live)
            for live, number in entries:
                self._note(live, number, step)
            refused = None
            while entries:
                stem = self._store.series_writer.stem
                for live, _ in entries:
                    if live.stem != stem or not 0 <= now - live.t0 < _MS_LIMIT:
                        refused = self._announce(live, now) or refused
                        stem = live.stem
                if any(live.stem != stem for live, _ in entries):
                    continue  # The file changed in the middle: announce all of them there.
                records = [_pack(e.number, now - e.t0, e.step, number) for e, number in entries]
                if self._store.series_writer.append(b"".join(records), stem):
                    break
        if refused is not None:
            raise refused

    def summary(self) -> dict[str, Any]:
        """Return last values and statistics, as they go into the run's document."""
        with self._lock:
            self.dirty = False
            return {
                "metrics": {live.name: live.last for live in self._logged()},
                "stats": {
                    live.name: to_doc(
                        MetricStats(
                            count=live.count,
                            min=live.min if live.min <= live.max else float("nan"),
                            max=live.max if live.min <= live.max else float("nan"),
                            step=live.step,
                        )
                    )
                    for live in self._logged()
                },
            }

    @property
    def furthest(self) -> int | None:
        """The furthest step of any metric; None where nothing was logged."""
        return max((live.step for live in self._logged()), default=None)

    def _logged(self) -> list[_Live]:
        """Return what has a point; of a call that was refused, a metric may have none."""
        return [live for live in list(self._live.values()) if live.count]

    @property
    def stems(self) -> set[str]:
        """The series files this process wrote points of the run to."""
        return self._stems

    def after_fork(self) -> None:
        """Start afresh in a forked child, whose points go to files of its own."""
        self._lock = threading.RLock()
        self._stems = set()
        for live in self._live.values():
            live.stem = _NOWHERE

    def _find(self, key: Any, context: Mapping[str, Any] | None) -> _Live:
        of_context: Context = () if context is None else check_context(context)
        name = key if type(key) is str else check_metric_name(key)
        place: Any = (name, of_context) if of_context else name
        live = self._live.get(place)
        if live is None:
            check_metric_name(name)
            live = self._live[place] = _Live(SeriesKey(self._run_id, name, of_context))
        return live

    def _note(self, live: _Live, number: float, step: int | None) -> None:
        live.step = live.step + 1 if step is None else step
        live.count += 1
        live.last = number
        if number < live.min:
            live.min = number
        if number > live.max:
            live.max = number
        self.dirty = True

    def _announce(self, live: _Live, now: int) -> StoreWriteError | None:
        """Begin a series in the current file; return what is to be raised once the point is
        written, or waits."""
        refused = None
        writer = self._store.series_writer
        number = None
        while number is None:
            stem = writer.place(self._run_id)
            if stem not in self._stems:
                try:
                    self._on_stem(stem)
                except StoreWriteError as error:
                    # It waits in memory; so must the point that follows, not be lost.
                    refused = error
                self._stems.add(stem)
            # An hour's slack lets clocks be set back a little without a new series.
            live.t0 = now - 3_600_000
            number = writer.announce(live.of, live.t0, stem)
        live.number, live.stem = number, stem
        return refused


def _no_step_left(live: _Live) -> InvalidMetric:
    return InvalidMetric(
        f"Metric {live.of.key!r} is at the last step there is, {live.step}, so that none comes "
        "after it by itself. Give the step."
    )
