"""What a board is: read from what users give, checked here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cellbook.errors import InvalidInput
from cellbook.records import (
    Leaderboard,
    MetricRange,
    Seeds,
    as_metric,
    as_text,
    check_name,
)

FIELDS = (
    "metric",
    "metrics",
    "experiment",
    "group_by",
    "group_by_params",
    "filters",
    "datasets",
    "newest",
    "seeds",
    "confidence",
    "cost",
    "latency",
    "description",
)
"""What can be said of a board, by name."""

_MOST = 100
"""Newest data sets of a label, at most."""
_LIMIT = re.compile(r"(?P<name>.+?)\s*(?P<sign>>=|<=)\s*(?P<number>[^<>=\s]+)")
_EXAMPLES = {
    "filters": 'filters="acc>=0.5, loss<=2"',
    "newest": "newest=nightly:3",
}


def changed(
    before: Leaderboard, given: Mapping[str, Any], data_id: Callable[[str], str]
) -> Leaderboard:
    """Return a board as it was, but for what is given.

    Parameters
    ----------
    before
        The board; without a metric, if it is a new one.
    given
        Some of :data:`FIELDS`: as Python values, or as the text that a magic or a shell has.
    data_id
        Returns the id of the data set that a target names.

    Raises
    ------
    InvalidInput
        If there is no such field, or a value cannot stand.
    NotFound
        If there is no such data set.
    """
    unknown = [name for name in given if name not in FIELDS]
    if unknown:
        raise InvalidInput(f"A leaderboard has no {unknown[0]!r}. It has {', '.join(FIELDS)}.")
    values: dict[str, Any] = {
        name: getattr(before, name) for name in Leaderboard.__dataclass_fields__
    }
    for name, value in given.items():
        values[name] = _READERS[name](value) if name != "datasets" else value
    if "datasets" in given:
        values["datasets"] = tuple(dict.fromkeys(map(data_id, _texts(given["datasets"]))))
    board = Leaderboard(**values)
    if not board.metric:
        raise InvalidInput(
            f"There is no leaderboard {board.name!r} yet, and a new one needs a metric to rank "
            f"by: `%leaderboard {board.name} metric=acc`."
        )
    strangers = [name for name in board.filters if name not in board.shown]
    if strangers:
        raise InvalidInput(
            f"A filter is on {strangers[0]!r}, which is no metric of the board. "
            f"Add it to its metrics: metrics={','.join((*board.metrics, strangers[0]))}."
        )
    return board


def _metric(value: object) -> str:
    # With its context, as records name it.
    return check_name(as_text(value), "metric")


def _optional_metric(value: object) -> str:
    return _metric(value) if value else ""


def _metrics(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_metric, _texts(value))))


def _tags(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(check_name(tag, "tag") for tag in _texts(value)))


def _texts(value: object) -> list[str]:
    """Return the parts of a list, or of text with commas between them."""
    if value is None:
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, Iterable):
        raise InvalidInput(f"{value!r} is no list of names. Write them with commas between.")
    return [as_text(part) for part in value]


def _filters(value: object) -> dict[str, MetricRange]:
    limits: dict[str, MetricRange] = {}
    if isinstance(value, Mapping):
        limits = {_metric(name): _range(name, limit) for name, limit in value.items()}
    else:
        for text in _texts(value):
            match = _LIMIT.fullmatch(text)
            if match is None:
                raise _wrong("filters", text)
            name, number = _metric(match["name"].strip()), _number(text, match["number"])
            known = limits.get(name, MetricRange())
            low, high = known.min, known.max
            if match["sign"] == ">=":
                low = number
            else:
                high = number
            limits[name] = MetricRange(low, high)
    for name, limit in limits.items():
        if limit.min is None and limit.max is None:
            raise InvalidInput(f"The filter on {name!r} has neither a least nor a greatest value.")
        if limit.min is not None and limit.max is not None and limit.min > limit.max:
            raise InvalidInput(f"Nothing lies in the filter on {name!r}: its ends are swapped.")
    return limits


def _range(name: object, limit: object) -> MetricRange:
    if isinstance(limit, MetricRange):
        return limit
    if not isinstance(limit, (tuple, list)) or len(limit) != 2:
        raise InvalidInput(
            f"The filter on {as_text(name)!r} is {limit!r}. Give its least and greatest value, "
            "(0.5, None)."
        )
    low, high = (None if end is None else _number(repr(limit), end) for end in limit)
    return MetricRange(low, high)


def _number(text: str, value: object) -> float:
    try:
        number = float(value) if isinstance(value, str) else as_metric(value)
    except ValueError:
        number = float("nan")
    if number != number:
        raise InvalidInput(f"In the filter {text!r} {value!r} is no number.")
    return number


def _newest(value: object) -> dict[str, int]:
    if isinstance(value, Mapping):
        pairs = list(value.items())
    else:
        pairs = [(label, count) for label, _, count in (t.rpartition(":") for t in _texts(value))]
    counts = {}
    for label, count in pairs:
        text = as_text(count).strip()
        if not label or not text.isdecimal() or not 0 < int(text[:9]) <= _MOST:
            raise _wrong("newest", f"{label}:{text}", f"; from 1 to {_MOST} of a label")
        counts[check_name(label, "label")] = int(text)
    return counts


def _wrong(name: str, text: str, rule: str = "") -> InvalidInput:
    return InvalidInput(f"{text!r} is none of a board's {name}. Write {_EXAMPLES[name]}{rule}.")


def _flag(value: object) -> bool:
    text = as_text(value).strip().lower()
    if text not in ("true", "false", "yes", "no", "1", "0"):
        raise InvalidInput(f"group_by_params is {text!r}. Write group_by_params=yes or no.")
    return text in ("true", "yes", "1")


def _seeds(value: object) -> Seeds:
    text = as_text(value).strip().lower()
    if text not in set(Seeds):
        raise InvalidInput(f"seeds is {text!r}. Write one of {', '.join(Seeds)}.")
    return Seeds(text)


def _confidence(value: object) -> float:
    try:
        number = float(as_text(value))
    except ValueError:
        number = 0.0
    if not 0.5 <= number < 1:
        raise InvalidInput(f"confidence is {as_text(value)!r}. Give a number such as 0.95.")
    return number


_READERS: dict[str, Callable[[object], Any]] = {
    "metric": _metric,
    "metrics": _metrics,
    "experiment": lambda value: check_name(value, "experiment"),
    "group_by": _tags,
    "group_by_params": _flag,
    "filters": _filters,
    "newest": _newest,
    "seeds": _seeds,
    "confidence": _confidence,
    "cost": _optional_metric,
    "latency": _optional_metric,
    "description": lambda value: as_text(value or ""),
}
