"""Threads: begun, answered, resolved, and whatever else people do with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cellbook.commenting.briefs import brief_change, check_brief
from cellbook.commenting.mentions import as_known
from cellbook.commenting.people import check_author
from cellbook.commenting.readers import reading
from cellbook.commenting.reading import (
    COMMENTS,
    THREADS,
    Discussion,
    all_threads,
    briefs_in,
    comment_of,
    comments_in,
    discussions,
    flaws,
    people_in,
    reviews_in,
    thread_of,
)
from cellbook.commenting.reviews import REQUESTED, Verdict, check_verdict, review_state
from cellbook.commenting.soundness import is_sound
from cellbook.commenting.wording import (
    FLAGGED,
    FOLLOWED,
    check_emoji,
    check_label,
    check_text,
    several,
)
from cellbook.commenting.writing import Writing, now
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
    from_doc,
    to_doc,
)
from cellbook.store import update

_FORMER = 20
"""Cells that a thread hung on before, at most, by which it is found where mergers are undone."""


class Threads(Writing):
    """The discussions of a book.

    Whatever several people may change at once is a map of leaves, so that both succeed, also where
    two copies of the book meet later.  What happens to a thread is kept twice: as its state, and as
    an entry that says who did it.

    Every method that writes takes who does it; None means the one who works here.
    """

    # -- reading -------------------------------------------------------------------------------

    def all(self) -> list[Thread]:
        """Return all threads, the oldest first."""
        threads = all_threads(self._store)
        reviews = (one for one in threads if one.kind is ThreadKind.REVIEW)
        told = {one.thread.thread_id: one.thread for one in discussions(self._store, reviews)}
        return [told.get(one.thread_id, one) for one in threads]

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

    def check(self) -> Iterator[tuple[str, str, bool]]:
        """Yield place, problem and whether that is harmless, of what cannot be read."""
        for place, why in flaws(self._store):
            yield place, f"cannot be read ({why}), so lists pass it over", False

    def asked_of_me(self, *, author: Author | None = None) -> list[Thread]:
        """Return the open reviews that somebody is asked for and has not approved."""
        name = self._author(author).name
        asked = [one for one in reviews_in(self._store) if one.assigned.get(name)]
        return [
            found.thread
            for found in discussions(self._store, asked)
            if not found.thread.resolved and name not in review_state(found.comments, ()).approved
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
        labels, assigned = several(labels, "label"), several(assigned, "person")
        thread, ops = self._begin(_checked(anchor), kind, author, labels, assigned)
        entry = self._entry(thread.thread_id, author, check_text(text))
        self._store.commit([*ops, *entry])
        self._tell(thread.thread_id, entry, [*thread.assigned])
        return thread

    def reply(self, thread: str, text: str, *, author: Author | None = None) -> Comment:
        """Answer in a thread."""
        author = self._author(author)
        found = thread_of(self._store, thread)
        ops = self._entry(found.thread_id, author, check_text(text))
        self._add(found.thread_id, author, ops)
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
        revision = Revision(text, now())
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
                    {"deleted": now(), "mentions": []},
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
        given_now = {emoji: {author.name: to_doc(Reaction(given, now()))}}
        self._store.commit([update(COMMENTS, found.comment_id, {"reactions": given_now})])
        return self.comment(found.comment_id)

    def label(
        self, thread: str, label: str, on: bool = True, *, author: Author | None = None
    ) -> Thread:
        """Put a label on a thread, or take it off."""
        return self._flag(thread, "labels", check_label(label), on, author)

    def assign(
        self, thread: str, name: str, on: bool = True, *, author: Author | None = None
    ) -> Thread:
        """Say that somebody is to see to a thread, or is not any more."""
        (name,) = as_known([check_author(name.removeprefix("@")).name], self._names())
        return self._flag(thread, "assigned", name, on, author)

    def mark_read(self, thread: str, comment: str, *, author: Author | None = None) -> None:
        """Note that somebody has read a thread as it is here now, up to a comment."""
        author = self._author(author)
        found = thread_of(self._store, thread)
        newest = comment_of(self._store, comment).comment_id
        docs = comments_in(self._store, found.thread_id)
        ops = reading(self._store, author, [doc for doc in docs if doc["comment_id"] <= newest])
        if ops:
            self._store.commit(ops)

    def reattach(
        self,
        thread: str,
        anchor: Anchor,
        *,
        followed: bool = False,
        author: Author | None = None,
    ) -> Thread:
        """Hang a thread on something else, such as the cell that took the place of a lost one.

        `followed` says that its cell was merged into that one, which is nobody's news.  Where it
        hangs there already, as another window saw the same, nothing happens.
        """
        anchor = _checked(anchor)
        if followed:
            before = thread_of(self._store, thread).anchor
            if before.cell_id == anchor.cell_id:
                return self.find(thread).thread
            known = [one for one in before.former if one != anchor.cell_id]
            anchor = replace(anchor, former=(*known, before.cell_id)[-_FORMER:])
        event = FOLLOWED if followed else "attached"
        # The whole anchor is one value: fields that it has no more must not stay behind.
        return self._happen(thread, event, {"anchor": to_doc(anchor)}, "", author, ["anchor"])

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
        author, anchor = self._author(author), _checked(anchor)
        given = check_brief(fields)
        same = (one for one in self.briefs() if one.anchor.notebook == anchor.notebook)
        there = next(same, None)
        new = there is None
        if there is None:
            there, ops = self._begin(anchor, ThreadKind.BRIEF, author, (), ())
            given = {name: text for name, text in given.items() if text}
            if not given:
                raise InvalidInput("The brief would say nothing. Write something in it.")
            ops[0][2]["brief"] = given
        else:
            changed = {name: text for name, text in given.items() if there.brief.get(name) != text}
            if not changed:
                return there
            given, ops = changed, [update(THREADS, there.thread_id, {"brief": changed})]
        told = brief_change(given)
        # What a new brief says stands at its head.
        about = "" if new else told
        entry = self._entry(there.thread_id, author, "", event="brief", about=about)
        entry[0][2]["mentions"] = list(self._mentions(told))
        self._add(there.thread_id, author, [*ops, *entry])
        self._tell(there.thread_id, entry)
        return thread_of(self._store, there.thread_id)

    def request_review(
        self, anchor: Anchor, of: Iterable[str], text: str = "", *, author: Author | None = None
    ) -> Thread:
        """Ask people to approve of a run, a checkpoint or a model.

        Raises
        ------
        InvalidInput
            If it is none of these, or nobody is asked.
        """
        author, anchor = self._author(author), _checked(anchor)
        if anchor.kind not in (AnchorKind.RUN, AnchorKind.CHECKPOINT, AnchorKind.MODEL):
            raise InvalidInput("A run, a checkpoint or a model can be sent for review. Name one.")
        asked = as_known(
            [check_author(name.removeprefix("@")).name for name in several(of, "person")],
            self._names(),
        )
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
        if verdict not in tuple(Verdict):
            raise InvalidInput(f"A review is {' or '.join(Verdict)}, not {str(verdict)[:40]!r}.")
        verdict = Verdict(verdict)
        if found.kind is not ThreadKind.REVIEW:
            raise InvalidInput("Nobody asked for a review there. `%review request @name` does.")
        with self._store.exclusive():
            # Of two who approve at once, the second one sees the first.
            comments = self.find(found.thread_id).comments
            done = check_verdict(found, comments, author.name, verdict, text)
            return self._happen(found.thread_id, verdict.value, {"resolved": done}, text, author)

    # -- parts ---------------------------------------------------------------------------------

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
        found = self.find(thread).thread
        said = check_text(text, True)
        if event in ("resolved", "reopened") and found.resolved == (event == "resolved"):
            # Somebody else did the same at once: it happened, and is told once.
            if said:
                self.reply(found.thread_id, said, author=author)
            return found
        entry = self._entry(found.thread_id, author, said, event=event)
        dropped = [[name] for name in drop]
        change = update(THREADS, found.thread_id, dict(changes), dropped)
        self._add(found.thread_id, author, [change, *entry])
        self._tell(found.thread_id, entry)
        return self.find(found.thread_id).thread

    def _flag(self, thread: str, kind: str, name: str, on: bool, author: Author | None) -> Thread:
        """Put a label or a person on a thread or take it off, and on record who did it."""
        author = self._author(author)
        found = thread_of(self._store, thread)
        if bool(getattr(found, kind).get(name)) != on:
            event, shown = FLAGGED[kind][on], f"@{name}" if kind == "assigned" else name
            entry = self._entry(found.thread_id, author, "", event=event, about=shown)
            change = update(THREADS, found.thread_id, {kind: {name: on}})
            self._add(found.thread_id, author, [change, *entry])
            if on and kind == "assigned":
                self._tell(found.thread_id, entry, [name])
        return self.find(found.thread_id).thread


def _checked(anchor: Anchor) -> Anchor:
    """Return an anchor, or raise InvalidInput if that is none: it could never be read again."""
    if isinstance(anchor, Anchor) and is_sound(Anchor, to_doc(anchor)):
        return anchor
    raise InvalidInput(
        f"A thread hangs on an Anchor, not on {repr(anchor)[:60]}. "
        "`cb.comment(target, text)` takes names, such as run:NAME or #12."
    )
