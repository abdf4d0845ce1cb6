"""The fields of a run that a filter can name, and what a comparison with each of them means.

A comparison becomes a TinyDB query on the run's document, built from TinyDB's own operators where
one fits, so that the store can narrow it down; where the meaning is finer, a test of ours decides
and the operators beside it only narrow.  No query made here raises on the document of a run.
"""

from __future__ import annotations

import difflib
import math
import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import reduce
from typing import Any

from tinydb.queries import Query, QueryInstance, where

from cellbook.errors import InvalidInput
from cellbook.records import RunState
from cellbook.views.filter_times import read_moment, read_span
from cellbook.views.filter_tokens import number_in


class Kind(Enum):
    """What the values of a field are."""

    NUMBER = auto()
    TEXT = auto()
    LOOSE = auto()
    """Params and tags: of any type, and compared as number or text as both sides allow."""
    STATE = auto()
    TIME = auto()
    """Milliseconds since 1970."""
    DURATION = auto()
    FLAG = auto()
    DATA = auto()
    """Versions of data that were used: see :mod:`cellbook.views.filter_data`."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a run: where it lies in the document, and what it holds."""

    path: tuple[str, ...]
    kind: Kind
    named: tuple[str, ...] = ()
    """What a query calls it, where that is not its path."""

    @property
    def name(self) -> str:
        """The name as a query has it, apart from backticks."""
        return ".".join(self.named or self.path)


@dataclass(frozen=True, slots=True)
class Literal:
    """A value in a query."""

    text: str
    quoted: bool = True

    @property
    def is_null(self) -> bool:
        """Whether it is the word null."""
        return not self.quoted and self.text.lower() in ("null", "none")


_GROUPS = {
    **dict.fromkeys(("metrics", "metric"), "metrics"),
    **dict.fromkeys(("params", "param", "parameters", "parameter"), "params"),
    **dict.fromkeys(("tags", "tag"), "tags"),
    "data": "data",
    **dict.fromkeys(("attributes", "attribute", "attr", "run"), ""),
}
_KINDS = {"metrics": Kind.NUMBER, "data": Kind.DATA}
_ALIASES = {
    "name": "run_name",
    "status": "state",
    "created": "start_time",
    "number": "run_number",
}
_ATTRIBUTES = {
    **dict.fromkeys(
        ("run_id", "run_name", "experiment", "description", "notebook", "parent", "error"),
        Kind.TEXT,
    ),
    **dict.fromkeys(("session", "environment"), Kind.TEXT),
    **dict.fromkeys(("start_time", "end_time", "trashed"), Kind.TIME),
    "state": Kind.STATE,
    "duration": Kind.DURATION,
    "run_number": Kind.NUMBER,
    "archived": Kind.FLAG,
}
# The last two are MLflow's, which knows "scheduled" where no run of ours is.
_STATES = {**{s.value: s.value for s in RunState}, "killed": "stopped", "scheduled": "scheduled"}
SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def find_field(text: str, known: Collection[str]) -> Field:
    """Return the field that `text` names: ``metrics.acc``, ``params.lr``, ``tags.user``, ``state``.

    Raises
    ------
    InvalidInput
        If there is no such field; it suggests one, also from the names in `known`.
    """
    group, dot, key = text.partition(".")
    within = _GROUPS.get(group.lower()) if dot else ""
    if within:
        if not key:
            raise InvalidInput(f"The name of one of the {within} is missing: {within}.NAME.")
        return Field((within, key), _KINDS.get(within, Kind.LOOSE))
    if within is not None:
        name = (key if dot else text).lower()
        name = _ALIASES.get(name, name)
        if name in _ATTRIBUTES:
            return Field((name,), _ATTRIBUTES[name])
    raise InvalidInput(f"There is no field {text!r}. {_suggest(text, known)}")


def names_field(text: str) -> bool:
    """Whether `text` is so plainly meant for a field that it cannot be a word to search for."""
    group, dot, _ = text.partition(".")
    return bool(dot) and group.lower() in _GROUPS


def _suggest(text: str, known: Collection[str]) -> str:
    group, dot, key = text.partition(".")
    groups = difflib.get_close_matches(group.lower(), _GROUPS, n=1) if dot else []
    if groups and _GROUPS[groups[0]]:
        return f"Did you mean {groups[0]}.{key}?"
    meant: dict[str, list[str]] = {name: [name] for name in (*_ATTRIBUTES, *_ALIASES)}
    for name in sorted(known):
        for word in (name, name.partition(".")[2]):
            meant.setdefault(word, []).append(name)
    words = difflib.get_close_matches(key if groups else text, meant)
    names = list(dict.fromkeys(name for word in words for name in meant[word]))
    if names:
        return f"Did you mean {' or '.join(names[:3])}?"
    return (
        "Write metrics.NAME, params.NAME, tags.NAME, data.NAME, or one of "
        f"{', '.join(sorted(_ATTRIBUTES))}."
    )


# -- what can be asked of a field ------------------------------------------------------------------


def compare(field: Field, sign: str, literal: Literal, now: int) -> QueryInstance:
    """Return the query ``field sign literal``; `sign` is one of = != < <= > >=.

    A run that lacks the field, or has null there, matches none of them.

    Raises
    ------
    InvalidInput
        If the field cannot be compared with that value, or not in that way.
    """
    if literal.is_null:
        if sign not in ("=", "!="):
            raise InvalidInput(f"null cannot be compared by {sign}. Write {field.name} IS NULL.")
        return is_missing(field) if sign == "=" else is_present(field)
    if sign == "!=":
        return is_present(field) & ~compare(field, "=", literal, now)
    path = query_of(field)
    match field.kind:
        case Kind.NUMBER:
            return _compare_number(path, sign, read_number(field, literal))
        case Kind.TEXT:
            return _compare_text(path, sign, literal.text)
        case Kind.LOOSE:
            return _compare_loosely(path, sign, read_loosely(literal, sign))
        case Kind.STATE:
            return _compare_text(path, sign, _read_state(literal, sign))
        case Kind.TIME:
            return _compare_time(path, sign, *read_moment(literal.text, now))
        case Kind.DURATION:
            seconds = read_span(literal.text)
            if seconds is None:
                raise InvalidInput(
                    f"{literal.text!r} is no span of time. Write seconds, or 2m, 1h, '2 m 14 s'."
                )
            return _compare_duration(sign, seconds)
        case Kind.FLAG:
            return _compare_flag(field, sign, literal)
        case Kind.DATA:
            raise InvalidInput(f"{field.name} cannot be compared here: no data is known.")


def is_like(field: Field, pattern: str, *, ignore_case: bool) -> QueryInstance:
    """Return the query ``field LIKE pattern``, or ILIKE with `ignore_case`.

    ``%`` stands for any characters, ``_`` for one; behind a backslash they stand for themselves.
    A param that is no text is compared by what ``str`` makes of it.

    Raises
    ------
    InvalidInput
        If the field holds no text.
    """
    if field.kind in (Kind.TEXT, Kind.STATE):
        return query_of(field).matches(_regex(pattern, ignore_case or field.kind is Kind.STATE))
    if field.kind is Kind.LOOSE:
        return _test(query_of(field), _looks_like, _regex(pattern, ignore_case))
    raise InvalidInput(f"LIKE compares text, and {field.name} holds none. Use = or <.")


def is_missing(field: Field) -> QueryInstance:
    """Return the query ``field IS NULL``: nothing is there, or null."""
    return ~is_present(field)


def is_present(field: Field) -> QueryInstance:
    """Return the query ``field IS NOT NULL``."""
    if field.kind is Kind.FLAG:
        return Query().noop()  # Documents leave a flag out that is not set.
    if field.kind is Kind.DURATION:
        return _is_not_null(where("start_time")) & _is_not_null(where("end_time"))
    return _is_not_null(query_of(field))


def is_number(number: int) -> QueryInstance:
    """Return the query ``#number``."""
    return _apply("=", where("run_number"), number)


def holds_phrase(phrase: str) -> QueryInstance:
    """Return the query for `phrase` in a run's name, description or tags, in any case."""
    folded = phrase.casefold()

    def test(run: Mapping[str, Any]) -> bool:
        tags = run.get("tags", {})
        texts = [run.get("run_name"), run.get("description"), *tags, *tags.values()]
        return any(folded in str(text).casefold() for text in texts if text is not None)

    return QueryInstance(test, ("phrase", folded))


def all_of(parts: Sequence[QueryInstance]) -> QueryInstance:
    """Join queries by ``and``, without nesting deeply."""
    return _join(operator.and_, parts)


def any_of(parts: Sequence[QueryInstance]) -> QueryInstance:
    """Join queries by ``or``, without nesting deeply."""
    return _join(operator.or_, parts)


def _join(
    join: Callable[[QueryInstance, QueryInstance], QueryInstance], parts: Sequence[QueryInstance]
) -> QueryInstance:
    joined = list(parts)
    while len(joined) > 1:
        pairs = (joined[i : i + 2] for i in range(0, len(joined), 2))
        joined = [reduce(join, pair) for pair in pairs]
    return joined[0]


def query_of(field: Field) -> Query:
    """Return the path to a field, as TinyDB has it."""
    query = Query()
    for key in field.path:
        query = query[key]
    return query


# TinyDB annotates neither what its operators return nor that a test may take arguments.


def _apply(sign: str, path: Query, value: Any) -> QueryInstance:
    query: QueryInstance = SIGNS[sign](path, value)
    return query


def _test(path: Query, function: Callable[..., bool], *arguments: Any) -> QueryInstance:
    return path.test(function, *arguments)


def _is_not_null(path: Query) -> QueryInstance:
    return _apply("!=", path, None)


# -- values ----------------------------------------------------------------------------------------


def read_number(field: Field, literal: Literal) -> int | float:
    """Return the number that a metric is compared with."""
    number = number_in(literal.text)
    if number is not None:
        return number
    if names_field(literal.text):
        raise InvalidInput(f"Two fields cannot be compared. Put a number behind {field.name}.")
    raise InvalidInput(f"{field.name} is a number, and {literal.text!r} is none.")


def read_loosely(literal: Literal, sign: str) -> bool | float | str:
    """Return what a param or tag is compared with."""
    if literal.quoted:
        return literal.text
    if literal.text.lower() in ("true", "false"):
        if sign != "=":
            raise InvalidInput(f"{literal.text} has no order. Use = or !=.")
        return literal.text.lower() == "true"
    number = number_in(literal.text)
    return literal.text if number is None else number


def _read_state(literal: Literal, sign: str) -> str:
    if sign != "=":
        raise InvalidInput("States have no order. Use =, != or IN.")
    state = _STATES.get(literal.text.lower())
    if state is None:
        names = ", ".join(state.value for state in RunState)
        raise InvalidInput(f"There is no state {literal.text!r}. A run is one of {names}.")
    return state


# -- comparisons -----------------------------------------------------------------------------------


def _compare_number(path: Query, sign: str, number: int | float) -> QueryInstance:
    if sign == "=":
        return _test(path, _is_nan) if number != number else _apply("=", path, number)
    # The test in front keeps text and null from the operator, which would raise.
    return _test(path, _is_number) & _apply(sign, path, number)


def _compare_text(path: Query, sign: str, text: str) -> QueryInstance:
    if sign == "=":
        return _apply("=", path, text)
    return _test(path, _is_text) & _apply(sign, path, text)


def _compare_time(path: Query, sign: str, first: int, after: int) -> QueryInstance:
    """Compare with a stretch of time: ``=`` is within it, ``<=`` not after it."""
    number = _test(path, _is_number)
    if sign == "=":
        return number & _apply(">=", path, first) & _apply("<", path, after)
    if sign == "<=":
        return number & _apply("<", path, after)
    return number & _apply(sign, path, first)


def _compare_duration(sign: str, seconds: float) -> QueryInstance:
    def test(run: Mapping[str, Any]) -> bool:
        start: Any = run.get("start_time")
        end: Any = run.get("end_time")
        if not (_is_number(start) and _is_number(end)):
            return False
        return bool(SIGNS[sign]((end - start) / 1000, seconds))

    return _is_not_null(where("end_time")) & QueryInstance(test, ("duration", sign, seconds))


def _compare_flag(field: Field, sign: str, literal: Literal) -> QueryInstance:
    text = literal.text.lower()
    if sign != "=" or text not in ("true", "false"):
        raise InvalidInput(f"{field.name} is true or false. Write {field.name} = true.")
    is_set = _apply("=", query_of(field), True)
    return is_set if text == "true" else ~is_set


def _compare_loosely(path: Query, sign: str, wanted: bool | float | str) -> QueryInstance:
    if isinstance(wanted, bool):
        exact = _test(path, _is_flag, wanted)
    elif sign == "=":
        exact = _test(path, _is_same, wanted)
    else:
        exact = _test(path, _is_ordered, sign, wanted)
    # The test in front lets nothing through on which an operator behind it would raise.
    candidates = _candidates(path, sign, wanted)
    return exact & any_of(candidates) if candidates else exact


def _candidates(path: Query, sign: str, wanted: bool | float | str) -> list[QueryInstance]:
    """Return queries of which one is true wherever the comparison is; none if none is sure."""
    any_text = path.matches("")
    number = _number_of(wanted)
    if number is not None and number != number:
        return []
    if sign != "=":
        return [any_text] if number is None else [any_text, _apply(sign, path, number)]
    if not isinstance(wanted, str):
        return [any_text, _apply("=", path, wanted)]
    if wanted.startswith(("[", "{")):
        return []
    found = [_apply("=", path, wanted)]
    if number is not None:
        found.append(_apply("=", path, number))
    if wanted.lower() in ("true", "false"):
        found.append(_apply("=", path, wanted.lower() == "true"))
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _number_of(value: Any) -> int | float | None:
    if isinstance(value, str):
        return number_in(value)
    return value if _is_number(value) else None


def _is_flag(value: Any, wanted: bool) -> bool:
    return isinstance(value, (bool, str)) and str(value).lower() == str(wanted).lower()


def _is_same(value: Any, wanted: float | str) -> bool:
    """Whether a param equals a number or text; see :mod:`cellbook.views.filters`."""
    if isinstance(value, str) and isinstance(wanted, str):
        return value == wanted
    if isinstance(value, bool):
        return str(value).lower() == str(wanted).lower()
    number, other = _number_of(value), _number_of(wanted)
    if number is None or other is None:
        return value is not None and str(value) == wanted
    return number == other or (number != number and other != other)


def _is_ordered(value: Any, sign: str, wanted: float | str) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return bool(SIGNS[sign](value, wanted))
    number, other = _number_of(value), _number_of(wanted)
    return number is not None and other is not None and bool(SIGNS[sign](number, other))


# -- patterns --------------------------------------------------------------------------------------


def _looks_like(value: Any, pattern: str) -> bool:
    return value is not None and re.match(pattern, str(value)) is not None


def _regex(pattern: str, ignore_case: bool) -> str:
    """Turn a LIKE pattern into a regular expression that never tries one place twice over.

    Each part between two ``%`` is taken where it first fits, which is as good as anywhere later;
    the atomic groups say that no other place need be tried.
    """
    parts = [""]
    for escaped, character in re.findall(r"\\([%_\\])|(.)", pattern, re.DOTALL):
        if character == "%":
            parts.append("")
        else:
            parts[-1] += "." if character == "_" else re.escape(escaped or character)
    first, *rest = parts
    if rest:
        *middle, last = rest
        first += "".join(f"(?>.*?{part})" for part in middle if part) + f".*{last}"
    return ("(?si)" if ignore_case else "(?s)") + first + r"\Z"
