"""Lets what is said to ``%comment`` end with a question mark, which IPython takes for its help."""

from __future__ import annotations

import re

from IPython.core.inputtransformer2 import make_tokens_by_line

_MAGICS = ("comment", "review")
_ASKS = re.compile(rf"(\s*)%({'|'.join(_MAGICS)})[ \t]+(\S.*\?)\s*$")


def keep_questions(lines: list[str]) -> list[str]:
    """Return a cell's lines, with those that ask something in a comment as calls of the magic.

    ``%comment?`` itself still shows the help.
    """
    if lines and lines[0].startswith("%%"):
        return lines
    asking = {place: found for place, line in enumerate(lines) if (found := _ASKS.match(line))}
    if not asking:
        return lines
    # What looks so inside a text of several lines is no statement.
    begun = _statements(lines)
    return [
        f"{asking[place][1]}get_ipython().run_line_magic({asking[place][2]!r}, "
        f"{asking[place][3]!r})\n"
        if place in asking and place in begun
        else line
        for place, line in enumerate(lines)
    ]


def _statements(lines: list[str]) -> set[int]:
    """Return the places of lines that a statement begins with the sign of a magic on."""
    found = set()
    for tokens in make_tokens_by_line(lines):
        first = next((token for token in tokens if token.string.strip()), None)
        if first is not None and first.string == "%":
            found.add(first.start[0] - 1)
    return found
