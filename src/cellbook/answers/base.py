"""Questions: how they are described, and read from what a front end sends."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from cellbook.commenting import local_author
from cellbook.errors import InvalidInput, StoreReadOnly
from cellbook.records import Author
from cellbook.views.formatting import shorten

if TYPE_CHECKING:
    from cellbook.book import Book


@dataclass(frozen=True, slots=True)
class Hint:
    """What a type does not say of a value that somebody sends: ``Annotated[int, Hint(…)]``."""

    text: str
    least: int | None = None
    most: int | None = None


class Ask(Protocol):
    """Who asks, and of what."""

    @property
    def book(self) -> Book:
        """The book that is asked."""

    @property
    def notebook(self) -> str | None:
        """The notebook that it is about, as records name it; None or empty for none."""

    @property
    def author(self) -> Author | None:
        """Who asks; None where nobody knows."""

    @property
    def told(self) -> bool:
        """Whether it is Jupyter that says who asks."""

    @property
    def read_only(self) -> str:
        """Why who asks can write nothing; empty if they can."""

    @property
    def writable(self) -> Book:
        """The book, if it can be written; raises StoreReadOnly if not."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody in the same process as the book."""

    book: Book
    notebook: str | None = None

    @property
    def author(self) -> Author | None:
        """Who works in this process."""
        return local_author()

    @property
    def told(self) -> bool:
        """Jupyter tells a process nothing of who works in it."""
        return False

    @property
    def read_only(self) -> str:
        """Why the book cannot be written; empty if it can."""
        return self.book.read_only

    @property
    def writable(self) -> Book:
        """The book, if it can be written.

        Raises
        ------
        StoreReadOnly
            If it cannot.
        """
        return writable(self.book)


def writable(book: Book) -> Book:
    """Return a book that can be written.

    Raises
    ------
    StoreReadOnly
        If it cannot.
    """
    if book.read_only:
        raise StoreReadOnly(book.read_only)
    return book


def read_struct(kind: type, given: Mapping[str, Any]) -> Any:
    """Read a question from JSON.

    Parameters
    ----------
    kind
        The struct: a dataclass of text, numbers, truth values and tuples of text.
    given
        Its fields by name; what has a default may be missing.

    Raises
    ------
    InvalidInput
        If something is missing, unknown, or not what it should be.
    """
    hints = typing.get_type_hints(kind, include_extras=True)
    unknown = [name for name in given if name not in hints]
    if unknown:
        raise InvalidInput(f"There is no {unknown[0]!r} to ask for, but {', '.join(hints)}.")
    values = {}
    for field in dataclasses.fields(kind):
        if field.name in given:
            values[field.name] = _checked(field.name, given[field.name], hints[field.name])
        elif field.default is dataclasses.MISSING:
            raise InvalidInput(f"The question has no {field.name!r}.")
    return kind(**values)


def _checked(name: str, value: Any, hinted: Any) -> Any:
    wanted, hint = hinted, Hint("")
    if typing.get_origin(hinted) is typing.Annotated:
        wanted, hint = typing.get_args(hinted)
    origin = typing.get_origin(wanted)
    kinds = typing.get_args(wanted) if origin in (typing.Union, types.UnionType) else (wanted,)
    if typing.get_origin(kinds[0]) is tuple and isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return tuple(value)
    elif any(_fits(value, kind) for kind in kinds):
        check_bounds(name, value, hint)
        try:
            return float(value) if type(value) is int and int not in kinds else value
        except OverflowError:
            raise InvalidInput(f"{name!r} cannot be so large a number.") from None
    raise InvalidInput(f"{name!r} cannot be {shown(value)}.")


def shown(value: Any) -> str:
    """Return what somebody sent as a message tells it, whatever it is."""
    try:
        return shorten(repr(value), 80)
    except (ValueError, RecursionError):
        # Too many digits for text, or lists in lists in lists.
        return f"that {type(value).__name__}"


def read_texts(text: str, told: str) -> list[str]:
    """Read a JSON array of texts; nothing is an empty one.

    Raises
    ------
    InvalidInput
        With the message `told`, if it is none.
    """
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise InvalidInput(told)
    return found


def _fits(value: Any, kind: Any) -> bool:
    return type(value) is kind or (kind is float and type(value) is int)


_WORDS = {str: "text", int: "a whole number", bool: "true or false", dict: "an object"}


def read_fields(kind: type, doc: Mapping[str, Any]) -> Any:
    """Read what somebody wants changed from JSON: a struct of text, numbers, lists and objects.

    Raises
    ------
    InvalidInput
        If a field is missing, unknown, or not what it should be.
    """
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    unknown = [name for name in doc if name not in fields]
    if unknown:
        raise InvalidInput(f"The body has an unknown field {unknown[0]!r}.")
    for name, field in fields.items():
        if name not in doc:
            if field.default is dataclasses.MISSING:
                raise InvalidInput(f"The body has no {name!r}.")
        elif not _holds(doc[name], hints[name]):
            raise InvalidInput(f"{name!r} is to be {_in_words(hints[name])}.")
    return kind(**doc)


def _holds(value: Any, kind: Any) -> bool:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return any(_holds(value, one) for one in inner)
    if origin is list:
        return isinstance(value, list) and all(_holds(item, inner[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(_holds(item, inner[1]) for item in value.values())
    return inner == () and (kind is Any or type(value) is kind)


def _in_words(kind: Any) -> str:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_in_words(one) for one in inner)
    if origin is list:
        return f"a list of {_in_words(inner[0])}"
    if origin is dict:
        return "an object" if inner[1] is Any else f"an object of {_in_words(inner[1])}"
    return _WORDS.get(kind, "null")


def check_bounds(name: str, value: Any, hint: Hint) -> None:
    """Raise InvalidInput if a number is not within the bounds of its hint."""
    if hint.least is not None and value < hint.least:
        raise InvalidInput(f"`{name}` is at least {hint.least}, not {shown(value)}.")
    if hint.most is not None and value > hint.most:
        raise InvalidInput(f"`{name}` is at most {hint.most}, not {shown(value)}.")
