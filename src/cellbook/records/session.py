"""One process that writes to the book: a kernel, a script, a worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cellbook.records.base import Record


class SessionKind(StrEnum):
    """What kind of process a session is."""

    KERNEL = "kernel"
    IPYTHON = "ipython"
    SCRIPT = "script"
    WORKER = "worker"
    """A child made by fork or by multiprocessing."""


class SessionState(StrEnum):
    """Whether a session's process is at work."""

    OPEN = "open"
    CLOSED = "closed"
    CRASHED = "crashed"
    """Its process died without a word."""


@dataclass(frozen=True, slots=True)
class ProcessIdentity(Record):
    """Tells one process from every other one that ever had the same number.

    ``host`` names the machine and, in a container, its space of process numbers; ``start`` is
    the process's start in seconds since 1970; ``boot`` names the boot of the machine, so that a
    process of before a reboot is known to be dead.
    """

    host: str
    pid: int
    start: float
    boot: str


@dataclass(frozen=True, slots=True)
class Session(Record):
    """A process that recorded something; runs and cells name theirs by id."""

    session_id: str
    kind: SessionKind
    process: ProcessIdentity
    start_time: int
    writer: str
    """The journal it writes; the file's time of change is the session's sign of life."""
    state: SessionState
    end_time: int | None = None
    user: str = ""
    notebook: str | None = None
    environment: str | None = None
    shares: Mapping[str, bool] = field(default_factory=dict)
    """The runs it logs to that name another session as theirs, or had ended."""
