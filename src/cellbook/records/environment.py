"""What a session ran on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cellbook.records.base import Record


@dataclass(frozen=True, slots=True)
class GitState(Record):
    """Where the code stood in git."""

    commit: str
    branch: str = ""
    """Empty on a detached HEAD."""
    remote: str = ""
    """URL of ``origin`` with any password taken out."""
    dirty: bool = False
    patch: str = ""
    """Everything uncommitted, staged, unstaged and untracked text files, as one patch that
    ``git apply`` takes on a checkout of `commit`; secrets are masked."""
    note: str = ""
    """What the patch leaves out, and why."""


@dataclass(frozen=True, slots=True)
class Environment(Record):
    """Interpreter, packages, hardware and code of one session."""

    environment_id: str
    python: str
    implementation: str = "CPython"
    executable: str = ""
    platform: str = ""
    os: str = ""
    hostname: str = ""
    cpu: str = ""
    cpu_count: int = 0
    memory: int = 0
    """Bytes of main memory."""
    gpus: tuple[str, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    """The command line, secrets masked."""
    cwd: str = ""
    git: GitState | None = None
