"""Data behind ``http://`` and ``https://``: how it is asked for, and what fails there."""

from __future__ import annotations

from http import HTTPStatus
from types import ModuleType
from typing import Any

from cellbook.errors import one_line
from cellbook.optional import require

PATIENCE = 60
"""Seconds that a server may be silent."""


def is_web(url: str) -> bool:
    """Whether a server of HTTP is asked."""
    return url.lower().startswith(("http://", "https://"))


def options() -> dict[str, Any]:
    """Return what fsspec's file system of HTTP is given.

    Raises
    ------
    MissingDependency
        If aiohttp is not installed.
    """
    # As a whole it may take as long as it takes: what is large is slow, too.
    timeout = _aiohttp().ClientTimeout(total=None, sock_connect=PATIENCE, sock_read=PATIENCE)
    # The bytes themselves, whose ETag is told: packed for the way they have another.
    return {"client_kwargs": {"timeout": timeout}, "headers": {"Accept-Encoding": "identity"}}


def trouble(error: Exception) -> str:
    """Return why something behind HTTP could not be read, and what mends it."""
    if isinstance(error, FileNotFoundError):
        # fsspec says so whatever went wrong; of another thing than 404 this is the cause.
        if not isinstance(error.__cause__, Exception):
            return _answered(HTTPStatus.NOT_FOUND)
        error = error.__cause__
    library = _aiohttp()
    if isinstance(error, library.ClientResponseError):
        return _answered(error.status)
    if isinstance(error, TimeoutError):
        return f"the server was silent for {PATIENCE} s. Try again later."
    if isinstance(error, (library.ClientPayloadError, library.ServerDisconnectedError)):
        return "the server broke off before the end. Try again."
    if isinstance(error, OSError):
        why = one_line(error.__cause__ or error)
        return f"there is no connection to the server ({why}). Check the address, and the network."
    return f"{one_line(error)}. Check the address and your access to it."


def _answered(status: int) -> str:
    phrases = {each.value: each.phrase for each in HTTPStatus}
    answer = f"{status} {phrases.get(status, '')}".rstrip()
    mend = "Try again later." if status >= 500 else "Check the address and your access to it."
    return f"the server answers {answer}. {mend}"


def _aiohttp() -> ModuleType:
    return require("aiohttp", "url", "Tracking an http:// or https:// URL")
