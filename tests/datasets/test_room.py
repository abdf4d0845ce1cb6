from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook import book as books
from cellbook.book import Book
from cellbook.datasets import keep_version, new_version
from cellbook.errors import Ambiguous, InvalidInput, NotFound


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    yield books.open(tmp_path)
    books.close_all()


def keep(book: Book, name: str, digest: str, *labels: str, blind: bool = False) -> str:
    version = new_version(book.store, name, digest, labels)
    return keep_version(book.store, version, blind=blind).label


def test_versions_are_numbered_by_content(book: Book) -> None:
    assert keep(book, "digits", "a") == "digits@1"
    assert keep(book, "digits", "b") == "digits@2"
    assert keep(book, "wine", "a") == "wine@1"
    assert keep(book, "digits", "a", "nightly") == "digits@1"
    assert book.datasets.find("digits@1").labels == ("nightly",)


def test_same_content_written_apart_is_one_version(book: Book) -> None:
    keep(book, "digits", "a", "one")
    keep(book, "digits", "a", "two", blind=True)
    keep(book, "digits", "b")
    found = book.datasets.all()
    assert [(one.label, one.labels) for one in found] == [
        ("digits@1", ("one", "two")),
        ("digits@2", ()),
    ]
    book.datasets.label("digits@1", "three", drop=["two"])
    assert book.datasets.find("digits@1").labels == ("one", "three")
    book.datasets.delete("digits@1")
    assert [one.digest for one in book.datasets.all()] == ["b"]


def test_find_by_name_number_and_id(book: Book) -> None:
    keep(book, "digits", "a")
    version = book.datasets.find("digits")
    for target in ("digits@1", "data:digits@1", version.dataset_id, version):
        assert book.datasets.find(target) == version
    keep(book, "digits", "b")
    with pytest.raises(Ambiguous, match="digits@1, digits@2"):
        book.datasets.find("digits")
    with pytest.raises(NotFound, match="There are digits@1, digits@2"):
        book.datasets.find("digits@3")
    with pytest.raises(NotFound, match="log_input"):
        book.datasets.find("wine")


@pytest.mark.parametrize(
    ("name", "digest", "labels"),
    [("", "a", ()), ("a@1", "a", ()), ("a", "", ()), ("a", 7, ()), ("a", "a", ["x\n"])],
)
def test_new_version_refuses_what_cannot_stand(
    book: Book, name: str, digest: object, labels: object
) -> None:
    with pytest.raises(InvalidInput):
        new_version(book.store, name, digest, labels)


def test_log_input_names_the_data_in_the_run(book: Book) -> None:
    with book.start_run("a") as run:
        version = run.log_input("digits", "a", role="training", source="data/digits.csv")
        run.log_input("digits", "a", role="test")
        with pytest.raises(InvalidInput):
            run.log_input("digits@1", "a")
    assert set(run.record.inputs[version.dataset_id]) == {"train", "test"}
    assert version.source == "data/digits.csv"


def test_since_when_a_version_has_a_label_is_on_record(book: Book) -> None:
    keep(book, "digits", "a", "first")
    time.sleep(0.01)
    one = book.datasets.label("digits@1", "later")
    assert one.labelled["first"] == one.created
    assert one.labelled["later"] > one.created
    assert one.had("later", None)
    assert not one.had("later", one.created)
    assert one.had("first", one.created)
    again = book.datasets.label("digits@1", drop=["later"])
    assert dict(again.labelled) == {"first": one.created}
    time.sleep(0.01)
    third = book.datasets.label("digits@1", "later")
    assert third.labelled["later"] > one.labelled["later"]
