"""An attempt to run a run again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cellbook.records.base import Record

REPRODUCES = "cellbook.reproduces"
"""The tag of a run that was made by reproducing another: the id of that one."""
WITHIN = "CELLBOOK_REPRODUCING"
"""The environment variable that a process has in which a run is run again: the run's id, or the
path of the notebook.  Names of models stay where they are in it."""


class ReproductionVerdict(StrEnum):
    """What came of an attempt."""

    IDENTICAL = "identical"
    WITHIN = "within"
    """All that differs are numbers, and these within the tolerance."""
    DIFFERS = "differs"
    FAILED = "failed"
    """It did not come to its end."""
    UNTRIED = "untried"
    """Its data is not as it was, so nothing was run."""


@dataclass(frozen=True, slots=True)
class Difference(Record):
    """One thing that is not as it was."""

    what: str
    """``data``, ``error``, ``metric``, ``curve``, ``artifact``, ``param``, ``tag`` or ``output``;
    ``time`` where only times and durations in it are others, which are no results."""
    name: str
    was: str
    now: str
    within: bool = False
    """Whether it is within the tolerance."""


@dataclass(frozen=True, slots=True)
class Reproduction(Record):
    """One attempt to run a run again, and how its results compare."""

    reproduction_id: str
    of: str
    """The run that was to be reproduced."""
    verdict: ReproductionVerdict
    time: int
    """When it began, in milliseconds since 1970 (UTC)."""
    run: str = ""
    """The run that it made; empty where none was."""
    first: str = ""
    """What differs first, or what went wrong, in one sentence."""
    differences: tuple[Difference, ...] = ()
    """Those that weigh most first."""
    environment: tuple[str, ...] = ()
    """How the environment differs from that of the run; sentences."""
    data: tuple[str, ...] = ()
    """What was verified of the data before; sentences."""
    doubts: tuple[str, ...] = ()
    """What the slice could not tell; sentences."""
    duration: float = 0.0
    """Seconds."""
    tolerance: float | None = None
    """The relative tolerance that held for metrics; None where there was none."""
    learnt: bool = False
    """Whether it was learnt from runs that differ in their seed only."""
    built: bool = False
    """Whether an environment was built for it."""
    cells: int = 0
    """How many cells were run."""
    notes: tuple[str, ...] = ()
    """What is to be known of the verdict; sentences."""
