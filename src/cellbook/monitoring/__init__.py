"""What becomes of a model in service: recorded predictions, drift, performance, alarms.

The room knows no serving and no registry: a model version is an id, an endpoint a name.

- *Recorded*: :class:`Predictions` and its :class:`PredictionLog`; labels join later.
- *Compared*: a :class:`Sketch` of each window, :class:`References`, :func:`drift`; detectors for
  streams of errors, :class:`Adwin` and :class:`HddmA`.
- *Judged*: :func:`performance` by window, :func:`slices` by group, :class:`Estimator` where there
  are no labels yet.
- *Told*: :func:`watch` reports on windows, :class:`Alarms` keeps rules over them.

It imports NumPy and pandas: rooms that are loaded with every kernel import it in the function that
needs it.
"""

from cellbook.monitoring.alarms import Alarms, check_rule, parse_length, parse_rule, step
from cellbook.monitoring.detectors import Adwin, Detector, HddmA, Signal
from cellbook.monitoring.drift import ColumnDrift, DriftKind, DriftReport, Finding, drift
from cellbook.monitoring.effects import Thresholds
from cellbook.monitoring.estimating import Estimated, Estimator
from cellbook.monitoring.measures import Measured, Outcome, measure
from cellbook.monitoring.performance import (
    Columns,
    SlicePerformance,
    WindowPerformance,
    performance,
    slices,
)
from cellbook.monitoring.predictions import Predictions
from cellbook.monitoring.recording import LogState, PredictionLog
from cellbook.monitoring.references import References
from cellbook.monitoring.sketches import ColumnSketch, Sketch, merge
from cellbook.monitoring.watching import WindowReport, watch

__all__ = [
    "Adwin",
    "Alarms",
    "ColumnDrift",
    "ColumnSketch",
    "Columns",
    "Detector",
    "DriftKind",
    "DriftReport",
    "Estimated",
    "Estimator",
    "Finding",
    "HddmA",
    "LogState",
    "Measured",
    "Outcome",
    "PredictionLog",
    "Predictions",
    "References",
    "Signal",
    "Sketch",
    "SlicePerformance",
    "Thresholds",
    "WindowPerformance",
    "WindowReport",
    "check_rule",
    "drift",
    "measure",
    "merge",
    "parse_length",
    "parse_rule",
    "performance",
    "slices",
    "step",
    "watch",
]
