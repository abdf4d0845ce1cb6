"""The words of the filter language; :mod:`cellbook.views.filters` has its grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cellbook.errors import QuerySyntaxError

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "like", "ilike", "between"})

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<name>(?:[\w./:@%+\[\]$-]*\.)?`[^`]*(?:``[^`]*)*` | [\w./:@%+\[\]$-]*\."[^"]*(?:""[^"]*)*")
    | (?P<text>'[^']*(?:''[^']*)*' | "[^"]*(?:""[^"]*)*")
    | (?P<word>[\w./:@%+\[\]$-]+)
    | \#(?P<number>[0-9]+)
    | (?P<operator>==|!=|<>|<=|>=|[=<>(),])
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan)", re.I
)
_INTEGER = re.compile(r"[+-]?[0-9]{1,300}")
_HINTS = {
    "&": "Write 'and'.",
    "|": "Write 'or'.",
    "!": "Write 'not', or != between a field and a value.",
    "#": "A run's number goes behind it, as in #12.",
    "{": "Put a name that holds it in backticks: metrics.`acc{split=val}`.",
    ";": "Join two conditions by 'and'.",
    **dict.fromkeys("“”„‘’‚", "Use straight quotes: ' or \"."),
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a query."""

    kind: str
    """``word``, ``name`` (a field in quotes, or with its key in quotes), ``text`` (a quoted value),
    ``number`` (of a run), ``operator`` or ``end``."""
    text: str
    """What stands there, without its quotes; for an operator in one spelling."""
    position: int

    @property
    def keyword(self) -> str:
        """The keyword that this is, or nothing."""
        lower = self.text.lower()
        return lower if self.kind == "word" and lower in KEYWORDS else ""

    def is_operator(self, text: str) -> bool:
        """Whether this is just that operator."""
        return self.kind == "operator" and self.text == text

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else repr(self.text)


def tokenize(query: str) -> list[Token]:
    """Return the words of `query`; the last is its end.

    Raises
    ------
    QuerySyntaxError
        At a character that begins no word, or a quote that is never closed.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            raise QuerySyntaxError(_complaint(query[position]), query, position)
        kind = match.lastgroup or ""
        if kind != "space":
            tokens.append(Token(kind, _bare(kind, match[kind]), position))
        position = match.end()
    return [*tokens, Token("end", "", len(query))]


_LONGEST_INTEGER = 400
"""Characters; one that is longer is beyond all floats, and Python refuses to read it."""


def number_in(text: str) -> int | float | None:
    """Return the number that `text` spells, or None."""
    if not _NUMBER.fullmatch(text):
        return None
    whole = len(text) < _LONGEST_INTEGER and _INTEGER.fullmatch(text)
    return int(text) if whole else float(text)


def _bare(kind: str, text: str) -> str:
    if kind == "operator":
        return {"==": "=", "<>": "!="}.get(text, text)
    if kind not in ("name", "text"):
        return text
    quote = text[-1]
    before, _, inside = text[:-1].partition(quote)
    return before + inside.replace(quote * 2, quote)


def _complaint(character: str) -> str:
    if character in "'\"`":
        return f"This {character} is never closed. Put another one behind the name or value."
    return " ".join(
        [
            f"{character!r} has no meaning here.",
            _HINTS.get(character, "Put names in backticks and values in quotes."),
        ]
    )
