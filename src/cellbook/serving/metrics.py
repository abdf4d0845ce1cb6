"""What an endpoint counts, and its text for Prometheus.

https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4)
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cellbook.serving.counting import Counters, Key, Labels

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
ROWS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0)

METRICS: Mapping[str, tuple[str, str]] = {
    "cellbook_requests_total": ("counter", "Requests, by status, arm, model and version."),
    "cellbook_request_seconds": ("histogram", "From a request's arrival to its response."),
    "cellbook_batch_rows": ("histogram", "Rows that the model was given at once."),
    "cellbook_batch_seconds": ("histogram", "What the model took for them."),
    "cellbook_waiting_rows": ("gauge", "Rows that wait for the model."),
    "cellbook_model_info": ("gauge", "Which version each arm has, one for each worker."),
    "cellbook_loads_total": ("counter", "Versions loaded, and those that could not be."),
    "cellbook_outcomes_total": ("counter", "Outcomes that were reported."),
    "cellbook_outcomes_sum": ("untyped", "Their sum."),
    "cellbook_outcomes_squares_sum": ("untyped", "The sum of their squares."),
    "cellbook_shadow_total": ("counter", "What came of asking a shadow."),
    "cellbook_log_dropped_total": ("counter", "Predictions that the log was too slow for."),
}
"""Type and meaning of each metric, in the order of the text."""


@dataclass(frozen=True)
class Histogram:
    """Counts in buckets; a bucket of its own, not all below, so that adding is one addition."""

    counters: Counters
    bounds: tuple[float, ...]
    slots: tuple[int, ...]
    sum_slot: int

    def observe(self, value: float) -> None:
        """Add one value."""
        self.counters.add(self.slots[bisect_left(self.bounds, value)])
        self.counters.add(self.sum_slot, value)


def histogram(
    counters: Counters, name: str, labels: Labels, bounds: tuple[float, ...]
) -> Histogram:
    """Return a histogram of this process."""
    slots = tuple(
        counters.slot(f"{name}_bucket", {**labels, "le": _number(bound)})
        for bound in (*bounds, math.inf)
    )
    return Histogram(counters, bounds, slots, counters.slot(f"{name}_sum", labels))


def exposition(values: Mapping[Key, float]) -> str:
    """Return counted values as Prometheus reads them."""
    lines = []
    for name, (kind, meaning) in METRICS.items():
        told = list(_histogram(name, values) if kind == "histogram" else _plain(name, values))
        if told:
            lines += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}", *told]
    return "\n".join(lines) + "\n"


def buckets(
    name: str, values: Mapping[Key, float]
) -> dict[tuple[tuple[str, str], ...], list[tuple[float, float]]]:
    """Return the counts of a histogram, by its other labels: bound and count of each bucket."""
    found: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
    for (metric, labels), value in values.items():
        if metric == f"{name}_bucket":
            rest = tuple(label for label in labels if label[0] != "le")
            found.setdefault(rest, []).append((float(dict(labels)["le"]), value))
    return {labels: sorted(counts) for labels, counts in found.items()}


def _plain(name: str, values: Mapping[Key, float]) -> Iterator[str]:
    for (metric, labels), value in sorted(values.items()):
        if metric == name:
            yield f"{name}{_labels(labels)} {_number(value)}"


def _histogram(name: str, values: Mapping[Key, float]) -> Iterator[str]:
    for labels, counts in sorted(buckets(name, values).items()):
        running = 0.0
        for bound, count in counts:
            running += count
            yield f"{name}_bucket{_labels((*labels, ('le', _number(bound))))} {_number(running)}"
        yield f"{name}_sum{_labels(labels)} {_number(values.get((f'{name}_sum', labels), 0.0))}"
        yield f"{name}_count{_labels(labels)} {_number(running)}"


def _labels(labels: tuple[tuple[str, str], ...]) -> str:
    told = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{told}}}" if told else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(value)
