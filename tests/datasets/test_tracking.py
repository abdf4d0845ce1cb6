"""Data is tracked: versions, aliases, origin, and what a failing store does to it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as alchemy

import cellbook as cb
from cellbook import book as books
from cellbook.book import Book
from cellbook.datasets import aliases
from cellbook.errors import CellbookWarning, InvalidInput, NotFound
from cellbook.records import DatasetVersion, from_doc, to_doc
from cellbook.store import create
from cellbook.views.data_text import tracked_line


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    yield books.open(tmp_path)
    books.close_all()


def frame(rows: int = 3) -> pd.DataFrame:
    return pd.DataFrame({"a": np.arange(rows), "b": "x"})


def test_repeated_content_is_the_same_version(book: Book) -> None:
    first = cb.track_data(frame(), "digits", labels="nightly")
    second = cb.track_data(frame(4), "digits", labels=["nightly", "big"])
    again = cb.track_data(frame(), "digits", labels="old")
    assert (first.version, second.version, again.version) == (1, 2, 1)
    assert again.dataset_id == first.dataset_id
    assert again.labels == ("nightly", "old")
    assert (second.kind, second.rows, second.columns) == ("frame", 4, 2)
    assert book.datasets.find("digits@nightly") == second
    assert book.datasets.find("data:digits@old").version == 1


def test_many_inputs_of_a_run_each_with_its_role(book: Book) -> None:
    with cb.start_run("fit") as run:
        for split, rows in (("train", 3), ("val", 4), ("test", 5), ("reference", 6)):
            version = cb.track_data(frame(rows), "digits", split=split)
            assert version.made["run"] == run.run_id
        cb.track_data(frame(3), "digits", split="test")
    roles = [sorted(one) for one in run.record.inputs.values()]
    assert roles == [["test", "train"], ["validation"], ["test"], ["reference"]]
    assert book.users_of_data(book.datasets.find("digits@1")) == ["#1 fit"]
    outside = cb.track_data(frame(9), "digits")
    assert set(outside.made) == {"session"}
    assert len(run.record.inputs) == 4


def test_an_alias_moves_and_knows_its_history(book: Book) -> None:
    cb.track_data(frame(3), "digits", alias="champion")
    assert book.datasets.find("digits@champion").version == 1
    second = cb.track_data(frame(4), "digits", alias="champion")
    assert second.aliases == ("champion",)
    assert book.datasets.find("digits@champion").version == 2
    assert book.datasets.find("digits@1").aliases == ()
    book.datasets.alias("digits@1", "first")
    moves = [(one.alias, one.dataset_id) for one in book.datasets.alias_history("digits")]
    first = book.datasets.find("digits@1").dataset_id
    assert moves == [
        ("champion", first),
        ("champion", second.dataset_id),
        ("first", first),
    ]
    book.datasets.drop_alias("digits", "champion")
    with pytest.raises(NotFound, match="no data set 'digits@champion'"):
        book.datasets.find("digits@champion")
    with pytest.raises(NotFound, match="There is no alias"):
        book.datasets.drop_alias("digits", "champion")
    for bad in ("3", "a@b", ""):
        with pytest.raises(InvalidInput):
            book.datasets.alias("digits@1", bad)


def test_an_alias_goes_before_a_label(book: Book) -> None:
    cb.track_data(frame(3), "digits", alias="best")
    cb.track_data(frame(4), "digits", labels="best")
    assert book.datasets.find("digits@best").version == 1


def test_aliases_of_two_copies_are_merged_by_their_files(book: Book, tmp_path: Path) -> None:
    version = cb.track_data(frame(3), "digits")
    later = cb.track_data(frame(4), "digits")
    books.close_all()
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copytree(tmp_path / ".cellbook", copy / ".cellbook")
    books.open(tmp_path).datasets.alias(version, "here")
    books.open(copy).datasets.alias(later, "there")
    books.close_all()
    for path in (copy / ".cellbook" / "journal").rglob("*.jsonl"):
        target = tmp_path / ".cellbook" / path.relative_to(copy / ".cellbook")
        target.parent.mkdir(exist_ok=True)
        if not target.exists():
            shutil.copy(path, target)
    found = books.open(tmp_path).datasets
    assert found.find("digits@here").version == 1
    assert found.find("digits@there").version == 2
    assert len(aliases.moves(books.open(tmp_path).store)) == 2


def test_origin(book: Book) -> None:
    raw = cb.track_data(frame(9), "raw")
    other = cb.track_data(frame(8), "other")
    made = cb.track_data(frame(3), "clean", derived_from=raw)
    assert list(made.parents) == [raw.dataset_id]
    again = cb.track_data(frame(3), "clean", derived_from=["raw@1", "data:other"])
    assert set(again.parents) == {raw.dataset_id, other.dataset_id}
    with pytest.raises(NotFound):
        cb.track_data(frame(3), "clean", derived_from="none@1")


def test_a_place_is_known_relative_to_the_book(book: Book, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.csv").write_text("1")
    version = cb.track_data("data/x.csv")
    assert (version.name, version.source, version.kind) == ("x", "data/x.csv", "file")
    assert cb.track_data(tmp_path / "data" / ".." / "data" / "x.csv").source == "data/x.csv"
    shutil.copy("data/x.csv", "y.csv")
    assert cb.track_data("y.csv", "x").source == "y.csv", "where it was found last"
    folder = cb.track_data("data")
    assert len(book.store.blobs.get(folder.manifest)) > 0
    assert cb.track_data("data/*.csv", "globbed").kind == "glob"


def test_a_query_is_its_text_and_its_result(book: Book) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.executescript("CREATE TABLE t (a INT, b TEXT); INSERT INTO t VALUES (1, 'x')")
        sql = "SELECT * FROM t ORDER BY a"
        version = cb.track_query(sql, connection, "sales")
        assert (version.kind, version.source, version.rows) == ("query", sql, 1)
        again = cb.track_data(pd.read_sql(sql, connection), "sales", query=sql)
        assert again.version == 1
        connection.execute("INSERT INTO t VALUES (2, 'y')")
        assert cb.track_query(sql, connection, "sales").version == 2
        part = cb.track_query("SELECT * FROM t WHERE a = ?", connection, "sales", params=(1,))
        assert part.version == 1
    connection.close()


def test_a_query_of_sqlalchemy(book: Book) -> None:
    engine = alchemy.create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(alchemy.text("CREATE TABLE t (a INT)"))
        version = cb.track_query(alchemy.text("SELECT a FROM t"), connection, "empty")
    engine.dispose()
    assert (version.rows, version.columns, version.source) == (0, 1, "SELECT a FROM t")


def test_a_version_is_an_input_as_it_is(book: Book) -> None:
    version = cb.track_data(frame(), "digits")
    with cb.start_run("uses") as run:
        assert run.log_input(version, role="test") == version
    assert set(run.record.inputs) == {version.dataset_id}


def test_documents_of_before_read_as_before(book: Book) -> None:
    doc = {"dataset_id": "01H", "name": "old", "digest": "abc", "created": 5, "labels": ["l"]}
    book.store.commit([create("datasets", "01H", doc)])
    found = book.datasets.find("old")
    assert (found.kind, found.rows, found.parents, found.tracked) == ("", None, {}, 0)
    assert to_doc(from_doc(DatasetVersion, doc)) == doc
    assert cb.search_datasets()["digest"].tolist() == ["abc"]


def test_a_table_of_versions(book: Book) -> None:
    assert cb.search_datasets().empty
    cb.track_data(frame(3), "digits", labels="l", alias="a")
    cb.track_data(np.zeros(2), "array")
    found = cb.search_datasets()
    assert found[["name", "version", "kind"]].to_numpy().tolist() == [
        ["array", 1, "array"],
        ["digits", 1, "frame"],
    ]
    assert found.loc[1, "aliases"] == ["a"]
    assert cb.search_datasets("array")["rows"].tolist() == [2]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (pd.DataFrame(), None, "What is this DataFrame called"),
        (pd.DataFrame(), "a@b", "holds an @"),
        ([1, 2], "list", "type list"),
        ("", "g", "No place is named"),
        ("nothing.csv", None, "There is no file or folder 'nothing.csv'"),
    ],
)
def test_mistakes(book: Book, data: object, name: str | None, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        cb.track_data(data, name)
    assert book.datasets.all() == []


def test_a_file_does_not_go_on_where_a_frame_has_its_name(book: Book, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("a\n1\n")
    (tmp_path / "wine.csv").write_text("a\n1\n")
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "x").write_text("x")
    for name in ("people", "images"):
        cb.track_data(frame(), name)
    assert cb.track_data(tmp_path / "people.csv").label == "people.csv@1"
    assert cb.track_data(tmp_path / "images").label == "images-files@1"
    assert cb.track_data(tmp_path / "wine.csv").label == "wine@1"
    # Where somebody says the name, it is that; and what began as a file goes on as one.
    assert cb.track_data(tmp_path / "people.csv", "people").label == "people@2"
    cb.track_data(frame(4), "wine")
    (tmp_path / "wine.csv").write_text("a\n2\n")
    assert cb.track_data(tmp_path / "wine.csv").label == "wine@3"


def test_what_kind_the_version_before_was_is_told(book: Book, tmp_path: Path) -> None:
    cb.track_data(np.arange(3), "a")
    tracked = book.track_data(frame(), "a")
    assert "new version (was @1, an array)" in tracked_line(tracked, False, "")


def test_a_query_is_no_name_of_data(book: Book) -> None:
    cb.track_data(frame(), "a")
    assert len(cb.search_datasets("data:a")) == 1
    assert cb.search_datasets("b").empty
    with pytest.raises(InvalidInput, match="not by a query such as 'name = a'"):
        cb.search_datasets("name = a")


def test_a_store_that_fails_warns_and_does_not_raise(book: Book, tmp_path: Path) -> None:
    book.store.read_only = "The book is open for reading only."
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        version = cb.track_data(frame(), "digits")
    assert version.digest.startswith("cellbook-frame-1:")
    assert [one.category for one in seen] == [CellbookWarning]
    book.store.read_only = ""
    assert book.datasets.all() == []


def test_a_forked_child_tracks_too(book: Book) -> None:
    cb.track_data(frame(), "digits")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        try:
            cb.track_data(frame(), "digits", alias="ignored")
            cb.track_data(frame(4), "digits")
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    assert [one.label for one in book.datasets.all()] == ["digits@1", "digits@2"]
