"""Data behind HTTP, from a server that really answers, breaks off, or is gone."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import cellbook as cb
from cellbook import book as books
from cellbook.datasets.digests import digest_place
from cellbook.errors import InvalidInput, MissingDependency


class Site:
    """Serves one content under every path; paths ending in a number answer with that status."""

    def __init__(self) -> None:
        site = self
        self.content = b"1,2\n"
        self.sent: int | None = None
        """How many bytes are sent before it breaks off; None sends all."""

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                status = self.path.rpartition("/")[2]
                self.send_response(int(status) if status.isdigit() else 200)
                self.send_header("ETag", f'"{hashlib.md5(site.content).hexdigest()}"')
                self.send_header("Content-Length", str(len(site.content)))
                self.end_headers()

            def do_GET(self) -> None:
                self.do_HEAD()
                self.wfile.write(site.content[: site.sent])

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def test_versions_of_what_a_server_sends(site: Site, tmp_path: Path) -> None:
    url = f"http://{site.host}/wine.csv"
    books.open(tmp_path)
    try:
        first = cb.track_data(url)
        again = cb.track_data(url)
        site.content = b"1,3\n"
        changed = cb.track_data(url, keep=True)
        site.content = b"1,2\n"
        back = cb.track_data(url)
    finally:
        books.close_all()
    assert [one.version for one in (first, again, changed, back)] == [1, 1, 2, 1]
    assert (first.name, first.kind, first.size, first.source) == ("wine", "url", 4, url)
    assert first.digest == f"sha256:{hashlib.sha256(site.content).hexdigest()}"
    assert first.etag == f'"{hashlib.md5(site.content).hexdigest()}"'
    assert changed.etag not in ("", first.etag)


def test_a_large_file_is_read_as_it_was_at_one_time(site: Site) -> None:
    site.content = bytes(range(256)) * 50_000
    found = digest_place(f"http://{site.host}/large.bin")
    assert found.digest == f"sha256:{hashlib.sha256(site.content).hexdigest()}"
    assert found.size == 12_800_000


@pytest.mark.parametrize(
    ("path", "sent", "says"),
    [
        ("404", None, r"the server answers 404 Not Found\. Check the address"),
        ("403", None, r"the server answers 403 Forbidden\. Check the address and your access"),
        ("503", None, r"the server answers 503 Service Unavailable\. Try again later"),
        ("half.csv", 2, r"the server broke off before the end\. Try again"),
    ],
)
def test_what_a_server_does_not_give(site: Site, path: str, sent: int | None, says: str) -> None:
    site.sent = sent
    with pytest.raises(InvalidInput, match=says) as caught:
        digest_place(f"http://{site.host}/{path}")
    assert "\n" not in str(caught.value)


def test_a_server_that_refuses(site: Site) -> None:
    site.close()
    with pytest.raises(InvalidInput, match=r"no connection to the server \(ConnectionRefused"):
        digest_place(f"http://{site.host}/wine.csv")


def test_a_password_is_on_no_record(site: Site) -> None:
    found = digest_place(f"http://ada:hush@{site.host}/wine.csv")
    assert found.source == f"http://ada:***@{site.host}/wine.csv"
    with pytest.raises(InvalidInput, match="404") as caught:
        digest_place(f"http://ada:hush@{site.host}/404")
    assert "hush" not in str(caught.value)


def test_without_aiohttp_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    with pytest.raises(MissingDependency, match=r'needs aiohttp.*"cellbook\[url\]"'):
        digest_place("https://localhost/wine.csv")
