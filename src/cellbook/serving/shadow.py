"""A shadow's process: it is told of requests, predicts, and compares; nobody waits for it.

``python -m cellbook.serving.shadow`` reads ``{"settings", "arm", "endpoint", "counted"}``.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import time
from functools import partial
from pathlib import Path

from cellbook.errors import CellbookError, one_line
from cellbook.serving.counting import Counters
from cellbook.serving.decoding import decode_invocation
from cellbook.serving.lines import own_stdout, read_lines, teller, write_line
from cellbook.serving.logging_predictions import Logging, Prediction
from cellbook.serving.metrics import SECONDS, histogram
from cellbook.serving.models import Model, load_model
from cellbook.serving.oip import decode_inference
from cellbook.serving.outputs import Outputs, as_predictions
from cellbook.serving.plans import PlannedArm
from cellbook.serving.settings import settings_of
from cellbook.serving.shadowing import LARGEST, Overheard, agree, overheard
from cellbook.serving.watching import Watch
from cellbook.serving.worker import open_log

_FORMS = {one.__name__: one for one in (decode_inference, decode_invocation)}
_NICE = 10
_ROOM = 4 << 20
"""Bytes that may wait at the socket."""


class Shadow:
    """One shadow."""

    def __init__(
        self, model: Model, arm: PlannedArm, endpoint: str, counters: Counters, log: Logging | None
    ) -> None:
        self._model = model
        self._arm = arm
        self._endpoint = endpoint
        self._counters = counters
        self._log = log
        self._labels = arm.labels
        self._hearing = 0
        """The number of the request that is being predicted; 0 for none."""
        self._heard = self._seen = 0
        self._seconds = histogram(counters, "cellbook_request_seconds", self._labels, SECONDS)

    def hear(self, one: Overheard) -> None:
        """Predict what was predicted, and note whether it is the same."""
        self._heard += 1
        self._hearing = self._heard
        try:
            self._hear(one)
        finally:
            self._hearing = 0

    def still(self) -> bool:
        """Whether it predicts the same request as when this was last called."""
        before, self._seen = self._seen, self._hearing
        return bool(self._seen) and self._seen == before

    def hung(self) -> None:
        """Count what it was asked and does not answer."""
        self._count("failed")

    def _hear(self, one: Overheard) -> None:
        began = time.perf_counter()
        try:
            asked = _FORMS[one.form](one.body, one.kind, self._model.signature)
            fitted = self._model.fitter.fit(asked.given)
            made = self._model.predict([fitted])[0]
            if not isinstance(made, Outputs):
                raise made
            result = "same" if agree(as_predictions(made), one.predictions) else "different"
        except Exception:
            self._count("failed")
            return
        self._count(result)
        took = time.perf_counter() - began
        self._seconds.observe(took)
        if self._log is not None:
            now = time.time_ns() // 1_000_000
            prediction = Prediction(
                one.prediction_id, now, self._endpoint, self._arm.version, self._arm.name, one.key,
                None, made, took, asked.request_id or "", self._arm.model,
                shadow=True,
            )  # fmt: skip
            inputs = partial(self._model.fitter.assemble, [fitted])
            self._log.add(prediction, inputs, len(one.body))

    def _count(self, result: str) -> None:
        labels = {**self._labels, "result": result}
        self._counters.add(self._counters.slot("cellbook_shadow_total", labels))


def main() -> None:
    """Run a shadow until the supervisor is gone."""
    say = own_stdout()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    told = json.loads(sys.stdin.readline())
    settings, arm = settings_of(told["settings"]), PlannedArm(**told["arm"])
    os.nice(_NICE)
    try:
        model = load_model(arm, trust=settings.trust, ignore_unknown=settings.ignore_unknown)
        counters = Counters(Path(told["counted"]))
        log = open_log(settings, counters)
    except Exception as error:
        why = str(error) if isinstance(error, CellbookError) else one_line(error)
        write_line(say, {"failed": 0, "why": why})
        return
    ears = _ears(arm.channel)
    tell = teller(say)
    shadow = Shadow(model, arm, told["endpoint"], counters, log)

    def give_up() -> None:
        shadow.hung()
        tell({"hung": "its model does not come back"})
        _end(log)

    read_lines(sys.stdin, lambda message: _end(log) if message is None else None)
    tell({"ready": True})
    Watch(settings.beat, settings.patience, lambda: tell({"beat": 1}), shadow.still, give_up)
    while True:
        shadow.hear(overheard(ears.recv(2 * LARGEST + (1 << 20))))


def _ears(address: str) -> socket.socket:
    Path(address).unlink(missing_ok=True)
    ears = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ears.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
    ears.bind(address)
    return ears


def _end(log: Logging | None) -> None:
    if log is not None:
        log.close(2.0)
    os._exit(0)  # The main thread waits for a datagram that will not come, or hangs.


if __name__ == "__main__":
    main()
