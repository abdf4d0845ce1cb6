"""Discussions: a thread, the comments in it, and what it hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cellbook.records.base import Record


class AnchorKind(StrEnum):
    """What kind of thing a thread hangs on."""

    NOTEBOOK = "notebook"
    CELL = "cell"
    OUTPUT = "output"
    RUN = "run"
    METRIC = "metric"
    """A metric of a run, or with a step one point of its curve."""
    COMPARISON = "comparison"
    DASHBOARD = "dashboard"
    CHECKPOINT = "checkpoint"
    DATASET = "dataset"
    MODEL = "model"
    BOARD = "board"
    """A leaderboard, or with a candidate one row of it."""


@dataclass(frozen=True, slots=True)
class Quote(Record):
    """A quoted piece of text, with what stood around it: a TextQuoteSelector.

    As in the Web Annotation Data Model (W3C Recommendation of 2017-02-23, section 4.2.4).
    """

    exact: str
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Anchor(Record):
    """What a thread hangs on; which fields count depends on its kind."""

    kind: AnchorKind
    notebook: str = ""
    """The notebook as records name it when the thread was begun; only a hint of where it is now."""
    cell_id: str = ""
    cell_type: str = ""
    source_hash: str = ""
    """Of the cell's source: finds the cell where its id is not known any more."""
    source: str = ""
    """The cell's source, or its beginning, as it was: shown when the cell is gone."""
    quote: Quote | None = None
    """A piece of the cell's source or output."""
    output: int | None = None
    """Place of the output in its cell, from 0."""
    cells: tuple[str, ...] = ()
    """Of a notebook: ids of its cells, by which it is known again under another name."""
    runs: tuple[str, ...] = ()
    """Ids: the run; or all runs of a comparison, in order."""
    metric: str = ""
    step: int | None = None
    checkpoint: str = ""
    """Id of the checkpoint."""
    name: str = ""
    """Of a dashboard, data set, model or leaderboard."""
    version: str = ""
    """Id of the data set's version; number of the model's."""
    candidate: str = ""
    """Of a leaderboard: the row."""
    title: str = ""
    """Of a run or a checkpoint that is in another book: what that calls it."""
    former: tuple[str, ...] = ()
    """Of a cell: those that were merged into it, the newest last; one may be back, if that is
    undone."""


@dataclass(frozen=True, slots=True)
class Author(Record):
    """Who wrote something."""

    name: str
    """By which the person is mentioned and known: a user name."""
    display_name: str = ""


class ThreadKind(StrEnum):
    """What a thread is for."""

    DISCUSSION = "discussion"
    BRIEF = "brief"
    """The problem that a notebook is to solve."""
    REVIEW = "review"
    """Somebody is asked to approve of a run or a checkpoint."""


@dataclass(frozen=True, slots=True)
class Reaction(Record):
    """That somebody reacted to a comment, or took that back."""

    given: bool
    time: int


@dataclass(frozen=True, slots=True)
class Revision(Record):
    """One state of a comment's text."""

    text: str
    """Markdown."""
    time: int
    """Milliseconds since 1970 (UTC)."""
    imported: str = ""
    """What it came with, where it was not written into this book."""


@dataclass(frozen=True, slots=True)
class Comment(Record):
    """One entry of a thread.

    Entries of a thread are in the order of their ids, which is that of cause and effect: an id is
    made later than all that its writer had read.
    """

    comment_id: str
    thread: str
    author: Author
    time: int
    revisions: Mapping[str, Revision] = field(default_factory=dict)
    """By ULID; the newest is the text.  Gone when the comment is deleted."""
    mentions: tuple[str, ...] = ()
    """Names of those whom the text mentions."""
    reactions: Mapping[str, Mapping[str, Reaction]] = field(default_factory=dict)
    """By emoji, then by the person's name."""
    deleted: int | None = None
    """When its author took it away: what is left is a tombstone."""
    event: str = ""
    """What happened to the thread, where that is what the comment records: ``resolved``,
    ``reopened``, ``approved``, ``returned``, ``attached``, ``labelled``, ``assigned`` …; its text,
    if any, is the reason."""
    about: str = ""
    """Of an event, in plain text: the label, ``@name`` of who is to see to it, what the brief says
    now."""
    imported: str = ""
    """What it came with, where it was not written into this book: its author is what that claims,
    and nobody here can show to be them."""


@dataclass(frozen=True, slots=True)
class Thread(Record):
    """A discussion of one thing."""

    thread_id: str
    anchor: Anchor
    author: Author
    time: int
    """When it was begun, in milliseconds since 1970 (UTC)."""
    kind: ThreadKind = ThreadKind.DISCUSSION
    resolved: bool = False
    labels: Mapping[str, bool] = field(default_factory=dict)
    """By name; false is one that was taken away."""
    assigned: Mapping[str, bool] = field(default_factory=dict)
    """Names of those who are to see to it; false is one who is not any more."""
    brief: Mapping[str, str] = field(default_factory=dict)
    """Of a brief: question, owner, success_metric, target, data, deadline, decisions."""
    imported: str = ""
    """What it came with, where it was not begun in this book."""
