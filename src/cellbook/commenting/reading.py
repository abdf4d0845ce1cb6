"""Threads and comments as they stand in the store."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence

from tinydb.queries import Query

from cellbook.errors import Ambiguous, NotFound
from cellbook.records import Author, Comment, Revision, Thread, ThreadKind, from_doc, to_doc
from cellbook.store import Doc, Op, Store, create

THREADS, COMMENTS, READERS, PEOPLE = "threads", "comments", "readers", "people"

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
        The documents of its comments, in order.
    """

    def __init__(self, thread: Thread, docs: Sequence[Doc]) -> None:
        self.thread = thread
        self.docs = docs
        self.last_time = max([thread.time, *(doc["time"] for doc in docs)])
        self.mentioned = frozenset(
            name for doc in docs if "deleted" not in doc for name in doc.get("mentions", ())
        )

    @functools.cached_property
    def comments(self) -> tuple[Comment, ...]:
        """Its comments, in order."""
        return tuple(from_doc(Comment, doc) for doc in self.docs)

    def unread(self, name: str, seen: str) -> frozenset[str]:
        """Return the ids of comments that somebody has not read, who read up to `seen`.

        Who answers has read what stands above.  What came with a file nobody has, least of all
        who is said to have written it.
        """
        found: list[str] = []
        for doc in reversed(self.docs):
            mine = doc["author"]["name"] == name and not doc.get("imported")
            if doc["comment_id"] <= seen or mine:
                break
            if "deleted" not in doc:
                found.append(doc["comment_id"])
        return frozenset(found)


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
        doc = store.get(THREADS, _whole(store, THREADS, thread, "thread"))
        assert doc is not None
    return from_doc(Thread, doc)


def comment_of(store: Store, comment: str) -> Comment:
    """Return the comment of an id, or of the end of one.

    Raises
    ------
    NotFound
        If there is none.
    """
    doc = store.get(COMMENTS, comment)
    if doc is None:
        doc = store.get(COMMENTS, _whole(store, COMMENTS, comment, "comment"))
        assert doc is not None
    return from_doc(Comment, doc)


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
        found.get(doc["thread"], []).append(doc)
    for docs in found.values():
        docs.sort(key=_by_id)
    return [Discussion(thread, found[thread.thread_id]) for thread in wanted]


def _by_id(doc: Doc) -> str:
    return str(doc["comment_id"])


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
            if thread_id not in found:
                found[thread_id] = from_doc(Thread, doc)
    return [found[thread_id] for thread_id in sorted(found)]


def all_threads(store: Store) -> list[Thread]:
    """Return all threads, the oldest first."""
    return [from_doc(Thread, doc) for _, _, doc in store.select(THREADS)]


def people_in(store: Store) -> list[Author]:
    """Return everyone who ever wrote in the book, by name."""
    found = [from_doc(Author, doc) for _, _, doc in store.select(PEOPLE)]
    return sorted(found, key=lambda author: (author.name.casefold(), author.name))


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
    return [from_doc(Thread, doc) for _, _, doc in store.select(THREADS, asked)]


def seen_by(store: Store, name: str) -> dict[str, str]:
    """Return the newest comment that somebody read in each thread, on whichever machine."""
    seen: dict[str, str] = {}
    for _, _, doc in store.select(READERS, Query().name == name):
        for thread, comment in doc.get("seen", {}).items():
            seen[thread] = max(comment, seen.get(thread, ""))
    return seen
