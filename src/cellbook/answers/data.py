"""Versions of data sets: those there are, one of them, and what runs used of them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated

from cellbook.answers.base import Ask, Hint
from cellbook.answers.comparing import ComparisonQuery, find_compared
from cellbook.views.data_comparison import DataComparison, compare_data
from cellbook.views.data_details import DataDetails, DataPage, data_details, list_data


@dataclass(frozen=True, slots=True)
class DataQuery:
    """Which versions of data sets."""

    text: Annotated[str, Hint("Words of names, labels, sources, digests; empty for all.")] = ""
    every: Annotated[bool, Hint("All versions, rather than the newest of each data set.")] = False
    limit: Annotated[int, Hint("At most so many versions.", 1, 1_000)] = 100
    offset: Annotated[int, Hint("So many are passed over.", 0)] = 0


@dataclass(frozen=True, slots=True)
class VersionQuery:
    """Which version of a data set."""

    data: Annotated[str, Hint("`NAME@3`, `NAME@ALIAS`, or its id.")]


def show_data(ask: Ask, query: DataQuery) -> DataPage:
    """Return the versions of data sets that somebody looks for."""
    book = ask.book
    book.refresh()
    return list_data(
        book.store, query.text, every=query.every, limit=query.limit, offset=query.offset
    )


def show_version(ask: Ask, query: VersionQuery) -> DataDetails:
    """Return all that is known of a version of a data set."""
    book = ask.book
    book.refresh()
    version = book.datasets.find(query.data)
    return data_details(book.store, version, book.datasets.profile(version))


def show_runs_data(ask: Ask, query: ComparisonQuery) -> DataComparison:
    """Compare runs by the data that they used."""
    records, baseline, missing = find_compared(ask, query)
    found = compare_data(ask.book.store, records, baseline=baseline)
    return dataclasses.replace(found, missing=tuple(missing))
