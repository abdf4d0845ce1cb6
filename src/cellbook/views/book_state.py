"""How a book stands: what a window says before it shows anything of it."""

from __future__ import annotations

from dataclasses import dataclass

from cellbook.checkpointing import Checkpoints
from cellbook.store import Store


@dataclass(frozen=True, slots=True)
class BookState:
    """How a book stands."""

    exists: bool
    url: str
    """Where it is, or would be made by the first thing recorded."""
    book_id: str
    read_only: str
    """Why nothing can be recorded, with the mend; empty where it can."""
    runs: int
    """How many there are, those in the trash and the archive among them."""
    checkpoints: int
    checkpoints_size: int
    """Bytes that checkpoints take on disk."""
    checkpoints_quota: int
    """Bytes beyond which none are saved by themselves."""
    message: str
    """What is wrong with the book, with the mend; empty where nothing is."""


def book_state(store: Store, room: Checkpoints) -> BookState:
    """Return how a book stands."""
    return BookState(
        exists=True,
        url=store.url,
        book_id=store.book_id,
        read_only=store.read_only,
        runs=store.count("runs"),
        checkpoints=store.count("checkpoints"),
        checkpoints_size=room.packs.size(),
        checkpoints_quota=int(room.quota),
        message="",
    )


def absent_book(url: str, *, exists: bool = False, message: str = "") -> BookState:
    """Return how a book stands that is not there, or cannot be read."""
    return BookState(
        exists=exists,
        url=url,
        book_id="",
        read_only="",
        runs=0,
        checkpoints=0,
        checkpoints_size=0,
        checkpoints_quota=0,
        message=message,
    )
