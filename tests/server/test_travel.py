"""Threads that a notebook brought, and notebooks that are taken over, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from cellbook.book import Book
from cellbook.commenting import carry, pack
from cellbook.records import Anchor, AnchorKind, Author
from cellbook.store import FolderStore
from tests.server.samples import notebook, save
from tests.server.servers import Server, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("server")) as started:
        Book(FolderStore(started.root / ".cellbook")).close()
        yield started


def write_mail(server: Server, name: str, tmp_path: Path) -> Path:
    """Write a notebook with a thread that was begun in another book."""
    cells = [nbformat.v4.new_code_cell("x = 1", id="a")]
    file = server.root / name
    nbformat.write(nbformat.v4.new_notebook(cells=cells), file)
    home = Book(FolderStore(tmp_path / "home" / ".cellbook"))
    home.threads.start(Anchor(AnchorKind.CELL, "there.ipynb", "a"), "so?", author=Author("ada"))
    found = [home.threads.find(one.thread_id) for one in home.threads.all()]
    carry(file, pack(found, "there.ipynb"))
    home.close()
    return file


def test_threads_that_a_notebook_brought_are_shown(server: Server, tmp_path: Path) -> None:
    write_mail(server, "mail.ipynb", tmp_path)
    for _ in range(2):
        page = server.ask("GET", "threads?notebook=mail.ipynb").json
        (thread,) = page["threads"]
        assert thread["anchor"]["cell_id"] == "a"
        assert thread["anchor"]["notebook"] == "mail.ipynb"
        (comment,) = thread["comments"]
        assert (comment["imported"], comment["mine"]) == ("mail.ipynb", False)
        assert page["notice"] == "Comments in mail.ipynb: 1 thread and 1 comment new."
    refused = server.ask(
        "POST", "edit-comment?notebook=mail.ipynb",
        {"comment": comment["comment_id"], "text": "no"},
    )  # fmt: skip
    assert refused.status == 400
    assert "came with mail.ipynb" in refused.json["message"]


def test_damaged_comments_are_told_and_take_nothing_away(server: Server) -> None:
    file = server.root / "odd.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), file)
    carry(file, {"version": 1, "threads": [{"thread_id": "<b>"}], "comments": []})
    page = server.ask("GET", "threads?notebook=odd.ipynb").json
    assert page["threads"] == []
    assert page["notice"].startswith("The comments in odd.ipynb cannot be read (")


def test_a_notebook_is_taken_over_beside_the_open_one(server: Server) -> None:
    book = Book(FolderStore(server.root / ".cellbook"))
    save(book.checkpoints, {"x": 1})
    book.checkpoints.attach_document(1, notebook("x = 1"))
    book.close()
    made = server.ask("POST", "fork?notebook=mail.ipynb", {"target": "checkpoint:1"})
    assert made.status == 200, made.json
    file = server.root / made.json["name"]
    assert made.json["notebook"] == made.json["name"]
    assert json.loads(file.read_text())["cells"][0]["source"] == made.json["note"]
    for name in ("../out.ipynb", "a/b.ipynb", ".hidden.ipynb", "x.txt", "mail.ipynb"):
        refused = server.ask(
            "POST", "fork?notebook=mail.ipynb", {"target": "checkpoint:1", "name": name}
        )
        assert refused.status == 400, name
    assert server.ask("POST", "fork", {"target": "checkpoint:1"}).status == 400
    assert not list(server.root.parent.glob("out*"))
