"""What a route does: a plain function of a book, its types read from its signature.

From the same signature come the reading of a request, the encoding of the answer and the
description for other programs, so that the three cannot differ.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cellbook.answers import Hint
from cellbook.answers.base import check_bounds, read_fields
from cellbook.errors import InvalidInput
from cellbook.records.shaping import read_json
from cellbook.server.shelf import Missing

_DESCRIBED = "`cellbook/openapi.json` describes what this route takes."


@dataclass(frozen=True, slots=True)
class Download:
    """An answer that is a file."""

    file: Path
    name: str
    media_type: str
    digest: str
    """SHA-256 of its bytes, in hex."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """An answer that is a notebook's document, as it was kept."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one route.

    Attributes
    ----------
    method
        Of HTTP.
    path
        Below ``cellbook/``, with ``{names}`` for what varies; one that is named ``path`` may hold
        slashes.
    call
        Takes an :class:`Ask`, what varies in the path by its name, ``query`` (a struct), ``body``
        (a struct, or bytes); returns the answer.  It runs in a thread.
    reads
        Whether it changes nothing, whatever its method.
    alone
        Whether its answer also has to do with other things than what is in the book.
    missing
        What it does where there is no book.
    """

    method: str
    path: str
    call: Callable[..., Any]
    reads: bool = False
    alone: bool = False
    missing: Missing = Missing.TELL

    @property
    def begins(self) -> bool:
        """Whether it may make a book where there is none."""
        return self.missing in (Missing.BEGIN, Missing.TAKE)

    @property
    def tagged(self) -> bool:
        """Whether the book's state tells whether its answer is as it was."""
        return self.method == "GET" and not self.alone

    @property
    def asks_by_body(self) -> bool:
        """Whether its question comes in the body, as it may be too long for an address."""
        return self.method == "POST" and "query" in self.types

    @property
    def action(self) -> str:
        """What a user must be allowed to do, in the words of Jupyter's authorizers."""
        return "read" if self.reads or self.method == "GET" else "write"

    @property
    def types(self) -> Mapping[str, Any]:
        """The types of what it takes and, as ``return``, of its answer."""
        return typing.get_type_hints(self.call)

    @property
    def pattern(self) -> str:
        """The path as Tornado matches it."""
        return re.sub(
            r"\{(\w+)\}",
            lambda name: f"(?P<{name[1]}>{'.+' if name[1] == 'path' else '[^/]+'})",
            re.escape(self.path).replace(r"\{", "{").replace(r"\}", "}"),
        )

    @property
    def summary(self) -> str:
        """What it does, in one line."""
        return (inspect.getdoc(self.call) or "").partition("\n")[0]

    @property
    def description(self) -> str:
        """What else there is to say."""
        return (inspect.getdoc(self.call) or "").partition("\n")[2].strip()

    @property
    def names(self) -> list[str]:
        """What varies in the path."""
        return re.findall(r"\{(\w+)\}", self.path)


def read_query(kind: type, given: Callable[[str], str | None]) -> Any:
    """Read a struct from the query of a URL.

    Parameters
    ----------
    kind
        The struct.  Its fields are text, numbers, ``true`` or ``false``, or lists of text with
        commas between.
    given
        Returns the text of a parameter; None where it was not given.

    Raises
    ------
    InvalidInput
        If something is missing or is not what it should be.
    """
    hints = typing.get_type_hints(kind, include_extras=True)
    values = {}
    for field in dataclasses.fields(kind):
        text = given(field.name)
        if text is None:
            if field.default is dataclasses.MISSING:
                raise InvalidInput(f"The query has no `{field.name}`. {_DESCRIBED}")
            continue
        values[field.name] = _from_text(field.name, text, hints[field.name])
    return kind(**values)


def _from_text(name: str, text: str, hinted: Any) -> Any:
    kind, hint = hinted, Hint("")
    if typing.get_origin(hinted) is typing.Annotated:
        kind, hint = typing.get_args(hinted)
    if typing.get_origin(kind) is tuple:
        return tuple(filter(None, (part.strip() for part in text.split(","))))
    if kind is bool:
        if text not in ("true", "false"):
            raise InvalidInput(f"`{name}` is true or false, not {text!r}. {_DESCRIBED}")
        return text == "true"
    wanted = {kind, *typing.get_args(kind)} & {int, float}
    if not wanted:
        return text
    try:
        number = wanted.pop()(text)
    except ValueError:
        words = "a number" if float in typing.get_args(kind) or kind is float else "a whole number"
        raise InvalidInput(f"`{name}` is {words}, not {text!r}. {_DESCRIBED}") from None
    try:
        check_bounds(name, number, hint)
    except InvalidInput as error:
        raise InvalidInput(f"{error} {_DESCRIBED}") from None
    return number


def read_body(kind: type, body: bytes, read: Callable[..., Any] = read_fields) -> Any:
    """Read a struct from the body of a request.

    Parameters
    ----------
    kind
        The struct.
    body
        JSON.
    read
        Makes the struct of an object: :func:`~cellbook.answers.read_fields` for a change,
        :func:`~cellbook.answers.read_struct` for a question.

    Raises
    ------
    InvalidInput
        If it is no JSON, or not that struct.
    """
    try:
        doc = read_json(body.decode())
    except InvalidInput as error:
        raise InvalidInput(f"The body cannot be read: {error}") from None
    except (ValueError, RecursionError):
        raise InvalidInput(f"The body is no JSON. {_DESCRIBED}") from None
    if not isinstance(doc, dict):
        raise InvalidInput(f"The body is no JSON object. {_DESCRIBED}")
    try:
        return read(kind, doc)
    except InvalidInput as error:
        raise InvalidInput(f"{error} {_DESCRIBED}") from None
