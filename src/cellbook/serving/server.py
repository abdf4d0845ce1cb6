"""A served endpoint seen from the process that started it, which need not wait for it."""

from __future__ import annotations

import collections
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cellbook.errors import InvalidInput
from cellbook.records.base import to_doc
from cellbook.records.deployment import Deployment
from cellbook.serving.deployments import check, single
from cellbook.serving.lines import Message, read_lines, write_line
from cellbook.serving.settings import Settings, settings_doc

_KEPT = 200
"""Lines that a server said, the last ones."""

_LONGEST = 2000
"""Characters of one."""


class Server:
    """An endpoint that answers.  It ends with :meth:`stop`, the ``with`` block, or this process.

    Parameters
    ----------
    deployment
        What to serve: a deployment, the JSON file of one, or a bundle's folder or zip.
    settings
        How.
    name
        Of the endpoint, if it is made of a bundle; None for the bundle's name.
    wait
        Whether to wait until it answers; else :meth:`wait` does.

    Raises
    ------
    InvalidInput
        If it cannot be served, with the reason.
    """

    def __init__(
        self,
        deployment: Deployment | str | os.PathLike[str],
        settings: Settings | None = None,
        *,
        name: str | None = None,
        wait: bool = True,
    ) -> None:
        settings = (settings or Settings(port=0)).check()
        told: dict[str, Any] = {"settings": settings_doc(settings)}
        meant = what_to_serve(deployment, name)
        if isinstance(meant, Deployment):
            told["deployment"] = to_doc(meant)
        else:
            told["file"] = str(meant.resolve())
        self.url = ""
        self._said: collections.deque[str] = collections.deque(maxlen=_KEPT)
        self._bound, self._ready = threading.Event(), threading.Event()
        self._trouble = ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cellbook.serving"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        write_line(self._stdin, told)
        self._reader = read_lines(self._stdout, self._heard)
        self._bound.wait()
        if wait or not self.url:
            self.wait()

    def wait(self) -> None:
        """Wait until it answers.

        Raises
        ------
        InvalidInput
            If it never will.
        """
        self._ready.wait()
        if self._trouble or not (self.url and self.alive):
            self.stop()
            raise InvalidInput(self._trouble or "The server has ended; see what it printed.")

    @property
    def said(self) -> Sequence[str]:
        """What it said lately: models that moved, workers that died."""
        return tuple(self._said)

    @property
    def alive(self) -> bool:
        """Whether it still answers."""
        return self._process.poll() is None

    @property
    def trouble(self) -> str:
        """Why it has ended, or never began; empty where nothing was wrong."""
        return self._trouble

    @property
    def pid(self) -> int:
        """The number of the process that holds all others."""
        return self._process.pid

    def stop(self) -> None:
        """End it: requests under way are answered."""
        self._stdin.close()
        self._process.wait()
        self._reader.join()
        self._stdout.close()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        if not self.alive:
            return f"Server(ended{self._trouble and f': {self._trouble}'})"
        return f"Server({self.url!r}{'' if self._ready.is_set() else ', loading'})"

    def _heard(self, message: Message | None) -> None:
        if message is None:
            self._bound.set()
            self._ready.set()
        elif "bound" in message:
            self.url = message["bound"]
            self._bound.set()
        elif "serving" in message:
            self._ready.set()
        elif "trouble" in message:
            self._trouble = message["trouble"]
        elif "said" in message:
            self._said.append(message["said"][:_LONGEST])


def what_to_serve(
    told: Deployment | str | os.PathLike[str], name: str | None = None
) -> Deployment | Path:
    """Return what is meant: a deployment, or the file that tells one.

    Parameters
    ----------
    told
        A deployment, the JSON file of one, a bundle's folder or zip, or what a resolver knows.
    name
        Of the endpoint, if it is not a deployment's.
    """
    if isinstance(told, Deployment):
        return check(told)
    path = Path(told)
    if path.suffix == ".json" and not path.is_dir():
        return path
    model = os.fspath(told)
    return single(name or endpoint_name(model), str(path.resolve()) if path.exists() else model)


def endpoint_name(model: str) -> str:
    """Return what an endpoint is called that nobody named: what its model's name has of one."""
    path = Path(model)
    if path.exists():
        described = path / "bundle.json"
        try:
            name = json.loads(described.read_text(encoding="utf-8"))["name"]
        except (OSError, ValueError, KeyError, TypeError):
            name = path.resolve().stem
    else:
        name = model.removeprefix("models:/").partition("@")[0].partition("/")[0]
    cleaned = "".join(char if char.isascii() and char.isalnum() else "-" for char in str(name))
    return cleaned.strip("-")[:100] or "model"
