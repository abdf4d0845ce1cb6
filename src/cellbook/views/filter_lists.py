"""``IN``: however many values there are, each run is tested once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tinydb.queries import QueryInstance

from cellbook.views.filter_fields import (
    Field,
    Kind,
    Literal,
    any_of,
    query_of,
    read_loosely,
    read_number,
)
from cellbook.views.filter_tokens import number_in

KINDS = frozenset({Kind.TEXT, Kind.NUMBER, Kind.LOOSE})
"""The kinds of field that this is for; of the others, lists are short."""


def read_item(field: Field, literal: Literal) -> bool | float | str:
    """Return one value of a list.

    Raises
    ------
    InvalidInput
        If the field cannot be compared with it.
    """
    if field.kind is Kind.NUMBER:
        return read_number(field, literal)
    return literal.text if field.kind is Kind.TEXT else read_loosely(literal, "=")


def is_one_of(field: Field, wanted: Sequence[Any]) -> QueryInstance:
    """Return the query ``field IN (wanted)``: what ``field = a or field = b …`` finds."""
    path = query_of(field)
    if field.kind is Kind.TEXT:
        return path.one_of(list(wanted))
    loose = field.kind is Kind.LOOSE
    make = _loosely_among if loose else _among
    # A hash that is the same each time this is read: 1, 1.0 and True would be one in it.
    exact = QueryInstance(
        path.test(make(wanted)), ("test", field.path, make, tuple(map(repr, wanted)))
    )
    # What SQL can narrow by, behind the test that says it all.
    equal: list[Any] = []
    for one in wanted:
        number = number_in(one) if isinstance(one, str) else one
        if number != number or (isinstance(one, str) and one.startswith(("[", "{"))):
            return exact
        equal += [one] if number is None or number is one else [one, number]
        if isinstance(one, str) and one.lower() in ("true", "false"):
            equal.append(one.lower() == "true")
    candidates = [path.one_of(equal)]
    if loose and not all(isinstance(one, str) for one in wanted):
        candidates.append(path.matches(""))
    return exact & any_of(candidates)


def _among(wanted: Sequence[Any]) -> Callable[[Any], bool]:
    numbers = {number for number in wanted if number == number}
    nan = len(numbers) < len(set(wanted))

    def test(value: Any) -> bool:
        if isinstance(value, float) and value != value:
            return nan
        return isinstance(value, (int, float)) and value in numbers

    return test


def _loosely_among(wanted: Sequence[bool | float | str]) -> Callable[[Any], bool]:
    flags = {str(one).lower() for one in wanted if isinstance(one, bool)}
    texts = {one for one in wanted if isinstance(one, str)}
    plain = [one for one in wanted if not isinstance(one, (bool, str))]
    read = [(text, number_in(text)) for text in texts]
    words = {text for text, number in read if number is None}
    flag_words = flags | {str(one).lower() for one in (*texts, *plain)}
    plain_number = _among(plain)
    number = _among([*plain, *(found for _, found in read if found is not None)])

    def test(value: Any) -> bool:
        if isinstance(value, str):
            return value in texts or value.lower() in flags or plain_number(number_in(value))
        if isinstance(value, bool):
            return str(value).lower() in flag_words
        if isinstance(value, (int, float)):
            return number(value) or str(value) in words
        return value is not None and str(value) in texts

    return test
