from __future__ import annotations

import pytest

from cellbook.answers import (
    MediaQuery,
    Reader,
    RunQuery,
    TableQuery,
    find_artifact,
    media,
    show_console,
    show_details,
    show_media,
    show_table,
)
from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound


@pytest.fixture
def reader(opened: Book) -> Reader:
    with opened.start_run("one") as run:
        run.log_table({"a": [1, 2]}, "t.csv")
        run.log_text("a text", "t.txt")
    return Reader(opened)


def test_media_and_tables_are_shown(reader: Reader) -> None:
    assert [one.name for one in show_media(reader, MediaQuery(("#1", "#9"))).series] == [
        "t.csv",
        "t.txt",
    ]
    assert show_table(reader, TableQuery("#1", "t.csv")).rows == (("1",), ("2",))


def test_what_is_not_there_or_too_large_is_told(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFound, match=r"no artifact 'x\.csv'"):
        show_table(reader, TableQuery("#1", "x.csv"))
    monkeypatch.setattr(media, "TABLE_BYTES", 2)
    with pytest.raises(InvalidInput, match="too much for a quick look"):
        show_table(reader, TableQuery("#1", "t.csv"))
    artifact, file = find_artifact(reader, "#1", "t.txt")
    file.unlink()
    with pytest.raises(NotFound, match="missing from the book"):
        find_artifact(reader, "#1", artifact.path)


def test_details_of_a_run(reader: Reader) -> None:
    details = show_details(reader, RunQuery("one"))
    assert [file.path for file in details.artifacts] == ["t.csv", "t.txt"]
    assert show_console(reader, RunQuery("#1")).cells == ()
