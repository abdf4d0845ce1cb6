"""The code that made runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cellbook.answers.base import Ask, Hint
from cellbook.views.code_comparison import CodeComparison, compare_code

Run = Annotated[str, Hint("Id, number or name of a run.")]


@dataclass(frozen=True, slots=True)
class CodeQuery:
    """Which two runs."""

    first: Run
    second: Run


def code(ask: Ask, query: CodeQuery) -> CodeComparison:
    """Compare the cells that made two runs, and what these ran on."""
    book = ask.book
    return compare_code(book.store, book.find_run(query.first), book.find_run(query.second))
