"""Data that lies somewhere: what a path, a pattern or a URL leads to, and its digest."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from cellbook.datasets.content import Content
from cellbook.datasets.digests import web
from cellbook.datasets.digests.files import SHA256, digest_file, hash_stream
from cellbook.datasets.digests.folders import digest_folder, digest_glob
from cellbook.datasets.naming import is_url, local
from cellbook.errors import CellbookError, InvalidInput, MissingDependency, one_line
from cellbook.optional import require

_PASSWORD = re.compile(r"(://[^/@:?#]*):[^/?#]*@")
"""Of a URL ``http://user:password@host/…``, which no record keeps."""


def digest_place(place: str | os.PathLike[str], caches: Path | None = None) -> Content:
    """Return what is known of what lies at a place.

    Parameters
    ----------
    place
        A file, a folder, a pattern such as ``data/**/*.csv``, or a URL.
    caches
        Where digests of files that have not changed are found; None reads all of them.

    Raises
    ------
    InvalidInput
        If there is nothing, or it cannot be read.
    MissingDependency
        If it takes fsspec, which is not installed.
    """
    text = os.fspath(place)
    if is_url(text):
        return digest_url(text)
    path = Path(local(text))
    if path.is_file():
        return digest_file(path)
    if path.is_dir():
        return digest_folder(path, caches)
    if path.exists():
        raise InvalidInput(f"{str(path)!r} is neither a file nor a folder. Copy it to a file.")
    if glob.has_magic(str(path)):
        return digest_glob(str(path), caches)
    raise InvalidInput(
        f"There is no file or folder {str(path)!r} (looked in {Path.cwd()}). Check the path; data "
        "in memory is given as it is, not by its name."
    )


def digest_url(url: str) -> Content:
    """Return what is known of what lies at a URL: the SHA-256 of its bytes.

    Raises
    ------
    InvalidInput
        If it cannot be read.
    MissingDependency
        If fsspec, or what that needs for this kind of URL, is not installed.
    """
    with _opened(url) as (file, etag):
        digest, size = hash_stream(file)
    source = _without_password(url)
    return Content("url", f"{SHA256}:{digest.hex()}", size, source=source, etag=etag)


@contextmanager
def open_url(url: str) -> Iterator[BinaryIO]:
    """Open what lies at a URL.

    Raises
    ------
    InvalidInput
        If it cannot be read.
    MissingDependency
        If fsspec, or what that needs for this kind of URL, is not installed.
    """
    with _opened(url) as (file, _):
        yield file


@contextmanager
def _opened(url: str) -> Iterator[tuple[BinaryIO, str]]:
    fsspec = require("fsspec", "url", "Tracking a URL")
    is_web = web.is_web(url)
    options = web.options() if is_web else {}
    # In blocks of a file that changes meanwhile there may be some of each.
    whole = {"block_size": 0} if is_web else {}
    with _reading(url):
        system, path = fsspec.core.url_to_fs(url, **options)
        etag = _etag(system, path)
        with system.open(path, "rb", **whole) as file:
            yield file, etag


@contextmanager
def _reading(url: str) -> Iterator[None]:
    named = repr(_without_password(url))
    try:
        yield
    except CellbookError:
        raise
    except ImportError as error:
        raise MissingDependency(
            f"{named} cannot be read: {str(error).rstrip('.')}. Install that, then try again."
        ) from None
    except Exception as error:
        if web.is_web(url):
            raise InvalidInput(f"{named} cannot be read: {web.trouble(error)}") from None
        raise InvalidInput(
            f"{named} cannot be read ({one_line(error)}). Check the address and your access to it."
        ) from None


def _without_password(url: str) -> str:
    return _PASSWORD.sub(r"\1:***@", url, count=1)


def _etag(system: Any, path: str) -> str:
    known = {str(key).lower(): value for key, value in system.info(path).items()}
    return str(known.get("etag") or "").strip()
