"""Threads that are written into their notebook, so that the file carries them wherever it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cellbook.answers.base import Ask
from cellbook.answers.taking import file_of, take_over
from cellbook.answers.threads import thread_reader
from cellbook.commenting import Cells, carry, pack
from cellbook.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Carried:
    """What a notebook is to carry."""

    document: dict[str, Any]
    """As it stands in ``metadata.cellbook.comments``."""
    threads: int
    comments: int


def gather(ask: Ask, cells: Cells | None = None) -> Carried:
    """Return what the notebook is to carry: its threads, with all that it carries already.

    `cells` are those that it has now; None means those that are known.

    Raises
    ------
    InvalidInput
        If what it carries now cannot be read: it would be lost.
    """
    if not ask.notebook:
        raise InvalidInput("Which notebook? The front end does not tell its name.")
    file = file_of(ask.book, ask.notebook)
    if file.exists() and not ask.book.read_only:
        take_over(ask.book, file, ask.notebook)
    found = thread_reader(ask, cells).discussions()
    return Carried(pack(found, ask.notebook), len(found), sum(len(one.comments) for one in found))


def embed(ask: Ask) -> Carried:
    """Write the notebook's threads into its file; nothing else of it changes."""
    found = gather(ask)
    carry(file_of(ask.book, ask.notebook or ""), found.document)
    return found


def strip(ask: Ask) -> bool:
    """Take threads out of the notebook's file; return whether there were any."""
    if not ask.notebook:
        raise InvalidInput("Which notebook? The front end does not tell its name.")
    return carry(file_of(ask.book, ask.notebook), None)
