"""What may be a name, a param, a metric and a tag: checked here and nowhere else."""

from __future__ import annotations

import math
import numbers
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from cellbook.errors import InvalidInput, InvalidMetric, one_line

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

NAME_LIMIT = 250
"""Longest name of a run, experiment, param, metric or tag, in characters (as in MLflow)."""

TEXT_LIMIT = 6_000
"""Longest text of a param or tag kept in the record itself, in characters (as in MLflow).

A longer one is kept whole as an artifact of the run, and its first part in the record.
"""

_BITS = 4096
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999
"""The first and last milliseconds of the years 1 to 9999."""
_DEPTH = 8
"""Lists and mappings nested deeper than this are kept as their ``repr``."""


def an(what: str) -> str:
    """Return a word with the article before it."""
    return f"{'an' if what[:1].lower() in 'aeio' else 'a'} {what}"


def check_name(name: object, what: str) -> str:
    """Return `name` as a string that can stand as the name of a `what`, or say why not.

    Keys that are no strings (``3``, ``("a", 1)``, an enum member) become ``str(name)``.

    Raises
    ------
    InvalidInput
        If the name is empty, longer than `NAME_LIMIT`, holds control characters, or is a list or
        dictionary.
    """
    if type(name).__hash__ is None:
        raise InvalidInput(
            f"The name of {an(what)} is {_short(name)}, a {type(name).__name__}. Give it as text."
        )
    text = _text(name)
    if not text.strip():
        raise InvalidInput(
            f"The name of {an(what)} is empty. Give it at least one visible character."
        )
    if len(text) > NAME_LIMIT:
        raise InvalidInput(
            f"The name of {an(what)} has {len(text):,} characters ({text[:40]!r} …); "
            f"at most {NAME_LIMIT} can be kept. Shorten it."
        )
    if not text.isprintable():
        raise InvalidInput(
            f"The name of {an(what)} holds a control character or line break: {text[:60]!r}. "
            "Use a name of one printable line."
        )
    return text


def composed(text: str) -> str:
    """Return a text with its accents as a part of their letters (Unicode's NFC), by which two that
    look the same are: macOS and some keyboards write ``é`` as two characters."""
    return unicodedata.normalize("NFC", text)


def spelled_as(name: str, known: Iterable[str]) -> str:
    """Return a name as it is known, whichever way its accents were written; one that is new,
    composed."""
    there = list(known)
    if name in there:
        return name
    wanted = composed(name)
    return next((one for one in there if composed(one) == wanted), wanted)


def check_metric_name(name: object) -> str:
    """Return `name` as a metric's, as :func:`check_name` does.

    Raises
    ------
    InvalidInput
        Also if it holds braces: ``loss{split=val}`` is how a metric with a context is shown.
    """
    text = check_name(name, "metric")
    if "{" in text or "}" in text:
        raise InvalidInput(
            f"The name of a metric holds braces: {text[:60]!r}. What tells it from others of the "
            'name is its context: log_metric("loss", value, context={"split": "val"}).'
        )
    return text


def check_mapping(value: object, what: str) -> Mapping[Any, Any]:
    """Return `value` if it is a mapping of names to values, or say what a `what` look like.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    if not _is(value, Mapping):
        raise InvalidInput(
            f"The {what} are {_short(value)}, a {type(value).__name__}. "
            "Give a dictionary of names and values."
        )
    return value  # type: ignore[return-value]


def check_tags(tags: object) -> dict[str, str]:
    """Return tags by name, as text.

    Raises
    ------
    InvalidInput
        If they are no mapping, or a name cannot stand.
    """
    return {check_name(k, "tag"): as_text(v) for k, v in check_mapping(tags, "tags").items()}


def check_context(context: object) -> tuple[tuple[str, str], ...]:
    """Return the names and values of a metric's context, sorted.

    Raises
    ------
    InvalidInput
        If it is no mapping, or a value is longer than `NAME_LIMIT` or not one printable line.
    """
    mapping = check_mapping(context, "entries of a metric's context")
    return tuple(sorted((check_name(k, "context"), _context_value(v)) for k, v in mapping.items()))


def _context_value(value: object) -> str:
    text = as_text(value)
    if len(text) > NAME_LIMIT or not text.isprintable():
        raise InvalidInput(
            f"A value in a metric's context is {text[:60]!r} ({len(text):,} characters). "
            f"Use one printable line of at most {NAME_LIMIT}."
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
    if value is None or _is(value, (str, bytes)):
        raise InvalidMetric(
            f"The value of {name} is {_short(value)}, which is not a number. "
            "Log a number, or use log_param / set_tag for text."
        )
    try:
        return _as_float(value)
    except Exception as error:
        item = _only_element(value)
        if item is not None:
            return _as_float(item)
        raise InvalidMetric(
            f"The value of {name} is a {type(value).__name__} that does not stand for one number "
            f"({one_line(error)}). Reduce it first, for instance with .mean() or .item()."
        ) from None


def as_timestamp(timestamp: object) -> int:
    """Turn milliseconds since 1970, or a datetime, into whole milliseconds.

    Raises
    ------
    InvalidMetric
        If `timestamp` is neither, or beyond the years that a calendar has.
    """
    try:
        if isinstance(timestamp, datetime):
            number = int(timestamp.timestamp() * 1000)
        else:
            number = int(timestamp)  # type: ignore[call-overload]
    except Exception:
        number = _LAST_MS + 1
    if not _FIRST_MS <= number <= _LAST_MS:
        raise InvalidMetric(
            f"The timestamp {_short(timestamp)} is no time. "
            "Give milliseconds since 1970 (as MLflow does) or a datetime."
        )
    return number


def as_text(value: object) -> str:
    """Turn a tag's or description's value into text; an odd object never raises."""
    return encodable(_text(value))


def encodable(text: str, instead: str = "backslashreplace") -> str:
    """Return `text` as UTF-8 can hold it: a lone surrogate becomes its escape."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", instead).decode()
    return text


def as_step(step: object, key: str = "", what: str = "metric") -> int:
    """Turn a step into a 64-bit integer.

    Raises
    ------
    InvalidMetric
        If `step` is not a whole number in the range of a signed 64-bit integer.
    """
    try:
        number = int(step)  # type: ignore[call-overload]
        exact = bool(number == step)
    except Exception:
        exact, number = False, 0
    if not exact or not -(2**63) <= number < 2**63:
        raise InvalidMetric(
            f"The step of {what} {key!r} is {_short(step)}. Use a whole number, or leave it out."
        )
    return int(number)


def _is(value: object, kinds: type | tuple[type, ...]) -> bool:
    """Whether `value` is of a kind; unlike ``isinstance`` this runs no code of the value's."""
    return issubclass(type(value), kinds)


def _text(value: object) -> str:
    if type(value) is str:
        return value
    try:
        return str.__str__(value) if _is(value, str) else str(value)
    except Exception:
        return _safe_repr(value)


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _only_element(value: Any) -> Any:
    """Return the number in an array of several dimensions and one element, which float() refuses;
    None for whatever else."""
    try:
        item = value.item() if value.size == 1 else None
        return item if _is(item, numbers.Real) else None
    except Exception:
        return None


def _plain(value: object, depth: int) -> Json:
    if value is None or value is True or value is False:
        return value
    if _is(value, str):
        return as_text(value)
    try:
        if _is(value, numbers.Integral):
            number = int(value)  # type: ignore[call-overload]
            # Python refuses to write longer ones in decimal.
            return number if number.bit_length() <= _BITS else hex(number)
        if _is(value, numbers.Real):
            return float(value)  # type: ignore[arg-type]
        if depth < _DEPTH and _is(value, Mapping):
            items = value.items()  # type: ignore[attr-defined]
            return {as_text(key): _plain(item, depth + 1) for key, item in items}
        if depth < _DEPTH and _is(value, (list, tuple)):
            return [_plain(item, depth + 1) for item in value]  # type: ignore[attr-defined]
        return _scalar_or_repr(value)
    except Exception:
        return _safe_repr(value)


def _scalar_or_repr(value: Any) -> Json:
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():
        scalar = item()
        if scalar is None or type(scalar) in (bool, int, float):
            return scalar  # type: ignore[no-any-return]
        if _is(scalar, str):
            return as_text(scalar)
    return _safe_repr(value)


def _safe_repr(value: object) -> str:
    try:
        return encodable(repr(value))
    except Exception as error:
        return f"<{type(value).__name__} whose repr raised {type(error).__name__}>"


def _short(value: object) -> str:
    text = _safe_repr(value)
    return text if len(text) <= 60 else text[:57] + " …"
