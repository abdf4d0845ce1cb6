"""What goes wrong, as a status of HTTP and one message that says what mends it."""

from __future__ import annotations

import sqlite3

from cellbook.errors import (
    Ambiguous,
    CellbookError,
    InvalidInput,
    NotFound,
    StoreError,
    StoreReadOnly,
    StoreWriteError,
    Untrusted,
    one_line,
)


class TooLarge(InvalidInput):
    """A body is larger than this server takes."""


_STATUS: tuple[tuple[type[Exception], int], ...] = (
    # The first that fits counts.
    (Ambiguous, 409),
    (NotFound, 404),
    (TooLarge, 413),
    (InvalidInput, 400),
    (StoreReadOnly, 409),
    (Untrusted, 403),
    (StoreWriteError, 507),
    (StoreError, 503),
    (sqlite3.Error, 503),
)


def status_of(error: Exception) -> int:
    """Return the status that an error is answered with; 500 where it is a mistake of ours."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def message_of(error: Exception) -> str:
    """Return what is wrong, and what mends it."""
    if isinstance(error, CellbookError):
        return str(error.args[-1] if error.args else error)
    if isinstance(error, sqlite3.Error):
        return (
            f"The index of the book cannot be read ({error}). Nothing is lost; try again, and if "
            "that does not help, delete the folder that `cellbook doctor` names as its index."
        )
    return (
        f"Something in Cellbook went wrong ({one_line(error)}). The log of this server says where; "
        "please report it."
    )
