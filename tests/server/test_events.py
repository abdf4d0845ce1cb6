from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import websocket

from cellbook.book import Book
from cellbook.store import FolderStore
from tests.server.samples import log, save
from tests.server.servers import Server

SOON = 1.0
"""Seconds within which a change is told."""

PROCESS = """
import sys, time
import cellbook as cb
book = cb.open(sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    exec(line)
    print(time.time(), flush=True)
"""


class Process:
    """Another process that works with the book of a folder."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def do(self, line: str) -> float:
        """Have a line executed; return when that was done."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return float(self._read())

    def end(self) -> None:
        self._process.communicate()


@pytest.fixture
def other(home: Path) -> Any:
    process = Process(home)
    yield process
    process.end()


def next_message(socket: websocket.WebSocket) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(socket.recv())
    return found


def hear(socket: websocket.WebSocket, table: str, limit: float = 5.0) -> float:
    """Wait until a change of a table is told; return when."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        message = next_message(socket)
        assert message["type"] == "changed"
        if table in message["tables"]:
            return time.time()
    raise AssertionError(f"nothing of {table}")


@pytest.mark.alone
def test_change_by_another_process_is_told_within_a_second(
    server: Server, home: Path, other: Process
) -> None:
    socket = server.listen(f"{home.name}/work.ipynb")
    for table, line in (
        ("runs", "run = cb.start_run('live')"),
        ("metrics", "run.log_metric('loss', 1.0)"),
        ("metrics", "run.log_metric('loss', 0.5)"),
        ("artifacts", "run.log_text('x', 'x.txt')"),
        ("runs", "run.end()"),
    ):
        done = other.do(line)
        assert hear(socket, table) - done < SOON, line
    socket.close()


def test_burst_is_told_in_few_messages(server: Server, home: Path, other: Process) -> None:
    socket = server.listen(home.name)
    other.do("[cb.start_run(f'run {n}').end() for n in range(200)]")
    other.do("cb.start_run('last')")
    count, numbers = 0, 0
    while numbers < 201:
        next_message(socket)
        count += 1
        numbers = server.get(f"book?notebook={home.name}")["runs"]
    assert count < 20
    socket.close()


def test_nothing_is_told_where_nothing_changes(server: Server, home: Path, book: Book) -> None:
    log(book, "run")
    socket = server.listen(home.name)
    socket.settimeout(1.5)
    server.get(f"runs?notebook={home.name}")
    with pytest.raises(websocket.WebSocketTimeoutException):
        socket.recv()
    socket.close()


def test_two_windows_hear_the_same(server: Server, home: Path, book: Book) -> None:
    sockets = [server.listen(f"{home.name}/{name}.ipynb") for name in "ab"]
    save(book.checkpoints, {"x": 1})
    for socket in sockets:
        hear(socket, "checkpoints")
        socket.close()


def test_window_hears_what_this_server_changes(server: Server, home: Path, book: Book) -> None:
    log(book, "run")
    socket = server.listen(home.name)
    server.ask("PATCH", f"runs/1?notebook={home.name}", {"run_name": "x"})
    hear(socket, "runs")
    socket.close()


def test_book_that_comes_is_told(server: Server, home: Path) -> None:
    (home / "deep").mkdir()
    socket = server.listen(f"{home.name}/deep/a.ipynb")
    outer = Book(FolderStore(home / ".cellbook"))
    hear(socket, "book")
    log(outer, "in the outer one")
    hear(socket, "runs")
    inner = Book(FolderStore(home / "deep" / ".cellbook"))
    hear(socket, "book")
    log(inner, "in the inner one")
    hear(socket, "runs")
    socket.close()
    outer.close()
    inner.close()


def test_trouble_is_told_once_and_that_it_is_over(server: Server, home: Path, book: Book) -> None:
    socket = server.listen(home.name)
    path = home / ".cellbook" / "format.json"
    whole = path.read_text()
    path.write_text("{")
    message = next_message(socket)
    assert message["type"] == "trouble"
    assert "Restore it from a copy" in message["message"]
    path.write_text(whole)
    hear(socket, "book")
    socket.close()


def test_window_that_may_not_be_there_is_told_why(server: Server) -> None:
    socket = server.listen("../elsewhere")
    message = next_message(socket)
    assert (message["type"], "no path below" in message["message"]) == ("trouble", True)
    assert socket.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE
    socket.shutdown()  # It counts as closed already, and close() would leave the socket open.
