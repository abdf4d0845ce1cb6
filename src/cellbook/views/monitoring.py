"""How an endpoint does, as every door shows it: its state, drift, performance, groups, alarms."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cellbook.records import AlarmStep


class MonitorState(StrEnum):
    """How an endpoint stands, the worst first."""

    ALARM = "alarm"
    """A rule that somebody set is broken."""
    DRIFT = "drift"
    """No rule is, but what comes in or goes out is not what it was."""
    UNSURE = "unsure"
    """There is too little to tell."""
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class MonitorFinding:
    """One thing that was found of a column."""

    kind: str
    """spread, missing, new, range or schema."""
    alarm: bool
    message: str
    p_adjusted: float | None


@dataclass(frozen=True, slots=True)
class MonitorBar:
    """One bar of a small picture: which share of the values lies here."""

    label: str
    reference: float
    window: float


@dataclass(frozen=True, slots=True)
class MonitorColumn:
    """One column in the window, beside the reference."""

    name: str
    output: bool
    """Whether it is what the model says, not what it is asked."""
    against: str
    """What it is compared with, where that is not the reference."""
    drifted: bool
    numeric: bool
    findings: tuple[MonitorFinding, ...]
    effect: float | None
    """How far it has moved: the population stability index; None where it was not reckoned."""
    missing_reference: float
    missing_window: float
    untested: str
    """Why it was not tested, if it was not."""
    bars: tuple[MonitorBar, ...]


@dataclass(frozen=True, slots=True)
class MonitorMeasure:
    """A measure of the predictions that have a label."""

    metric: str
    value: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True)
class MonitorEstimate:
    """A measure reckoned without labels."""

    metric: str
    value: float
    low: float
    high: float
    rows: int
    doubts: tuple[str, ...]
    """Why it must not be believed; none where it may."""


@dataclass(frozen=True, slots=True)
class MonitorWindow:
    """One stretch of time."""

    start: int
    end: int
    rows: int
    labelled: int
    compared: bool
    """Whether there was something to compare it with."""
    drifted: tuple[str, ...]
    """Names of the columns that did."""
    measured: tuple[MonitorMeasure, ...]


@dataclass(frozen=True, slots=True)
class MonitorSlice:
    """How the model does on one group of rows, beside all others."""

    group: str
    value: float
    low: float
    high: float
    rows: int
    others: float
    gap: float
    """How much worse the group is than all others; negative where it is better."""
    p_adjusted: float
    enough: bool
    """Whether there are enough rows to say so."""


@dataclass(frozen=True, slots=True)
class MonitorAlarm:
    """A rule, and how it stands."""

    name: str
    rule: str
    raised: int | None
    """Since when there is an alarm; None where there is none."""
    broken: int
    """In how many of the windows looked at last it was broken."""
    looked: int
    seen: int | None
    """The end of the newest window that was looked at, if it counted or not; None: none was."""
    value: float | None
    """What it watches is in the window that is shown; None where that cannot be told."""


@dataclass(frozen=True, slots=True)
class MonitorEvent:
    """What became of an alarm."""

    event_id: str
    time: int
    rule: str
    step: AlarmStep
    message: str
    delivery: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonitorPage:
    """All there is to see of an endpoint."""

    endpoint: str
    model: str
    """The version that alone is looked at; empty for all."""
    arm: str
    """The arm that alone is looked at; empty for all that answered somebody."""
    state: MonitorState
    summary: str
    """How it stands, in a sentence."""
    now: int
    seconds: float
    """How long a window is."""
    models: tuple[str, ...]
    """The versions that answered."""
    rows: int
    """Predictions on record, in all windows that are looked at."""
    dropped: int
    """Those that could not be kept."""
    labelled: int
    first: int | None
    last: int | None
    reference: str
    """What windows are compared with, in words; empty where there is nothing."""
    windows: tuple[MonitorWindow, ...]
    """The newest, the oldest of them first."""
    shown: int | None
    """When the window begins that the rest is about; None where there is none."""
    columns: tuple[MonitorColumn, ...]
    """The worst first."""
    metric: str
    """The measure that comes first; empty where nothing can be measured."""
    less: bool
    """Whether less of it is better."""
    unmeasured: str
    """Why a measure is lacking although labels came, or all of them; empty where none is."""
    estimates: tuple[MonitorEstimate, ...]
    unestimated: str
    """Why there is no estimate, where there is none."""
    slices: tuple[MonitorSlice, ...]
    """The worst first."""
    unsliced: str
    """Why there are no groups, where there are none."""
    alarms: tuple[MonitorAlarm, ...]
    events: tuple[MonitorEvent, ...]
    """What became of alarms, the newest first; windows in which nothing happened are left out."""


@dataclass(frozen=True, slots=True)
class AlarmNotice:
    """Something of which somebody is to be told."""

    event_id: str
    endpoint: str
    raised: bool
    """Whether there is an alarm, or no more."""
    message: str
    time: int


@dataclass(frozen=True, slots=True)
class AlarmNotices:
    """What is to be told since somebody looked last."""

    newest: str
    """Names the place up to which this tells; empty where there is nothing yet."""
    notices: tuple[AlarmNotice, ...]
    """The oldest first."""
