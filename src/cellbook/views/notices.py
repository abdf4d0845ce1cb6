"""What a notice says: who said what to whom, about what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cellbook.capture import mask
from cellbook.commenting import discussions, newest_text, those, thread_of
from cellbook.records import Author, Comment, Thread
from cellbook.store import Store
from cellbook.views.formatting import shorten
from cellbook.views.thread_anchors import Titles

_LONGEST = 500
_REQUESTED = "requested"
_VERDICTS = ("approved", "returned")


def notice_of(store: Store, thread_id: str, comment_id: str, assigned: Sequence[str] = ()) -> str:
    """Return the notice of what was said in a thread; empty where nobody has to be told.

    Told are a mention, an answer, an assignment, and a review that is asked for or done.

    Parameters
    ----------
    store
        The book's memory.
    thread_id
        The thread.
    comment_id
        What was said; empty where somebody was only assigned.
    assigned
        Who is newly to see to it.
    """
    thread = thread_of(store, thread_id)
    (found,) = discussions(store, [thread])
    comment = next((one for one in found.comments if one.comment_id == comment_id), None)
    what = _what(thread, found.comments, comment, assigned)
    if not what:
        return ""
    title = Titles(store).of(thread.anchor, thread.anchor.notebook, 0)
    lines = [f"{what} · {escape(title)} · thread:{thread_id[-8:]}"]
    text = newest_text(comment) if comment is not None else ""
    if text:
        said = shorten(mask(text).strip(), _LONGEST)
        lines += [f"> {escape(line)}" for line in said.splitlines()]
    return "\n".join(lines)


def escape(text: str) -> str:
    """Return text so that Slack takes none of it for a link or a call of everyone."""
    return mask(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _what(
    thread: Thread, comments: Sequence[Comment], comment: Comment | None, assigned: Sequence[str]
) -> str:
    if comment is None:
        return f"{_names(assigned)} is to see to this" if assigned else ""
    by, author = _named(comment.author), comment.author.name
    mentioned = [name for name in comment.mentions if name != author]
    if comment.event == _REQUESTED:
        return f"{by} asks {_names(those(thread.assigned))} for a review"
    if comment.event in _VERDICTS:
        asked = [one.author.name for one in comments if one.event == _REQUESTED]
        return f"{by} {comment.event} what {_names(asked[-1:])} sent for review"
    told = []
    first = comments[0].comment_id == comment.comment_id
    if not first and not comment.event:
        others = {one.author.name for one in comments} | set(those(thread.assigned))
        if others - {author} - set(mentioned):
            told.append(f"answered {_names(sorted(others - {author} - set(mentioned)))}")
    if mentioned:
        told.append(f"mentioned {_names(mentioned)}")
    if assigned:
        told.append(f"assigned {_names(assigned)}")
    return f"{by} {' and '.join(told)}" if told else ""


def _named(author: Author) -> str:
    return escape(author.display_name or author.name)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"@{escape(name)}" for name in names)
