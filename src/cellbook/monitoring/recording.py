"""Predictions on their way into the book: batched, sampled, written by a thread of its own."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xxhash

from cellbook.errors import CellbookWarning, InvalidInput, one_line
from cellbook.monitoring.batches import Batch, length_of, rows_of
from cellbook.monitoring.columns import encode_columns
from cellbook.records import PredictionChunk, check_name, to_doc
from cellbook.store import Store, create

TABLE = "predictions"
_RETRY = 2.0
_FARTHEST = 200_000_000_000_000
"""Milliseconds, some six thousand years: beyond, a time was given in another unit."""


@dataclass(slots=True)
class _Mine:
    """What a log has in one process; a forked child begins anew."""

    process: int = field(default_factory=os.getpid)
    changed: threading.Condition = field(default_factory=threading.Condition)
    """Held by whoever looks at the rest."""
    queue: deque[Batch] = field(default_factory=deque)
    thread: threading.Thread | None = None
    seen: int = 0
    written: int = 0
    waiting: int = 0
    dropped: int = 0
    untold: int = 0
    """How many predictions were made of which no chunk tells yet."""
    lost: int = 0
    """How many were dropped of which no chunk tells yet."""
    oldest: float = 0.0
    """When the first in the queue came, by the monotonic clock; 0 where it is empty."""
    trouble: str = ""
    hurry: bool = False
    closing: bool = False


@dataclass(frozen=True, slots=True)
class LogState:
    """What became of predictions since the log was opened, in rows."""

    seen: int
    """All that were handed in."""
    written: int
    waiting: int
    dropped: int
    """Those that could not be kept: too many were waiting, or they were no rows."""
    trouble: str
    """Why nothing can be written now, or why rows were dropped last; empty where all is well."""


class PredictionLog:
    """Records an endpoint's predictions; :meth:`log` may be called from any thread.

    :meth:`log` only puts what it is given into a queue, and never raises for what becomes of it
    there: a prediction must not fail because it cannot be recorded.  A thread writes: first the
    rows as one blob, then the document that names it.  So a ``kill -9`` at any moment loses what
    came in the last `seconds` and leaves nothing half.  A forked child has a thread of its own.

    Parameters
    ----------
    store
        The book's memory.
    endpoint
        What is served; predictions are found by it.
    share
        Which share of predictions is kept, from 0 to 1, chosen by their ids: the same id is kept,
        or not, wherever it comes from.
    rows
        So many are written at once, at most.
    seconds
        How long a prediction waits to be written, at most.
    waiting
        How many rows may wait; what comes beyond is dropped, and counted.
    report
        Told once why nothing can be written, and again after it could; None warns.
    versions
        By what rows call a model, the id of its registered version; it may grow while the log is
        open.

    Raises
    ------
    InvalidInput
        If the name cannot stand, or a number is out of its range.
    """

    def __init__(
        self,
        store: Store,
        endpoint: str,
        *,
        share: float = 1.0,
        rows: int = 10_000,
        seconds: float = 5.0,
        waiting: int = 100_000,
        report: Callable[[str], None] | None = None,
        versions: Mapping[str, str] | None = None,
    ) -> None:
        if not 0 <= share <= 1:
            raise InvalidInput(f"The share to be kept is {share!r}. Give one from 0 to 1.")
        if rows < 1 or waiting < 1 or seconds < 0:
            raise InvalidInput("rows and waiting must be 1 at least, and seconds not negative.")
        self.endpoint = check_name(endpoint, "endpoint")
        self._store = store
        self._share = share
        self._rows = rows
        self._seconds = seconds
        self._room = waiting
        self._report = report or _warn
        self._versions = {} if versions is None else versions
        self._mine = _Mine()

    def log(
        self,
        inputs: Any,
        outputs: Any,
        *,
        model: str = "",
        arm: str = "",
        latency: float | Sequence[float] | None = None,
        ids: Sequence[str] | None = None,
        time_ms: int | None = None,
    ) -> list[str]:
        """Record some predictions; return their ids, by which labels find them later.

        Parameters
        ----------
        inputs
            One row a prediction: a frame, a matrix, a list of dictionaries, or columns by name.
            Not to be changed afterwards.
        outputs
            Likewise; the column of a plain list or array is called ``prediction``.
        model
            The id of the model version.
        arm
            Which side of a split answered.
        latency
            Seconds that the answer took; one number for all, or one each.
        ids
            Names of the predictions; None makes some.
        time_ms
            When they were made, in milliseconds since 1970; None is now.

        Raises
        ------
        InvalidInput
            If there are no ids, and it cannot be told how many rows there are; if `time_ms` is no
            time of this calendar.
        """
        if time_ms is not None and not -_FARTHEST < time_ms < _FARTHEST:
            raise InvalidInput(f"time_ms is {time_ms!r}. Give milliseconds since 1970.")
        count = length_of(inputs) if ids is None else len(ids)
        if ids is None:
            base = self._store.new_id()
            ids = [base] if count == 1 else [f"{base}-{place}" for place in range(count)]
        now = time.time_ns() // 1_000_000 if time_ms is None else time_ms
        batch = Batch(inputs, outputs, [str(one) for one in ids], model, arm, latency, now)
        if self._mine.process != os.getpid():
            # The parent's thread is not in its forked child, and what waits there is the parent's.
            self._mine = _Mine()
        mine = self._mine
        with mine.changed:
            mine.seen += count
            if mine.waiting + count > self._room:
                mine.dropped += count
                mine.lost += count
                mine.trouble = mine.trouble or "too many were waiting"
                return batch.ids
            mine.queue.append(batch)
            mine.waiting += count
            mine.oldest = mine.oldest or time.monotonic()
            if mine.thread is None:
                mine.thread = threading.Thread(
                    target=self._work, name="cellbook-predictions", daemon=True
                )
                mine.thread.start()
                atexit.register(self.close)
            elif len(mine.queue) == 1 or mine.waiting >= self._rows:
                mine.changed.notify_all()
        return batch.ids

    @property
    def state(self) -> LogState:
        """What became of what was handed in."""
        mine = self._mine
        with mine.changed:
            return LogState(mine.seen, mine.written, mine.waiting, mine.dropped, mine.trouble)

    def flush(self, seconds: float = 10.0) -> bool:
        """Write what waits; return whether all of it was, in that time."""
        mine = self._mine
        if mine.process != os.getpid():
            return True
        with mine.changed:
            mine.hurry = True
            mine.changed.notify_all()
            done = mine.changed.wait_for(lambda: not mine.waiting, seconds)
            mine.hurry = False
            return done

    def close(self) -> None:
        """Write what waits and end the thread; what cannot be written then is given up."""
        mine = self._mine
        atexit.unregister(self.close)
        if mine.process != os.getpid():
            return
        with mine.changed:
            thread, mine.closing = mine.thread, True
            mine.changed.notify_all()
        if thread is not None:
            thread.join(10)
        with mine.changed:
            mine.thread, mine.closing = None, False

    # -- the thread -----------------------------------------------------------------------------

    def _work(self) -> None:
        mine = self._mine
        while True:
            with mine.changed:
                while not self._due():
                    if mine.closing:
                        return
                    mine.changed.wait(self._left() if mine.queue else None)
                batches: list[Batch] = []
                count = 0
                while mine.queue and (not batches or count + len(mine.queue[0].ids) <= self._rows):
                    batches.append(mine.queue.popleft())
                    count += len(batches[-1].ids)
                mine.oldest = time.monotonic() if mine.queue else 0.0
            self._write(batches, count)

    def _due(self) -> bool:
        mine = self._mine
        if not mine.queue:
            return False
        hurry = mine.hurry or mine.closing or mine.waiting >= self._rows
        return hurry or self._left() <= 0

    def _left(self) -> float:
        return self._seconds - (time.monotonic() - self._mine.oldest)

    def _write(self, batches: list[Batch], count: int) -> None:
        mine = self._mine
        frame, spoiled, why = rows_of(batches)
        if self._share < 1:
            frame = frame[_chosen(frame["id"], self._share)]
        with mine.changed:
            mine.untold += count
            mine.lost += spoiled
            mine.dropped += spoiled
            untold, lost = mine.untold, mine.lost
        given_up = 0
        # Tried again it is the same document, as a line that the disk refused is written later.
        chunk_id = self._store.new_id()
        while len(frame):
            try:
                self._keep(chunk_id, frame, untold, lost)
                with mine.changed:
                    mine.untold -= untold
                    mine.lost -= lost
                break
            except Exception as error:
                # A full disk, mostly; whatever it is, the thread lives on.
                if not self._wait_for_better(one_line(error)):
                    given_up = len(frame)
                    break
        with mine.changed:
            mine.waiting -= count
            mine.written += len(frame) - given_up
            mine.dropped += given_up
            if not given_up:
                mine.trouble = f"no rows: {why}" if spoiled else ""
            mine.changed.notify_all()

    def _wait_for_better(self, why: str) -> bool:
        """Return whether writing is to be tried again: not where the log is closing."""
        mine = self._mine
        if mine.trouble != why:
            # Where warnings are errors, the thread must live on as well.
            with contextlib.suppress(Exception):
                self._report(
                    f"Predictions of {self.endpoint!r} are not recorded ({why}). They are answered "
                    "all the same, and what waits is written when that is mended."
                )
        with mine.changed:
            mine.trouble = why
            if not mine.closing:
                mine.changed.wait_for(lambda: mine.closing, _RETRY)
            return not mine.closing

    def _keep(self, chunk_id: str, frame: pd.DataFrame, untold: int, lost: int) -> None:
        data = encode_columns(frame)
        chunk = PredictionChunk(
            chunk_id=chunk_id,
            endpoint=self.endpoint,
            rows=len(frame),
            digest=self._store.blobs.put(data, durable=False),
            size=len(data),
            first=int(frame["time"].min()),
            last=int(frame["time"].max()),
            models=tuple(sorted(set(frame["model"]))),
            arms=tuple(sorted(set(frame["arm"]))),
            seen=untold,
            dropped=lost,
            versions=self._made_by(frame),
        )
        self._store.commit([create(TABLE, chunk.chunk_id, to_doc(chunk))])

    def _made_by(self, frame: pd.DataFrame) -> dict[str, int]:
        made: dict[str, int] = {}
        for model, rows in frame["model"].value_counts().items() if self._versions else ():
            version = self._versions.get(str(model))
            if version:
                made[version] = made.get(version, 0) + int(rows)
        return made


def _chosen(ids: pd.Series[str], share: float) -> np.ndarray[Any, Any]:
    below = int(share * 2**64)
    return np.fromiter(
        (xxhash.xxh3_64_intdigest(one.encode("utf-8", "surrogatepass")) < below for one in ids),
        bool,
        len(ids),
    )


def _warn(message: str) -> None:
    warnings.warn(message, CellbookWarning, stacklevel=2)
