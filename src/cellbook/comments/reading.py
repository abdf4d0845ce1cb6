"""Threads and comments as they stand in the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tinydb.queries import Query

from cellbook.errors import Ambiguous, NotFound
from cellbook.records import Anchor, Comment, Revision, Thread, from_doc
from cellbook.store import Store

THREADS, COMMENTS, READERS = "threads", "comments", "readers"
TABLES = (THREADS, COMMENTS, READERS)

_SHORTEST = 6
"""Letters of an id's end that may stand for it."""


@dataclass(frozen=True, slots=True)
class Discussion:
    """A thread and its comments, in order."""

    thread: Thread
    comments: tuple[Comment, ...]

    @property
    def last(self) -> str:
        """Id of its newest comment; the thread's own where there is none."""
        return self.comments[-1].comment_id if self.comments else self.thread.thread_id


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


def comments_of(store: Store, threads: Collection[str]) -> dict[str, list[Comment]]:
    """Return the comments of some threads, by thread, in order of cause and effect."""
    found: dict[str, list[Comment]] = {thread: [] for thread in threads}
    if not found:
        return found
    one = Query().thread
    asked = one == next(iter(found)) if len(found) == 1 else one.one_of(list(found))
    for _, _, doc in store.select(COMMENTS, asked):
        found[doc["thread"]].append(from_doc(Comment, doc))
    for comments in found.values():
        comments.sort(key=lambda comment: comment.comment_id)
    return found


def discussions(store: Store, threads: Iterable[Thread]) -> list[Discussion]:
    """Return threads with their comments."""
    wanted = list(threads)
    comments = comments_of(store, [thread.thread_id for thread in wanted])
    return [Discussion(thread, tuple(comments[thread.thread_id])) for thread in wanted]


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


def seen_by(store: Store, name: str) -> dict[str, str]:
    """Return the newest comment that somebody read in each thread, on whichever machine."""
    seen: dict[str, str] = {}
    for _, _, doc in store.select(READERS, Query().name == name):
        for thread, comment in doc.get("seen", {}).items():
            seen[thread] = max(comment, seen.get(thread, ""))
    return seen


def hangs_on_same(mine: Anchor, other: Anchor) -> bool:
    """Whether two anchors are of the very same thing."""
    fields = ("kind", "cell_id", "output", "runs", "metric", "step", "checkpoint", "name",
              "version", "candidate")  # fmt: skip
    same = all(getattr(mine, field) == getattr(other, field) for field in fields)
    return same and (mine.kind != "notebook" or mine.notebook == other.notebook)
