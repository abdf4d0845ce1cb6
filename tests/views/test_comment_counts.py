from __future__ import annotations

from dataclasses import replace

from cellbook.answers import ThreadsQuery, count_comments, list_threads
from cellbook.answers.base import Reader
from cellbook.answers.threads import CountsQuery
from cellbook.book import Book
from cellbook.records import Anchor, AnchorKind, Author
from cellbook.views.comment_counts import CommentCounts, comment_counts
from tests.views.conftest import Log

ADA = Author("ada")


def test_comment_counts_of_runs_checkpoints_and_points(opened: Book, log: Log) -> None:
    first, second = log("first", loss=1.0).run_id, log("second").run_id
    assert comment_counts(opened.store) == CommentCounts({}, {}, {})
    threads = opened.threads
    threads.start(Anchor(AnchorKind.COMPARISON, runs=(first, second)), "Which?", author=ADA)
    point = Anchor(AnchorKind.METRIC, runs=(first,), metric="loss", step=0)
    curve = threads.start(point, "Why?", author=ADA)
    slip = threads.reply(curve.thread_id, "Ops", author=ADA)
    threads.delete(slip.comment_id, author=ADA)
    # That it was resolved is told in the thread, but is no comment.
    threads.resolve(curve.thread_id, author=ADA)
    threads.start(replace(point, step=None), "Of the whole curve", author=ADA)
    threads.start(Anchor(AnchorKind.CHECKPOINT, checkpoint="C1"), "Clean", author=ADA)
    threads.start(Anchor(AnchorKind.NOTEBOOK, notebook="work.ipynb"), "Go", author=ADA)
    found = count_comments(Reader(opened, None), CountsQuery())
    assert found == CommentCounts({first: 3, second: 1}, {"C1": 1}, {f"{first}/loss@0": 1})
    page = list_threads(Reader(opened, None), ThreadsQuery(scope="book", target=f"run:{first}"))
    assert sum(thread.count for thread in page.threads) == found.runs[first]
