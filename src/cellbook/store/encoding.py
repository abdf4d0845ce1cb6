"""JSON as the book writes it: one place that knows about NaN, infinities and odd strings.

JSON has no NaN and no infinity, and SQLite rejects the names that Python writes for them.  So an
infinity is written ``1e999``, which every reader takes for infinity, and NaN

- in a journal as ``{"$f":"nan"}``, and
- in the index as ``null``, with the list of its places under the key ``$nan`` of the document, so
  that SQL sees a missing number.

A key of the user's own that reads so is written with one more ``$``: ``$f`` as ``$$f``, ``$$f`` as
``$$$f``, and likewise ``$nan`` at the top of a document in the index.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

_NAN = {"$f": "nan"}
_TAG_END = '$f":'
"""In the JSON of every object with the key ``$f``, ``$$f`` …"""
_TAG_KEY = re.compile(r"\$+f")
_OWN_KEY = '"$'
"""In the text of every document that the index holds otherwise than it is."""
_PLACES_KEY = re.compile(r"\$+nan")
NAN_PLACES = "$nan"
"""The key under which the index keeps the places of a document's NaNs."""
_strict = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
).encode
_lenient = json.JSONEncoder(
    ensure_ascii=True, separators=(",", ":"), allow_nan=True, check_circular=False
).encode
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN')
_NON_FINITE = {"Infinity": "1e999", "-Infinity": "-1e999", "NaN": "null"}


def encode_event(value: Any) -> bytes:
    """Write `value` as one line of JSON, without its line end.

    Raises
    ------
    TypeError
        If it holds something that JSON has no form for.
    """
    try:
        text = _strict(value)
        if _TAG_END not in text:
            return text.encode()
        return _strict(_tag(value)).encode()
    except (ValueError, UnicodeEncodeError):
        # A number that JSON lacks, or half of a surrogate pair: rare, so the slow way is enough.
        return _finite(_lenient(_tag(value))).encode()


def decode_event(line: bytes) -> Any:
    """Read what :func:`encode_event` wrote.

    Raises
    ------
    ValueError
        If it is not JSON.
    """
    if _TAG_END.encode() in line:
        return json.loads(line, object_hook=_untag)
    return json.loads(line)


def encode_body(doc: dict[str, Any]) -> str:
    """Write a document as the index keeps it: strict JSON that SQL's functions read."""
    if any(map(is_escaped, doc)):
        doc = {"$" + key if is_escaped(key) else key: value for key, value in doc.items()}
    try:
        text = _strict(doc)
        text.encode()
    except (ValueError, UnicodeEncodeError):
        places: list[list[Any]] = []
        _find_nan(doc, [], places)
        if places:
            doc = {**doc, NAN_PLACES: places}
        return _finite(_lenient(doc))
    return text


def decode_body(text: str) -> dict[str, Any]:
    """Read what :func:`encode_body` wrote."""
    doc: dict[str, Any] = json.loads(text)
    return _restored(doc) if _OWN_KEY in text else doc


def decode_bodies(texts: list[str]) -> list[dict[str, Any]]:
    """Read many documents in one go, which is a good deal quicker than one by one."""
    docs: list[dict[str, Any]] = json.loads("[" + ",".join(texts) + "]")
    return [
        _restored(doc) if _OWN_KEY in text else doc for doc, text in zip(docs, texts, strict=True)
    ]


def decode_arrays(texts: Sequence[str], fields: Sequence[str | tuple[str, ...]]) -> list[list[Any]]:
    """Read arrays of the values of `fields` and of the NaNs' places; return a list a field."""
    paths = [[field] if isinstance(field, str) else list(field) for field in fields]
    rows: list[list[Any]] = json.loads("[" + ",".join(texts) + "]")
    for row in rows:
        places = row.pop()
        for place in places or ():
            for column, path in enumerate(paths):
                if place[: len(path)] == path:
                    _put_nan(row, [column, *place[len(path) :]])
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in fields]


def json_path(field: str | tuple[str, ...]) -> str:
    """Return how SQL names a field, which holds no quotes and no backslash."""
    keys = (field,) if isinstance(field, str) else field
    return "'$" + "".join(f'."{key}"' for key in keys) + "'"


def is_escaped(key: str) -> bool:
    """Whether a document's key of that name has another one in the index."""
    return key[:1] == "$" and _PLACES_KEY.fullmatch(key) is not None


def _restored(doc: dict[str, Any]) -> dict[str, Any]:
    """Put the NaNs back that the index holds as null, and the user's own names of keys."""
    for path in doc.pop(NAN_PLACES, ()):
        _put_nan(doc, path)
    if any(map(is_escaped, doc)):
        doc = {key[1:] if is_escaped(key) else key: value for key, value in doc.items()}
    return doc


def _put_nan(target: Any, path: Sequence[Any]) -> None:
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = math.nan


def _finite(text: str) -> str:
    return _TOKENS.sub(lambda match: _NON_FINITE.get(match[0], match[0]), text)


def _tag(value: Any) -> Any:
    if isinstance(value, float) and value != value:
        return _NAN
    if isinstance(value, dict):
        return {
            "$" + key if isinstance(key, str) and _TAG_KEY.fullmatch(key) else key: _tag(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_tag(item) for item in value]
    return value


def _untag(value: dict[str, Any]) -> Any:
    if value == _NAN:
        return math.nan
    return {
        key[1:] if key.startswith("$$") and _TAG_KEY.fullmatch(key) else key: item
        for key, item in value.items()
    }


def _find_nan(value: Any, path: list[Any], places: list[list[Any]]) -> None:
    if isinstance(value, float):
        if value != value:
            places.append(path)
    elif isinstance(value, dict):
        for key, item in value.items():
            _find_nan(item, [*path, key], places)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            _find_nan(item, [*path, index], places)
