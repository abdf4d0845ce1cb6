"""How two versions of data sets differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from cellbook.answers.base import Ask, Hint
from cellbook.book import Book
from cellbook.records import DatasetVersion
from cellbook.views.data_diff import DataDiff, data_diff


@dataclass(frozen=True, slots=True)
class DataDiffQuery:
    """Which versions, and what tells their rows apart."""

    before: Annotated[str, Hint("`NAME@3`, `NAME@ALIAS`, or an id.")]
    after: Annotated[str, Hint("The other one.")]
    key: Annotated[tuple[str, ...], Hint("Columns; none takes the index, or whole rows.")] = ()


def show_data_diff(ask: Ask, query: DataDiffQuery) -> DataDiff:
    """Return how two versions of data sets differ: schema, rows, and each column's spread."""
    ask.book.refresh()
    return diff_data(ask.book, query.before, query.after, query.key)


def diff_data(book: Book, before: Any, after: Any, key: tuple[str, ...] = ()) -> DataDiff:
    """Return how two data sets differ: versions, what names them, or tables in memory.

    Raises
    ------
    NotFound
        If there is no such version.
    InvalidInput
        If one is no table, or `key` does not tell rows apart.
    """
    first, second = (
        book.datasets.find(one) if isinstance(one, (str, DatasetVersion)) else one
        for one in (before, after)
    )
    return data_diff(book.datasets, first, second, key)
