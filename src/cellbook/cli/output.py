"""How the commands print: aligned columns, and what other programs read."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cellbook.cli.wording import in_shell
from cellbook.views import formatting
from cellbook.views.boards import cells_text
from cellbook.views.text import WIDTH, text_width
from cellbook.views.wire import finite


def columns(lines: Sequence[Sequence[str]], *, indent: int = 0) -> str:
    """Return lines of texts as columns, two blanks apart."""
    widths: list[int] = []
    for line in lines:
        for place, text in enumerate(line):
            if place == len(widths):
                widths.append(0)
            widths[place] = max(widths[place], text_width(text))
    padded = (
        "  ".join(
            text + " " * (width - text_width(text))
            for text, width in zip(line, widths, strict=False)
        )
        for line in lines
    )
    return "\n".join(" " * indent + line.rstrip() for line in padded)


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows, the first of which are the heads, as a table of Markdown."""
    lines = [
        "| " + " | ".join(" ".join(text.replace("|", "\\|").split()) for text in row) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return "\n".join(lines)


def csv_lines(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows, the first of which are the heads, as CSV without a line end behind it."""
    text = io.StringIO()
    safe = [[formatting.for_spreadsheet(value) for value in row] for row in rows]
    csv.writer(text, lineterminator="\n").writerows(safe)
    return text.getvalue().rstrip("\n")


def terminal_width() -> int:
    """Return how many columns there are to write in."""
    return shutil.get_terminal_size((WIDTH, 24)).columns


def as_json(value: Any) -> str:
    """Return JSON; the numbers that it lacks are the texts ``NaN``, ``Infinity``, ``-Infinity``."""
    return json.dumps(finite(value), ensure_ascii=False, indent=2, allow_nan=False)


def print_list(
    form: str | None,
    cells: Sequence[Sequence[str]],
    nothing: str,
    docs: Sequence[Mapping[str, Any]],
) -> None:
    """Print a list in the form that was asked for.

    Parameters
    ----------
    form
        ``json``, ``csv``, ``markdown`` or None for a terminal.
    cells
        A line of heads, then a line for each thing.
    nothing
        What is said where there is none.
    docs
        The things as JSON has them.
    """
    if form == "json":
        print(as_json(list(docs)))
    elif form == "csv":
        print(csv_lines(cells))
    elif len(cells) == 1:
        print(in_shell(nothing))
    elif form == "markdown":
        print(markdown(cells))
    else:
        print(cells_text(cells, terminal_width()))
