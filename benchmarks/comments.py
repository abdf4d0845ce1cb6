"""How long it takes to list threads in a book of 10,000 comments.

The book has 2,000 threads with five comments each, on cells of ten notebooks; who asks has read all
of them but the last of each thread.  Measured is what the
sidebar asks for: a page of 50 threads of one notebook, with the HTML of their comments and the
counts of all its filters, as JSON.

*warm* is asked again; *after a comment*, when somebody has just written one; *first* is the first
page that a process asks for, once the book is open.  No peer keeps threads offline in its store:
there is nothing to measure beside.

    python benchmarks/comments.py
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

NOTEBOOKS, CELLS, REPLIES = 10, 300, 5
TEXT = "The loss of #12 rises after **step 40**, @grace: see `fit()` and $\\alpha = 0.1$. ({})"


def timed(call: Callable[[], Any]) -> float:
    """Return how many milliseconds a call takes."""
    begun = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - begun)


def fill(folder: Path, threads: int) -> None:
    """Write the notebooks and what is said about them."""
    from cellbook import book
    from cellbook.records import Anchor, AnchorKind, Author, Comment, Revision, Thread, to_doc
    from cellbook.store import create

    for place in range(NOTEBOOKS):
        cells = [
            {"id": f"{place}-{number}", "cell_type": "code", "source": f"x{number} = {number}",
             "metadata": {}, "outputs": [], "execution_count": None}
            for number in range(CELLS)
        ]  # fmt: skip
        doc = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (folder / f"n{place}.ipynb").write_text(json.dumps(doc))
    store = book.open(folder).store
    people = [Author("ada"), Author("grace"), Author("alan")]
    store.commit([create("people", f"person-{one.name}", to_doc(one)) for one in people])
    for number in range(threads):
        place = number % NOTEBOOKS
        cell = f"{place}-{number // NOTEBOOKS % CELLS}"
        anchor = Anchor(AnchorKind.CELL, f"n{place}.ipynb", cell, "code", "0" * 16, "x = 1")
        thread = Thread(store.new_id(), anchor, people[number % 3], number)
        ops = [create("threads", thread.thread_id, to_doc(thread))]
        for reply in range(REPLIES):
            comment_id = store.new_id()
            said = {comment_id: Revision(TEXT.format(number), number)}
            comment = Comment(comment_id, thread.thread_id, people[reply % 3], number, said)
            ops.append(create("comments", comment_id, to_doc(comment)))
        store.commit(ops)
        read = ops[-2][1]
        book.open(folder).threads.mark_read(thread.thread_id, read, author=people[0])


def main() -> None:
    """Measure, and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2_000)
    threads = parser.parse_args().threads
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"CELLBOOK_CACHE_DIR": f"{name}/cache", "CELLBOOK_USER": "ada"}
        folder = Path(name) / "book"
        folder.mkdir()
        fill(folder, threads)

        from cellbook import answers, book
        from cellbook.views.wire import encode

        opened = book.open(folder)
        reader = answers.Reader(opened, "n0.ipynb")

        def ask(**query: Any) -> None:
            encode(answers.list_threads(reader, answers.ThreadsQuery(**query)))

        print(f"{threads * REPLIES:,} comments in {threads:,} threads")
        for told, query in (("notebook", {}), ("book", {"scope": "book"})):
            first = timed(lambda query=query: ask(**query))
            warm = statistics.median(timed(lambda query=query: ask(**query)) for _ in range(20))
            after = []
            for number in range(5):
                last = opened.threads.all()[number * NOTEBOOKS].thread_id
                opened.threads.reply(last, "one more")
                after.append(timed(lambda query=query: ask(**query)))
            print(
                f"{told:9} warm {warm:6.1f} ms   after a comment {statistics.median(after):6.1f} ms"
                f"   first {first:6.1f} ms"
            )
        wrote = [timed(lambda: opened.threads.reply(last, "short")) for _ in range(50)]
        print(f"to write a comment: {statistics.median(wrote):.1f} ms")
        book.close_all()


if __name__ == "__main__":
    main()
