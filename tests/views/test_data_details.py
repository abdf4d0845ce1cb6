from __future__ import annotations

from pathlib import Path

import pandas as pd

from cellbook.book import Book
from cellbook.records import CellExecution, CellState
from cellbook.views.data_details import data_details, list_data

FRAME = pd.DataFrame({"a": [1, 2, 3]})


def test_list_has_the_newest_version_of_each_and_the_last_tracked_first(opened: Book) -> None:
    opened.track_data(FRAME, "wine", labels="raw")
    opened.track_data(FRAME[:2], "wine")
    opened.track_data(FRAME[:1], "digits")
    found = list_data(opened.store)
    assert [one.version.label for one in found.rows] == ["digits@1", "wine@2"]
    assert [one.versions for one in found.rows] == [1, 2]
    assert found.rows[1].extent == "2 rows × 1 column"
    every = list_data(opened.store, every=True)
    assert [one.version.label for one in every.rows] == ["digits@1", "wine@2", "wine@1"]
    page = list_data(opened.store, every=True, limit=1, offset=1)
    assert [one.version.label for one in page.rows] == ["wine@2"]
    assert page.total == 3


def test_list_is_searched_by_words(opened: Book) -> None:
    opened.track_data(FRAME, "wine", labels="raw", alias="champion")
    opened.track_data(FRAME[:2], "wine")
    for text in ("WINE raw", "champion", "frame wine@1", "data:wine@1"):
        (row,) = list_data(opened.store, text).rows
        assert row.version.label == "wine@1"
    found = list_data(opened.store, "nothing")
    assert (found.rows, found.total, found.empty_book) == ((), 0, False)
    assert list_data(opened.store).rows[0].version.label == "wine@2"


def test_empty_book_says_so(opened: Book) -> None:
    assert list_data(opened.store).empty_book


def test_runs_are_counted_and_told(opened: Book, tmp_path: Path) -> None:
    source = opened.track_data(FRAME, "raw").version
    with opened.start_run("one"):
        made = pd.DataFrame({"b": [0.5]})
        version = opened.track_data(made, "wine", split="train", derived_from=source).version
    with opened.start_run("two") as run:
        run.log_input(version, role="test")
        run.log_input(opened.datasets.find("raw"), role="output")
    with opened.start_run("three") as run:
        run.log_input(version)
    opened.runs.change(opened.find_run("three"), trashed=True)
    found = data_details(opened.store, opened.datasets.find("wine"))
    assert [(one.run.name, one.roles, one.made) for one in found.runs] == [
        ("two", ("test",), False), ("one", ("train",), False),
    ]  # fmt: skip
    assert [one.label for one in found.parents] == ["raw@1"]
    assert list_data(opened.store, "wine").rows[0].runs == 2
    raw = data_details(opened.store, opened.datasets.find("raw"))
    assert [one.label for one in raw.children] == ["wine@1"]
    assert [(one.run.name, one.made) for one in raw.runs] == [("two", True)]


def test_versions_and_moves_of_aliases_are_told(opened: Book) -> None:
    opened.track_data(FRAME, "wine", alias="best")
    opened.track_data(FRAME[:2], "wine", alias="best")
    found = data_details(opened.store, opened.datasets.find("wine@1"))
    assert [one.version.label for one in found.versions] == ["wine@2", "wine@1"]
    assert [move.alias for move in found.moves] == ["best", "best"]
    assert found.moves[0].dataset_id == found.versions[0].version.dataset_id
    assert found.versions[0].version.aliases == ("best",)


def test_deleted_parent_and_unknown_cell_are_no_trouble(opened: Book) -> None:
    opened.track_data(FRAME, "raw")
    opened.track_data(FRAME[:2], "wine", derived_from="raw")
    opened.datasets.delete("raw")
    found = data_details(opened.store, opened.datasets.find("wine"))
    assert [one.label for one in found.parents] == [""]
    assert found.cell is None


def test_cell_that_tracked_it_is_told(opened: Book) -> None:
    cell = CellExecution(
        opened.store.new_id(), "s", "cb.track_data(df)", CellState.OK, 1, 1,
        cell_id="c", execution_count=7, notebook="work.ipynb",
    )  # fmt: skip
    opened.cells.end(cell)
    proposal = opened.datasets.propose(FRAME, "wine", made={"execution": cell.execution_id})
    version = opened.datasets.keep(proposal).version
    found = data_details(opened.store, version).cell
    assert found is not None
    assert (found.cell_id, found.execution_count, found.notebook) == ("c", 7, "work.ipynb")
