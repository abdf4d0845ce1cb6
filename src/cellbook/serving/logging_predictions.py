"""Predictions told to whoever wants to keep them, off the way of requests.

A thread hands them over, several at a time.  If it is too slow, predictions are dropped and
counted: an endpoint's answers never wait for its log.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cellbook.serving.outputs import Outputs

_MOST = 10_000
_MOST_BYTES = 64 << 20
"""Bytes of requests and answers that wait."""

_AT_ONCE = 500
_PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Prediction:
    """One request that was answered."""

    prediction_id: str
    """Also in the response, as the header Cellbook-Prediction-Id: labels join by it later."""
    time: int
    """When it was answered, in milliseconds since 1970 (UTC)."""
    endpoint: str
    version: str
    arm: str
    key: str
    """Whom it was for; empty if the request did not say."""
    inputs: Any
    """What the model was given, one row a row: a DataFrame, or an array."""
    outputs: Outputs
    """What it predicted."""
    latency: float
    """Seconds from the request's arrival to its answer."""
    request_id: str = ""
    """What the client calls it, if it does."""
    model: str = ""
    """What the deployment calls the model: a path, or a name that a resolver knows."""
    shadow: bool = False
    """Whether nobody was answered by it."""


PredictionHook = Callable[[Sequence[Prediction]], None]
"""Called in one thread of each worker.  It may have a method ``close``, called at the end."""


class Logging:
    """Hands predictions over.

    Parameters
    ----------
    log
        Whom to.
    on_dropped
        Called with the number of predictions that were dropped.
    """

    def __init__(self, log: PredictionHook, on_dropped: Callable[[int], None]) -> None:
        self._log = log
        self._on_dropped = on_dropped
        self._queue: deque[tuple[Prediction, Callable[[], Any], int]] = deque()
        self._put = self._taken = 0
        """Bytes that have come and gone; each number is changed by one thread."""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="predictions", daemon=True)
        self._thread.start()

    def add(self, prediction: Prediction, inputs: Callable[[], Any], size: int) -> None:
        """Hand a prediction over; its inputs, which came as `size` bytes, are made in the thread,
        as that takes time."""
        size += sum(getattr(one, "nbytes", 0) for one in prediction.outputs.columns.values())
        waiting = self._put - self._taken
        if len(self._queue) >= _MOST or (waiting and waiting + size > _MOST_BYTES):
            self._on_dropped(1)
            return
        self._put += size
        self._queue.append((prediction, inputs, size))

    def close(self, timeout: float = 5.0) -> None:
        """Hand over what waits."""
        self._stopped.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stopped.is_set() or self._queue:
            if not self._queue:
                # A thread that is woken for each prediction would take turns with the requests.
                self._stopped.wait(_PAUSE)
                continue
            several = [self._queue.popleft() for _ in range(min(len(self._queue), _AT_ONCE))]
            try:
                self._log([_with_inputs(one, inputs()) for one, inputs, _ in several])
            except Exception:
                logging.getLogger(__name__).exception("The log of predictions failed.")
                time.sleep(_PAUSE)
            self._taken += sum(size for _, _, size in several)
        close = getattr(self._log, "close", None)
        if close is not None:
            close()


def _with_inputs(prediction: Prediction, inputs: Any) -> Prediction:
    return dataclasses.replace(prediction, inputs=inputs)
