"""What whatever one does in a thread is made of: entries, with who wrote them, when and to whom."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from cellbook.commenting.mentions import as_known, find_mentions
from cellbook.commenting.people import check_author, local_author
from cellbook.commenting.readers import reading
from cellbook.commenting.reading import (
    COMMENTS,
    THREADS,
    comment_of,
    comments_in,
    introduce,
    people_in,
)
from cellbook.commenting.wording import check_label
from cellbook.errors import InvalidInput
from cellbook.records import Anchor, Author, Comment, Revision, Thread, ThreadKind, to_doc
from cellbook.store import Op, Store, create


class AuthorUnknown(InvalidInput):
    """Somebody writes whose name nobody knows: they are to be asked."""


class Writing:
    """Puts entries together and writes them.

    Parameters
    ----------
    store
        The book's memory.
    who
        Says who works here.
    """

    def __init__(self, store: Store, who: Callable[[], Author | None] = local_author) -> None:
        self._store = store
        self._who = who
        self.on_said: Callable[[str, str, Sequence[str]], None] | None = None
        """Told of what somebody says here: thread, comment, and who is newly to see to it."""

    def _author(self, given: Author | None) -> Author:
        author = given or self._who()
        if author is None:
            raise AuthorUnknown(
                "Nobody knows who writes this. Set CELLBOOK_USER, or git's user.email, and write "
                "it again."
            )
        if not isinstance(author, Author):
            raise InvalidInput(f"An author is an Author, not {repr(author)[:40]}. Leave it out.")
        return author

    def _begin(
        self,
        anchor: Anchor,
        kind: ThreadKind,
        author: Author,
        labels: Iterable[str],
        assigned: Iterable[str],
    ) -> tuple[Thread, list[Op]]:
        names = [check_author(name.removeprefix("@")).name for name in assigned]
        thread = Thread(
            # Read first, so that the id is later than all that there is.
            thread_id=self._store.new_id(),
            anchor=anchor,
            author=author,
            time=now(),
            kind=ThreadKind(kind),
            labels={check_label(label): True for label in labels},
            assigned=dict.fromkeys(as_known(names, self._names() if names else ()), True),
        )
        return thread, [create(THREADS, thread.thread_id, to_doc(thread))]

    def _entry(
        self, thread: str, author: Author, text: str, *, event: str = "", about: str = ""
    ) -> list[Op]:
        moment = now()
        comment = Comment(
            comment_id=self._store.new_id(),
            thread=thread,
            author=author,
            time=moment,
            revisions={self._store.new_id(): Revision(text, moment)} if text else {},
            mentions=self._mentions(text),
            event=event,
            about=about,
        )
        return [
            create(COMMENTS, comment.comment_id, to_doc(comment)),
            *introduce(self._store, author),
        ]

    def _add(self, thread: str, author: Author, ops: list[Op]) -> None:
        """Write what is new in a thread: who writes there has read what stands above."""
        above = reading(self._store, author, comments_in(self._store, thread))
        self._store.commit([*ops, *above])

    def _tell(self, thread: str, entry: Sequence[Op], assigned: Sequence[str] = ()) -> None:
        if self.on_said is not None:
            self.on_said(thread, str(entry[0][1]) if entry else "", assigned)

    def _own(self, comment: str, author: Author | None, what: str) -> tuple[Author, Comment]:
        author = self._author(author)
        found = comment_of(self._store, comment)
        if found.author.name != author.name:
            raise InvalidInput(
                f"That comment is @{found.author.name}'s and cannot be {what} by @{author.name}. "
                "Reply to it instead."
            )
        if found.imported:
            raise InvalidInput(
                f"That comment came with {found.imported}, so it cannot be {what} here. Do that in "
                "the book where it was written, or reply to it."
            )
        if found.deleted is not None:
            raise InvalidInput("That comment was deleted. Write a new one.")
        return author, found

    def _mentions(self, text: str) -> tuple[str, ...]:
        names = find_mentions(text)
        return as_known(names, self._names()) if names else ()

    def _names(self) -> list[str]:
        return [author.name for author in people_in(self._store)]


def now() -> int:
    """Return the time, as records have it."""
    return time.time_ns() // 1_000_000
