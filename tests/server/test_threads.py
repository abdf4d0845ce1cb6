"""Comments over HTTP: whose they are, and when others see them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cellbook.book import Book
from cellbook.records import Anchor, AnchorKind, Author
from cellbook.store import FolderStore
from tests.server.servers import Answer, Server, running

START = {"anchor": {"kind": "cell", "cell_id": "a", "source": "x = 1"}, "text": "why?"}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that knows who asks."""
    with running(
        tmp_path_factory.mktemp("hub"),
        "--ServerApp.identity_provider_class=tests.server.people.Named",
    ) as started:
        Book(FolderStore(started.root / ".cellbook")).close()
        yield started


def ask(server: Server, who: str, name: str, body: Any = None, **query: str) -> Answer:
    options = "&".join(f"{key}={value}" for key, value in query.items())
    return server.ask(
        "GET" if body is None else "POST",
        f"{name}?notebook=work.ipynb&{options}",
        body,
        headers={"X-Person": who},
    )


def test_who_asks_is_who_jupyter_says(hub: Server) -> None:
    begun = ask(hub, "grace", "start-thread", START).json
    assert begun["author"] == {
        "name": "grace",
        "display_name": "Grace",
        "initials": "G",
        "mine": True,
    }
    thread, comment = begun["thread_id"], begun["comments"][0]["comment_id"]
    heard = ask(hub, "alan", "reply", {"thread": thread, "text": "@grace because"}).json
    assert [one["mine"] for one in heard["comments"]] == [False, True]
    # Told apart for each who asks, though the book is as it was.
    page = ask(hub, "grace", "threads").json
    assert (page["me"]["name"], page["counts"]["mentions"], page["counts"]["unread"]) == (
        "grace",
        1,
        1,
    )
    assert ask(hub, "alan", "threads").json["counts"]["unread"] == 0
    for name, body in (
        ("edit-comment", {"comment": comment, "text": "mine"}),
        ("delete-comment", {"comment": comment}),
    ):
        refused = ask(hub, "alan", name, body)
        assert refused.status == 400
        assert "is @grace's" in refused.message
    refused = ask(hub, "alan", "set-author", {"name": "grace"})
    assert refused.status == 400
    assert "Jupyter says who you are" in refused.message


def test_a_new_comment_is_heard_of(hub: Server) -> None:
    heard = hub.listen("work.ipynb")
    begun = time.monotonic()
    ask(hub, "ada", "start-thread", START)
    told: set[str] = set()
    while not {"comments", "threads"} <= told:
        told |= set(json.loads(heard.recv())["tables"])
    assert time.monotonic() - begun < 2
    heard.close()


def test_a_server_of_one_person_takes_them_from_its_surroundings(
    server: Server, home: Path, book: Book
) -> None:
    at = f"notebook={home.name}/work.ipynb"
    assert server.get(f"threads?{at}")["me"]["name"] == "ada"
    begun = server.ask("POST", f"start-thread?{at}", START).json
    assert begun["author"]["name"] == "ada"
    assert begun["anchor"]["notebook"] == "work.ipynb"
    # Whatever they answered, they would be called as before.
    refused = server.ask("POST", f"set-author?{at}", {"name": "emmy"})
    assert refused.status == 400
    assert "CELLBOOK_USER says who you are" in refused.message
    verdict = {"thread": begun["thread_id"], "verdict": "frob"}
    assert server.ask("POST", f"review?{at}", verdict).status == 400
    assert book.threads.find(begun["thread_id"]).thread.author.name == "ada"


def test_who_nobody_knows_is_asked_once(tmp_path: Path) -> None:
    nobody = {"CELLBOOK_USER": ""}
    with running(tmp_path, env=nobody) as server:
        Book(FolderStore(server.root / ".cellbook")).close()
        assert server.get("threads")["me"] is None
        refused = server.ask("POST", "start-thread?notebook=work.ipynb", START)
        assert refused.status == 400
        assert "Nobody knows who writes" in refused.message
        told = {"name": "emmy", "display_name": "Emmy Noether"}
        assert server.ask("POST", "set-author", told).json["me"]["initials"] == "EN"
        assert server.get("threads")["me"]["name"] == "emmy"
        begun = server.ask("POST", "start-thread?notebook=work.ipynb", START)
        assert begun.json["author"]["display_name"] == "Emmy Noether"


def test_what_cannot_be_said_begins_no_book(server: Server, home: Path) -> None:
    asked = f"start-thread?notebook={home.name}/work.ipynb"
    assert server.ask("POST", asked, {"text": "no anchor"}).status == 400
    assert not (home / ".cellbook").exists()
    assert server.ask("POST", asked, START).status == 200
    assert (home / ".cellbook").exists()


def test_a_reader_writes_nothing(server: Server, home: Path, book: Book) -> None:
    at = f"notebook={home.name}/work.ipynb"
    begun = server.ask("POST", f"start-thread?{at}", START).json
    layout = home / ".cellbook" / "format.json"
    layout.write_text(json.dumps({**json.loads(layout.read_text()), "format": 99}))
    page = server.get(f"threads?{at}")
    assert page["read_only"]
    refused = server.ask("POST", f"reply?{at}", {"thread": begun["thread_id"], "text": "x"})
    assert refused.status == 409


def test_who_may_only_read_is_told_so_before_they_try(tmp_path: Path) -> None:
    readers = "--ServerApp.authorizer_class=tests.server.reading.ReadOnly"
    with running(tmp_path, readers) as server:
        with closing(Book(FolderStore(server.root / ".cellbook"))) as book:
            anchor = Anchor(AnchorKind.NOTEBOOK, "work.ipynb")
            book.threads.start(anchor, "Why?", author=Author("grace"))
        page = server.get("threads?notebook=work.ipynb")
        assert "You may only read here" in page["read_only"]
        assert len(page["threads"]) == 1


def test_heavy_questions_come_in_the_body(server: Server, home: Path, book: Book) -> None:
    at = f"notebook={home.name}/work.ipynb"
    server.ask("POST", f"start-thread?{at}", START)
    cells = json.dumps([[f"cell-{number}", "0" * 16] for number in range(3000)] + [["a", "1" * 16]])
    page = server.ask("POST", f"threads?{at}", {"cells": cells}).json
    assert page["threads"][0]["anchor"]["title"] == "Cell 3001 of work.ipynb"
