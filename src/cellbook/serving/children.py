"""A process of an endpoint's, seen from the one that started it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable

from cellbook.serving.lines import Message, read_lines, write_line


class Child:
    """A process of the endpoint's, which is told things and says things."""

    def __init__(
        self,
        module: str,
        told: Message,
        on_message: Callable[[Child, Message | None], None],
        fds: tuple[int, ...] = (),
    ) -> None:
        self.module = module
        self.started = time.monotonic()
        self.answers = False
        """Whether it has loaded what it is for, and may be asked: it gives signs of life."""
        self.silent = 0.0
        """Seconds without one."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            pass_fds=fds,
            # A Ctrl-C at the terminal is the supervisor's to pass on, in order.
            start_new_session=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._stdin = self.process.stdin
        self.tell(told)
        read_lines(self.process.stdout, lambda message: on_message(self, message))

    def tell(self, message: Message) -> bool:
        """Tell it something; return whether it is there to hear it."""
        return write_line(self._stdin, message)

    def end(self) -> None:
        """Let it end: what it has begun, it finishes."""
        self.tell({"do": "stop"})
        with contextlib.suppress(OSError):
            self._stdin.close()

    @property
    def alive(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()

    def gone(self, seconds: float) -> None:
        """Wait for its end; then end it."""
        try:
            self.process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            self.kill()


def ended(code: int | None) -> str:
    """Say how a process has ended."""
    return f"signal {-code}" if code is not None and code < 0 else f"status {code}"
