"""What a session ran on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
    variables: Mapping[str, str] = field(default_factory=dict)
    """Environment variables that change results, by an allow-list; never secrets."""
    libraries: Mapping[str, str] = field(default_factory=dict)
    """System libraries that matter: ``libc``, ``CUDA``, ``BLAS`` … and their versions."""
    sources: Mapping[str, Any] = field(default_factory=dict)
    """Packages that are not of a registry: what ``direct_url.json`` says of each."""
