"""Threads as plain text, for terminals."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Iterable

from cellbook.commenting import BRIEF_FIELDS, AnchorState, Verdict
from cellbook.records import ThreadKind
from cellbook.views.formatting import age, plural, shorten, visible
from cellbook.views.threads import CommentView, ThreadsPage, ThreadView

_SHORT = 8
"""Letters of an id's end by which a thread is named."""
EVENTS = {
    "resolved": "resolved this",
    "reopened": "opened this again",
    "approved": "approved",
    "returned": "returned it",
    "requested": "asked for a review",
    "attached": "attached this to something else",
    "followed": "merged its cell into another one",
    "brief": "wrote in the brief",
    "labelled": "put a label on this",
    "unlabelled": "took a label off",
    "assigned": "assigned this",
    "unassigned": "took an assignment back",
}
"""What is told of an entry that says what happened."""
NO_THREADS = "There are no comments here yet. `%comment TEXT` writes one."


def short_id(thread: ThreadView) -> str:
    """Return what a thread is named by: the end of its id."""
    return thread.thread_id[-_SHORT:]


def state_of(thread: ThreadView) -> list[str]:
    """Return what there is to say of a thread beside its comments, in words."""
    said = []
    if thread.review.state:
        said.append(review_text(thread))
    elif thread.resolved:
        said.append("resolved")
    said += [label for label in thread.labels if not (thread.review.state and label == "review")]
    if thread.assigned and thread.kind is not ThreadKind.REVIEW:
        said.append("for " + ", ".join(f"@{name}" for name in thread.assigned))
    if thread.anchor.state in (AnchorState.ORPHANED, AnchorState.SUGGESTED):
        said.append("its place is gone")
    elif thread.anchor.state is AnchorState.MOVED:
        said.append("moved")
    if thread.anchor.source:
        said.append(f"from {thread.anchor.source}")
    if thread.unread:
        said.append(f"{thread.unread} new")
    return said


def happened(comment: CommentView) -> str:
    """Return what an entry tells of its thread, in words; empty where it tells nothing."""
    told = EVENTS.get(comment.event, comment.event)
    return f"{told}: {comment.about}" if told and comment.about else told


def origin_of(comment: CommentView) -> list[str]:
    """Return where a comment and its text are from, where that is not this book, in words."""
    came = [f"came with {comment.imported}"] if comment.imported else []
    return [*came, *([f"text came with {comment.edited_in}"] if comment.edited_in else [])]


def review_text(thread: ThreadView) -> str:
    """Return how a review stands, with all who said something of it and who is waited for."""
    review = thread.review
    spoken = {*review.approved, *review.returned}
    waits = [name for name in review.of if name not in spoken]
    parts = [f"{what} by {_names(names)}" for what, names in
             (("returned", review.returned), ("approved", review.approved)) if names]  # fmt: skip
    if waits:
        parts.append(f"waits for {_names(waits)}" if parts else f"requested of {_names(waits)}")
    told = f"review {', '.join(parts) or review.state}"
    return f"{told}, resolved without approval" if _unapproved(thread) else told


def _unapproved(thread: ThreadView) -> bool:
    return thread.resolved and thread.review.state != Verdict.APPROVED


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"@{name}" for name in names)


def threads_text(page: ThreadsPage, now: int | None = None) -> str:
    """Return a page of threads as text."""
    told = [page.notice] if page.notice else []
    if not page.threads:
        none = NO_THREADS if not page.counts.all else "No thread is found."
        return "\n\n".join([none, *told])
    now = time.time_ns() // 1_000_000 if now is None else now
    parts = [thread_text(thread, now) for thread in page.threads]
    left = page.total - len(page.threads)
    if left > 0:
        parts.append(f"… and {plural(left, 'thread')} more")
    return "\n\n".join([*parts, *told])


def thread_text(thread: ThreadView, now: int) -> str:
    """Return a thread as text."""
    head = " · ".join([thread.anchor.title, *state_of(thread), short_id(thread)])
    lines = [" ".join(head.split())]
    if thread.anchor.quote:
        lines += [f"  > {shorten(line, 90)}" for line in thread.anchor.quote.splitlines()[:3]]
    if thread.kind is ThreadKind.BRIEF:
        for name, shown in BRIEF_FIELDS.items():
            if thread.brief.get(name):
                lines.append(f"  {shown}: {_indented(thread.brief[name], 4).strip()}")
    for comment in thread.comments:
        lines += _comment(comment, now)
    return visible("\n".join(lines))


def _comment(comment: CommentView, now: int) -> list[str]:
    said = f"  @{comment.author.name}"
    if comment.event:
        said += f" {happened(comment)}"
    said += f", {age(comment.time, now)}"
    if comment.edited:
        said += ", edited"
    said += "".join(f", {one}" for one in origin_of(comment))
    if comment.reactions:
        said += "  " + " ".join(f"{one.emoji} {one.count}" for one in comment.reactions)
    if comment.deleted:
        return [said, "    (deleted)"]
    if not comment.text:
        return [said]
    return [said, _indented(comment.text, 4)]


def _indented(text: str, by: int) -> str:
    return textwrap.indent(text, " " * by, lambda line: True)
