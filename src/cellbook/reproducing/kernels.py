"""A fresh kernel that runs cells one by one; nothing of it is left behind, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import IO, Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

from cellbook.errors import CellbookError

START_LIMIT = 120.0
"""Seconds until a kernel must have answered."""
_PATIENCE = 10.0
"""Seconds in which a kernel is to end by itself."""


class KernelDied(CellbookError):
    """The fresh kernel ended before its time."""


class TimeIsUp(CellbookError):
    """What was to be run took longer than it may."""


@dataclass(frozen=True, slots=True)
class CellResult:
    """How a cell ended in the fresh kernel."""

    error: str = ""
    """The name of the exception; empty if there was none."""
    message: str = ""


class _OnePython(KernelSpecManager):
    """Knows one kernel: an ipykernel of a given Python."""

    python = ""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return it, whatever it is called."""
        argv = [self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")


class FreshKernel:
    """A kernel with its client; made by :func:`fresh_kernel`."""

    def __init__(self, manager: KernelManager, log: IO[str]) -> None:
        self._manager = manager
        self._log = log
        client = manager.client()
        assert isinstance(client, BlockingKernelClient)
        self._client = client

    def connect(self) -> None:
        """Wait until the kernel answers."""
        self._client.start_channels()
        try:
            self._client.wait_for_ready(timeout=START_LIMIT)
        except RuntimeError as error:
            raise KernelDied(f"No kernel started. {self._last_words() or error}") from None

    def run(
        self,
        code: str,
        *,
        cell_id: str = "",
        silent: bool = False,
        until: float | None = None,
    ) -> CellResult:
        """Run one cell to its end.

        Parameters
        ----------
        code
            Its source.
        cell_id
            The id that the kernel is told.
        silent
            Whether it is no cell, but business of ours.
        until
            When the time is up, by the monotonic clock; None means never.

        Raises
        ------
        KernelDied
            If the kernel ends.
        TimeIsUp
            If the time is up; the cell was interrupted.
        """
        content = {
            "code": code,
            "silent": silent,
            "store_history": not silent,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        message = self._client.session.msg("execute_request", content)
        if cell_id:
            message["metadata"]["cellId"] = cell_id
        self._client.shell_channel.send(message)
        asked = message["header"]["msg_id"]
        reply = self._reply(asked, until)
        self._drain(asked)
        if reply["status"] == "ok":
            return CellResult()
        return CellResult(str(reply.get("ename", "aborted")), str(reply.get("evalue", "")))

    def _reply(self, asked: str, until: float | None) -> Mapping[str, Any]:
        while True:
            try:
                message = self._client.get_shell_msg(timeout=0.2)
            except Empty:
                if not self._manager.is_alive():
                    raise KernelDied(f"The kernel died. {self._last_words()}".strip()) from None
                if until is not None and time.monotonic() > until:
                    self._manager.interrupt_kernel()
                    raise TimeIsUp("It took longer than it may.") from None
                continue
            if message["parent_header"].get("msg_id") == asked:
                content: Mapping[str, Any] = message["content"]
                return content

    def _drain(self, asked: str) -> None:
        """Take what the cell put out off the line: the book has it all."""
        with contextlib.suppress(Empty):
            while True:
                message = self._client.get_iopub_msg(timeout=5)
                if (
                    message["msg_type"] == "status"
                    and message["content"]["execution_state"] == "idle"
                    and message["parent_header"].get("msg_id") == asked
                ):
                    return

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = [line for line in self._log.read()[-4000:].splitlines() if line.strip()]
        return lines[-1] if lines else ""

    def end(self, *, at_work: bool) -> None:
        """Let the kernel end by itself, so that it closes its book; else end it.

        One that is still `at_work` is interrupted first.
        """
        try:
            if self._manager.is_alive():
                with contextlib.suppress(Exception):
                    if at_work:
                        self._manager.interrupt_kernel()
                    self._client.shutdown()
                deadline = time.monotonic() + _PATIENCE
                while self._manager.is_alive() and time.monotonic() < deadline:
                    time.sleep(0.05)
        finally:
            self._client.stop_channels()
            self._manager.shutdown_kernel(now=True)


@contextlib.contextmanager
def fresh_kernel(
    folder: Path, environment: Mapping[str, str], python: str = sys.executable
) -> Iterator[FreshKernel]:
    """Start a kernel in a folder; it is gone when the block is left, also by an interrupt.

    Raises
    ------
    KernelDied
        If it does not start.
    """
    specs = _OnePython()
    specs.python = python
    manager = KernelManager(kernel_spec_manager=specs)
    with tempfile.TemporaryFile("w+") as log:
        manager.start_kernel(
            cwd=os.fspath(folder),
            env=dict(environment),
            extra_arguments=["--log-level=ERROR"],
            stdout=log,
            stderr=log,
        )
        kernel = FreshKernel(manager, log)
        at_work = True
        try:
            kernel.connect()
            yield kernel
            at_work = False
        finally:
            kernel.end(at_work=at_work)
