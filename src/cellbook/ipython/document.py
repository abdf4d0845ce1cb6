"""The notebook as it was last saved: which cells it has, in what order, with what source."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cellbook.capture import source_hash

_LARGEST = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """The cells of a notebook that have ids."""

    order: Sequence[str]
    """Ids from top to bottom."""
    hashes: Mapping[str, str]
    """Id to the hash of the source."""
    everything: Mapping[str, str] = field(default_factory=dict)
    """The same of all cells from top to bottom, text as well as code, where a window tells."""


class SavedDocument:
    """Follows a notebook file; reads it in the background when it was saved anew.

    What ran after the file was saved is newer than the file, so it is put over it.
    """

    def __init__(self) -> None:
        self._seen: tuple[Path, int] | None = None
        self._saved: tuple[int, Document] | None = None
        self._ran: dict[str, tuple[int, str]] = {}

    def note(self, cell_id: str | None, source: str) -> None:
        """Take note of the source that a cell has as it runs."""
        if cell_id is not None:
            self._ran[cell_id] = (time.time_ns(), source_hash(source))

    def ran_since(self, saved: int) -> Mapping[str, str]:
        """Return the cells that ran after a moment, with the hashes that their sources had.

        `saved` is in nanoseconds since 1970.
        """
        return {cell: digest for cell, (ran, digest) in self._ran.items() if ran > saved}

    def latest(self, path: Path | None) -> Document | None:
        """Return what is known of the notebook now; None while nothing is."""
        if path is None:
            return None
        try:
            status = path.stat()
        except OSError:
            return None
        if self._seen != (path, status.st_mtime_ns) and status.st_size <= _LARGEST:
            self._seen = (path, status.st_mtime_ns)
            threading.Thread(
                target=self._read,
                args=(path, status.st_mtime_ns),
                name="cellbook-document",
                daemon=True,
            ).start()
        if self._saved is None:
            return None
        saved, document = self._saved
        return Document(document.order, {**document.hashes, **self.ran_since(saved)})

    def _read(self, path: Path, saved: int) -> None:
        try:
            cells = json.loads(path.read_bytes())["cells"]
            hashes = {
                str(cell["id"]): source_hash("".join(cell["source"]))
                for cell in cells
                if cell.get("cell_type") == "code" and "id" in cell
            }
        except (OSError, ValueError, KeyError, TypeError):
            return
        self._saved = (saved, Document(tuple(hashes), hashes))
