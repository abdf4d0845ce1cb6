"""Threads that a notebook carries: what they are about is told where that is not at hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from cellbook.answers import ThreadsQuery, list_threads
from cellbook.answers.base import Reader
from cellbook.answers.taking import take_over
from cellbook.answers.travelling import embed
from cellbook.book import Book
from cellbook.commenting import AnchorState, carried, carry, read_thread
from cellbook.records import Anchor, AnchorKind, Author, to_doc
from cellbook.store import FolderStore, create
from cellbook.views.thread_text import threads_text

ADA = Author("ada")


def test_a_thread_on_a_run_says_which_one_in_another_book(opened: Book, tmp_path: Path) -> None:
    file = Path(opened.url).parent / "work.ipynb"
    file.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    with opened.start_run("wide net") as run:
        run.log_metric("acc", 0.5)
    run_id, gone = run.run_id, opened.store.new_id()
    opened.store.commit([create("checkpoints", "C1", {"label": "clean"})])
    where = {"notebook": "work.ipynb"}
    for anchor in (
        Anchor(AnchorKind.METRIC, **where, runs=(run_id,), metric="acc", step=40),
        Anchor(AnchorKind.CHECKPOINT, **where, checkpoint="C1"),
        Anchor(AnchorKind.COMPARISON, **where, runs=(run_id, gone)),
        Anchor(AnchorKind.RUN, **where, runs=(gone,)),
    ):
        opened.threads.start(anchor, "Why?", author=ADA)
    embed(Reader(opened, "work.ipynb"))
    # Here nothing is of another book, also where the run is deleted.
    here = threads_text(list_threads(Reader(opened, "work.ipynb"), ThreadsQuery()))
    assert "of another book" not in here

    mailed = tmp_path / "mail" / "work.ipynb"
    mailed.parent.mkdir()
    mailed.write_bytes(file.read_bytes())
    away = Book(FolderStore(mailed.parent / ".cellbook"))
    take_over(away, mailed, "work.ipynb")
    page = list_threads(Reader(away, "work.ipynb"), ThreadsQuery(scope="book"))
    titles = {one.anchor.title for one in page.threads}
    assert titles == {
        "Run #1 wide net · acc at step 40, of another book",
        "Checkpoint #1 clean, of another book",
        "Comparison of #1 wide net, a deleted run, of another book",
        "A run that was deleted",
    }
    assert threads_text(page).count("its place is gone") == 1
    # What is in another book is not gone: only what was gone there is orphaned here, too.
    assert page.counts.orphaned == 1
    lost = list_threads(Reader(away, "work.ipynb"), ThreadsQuery(scope="book", filter="orphaned"))
    assert [one.anchor.title for one in lost.threads] == ["A run that was deleted"]
    states = {one.anchor.title: one.anchor.state for one in page.threads}
    assert states["Checkpoint #1 clean, of another book"] is AnchorState.ELSEWHERE
    # It goes on with whoever mails it on, and back.
    embed(Reader(away, "work.ipynb"))
    assert carried(mailed) == carried(file)
    carry(mailed, None)
    away.close()


def test_a_title_that_came_with_a_file_is_one_line(opened: Book) -> None:
    begun = opened.threads.start(Anchor(AnchorKind.RUN, runs=("R1",)), "Why?", author=ADA)
    for title, kept in (("Run #1 wide", "Run #1 wide"), ("a\nb", ""), ("x" * 400, "")):
        told = to_doc(replace(begun, anchor=replace(begun.anchor, title=title)))
        assert read_thread(told).anchor.title == kept
