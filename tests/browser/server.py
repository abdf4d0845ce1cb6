"""A real JupyterLab server for the browser tests."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil

from tests.private import UNSET, private_environment

START_LIMIT = 90.0
"""Seconds until a server that does not answer is given up."""

SETTINGS = {
    # No news, no look for updates: the tests talk to nobody but their own server.
    "apputils-extension/notification": {"checkForUpdates": False, "fetchNews": "false"},
    # Every cell stays in the page, so that one scrolled out of sight can be read.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "docmanager-extension/plugin": {"autosave": False},
}


@dataclass(frozen=True)
class LabServer:
    """A running server: where it listens, and the folder it serves."""

    url: str
    """Without a slash at the end."""
    token: str
    root: Path
    log: Path
    owners: dict[str, str] = field(default_factory=dict)
    """Which test wrote into which folder first: a folder is a book, and belongs to one test."""

    def write_notebook(self, name: str, *cells: str) -> Path:
        """Write a notebook with these code cells into the served folder."""
        folder = name.partition("/")[0]
        test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
        assert self.owners.setdefault(folder, test) == test, f"{folder} is {self.owners[folder]}'s"
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    def answers(self) -> bool:
        """Whether the server takes requests."""
        try:
            self.call("GET", "api/status")
        except OSError:
            return False
        return True

    def call(self, method: str, path: str) -> Any:
        """Make a REST call and return the answer's JSON, or None where it has no content.

        Raises
        ------
        OSError
            If the server does not answer, or refuses (``urllib.error.HTTPError``).
        """
        request = urllib.request.Request(
            f"{self.url}/{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def end_kernels(self) -> None:
        """Shut every notebook's kernel down; a window that closes leaves its own running."""
        for session in self.call("GET", "api/sessions"):
            self.call("DELETE", f"api/sessions/{session['id']}")


@contextmanager
def running_lab(
    folder: Path, python: Path = Path(sys.executable), extra: Mapping[str, str] | None = None
) -> Iterator[LabServer]:
    """Run JupyterLab on a free loopback port; everything it keeps lies below `folder`.

    The server and its kernels have ended when the context is left, whatever happened in it.

    Parameters
    ----------
    folder
        Where all of it lies.
    python
        The interpreter whose JupyterLab is run.
    extra
        Environment variables besides.
    """
    environment = {**os.environ, **private_environment(folder / "private")}
    for name in UNSET:
        environment.pop(name, None)
    environment.update(extra or {})
    _write_settings(Path(environment["JUPYTERLAB_SETTINGS_DIR"]))
    root = folder / "root"
    root.mkdir()
    port, token = _free_port(), secrets.token_hex(16)
    server = LabServer(f"http://127.0.0.1:{port}", token, root, folder / "server.log")
    with server.log.open("wb") as log:
        process = subprocess.Popen(
            [
                *(python, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
                *(f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={token}"),
                # Lets the tests call JupyterLab's own commands, as its menus do.
                "--LabApp.expose_app_in_browser=True",
                "--JupyterNotebookApp.expose_app_in_browser=True",
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    try:
        _wait_until_it_answers(server, process)
        yield server
    finally:
        _end(process)


def _wait_until_it_answers(server: LabServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_LIMIT
    while not server.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(
                f"JupyterLab does not answer on {server.url}. Its log:\n{server.log.read_text()}"
            )
        time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server; kernels too, which live in sessions of their own."""
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=10)
    _, alive = psutil.wait_procs(family, timeout=5)
    for survivor in alive:
        survivor.kill()


def _write_settings(folder: Path) -> None:
    for plugin, values in SETTINGS.items():
        path = folder / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
