"""What tests put into a book."""

from __future__ import annotations

import json
from typing import Any

from cellbook.book import Book
from cellbook.checkpointing import Checkpoints, Kernel, Moment
from cellbook.records import Checkpoint, RunRecord


def log(book: Book, name: str = "run", *values: float, **options: Any) -> RunRecord:
    """Record a run with a curve of `loss`."""
    with book.start_run(name, **options) as run:
        for value in values:
            run.log_metric("loss", value)
    return book.find_run(run.run_id)


def notebook(*sources: str) -> bytes:
    """Return the document of a notebook with these cells."""
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{place}",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for place, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def save(
    room: Checkpoints,
    namespace: dict[str, Any],
    notebook: str | None = "work.ipynb",
    **options: Any,
) -> Checkpoint:
    """Save a checkpoint of some variables."""
    moment = Moment(session="01K8ZZZZZZZZZZZZZZZZZZZZZZ", notebook=notebook)
    return room.save_now(Kernel({"__name__": "__main__", **namespace}), moment, **options)
