"""Threads as every door shows them: what was said, by whom, about what, and what is new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cellbook.records import ThreadKind
from cellbook.views.thread_anchors import AnchorView

FILTERS = ("", "open", "mine", "mentions", "unread", "orphaned", "resolved")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes in the book."""

    name: str
    display_name: str
    initials: str
    mine: bool
    """Whether it is who asks."""


@dataclass(frozen=True, slots=True)
class ReactionView:
    """How often somebody reacted in one way."""

    emoji: str
    count: int
    names: tuple[str, ...]
    mine: bool


@dataclass(frozen=True, slots=True)
class CommentView:
    """An entry of a thread."""

    comment_id: str
    author: Person
    time: int
    text: str
    """Markdown; empty where it was deleted."""
    html: str
    """The same, safe to be put into any page."""
    edited: bool
    revisions: int
    mentions: tuple[str, ...]
    reactions: tuple[ReactionView, ...]
    deleted: bool
    event: str
    """What happened to the thread, where it tells that: ``resolved``, ``approved`` …"""
    about: str
    """Of an event, in plain text: the label, ``@name``, what the brief says now; mostly empty."""
    mine: bool
    """Whether it is who asks that wrote it, so that they may change it."""
    unread: bool
    imported: str
    """What it came with, where it was not written into this book: its author is only claimed."""
    edited_in: str
    """What brought the text that it has now, where the comment itself came otherwise."""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """How a review stands."""

    of: tuple[str, ...]
    """Names of those who are asked."""
    state: str
    """``requested``, ``approved`` (by all who are asked), ``returned``; empty where the thread is
    no review."""
    by: str
    """Who approved or returned it last; while it is requested, who asked."""
    approved: tuple[str, ...]
    """Who has approved of it."""
    returned: tuple[str, ...]
    """Who has returned it and not approved since."""


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread as it is now."""

    thread_id: str
    kind: ThreadKind
    anchor: AnchorView
    author: Person
    time: int
    last_time: int
    resolved: bool
    labels: tuple[str, ...]
    assigned: tuple[str, ...]
    comments: tuple[CommentView, ...]
    """The last ones in a page of threads, in order; all where one thread is asked for."""
    count: int
    """Comments that were not deleted; entries without a text do not count."""
    unread: int
    brief: Mapping[str, str]
    review: ReviewView


@dataclass(frozen=True, slots=True)
class ThreadCounts:
    """How many threads each filter finds."""

    all: int
    open: int
    mine: int
    mentions: int
    unread: int
    orphaned: int
    resolved: int


@dataclass(frozen=True, slots=True)
class ThreadsPage:
    """Some of the threads of a notebook or a book: open ones first, the liveliest before."""

    threads: tuple[ThreadView, ...]
    total: int
    """How many the filter finds."""
    more: bool
    counts: ThreadCounts
    """Of all threads there, whatever is filtered."""
    people: tuple[Person, ...]
    me: Person | None
    """None where nobody knows who asks: they are to say before they write."""
    labels: tuple[str, ...]
    read_only: str
    """Why nothing can be written; empty where it can."""
    notice: str
    """What is to be said of comments that the notebook's file brought; mostly empty."""


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One state of a comment's text."""

    text: str
    html: str
    time: int
    imported: str
    """What it came with, where it was not written into this book."""


@dataclass(frozen=True, slots=True)
class CommentHistory:
    """What a comment said, the oldest first."""

    revisions: tuple[RevisionView, ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everyone who ever wrote in the book."""

    people: tuple[Person, ...]
    me: Person | None


def no_filter(chosen: str) -> str:
    """Return the sentence that says that there is no such filter, and which there are."""
    names = ", ".join(FILTERS[1:-1])
    return f"Threads are not filtered by {chosen[:40]!r}. Filters are {names} and {FILTERS[-1]}."
