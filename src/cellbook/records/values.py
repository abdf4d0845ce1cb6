"""What may be a name, a param, a metric and a tag: checked here and nowhere else."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any, TypeAlias

from cellbook.errors import InvalidInput, InvalidMetric

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

NAME_LIMIT = 250
"""Longest name of a run, experiment, param, metric or tag, in characters (as in MLflow)."""

TEXT_LIMIT = 6_000
"""Longest text of a param or tag kept in the record itself, in characters (as in MLflow).

A longer one is kept whole as an artifact of the run, and its first part in the record.
"""

_BITS = 4096
_DEPTH = 8
"""Lists and mappings nested deeper than this are kept as their ``repr``."""


def check_name(name: object, what: str) -> str:
    """Return `name` as a string that can stand as the name of a `what`, or say why not.

    Keys that are no strings (``3``, ``("a", 1)``, an enum member) become ``str(name)``.

    Raises
    ------
    InvalidInput
        If the name is empty, longer than `NAME_LIMIT`, or holds control characters.
    """
    text = as_text(name)
    if not text.strip():
        raise InvalidInput(
            f"The name of a {what} is empty. Give it at least one visible character."
        )
    if len(text) > NAME_LIMIT:
        raise InvalidInput(
            f"The name of a {what} has {len(text):,} characters ({text[:40]!r} …); "
            f"at most {NAME_LIMIT} can be kept. Shorten it."
        )
    if not text.isprintable():
        raise InvalidInput(
            f"The name of a {what} holds a control character or line break: {text[:60]!r}. "
            "Use a name of one printable line."
        )
    return text


def as_param(value: object) -> Json:
    """Turn a param's value into what a record can hold.

    ``None``, booleans, numbers and strings stay; NumPy, torch and pandas scalars become the Python
    number they stand for; mappings and sequences are turned item by item; whatever else is kept as
    its ``repr``: a param is a description, so an odd object never raises.
    """
    return _plain(value, depth=0)


def as_metric(value: object, key: str = "") -> float:
    """Turn a metric's value into a float: any real number, NumPy, torch or 0-d array.

    NaN and infinities are numbers here.

    Raises
    ------
    InvalidMetric
        If `value` is not one number (text, ``None``, a complex, an array with several elements).
    """
    if type(value) is float:
        return value
    name = f"metric {key!r}" if key else "a metric"
    if isinstance(value, (str, bytes)) or value is None:
        raise InvalidMetric(
            f"The value of {name} is {_short(value)}, which is not a number. "
            "Log a number, or use log_param / set_tag for text."
        )
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError:
        return math.inf if value > 0 else -math.inf  # type: ignore[operator]
    except Exception as error:
        if getattr(value, "size", None) == 1:
            # An array of several dimensions and one element, which float() refuses.
            return as_metric(value.item(), key)  # type: ignore[attr-defined]
        raise InvalidMetric(
            f"The value of {name} is a {type(value).__name__} that does not stand for one number "
            f"({error}). Reduce it first, for instance with .mean() or .item()."
        ) from None


def as_text(value: object) -> str:
    """Turn a tag's or description's value into text; an odd object never raises."""
    if type(value) is str:
        return value
    try:
        return str.__str__(value) if isinstance(value, str) else str(value)
    except Exception:
        return _safe_repr(value)


def as_step(step: object, key: str = "") -> int:
    """Turn a step into a 64-bit integer.

    Raises
    ------
    InvalidMetric
        If `step` is not a whole number in the range of a signed 64-bit integer.
    """
    try:
        number = int(step)  # type: ignore[call-overload]
        exact = number == step
    except Exception:
        exact, number = False, 0
    if not exact or not -(2**63) <= number < 2**63:
        raise InvalidMetric(
            f"The step of metric {key!r} is {_short(step)}. Use a whole number, or leave it out."
        )
    return int(number)


def _plain(value: object, depth: int) -> Json:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return as_text(value)
    try:
        if isinstance(value, numbers.Integral):
            number = int(value)
            # Python refuses to write longer ones in decimal.
            return number if number.bit_length() <= _BITS else hex(number)
        if isinstance(value, numbers.Real):
            return float(value)
        if depth < _DEPTH and isinstance(value, Mapping):
            return {as_text(key): _plain(item, depth + 1) for key, item in value.items()}
        if depth < _DEPTH and isinstance(value, (list, tuple)):
            return [_plain(item, depth + 1) for item in value]
    except Exception:
        return _safe_repr(value)
    return _scalar_or_repr(value)


def _scalar_or_repr(value: object) -> Json:
    item: Any = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():
        try:
            scalar = item()
        except Exception:
            return _safe_repr(value)
        if scalar is None or isinstance(scalar, (bool, int, float, str)):
            return scalar
    return _safe_repr(value)


def _safe_repr(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:
        return f"<{type(value).__name__} whose repr raised {type(error).__name__}>"


def _short(value: object) -> str:
    text = _safe_repr(value)
    return text if len(text) <= 60 else text[:57] + " …"
