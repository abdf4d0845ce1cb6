"""What a server is told to use: a resolver and logs of predictions, made in its processes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cellbook.serving.logging_predictions import Prediction
from cellbook.serving.outputs import as_predictions


def names(file: str) -> Callable[[str], tuple[str, str] | None]:
    """Make a resolver that reads what names mean of a JSON file."""

    def resolve(name: str) -> tuple[str, str] | None:
        told = json.loads(Path(file).read_text())
        return tuple(told[name]) if name in told else None

    return resolve


def lines(file: str) -> Callable[[Sequence[Prediction]], None]:
    """Make a log that writes a line of JSON a prediction."""

    def log(predictions: Sequence[Prediction]) -> None:
        with Path(file).open("a", encoding="utf-8") as opened:
            for one in predictions:
                opened.write(json.dumps(_told(one)) + "\n")

    return log


def broken(pause: float = 0.0) -> Callable[[Sequence[Prediction]], None]:
    """Make a log that fails."""

    def log(predictions: Sequence[Prediction]) -> None:
        time.sleep(pause)
        raise RuntimeError("The disk is full.")

    return log


def _told(one: Prediction) -> dict[str, Any]:
    return {
        "prediction_id": one.prediction_id,
        "version": one.version,
        "arm": one.arm,
        "key": one.key,
        "inputs": one.inputs.to_dict("list"),
        "outputs": as_predictions(one.outputs),
        "latency": one.latency,
        "request_id": one.request_id,
    }
