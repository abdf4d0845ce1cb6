"""Books that are missing, locked, damaged, newer, read-only: one plain message each."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from cellbook.book import Book
from cellbook.store import FolderStore
from tests.server.samples import log, notebook, save
from tests.server.servers import Server


def test_missing_book_is_no_trouble(server: Server, home: Path) -> None:
    found = server.get(f"book?notebook={home.name}/a.ipynb")
    assert (found["exists"], found["message"], found["runs"]) == (False, "", 0)
    assert found["url"] == str(home / ".cellbook")
    assert list(home.iterdir()) == []


def test_book_that_comes_and_goes_is_followed(server: Server, home: Path) -> None:
    asked = f"runs?notebook={home.name}"
    for name in ("first", "second"):
        assert server.ask("GET", asked).status == 404
        book = Book(FolderStore(home / ".cellbook"))
        log(book, name)
        book.close()
        assert [row["name"] for row in server.get(asked)["rows"]] == [name]
        shutil.rmtree(home / ".cellbook")


def test_book_that_took_the_place_of_another_is_read(server: Server, home: Path) -> None:
    asked = f"runs?notebook={home.name}"
    for name in ("first", "second"):
        book = Book(FolderStore(home / "new" / ".cellbook"))
        log(book, name)
        book.close()
        shutil.rmtree(home / ".cellbook", ignore_errors=True)
        (home / "new" / ".cellbook").rename(home / ".cellbook")
        assert [row["name"] for row in server.get(asked)["rows"]] == [name]


def test_damaged_format_is_told(server: Server, home: Path, book: Book) -> None:
    (home / ".cellbook" / "format.json").write_text("{")
    answer = server.ask("GET", f"runs?notebook={home.name}")
    assert answer.status == 503
    assert "Restore it from a copy" in answer.message
    found = server.get(f"book?notebook={home.name}")
    assert found["exists"]
    assert found["message"] == answer.message


def test_damaged_points_are_told(server: Server, home: Path, book: Book) -> None:
    log(book, "run", 1.0, 2.0)
    for path in (home / ".cellbook" / "points").rglob("*.pts"):
        path.write_bytes(b"\0" * path.stat().st_size)
    answer = server.ask("GET", f"curves?notebook={home.name}&metric=loss&runs=1")
    assert (answer.status, "cellbook verify" in answer.message) == (503, True)


def test_damaged_journal_lines_are_passed_over(server: Server, home: Path, book: Book) -> None:
    log(book, "run")
    book.close()
    for path in (home / ".cellbook" / "journal").rglob("*.jsonl"):
        path.write_bytes(path.read_bytes() + b'{"c":"00000000","i":"x"}\n\xff\xfe\n')
    assert server.get(f"book?notebook={home.name}")["runs"] == 1


def test_newer_book_is_read_only(server: Server, home: Path, book: Book) -> None:
    log(book, "run")
    save(book.checkpoints, {"x": 1})
    book.close()
    path = home / ".cellbook" / "format.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    found = server.get(f"book?notebook={home.name}")
    assert "pip install --upgrade cellbook" in found["read_only"]
    assert found["message"] == ""
    assert len(server.get(f"runs?notebook={home.name}")["rows"]) == 1
    for method, asked, body in (
        ("PATCH", "runs/1", {"run_name": "x"}),
        ("PATCH", "checkpoints/1", {"label": "x"}),
        ("PUT", "checkpoints/1/document", notebook("x")),
    ):
        answer = server.ask(method, f"{asked}?notebook={home.name}", body)
        assert (answer.status, answer.message) == (409, found["read_only"])


def test_damaged_index_is_made_anew(server: Server, home: Path, book: Book) -> None:
    log(book, "run")
    assert len(server.get(f"runs?notebook={home.name}")["rows"]) == 1
    cache = server.root.parent / "private" / "cellbook_cache_dir"
    (index,) = cache.glob(f"{book.store.book_id}-*/index.sqlite")
    with index.open("r+b") as file:
        file.write(os.urandom(4096))
    answer = server.ask("GET", f"runs?notebook={home.name}")
    assert answer.status in (200, 503)
    assert "Traceback" not in answer.content.decode()


@pytest.mark.alone
def test_locked_book_is_told_and_keeps_no_other_waiting(
    server: Server, home: Path, book: Book
) -> None:
    log(book, "run")
    server.get(f"runs?notebook={home.name}")
    cache = server.root.parent / "private" / "cellbook_cache_dir"
    (index,) = cache.glob(f"{book.store.book_id}-*/index.sqlite")
    lock = sqlite3.connect(index, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    log(book, "another")
    answer = server.ask("GET", f"runs?notebook={home.name}")
    assert answer.status == 503
    assert "another process or its disk holds it" in answer.message
    assert answer.headers["Retry-After"]
    # The threads of this book wait; other books have their own.
    elsewhere = server.root / f"{home.name}-elsewhere"
    Book(FolderStore(elsewhere / ".cellbook")).close()
    assert server.get(f"runs?notebook={elsewhere.name}")["rows"] == []
    lock.close()
    assert len(server.get(f"runs?notebook={home.name}")["rows"]) == 2


def test_a_run_that_cannot_be_read_is_told_with_its_number(
    server: Server, home: Path, book: Book
) -> None:
    book.table("runs").insert({"run_name": "not a run", "start_time": 1})
    answer = server.ask("GET", f"runs/1?notebook={home.name}")
    assert answer.status == 503
    assert answer.message.startswith("Run #1 cannot be read: it has no run_id.")


def test_mistake_of_ours_is_one_message(server: Server, home: Path, book: Book) -> None:
    """A document that no record can be made of, where nobody thought of that."""
    book.table("artifacts").insert({"run": log(book, "one").run_id, "path": "x"})
    answer = server.ask("GET", f"runs/1?notebook={home.name}")
    assert answer.status == 500
    assert "please report it" in answer.message
    assert "Traceback" not in answer.content.decode()
    assert "Traceback" in server.log.read_text()
