"""Threads as a page of Markdown, to be read, mailed or put into git."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cellbook.commenting import BRIEF_FIELDS
from cellbook.records import ThreadKind
from cellbook.views.formatting import date, visible
from cellbook.views.thread_text import EVENTS, state_of
from cellbook.views.threads import CommentView, ThreadView


def threads_markdown(threads: Iterable[ThreadView], title: str) -> str:
    """Return threads as Markdown.

    What somebody wrote is quoted, so that no heading or list of theirs breaks out of its place.
    """
    lines = [f"# {plain(title)}", ""]
    for thread in threads:
        lines += [*_thread(thread), ""]
    return visible("\n".join(lines)).rstrip() + "\n"


def plain(text: str) -> str:
    """Return text of one line so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", " ".join(text.split()))


def fenced(text: str, language: str = "") -> str:
    """Return text as a block of code, whatever it holds."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _thread(thread: ThreadView) -> Iterator[str]:
    yield f"## {plain(' · '.join([thread.anchor.title, *state_of(thread)]))}"
    yield ""
    if thread.anchor.quote:
        yield from (fenced(thread.anchor.quote), "")
    if thread.kind is ThreadKind.BRIEF:
        for name, shown in BRIEF_FIELDS.items():
            if thread.brief.get(name):
                yield f"- **{shown}:** {plain(thread.brief[name])}"
        yield ""
    for comment in thread.comments:
        yield from _comment(comment)


def _comment(comment: CommentView) -> Iterator[str]:
    said = [date(comment.time)[:16]]
    if comment.event in EVENTS:
        said.append(EVENTS[comment.event])
    if comment.edited:
        said.append("edited")
    if comment.imported:
        said.append(f"came with {comment.imported}")
    said += [f"{one.emoji} {one.count}" for one in comment.reactions]
    yield f"**{plain(comment.author.display_name)}**, {plain(' · '.join(said))}"
    yield ""
    text = "*deleted*" if comment.deleted else comment.text
    if text and comment.event != "brief":
        yield from (f"> {line}".rstrip() for line in text.splitlines())
        yield ""
