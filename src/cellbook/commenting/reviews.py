"""What became of a review: read from the entries of its thread, which nobody can change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cellbook.records import Comment


class Verdict(StrEnum):
    """What somebody says of what they were asked to review."""

    APPROVED = "approved"
    RETURNED = "returned"


REQUESTED = "requested"
"""The event of an entry by which somebody is asked."""


@dataclass(frozen=True, slots=True)
class ReviewState:
    """How a review stands."""

    state: str = ""
    """``requested``, ``approved`` or ``returned``; empty where none was asked for."""
    by: str = ""
    """Who approved or returned it; while it is requested, who asked."""


def review_state(comments: Iterable[Comment]) -> ReviewState:
    """Return how a review stands, from the entries of its thread in order."""
    told = {REQUESTED, *Verdict}
    last = ReviewState()
    for comment in comments:
        if comment.event in told:
            last = ReviewState(comment.event, comment.author.name)
    return last
