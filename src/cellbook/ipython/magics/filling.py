"""The user's values in a query: data, never syntax."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from cellbook.errors import InvalidInput
from cellbook.records import as_param, as_text

_FIELD = re.compile(r"\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_WORD = r"[\w./:@%+\[\]$-]"


def fill(query: str, value_of: Callable[[str], Any], text_of: Callable[[str], str]) -> str:
    """Return a query with each ``{expression}`` in it replaced by its value, as the query has it.

    Text is quoted, numbers stand as they are, a list is the ``('a', 'b')`` of IN; behind a dot a
    value is a name.  In quotes, or within a longer word, it is a part of that.  A query that is
    nothing but ``{expression}`` is the value itself.

    Parameters
    ----------
    query
        What the user wrote.
    value_of
        Evaluates an expression.
    text_of
        Gives the text of a whole ``{expression!r:format}``.

    Raises
    ------
    InvalidInput
        If a value can be no part of a query there.
    """
    if _FIELD.fullmatch(query.strip()):
        return text_of(query)
    parts, at, quote = [], 0, ""
    for match in _FIELD.finditer(query):
        before = query[at : match.start()]
        parts.append(before)
        quote = _quote_after(before, quote)
        at = match.end()
        if quote:
            parts.append(text_of(match[0]).replace(quote, quote * 2))
        elif re.search(_WORD + "$", query[: match.start()]) or re.match(_WORD, query[at:]):
            parts.append(_part(match, query, text_of))
        else:
            plain = ":" not in match[1] and "!" not in match[1]
            parts.append(_value(value_of(match[1]) if plain else _number(text_of(match[0]))))
    return "".join([*parts, query[at:]])


def _quote_after(text: str, quote: str) -> str:
    """Return the quote that is open behind `text`, where `quote` was open before it."""
    for character in text:
        if character == quote:
            quote = ""
        elif not quote and character in "'\"`":
            quote = character
    return quote


def _part(match: re.Match[str], query: str, text_of: Callable[[str], str]) -> str:
    text = text_of(match[0])
    if re.fullmatch(_WORD + "+", text):
        return text
    if query[: match.start()].endswith(".") and not re.match(_WORD, query[match.end() :]):
        return f"`{text.replace('`', '``')}`"
    raise InvalidInput(
        f"{match[0]} is {text[:60]!r}, which cannot stand within a word. Put it in quotes."
    )


def _number(text: str) -> Any:
    try:
        return float(text) if not text.isdecimal() else int(text)
    except ValueError:
        return text


def _value(value: Any) -> str:
    value = value.tolist() if hasattr(value, "tolist") else value
    value = sorted(value, key=as_text) if isinstance(value, (set, frozenset)) else as_param(value)
    if isinstance(value, list):
        if not value:
            raise InvalidInput("IN needs at least one value, and the list is empty.")
        return f"({', '.join(map(_value, value))})"
    if value is None:
        raise InvalidInput("None is no value of a query. Write IS NULL or IS NOT NULL.")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    return "'" + as_text(value).replace("'", "''") + "'"
