"""Threads as every door shows them: what was said, by whom, about what, and what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cellbook.commenting import (
    Discussion,
    ReviewState,
    all_threads,
    discussions,
    given_to,
    initials,
    newest_revision,
    newest_text,
    review_state,
    seen_by,
    those,
    threads_about,
)
from cellbook.errors import InvalidInput
from cellbook.records import Anchor, Author, Comment, Thread, ThreadKind
from cellbook.store import Store
from cellbook.views.keeping import kept
from cellbook.views.markdown import render
from cellbook.views.thread_anchors import AnchorView, Found, Locator, Titles, view_anchor

FILTERS = ("", "open", "mine", "mentions", "unread", "orphaned", "resolved")
_COMMENTS = 200
"""Comments of a thread in a page; all are in the thread itself."""


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
    mine: bool
    """Whether it is who asks that wrote it, so that they may change it."""
    unread: bool
    imported: str
    """What it came with, where it was not written into this book: its author is only claimed."""


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


@dataclass(frozen=True, slots=True)
class CommentHistory:
    """What a comment said, the oldest first."""

    revisions: tuple[RevisionView, ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everyone who ever wrote in the book."""

    people: tuple[Person, ...]
    me: Person | None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A thread with what filters ask of it."""

    discussion: Discussion
    found: Found
    unread: frozenset[str]
    mine: bool
    mentions: bool

    @property
    def thread(self) -> Thread:
        return self.discussion.thread


class ThreadReader:
    """Reads threads for one person.

    Parameters
    ----------
    store
        The book's memory.
    me
        Who asks; None where nobody knows.
    locator
        Finds anchors in the notebook that is looked at.
    """

    def __init__(self, store: Store, me: Author | None, locator: Locator) -> None:
        self._store = store
        self._me = me
        self._locator = locator
        self._titles = Titles(store)
        self._former: set[str] = set()
        self._persons: dict[Author, Person] = {}

    def page(
        self,
        *,
        everywhere: bool = False,
        chosen: str = "",
        label: str = "",
        query: str = "",
        about: Callable[[Anchor], bool] | None = None,
        limit: int = 50,
        offset: int = 0,
        people: Sequence[Author] = (),
        read_only: str = "",
        notice: str = "",
    ) -> ThreadsPage:
        """Return a page of threads.

        Parameters
        ----------
        everywhere
            Whether those of the whole book are meant, not only the notebook's.
        chosen
            One of :data:`FILTERS`.
        label, query
            Only threads with this label, and with this text somewhere in them.
        about
            Only threads whose anchor this accepts, in whichever notebook they were begun.
        limit, offset
            At most so many, after so many others.
        people, read_only, notice
            What is told with it.

        Raises
        ------
        InvalidInput
            If there is no such filter.
        """
        if chosen not in FILTERS:
            raise InvalidInput(f"Threads are not filtered by {chosen!r}, but {FILTERS[1:]}.")
        found = self._everything() if everywhere or about else self._of_notebook()
        if about is not None:
            found = [one for one in found if about(one.thread.anchor)]
        entries = self._entries(found)
        counts = ThreadCounts(
            len(entries),
            *(sum(_passes(entry, name) for entry in entries) for name in FILTERS[1:]),
        )
        labels = sorted({name for entry in entries for name in those(entry.thread.labels)})
        words = query.casefold().split()
        passed = [
            entry
            for entry in entries
            if _passes(entry, chosen)
            and (not label or entry.thread.labels.get(label))
            and (not words or self._holds(entry, words))
        ]
        passed.sort(key=lambda entry: (entry.thread.resolved, -entry.discussion.last_time))
        shown = passed[offset : offset + limit]
        return ThreadsPage(
            threads=tuple(self._view(entry, _COMMENTS) for entry in shown),
            total=len(passed),
            more=len(passed) > offset + limit,
            counts=counts,
            people=tuple(self.person(author) for author in people),
            me=self.person(self._me) if self._me is not None else None,
            labels=tuple(labels),
            read_only=read_only,
            notice=notice,
        )

    def view(self, discussion: Discussion) -> ThreadView:
        """Return a thread with all its comments."""
        self._former = self._locator.former_names([discussion.thread])
        (entry,) = self._entries([discussion])
        return self._view(entry, None)

    def history(self, comment: Comment) -> CommentHistory:
        """Return what a comment said; nothing where it was deleted."""
        if comment.deleted is not None:
            return CommentHistory(())
        revisions = [comment.revisions[key] for key in sorted(comment.revisions)]
        return CommentHistory(
            tuple(RevisionView(one.text, render(one.text), one.time) for one in revisions)
        )

    def discussions(self, everywhere: bool = False) -> Sequence[Discussion]:
        """Return the threads of the notebook, or of the whole book, as they are on record."""
        return self._everything() if everywhere else self._of_notebook()

    def person(self, author: Author) -> Person:
        """Return somebody as who asks sees them."""
        known = self._persons.get(author)
        if known is None:
            mine = self._me is not None and author.name == self._me.name
            shown = author.display_name or author.name
            known = self._persons[author] = Person(author.name, shown, initials(author), mine)
        return known

    # -- which threads -------------------------------------------------------------------------

    def _everything(self) -> Sequence[Discussion]:
        store = self._store
        threads = kept(
            store, ("all threads",), ("threads",), lambda: all_threads(store), rest=False
        )
        found = kept(
            store,
            ("all discussions",),
            ("threads", "comments"),
            lambda: discussions(store, threads, whole=True),
            rest=False,
        )
        self._former = self._locator.former_names(one.thread for one in found)
        return found

    def _of_notebook(self) -> Sequence[Discussion]:
        cells = frozenset(self._locator.cells.by_id) if self._locator.cells else frozenset()
        notebook = self._locator.notebook
        found, self._former = kept(
            self._store,
            ("threads", notebook, cells),
            ("threads", "comments"),
            lambda: self._find(notebook, cells),
            rest=False,
        )
        return found

    def _find(self, notebook: str, cells: frozenset[str]) -> tuple[Sequence[Discussion], set[str]]:
        threads = {one.thread_id: one for one in threads_about(self._store, notebook, cells)}
        former = self._locator.former_names(threads.values())
        for name in former:
            more = threads_about(self._store, name, ())
            threads |= {one.thread_id: one for one in more}
        here = [one for one in threads.values() if self._locator.is_here(one, former)]
        return discussions(self._store, here), former

    def _entries(self, found: Iterable[Discussion]) -> list[_Entry]:
        me = self._me.name if self._me is not None else ""
        seen = seen_by(self._store, me) if me else {}
        locator, former, titles = self._locator, self._former, self._titles
        return [
            _Entry(
                one,
                locator.find(one.thread.anchor, former, titles),
                one.unread(me, seen.get(one.thread.thread_id, "")) if me else frozenset(),
                bool(me) and (one.thread.author.name == me or bool(one.thread.assigned.get(me))),
                me in one.mentioned,
            )
            for one in found
        ]

    def _holds(self, entry: _Entry, words: Sequence[str]) -> bool:
        thread = entry.thread
        anchor = view_anchor(thread.anchor, entry.found, self._titles)
        parts = [
            anchor.title,
            anchor.quote,
            thread.author.name,
            *those(thread.labels),
            *thread.brief.values(),
        ]
        for comment in entry.discussion.comments:
            parts += [newest_text(comment), comment.author.name, comment.author.display_name]
        whole = "\n".join(parts).casefold()
        return all(word in whole for word in words)

    # -- what of them --------------------------------------------------------------------------

    def _view(self, entry: _Entry, most: int | None) -> ThreadView:
        thread, comments = entry.thread, entry.discussion.comments
        assigned = tuple(those(thread.assigned))
        is_review = thread.kind is ThreadKind.REVIEW
        review = review_state(comments, assigned) if is_review else ReviewState()
        return ThreadView(
            thread_id=thread.thread_id,
            kind=thread.kind,
            anchor=view_anchor(thread.anchor, entry.found, self._titles),
            author=self.person(thread.author),
            time=thread.time,
            last_time=entry.discussion.last_time,
            resolved=thread.resolved,
            labels=tuple(those(thread.labels)),
            assigned=assigned,
            comments=tuple(
                self._comment(comment, comment.comment_id in entry.unread)
                for comment in (comments if most is None else comments[-most:])
            ),
            count=sum(comment.deleted is None and bool(comment.revisions) for comment in comments),
            unread=len(entry.unread),
            brief=dict(thread.brief),
            review=ReviewView(
                assigned if is_review else (),
                review.state,
                review.by,
                review.approved,
                review.returned,
            ),
        )

    def _comment(self, comment: Comment, unread: bool) -> CommentView:
        text, me = newest_text(comment), self._me.name if self._me is not None else ""
        reactions = {} if comment.deleted is not None else given_to(comment)
        return CommentView(
            comment_id=comment.comment_id,
            author=self.person(comment.author),
            time=comment.time,
            text=text,
            html=render(text) if text else "",
            edited=newest_revision(comment) is not None and len(comment.revisions) > 1,
            revisions=len(comment.revisions) if comment.deleted is None else 0,
            mentions=comment.mentions if comment.deleted is None else (),
            reactions=tuple(
                ReactionView(emoji, len(names), tuple(names), me in names)
                for emoji, names in reactions.items()
            ),
            deleted=comment.deleted is not None,
            event=comment.event,
            mine=bool(me) and comment.author.name == me and not comment.imported,
            unread=unread,
            imported=comment.imported,
        )


def _passes(entry: _Entry, chosen: str) -> bool:
    match chosen:
        case "open":
            return not entry.thread.resolved
        case "resolved":
            return entry.thread.resolved
        case "mine":
            return entry.mine
        case "mentions":
            return entry.mentions
        case "unread":
            return bool(entry.unread)
        case "orphaned":
            return entry.found.lost
    return True
