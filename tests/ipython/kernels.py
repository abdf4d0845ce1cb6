"""Real kernels and shells for tests: started, asked, and ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.manager import KernelManager

from cellbook.book import Book, FolderStore
from cellbook.records import CellExecution, from_doc

PATIENCE = 60.0


@dataclass
class Reply:
    """What a front end sees of one execution."""

    status: str
    error: str = ""
    """The name of the exception."""
    stdout: str = ""
    stderr: str = ""
    shown: list[Mapping[str, Any]] = field(default_factory=list)
    """The bundles of display_data, update_display_data and execute_result messages."""
    result: Mapping[str, Any] | None = None
    traceback: str = ""

    @property
    def text(self) -> str:
        """The plain text of all that was displayed."""
        return "\n".join(str(data.get("text/plain", "")) for data in self.shown)


class Kernel:
    """A real ipykernel in a folder, with a client that stands in for a front end."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.comm_messages: list[Mapping[str, Any]] = []
        """The contents of the comm messages that came, oldest first."""
        self.manager = KernelManager(kernel_name="python3")
        # Where it sees pytest, ipykernel leaves the file descriptors of stdout and stderr alone.
        ours = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
        self.manager.start_kernel(
            cwd=str(folder), env={**ours, **(env or {})}, stderr=subprocess.DEVNULL
        )
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    @property
    def pid(self) -> int:
        return int(self.manager.provisioner.pid)  # type: ignore[union-attr]

    def run(self, code: str, cell_id: str | None = None, **options: Any) -> Reply:
        """Execute a cell and return all that came of it."""
        return self.wait(self.send(code, cell_id, **options))

    def record(self, code: str, cell_id: str | None = None, **options: Any) -> CellExecution:
        """Execute a cell and return what the book has of it."""
        self.run(code, cell_id, **options)
        return cells(self.folder)[-1]

    def send(self, code: str, cell_id: str | None = None, **options: Any) -> str:
        """Ask for an execution; return the message's id."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
            **options,
        }
        metadata = {"cellId": cell_id} if cell_id else {}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def wait(self, message_id: str) -> Reply:
        """Wait for the end of an execution."""
        reply, deadline = Reply(""), time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(Empty):
                message = self.client.get_iopub_msg(timeout=1)
                if message["msg_type"] == "comm_msg":
                    self.comm_messages.append(message["content"])
                if message["parent_header"].get("msg_id") != message_id:
                    continue
                kind, content = message["msg_type"], message["content"]
                if kind == "stream":
                    name = content["name"]
                    setattr(reply, name, getattr(reply, name) + content["text"])
                elif kind in ("display_data", "update_display_data", "execute_result"):
                    reply.shown.append(content["data"])
                    if kind == "execute_result":
                        reply.result = content["data"]
                elif kind == "error":
                    reply.error, reply.traceback = content["ename"], "\n".join(content["traceback"])
                elif kind == "status" and content["execution_state"] == "idle":
                    break
        while time.monotonic() < deadline:
            answer = self.client.get_shell_msg(timeout=PATIENCE)
            if answer["parent_header"].get("msg_id") == message_id:
                reply.status = answer["content"]["status"]
                reply.error = reply.error or answer["content"].get("ename", "")
                return reply
        raise TimeoutError(f"the kernel did not answer within {PATIENCE:.0f} s")

    def interrupt(self) -> None:
        self.manager.interrupt_kernel()

    def kill(self) -> None:
        """End the kernel as a power cut would."""
        os.kill(self.pid, signal.SIGKILL)
        self.close()

    def close(self, *, gently: bool = False) -> None:
        """End the kernel; `gently` as a server does, with a word first."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=not gently)


@contextlib.contextmanager
def kernel(folder: Path, env: Mapping[str, str] | None = None) -> Iterator[Kernel]:
    """Start a kernel for the while of a block."""
    started = Kernel(folder, env)
    try:
        yield started
    finally:
        started.close()


def in_terminal(script: str, folder: Path, *options: str, **env: str) -> str:
    """Run `script` in a process that has a plain IPython shell, named ``shell``; return its output.

    ``cell(source)`` in it runs a cell as IPython's own prompt does.
    """
    done = subprocess.run(
        [sys.executable, *options, "-c", _TERMINAL + script],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


_TERMINAL = """
from IPython.terminal.interactiveshell import TerminalInteractiveShell
shell = TerminalInteractiveShell.instance(simple_prompt=True, colors="nocolor")
def cell(source):
    return shell.run_cell(source, store_history=True)
"""


def open_book(folder: Path) -> Book:
    """Open the book of a folder beside whatever process is writing it."""
    return Book(FolderStore(folder / ".cellbook", create=False))


def cells(folder: Path) -> list[CellExecution]:
    """Return the cell executions of a folder's book, in the order in which they began."""
    book = open_book(folder)
    try:
        docs = book.table("cells").all()
        return sorted((from_doc(CellExecution, doc) for doc in docs), key=lambda c: c.execution_id)
    finally:
        book.close()
