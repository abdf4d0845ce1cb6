"""``cellbook verify`` compares data with what was tracked, and believes no time and no cache."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import cellbook as cb
from cellbook import book as books
from cellbook.book import Book
from cellbook.store import update


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    yield books.open(tmp_path)
    books.close_all()


def found(book: Book) -> list[tuple[str, str, bool]]:
    return list(book.datasets.check())


def flip(path: Path) -> None:
    """Change one bit, and put size and times of modification back."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def old(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, ns=(0, time.time_ns() - 10**10))
    return path


@pytest.mark.parametrize("target", ["data/sub/b.csv", "data", "data/**/*.csv"])
def test_a_flipped_byte_is_found(book: Book, tmp_path: Path, target: str) -> None:
    old(tmp_path / "data/a.csv", "1")
    path = old(tmp_path / "data/sub/b.csv", "2")
    cb.track_data(target, "x")
    assert found(book) == []
    assert book.verify().tracked == 1
    flip(path)
    ((place, problem, harmless),) = found(book)
    assert (place, harmless) == (target, False)
    assert "was tracked as data:x@1" in problem
    assert not book.verify().ok


def test_what_was_written_since_is_no_damage(book: Book, tmp_path: Path) -> None:
    path = old(tmp_path / "x.csv", "1")
    cb.track_data(path)
    time.sleep(0.01)
    path.write_text("2")
    ((_, problem, harmless),) = found(book)
    assert harmless
    assert "has changed since it was tracked as data:x@1" in problem
    cb.track_data(path)
    assert found(book) == [], "of one place, the version counts that was tracked last"
    path.unlink()
    ((_, problem, harmless),) = found(book)
    assert harmless
    assert "is gone, which was data:x@2" in problem


def test_files_that_came_or_went_are_no_damage(book: Book, tmp_path: Path) -> None:
    old(tmp_path / "data/a", "1")
    cb.track_data("data")
    old(tmp_path / "data/b", "1")
    ((_, problem, harmless),) = found(book)
    assert harmless
    assert "track it again" in problem


def test_what_cannot_be_read_is_said(book: Book, tmp_path: Path) -> None:
    old(tmp_path / "data/a", "1")
    cb.track_data("data")
    os.mkfifo(tmp_path / "data" / "pipe")
    ((_, problem, harmless),) = found(book)
    assert not harmless
    assert "cannot be compared" in problem


@pytest.mark.parametrize("target", ["data/a.csv", "data", "data/*.csv"])
def test_an_older_file_in_its_place_is_no_damage(book: Book, tmp_path: Path, target: str) -> None:
    path = old(tmp_path / "data/a.csv", "1")
    cb.track_data(target, "x")
    other = old(tmp_path / "other", "2")
    os.utime(other, ns=(0, 10**18))
    other.replace(path)
    ((_, problem, harmless),) = found(book)
    assert harmless
    assert "has changed since it was tracked" in problem
    # Tracked again, and then once more as it had been, it is its last time that counts.
    cb.track_data(target, "x")
    old(path, "1")
    os.utime(path, ns=(0, 2 * 10**18 // 3))
    cb.track_data(target, "x")
    assert found(book) == []
    flip(path)
    assert [harmless for *_, harmless in found(book)] == [False]


def test_of_books_that_noted_no_times_what_was_changed_in_silence_is_older(
    book: Book, tmp_path: Path
) -> None:
    path = old(tmp_path / "a.csv", "1")
    version = cb.track_data(path)
    book.store.commit([update("datasets", version.dataset_id, {"modified": 0})])
    flip(path)
    assert [harmless for *_, harmless in found(book)] == [True], "the inode has its time"
    later = time.time_ns() // 1_000_000 + 10_000
    book.store.commit([update("datasets", version.dataset_id, {"tracked": later})])
    assert [harmless for *_, harmless in found(book)] == [False]


def test_what_became_of_places_is_no_damage(book: Book, tmp_path: Path) -> None:
    old(tmp_path / "folder/a", "1")
    cb.track_data("folder")
    (tmp_path / "folder/a").unlink()
    (tmp_path / "folder").rmdir()
    old(tmp_path / "folder", "1")
    old(tmp_path / "file", "1")
    cb.track_data("file")
    (tmp_path / "file").unlink()
    old(tmp_path / "file/a", "1")
    old(tmp_path / "many/a.csv", "1")
    cb.track_data("many/*.csv", "many")
    (tmp_path / "many/a.csv").unlink()
    assert {place: (problem.partition(",")[0], ok) for place, problem, ok in found(book)} == {
        "folder": ("is a file now", True),
        "file": ("is a folder now", True),
        "many/*.csv": ("is gone", True),
    }
