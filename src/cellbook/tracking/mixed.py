"""What is a metric and what a param, where the user says neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cellbook.records import as_metric

_DESCRIPTIONS = (bool, str, bytes, type(None), list, tuple, dict, set, frozenset)


def sort_values(values: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
    """Return `values` as metrics and params.

    Text, booleans, None and Python's collections describe: params.  All else is a metric.

    Raises
    ------
    InvalidMetric
        If one that should be a metric is not one number, as an array of several is not.
    """
    metrics: dict[str, float] = {}
    params: dict[str, Any] = {}
    for key, value in values.items():
        if issubclass(type(value), _DESCRIPTIONS):
            params[key] = value
        else:
            metrics[key] = as_metric(value, key)
    return metrics, params
