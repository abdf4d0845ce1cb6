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


def test_a_notebook_that_came_by_mail_is_read_where_there_is_no_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path / "server", env={"CELLBOOK_USER": "grace"}) as server:
        write_mail(server, "mail.ipynb", tmp_path)
        (server.root / "plain.ipynb").write_bytes(notebook("x = 1"))
        for _ in range(2):
            page = server.ask("GET", "threads?notebook=mail.ipynb").json
            (thread,) = page["threads"]
            assert (thread["anchor"]["cell_id"], thread["anchor"]["state"]) == ("a", "found")
            assert (page["read_only"], thread["unread"]) == ("", 1)
        (comment,) = thread["comments"]
        told = {"thread": thread["thread_id"], "comment": comment["comment_id"]}
        assert server.ask("POST", "mark-read?notebook=mail.ipynb", told).json["unread"] == 0
        assert server.ask("GET", f"thread?notebook=mail.ipynb&thread={thread['thread_id']}").json
        assert server.ask("GET", "threads?notebook=plain.ipynb").status == 404
        assert server.ask("GET", "runs?notebook=mail.ipynb").status == 404
        # Whoever only looks makes no book; whoever answers does.
        assert not (server.root / ".cellbook").exists()
        said = {"thread": thread["thread_id"], "text": "because"}
        assert server.ask("POST", "reply?notebook=plain.ipynb", said).status == 404
        assert not (server.root / ".cellbook").exists()
        answered = server.ask("POST", "reply?notebook=mail.ipynb", said)
        assert answered.status == 200, answered.content
        assert [one["text"] for one in answered.json["comments"]] == ["so?", "because"]
        assert (server.root / ".cellbook").exists()
        page = server.ask("GET", "threads?notebook=mail.ipynb").json
        assert [one["imported"] for one in page["threads"][0]["comments"]] == ["mail.ipynb", ""]


def test_notebooks_carry_their_threads_whenever_they_are_saved(tmp_path: Path) -> None:
    with running(tmp_path / "server", env={"CELLBOOK_EMBED_COMMENTS": "1"}) as server:
        content = json.loads(notebook("x = 1"))
        model = {"type": "notebook", "format": "json", "content": content}
        file = server.root / "work.ipynb"
        assert server.ask("PUT", "contents/work.ipynb", model, below="api").status == 201
        assert "cellbook" not in json.loads(file.read_bytes())["metadata"]
        anchor = {"kind": "cell", "cell_id": "cell-0", "source": "x = 1"}
        begun = {"anchor": anchor, "text": "why?"}
        assert server.ask("POST", "start-thread?notebook=work.ipynb", begun).status == 200
        content["metadata"] = {"cellbook": {"origin": {"book": "x"}}}
        assert server.ask("PUT", "contents/work.ipynb", model, below="api").status == 200
        own = json.loads(file.read_bytes())["metadata"]["cellbook"]
        assert own["origin"] == {"book": "x"}
        assert [one["anchor"]["cell_id"] for one in own["comments"]["threads"]] == ["cell-0"]
        # A damaged parcel keeps no notebook from being saved.
        content["cells"] = []
        file.write_text(file.read_text().replace('"version": 1', '"version": 7'))
        assert server.ask("PUT", "contents/work.ipynb", model, below="api").status == 200
        assert json.loads(file.read_bytes())["cells"] == []
