"""Threads: what people said about a notebook, a run …, and what somebody says now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from cellbook.answers.base import Ask, Hint
from cellbook.answers.places import cells_now, notebook_files
from cellbook.answers.taking import look_over
from cellbook.answers.targets import find_anchor, is_about, read_anchor
from cellbook.commenting import (
    Cells,
    check_author,
    check_brief,
    check_text,
    keep_author,
    local_author,
    naming_variable,
)
from cellbook.errors import InvalidInput
from cellbook.records import Thread
from cellbook.views.comment_counts import CommentCounts, comment_counts
from cellbook.views.markdown import render
from cellbook.views.notebook_cells import told_cells
from cellbook.views.thread_anchors import Locator, notebooks_in
from cellbook.views.thread_reader import ThreadReader
from cellbook.views.threads import CommentHistory, PeoplePage, ThreadsPage, ThreadView

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
        Hint("The cells that the notebook has now, as JSON: [[id, source hash], …], each with the "
             "ids of cells that were merged into it; empty for those that it had when it was last "
             "saved."),
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
class CountsQuery:
    """Of everything."""


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
    followed: bool = False
    """Whether its cell was merged into that one."""


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
    if query.limit < 1 or query.offset < 0:
        raise InvalidInput(f"The limit is 1 thread or more, not {query.limit}.")
    ask.book.refresh()
    # Who may only read writes nothing by looking, either.
    notice = "" if ask.read_only else look_over(ask.book, ask.notebook)
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
        read_only=ask.read_only,
        notice=notice,
    )


def show_thread(ask: Ask, query: ThreadQuery) -> ThreadView:
    """Return a thread with all its comments."""
    return _shown(ask, query.thread)


def show_history(ask: Ask, query: CommentQuery) -> CommentHistory:
    """Return what a comment said before it was edited."""
    return thread_reader(ask).history(ask.book.threads.comment(query.comment))


def count_comments(ask: Ask, query: CountsQuery) -> CommentCounts:
    """Return how many comments there are on each run, checkpoint and point of a curve."""
    ask.book.refresh()
    return comment_counts(ask.book.store)


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
    ask.writable.threads.label(body.thread, body.label, body.on, author=ask.author)
    return _shown(ask, body.thread)


def assign_thread(ask: Ask, body: AssignBody) -> ThreadView:
    """Say that somebody is to see to a thread, or is not any more."""
    ask.writable.threads.assign(body.thread, body.name, body.on, author=ask.author)
    return _shown(ask, body.thread)


def mark_read(ask: Ask, body: ReadBody) -> ThreadView:
    """Note up to where somebody has read a thread."""
    ask.writable.threads.mark_read(body.thread, body.comment, author=ask.author)
    return _shown(ask, body.thread)


def reattach(ask: Ask, body: AnchorBody) -> ThreadView:
    """Hang a thread on something else, such as the cell in the place of a lost one."""
    anchor = read_anchor(ask, body.anchor)
    threads = ask.writable.threads
    threads.reattach(body.thread, anchor, followed=body.followed, author=ask.author)
    return _shown(ask, body.thread)


def save_brief(ask: Ask, body: BriefBody) -> ThreadView:
    """Say what problem the notebook is to solve."""
    if not ask.notebook:
        raise InvalidInput("Whose brief is it? Name the notebook.")
    there, threads = _brief(ask), ask.writable.threads
    fields = check_brief(body.fields)
    if there is not None and there.anchor.notebook == ask.notebook:
        anchor = there.anchor
    else:
        anchor = find_anchor(ask.book, "notebook", ask.notebook)
        if there is not None and _locator(ask, None).shares_brief(there, threads.briefs()):
            # Copies of one that is gone have the same; from now on this one has its own.
            fields = {**there.brief, **fields}
        elif there is not None:
            # It had another name; from now on the brief is known by this one, whoever copies it.
            threads.reattach(there.thread_id, anchor, author=ask.author)
    found = threads.save_brief(anchor, fields, author=ask.author)
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
    variable, said = naming_variable(), local_author()
    if variable and (said is None or said.name != body.name.strip()):
        raise InvalidInput(f"{variable} says who you are. Change or unset it, and start anew.")
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
        cells_now(book, notebook) if cells is None else cells,
        lambda name: cells_now(book, name),
        lambda: notebooks_in(book.store),
        lambda: notebook_files(book),
    )


def _shown(ask: Ask, thread: str) -> ThreadView:
    return thread_reader(ask).view(ask.book.threads.find(thread))


def _brief(ask: Ask) -> Thread | None:
    """Return the notebook's own brief; None if it has none."""
    return _locator(ask, None).brief_of(ask.book.threads.briefs())


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
