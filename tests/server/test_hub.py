"""Below a hub's base URL, and several servers on one book."""

from __future__ import annotations

import json
from pathlib import Path

from cellbook.book import Book
from cellbook.store import FolderStore
from tests.server.samples import log
from tests.server.servers import running


def test_routes_lie_below_the_base_url(tmp_path: Path) -> None:
    with running(tmp_path, base_url="/user/ada/") as server:
        assert server.get("openapi.json")["servers"] == [{"url": "/user/ada/cellbook"}]
        assert not server.get("book")["exists"]
        server.listen().close()


def test_two_servers_share_a_book(tmp_path: Path) -> None:
    for name in ("root", "one", "two"):
        (tmp_path / name).mkdir()
    book = Book(FolderStore(tmp_path / "root" / ".cellbook"))
    log(book, "run")
    book.close()
    root = tmp_path / "root"
    with running(tmp_path / "one", root=root) as one, running(tmp_path / "two", root=root) as two:
        heard = two.listen()
        one.ask("PATCH", "runs/1", {"run_name": "by one"})
        assert "runs" in json.loads(heard.recv())["tables"]
        two.ask("PATCH", "runs/1", {"tags": {"by": "two"}})
        for server in (one, two):
            record = server.get("runs/1")["record"]
            assert (record["run_name"], record["tags"]) == ("by one", {"by": "two"})
        heard.close()
