"""How much was said of each run and each checkpoint, for lists of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cellbook.commenting import all_threads, count_comments
from cellbook.store import Store
from cellbook.views.keeping import kept


@dataclass(frozen=True, slots=True)
class CommentCounts:
    """Comments that were not deleted, by the id of what they are about."""

    runs: Mapping[str, int]
    """Those of its metrics, and of comparisons with it, too."""
    checkpoints: Mapping[str, int]


def comment_counts(store: Store) -> CommentCounts:
    """Count the comments on runs and on checkpoints, open or resolved."""
    return kept(store, ("comment counts",), ("threads", "comments"), lambda: _count(store))


def _count(store: Store) -> CommentCounts:
    said = count_comments(store)
    runs: Counter[str] = Counter()
    checkpoints: Counter[str] = Counter()
    for thread in all_threads(store):
        count = said[thread.thread_id]
        if count:
            runs.update(dict.fromkeys(thread.anchor.runs, count))
            if thread.anchor.checkpoint:
                checkpoints[thread.anchor.checkpoint] += count
    return CommentCounts(dict(runs), dict(checkpoints))
