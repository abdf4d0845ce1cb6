from __future__ import annotations

from typing import Any

import pytest

import cellbook as cb
from cellbook.book import Book
from cellbook.errors import StoreCorrupt
from cellbook.records import to_doc
from cellbook.store import create
from cellbook.tracking.reading import run_of


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"state": "lost"}, "its state is str"),
        ({"start_time": "today"}, "its start_time is str"),
        ({"params": [1]}, "its params is list"),
        ({"stats": 3}, ""),
        ({"unheard": 3, "run_name": None}, "its run_name is NoneType"),
    ],
)
def test_what_is_no_run_is_told_by_number_and_reason(
    tmp_path: Any, changes: dict[str, Any], why: str
) -> None:
    book: Book = cb.open(tmp_path)
    with book.start_run("one") as run:
        pass
    doc = {**to_doc(book.find_run(run.run_id)), **changes, "run_id": "odd"}
    book.store.commit([create("runs", "odd", doc)])
    with pytest.raises(StoreCorrupt, match=f"Run #2 cannot be read: .*{why}"):
        run_of(doc, 2)
    for target in ("#2", "2"):
        with pytest.raises(StoreCorrupt, match="Run #2 cannot be read"):
            book.find_run(target)
    assert book.find_run(1).run_name == "one"
    book.close()
