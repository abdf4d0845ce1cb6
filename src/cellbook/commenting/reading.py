"""Threads and comments as they stand in the store."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from tinydb.queries import Query

from cellbook.commenting.reviews import is_done
from cellbook.commenting.soundness import flaw, is_sound, read_sound, read_surely
from cellbook.commenting.wording import SMALL
from cellbook.errors import Ambiguous, NotFound
from cellbook.records import (
    Author,
    Comment,
    Record,
    Revision,
    Thread,
    ThreadKind,
    from_doc,
    to_doc,
)
from cellbook.store import Doc, Op, Store, create

THREADS, COMMENTS, PEOPLE = "threads", "comments", "people"

R = TypeVar("R", bound=Record)

_SHORTEST = 6
"""Letters of an id's end that may stand for it."""


class Discussion:
    """A thread and its comments, in order of cause and effect.

    Lists ask little of most comments; so these are read from their documents when they are shown.

    Parameters
    ----------
    thread
        The thread.
    docs
        The documents of its comments, in order; those that cannot be read are passed over.
    """

    def __init__(self, thread: Thread, docs: Sequence[Doc]) -> None:
        self.recorded, self.given = thread, docs
        """The thread as its document has it, and all documents that belong to it."""
        docs = [doc for doc in docs if is_sound(Comment, doc)]
        self.unreadable = len(self.given) - len(docs)
        if thread.kind is ThreadKind.REVIEW:
            # Of two who approved in two copies of a book, neither saw that it was done with.
            thread = replace(thread, resolved=is_done(docs, those(thread.assigned)))
        self.thread = thread
        self.docs = docs
        self.last_time = max([thread.time, *(doc["time"] for doc in docs if not _is_small(doc))])
        self.mentioned = frozenset(
            name for doc in docs if "deleted" not in doc for name in doc.get("mentions", ())
        )

    @functools.cached_property
    def comments(self) -> tuple[Comment, ...]:
        """Its comments, in order."""
        return tuple(from_doc(Comment, doc) for doc in self.docs)

    @functools.cached_property
    def _news(self) -> tuple[tuple[str, str], ...]:
        """Id and author of what can be new to somebody; no author where that is only claimed."""
        return tuple(
            (doc["comment_id"], "" if doc.get("imported") else doc["author"]["name"])
            for doc in self.docs
            if "deleted" not in doc and not _is_small(doc)
        )

    def unread(self, name: str, seen: Container[str]) -> frozenset[str]:
        """Return the ids of comments that somebody has not read, who read those of `seen`.

        What one wrote oneself is read.  What came with a file is not, least of all by who is said
        to have written it.
        """
        return frozenset(one for one, by in self._news if by != name and one not in seen)


def _is_small(doc: Doc) -> bool:
    """Whether a comment only tells of what is nobody's news, as of a label."""
    return doc.get("event", "") in SMALL


def newest_text(comment: Comment) -> str:
    """Return a comment's text as it is now; empty where it was deleted.

    An edit that came in late from elsewhere leaves its text in the document; it stays deleted.
    """
    newest = newest_revision(comment)
    return "" if newest is None else newest.text


def newest_revision(comment: Comment) -> Revision | None:
    """Return the last state of a comment's text; None if it was deleted or never had any."""
    if comment.deleted is not None or not comment.revisions:
        return None
    return comment.revisions[max(comment.revisions)]


def given_to(comment: Comment) -> Mapping[str, list[str]]:
    """Return who reacted to a comment, by emoji, in the order in which they did."""
    found = {}
    for emoji, given in comment.reactions.items():
        named = [(reaction.time, name) for name, reaction in given.items() if reaction.given]
        if named:
            found[emoji] = [name for _, name in sorted(named)]
    return dict(sorted(found.items(), key=lambda one: (-len(one[1]), one[0])))


def those(flags: Mapping[str, bool]) -> list[str]:
    """Return the names that are on, in order."""
    return sorted(name for name, on in flags.items() if on)


def thread_of(store: Store, thread: str) -> Thread:
    """Return the thread of an id, or of the end of one.

    Raises
    ------
    NotFound
        If there is none.
    """
    doc = store.get(THREADS, thread)
    if doc is None:
        thread = _whole(store, THREADS, thread, "thread")
        doc = store.get(THREADS, thread)
    return read_surely(Thread, doc, thread)


def comment_of(store: Store, comment: str) -> Comment:
    """Return the comment of an id, or of the end of one.

    Raises
    ------
    NotFound
        If there is none.
    """
    doc = store.get(COMMENTS, comment)
    if doc is None:
        comment = _whole(store, COMMENTS, comment, "comment")
        doc = store.get(COMMENTS, comment)
    return read_surely(Comment, doc, comment)


def _whole(store: Store, table: str, end: str, what: str) -> str:
    wanted = end.strip().upper()
    found = []
    if len(wanted) >= _SHORTEST:
        found = [one for one in store.ids(table) if one.endswith(wanted)]
    if len(found) > 1:
        raise Ambiguous(f"{len(found)} {what}s have an id that ends with {end!r}. Give more of it.")
    if not found:
        raise NotFound(f"There is no {what} {end[:40]!r}. `cellbook comments` lists threads.")
    return found[0]


def discussions(
    store: Store, threads: Iterable[Thread], *, whole: bool = False
) -> list[Discussion]:
    """Return threads with their comments.

    `whole` says that these are all the threads of the book, or most of them.
    """
    wanted = list(threads)
    found: dict[str, list[Doc]] = {thread.thread_id: [] for thread in wanted}
    if not wanted:
        return []
    one = Query().thread
    asked = one == wanted[0].thread_id if len(wanted) == 1 else one.one_of(list(found))
    for _, _, doc in store.select(COMMENTS, None if whole else asked):
        # In a book that was merged in part, a comment may be there before its thread.
        thread = doc.get("thread")
        found.get(thread if isinstance(thread, str) else "", []).append(doc)
    for docs in found.values():
        docs.sort(key=_by_id)
    return [Discussion(thread, found[thread.thread_id]) for thread in wanted]


def comments_in(store: Store, thread: str) -> list[Doc]:
    """Return the documents of a thread's comments, in order."""
    found = (doc for _, _, doc in store.select(COMMENTS, Query().thread == thread))
    return sorted((doc for doc in found if is_sound(Comment, doc)), key=_by_id)


def _by_id(doc: Doc) -> str:
    return str(doc.get("comment_id"))


def threads_about(store: Store, notebook: str, cells: Collection[str]) -> list[Thread]:
    """Return the threads that were begun in a notebook, hang on one of some cells, or on whole
    notebooks: whoever knows the files says which of these it is."""
    anchor = Query().anchor
    asked = [anchor.notebook == notebook, anchor.kind == "notebook"]
    if cells:
        asked.append(anchor.cell_id.one_of(list(cells)))
    found: dict[str, Thread] = {}
    # One after the other: each has an index of its own.
    for query in asked:
        for thread_id, _, doc in store.select(THREADS, query):
            if thread_id not in found and (thread := read_sound(Thread, doc)) is not None:
                found[thread_id] = thread
    return [found[thread_id] for thread_id in sorted(found)]


def all_threads(store: Store) -> list[Thread]:
    """Return all threads, the oldest first."""
    return _read(Thread, store.select(THREADS))


def count_comments(store: Store) -> Counter[str]:
    """Return how many comments each thread has; deleted ones, and what only tells that it was
    resolved or the like, do not count."""
    return Counter(
        doc["thread"]
        for _, _, doc in store.select(COMMENTS)
        if "deleted" not in doc and doc.get("revisions") and is_sound(Comment, doc)
    )


def people_in(store: Store) -> list[Author]:
    """Return everyone who ever wrote in the book, by name."""
    return sorted(
        _read(Author, store.select(PEOPLE)),
        key=lambda author: (author.name.casefold(), author.name),
    )


def introduce(store: Store, author: Author) -> list[Op]:
    """Return what puts somebody on the list of those who write in the book, if they are not."""
    doc, doc_id = to_doc(author), f"person-{author.name}"
    return [] if store.get(PEOPLE, doc_id) == doc else [create(PEOPLE, doc_id, doc)]


def knows(store: Store, author: Author) -> bool:
    """Whether somebody of that name is on the list of those who write in the book."""
    return store.get(PEOPLE, f"person-{author.name}") is not None


def briefs_in(store: Store) -> list[Thread]:
    """Return the briefs of all notebooks, the oldest first."""
    return _of_kind(store, ThreadKind.BRIEF)


def reviews_in(store: Store) -> list[Thread]:
    """Return all reviews, the oldest first."""
    return _of_kind(store, ThreadKind.REVIEW)


def _of_kind(store: Store, kind: ThreadKind) -> list[Thread]:
    asked = Query().kind == kind.value
    return _read(Thread, store.select(THREADS, asked))


def _read(kind: type[R], found: Iterable[tuple[str, int, Doc]]) -> list[R]:
    read = (read_sound(kind, doc) for _, _, doc in found)
    return [one for one in read if one is not None]


def flaws(store: Store) -> Iterator[tuple[str, str]]:
    """Yield what cannot be read, by table and id, and why."""
    kinds: Mapping[str, type[Record]] = {THREADS: Thread, COMMENTS: Comment, PEOPLE: Author}
    for table, kind in kinds.items():
        for doc_id, _, doc in store.select(table):
            if not is_sound(kind, doc):
                yield f"{table}/{doc_id}", flaw(kind, doc)
