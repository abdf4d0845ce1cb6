"""Threads: what people said about a notebook, a run …, and what somebody says now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from cellbook.answers.base import Ask, Hint
from cellbook.answers.targets import cells_on_disk, find_anchor, is_about, read_anchor
from cellbook.commenting import Cells, check_author, check_text, keep_author
from cellbook.errors import InvalidInput
from cellbook.records import Thread
from cellbook.views.markdown import render
from cellbook.views.notebook_cells import told_cells
from cellbook.views.thread_anchors import Locator, notebooks_in
from cellbook.views.threads import (
    CommentHistory,
    PeoplePage,
    ThreadReader,
    ThreadsPage,
    ThreadView,
)

_SCOPES = ("notebook", "book")


@dataclass(frozen=True, slots=True)
class ThreadsQuery:
    """Which threads."""

    scope: Annotated[str, Hint("`notebook` for those of the notebook, or `book` for all.")] = (
        "notebook"
    )
    filter: Annotated[
        str, Hint("open, mine, mentions, unread, orphaned or resolved; empty for all.")
    ] = ""
    label: Annotated[str, Hint("Only threads with this label.")] = ""
    query: Annotated[str, Hint("Only threads with these words in them.")] = ""
    target: Annotated[
        str, Hint("Only threads about this: `run:NAME`, `#12`, `checkpoint:LABEL`, `cell:ID` …")
    ] = ""
    cells: Annotated[
        str,
        Hint("The cells that the notebook has now, as JSON: [[id, source hash], …]; empty for "
             "those that it had when it was last saved."),
    ] = ""  # fmt: skip
    sources: Annotated[
        str, Hint("Sources of these cells by id, as JSON, where suggestions are wanted.")
    ] = ""
    limit: Annotated[int, Hint("At most so many.", 1, 500)] = 50
    offset: Annotated[int, Hint("So many are passed over.", 0)] = 0


@dataclass(frozen=True, slots=True)
class ThreadQuery:
    """Which thread."""

    thread: Annotated[str, Hint("Its id.")]


@dataclass(frozen=True, slots=True)
class CommentQuery:
    """Which comment."""

    comment: Annotated[str, Hint("Its id.")]


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """Everyone."""


@dataclass(frozen=True, slots=True)
class BriefQuery:
    """That of the notebook."""


@dataclass(frozen=True, slots=True)
class ShownBrief:
    """The brief of a notebook."""

    thread_id: str
    """Empty where it has none."""
    thread: ThreadView | None


@dataclass(frozen=True, slots=True)
class PreviewQuery:
    """A text that is being written."""

    text: Annotated[str, Hint("Markdown.")]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a text will look like."""

    html: str


@dataclass(frozen=True, slots=True)
class StartBody:
    """A thread that is to be begun."""

    anchor: dict[str, Any]
    """As an ``Anchor``; or ``{"target": "run:NAME"}``."""
    text: str
    labels: list[str] | None = None
    assigned: list[str] | None = None


@dataclass(frozen=True, slots=True)
class TextBody:
    """Something that is said in a thread."""

    thread: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class EditBody:
    """What a comment is to say instead."""

    comment: str
    text: str


@dataclass(frozen=True, slots=True)
class CommentBody:
    """A comment."""

    comment: str


@dataclass(frozen=True, slots=True)
class ReactionBody:
    """A reaction that is given, or taken back."""

    comment: str
    emoji: str
    given: bool = True


@dataclass(frozen=True, slots=True)
class LabelBody:
    """A label that is put on, or taken off."""

    thread: str
    label: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class AssignBody:
    """Somebody who is to see to a thread, or is not any more."""

    thread: str
    name: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class ReadBody:
    """Up to where somebody has read a thread."""

    thread: str
    comment: str
    """The newest that was read."""


@dataclass(frozen=True, slots=True)
class AnchorBody:
    """What a thread is to hang on instead."""

    thread: str
    anchor: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BriefBody:
    """What problem the notebook is to solve; what is missing stays as it is."""

    fields: dict[str, Any]
    """Of question, owner, success_metric, target, data, deadline and decisions."""


@dataclass(frozen=True, slots=True)
class RequestBody:
    """A run or a checkpoint that is to be reviewed."""

    anchor: dict[str, Any]
    of: list[str]
    """Names of those who are asked."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ReviewBody:
    """What somebody says of what they reviewed."""

    thread: str
    verdict: str
    """``approved`` or ``returned``."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class AuthorBody:
    """How somebody is called."""

    name: str
    display_name: str = ""


# -- questions -----------------------------------------------------------------------------------


def list_threads(ask: Ask, query: ThreadsQuery) -> ThreadsPage:
    """Return threads of the notebook or the book: open ones first, the liveliest before."""
    if query.scope not in _SCOPES:
        raise InvalidInput(f"The scope is {' or '.join(_SCOPES)}, not {query.scope[:40]!r}.")
    ask.book.refresh()
    about = None
    if query.target:
        about = is_about(find_anchor(ask.book, query.target, ask.notebook or ""))
    return thread_reader(ask, _cells(query)).page(
        everywhere=query.scope == "book",
        chosen=query.filter,
        label=query.label,
        query=query.query,
        about=about,
        limit=query.limit,
        offset=query.offset,
        people=ask.book.threads.people(),
        read_only=ask.book.read_only,
    )


def show_thread(ask: Ask, query: ThreadQuery) -> ThreadView:
    """Return a thread with all its comments."""
    return _shown(ask, query.thread)


def show_history(ask: Ask, query: CommentQuery) -> CommentHistory:
    """Return what a comment said before it was edited."""
    return thread_reader(ask).history(ask.book.threads.comment(query.comment))


def list_people(ask: Ask, query: PeopleQuery) -> PeoplePage:
    """Return everyone who ever wrote in the book, and who asks."""
    reader = thread_reader(ask)
    people = tuple(map(reader.person, ask.book.threads.people()))
    return PeoplePage(people, reader.person(ask.author) if ask.author is not None else None)


def show_brief(ask: Ask, query: BriefQuery) -> ShownBrief:
    """Return the problem that the notebook is to solve."""
    found = _brief(ask)
    if found is None:
        return ShownBrief("", None)
    return ShownBrief(found.thread_id, _shown(ask, found.thread_id))


def preview(ask: Ask, query: PreviewQuery) -> Preview:
    """Return what a text will look like."""
    assert ask.book is not None  # A place without a book says so here too.
    return Preview(render(check_text(query.text, True)))


# -- changes -------------------------------------------------------------------------------------


def start_thread(ask: Ask, body: StartBody) -> ThreadView:
    """Begin a thread."""
    threads = ask.writable.threads
    found = threads.start(
        read_anchor(ask, body.anchor),
        body.text,
        labels=body.labels or (),
        assigned=body.assigned or (),
        author=ask.author,
    )
    return _shown(ask, found.thread_id)


def reply(ask: Ask, body: TextBody) -> ThreadView:
    """Answer in a thread."""
    return _shown(ask, ask.writable.threads.reply(body.thread, body.text, author=ask.author).thread)


def edit_comment(ask: Ask, body: EditBody) -> ThreadView:
    """Change one's own comment; what it said before stays in its history."""
    return _shown(ask, ask.writable.threads.edit(body.comment, body.text, author=ask.author).thread)


def delete_comment(ask: Ask, body: CommentBody) -> ThreadView:
    """Take one's own comment away; that there was one stays."""
    return _shown(ask, ask.writable.threads.delete(body.comment, author=ask.author).thread)


def resolve(ask: Ask, body: TextBody) -> ThreadView:
    """Mark a thread as done with."""
    ask.writable.threads.resolve(body.thread, body.text, author=ask.author)
    return _shown(ask, body.thread)


def reopen(ask: Ask, body: TextBody) -> ThreadView:
    """Mark a thread as not done with after all."""
    ask.writable.threads.reopen(body.thread, body.text, author=ask.author)
    return _shown(ask, body.thread)


def react(ask: Ask, body: ReactionBody) -> ThreadView:
    """React to a comment, or take that back."""
    threads = ask.writable.threads
    return _shown(
        ask, threads.react(body.comment, body.emoji, body.given, author=ask.author).thread
    )


def label_thread(ask: Ask, body: LabelBody) -> ThreadView:
    """Put a label on a thread, or take it off."""
    ask.writable.threads.label(body.thread, body.label, body.on)
    return _shown(ask, body.thread)


def assign_thread(ask: Ask, body: AssignBody) -> ThreadView:
    """Say that somebody is to see to a thread, or is not any more."""
    ask.writable.threads.assign(body.thread, body.name, body.on)
    return _shown(ask, body.thread)


def mark_read(ask: Ask, body: ReadBody) -> ThreadView:
    """Note up to where somebody has read a thread."""
    ask.writable.threads.mark_read(body.thread, body.comment, author=ask.author)
    return _shown(ask, body.thread)


def reattach(ask: Ask, body: AnchorBody) -> ThreadView:
    """Hang a thread on something else, such as the cell in the place of a lost one."""
    ask.writable.threads.reattach(body.thread, read_anchor(ask, body.anchor), author=ask.author)
    return _shown(ask, body.thread)


def save_brief(ask: Ask, body: BriefBody) -> ThreadView:
    """Say what problem the notebook is to solve."""
    if not ask.notebook:
        raise InvalidInput("Whose brief is it? Name the notebook.")
    there = _brief(ask)
    anchor = find_anchor(ask.book, "notebook", ask.notebook) if there is None else there.anchor
    found = ask.writable.threads.save_brief(anchor, body.fields, author=ask.author)
    return _shown(ask, found.thread_id)


def request_review(ask: Ask, body: RequestBody) -> ThreadView:
    """Ask people to approve of a run or a checkpoint."""
    found = ask.writable.threads.request_review(
        read_anchor(ask, body.anchor), body.of, body.text, author=ask.author
    )
    return _shown(ask, found.thread_id)


def review(ask: Ask, body: ReviewBody) -> ThreadView:
    """Approve of what one was asked to review, or return it with reasons."""
    ask.writable.threads.review(body.thread, body.verdict, body.text, author=ask.author)
    return _shown(ask, body.thread)


def set_author(ask: Ask, body: AuthorBody) -> PeoplePage:
    """Say how one is called, where nobody else does: kept for all books of this user."""
    assert ask.book is not None  # A place without a book says so here too.
    if ask.told:
        raise InvalidInput("Jupyter says who you are. Change your name where you log in.")
    keep_author(check_author(body.name, body.display_name))
    return list_people(ask, PeopleQuery())


# -- parts ---------------------------------------------------------------------------------------


def thread_reader(ask: Ask, cells: Cells | None = None) -> ThreadReader:
    """Return what reads threads for who asks.

    `cells` are those of the notebook as it is now; None means as it was last saved.
    """
    return ThreadReader(ask.book.store, ask.author, _locator(ask, cells))


def _locator(ask: Ask, cells: Cells | None) -> Locator:
    notebook, book = ask.notebook or "", ask.book
    return Locator(
        notebook,
        cells_on_disk(book, notebook) if cells is None else cells,
        lambda name: cells_on_disk(book, name),
        lambda: notebooks_in(book.store),
    )


def _shown(ask: Ask, thread: str) -> ThreadView:
    return thread_reader(ask).view(ask.book.threads.find(thread))


def _brief(ask: Ask) -> Thread | None:
    """Return the notebook's brief; where two people began one at once, the first of them."""
    briefs = ask.book.threads.briefs()
    former = _locator(ask, None).former_names(briefs)
    names = (ask.notebook, *former)
    return next((brief for brief in briefs if brief.anchor.notebook in names), None)


def _cells(query: ThreadsQuery) -> Cells | None:
    if not query.cells:
        return None
    try:
        cells, sources = json.loads(query.cells), json.loads(query.sources or "{}")
    except (ValueError, RecursionError):
        cells = sources = None
    if not isinstance(cells, list) or not isinstance(sources, dict):
        raise InvalidInput(
            "`cells` is JSON of [[id, source hash], …], and `sources` of {id: text}."
        )
    return told_cells(cells, sources)
