"""``data.NAME``: runs by the versions of data that they used.

A number is a version's, a word an alias or a label, a longer one a digest or its beginning.  What a
run made rather than used does not count.  Versions that were taken off the record keep their number
and are found by it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tinydb.queries import QueryInstance, where

from cellbook.errors import InvalidInput
from cellbook.records import OUTPUT, DatasetVersion
from cellbook.views.filter_fields import SIGNS, Literal, any_of
from cellbook.views.filter_tokens import number_in

Versions = Callable[[], Iterable[tuple[str, DatasetVersion]]]
"""Gives all versions of a book, each under every id that leads to it."""

_NARROWED = 16
"""Ids that SQL looks for one by one; of more, each run is tested."""
_DIGITS = 8
"""Characters from which on the beginning of a digest is taken for one."""


def compare_version(versions: Versions, name: str, sign: str, literal: Literal) -> QueryInstance:
    """Return the query for runs that used a version of `name` of which a comparison is true.

    Raises
    ------
    InvalidInput
        If it can be true of none: an order of words, or a word that no version of `name` has.
    """
    known = _named(versions, name)
    if literal.is_null:
        if sign not in ("=", "!="):
            raise InvalidInput(f"null cannot be compared by {sign}. Write data.{name} IS NULL.")
        return uses(known) if sign == "!=" else ~uses(known)
    if sign == "!=":
        return uses(known) & ~compare_version(versions, name, "=", literal)
    number = number_in(literal.text)
    if number is not None:
        return uses({key: one for key, one in known.items() if SIGNS[sign](one.version, number)})
    word = literal.text
    if sign != "=":
        raise InvalidInput(f"{word!r} has no order. Write a number behind {sign}, or = {word}.")
    found = {key: one for key, one in known.items() if word in one.aliases}
    found = found or {key: one for key, one in known.items() if word in one.labels}
    if not found and len(word) >= _DIGITS:
        found = {
            key: one
            for key, one in known.items()
            if one.digest.startswith(word) or one.digest.rpartition(":")[2].startswith(word)
        }
    if known and not found:
        raise InvalidInput(f"No version of data:{name} is called {word!r}. {_meant(known, word)}")
    return uses(found)


def _meant(known: Mapping[str, DatasetVersion], word: str) -> str:
    words = {text for one in known.values() for text in (*one.aliases, *one.labels)}
    near = difflib.get_close_matches(word, words, 1)
    newest = max(one.version for one in known.values())
    return f"Did you mean {near[0]}?" if near else f"Write its number, such as {newest}."


def uses_any(versions: Versions, name: str) -> QueryInstance:
    """Return the query for runs that used data of a name."""
    return uses(_named(versions, name))


def uses(known: Mapping[str, DatasetVersion]) -> QueryInstance:
    """Return the query for runs that used one of some versions, by id."""
    ids = frozenset(known)

    def test(run: Mapping[str, Any]) -> bool:
        inputs = run.get("inputs")
        if not isinstance(inputs, Mapping):
            return False
        return any(_is_used(inputs[one]) for one in ids & inputs.keys())

    exact = QueryInstance(test, ("data", tuple(sorted(ids))))
    if not 0 < len(ids) <= _NARROWED:
        return exact
    return exact & any_of([where("inputs")[one].exists() for one in sorted(ids)])


def _is_used(roles: Any) -> bool:
    return not isinstance(roles, Mapping) or not roles or any(role != OUTPUT for role in roles)


def _named(versions: Versions, name: str) -> dict[str, DatasetVersion]:
    return {key: one for key, one in versions() if one.name == name}
