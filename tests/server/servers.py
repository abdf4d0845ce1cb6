"""A real Jupyter server that has the extension, and a client of it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import websocket

from tests.private import UNSET, private_environment

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = 60.0
"""Seconds until a server that does not answer is given up."""


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def message(self) -> str:
        """What is wrong."""
        return str(self.json["message"])


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, and the folder it serves."""

    url: str
    """With the base URL, without a slash at the end."""
    token: str
    root: Path
    log: Path
    process: subprocess.Popen[bytes]

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: bool = True,
        headers: Mapping[str, str] | None = None,
        below: str = "cellbook",
    ) -> Answer:
        """Make a request below ``cellbook/``, or elsewhere; any answer is returned."""
        given = {"Authorization": f"token {self.token}"} if token else {}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/{below}/{path}",
            method=method,
            data=data,
            headers={**given, **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.headers, refusal.read())

    def get(self, path: str, **options: Any) -> Any:
        """Return the JSON of an answer that must be one."""
        answer = self.ask("GET", path, **options)
        assert answer.status == 200, answer.content
        return answer.json

    def listen(self, notebook: str = "", **options: Any) -> websocket.WebSocket:
        """Open the websocket that tells of changes."""
        options.setdefault("header", [f"Authorization: token {self.token}"])
        address = self.url.replace("http:", "ws:", 1)
        return websocket.create_connection(
            f"{address}/cellbook/events?notebook={notebook}", timeout=10, **options
        )

    def answers(self) -> bool:
        """Whether the server takes requests."""
        try:
            return self.ask("GET", "openapi.json").status in (200, 403)
        except OSError:
            return False


@contextlib.contextmanager
def running(
    folder: Path,
    *options: str,
    root: Path | None = None,
    base_url: str = "/",
    env: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run a server on a free loopback port; everything it keeps lies below `folder`."""
    environment = {**os.environ, **private_environment(folder / "private")}
    for name in (*UNSET, "PYTEST_CURRENT_TEST"):
        environment.pop(name, None)
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment |= {"PYTHONPATH": os.pathsep.join(paths), **(env or {})}
    if root is None:
        root = folder / "root"
        root.mkdir()
    port, token = _free_port(), secrets.token_hex(16)
    log = folder / "server.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
                *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
                *(f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={token}"),
                f"--ServerApp.base_url={base_url}",
                # None of those that happen to be installed beside ours.
                "--ServerApp.jpserver_extensions={'cellbook.server': True}",
                *options,
            ],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
        )
        url = f"http://127.0.0.1:{port}{base_url.rstrip('/')}"
        server = Server(url, token, root, log, process)
        try:
            _wait_until_it_answers(server)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_it_answers(server: Server) -> None:
    deadline = time.monotonic() + START_LIMIT
    while not server.answers():
        if server.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The server does not answer. Its log:\n{server.log.read_text()}")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
