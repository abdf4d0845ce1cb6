"""What is known of some data once it was looked at: its digest above all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Content:
    """Some data as it was when its digest was made.

    Attributes
    ----------
    kind
        ``file``, ``folder``, ``glob``, ``frame``, ``array``, ``sparse``, ``query``, ``url`` or
        ``huggingface``.
    digest
        The hash of content and schema, as text.
    size
        Bytes: of files as they are, of tables and arrays those of the values.
    rows, columns
        None where it has none.
    source
        Where it lies, or what was asked: a path, a URL, a query.
    listing
        What a folder consists of, as it is kept; see :mod:`cellbook.datasets.listings`.
    etag
        What a server calls this content.
    modified
        When a file was written last, in microseconds since 1970; 0 of anything else.
    """

    kind: str
    digest: str
    size: int
    rows: int | None = None
    columns: int | None = None
    source: str = ""
    listing: bytes | None = None
    etag: str = ""
    modified: int = 0
