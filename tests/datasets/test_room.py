from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cellbook as cb
from cellbook import book as books
from cellbook.book import Book
from cellbook.datasets import keep_version, known, new_version, versions
from cellbook.errors import Ambiguous, InvalidInput, NotFound
from cellbook.records import DatasetVersion, from_doc, to_doc
from cellbook.store import create


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
    assert [one.label for one in book.datasets.all()] == ["digits@2"]


def test_delete_leaves_every_other_version_its_number(book: Book) -> None:
    for digest in "abc":
        keep(book, "digits", digest, digest)
    book.datasets.alias("digits@2", "champion")
    deleted = book.datasets.delete("digits@2")
    assert [(one.label, one.digest) for one in book.datasets.all()] == [
        ("digits@1", "a"),
        ("digits@3", "c"),
    ]
    assert keep(book, "digits", "d") == "digits@4"
    for target in ("digits@2", deleted.dataset_id):
        with pytest.raises(NotFound, match=r"digits@2 was taken off the record on 20.* digits@4"):
            book.datasets.find(target)
    for target in ("digits@b", "digits@champion"):
        with pytest.raises(NotFound, match="no data set"):
            book.datasets.find(target)
    # A number says which content; with it come none of the words that it had.
    again = book.datasets.find(keep(book, "digits", "b", "new"))
    assert (again.label, again.dataset_id, again.labels) == (
        "digits@2",
        deleted.dataset_id,
        ("new",),
    )
    assert not again.aliases
    assert not again.deleted


def test_delete_of_all_leaves_the_numbers(book: Book) -> None:
    keep(book, "digits", "a")
    book.datasets.delete("digits@1")
    assert not book.datasets.all()
    assert keep(book, "digits", "b") == "digits@2"


def test_delete_leaves_nothing_of_the_content(book: Book) -> None:
    tracked = book.track_data(pd.DataFrame({"a": [1, 2]}), "digits", keep=True)
    book.datasets.delete(tracked.version)
    doc = book.store.get("datasets", tracked.version.dataset_id)
    assert doc is not None
    assert set(doc) == {"dataset_id", "name", "digest", "created", "deleted"}
    again = book.track_data(pd.DataFrame({"a": [1, 2]}), "digits", keep=True).version
    assert again.content
    assert again.rows == 2
    assert again.tracked


def test_deleted_in_one_copy_of_a_book_and_not_in_another(book: Book) -> None:
    """Where their files are laid together, a content is there as long as one has it."""
    keep(book, "digits", "a", "one")
    keep(book, "digits", "b")
    book.datasets.delete("digits@1")
    keep(book, "digits", "a", "other", blind=True)  # As another copy wrote it apart.
    found = {one.label: one for one in book.datasets.all()}
    assert set(found) == {"digits@1", "digits@2"}
    assert found["digits@1"].labels == ("other",)
    assert keep(book, "digits", "a", "third") == "digits@1"
    assert book.datasets.find("digits@1").labels == ("other", "third")


def test_find_suggests_the_name_that_is_nearest(book: Book) -> None:
    keep(book, "people", "a")
    for target in ("peple", "peple@1", "data:peple@champion"):
        with pytest.raises(NotFound, match=r"Did you mean 'people'\? There are people@1"):
            book.datasets.find(target)


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
    with pytest.raises(NotFound, match="track_data"):
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


@pytest.mark.parametrize("odd", ["a\nb.csv", "\udcff.csv", "x@y.csv"])
def test_a_place_whose_name_cannot_stand_is_to_be_named(
    book: Book, tmp_path: Path, odd: str
) -> None:
    path = tmp_path / odd
    path.write_text("1")
    with pytest.raises(InvalidInput, match=r"Name it: track_data\(place, 'name'\)"):
        cb.track_data(path)
    assert cb.track_data(path, "named").version == 1


def test_a_look_reads_what_changed_since(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []

    def reading(kind: type[DatasetVersion], doc: Any) -> DatasetVersion:
        read.append(doc)
        return from_doc(kind, doc)

    for number in range(20):
        keep(book, "x" if number % 2 else f"y{number}", f"d{number}")
    assert len(book.datasets.all()) == 20
    monkeypatch.setattr(known, "from_doc", reading)
    assert keep(book, "x", "new") == "x@11"
    assert book.datasets.find("x@11").digest == "new"
    book.datasets.label("x@11", "word")
    assert book.datasets.find("x@word").version == 11
    assert len(read) == 2, "what was made, and what was labelled"
    other = books.open(book.url)
    assert [one.label for one in other.datasets.all()] == [one.label for one in book.datasets.all()]


def known_deleted(book: Book) -> list[DatasetVersion]:
    return versions.deleted_versions(book.store)


def test_what_is_known_is_what_a_first_look_finds(book: Book) -> None:
    """Whatever happened, in whatever order: reckoned one by one, or all anew."""
    chance = random.Random(3)
    for step in range(60):
        name, digest = chance.choice("xy"), f"d{chance.randrange(6)}"
        on_record = [one.label for one in book.datasets.all()]
        match chance.randrange(6):
            case 0 if on_record:
                book.datasets.delete(chance.choice(on_record))
            case 1 if on_record:
                book.datasets.alias(chance.choice(on_record), chance.choice(["best", "last"]))
            case 2 if on_record:
                book.datasets.label(chance.choice(on_record), chance.choice(["red", "blue"]))
            case 3:
                # Another copy of the book tracked it, too, perhaps earlier.
                twin = new_version(book.store, name, digest, chance.choice(["red", "blue"]))
                created = twin.created - chance.choice([0, 5_000])
                doc = to_doc(dataclasses.replace(twin, created=created))
                book.store.commit([create("datasets", twin.dataset_id, doc)])
            case _:
                keep(book, name, digest)
        if step % 5 == 0:
            found = book.datasets.all()
            gone = known_deleted(book)
            before = known._all.pop(book.store)
            assert (book.datasets.all(), known_deleted(book)) == (found, gone)
            known._all[book.store] = before
