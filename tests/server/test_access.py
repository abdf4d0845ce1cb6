"""Who may do what: every handler there is, so that a new one cannot be forgotten."""

from __future__ import annotations

import re
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
import websocket

from cellbook.book import Book
from cellbook.server.events import EventsHandler
from cellbook.server.routes import OPERATIONS, routes
from tests.server.servers import Answer, Server, running

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def handled() -> list[tuple[str, str]]:
    """Return method and address, as an example, of all that any handler answers."""
    found = []
    for pattern, handler in routes("/"):
        path = re.sub(r"\(\?P<\w+>[^)]*\)", "1", pattern).replace("\\", "")
        path = path.removeprefix("/cellbook/").replace(".*", "nowhere")
        own = [method for method in METHODS if method.lower() in vars(handler)]
        assert own, f"{handler} answers nothing"
        found += [(method, path) for method in own]
    return found


HANDLED = handled()
READING = {
    (one.method, re.sub(r"\{\w+\}", "1", one.path)) for one in OPERATIONS if one.action == "read"
}
READING |= {(method, "nowhere") for method in METHODS} | {("GET", "events")}


def test_every_operation_is_handled() -> None:
    there = {(one.method, re.sub(r"\{\w+\}", "1", one.path)) for one in OPERATIONS}
    assert there | {("GET", "events")} == {one for one in HANDLED if one[1] != "nowhere"}


@pytest.mark.parametrize(("method", "path"), HANDLED)
def test_nobody_is_answered_without_token(server: Server, method: str, path: str) -> None:
    answer = server.ask(method, path, token=False)
    assert answer.status in (401, 403)
    assert "runs" not in answer.content.decode() or "Log in" in answer.message


@pytest.mark.parametrize(("method", "path"), HANDLED)
def test_nobody_is_answered_with_a_wrong_token(server: Server, method: str, path: str) -> None:
    answer = server.ask(method, path, token=False, headers={"Authorization": "token wrong"})
    assert answer.status in (401, 403)


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Server:
    with running(
        tmp_path_factory.mktemp("reading"),
        "--ServerApp.authorizer_class=tests.server.reading.ReadOnly",
    ) as started:
        yield started


@pytest.fixture(scope="module")
def forbidding(tmp_path_factory: pytest.TempPathFactory) -> Server:
    # It answers no question of ours, so that nothing tells that it is up but the port.
    with running(
        tmp_path_factory.mktemp("forbidding"),
        "--ServerApp.authorizer_class=tests.server.reading.Nothing",
    ) as started:
        yield started


@pytest.mark.parametrize(("method", "path"), HANDLED)
def test_who_may_only_read_changes_nothing(reading: Server, method: str, path: str) -> None:
    answer = reading.ask(method, path, {} if method != "GET" else None)
    assert (answer.status == 403) is ((method, path) not in READING)


@pytest.mark.parametrize(("method", "path"), HANDLED)
def test_who_may_nothing_is_refused(forbidding: Server, method: str, path: str) -> None:
    assert forbidding.ask(method, path, {} if method != "GET" else None).status == 403


def test_who_may_only_read_listens(reading: Server) -> None:
    reading.listen().close()


def test_who_may_nothing_does_not_listen(forbidding: Server) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        forbidding.listen()


def test_nobody_listens_without_token(server: Server) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        server.listen(header=[])


class Browser:
    """Logs in with a cookie, as a browser does."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self._opener.open(f"{server.url}/login?token={server.token}").close()

    def ask(self, method: str, path: str, **headers: str) -> Answer:
        request = urllib.request.Request(
            f"{self.server.url}/cellbook/{path}",
            method=method,
            data=None if method == "GET" else b'{"description": "x"}',
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        try:
            with self._opener.open(request) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.headers, refusal.read())

    @property
    def xsrf(self) -> str:
        return str(next(cookie.value for cookie in self.jar if cookie.name == "_xsrf"))


@pytest.mark.parametrize(("method", "path"), [one for one in HANDLED if one[0] not in ("GET",)])
def test_cookie_alone_changes_nothing(server: Server, method: str, path: str) -> None:
    browser = Browser(server)
    refused = browser.ask(method, path)
    assert refused.status == 403
    assert "XSRF" in refused.message
    assert browser.ask(method, path, X_XSRFToken=browser.xsrf).status != 403


def test_cookie_reads(server: Server, home: Path, book: Book) -> None:
    assert Browser(server).ask("GET", f"book?notebook={home.name}").json["exists"]


def test_no_other_site_listens_with_the_cookie(server: Server) -> None:
    browser = Browser(server)
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.jar)
    server.listen(header=[], cookie=cookie, origin=server.url).close()
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        server.listen(header=[], cookie=cookie, origin="http://evil.example")


def test_another_site_reads_nothing(server: Server) -> None:
    assert Browser(server).ask("GET", "runs", Origin="http://evil.example").status == 404


@pytest.mark.parametrize("path", ["book", "nowhere", "runs/1"])
def test_answers_are_no_pages(server: Server, path: str) -> None:
    headers = server.ask("GET", path).headers
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_events_is_for_listening_only() -> None:
    own = [name for name in METHODS if name.lower() in vars(EventsHandler)]
    assert own == ["GET"]
