"""Threads: begun, answered, resolved, and whatever else people do with them."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from cellbook.commenting.briefs import check_brief
from cellbook.commenting.mentions import TEXT_LIMIT, as_known, find_mentions
from cellbook.commenting.people import check_author, local_author, node_name
from cellbook.commenting.reading import (
    COMMENTS,
    READERS,
    THREADS,
    Discussion,
    all_threads,
    briefs_in,
    comment_of,
    discussions,
    introduce,
    people_in,
    reviews_in,
    thread_of,
)
from cellbook.commenting.reviews import REQUESTED, Verdict, check_verdict, review_state
from cellbook.errors import InvalidInput
from cellbook.records import (
    Anchor,
    AnchorKind,
    Author,
    Comment,
    Reaction,
    Revision,
    Thread,
    ThreadKind,
    check_name,
    encodable,
    from_doc,
    to_doc,
)
from cellbook.store import Op, Store, create, update

_LABEL_LIMIT = 50
_EMOJI_LIMIT = 16
_EMOJI = frozenset({"So", "Sk", "Sm", "Mn", "Me", "Cf", "Po", "Nd"})
"""Categories of Unicode that pictures are made of; one of the first is in each."""


class AuthorUnknown(InvalidInput):
    """Somebody writes whose name nobody knows: they are to be asked."""


class Threads:
    """The discussions of a book.

    Whatever several people may change at once is a map of leaves, so that both succeed, also where
    two copies of the book meet later.  What happens to a thread is kept twice: as its state, and as
    an entry that says who did it.

    Every method that writes takes who does it; None means the one who works here.

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

    # -- reading -------------------------------------------------------------------------------

    def all(self) -> list[Thread]:
        """Return all threads, the oldest first."""
        return all_threads(self._store)

    def find(self, thread: str) -> Discussion:
        """Return a thread, by its id or the end of that, with its comments in order.

        Raises
        ------
        NotFound
            If there is none.
        """
        return discussions(self._store, [thread_of(self._store, thread)])[0]

    def comment(self, comment: str) -> Comment:
        """Return a comment, by its id or the end of that.

        Raises
        ------
        NotFound
            If there is none.
        """
        return comment_of(self._store, comment)

    def people(self) -> list[Author]:
        """Return everyone who ever wrote in the book, by name."""
        return people_in(self._store)

    def briefs(self) -> list[Thread]:
        """Return the briefs of all notebooks, the oldest first."""
        return briefs_in(self._store)

    def asked_of_me(self, *, author: Author | None = None) -> list[Thread]:
        """Return the open reviews that somebody is asked for and has not approved."""
        name = self._author(author).name
        asked = [one for one in reviews_in(self._store) if one.assigned.get(name)]
        return [
            found.thread
            for found in discussions(self._store, [one for one in asked if not one.resolved])
            if name not in review_state(found.comments, ()).approved
        ]

    # -- writing -------------------------------------------------------------------------------

    def start(
        self,
        anchor: Anchor,
        text: str,
        *,
        labels: Iterable[str] = (),
        assigned: Iterable[str] = (),
        kind: ThreadKind = ThreadKind.DISCUSSION,
        author: Author | None = None,
    ) -> Thread:
        """Begin a thread.

        Parameters
        ----------
        anchor
            What it hangs on.
        text
            Its first comment, in Markdown.
        labels, assigned
            Such as ``question``; names of those who are to see to it.
        kind
            What it is for.
        author
            Who begins it.

        Raises
        ------
        InvalidInput
            If the text is empty or too long, or a name is none.
        AuthorUnknown
            If nobody can say who writes.
        """
        author = self._author(author)
        thread, ops = self._begin(anchor, kind, author, labels, assigned)
        entry = self._entry(thread.thread_id, author, check_text(text))
        self._store.commit([*ops, *entry])
        self._tell(thread.thread_id, entry, [*thread.assigned])
        return thread

    def reply(self, thread: str, text: str, *, author: Author | None = None) -> Comment:
        """Answer in a thread."""
        author = self._author(author)
        found = thread_of(self._store, thread)
        ops = self._entry(found.thread_id, author, check_text(text))
        self._store.commit(ops)
        self._tell(found.thread_id, ops)
        return from_doc(Comment, ops[0][2])

    def edit(self, comment: str, text: str, *, author: Author | None = None) -> Comment:
        """Change one's own comment; what it said before stays in its history.

        Raises
        ------
        InvalidInput
            If it is somebody else's, was deleted, or only says what happened.
        """
        author, found = self._own(comment, author, "edited")
        text = check_text(text)
        if not found.revisions:
            raise InvalidInput("That entry has no text to edit. Reply to the thread instead.")
        revision = Revision(text, _now())
        changes = {
            "revisions": {self._store.new_id(): to_doc(revision)},
            "mentions": list(self._mentions(text)),
        }
        self._store.commit([update(COMMENTS, found.comment_id, changes)])
        return self.comment(found.comment_id)

    def delete(self, comment: str, *, author: Author | None = None) -> Comment:
        """Take one's own comment away; that there was one stays.

        Raises
        ------
        InvalidInput
            If it is somebody else's.
        """
        author, found = self._own(comment, author, "deleted")
        if found.event:
            raise InvalidInput("What happened to a thread stays on record. Reply to it instead.")
        self._store.commit(
            [
                update(
                    COMMENTS,
                    found.comment_id,
                    {"deleted": _now(), "mentions": []},
                    [["revisions"], ["reactions"]],
                )
            ]
        )
        return self.comment(found.comment_id)

    def resolve(self, thread: str, text: str = "", *, author: Author | None = None) -> Thread:
        """Mark a thread as done with; `text` may say how."""
        return self._happen(thread, "resolved", {"resolved": True}, text, author)

    def reopen(self, thread: str, text: str = "", *, author: Author | None = None) -> Thread:
        """Mark a thread as not done with after all."""
        return self._happen(thread, "reopened", {"resolved": False}, text, author)

    def react(
        self, comment: str, emoji: str, given: bool = True, *, author: Author | None = None
    ) -> Comment:
        """React to a comment with one picture, or take that back."""
        author = self._author(author)
        emoji = check_emoji(emoji)
        found = comment_of(self._store, comment)
        if found.deleted is not None:
            raise InvalidInput("That comment was deleted. React to another one.")
        given_now = {emoji: {author.name: to_doc(Reaction(given, _now()))}}
        self._store.commit([update(COMMENTS, found.comment_id, {"reactions": given_now})])
        return self.comment(found.comment_id)

    def label(self, thread: str, label: str, on: bool = True) -> Thread:
        """Put a label on a thread, or take it off."""
        found = thread_of(self._store, thread)
        self._change(found, {"labels": {check_label(label): on}})
        return thread_of(self._store, found.thread_id)

    def assign(self, thread: str, name: str, on: bool = True) -> Thread:
        """Say that somebody is to see to a thread, or is not any more."""
        found = thread_of(self._store, thread)
        (name,) = as_known([check_author(name.removeprefix("@")).name], self._names())
        self._change(found, {"assigned": {name: on}})
        if on and not found.assigned.get(name):
            self._tell(found.thread_id, (), [name])
        return thread_of(self._store, found.thread_id)

    def mark_read(self, thread: str, comment: str, *, author: Author | None = None) -> None:
        """Note that somebody has read a thread up to a comment."""
        author = self._author(author)
        found = thread_of(self._store, thread)
        newest = comment_of(self._store, comment).comment_id
        # A document for each machine: where two copies of a book meet, none takes another's place.
        doc_id = f"reader-{author.name}-{node_name()}"
        with self._store.exclusive():
            doc = self._store.get(READERS, doc_id)
            if doc is None:
                seen = {found.thread_id: newest}
                self._store.commit([create(READERS, doc_id, {"name": author.name, "seen": seen})])
            elif doc.get("seen", {}).get(found.thread_id, "") < newest:
                change = {"seen": {found.thread_id: newest}}
                self._store.commit([update(READERS, doc_id, change)])

    def reattach(self, thread: str, anchor: Anchor, *, author: Author | None = None) -> Thread:
        """Hang a thread on something else, such as the cell that took the place of a lost one."""
        # The whole anchor is one value: fields that it has no more must not stay behind.
        return self._happen(thread, "attached", {"anchor": to_doc(anchor)}, "", author, ["anchor"])

    def save_brief(
        self, anchor: Anchor, fields: Mapping[str, object], *, author: Author | None = None
    ) -> Thread:
        """Say what problem a notebook is to solve; what is not named stays as it is.

        Parameters
        ----------
        anchor
            Of the notebook, as its brief has it if there is one.
        fields
            Some of :data:`~cellbook.commenting.BRIEF_FIELDS`.
        author
            Who says so.
        """
        author = self._author(author)
        given = check_brief(fields)
        same = (one for one in self.briefs() if one.anchor.notebook == anchor.notebook)
        there = next(same, None)
        if there is None:
            there, ops = self._begin(anchor, ThreadKind.BRIEF, author, (), ())
            ops[0][2]["brief"] = {name: value for name, value in given.items() if value}
        else:
            changed = {name: text for name, text in given.items() if there.brief.get(name) != text}
            if not changed:
                return there
            given, ops = changed, [update(THREADS, there.thread_id, {"brief": changed})]
        said = "; ".join(f"{name}: {text}" for name, text in given.items() if len(text) < 500)
        self._store.commit([*ops, *self._entry(there.thread_id, author, said, event="brief")])
        return thread_of(self._store, there.thread_id)

    def request_review(
        self, anchor: Anchor, of: Sequence[str], text: str = "", *, author: Author | None = None
    ) -> Thread:
        """Ask people to approve of a run or a checkpoint.

        Raises
        ------
        InvalidInput
            If it is neither, or nobody is asked.
        """
        author = self._author(author)
        if anchor.kind not in (AnchorKind.RUN, AnchorKind.CHECKPOINT):
            raise InvalidInput("A run or a checkpoint can be sent for review. Name one.")
        asked = as_known([check_author(name.removeprefix("@")).name for name in of], self._names())
        if not asked:
            raise InvalidInput("Who is to review it? Name somebody, such as @ada.")
        thread, ops = self._begin(anchor, ThreadKind.REVIEW, author, ["review"], asked)
        entry = self._entry(thread.thread_id, author, check_text(text, True), event=REQUESTED)
        doc = entry[0][2]
        doc["mentions"] = list(dict.fromkeys([*asked, *doc.get("mentions", ())]))
        self._store.commit([*ops, *entry])
        self._tell(thread.thread_id, entry)
        return thread

    def review(
        self, thread: str, verdict: Verdict | str, text: str = "", *, author: Author | None = None
    ) -> Thread:
        """Approve of what one was asked to review, or return it with reasons.

        It is approved, and done with, when all who were asked have approved.

        Raises
        ------
        InvalidInput
            If nothing was asked, or of somebody else; or it is returned without a reason.
        """
        author = self._author(author)
        found = thread_of(self._store, thread)
        verdict = Verdict(verdict)
        if found.kind is not ThreadKind.REVIEW:
            raise InvalidInput("Nobody asked for a review there. `%review request @name` does.")
        with self._store.exclusive():
            # Of two who approve at once, the second one sees the first.
            comments = self.find(found.thread_id).comments
            done = check_verdict(found, comments, author.name, verdict, text)
            return self._happen(found.thread_id, verdict.value, {"resolved": done}, text, author)

    # -- parts ---------------------------------------------------------------------------------

    def _author(self, given: Author | None) -> Author:
        author = given or self._who()
        if author is None:
            raise AuthorUnknown(
                "Nobody knows who writes this. Set CELLBOOK_USER, or git's user.email, and write "
                "it again."
            )
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
            time=_now(),
            kind=kind,
            labels={check_label(label): True for label in labels},
            assigned=dict.fromkeys(as_known(names, self._names() if names else ()), True),
        )
        return thread, [create(THREADS, thread.thread_id, to_doc(thread))]

    def _entry(self, thread: str, author: Author, text: str, *, event: str = "") -> list[Op]:
        now = _now()
        comment = Comment(
            comment_id=self._store.new_id(),
            thread=thread,
            author=author,
            time=now,
            revisions={self._store.new_id(): Revision(text, now)} if text else {},
            mentions=self._mentions(text),
            event=event,
        )
        return [
            create(COMMENTS, comment.comment_id, to_doc(comment)),
            *introduce(self._store, author),
        ]

    def _happen(
        self,
        thread: str,
        event: str,
        changes: Mapping[str, object],
        text: str,
        author: Author | None,
        drop: Sequence[str] = (),
    ) -> Thread:
        author = self._author(author)
        found = thread_of(self._store, thread)
        said = check_text(text, True)
        if event in ("resolved", "reopened") and found.resolved == (event == "resolved"):
            # Somebody else did the same at once: it happened, and is told once.
            if said:
                self.reply(found.thread_id, said, author=author)
            return found
        entry = self._entry(found.thread_id, author, said, event=event)
        dropped = [[name] for name in drop]
        self._store.commit([update(THREADS, found.thread_id, dict(changes), dropped), *entry])
        self._tell(found.thread_id, entry)
        return thread_of(self._store, found.thread_id)

    def _tell(self, thread: str, entry: Sequence[Op], assigned: Sequence[str] = ()) -> None:
        if self.on_said is not None:
            self.on_said(thread, str(entry[0][1]) if entry else "", assigned)

    def _change(self, thread: Thread, changes: dict[str, object]) -> None:
        self._store.commit([update(THREADS, thread.thread_id, changes)])

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
        return [author.name for author in self.people()]


def check_text(text: str, may_be_empty: bool = False) -> str:
    """Return the text of a comment as it is kept.

    Raises
    ------
    InvalidInput
        If it is empty where it may not be, too long, or steers terminals.
    """
    text = str(encodable(text)).strip("\r\n").rstrip()
    if "\0" in text or "\x1b" in text:
        raise InvalidInput(
            "The comment holds an escape or NUL character, which is for terminals. Paste it as "
            "plain text."
        )
    if not text.strip() and not may_be_empty:
        raise InvalidInput("The comment is empty. Write something.")
    if len(text.encode("utf-8", "surrogatepass")) > TEXT_LIMIT:
        raise InvalidInput(
            f"The comment has {len(text):,} characters; {TEXT_LIMIT // 1000} kB can be kept. Log "
            "what is longer as an artifact of a run, and name that."
        )
    return text


def check_label(label: str) -> str:
    """Return a label as it is kept, or raise InvalidInput."""
    label = check_name(label, "label").strip().removeprefix("#")
    if len(label) > _LABEL_LIMIT:
        raise InvalidInput(f"A label has at most {_LABEL_LIMIT} characters. Shorten it.")
    return label


def check_emoji(emoji: str) -> str:
    """Return an emoji, or raise InvalidInput if it is none."""
    kinds = {unicodedata.category(char) for char in emoji}
    keycap = "\u20e3" in emoji
    if len(emoji) > _EMOJI_LIMIT or not kinds <= _EMOJI or not (keycap or "So" in kinds):
        raise InvalidInput(f"{emoji[:20]!r} is no emoji. React with one, such as 👍.")
    return emoji


def _now() -> int:
    return time.time_ns() // 1_000_000
