"""Whom a text mentions: ``@name`` in Markdown, but not in code or in links."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MENTION = re.compile(r"(?<![\w@./+-])@(\w(?:[\w.+@-]*\w)?)")
"""A name behind an at sign that no word stands before: addresses of mail are none."""

TEXT_LIMIT = 100_000
"""Longest text of a comment, in bytes of UTF-8."""


def parser() -> MarkdownIt:
    """Return the parser that says what is code and what is text, for whoever reads a comment.

    CommonMark with tables and struck text; HTML is text, and lists and quotes nest twenty deep.
    """
    # Whoever only logs to a run need not wait for it.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    made = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    return made.enable(["table", "strikethrough"])


_kept_parser = functools.cache(parser)


def find_mentions(text: str) -> tuple[str, ...]:
    """Return the names that a text mentions, each once, in order."""
    if "@" not in text:
        return ()
    found: dict[str, None] = {}
    for block in _kept_parser().parse(text):
        deep = 0
        for token in block.children or ():
            deep += (token.type == "link_open") - (token.type == "link_close")
            if token.type == "text" and not deep:
                found.update(dict.fromkeys(match[1] for match in MENTION.finditer(token.content)))
    return tuple(found)


def as_known(names: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return names as the people of a book write theirs, where only the case differs."""
    there = list(known)
    written = {name.casefold(): name for name in there}
    exact = set(there)
    return tuple(
        dict.fromkeys(
            name if name in exact else written.get(name.casefold(), name) for name in names
        )
    )
