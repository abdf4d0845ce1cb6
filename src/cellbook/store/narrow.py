"""SQL narrows, TinyDB decides: what SQLite can say beforehand about a TinyDB query.

A query is compiled to a condition on the column ``body``, the JSON text of a document, that is
true for **every** row the query accepts and for as few others as SQL can tell; TinyDB then tests
the rows that are left.  What cannot be compiled is left out of the condition: slow, never wrong.

Each part of a query is kept between two bounds, ``upper`` (true wherever the part is) and
``lower`` (true only where the part is), because the negation of an upper bound is a lower bound
and the other way round.  In both, SQL's NULL counts as false.

The bounds are not tight where SQL and Python see a document differently:

- NaN is null in ``body``, and the two cannot be told apart there.
- Numbers are widened: SQLite reads a decimal up to a few units in the last place off, and an
  integer beyond 64 bits as a float.
- Text with a NUL in it ends there for SQLite before 3.45; a list or dictionary is its JSON text.
- A key beyond ASCII may stand in ``body`` as itself or escaped, and SQLite before 3.45 does not
  know that the two are one.

A comparison that makes plain TinyDB raise TypeError (``'a' > 1``) may be narrowed away, so that the
search goes through.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cellbook.store.encoding import is_escaped

_NO_COLUMNS: Mapping[str, str] = MappingProxyType({})
_RELATIVE = 1e-14
"""How far off SQLite may read a float; twenty times what was measured from 3.37 to 3.54, as a C
library without extended precision reads worse."""
_ABSOLUTE = 1e-290
"""The same close to zero, where floats lose precision."""
_LARGEST_EXACT = 2**53
"""From here on, one float stands for several integers."""
_MOST_NESTED = 16
"""Parentheses within parentheses; SQLite's parser before 3.46 has room for about 30."""
_WIDEST = 32
"""Terms in one chain of ORs; a chain's length counts towards SQLite's limit of depth, 1,000."""
_LONGEST = 500_000
"""Bytes of a condition; SQLite takes a statement of a million."""
_RANGES = {"==", "<", "<=", ">", ">=", "one_of", "matches", "search"}
"""Operators that are false where there is no value, and whose rows lie together in an index."""
_UNRANGED = ("json_type(", "IS NOT TRUE", "EXISTS (")
"""Each marks a condition that must be tested row by row.  One that only looks so, as these stand in
a text that it compares with, is tested so too: slower, not wrong."""
_BASES: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (int, int),
    (float, float),
    (str, str.__str__),
)


def narrow(query: object, columns: Mapping[str, str] = _NO_COLUMNS) -> str | None:
    """Return an SQL condition that is true for every row that `query` accepts.

    Parameters
    ----------
    query
        A TinyDB query, or whatever else TinyDB takes for one.
    columns
        Fields that every document has and ``body`` lacks, by name, and the SQL that yields each:
        ``{"run_number": "num"}``.

    Returns
    -------
    str or None
        None if nothing can be said beforehand.
    """
    condition = _compile(getattr(query, "_hash", None), columns).upper
    return None if condition is None or len(condition.encode()) > _LONGEST else condition


@dataclass(frozen=True, slots=True)
class Part:
    """A condition that is true for every row that a query accepts; see :func:`narrow_parts`."""

    condition: str
    paths: frozenset[tuple[str, ...]] = frozenset()
    """Paths into ``body`` that it speaks of, if indexes of these, and of columns, yield its rows;
    else empty."""
    ranged: bool = False
    """Whether indexes yield its rows."""


def narrow_parts(query: object, columns: Mapping[str, str] = _NO_COLUMNS) -> list[Part]:
    """Return the conditions which, all together, say what :func:`narrow` does.

    For a search that weighs which of them to begin with.  That a value is there is left out where
    another condition on it implies it.
    """
    nodes = _flatten("and", [getattr(query, "_hash", None)])
    subjects = {_subject(node) for node in nodes}
    parts = []
    length = 0
    for node in nodes:
        match node:
            case ("test" | "exists", tuple(path), *_) if path in subjects:
                continue
        condition = _compile(node, columns).upper
        if condition is not None and length + len(condition.encode()) <= _LONGEST:
            length += len(condition.encode())
            ranged = not any(word in condition for word in _UNRANGED)
            paths = _paths(node, columns) if ranged else ()
            parts.append(Part(condition, frozenset(paths), ranged))
    return parts


def _subject(node: Any) -> tuple[Any, ...] | None:
    """Return the path of the one value that must be there for this part of a query to be true."""
    match node:
        case ("or", frozenset(parts)):
            subjects = {_subject(part) for part in parts}
            return subjects.pop() if len(subjects) == 1 else None
        case (str(operator), tuple(path), _) if operator in _RANGES:
            return path
    return None


def _paths(node: Any, columns: Mapping[str, str]) -> set[tuple[str, ...]]:
    """Return the paths into ``body`` that the ranges in `node` are of."""
    found: set[tuple[str, ...]] = set()
    pending = [node]
    while pending:
        match pending.pop():
            case ("and" | "or", frozenset(parts)):
                pending += parts
            case (str(operator), tuple(path), _) if operator in _RANGES:
                if path_expression(path) is not None and path[0] not in columns:
                    found.add(path)
    return found


def path_expression(path: Sequence[Any]) -> str | None:
    """Return the SQL for the value at `path` in ``body``: the text to index and to order by.

    Numbers come as numbers, text as text, true and false as 1 and 0; null, NaN and what is missing
    as NULL; a list or dictionary as its JSON text.

    Returns
    -------
    str or None
        None where SQLite would not find the value: for keys that are no text, empty, or hold
        double quotes, backslashes, control characters or half of a surrogate pair.
    """
    return _apply("json_extract", path)


def _apply(function: str, path: Sequence[Any]) -> str | None:
    if not path or not all(_is_findable(key) for key in path) or is_escaped(path[0]):
        return None
    plain = "".join(f'."{key}"' for key in path)
    if plain.isascii():
        return f"{function}(body,{_quote('$' + plain)})"
    escaped = "".join(_escape(character) for character in plain)
    return (
        f"ifnull({function}(body,{_quote('$' + plain)}),{function}(body,{_quote('$' + escaped)}))"
    )


def _is_findable(key: Any) -> bool:
    return (
        isinstance(key, str)
        and key != ""
        and not any(c in '"\\\x7f' or c < " " or "\ud800" <= c <= "\udfff" for c in key)
    )


def _escape(character: str) -> str:
    if character.isascii():
        return character
    pair = character.encode("utf-16-be")
    return "".join(f"\\u{pair[i : i + 2].hex()}" for i in range(0, len(pair), 2))


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# -- bounds ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What SQL knows of one part of a query; see the module."""

    upper: str | None = None
    """None: the part may be true anywhere."""
    lower: str | None = None
    """None: the part may be false anywhere."""
    nested: int = 1

    def __invert__(self) -> _Bounds:
        return _Bounds(_negate(self.lower), _negate(self.upper), self.nested + 1)


_UNKNOWN = _Bounds()


@dataclass(frozen=True, slots=True)
class _Place:
    """A value in a row, as SQL."""

    value: str
    kind: str
    """SQL for its type, in JSON's words; NULL where it is missing."""

    @property
    def exists(self) -> str:
        return f"{self.kind} IS NOT NULL"


def _negate(condition: str | None) -> str | None:
    return None if condition is None else f"({condition}) IS NOT TRUE"


def _combine(word: str, parts: Sequence[_Bounds]) -> _Bounds:
    known = [part if part.nested < _MOST_NESTED else _UNKNOWN for part in parts]
    upper, upper_depth = _join(word, [part.upper for part in known], gaps=word == "and")
    lower, lower_depth = _join(word, [part.lower for part in known], gaps=word == "or")
    inner = max(part.nested for part in known)
    return _Bounds(upper, lower, inner + max(upper_depth, lower_depth))


def _join(word: str, conditions: Iterable[str | None], *, gaps: bool) -> tuple[str | None, int]:
    """Join conditions, in groups of groups; return also how deep the result nests.

    With `gaps`, what is not known may be left out; else it makes the whole unknown.
    """
    distinct = set(conditions)
    if None in distinct and not gaps:
        return None, 0
    # Sorted, as the order of a set of texts differs from process to process.
    parts = sorted(condition for condition in distinct if condition is not None)
    depth = 0
    while len(parts) > 1:
        groups = [parts[i : i + _WIDEST] for i in range(0, len(parts), _WIDEST)]
        parts = [f"({f' {word.upper()} '.join(group)})" for group in groups]
        depth += 1
    return (parts[0] if parts else None), depth


def _compile(node: Any, columns: Mapping[str, str], depth: int = 0) -> _Bounds:
    """Compile the hash of a query, which is its syntax tree."""
    if depth > _MOST_NESTED:
        return _UNKNOWN
    match node:
        case ("and" | "or" as word, frozenset(parts)):
            bounds = [_compile(part, columns, depth + 1) for part in _flatten(word, parts)]
            return _combine(word, bounds)
        case ("not", inner):
            return ~_compile(inner, columns, depth + 1)
        case (str(operator), tuple(path), *arguments):
            place = _find(path, columns)
            return _UNKNOWN if place is None else _leaf(operator, place, arguments)
    return _UNKNOWN


def _flatten(word: str, parts: Collection[Any]) -> list[Any]:
    flat: list[Any] = []
    pending = list(parts)
    while pending:
        match pending.pop():
            case (same, frozenset(inner)) if same == word:
                pending += inner
            case part:
                flat.append(part)
    return flat


def _find(path: tuple[Any, ...], columns: Mapping[str, str]) -> _Place | None:
    if len(path) == 1 and path[0] in columns:
        column = columns[path[0]]
        return _Place(column, f"typeof({column})")
    value, kind = _apply("json_extract", path), _apply("json_type", path)
    return None if value is None or kind is None else _Place(value, kind)


# -- leaves ------------------------------------------------------------------------------------


def _leaf(operator: str, place: _Place, arguments: Sequence[Any]) -> _Bounds:
    exists = _Bounds(place.exists, place.exists)
    match operator, arguments:
        case "exists", []:
            return exists
        case "==", [literal]:
            return _among(place, [literal])
        case "!=", [literal]:
            return _combine("and", [exists, ~_among(place, [literal])])
        case "<" | "<=", [literal]:
            return _below(place, _builtin(literal))
        case ">" | ">=", [literal]:
            return _above(place, _builtin(literal))
        case "one_of", [tuple() | frozenset() as items]:
            return _among(place, items)
        case "any" | "all", [tuple() | frozenset() as items] if len(items) <= _WIDEST:
            return _Bounds(_holding(operator, place, items), nested=4)
        case "any" | "all", [_]:
            return _Bounds(f"{place.kind} IN ('array','object','text')")
        case "matches" | "search", [_]:
            return _Bounds(f"{place.value} >= ''")
        case "one_of", [_]:
            return _Bounds(place.exists)
        case "test", [_, _]:
            return _Bounds(place.exists)
    return _UNKNOWN


def _among(place: _Place, items: Iterable[Any]) -> _Bounds:
    """Bound that the value equals one of `items`, or is the very same object."""
    uppers: list[str | None] = []
    texts: list[str] = []
    whole: list[str] = []
    for item in map(_builtin, items):
        match item:
            case str() if _is_sql_text(item):
                texts.append(_quote(item))
            case str():
                uppers.append(f"{place.kind} = 'text'")
            case int() | float() if item == item:
                low, high = _around(item)
                uppers.append(f"{place.value} BETWEEN {low} AND {high}")
                if abs(item) < _LARGEST_EXACT and item == int(item):
                    whole.append(str(int(item)))
            case None | float():
                uppers.append(f"{place.kind} = 'null'")
            case tuple():
                uppers.append(f"{place.kind} = 'array'")
            case dict():
                uppers.append(f"{place.kind} = 'object'")
            case _:
                uppers.append(place.exists)
    lowers: list[str | None] = []
    if texts:
        same = _in(place.value, texts)
        uppers.append(same)
        lowers.append(f"({same} AND {place.kind} = 'text' AND instr(body,'\\u0000') = 0)")
    if whole:
        lowers.append(f"({_in(place.value, whole)} AND {place.kind} IN ('integer','true','false'))")
    upper, upper_depth = _join("or", uppers or ["0"], gaps=False)
    lower, lower_depth = _join("or", lowers, gaps=True)
    return _Bounds(upper, lower, 2 + max(upper_depth, lower_depth))


def _below(place: _Place, literal: Any) -> _Bounds:
    match literal:
        case str() if _is_sql_text(literal):
            text = _quote(literal)
            return _Bounds(f"{place.value} BETWEEN '' AND {text}", f"{place.value} < {text}")
        case int() | float() if literal == literal:
            low, high = _around(literal)
            return _Bounds(f"{place.value} <= {high}", f"{place.value} < {low}")
    return _Bounds(place.exists)


def _above(place: _Place, literal: Any) -> _Bounds:
    match literal:
        case str() if _is_sql_text(literal):
            text = _quote(literal)
            return _Bounds(f"{place.value} >= {text}", f"{place.value} > {text}")
        case int() | float() if literal == literal:
            low, high = _around(literal)
            # Text is above all numbers in SQL; the upper end keeps it out.
            return _Bounds(f"{place.value} BETWEEN {low} AND 9e999", f"{place.value} > {high}")
    return _Bounds(place.exists)


def _holding(operator: str, place: _Place, items: Collection[Any]) -> str:
    """Return what is true of every value that holds any or all of `items`.

    TinyDB takes the keys of a dictionary and the characters of a text for items too.
    """
    listed = f"CASE {place.kind} WHEN 'array' THEN {place.value} END"
    item = _Place("item.value", "item.type")
    found = [
        f"EXISTS (SELECT 1 FROM json_each({listed}) AS item WHERE {_among(item, wanted).upper})"
        for wanted in ([items] if operator == "any" else [[one] for one in items])
    ]
    inside = f"({' AND '.join(found)})" if found else f"{place.kind} = 'array'"
    return f"({place.kind} IN ('object','text') OR {inside})"


def _in(value: str, literals: Sequence[str]) -> str:
    return (
        f"{value} = {literals[0]}" if len(literals) == 1 else f"{value} IN ({','.join(literals)})"
    )


def _is_sql_text(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _around(number: float) -> tuple[str, str]:
    """Return, as SQL, what SQLite may at least and at most read `number` as."""
    try:
        value = float(number)
    except OverflowError:
        value = math.inf if number > 0 else -math.inf
    value = max(-sys.float_info.max, min(value, sys.float_info.max))
    margin = max(abs(value) * _RELATIVE, _ABSOLUTE)
    return _literal(value - margin), _literal(value + margin)


def _literal(number: float) -> str:
    return repr(number) if math.isfinite(number) else "9e999" if number > 0 else "-9e999"


def _builtin(value: Any) -> Any:
    """Return a text or number of a subclass (an enum's member, NumPy's float64) as its base's.

    One that compares in a way of its own becomes NotImplemented, which nothing is known of.
    """
    kind: Any = type(value)
    for base, plain in _BASES:
        if isinstance(value, base):
            usual = kind.__eq__ is base.__eq__ or kind.__module__ == "numpy"
            return plain(value) if usual else NotImplemented
    return value
