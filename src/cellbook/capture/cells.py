"""Writes cell executions into the book."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cellbook.capture.outputs import split_bundle
from cellbook.records import CellExecution, Output, to_doc
from cellbook.store import Store, create


class CellLog:
    """The cell executions of one process, as they are written to the book.

    An execution is written when it begins, so that a kernel which dies in the middle leaves a
    trace, and whole when it ends.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, execution: CellExecution) -> None:
        """Write an execution that has begun."""
        self._store.commit([create("cells", execution.execution_id, to_doc(execution))])

    def end(self, execution: CellExecution) -> None:
        """Write an execution that has ended."""
        self._store.commit([create("cells", execution.execution_id, to_doc(execution))])

    def keep_output(
        self, output_type: str, data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None
    ) -> Output:
        """Return the record of a rich output, its large parts kept as blobs.

        The cell that shows it does not wait for the disk.
        """
        inline, to_store, note = split_bundle(data, metadata or {})
        blobs = {
            mime: self._store.blobs.put(content, durable=False)
            for mime, content in to_store.items()
        }
        return Output(output_type=output_type, data=inline, blobs=blobs, note=note)
