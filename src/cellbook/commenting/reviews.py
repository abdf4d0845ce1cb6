"""What became of a review: read from the entries of its thread, which nobody can change."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from cellbook.errors import InvalidInput
from cellbook.records import Comment, Thread, from_doc
from cellbook.store import Doc


class Verdict(StrEnum):
    """What somebody says of what they were asked to review."""

    APPROVED = "approved"
    RETURNED = "returned"


STANDING = {"resolved": True, "reopened": False, "approved": True, "returned": False}
"""Whether a thread is done with after an event; after an approval, if all have approved."""
REQUESTED = "requested"
"""The event of an entry by which somebody is asked."""


@dataclass(frozen=True, slots=True)
class ReviewState:
    """How a review stands."""

    state: str = ""
    """``requested``, ``approved`` or ``returned``; empty where none was asked for."""
    by: str = ""
    """Who approved or returned it last; while it is requested, who asked."""
    approved: tuple[str, ...] = ()
    """Who approves of it as things stand, in the order in which they said so."""
    returned: tuple[str, ...] = ()
    """Who returned it and has not approved since."""


def review_state(comments: Iterable[Comment], asked: Collection[str]) -> ReviewState:
    """Return how a review stands.

    It is approved when all who are asked have approved; the last word of each counts.

    Parameters
    ----------
    comments
        The entries of its thread, in order.
    asked
        Names of those who are asked.
    """
    requested = ""
    said: dict[str, str] = {}
    for comment in comments:
        name = comment.author.name
        if comment.event == REQUESTED:
            requested = name
        elif comment.event in tuple(Verdict):
            # Put behind those who spoke before.
            said.pop(name, None)
            said[name] = comment.event
    approved = tuple(name for name, event in said.items() if event == Verdict.APPROVED)
    returned = tuple(name for name, event in said.items() if event == Verdict.RETURNED)
    if returned:
        return ReviewState(Verdict.RETURNED.value, returned[-1], approved, returned)
    if approved and set(asked) <= set(approved):
        return ReviewState(Verdict.APPROVED.value, approved[-1], approved)
    return ReviewState(REQUESTED if requested else "", requested, approved)


def is_done(docs: Iterable[Doc], asked: Collection[str]) -> bool:
    """Whether a review is done with, as its entries tell.

    `docs` are their documents, in order; `asked` is as for :func:`review_state`.
    """
    told = [from_doc(Comment, doc) for doc in docs if doc.get("event")]
    last = next((one.event for one in reversed(told) if one.event in STANDING), "")
    if last == Verdict.APPROVED:
        return review_state(told, asked).state == Verdict.APPROVED
    return STANDING.get(last, False)


def check_verdict(
    thread: Thread, comments: Iterable[Comment], name: str, verdict: Verdict, text: str
) -> bool:
    """Return whether a review is done with by what somebody says of it.

    Raises
    ------
    InvalidInput
        If they may not say so: they were not asked, have said it already, or return it without a
        reason; or nobody but themselves asked them.
    """
    asked = sorted(one for one, on in thread.assigned.items() if on)
    if name not in asked:
        of = ", ".join(f"@{one}" for one in asked) or "nobody any more"
        raise InvalidInput(f"The review was asked of {of}, not of @{name}.")
    if verdict is Verdict.RETURNED:
        if not text.strip():
            raise InvalidInput("Why is it returned? Give the reason.")
        return False
    if asked == [name] and thread.author.name == name:
        raise InvalidInput(
            "Nobody approves of their own work alone. Ask somebody else: "
            "`%review request @NAME TARGET`."
        )
    before = review_state(comments, asked)
    if name in before.approved:
        raise InvalidInput("You have approved of it already. Reply to the thread instead.")
    return {*before.returned} <= {name} and set(asked) <= {*before.approved, name}
