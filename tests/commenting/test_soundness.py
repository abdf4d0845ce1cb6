"""Documents that are no threads, comments or people: others do without them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cellbook.answers import ThreadsQuery, list_threads
from cellbook.answers.base import Reader
from cellbook.answers.threads import BriefQuery, CountsQuery, count_comments, show_brief
from cellbook.book import Book
from cellbook.errors import InvalidInput, StoreCorrupt
from cellbook.records import Anchor, AnchorKind, Author, Comment, Thread, to_doc
from cellbook.store import create
from cellbook.views.thread_text import threads_text
from cellbook.widgets.thread_files import export_comments

ADA = Author("ada")
ANCHOR = Anchor(AnchorKind.RUN, runs=("R1",))
ODD: dict[str, list[dict[str, Any]]] = {
    "threads": [
        {"anchor": "oops"},
        {"anchor": {"kind": "later"}},
        {"anchor": {"kind": "run", "runs": "R1"}},
        {"author": None},
        {"time": 10**30},
        {"labels": ["todo"]},
        {"kind": "poll"},
    ],
    "comments": [
        {"author": "ada"},
        {"revisions": {"01K": "text"}},
        {"time": "now"},
        {"mentions": None},
        {"reactions": {"👍": True}},
        {"comment_id": None},
        {"thread": ["T"]},
    ],
    "people": [{"name": None}],
}


def spoil(book: Book) -> int:
    """Put documents into a book that nothing can be read from; return how many."""
    threads = book.threads
    begun = threads.start(ANCHOR, "Why?", author=ADA)
    (first,) = threads.find(begun.thread_id).comments
    good = {"threads": to_doc(begun), "comments": to_doc(first), "people": to_doc(ADA)}
    ops, ids = [], {"threads": "thread_id", "comments": "comment_id"}
    for table, changes in ODD.items():
        for change in changes:
            new = book.store.new_id()
            own = {ids[table]: new} if table in ids else {}
            ops.append(create(table, new, {**good[table], **own, **change}))
        for name in ("thread_id", "author", "comment_id"):
            part = {key: value for key, value in good[table].items() if key != name}
            if part != good[table]:
                ops.append(create(table, book.store.new_id(), part))
        ops.append(create(table, book.store.new_id(), {}))
    book.store.commit(ops)
    return len(ops)


def test_what_cannot_be_read_takes_nothing_else_down(opened: Book, tmp_path: Path) -> None:
    count = spoil(opened)
    reader = Reader(opened, "work.ipynb")
    page = list_threads(reader, ThreadsQuery(scope="book", query="why"))
    assert [thread.count for thread in page.threads] == [1]
    assert "10 threads and 8 comments cannot be read; `cellbook verify`" in page.notice
    assert page.notice in threads_text(page)
    assert list_threads(reader, ThreadsQuery()).threads == ()
    assert count_comments(reader, CountsQuery()).runs == {"R1": 1}
    assert show_brief(reader, BriefQuery()).thread_id == ""
    assert opened.threads.people() == [ADA]
    assert opened.threads.asked_of_me(author=ADA) == []
    export_comments(tmp_path / "all.jsonld", book=opened)
    assert "Why?" in json.dumps(json.loads((tmp_path / "all.jsonld").read_text()))
    found = [one for one in opened.verify().findings if not one.harmless]
    assert len(found) == count
    assert any("its anchor is none" in one.problem for one in found)
    bad = next(one.place for one in found if one.place.startswith("threads/"))
    with pytest.raises(StoreCorrupt, match="cannot be read"):
        opened.threads.reply(bad.removeprefix("threads/"), "So?", author=ADA)


@pytest.mark.parametrize(
    "anchor", ["oops", None, 3, Anchor("nothing"), Anchor(AnchorKind.RUN, runs="R1")]
)
def test_nothing_is_hung_on_what_is_no_anchor(opened: Book, anchor: Any) -> None:
    threads = opened.threads
    begun = threads.start(ANCHOR, "Why?", author=ADA)
    for write in (
        lambda: threads.start(anchor, "Why?", author=ADA),
        lambda: threads.reattach(begun.thread_id, anchor, author=ADA),
        lambda: threads.request_review(anchor, ["grace"], author=ADA),
        lambda: threads.save_brief(anchor, {"question": "Who?"}, author=ADA),
    ):
        with pytest.raises(InvalidInput, match=r"`cb.comment\(target, text\)` takes names"):
            write()
    assert threads.all() == [begun]
    assert opened.verify().ok


def test_a_text_is_one_name_and_nothing_else_is_any(opened: Book) -> None:
    threads = opened.threads
    begun = threads.start(ANCHOR, "Why?", labels="todo", assigned="@grace", author=ADA)
    assert (begun.labels, begun.assigned) == ({"todo": True}, {"grace": True})
    assert threads.request_review(ANCHOR, "@grace", author=ADA).assigned == {"grace": True}
    for labels, assigned, text in (([3], [], "x"), ([], [None], "x"), ([], [], None)):
        with pytest.raises(InvalidInput, match="text"):
            threads.start(ANCHOR, text, labels=labels, assigned=assigned, author=ADA)
    with pytest.raises(InvalidInput, match="at most 50 characters"):
        threads.label(begun.thread_id, "x" * 300, author=ADA)
    with pytest.raises(InvalidInput, match="A review is approved or returned, not 'frob'"):
        threads.review(begun.thread_id, "frob", author=ADA)
    with pytest.raises(InvalidInput, match="Leave it out"):
        threads.reply(begun.thread_id, "x", author="ada")
    assert {type(one) for one in threads.all()} == {Thread}
    assert type(threads.find(begun.thread_id).comments[0]) is Comment
