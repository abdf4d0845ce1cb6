"""Threads as a page of Markdown, to be read, mailed or put into git."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from cellbook.commenting import BRIEF_FIELDS, parser
from cellbook.records import ThreadKind
from cellbook.views.formatting import date, visible
from cellbook.views.thread_text import happened, origin_of, state_of
from cellbook.views.threads import CommentView, ThreadView

_LONGEST, _LINES = 2_000, 40
"""Characters and lines of a text that a note quotes."""
_PIECE = re.compile(
    r"(?P<escaped>\\[`$\\])"
    r"|(?P<fence>^ {0,3}(?P<mark>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=mark)[`~]*[ \t]*$|\Z))"
    r"|(?P<code>(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<formula>\$\$[^$]+\$\$|\$(?!\s)[^$\n]+(?<!\s)\$)"
    r"|(?P<picture>!\[)|(?P<html><)",
    re.MULTILINE | re.DOTALL,
)
_DEED = re.compile(
    r"\\(?:href|url|style|class|css|cssId|unicode|require|def|gdef|edef|xdef|let|futurelet"
    r"|(?:re)?newcommand|providecommand|newenvironment|html\w*|includegraphics|data|mmlToken)\b"
)
"""Commands of TeX by which MathJax does more than draw."""


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


def quoted(text: str, indent: str = "") -> Iterator[str]:
    """Return what somebody wrote as a quotation to be put into a notebook's text.

    Formulas, tables and code stay what they are; HTML is text, pictures are links, and a formula
    that would do more than be read is shown as code.  What is long ends early.
    """
    tame = _PIECE.sub(_tamed, text[:_LONGEST])
    if _is_wild(tame):
        # What is code and what is not is told in another way than is thought here.
        tame = fenced(text[:_LONGEST])
    lines = tame.splitlines()[:_LINES]
    if len(text) > _LONGEST or len(text.splitlines()) > _LINES:
        lines.append("…")
    return (f"{indent}> {line}".rstrip() for line in lines)


def _is_wild(text: str) -> bool:
    """Whether a renderer that lets HTML through would find any in a text, or a picture."""
    tokens = _reader().parse(text)
    every = [*tokens, *(one for token in tokens for one in token.children or ())]
    return any(one.type in ("html_block", "html_inline", "image") for one in every)


@functools.cache
def _reader() -> MarkdownIt:
    made = parser()
    made.options["html"] = True
    return made.use(dollarmath_plugin)


def _tamed(piece: re.Match[str]) -> str:
    if piece["html"]:
        return "&lt;"
    if piece["picture"]:
        return "["
    if not piece["formula"]:
        return piece[0]
    if _DEED.search(piece[0]):
        return code(piece[0])
    return piece[0].replace("<", r"\lt ")


def code(text: str) -> str:
    """Return text of one line as code, whatever it holds."""
    told = " ".join(text.split())
    ticks = "`" * (1 + max((len(run) for run in re.findall(r"`+", told)), default=0))
    space = " " if told.startswith("`") or told.endswith("`") else ""
    return f"{ticks}{space}{told}{space}{ticks}"


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
    if comment.event:
        said.append(happened(comment))
    if comment.edited:
        said.append("edited")
    said += origin_of(comment)
    said += [f"{one.emoji} {one.count}" for one in comment.reactions]
    yield f"**{plain(comment.author.display_name)}**, {plain(' · '.join(said))}"
    yield ""
    text = "*deleted*" if comment.deleted else comment.text
    if text:
        yield from (f"> {line}".rstrip() for line in text.splitlines())
        yield ""
