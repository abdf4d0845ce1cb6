from __future__ import annotations

import pytest

from cellbook.book import Book
from cellbook.errors import QuerySyntaxError
from cellbook.views.hints import query_hint
from cellbook.views.runs_table import find_records

WAYS = [
    ("data.people = 1", ["a", "both"]),
    ("data.people = 2", ["b", "both"]),
    ("data.people != 1", ["b", "late"]),
    ("data.people >= 2", ["b", "both", "late"]),
    ("data.people BETWEEN 2 AND 3", ["b", "both", "late"]),
    ("data.people IN (1, 3)", ["a", "both", "late"]),
    ("data.people NOT IN (1, 3)", ["b"]),
    ("data.people = champion", ["b", "both"]),
    ("data.people = nightly", ["a", "b", "both"]),
    ("data.people = d3-and-more", ["late"]),
    ("data.people = d3-and-m", ["late"]),
    ("data.people IS NOT NULL", ["a", "b", "both", "late"]),
    ("data.people IS NULL", ["made", "none", "other"]),
    ("data.people = null", ["made", "none", "other"]),
    ("data.people != null", ["a", "b", "both", "late"]),
    ("not data.people = 1", ["b", "late", "made", "none", "other"]),
    ("data.people = 9", []),
    ("data.nobody = 1", []),
    ("data.nobody IS NULL and name = a", ["a"]),
    ("data.`my data` = 1", ["other"]),
    ("data.people = 1 and metrics.acc > 0.5", ["a"]),
]


@pytest.fixture
def book(opened: Book) -> Book:
    used = {
        "a": [("people", "d1", "train")],
        "b": [("people", "d2", "")],
        "both": [("people", "d1", "train"), ("people", "d2", "test")],
        "late": [("people", "d3-and-more", "train")],
        "made": [("people", "d2", "output")],
        "other": [("my data", "d1", "")],
        "none": [],
    }
    for name, inputs in used.items():
        with opened.start_run(name) as run:
            for data, digest, role in inputs:
                run.log_input(data, digest, role=role or None)
            if name == "a":
                run.log_metric("acc", 0.9)
    opened.datasets.alias("people@2", "champion")
    for version in ("people@1", "people@2"):
        opened.datasets.label(version, "nightly")
    return opened


def found(book: Book, query: str) -> list[str]:
    return sorted(one.run_name for one in find_records(book.store, query))


@pytest.mark.parametrize(("query", "names"), WAYS)
def test_runs_are_found_by_the_data_that_they_used(
    book: Book, query: str, names: list[str]
) -> None:
    assert found(book, query) == names


def test_what_was_taken_off_the_record_is_found_by_its_number(book: Book) -> None:
    book.datasets.delete("people@1")
    assert found(book, "data.people = 1") == ["a", "both"]
    assert found(book, "data.people IS NOT NULL") == ["a", "b", "both", "late"]


def test_data_of_very_many_versions(book: Book) -> None:
    with book.start_run("many") as run:
        for number in range(40):
            run.log_input("people", f"x{number}")
    assert "many" in found(book, "data.people > 3")
    assert found(book, "data.people = 20") == ["many"]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("data.people = champoin", "Did you mean champion"),
        ("data.people = whatever", "Write its number, such as 3"),
        ("data.people > champion", "has no order"),
        ("data.people > null", "IS NULL"),
        ("data.people LIKE 'a%'", "holds none"),
        ("data. = 1", "name of one of the data is missing"),
        ("dat.people = 1", "Did you mean data.people"),
    ],
)
def test_mistakes_are_told(book: Book, query: str, why: str) -> None:
    with pytest.raises(QuerySyntaxError, match=why):
        found(book, query)


def test_runs_have_no_order_by_data(book: Book) -> None:
    with pytest.raises(QuerySyntaxError, match="no order by data"):
        find_records(book.store, "", order_by="data.people")


def test_a_name_that_nothing_goes_by_is_told(book: Book) -> None:
    assert "did you mean data.people" in query_hint(book.store, "data.peple = 1")
    assert query_hint(book.store, "data.people = 1") == ""
