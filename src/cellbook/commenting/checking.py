"""Threads and comments that come from elsewhere: read strictly, for anybody may have written them.

A document of the store is what Cellbook wrote.  One in a notebook that came by mail is not, so
every value is looked at before a record is made of it; what is wrong refuses the whole.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from cellbook.commenting.briefs import check_brief
from cellbook.commenting.people import check_author
from cellbook.commenting.wording import FOLLOWED, check_emoji, check_label, check_text
from cellbook.errors import InvalidInput
from cellbook.records import Anchor, Author, Comment, Revision, Thread, read_record
from cellbook.store import is_ulid, milliseconds

EVENTS = frozenset(
    {"", "resolved", "reopened", "requested", "approved", "returned", "attached", "brief",
     "labelled", "unlabelled", "assigned", "unassigned", FOLLOWED}
)  # fmt: skip
"""What a comment may tell of its thread."""

_AHEAD = 86_400_000
"""Milliseconds by which another machine's clock may be ahead of this one's."""
_WORDS = 20_000
"""Longest text of an anchor, in characters."""
_TITLE = 300
_MANY = 2_000
"""Entries of a list or map."""


def read_thread(told: Any) -> Thread:
    """Return the thread that a document tells.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    thread = read_record(Thread, told)
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
    comment = read_record(Comment, told)
    for one in (comment.comment_id, comment.thread, *comment.revisions):
        _check_id(one)
    for moment in (comment.time, comment.deleted):
        _check_time(moment)
    if comment.event not in EVENTS:
        raise InvalidInput(f"a comment tells of {comment.event[:40]!r}, which nothing does")
    if len(comment.about) > _WORDS or not comment.about.isprintable():
        raise InvalidInput("what a comment tells of is no line of text")
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
    if len(anchor.title) > _TITLE or not anchor.title.isprintable():
        anchor = dataclasses.replace(anchor, title="")
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
    return dataclasses.replace(revision, text=check_text(plain, True), imported="")


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
