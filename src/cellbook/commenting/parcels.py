"""Parcels: threads that leave a book, in a notebook or a file, and are merged into another one.

Who carries a parcel can have written anything into it.  So what comes with one is marked as
*imported*: its author is claimed, and gives nobody the right to edit it here.  And what was written
into this very book (*native*) is changed by a parcel only where a person asks for that; a notebook
that is merely opened brings new comments, and nothing else, to it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cellbook.commenting.briefs import BRIEF_FIELDS
from cellbook.commenting.checking import read_comment, read_thread
from cellbook.commenting.mentions import find_mentions
from cellbook.commenting.reading import (
    COMMENTS,
    THREADS,
    Discussion,
    comments_in,
    discussions,
    introduce,
    knows,
)
from cellbook.commenting.reviews import STANDING, Verdict, review_state
from cellbook.commenting.soundness import is_sound
from cellbook.commenting.wording import FLAGGED, FOLLOWED
from cellbook.errors import InvalidInput
from cellbook.records import Comment, Thread, from_doc, to_doc
from cellbook.store import Doc, Op, Store, create, milliseconds, update

VERSION = 1
_MOST = 50_000
"""Comments of a parcel."""
_SKEW = 300_000
"""Milliseconds by which clocks of honest machines disagree; a parcel sets none further ahead, for
what other machines write meanwhile would then count as older."""
_NAMES = {
    "requested": "review asked for", "attached": "attached elsewhere",
    FOLLOWED: "attached elsewhere",
    "labelled": "label", "unlabelled": "label", "labels": "label",
    "assigned": "assignment", "unassigned": "assignment",
}  # fmt: skip
"""How events are named where they are left out, if not by themselves."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Threads and comments on their way."""

    threads: tuple[Thread, ...]
    comments: tuple[Comment, ...]
    notebook: str = ""
    """The notebook that they are of, as the book that they left names it."""


@dataclass(slots=True)
class Merged:
    """What a parcel changed."""

    threads: int = 0
    """How many are new."""
    comments: int = 0
    changed: int = 0
    """Threads and comments that were there and are different now."""
    left_out: int = 0
    """Changes of what was written into this book, which nobody asked for."""
    left: dict[str, int] = field(default_factory=dict)
    """The same by what they are, such as ``resolved``."""
    ops: list[Op] = field(default_factory=list, repr=False)

    def __bool__(self) -> bool:
        return bool(self.threads or self.comments or self.changed)

    def leave_out(self, what: str) -> None:
        """Count a change that is not made."""
        self.left_out += 1
        self.left[what] = self.left.get(what, 0) + 1


def pack(found: Iterable[Discussion], notebook: str = "") -> dict[str, Any]:
    """Return threads as a JSON-ready document, always the same for the same threads."""
    whole = sorted(found, key=lambda one: one.thread.thread_id)
    return {
        "version": VERSION,
        "notebook": notebook,
        "threads": [to_doc(replace(one.thread, imported="")) for one in whole],
        "comments": [to_doc(_unmarked(comment)) for one in whole for comment in one.comments],
    }


def _unmarked(comment: Comment) -> Comment:
    """Return a comment without what it came with here."""
    plain = {key: replace(one, imported="") for key, one in comment.revisions.items()}
    return replace(comment, imported="", revisions=plain)


def unpack(told: Any, source: str) -> Parcel:
    """Return the parcel that a document tells.

    Parameters
    ----------
    told
        What :func:`pack` made, or anything else.
    source
        What it came in, for messages.

    Raises
    ------
    InvalidInput
        If it is none, as a whole: nothing of a damaged one is taken.
    """
    try:
        return _unpacked(told)
    except (InvalidInput, RecursionError, ValueError, TypeError) as error:
        why = str(error) if isinstance(error, InvalidInput) else type(error).__name__
        raise InvalidInput(
            f"The comments in {source} cannot be read ({why.rstrip('.')}), so none of them was "
            "taken, and they stay where they are. Ask for them anew, or export them where they "
            "were written."
        ) from None


def _unpacked(told: Any) -> Parcel:
    if not isinstance(told, Mapping):
        raise InvalidInput("they are no object")
    version = told.get("version")
    if type(version) is not int or version < 1:
        raise InvalidInput("they have no version")
    if version > VERSION:
        raise InvalidInput(f"a later Cellbook wrote them, in version {version}")
    threads, comments = told.get("threads"), told.get("comments")
    if not isinstance(threads, list) or not isinstance(comments, list):
        raise InvalidInput("there is no list of threads and comments")
    if len(threads) + len(comments) > _MOST:
        raise InvalidInput(f"there are more than {_MOST:,}")
    notebook = told.get("notebook", "")
    return parcel(
        map(read_thread, threads),
        map(read_comment, comments),
        notebook if isinstance(notebook, str) else "",
    )


def parcel(threads: Iterable[Thread], comments: Iterable[Comment], notebook: str = "") -> Parcel:
    """Return a parcel of threads and comments that belong together.

    Raises
    ------
    InvalidInput
        If one is there twice, or a comment is in no thread.
    """
    made = Parcel(tuple(threads), tuple(comments), notebook)
    known = {thread.thread_id for thread in made.threads}
    if len(known) < len(made.threads) or len({one.comment_id for one in made.comments}) < len(
        made.comments
    ):
        raise InvalidInput("something is there twice")
    if any(comment.thread not in known for comment in made.comments):
        raise InvalidInput("a comment is in no thread")
    return made


def merge(
    store: Store, given: Parcel, *, source: str, notebook: str = "", asked: bool = False
) -> Merged:
    """Take over what a book lacks of a parcel; doing so again changes nothing.

    Of a comment that is there too, texts are united, and the newest is shown; what was deleted on
    either side stays deleted.  Of a thread, the newest entry says how it stands.

    Parameters
    ----------
    store
        The book's memory.
    given
        The parcel.
    source
        What it came in: what is new is marked with it.
    notebook
        The notebook that it came in, as this book names it; empty for none.
    asked
        Whether a person asked for it, so that also native threads and comments may change.
    """
    with store.exclusive():
        done = plan_merge(store, given, source=source, notebook=notebook, asked=asked)
        if done.ops:
            store.commit(done.ops)
    return done


def plan_merge(
    store: Store, given: Parcel, *, source: str, notebook: str = "", asked: bool = False
) -> Merged:
    """Return what :func:`merge` would change, for whoever commits it with more, in the same turn of
    the store's."""
    done = Merged()
    by_thread: dict[str, list[Comment]] = {thread.thread_id: [] for thread in given.threads}
    for comment in given.comments:
        by_thread[comment.thread].append(comment)
    near = time.time_ns() // 1_000_000 + _SKEW
    ids = [*by_thread, *(one.comment_id for one in given.comments)]
    ids = [one for one in ids if milliseconds(one) <= near]
    if ids:
        # Whoever answers does so later than what is answered, also where clocks disagree.
        store.follow(max(ids))
    for thread in given.threads:
        _merge_thread(store, _here(thread, given, notebook), by_thread[thread.thread_id],
                      source, asked, done)  # fmt: skip
    return done


def _here(thread: Thread, given: Parcel, notebook: str) -> Thread:
    """Return a thread with its notebook under the name that it has here."""
    if not notebook or thread.anchor.notebook not in ("", given.notebook):
        return thread
    return replace(thread, anchor=replace(thread.anchor, notebook=notebook))


def _merge_thread(
    store: Store, thread: Thread, comments: list[Comment], source: str, asked: bool, done: Merged
) -> None:
    there = store.get(THREADS, thread.thread_id)
    if there is not None and not is_sound(Thread, there):
        done.leave_out("unreadable here")
        return
    if there is None:
        done.threads += 1
        done.ops.append(create(THREADS, thread.thread_id, to_doc(replace(thread, imported=source))))
    free = asked or there is None or bool(there.get("imported"))
    news = []
    for comment in sorted(comments, key=lambda one: one.comment_id):
        if _merge_comment(store, comment, source, free, asked, done):
            news.append(comment)
    if there is not None:
        here = from_doc(Thread, there)
        told = _events(store, thread.thread_id)
        if free:
            changes = _thread_changes(store, here, thread, told, news)
        else:
            changes = {}
            _name_dropped(here, thread, told, comments, done)
        if changes:
            done.changed += 1
            drop = [["anchor"]] if "anchor" in changes else []
            done.ops.append(update(THREADS, thread.thread_id, changes, drop))


def _merge_comment(
    store: Store, comment: Comment, source: str, free: bool, asked: bool, done: Merged
) -> bool:
    """Take a comment over; return whether it is new."""
    doc = store.get(COMMENTS, comment.comment_id)
    if doc is None:
        if not free and comment.event:
            done.leave_out(_NAMES.get(comment.event, comment.event))
            return False
        done.comments += 1
        new = to_doc(replace(comment, imported=source))
        done.ops.append(create(COMMENTS, comment.comment_id, new))
        if not knows(store, comment.author):
            # Whom the book knows keeps the name by which it knows them.
            done.ops += introduce(store, comment.author)
        return True
    if not is_sound(Comment, doc):
        done.leave_out("unreadable here")
        return False
    there = from_doc(Comment, doc)
    if there.deleted is not None:
        return False
    changes = _comment_changes(there, comment, source)
    if not changes:
        return False
    same = (there.thread, there.author.name) == (comment.thread, comment.author.name)
    if not same or not (asked or there.imported):
        done.leave_out(_kind_of(changes))
        return False
    done.changed += 1
    drop = [["revisions"], ["reactions"]] if "deleted" in changes else []
    done.ops.append(update(COMMENTS, comment.comment_id, changes, drop))
    return False


def _kind_of(changes: Doc) -> str:
    return next((name for key, name in (("deleted", "deleted"), ("revisions", "edited"))
                 if key in changes), "reaction")  # fmt: skip


def _comment_changes(there: Comment, comment: Comment, source: str) -> Doc:
    if comment.deleted is not None:
        return {"deleted": comment.deleted, "mentions": []}
    changes: Doc = {}
    new = {
        key: replace(one, imported=source)
        for key, one in comment.revisions.items()
        if key not in there.revisions
    }
    # An entry that only told what happened gets no text from elsewhere.
    if new and there.revisions:
        united = {**there.revisions, **new}
        changes["revisions"] = {key: to_doc(one) for key, one in new.items()}
        changes["mentions"] = list(find_mentions(united[max(united)].text))
    reactions: Doc = {}
    for emoji, given in comment.reactions.items():
        for name, reaction in given.items():
            mine = there.reactions.get(emoji, {}).get(name)
            if mine is None or reaction.time > mine.time:
                reactions.setdefault(emoji, {})[name] = to_doc(reaction)
    return {**changes, "reactions": reactions} if reactions else changes


def _thread_changes(
    store: Store, there: Thread, thread: Thread, told: list[Comment], news: list[Comment]
) -> Doc:
    """Return what becomes of a thread by the entries that are new in it.

    `told` are the entries that were there and tell what happened.
    """
    before = {_kind_told(one): one.comment_id for one in told}
    last = {_kind_told(one): one for one in news if one.event}
    changes: Doc = {}

    def tells(kind: str) -> bool:
        return kind in last and last[kind].comment_id > before.get(kind, "")

    if tells("standing"):
        event = last["standing"].event
        done = STANDING[event]
        if event == Verdict.APPROVED:
            here = discussions(store, [there])[0].comments
            asked = {one for one, on in {**thread.assigned, **there.assigned}.items() if on}
            both = sorted([*here, *news], key=lambda one: one.comment_id)
            done = review_state(both, asked).state == Verdict.APPROVED
        if done != there.resolved:
            changes["resolved"] = done
    if tells("attached") and thread.anchor != there.anchor:
        changes["anchor"] = to_doc(thread.anchor)
    wins = tells("brief")
    brief = {
        name: thread.brief[name]
        for name in BRIEF_FIELDS
        if name in thread.brief
        and (name not in there.brief or (wins and thread.brief[name] != there.brief[name]))
    }
    if brief:
        changes["brief"] = brief
    both = sorted([*told, *news], key=lambda one: one.comment_id)
    for kind, events in FLAGGED.items():
        mine, other = getattr(there, kind), getattr(thread, kind)
        said = {one.about.removeprefix("@"): one.event == events[True]
                for one in both if one.event in events}  # fmt: skip
        flags = {}
        for name, theirs in {**other, **mine}.items():
            # Without an entry that says more, what either side has is there.
            on = said.get(name, mine.get(name, theirs))
            if mine.get(name) != on:
                flags[name] = on
        if flags:
            changes[kind] = flags
    return changes


def _name_dropped(
    there: Thread, thread: Thread, told: list[Comment], comments: list[Comment], done: Merged
) -> None:
    """Count what a parcel has of a native thread that its entries, which are counted, do not tell.

    Where an entry here is unknown to the parcel, the parcel is only older.
    """
    known = {one.comment_id for one in comments}
    newer = {_kind_told(one) for one in told if one.comment_id not in known}
    here = {one.comment_id for one in told}
    counted = {_kind_told(one) for one in comments if one.event and one.comment_id not in here}
    flags = {name: (getattr(there, name), getattr(thread, name)) for name in ("brief", *FLAGGED)}
    for kind, (mine, other) in flags.items():
        if any(mine.get(name) != one for name, one in other.items()) and not (
            kind in newer or kind in counted
        ):
            done.leave_out(_NAMES.get(kind, kind))


def _kind_told(comment: Comment) -> str:
    """Return what of a thread an entry tells."""
    flagged = (kind for kind, events in FLAGGED.items() if comment.event in events)
    if comment.event == FOLLOWED:
        return "attached"
    return "standing" if comment.event in STANDING else next(flagged, comment.event)


def _events(store: Store, thread: str) -> list[Comment]:
    """Return the entries of a thread that tell what happened, in order."""
    return [from_doc(Comment, doc) for doc in comments_in(store, thread) if doc.get("event")]
