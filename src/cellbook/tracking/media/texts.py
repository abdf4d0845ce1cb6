"""Text, dictionaries and HTML; and the one way in which values become JSON."""

from __future__ import annotations

import datetime
import decimal
import json
import os
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from cellbook.errors import InvalidInput
from cellbook.optional import require
from cellbook.records import Json, as_param
from cellbook.tracking.media.encoded import (
    Encoded,
    artifact_path,
    media_type_of,
    read_file,
    with_extension,
)

_TEXTUAL = ("json", "xml", "yaml", "toml", "javascript", "sql", "jsonl")
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN')
_NUMBERS = {"Infinity": "1e999", "-Infinity": "-1e999", "NaN": "null"}
_DEPTH = 100  # of nesting; deeper values are described rather than walked
_YAML_BREAKS = frozenset("\x85\u2028\u2029")
_TIMES = (datetime.date, datetime.time, datetime.timedelta)
_BITS = 10_000  # of an integer; Python writes longer ones in hexadecimal only


def encode_text(text: str, artifact_file: str) -> Encoded:
    """Encode text as UTF-8; ``.txt`` unless the path has an extension.

    Raises
    ------
    InvalidInput
        If `text` is no text, or cannot be written as UTF-8.
    """
    if not isinstance(text, str):
        raise InvalidInput(
            f"The text for {str(artifact_file)!r} is a {type(text).__name__}. "
            "Give a str: str(value), or value.decode() for bytes."
        )
    path = artifact_path(artifact_file)
    # A name may end in ".95"; a type of text may end in whatever else: .cfg, .prototxt, .out.
    if not any(character.isalpha() for character in PurePosixPath(path).suffix):
        path = artifact_path(path + ".txt")
    media_type = media_type_of(path)
    if not media_type.startswith("text/") and not media_type.endswith(_TEXTUAL):
        media_type = "text/plain"
    return Encoded(_utf8(text, path), media_type, "text", path, {"characters": len(text)})


def encode_html(html: Any, artifact_file: str) -> Encoded:
    """Encode a page: HTML text, a file's path object, or what Jupyter shows as HTML.

    Raises
    ------
    InvalidInput
        If `html` is none of these.
    """
    path, _ = with_extension(artifact_file, ".html", (".html", ".htm"), "HTML")
    if isinstance(html, os.PathLike):
        return Encoded(read_file(html, "The page"), "text/html", "html", path)
    shown = getattr(html, "_repr_html_", None)
    text = shown() if callable(shown) and not isinstance(html, type) else html
    if not isinstance(text, str):
        raise InvalidInput(
            f"The HTML for {path!r} is a {type(html).__name__}. Give HTML text, a pathlib.Path of "
            "a file, or an object that Jupyter shows as HTML."
        )
    return Encoded(_utf8(text, path), "text/html", "html", path)


def encode_dict(dictionary: Any, artifact_file: str) -> Encoded:
    """Encode a dictionary or list as JSON or, by the extension, as YAML.

    NumPy, pandas and torch values become numbers and lists, dates ISO 8601; whatever else JSON
    lacks is kept as its ``repr``.  In JSON, NaN is ``null`` and infinity ``1e999``.

    Raises
    ------
    InvalidInput
        If it is neither a mapping nor a list.
    MissingDependency
        For YAML, if PyYAML is not installed.
    """
    path, extension = with_extension(
        artifact_file, ".json", (".json", ".yaml", ".yml"), "A dictionary"
    )
    if not isinstance(dictionary, (Mapping, list, tuple)):
        raise InvalidInput(
            f"The dictionary for {path!r} is a {type(dictionary).__name__}. Give a dict or a list; "
            "dataclasses.asdict(value) or vars(value) makes one of an object."
        )
    value = plain(dictionary)
    if extension == ".json":
        data = json_bytes(value, indent=2)
    else:
        yaml = require("yaml", "media", "Writing YAML")
        text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
        if not _YAML_BREAKS.isdisjoint(text):
            # PyYAML writes these as they are, and reads them as spaces.
            text = yaml.safe_dump(value, sort_keys=False, allow_unicode=False)
        data = text.encode()
    return Encoded(data, media_type_of(path), "dict", path, {"entries": len(dictionary)})


def plain(value: Any, within: tuple[int, ...] = ()) -> Json:
    """Return `value` as JSON can hold it: arrays as lists, what JSON lacks as its ``repr``."""
    if value is None or type(value) in (bool, float, str):
        return value  # type: ignore[no-any-return]
    if isinstance(value, int):
        return as_param(value) if value.bit_length() <= _BITS else hex(value)
    if isinstance(value, _TIMES) and hasattr(value, "isoformat"):
        # pandas' NaT is a time that differs from itself.
        return value.isoformat() if value == value else None
    if isinstance(value, decimal.Decimal):
        return str(value)
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind == "M" and type(value).__module__ == "numpy":
        value = value.astype(str)  # as items, NumPy's dates would be counts of nanoseconds
    if id(value) in within:
        return f"<{type(value).__name__} that holds itself>"
    if len(within) < _DEPTH:
        inside = (*within, id(value))
        if isinstance(value, Mapping):
            return {str(key): plain(item, inside) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(item, inside) for item in value]
        if isinstance(value, (set, frozenset)):
            return [plain(item, inside) for item in sorted(value, key=repr)]
        if callable(getattr(value, "tolist", None)) and getattr(value, "shape", ()) != ():
            items: list[Any] = value.tolist()
            return items if kind in tuple("biuf") else plain(items, inside)
    return as_param(value)


def json_bytes(value: Any, *, indent: int | None = None) -> bytes:
    """Write strict JSON in UTF-8: NaN as ``null``, infinity as ``1e999``.

    `value` holds nothing but what JSON knows, NaN and infinities.
    """
    separators = (",", ": ") if indent else (",", ":")
    encoder = json.JSONEncoder(
        ensure_ascii=False, allow_nan=False, indent=indent, separators=separators
    )
    try:
        text = encoder.encode(value)
    except ValueError:
        encoder.allow_nan = True
        text = _TOKENS.sub(lambda match: _NUMBERS.get(match[0], match[0]), encoder.encode(value))
    # What UTF-8 cannot hold is half of a surrogate pair, whose escape is JSON's own as well.
    return text.encode("utf-8", "backslashreplace")


def _utf8(text: str, path: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(
            f"The text for {path!r} holds half of a surrogate pair at character {error.start}, "
            "which UTF-8 cannot write. Escape it: "
            "text.encode('utf-8', 'backslashreplace').decode()."
        ) from None
