"""Threads and comments that come from elsewhere: read strictly, for anybody may have written them.

A document of the store is what Cellbook wrote.  One in a notebook that came by mail is not, so
every value is looked at before a record is made of it; what is wrong refuses the whole.
"""

from __future__ import annotations

import dataclasses
import enum
import time
import types
import typing
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from cellbook.commenting.briefs import check_brief
from cellbook.commenting.people import check_author
from cellbook.commenting.room import check_emoji, check_label, check_text
from cellbook.errors import InvalidInput
from cellbook.records import Anchor, Author, Comment, Record, Revision, Thread, encodable, from_doc
from cellbook.store import is_ulid, milliseconds

EVENTS = frozenset(
    {"", "resolved", "reopened", "requested", "approved", "returned", "attached", "brief"}
)
"""What a comment may tell of its thread."""

_AHEAD = 86_400_000
"""Milliseconds by which another machine's clock may be ahead of this one's."""
_WORDS = 20_000
"""Longest text of an anchor, in characters."""
_MANY = 2_000
"""Entries of a list or map."""


def read_thread(told: Any) -> Thread:
    """Return the thread that a document tells.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    thread = from_doc(Thread, _shaped(Thread, told, "thread"))
    _check_id(thread.thread_id)
    _check_time(thread.time)
    return dataclasses.replace(
        thread,
        anchor=read_anchor(thread.anchor),
        author=_author(thread.author),
        labels={check_label(name): on for name, on in _few(thread.labels)},
        assigned={check_author(name).name: on for name, on in _few(thread.assigned)},
        brief=check_brief(thread.brief),
        imported="",
    )


def read_comment(told: Any) -> Comment:
    """Return the comment that a document tells.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    comment = from_doc(Comment, _shaped(Comment, told, "comment"))
    for one in (comment.comment_id, comment.thread, *comment.revisions):
        _check_id(one)
    for moment in (comment.time, comment.deleted):
        _check_time(moment)
    if comment.event not in EVENTS:
        raise InvalidInput(f"a comment tells of {comment.event[:40]!r}, which nothing does")
    gone = comment.deleted is not None
    revisions = {} if gone else {key: _revision(one) for key, one in _few(comment.revisions)}
    return dataclasses.replace(
        comment,
        author=_author(comment.author),
        revisions=revisions,
        mentions=()
        if gone
        else tuple(check_author(name).name for name, _ in _few(dict.fromkeys(comment.mentions))),
        reactions={}
        if gone
        else {
            check_emoji(emoji): {check_author(name).name: one for name, one in _few(given)}
            for emoji, given in _few(comment.reactions)
        },
        imported="",
    )


def read_anchor(anchor: Anchor) -> Anchor:
    """Return an anchor with a notebook's name that leads nowhere else than below the book."""
    for field in dataclasses.fields(anchor):
        value = getattr(anchor, field.name)
        if isinstance(value, str) and len(value) > _WORDS:
            raise InvalidInput(f"{field.name} of an anchor has {len(value):,} characters")
        if isinstance(value, tuple):
            _few(dict.fromkeys(value))
    name = PurePosixPath(anchor.notebook)
    if name.is_absolute() or ".." in name.parts or not anchor.notebook.isprintable():
        return dataclasses.replace(anchor, notebook=name.name if name.name.isprintable() else "")
    return anchor


def _author(author: Author) -> Author:
    return check_author(author.name, author.display_name)


def _revision(revision: Revision) -> Revision:
    _check_time(revision.time)
    # What only steers terminals is left out: for it nobody should lose all the rest.
    plain = revision.text.replace("\0", "").replace("\x1b", "")
    return dataclasses.replace(revision, text=check_text(plain, True))


def _few(entries: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    if len(entries) > _MANY:
        raise InvalidInput(f"there are {len(entries):,} entries where {_MANY:,} are the most")
    return entries.items()


def _check_id(told: str) -> None:
    if not is_ulid(told) or milliseconds(told) > _latest():
        raise InvalidInput(f"{told[:40]!r} is no id")


def _check_time(told: int | None) -> None:
    if told is not None and not 0 <= told <= _latest():
        raise InvalidInput(f"{told} is no moment of the past")


def _latest() -> int:
    return time.time_ns() // 1_000_000 + _AHEAD


def _shaped(kind: Any, value: Any, where: str) -> Any:
    """Return a value without what `kind` does not know.

    Raises
    ------
    InvalidInput
        If it is not of the kind.
    """
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Record):
        return _struct(kind, value, where)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        if isinstance(value, str) and value in {one.value for one in kind}:
            return value
    elif origin in (typing.Union, types.UnionType):
        return None if value is None else _shaped(inner[0], value, where)
    elif origin is tuple:
        if isinstance(value, list):
            return [_shaped(inner[0], one, where) for one in value]
    elif origin is not None and issubclass(origin, Mapping):
        if isinstance(value, Mapping):
            return {str(encodable(key)): _shaped(inner[1], one, where)
                    for key, one in value.items()}  # fmt: skip
    elif type(value) is kind:
        return encodable(value) if kind is str else value
    raise InvalidInput(f"{where} cannot be a {type(value).__name__} like that")


def _struct(kind: Any, value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{where} is no object")
    hints = typing.get_type_hints(kind)
    made = {}
    for field in dataclasses.fields(kind):
        if field.name in value:
            at = f"{field.name} of a {kind.__name__.lower()}"
            made[field.name] = _shaped(hints[field.name], value[field.name], at)
        elif field.default is field.default_factory is dataclasses.MISSING:
            raise InvalidInput(f"a {kind.__name__.lower()} has no {field.name}")
    return made
