from __future__ import annotations

import contextlib
import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from cellbook.book import Book, FolderStore
from cellbook.views.timeline import timeline
from tests.server.samples import notebook, save
from tests.server.servers import Server, running

PLACE = "work.ipynb"


def test_timeline_is_of_one_notebook(server: Server, home: Path, book: Book) -> None:
    save(book.checkpoints, {"x": 1})
    save(book.checkpoints, {"x": 2}, "other.ipynb")
    save(book.checkpoints, {"x": 3})
    found = server.get(f"checkpoints?notebook={home.name}/{PLACE}")
    assert [row["number"] for row in found["rows"]] == [1, 3]
    assert found["rows"][0]["checkpoint"]["variables"] == 1
    assert found["size"] == book.checkpoints.packs.size() > 0
    everything = server.get(f"checkpoints?notebook={home.name}")
    assert [row["number"] for row in everything["rows"]] == [1, 2, 3]


def test_timeline_goes_back_page_by_page(server: Server, home: Path, book: Book) -> None:
    for value in range(5):
        save(book.checkpoints, {"x": value})
    whole = timeline(book.store, book.checkpoints, notebook=PLACE)
    newest = server.get(f"checkpoints?notebook={home.name}/{PLACE}&limit=2")
    assert [row["number"] for row in newest["rows"]] == [4, 5]
    assert newest["older"] == 3
    older = server.get(f"checkpoints?notebook={home.name}/{PLACE}&limit=2&before=4")
    assert [row["number"] for row in older["rows"]] == [2, 3]
    assert older["older"] == 1
    assert len(older["rows"][1]["lanes"]) == len(whole.rows[2].lanes)


def test_label_and_no_label(server: Server, home: Path, book: Book) -> None:
    made = save(book.checkpoints, {"x": 1})
    asked = f"checkpoints/{made.checkpoint_id}?notebook={home.name}"
    assert server.ask("PATCH", asked, {"label": "clean"}).json["checkpoint"]["label"] == "clean"
    assert book.checkpoints.find("clean")[1].checkpoint_id == made.checkpoint_id
    assert book.checkpoints.is_trusted(book.checkpoints.find(1)[1])
    assert server.ask("PATCH", asked, {"label": "12"}).status == 400
    assert server.ask("PATCH", asked, {"label": None}).json["checkpoint"]["label"] is None


def test_document_is_kept_and_given_back(server: Server, home: Path, book: Book) -> None:
    save(book.checkpoints, {"x": 1})
    asked = f"checkpoints/1/document?notebook={home.name}/{PLACE}"
    missing = server.ask("GET", asked)
    assert (missing.status, "%restore 1 --doc" in missing.message) == (404, True)
    document = notebook("x = 1", "<script>alert(1)</script>")
    assert server.ask("PUT", asked, document).json == {"stored": len(document)}
    answer = server.ask("GET", asked)
    assert (answer.content, answer.headers["Content-Type"]) == (document, "application/json")
    # The server here has a key of its own, and so cannot sign what this process saved.
    assert [one for one in book.verify().findings if not one.harmless] == []


def test_same_document_again_costs_nothing(server: Server, home: Path, book: Book) -> None:
    document = notebook(*(f"{os.urandom(3000).hex()}" for _ in range(100)))
    first, second = (save(book.checkpoints, {"x": value}) for value in range(2))
    for made in (first, second, second):
        before = book.checkpoints.packs.size()
        asked = f"checkpoints/{made.checkpoint_id}/document?notebook={home.name}"
        assert server.ask("PUT", asked, document).status == 200
        grown = book.checkpoints.packs.size() - before
        assert (grown > 100_000) is (made is first)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{}", b'{"cells": 1, "nbformat": 4}', b"\xff{", b"{"),
        b'{"cells": [], "nbformat": true}',
        b'{"cells": [1], "nbformat": 4}',
        b'{"cells": [{"cell_type": "code"}], "nbformat": 4}',
        b'{"cells": [{"cell_type": "code", "source": [1]}], "nbformat": 4}',
        b'{"cells": [], "nbformat": 4, "metadata": {"x": NaN}}',
        b'{"cells": ["' + b"x" * 9_000_000 + b'"], "nbformat": 4}',
    ],
    ids=lambda body: body[:60].decode(errors="replace"),
)
def test_what_is_no_notebook_is_not_kept(
    server: Server, home: Path, book: Book, body: bytes
) -> None:
    save(book.checkpoints, {"x": 1})
    answer = server.ask("PUT", f"checkpoints/1/document?notebook={home.name}", body)
    assert (answer.status, "no notebook" in answer.message) == (400, True)


def test_large_document_is_kept(server: Server, home: Path, book: Book) -> None:
    save(book.checkpoints, {"x": 1})
    document = notebook("x" * 50_000_000)
    asked = f"checkpoints/1/document?notebook={home.name}"
    assert server.ask("PUT", asked, document).json == {"stored": len(document)}
    assert server.ask("GET", asked).content == document


def test_too_large_a_document_is_refused_with_a_message(tmp_path: Path) -> None:
    with running(tmp_path, "--ServerApp.max_body_size=1000000") as small:
        answer = small.ask("PUT", "checkpoints/1/document", notebook("x" * 5_000_000))
        assert answer.status == 413
        assert "ServerApp.max_body_size" in answer.message
        assert "5.0 MB" in answer.message


class Bomb:
    """Leaves a file behind wherever it is decoded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return os.mkdir, (str(self.path),)


def test_difference_is_told_without_decoding(
    server: Server, home: Path, book: Book, tmp_path: Path
) -> None:
    bomb = Bomb(tmp_path / "exploded")
    pickle.loads(pickle.dumps(bomb))
    (tmp_path / "exploded").rmdir()
    save(book.checkpoints, {"x": 1, "same": 5, "gone": [1]})
    save(book.checkpoints, {"x": bomb, "same": 5, "new": "text"})
    for number, document in ((1, notebook("a", "b")), (2, notebook("a", "c"))):
        book.checkpoints.attach_document(number, document)
    found = server.get(f"checkpoints/1/diff?notebook={home.name}&to=2")
    assert {one["name"]: one["change"] for one in found["variables"]} == {
        "x": "changed", "gone": "removed", "new": "added",
    }  # fmt: skip
    assert found["unchanged"] == 1
    assert [cell["lines"] for cell in found["cells"]] == [["-b", "+c"]]
    assert not (tmp_path / "exploded").exists()


def test_difference_with_now_is_of_cells(server: Server, home: Path, book: Book) -> None:
    save(book.checkpoints, {"x": 1})
    asked = f"checkpoints/1/diff?notebook={home.name}"
    now = {"document": json.loads(notebook("a", "b"))}
    assert not server.ask("POST", asked, now).json["documents"]
    book.checkpoints.attach_document(1, notebook("a"))
    found = server.ask("POST", asked, now).json
    assert [(cell["change"], cell["place"], cell["lines"]) for cell in found["cells"]] == [
        ("added", 2, ["+b"])
    ]
    assert (found["first"], found["second"]) == (1, 0)


def test_unknown_checkpoint_is_told(server: Server, home: Path, book: Book) -> None:
    save(book.checkpoints, {"x": 1})
    answer = server.ask("GET", f"checkpoints/9/document?notebook={home.name}")
    assert (answer.status, "Give a number (1 to 1)" in answer.message) == (404, True)


def test_damaged_checkpoint_is_told(server: Server, home: Path, book: Book) -> None:
    save(book.checkpoints, {"x": 1})
    save(book.checkpoints, {"x": 2})
    for pack in (home / ".cellbook" / "packs").iterdir():
        pack.write_bytes(b"\0" * pack.stat().st_size)
    answer = server.ask("GET", f"checkpoints/1/diff?notebook={home.name}&to=2")
    assert answer.status == 503
    assert "cellbook verify" in answer.message


def test_file_that_was_no_notebook_is_not_given_back(
    server: Server, home: Path, book: Book
) -> None:
    save(book.checkpoints, {"x": 1})
    book.checkpoints.attach_document(1, b"<<<<<<< HEAD")
    answer = server.ask("GET", f"checkpoints/1/document?notebook={home.name}")
    assert (answer.status, "is no notebook" in answer.message) == (404, True)


def test_folder_whose_name_ends_with_a_blank(server: Server, home: Path) -> None:
    folder = home / "work "
    folder.mkdir()
    with contextlib.closing(Book(FolderStore(folder / ".cellbook"))) as book:
        save(book.checkpoints, {"x": 1})
    assert len(server.get(f"checkpoints?notebook={home.name}/work%20/")["rows"]) == 1
    assert len(server.get(f"checkpoints?notebook={home.name}/work%20")["rows"]) == 1
