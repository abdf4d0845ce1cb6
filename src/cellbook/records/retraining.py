"""A model that is trained anew where a rule says so, and what became of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cellbook.records.alarm import AlarmReading
from cellbook.records.base import Record

RETRAINS = "cellbook.retraining"
"""The tag of a run that was made by retraining: the id of that."""
RETRAINING = "CELLBOOK_RETRAINING"
"""The environment variable that a process has in which a model is retrained: the same id."""


class RetrainingVerdict(StrEnum):
    """What became of a retraining."""

    RUNNING = "running"
    PROMOTED = "promoted"
    """The challenger beat the champion, and has the alias."""
    CANDIDATE = "candidate"
    """The challenger is a version, and no more."""
    FAILED = "failed"
    """There is no challenger, or it could not be compared."""
    INTERRUPTED = "interrupted"
    """Whoever did it died, or was stopped."""


@dataclass(frozen=True, slots=True)
class RetrainingPlan(Record):
    """What is run, and what a challenger must do to take an alias."""

    model: str
    """The registered model."""
    run: str
    """What is run: ``run:NAME``, ``#12``, or ``notebook:PATH``."""
    holdout: str
    """The version of data that both are judged by: ``data:NAME@2``."""
    on: str = ""
    """The rule, as :class:`cellbook.monitoring.Alarms` has it; empty where nobody waits for one."""
    alias: str = "champion"
    metric: str = "accuracy"
    margin: float = 0.0
    """By how much the challenger must be better; 0 means by anything at all."""
    surely: bool = False
    """Whether the whole interval of the gain must lie beyond the margin, not only the gain."""
    label: str = ""
    """The column of the holdout that is to be predicted; empty where one column is left over."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """What is assigned in place of what the cells say, by name."""
    endpoint: str = ""
    """Whose predictions the rule reads; empty for the one that is called as the model is."""
    data: str = ""
    """What a rule of drift compares with; empty for the reference that was kept."""

    def __post_init__(self) -> None:
        # Blanks around a name are no part of it: what keeps two retrainings apart goes by it.
        for name in ("model", "alias", "endpoint"):
            object.__setattr__(self, name, getattr(self, name).strip())


@dataclass(frozen=True, slots=True)
class Retraining(Record):
    """One time that a model was trained anew, for the record."""

    retraining_id: str
    plan: RetrainingPlan
    time: int
    """When it began, in milliseconds since 1970 (UTC)."""
    verdict: RetrainingVerdict
    by: str = ""
    """Who did it, or had it watched; empty where nobody knows."""
    session: str = ""
    """The process that does it: while that lives, no other retrains the model."""
    reading: AlarmReading | None = None
    """Of the window in which the alarm was raised; None where somebody asked for it."""
    evidence: str = ""
    """What the rule said of it."""
    event: str = ""
    """The id of the alarm's event."""
    reason: str = ""
    """Why, in a sentence."""
    run: str = ""
    """The run that it made; empty where there is none."""
    champion: str = ""
    """Id of the version that has the alias as it begins."""
    challenger: str = ""
    """Id of the version that it made."""
    holdout: str = ""
    """Digest of the data that both were judged by."""
    rows: int = 0
    """How many rows that has."""
    champion_value: float | None = None
    challenger_value: float | None = None
    gain: float | None = None
    """By how much the challenger is better; negative where it is worse."""
    gain_low: float | None = None
    gain_high: float | None = None
    """The ends of the gain's 95 % interval, row against row; None where the metric is no mean."""
    duration: float = 0.0
    """Seconds."""
