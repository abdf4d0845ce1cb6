"""Is the process that recorded this still alive?"""

from __future__ import annotations

import os
import socket
import sys
from functools import cache
from pathlib import Path

import psutil

from cellbook.records import ProcessIdentity

SILENCE_SECONDS = 300.0
"""A process on another machine that gave no sign of life for so long counts as dead.  Should it
write again after all, what it writes says that it is alive."""

_START_TOLERANCE = 2.0
"""Seconds by which two readings of one process's start may differ: the clock may have been set."""


def own_identity() -> ProcessIdentity:
    """Return the identity of this process."""
    pid = os.getpid()
    return ProcessIdentity(_host(), pid, round(psutil.Process(pid).create_time(), 2), _boot())


def is_alive(process: ProcessIdentity, last_sign: float | None, now: float) -> bool:
    """Whether a process is still there.

    On this machine the process table decides; of another one only the last sign of life is known.

    Parameters
    ----------
    process
        Who it is.
    last_sign
        When it last showed life, in seconds since 1970; None if that is unknown.
    now
        The time it is, in seconds since 1970.
    """
    if process.host != _host():
        return last_sign is not None and now - last_sign < SILENCE_SECONDS
    if process.boot != _boot():
        return False
    try:
        found = psutil.Process(process.pid)
        same = abs(found.create_time() - process.start) < _START_TOLERANCE
        return same and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


@cache
def _host() -> str:
    name = socket.gethostname()
    try:
        return f"{name}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return name


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        # macOS and Windows tell the time of the boot only; to the minute it does not drift.
        return f"{sys.platform}-{int(psutil.boot_time()) // 60}"
