"""Finds the processes that tests started and did not end.

Every process inherits `MARK` in its environment from the test session, so that one which has left
its parent (a daemon, the kernel of a killed server) is found as well, and so is the test that
started it: pytest keeps that test's name in ``PYTEST_CURRENT_TEST``.
"""

from __future__ import annotations

import os
import time
import uuid
from dataclasses import dataclass

import psutil

MARK = "CELLBOOK_TEST_SESSION"

GRACE = 5.0
"""Seconds that a process may take to end after the last test."""

HELPERS = ("resource_tracker", "multiprocessing.forkserver")
"""Helper processes of Python's own, which end with pytest's process, not before."""


@dataclass(frozen=True)
class Leftover:
    """A process that outlived the tests."""

    pid: int
    command: str
    test: str
    """The test that started it; empty where that cannot be told."""

    def __str__(self) -> str:
        return f"process {self.pid} ({self.command}), started in {self.test or 'an unknown test'}"


def mark_session() -> None:
    """Mark this process's descendants; a worker of pytest-xdist carries its controller's mark."""
    os.environ.setdefault(MARK, uuid.uuid4().hex)


def end_leftovers() -> list[Leftover]:
    """Wait up to `GRACE` seconds for the tests' processes to end; kill and return those left."""
    deadline = time.monotonic() + GRACE
    while (processes := _running()) and time.monotonic() < deadline:
        time.sleep(0.1)
    left = [_describe(process) for process in processes]
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    return left


def _running() -> list[psutil.Process]:
    mine = os.environ.get(MARK)
    found = {process.pid: process for process in psutil.Process().children(recursive=True)}
    for process in psutil.process_iter():
        if process.pid != os.getpid() and _variable(process, MARK) == mine:
            found[process.pid] = process
    return [process for process in found.values() if _counts(process)]


def _counts(process: psutil.Process) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        command = " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return not any(helper in command for helper in HELPERS)


def _describe(process: psutil.Process) -> Leftover:
    try:
        command = " ".join(process.cmdline())
    except psutil.Error:
        command = "?"
    test = _variable(process, "PYTEST_CURRENT_TEST").removesuffix(" (setup)")
    return Leftover(process.pid, command[:200], test.removesuffix(" (call)"))


def _variable(process: psutil.Process, name: str) -> str:
    try:
        return process.environ().get(name, "")
    except (psutil.Error, OSError):
        return ""
