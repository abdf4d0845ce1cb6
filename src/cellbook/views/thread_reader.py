"""Reads threads for one person, from what is on record and where the notebooks are now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cellbook.commenting import (
    Discussion,
    ReviewState,
    Said,
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
from cellbook.views.formatting import plural
from cellbook.views.keeping import kept
from cellbook.views.markdown import render
from cellbook.views.thread_anchors import Found, Locator, Titles, view_anchor
from cellbook.views.threads import (
    FILTERS,
    CommentHistory,
    CommentView,
    Person,
    ReactionView,
    ReviewView,
    RevisionView,
    ThreadCounts,
    ThreadsPage,
    ThreadView,
    no_filter,
)

_COMMENTS = 200
"""Comments of a thread in a page; all are in the thread itself."""


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
        # Beside the store, not with who reads: the next one is to read only what has changed.
        self._said = kept(store, ("said",), (), Said, rest=False)
        self._former: set[str] = set()
        self._unreadable = 0
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
            raise InvalidInput(no_filter(chosen))
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
            notice=" ".join(filter(None, [notice, self._passed_over(found)])),
        )

    def _passed_over(self, found: Iterable[Discussion]) -> str:
        """Return what is to be said of what cannot be read; mostly nothing."""
        counted = {"thread": self._unreadable, "comment": sum(one.unreadable for one in found)}
        told = " and ".join(plural(count, what) for what, count in counted.items() if count)
        return f"{told} cannot be read; `cellbook verify` says why." if told else ""

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
            tuple(
                RevisionView(one.text, render(one.text), one.time, one.imported)
                for one in revisions
            )
        )

    def discussions(self, everywhere: bool = False) -> Sequence[Discussion]:
        """Return threads as they are on record, which say for other books what they are about."""
        found = self._everything() if everywhere else self._of_notebook()
        return [self._titles.named(one) for one in found]

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
        found, self._unreadable = kept(
            store,
            ("all discussions",),
            ("threads", "comments"),
            lambda: self._said.everywhere(store),
            rest=False,
        )
        self._former = self._locator.former_names(one.thread for one in found)
        return found

    def _of_notebook(self) -> Sequence[Discussion]:
        cells = self._locator.cells.ids if self._locator.cells else frozenset()
        notebook = self._locator.notebook
        near = kept(
            self._store,
            ("threads about", notebook, cells),
            ("threads",),
            lambda: threads_about(self._store, notebook, cells),
            rest=False,
        )
        # Asked each time: files come and go, and the book does not change by that.
        self._former = self._locator.former_names(near)
        return kept(
            self._store,
            ("threads", notebook, cells, frozenset(self._former)),
            ("threads", "comments"),
            lambda: self._find(near),
            rest=False,
        )

    def _find(self, near: Iterable[Thread]) -> Sequence[Discussion]:
        threads = {one.thread_id: one for one in near}
        for name in self._former:
            more = threads_about(self._store, name, ())
            threads |= {one.thread_id: one for one in more}
        # The brief of another notebook is none of this one's threads.
        others = {one.thread_id for one in threads.values() if one.kind is ThreadKind.BRIEF}
        brief = self._locator.brief_of(threads[one] for one in others)
        others -= {brief.thread_id} if brief is not None else set()
        here = [
            one
            for one in threads.values()
            if one.thread_id not in others and self._locator.is_here(one, self._former)
        ]
        return self._said.of(self._store, here)

    def _entries(self, found: Iterable[Discussion]) -> list[_Entry]:
        me = self._me.name if self._me is not None else ""
        seen = self._seen(me) if me else frozenset()
        locator, former, titles = self._locator, self._former, self._titles
        return [
            _Entry(
                one,
                locator.find(one.thread.anchor, former, titles),
                one.unread(me, seen) if me else frozenset(),
                bool(me) and (one.thread.author.name == me or bool(one.thread.assigned.get(me))),
                me in one.mentioned,
            )
            for one in found
        ]

    def _seen(self, name: str) -> frozenset[str]:
        store = self._store
        return kept(store, ("seen", name), ("readers",), lambda: seen_by(store, name), rest=False)

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
            parts += [
                newest_text(comment),
                comment.about,
                comment.author.name,
                comment.author.display_name,
            ]
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
        newest, me = newest_revision(comment), self._me.name if self._me is not None else ""
        text, brought = ("", "") if newest is None else (newest.text, newest.imported)
        reactions = {} if comment.deleted is not None else given_to(comment)
        return CommentView(
            comment_id=comment.comment_id,
            author=self.person(comment.author),
            time=comment.time,
            text=text,
            html=render(text) if text else "",
            edited=newest is not None and len(comment.revisions) > 1,
            revisions=len(comment.revisions) if comment.deleted is None else 0,
            mentions=comment.mentions if comment.deleted is None else (),
            reactions=tuple(
                ReactionView(emoji, len(names), tuple(names), me in names)
                for emoji, names in reactions.items()
            ),
            deleted=comment.deleted is not None,
            event=comment.event,
            about=comment.about,
            mine=bool(me) and comment.author.name == me and not comment.imported,
            unread=unread,
            imported=comment.imported,
            edited_in=brought if brought != comment.imported else "",
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
