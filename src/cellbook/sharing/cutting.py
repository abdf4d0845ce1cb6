"""The code that a run stands on: as a clean notebook, as a script, and what it needs installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cellbook.book import Book
from cellbook.errors import NotFound
from cellbook.records import CellExecution, Environment, RunRecord, RunSlice
from cellbook.reproducing.slices import (
    cells_of_slice,
    notebook_text,
    slice_notebook,
    slice_of_run,
    slice_script,
)

LOCK, REQUIREMENTS = "pylock.toml", "requirements.txt"


@dataclass(frozen=True, slots=True)
class Cut:
    """What a run stands on."""

    slice: RunSlice
    cells: tuple[CellExecution, ...]
    """In the order in which they ran; none where it was a script."""
    script: bytes
    """The script that made the run, else the cells as one; empty where nothing is on record."""

    @property
    def notebook(self) -> str:
        """The cells as a notebook without outputs; empty where there are none."""
        return notebook_text(slice_notebook(self.cells)) if self.cells else ""


def cut(book: Book, run: RunRecord) -> Cut:
    """Return what a run stands on."""
    found = slice_of_run(book, run)
    try:
        cells = tuple(cells_of_slice(book.store, found))
    except NotFound:
        cells = ()
    if found.script:
        return Cut(found, cells, book.store.blobs.get(found.script))
    return Cut(found, cells, as_script(cells, run.run_name).encode("utf-8", "replace"))


def as_script(cells: Sequence[CellExecution], title: str) -> str:
    """Return cells as a script; what only IPython understands is a comment in it."""
    if not cells:
        return ""
    plain = [replace(cell, source=_plain(cell.source)) for cell in cells]
    return slice_script(plain, " ".join(title.split()))


def _plain(source: str) -> str:
    return "\n".join(
        f"# {line}" if line.lstrip().startswith(("%", "!", "?")) else line
        for line in source.rstrip().splitlines()
    )


def as_requirements(environment: Environment) -> str:
    """Return what was installed, as any pip installs it."""
    lines = [f"# {environment.implementation} {environment.python}, {environment.os}".rstrip(", ")]
    lines += [f"{name}=={version}" for name, version in sorted(environment.packages.items())]
    return "\n".join(lines) + "\n"
