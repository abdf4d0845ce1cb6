"""What a run stands on: the cells that its results depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cellbook.records.base import Record


@dataclass(frozen=True, slots=True)
class RunSlice(Record):
    """The minimal ordered set of cell executions that a run's results depend on.

    Its id is the run's.  For the run of a script it is the script itself.
    """

    executions: tuple[str, ...] = ()
    """Ids of executions, in the order in which they ran."""
    doubts: tuple[str, ...] = ()
    """What could not be told from the cells' text; sentences."""
    script: str = ""
    """The blob with the script's text; empty for runs of notebooks."""
    script_path: str = ""
    """Where the script lay, as the session names it."""
    modules: Mapping[str, str] = field(default_factory=dict)
    """Local modules that were imported, relative to the book's folder: the blob with each one's
    content."""
    stdout: str | None = None
    """The blob with what the script printed while the run was open, if that is long without its
    middle; empty where it printed nothing, None where that is not on record."""
    streams: Mapping[str, str] = field(default_factory=dict)
    """Of ``stdout``, where the middle was left out: a digest of all of it."""
    columns: int = 0
    """How wide the terminal was that the script printed to; 0 where that was none."""


@dataclass(frozen=True, slots=True)
class Draw(Record):
    """The first time that a session drew from a random generator."""

    execution_id: str
    """The execution that did."""
    random: str
    """The blob with the states that the generators had as it began."""
