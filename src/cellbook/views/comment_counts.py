"""How much was said of each run, checkpoint and point of a curve, where these are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cellbook.commenting import all_threads, count_comments
from cellbook.records import Anchor, AnchorKind
from cellbook.store import Store
from cellbook.views.keeping import kept


@dataclass(frozen=True, slots=True)
class CommentCounts:
    """Comments that were not deleted, by the id of what they are about."""

    runs: Mapping[str, int]
    """Those of its metrics, and of comparisons with it, too."""
    checkpoints: Mapping[str, int]
    points: Mapping[str, int]
    """On points of curves, by what names one after ``metric:``: ``RUN/NAME@STEP``."""


def comment_counts(store: Store) -> CommentCounts:
    """Count the comments on runs, checkpoints and points of curves, open or resolved."""
    return kept(store, ("comment counts",), ("threads", "comments"), lambda: _count(store))


def _count(store: Store) -> CommentCounts:
    said = count_comments(store)
    runs: Counter[str] = Counter()
    checkpoints: Counter[str] = Counter()
    points: Counter[str] = Counter()
    for thread in all_threads(store):
        count = said[thread.thread_id]
        if count:
            runs.update(dict.fromkeys(thread.anchor.runs, count))
            if thread.anchor.checkpoint:
                checkpoints[thread.anchor.checkpoint] += count
            if _is_point(thread.anchor):
                points[_point_name(thread.anchor)] += count
    return CommentCounts(dict(runs), dict(checkpoints), dict(points))


def _is_point(anchor: Anchor) -> bool:
    return anchor.kind is AnchorKind.METRIC and anchor.step is not None and bool(anchor.runs)


def _point_name(anchor: Anchor) -> str:
    return f"{anchor.runs[0]}/{anchor.metric}@{anchor.step}"
