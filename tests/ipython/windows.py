"""Stands in for a JupyterLab window on a real kernel: speaks over Cellbook's comm as one does."""

from __future__ import annotations

import time
from collections.abc import Mapping
from queue import Empty
from typing import Any

from cellbook.capture import source_hash
from cellbook.ipython.windows import TARGET
from tests.ipython.kernels import PATIENCE, Kernel, Reply


class Window:
    """One window that shows a notebook of the kernel's."""

    def __init__(self, kernel: Kernel, name: str = "w1", path: str = "work.ipynb") -> None:
        self.kernel, self.name, self.path = kernel, name, path
        self.root = str(kernel.folder)
        self.cells: dict[str, str] = {}
        self.comm = ""
        self._asked = 0

    def attach(self) -> None:
        """Look for the comm, as a window does after a reload."""
        asked = self.kernel.client.comm_info(TARGET)
        while True:
            answer = self.kernel.client.get_shell_msg(timeout=PATIENCE)
            if answer["parent_header"].get("msg_id") == asked:
                break
        (self.comm,) = answer["content"]["comms"]
        self.show()

    def show(self, **cells: str) -> None:
        """Show these cells too, or with another source."""
        self.cells |= cells
        self.tell(
            {
                "type": "notebook",
                "path": self.path,
                "root": self.root,
                "cells": [["m", "markdown", "0" * 16]]
                + [[name, "code", source_hash(text)] for name, text in self.cells.items()],
            }
        )

    def run(self, cell: str, source: str) -> Reply:
        """Type a cell, run it, and return what came of it."""
        self.show(**{cell: source})
        self.tell({"type": "scheduled", "cell": cell})
        return self.kernel.run(source, cell)

    def tell(self, message: Mapping[str, Any]) -> None:
        content = {"comm_id": self.comm, "data": {"window": self.name, **message}}
        client = self.kernel.client
        client.shell_channel.send(client.session.msg("comm_msg", content))

    def do(self, verb: str, **args: Any) -> Mapping[str, Any]:
        """Ask for an errand and return the answer."""
        self._asked += 1
        self.tell({"type": "do", "id": self._asked, "verb": verb, "args": args})
        return self.hear("done", id=self._asked)

    def hear(self, kind: str, **wanted: Any) -> Mapping[str, Any]:
        """Return the next message of a kind, with these values, that came over the comm."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for content in self.kernel.comm_messages:
                message = content["data"]
                if content["comm_id"] == self.comm and {"type": kind, **wanted}.items() <= (
                    message.items()
                ):
                    self.kernel.comm_messages.remove(content)
                    return message
            self._listen()
        raise TimeoutError(f"no {kind} {wanted}")

    def _listen(self) -> None:
        try:
            message = self.kernel.client.get_iopub_msg(timeout=0.2)
        except Empty:
            return
        if message["msg_type"] == "comm_msg":
            self.kernel.comm_messages.append(message["content"])
