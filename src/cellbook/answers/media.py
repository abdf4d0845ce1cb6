"""What runs show besides numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cellbook.answers.base import Ask, Hint
from cellbook.answers.comparing import Runs, find_all
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import Artifact
from cellbook.views.formatting import size
from cellbook.views.media import (
    TABLE_BYTES,
    MediaComparison,
    TablePreview,
    compare_media,
    preview_table,
)


@dataclass(frozen=True, slots=True)
class MediaQuery:
    """Which runs' media."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class TableQuery:
    """Which table."""

    run: Annotated[str, Hint("Id, number or name of a run.")]
    path: Annotated[str, Hint("The table's path among the run's artifacts.")]


def show_media(ask: Ask, query: MediaQuery) -> MediaComparison:
    """Return what runs show besides numbers, side by side."""
    records, _ = find_all(ask, query.runs)
    return compare_media(records, [ask.book.artifacts(record) for record in records])


def show_table(ask: Ask, query: TableQuery) -> TablePreview:
    """Return the beginning of a table that a run keeps."""
    artifact, file = find_artifact(ask, query.run, query.path)
    if artifact.size > TABLE_BYTES:
        raise InvalidInput(
            f"{query.path!r} has {size(artifact.size)}, too much for a quick look. Download it."
        )
    return preview_table(file.read_bytes(), query.path)


def find_artifact(ask: Ask, run: str, path: str) -> tuple[Artifact, Path]:
    """Return an artifact of a run, and where its bytes lie.

    Raises
    ------
    NotFound
        If the run has none of that path, or the bytes are missing.
    """
    book = ask.book
    record = book.find_run(run)
    found = next((one for one in book.artifacts(record) if one.path == path), None)
    if found is None:
        raise NotFound(
            f"Run #{record.run_number} has no artifact {path!r}. `cellbook/runs/{record.run_id}` "
            "lists what it has."
        )
    file = book.store.blobs.path(found.digest)
    if not file.is_file():
        raise NotFound(
            f"The content of {path!r} is missing from the book. Copy the files under blobs/ from "
            "where it was recorded; `cellbook verify` tells what else is missing."
        )
    return found, file
