"""One execution of one cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cellbook.records.base import Record


class CellState(StrEnum):
    """How the execution stands, or how it ended."""

    RUNNING = "running"
    OK = "ok"
    ERROR = "error"
    INTERRUPTED = "interrupted"
    KILLED = "killed"
    """The kernel died while the cell ran."""


@dataclass(frozen=True, slots=True)
class Output(Record):
    """One output of a cell, in nbformat's terms."""

    output_type: str
    """``display_data`` or ``execute_result``; streams and tracebacks have fields of their own."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """MIME type to content, as nbformat has it; what was too large is in `blobs` instead."""
    blobs: Mapping[str, str] = field(default_factory=dict)
    """MIME type to the SHA-256 of content kept by reference."""
    note: str = ""
    """What was left out or shortened, and why."""
    own: bool = False
    """Whether Cellbook itself said it: no result of the cell's."""


LOOKING = frozenset(
    {"runs", "compare", "cellbook", "checkpoint", "checkpoints", "diff", "comment", "comments",
     "brief", "review", "fork", "lineage", "export_run", "import_run", "leaderboard", "dashboard",
     "data_diff", "reproduce", "retrain", "monitor"}
)  # fmt: skip
"""Cellbook's line magics that change no variable, and nothing of a run."""


@dataclass(frozen=True, slots=True)
class CellExecution(Record):
    """One execution of one cell, failed and interrupted ones too.

    Times are milliseconds since 1970 (UTC); `duration` is seconds by a monotonic clock;
    `memory_delta` is the change of the kernel's resident memory in bytes.
    """

    execution_id: str
    session: str
    source: str
    """The raw source, magics and all, as the user wrote it."""
    state: CellState
    start_time: int
    order: int
    """The place of this execution among those of its session, from 1."""
    execution_count: int | None = None
    """The number in the prompt, where the kernel counts this execution."""
    run: str | None = None
    cell_id: str | None = None
    """The notebook's id of the cell; None where the front end does not tell."""
    notebook: str | None = None
    end_time: int | None = None
    duration: float | None = None
    stdout: str = ""
    stderr: str = ""
    streams: Mapping[str, str] = field(default_factory=dict)
    """Of ``stdout`` and ``stderr``, where the middle was left out: a digest of all of it."""
    outputs: tuple[Output, ...] = ()
    error: str | None = None
    """``Name: message`` of the exception."""
    traceback: str = ""
    """The traceback, with its terminal colours taken out."""
    reads: tuple[str, ...] = ()
    """Global names the cell used that it had not first assigned itself."""
    writes: tuple[str, ...] = ()
    """Global names the cell bound, deleted or, as far as can be seen, changed in place."""
    kinds: Mapping[str, str] | None = None
    """What those of `writes` were at its end: ``plain`` for values, which nothing changes,
    ``iterator`` for what a loop uses up, else the name of their type; None where that was not
    noted."""
    draws: tuple[str, ...] = ()
    """The global random generators that it used or seeded: ``random``, ``numpy``, ``torch``."""
    process: tuple[str, ...] | None = None
    """What it changed that no name tells: working ``folder``, ``environ``, search ``path``,
    settings of ``numpy`` or ``sklearn``; ``figures`` where some were open at its
    end.  None where that was not noted."""
    memory_delta: int | None = None
    stale: tuple[str, ...] = ()
    """Why this execution was out of order when it ran; reasons in plain words."""
    note: str = ""
    """What was not recorded of it, and why."""
