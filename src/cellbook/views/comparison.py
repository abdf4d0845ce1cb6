"""What differs between runs: computed once, drawn by every door."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from tinydb import where

from cellbook.records import Direction, Environment, MetricRules, RunRecord, RunState
from cellbook.store import Store
from cellbook.tracking import metric_rules
from cellbook.views import formatting
from cellbook.views.data_used import data_used, versions_of
from cellbook.views.environments import ENVIRONMENT_FACTS, environment_facts, environment_of
from cellbook.views.runs_list import duration_of
from cellbook.views.runs_table import find_records
from cellbook.views.series import metric_names

LATEST = 5
"""Runs that are compared when nobody says which."""
TOO_FEW = "There is one run to compare. Name at least two."
LEGEND = "★ baseline, which the others are compared with · ▲ better · ▼ worse"
"""What the marks of a comparison mean."""

_TIME_NOISE = 0.1
"""Durations that differ by less than this part are no better or worse than one another."""
_LEAST_SECONDS = 0.1
"""Nor are those that differ by less than this."""


class Group(StrEnum):
    """What the rows of a comparison are about, in the order they are shown."""

    METRICS = "Metrics"
    PARAMS = "Params"
    DATA = "Data"
    RUN = "Run"
    TAGS = "Tags"
    ENVIRONMENT = "Environment"


class Verdict(StrEnum):
    """How a value stands to the baseline's."""

    NONE = ""
    """There is nothing to compare, or nothing to tell better from worse by."""
    BETTER = "better"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class RunHead:
    """A run at the head of its column."""

    run_id: str
    number: int
    name: str
    state: RunState
    running: bool
    trashed: bool
    notes: str
    flags: tuple[str, ...] = ()
    """Why it is doubtful: what was amiss as it began, rows in training and test; sentences."""

    @property
    def label(self) -> str:
        """The run as one says it: ``#12 wide-net``."""
        return f"#{self.number} {self.name}"


@dataclass(frozen=True, slots=True)
class CompareCell:
    """One value of one run."""

    text: str
    """As it is shown; an em dash where the run has none."""
    full: str
    """The whole of it, for the hover text; empty where `text` is all there is."""
    missing: bool = False
    delta: str = ""
    """The difference to the baseline, such as ``+0.0118`` or ``×2.7``; empty if there is none."""
    verdict: Verdict = Verdict.NONE
    reached: bool | None = None
    """Whether it reaches its metric's goal; None where there is no goal."""
    value: Any = field(default=None, compare=False)
    """The value itself, for other programs: a duration is in seconds."""


NO_CELL = CompareCell(formatting.MISSING, "", missing=True)
"""What stands where a run has no value."""


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One param, metric, tag or fact, across the runs."""

    group: Group
    name: str
    cells: tuple[CompareCell, ...]
    differs: bool
    """Whether the runs differ here in a way that tells something."""
    key: str = ""
    """The column of a table of runs that says the same: ``metrics.acc``, ``duration`` …"""
    numeric: bool = False
    """Whether the values are numbers, to be set flush right."""
    direction: Direction | None = None

    @property
    def same(self) -> bool:
        """Whether all runs have the same, rather than a difference that tells nothing."""
        return not self.differs and len({(cell.text, cell.full) for cell in self.cells}) == 1


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Runs beside one another."""

    runs: tuple[RunHead, ...]
    baseline: int
    """The place in `runs` of the run that the others are compared with."""
    rows: tuple[CompareRow, ...]
    metrics: tuple[str, ...]
    """The metrics that have curves, those of most runs first."""
    missing: tuple[str, ...] = ()
    """A sentence for each run that was asked for and is not there."""

    @property
    def differing(self) -> tuple[CompareRow, ...]:
        """The rows that differ."""
        return tuple(row for row in self.rows if row.differs)

    @property
    def rest(self) -> tuple[CompareRow, ...]:
        """The other rows."""
        return tuple(row for row in self.rows if not row.differs)

    @property
    def rest_text(self) -> str:
        """What the other rows are: ``12 more are the same in all runs, 1 more hidden: started``."""
        same = sum(row.same for row in self.rest)
        hidden = [row.name for row in self.rest if not row.same]
        parts = [f"{same} more {'is' if same == 1 else 'are'} the same in all runs"] if same else []
        parts += [f"{len(hidden)} more hidden: {', '.join(hidden)}"] if hidden else []
        return ", ".join(parts)


def runs_to_compare(store: Store, experiment: str | None = None) -> list[RunRecord]:
    """Return the runs that are compared when none is named, the oldest first.

    These are all of `experiment`; without one, the newest few of the experiment that ran last.
    """
    limit = None
    if experiment is None:
        latest = find_records(store, max_results=1)
        experiment, limit = (latest[0].experiment if latest else None), LATEST
    return find_records(store, where("experiment") == experiment, max_results=limit)[::-1]


def compare_runs(
    store: Store, records: Sequence[RunRecord], *, baseline: int = 0, now: int | None = None
) -> RunComparison:
    """Compare runs.

    Parameters
    ----------
    store
        The book's memory.
    records
        The runs, in the order of the columns.
    baseline
        The place in `records` of the run to compare with.
    now
        The time it is, in milliseconds since 1970; None asks the clock.
    """
    now = time.time_ns() // 1_000_000 if now is None else now
    rows = [
        *_metric_rows(records, baseline, metric_rules(store)),
        *_mapping_rows(Group.PARAMS, "params", [record.params for record in records]),
        *_data_rows(store, records),
        *_run_rows(records, baseline, now),
        *_mapping_rows(Group.TAGS, "tags", [record.tags for record in records]),
        *_environment_rows(store, records),
    ]
    heads = [head_of(record) for record in records]
    return RunComparison(tuple(heads), baseline, tuple(rows), tuple(_drawable(records)))


def head_of(record: RunRecord) -> RunHead:
    """Return what stands at the head of a run's column."""
    return RunHead(
        record.run_id,
        record.run_number,
        record.run_name,
        record.state,
        record.state is RunState.RUNNING,
        record.trashed is not None,
        record.description,
        record.amiss,
    )


def _drawable(records: Sequence[RunRecord]) -> list[str]:
    """Return the metrics that have a curve in some run."""
    names = metric_names(records)
    several = {
        name for record in records for name, stats in record.stats.items() if stats.count > 1
    }
    return [name for name in names if name in several]


def state_text(state: RunState) -> str:
    """Return a state as a shape and a word."""
    return f"{formatting.GLYPHS[state]} {state.value}"


RUN_FACTS: tuple[tuple[str, Callable[[RunRecord], Any]], ...] = (
    ("state", lambda record: state_text(record.state)),
    ("error", lambda record: record.error),
    ("experiment", lambda record: record.experiment),
    ("notebook", lambda record: record.notebook),
    ("notes", lambda record: record.description or None),
)
"""What is told of a run besides how long it took and when it began."""
FACT_FIELDS: Mapping[str, str] = {
    "duration": "duration",
    "started": "start_time",
    "state": "state",
    "error": "error",
    "experiment": "experiment",
    "notebook": "notebook",
    "notes": "description",
}
"""What is told of a run, and what queries and tables of runs call it."""


# -- rows --------------------------------------------------------------------------------------


def _metric_rows(
    records: Sequence[RunRecord], baseline: int, rules: MetricRules
) -> Iterable[CompareRow]:
    for name in metric_names(records):
        values = [rules.value(name, record.metrics, record.stats) for record in records]
        direction = rules.direction(name)
        base = values[baseline] if records else None
        cells = [
            replace(
                metric_cell(value, None if place == baseline else base, direction),
                reached=rules.reached(name, value),
            )
            for place, value in enumerate(values)
        ]
        key = f"metrics.{name}"
        yield CompareRow(Group.METRICS, name, tuple(cells), differ(values), key, True, direction)


def metric_cell(
    value: float | None, base: float | None, direction: Direction | None
) -> CompareCell:
    """Return the cell of a metric, beside the baseline's value where there is one."""
    if value is None:
        return NO_CELL
    text, whole = formatting.number(value), "NaN" if math.isnan(value) else repr(value)
    cell = CompareCell(text, whole if whole != text else "", value=value)
    if base is None or not (math.isfinite(value) and math.isfinite(base)) or value == base:
        return cell
    verdict = Verdict.NONE
    if direction is not None:
        better = (value > base) is (direction is Direction.MORE)
        verdict = Verdict.BETTER if better else Verdict.WORSE
    return replace(cell, delta=_signed(value - base), verdict=verdict)


def _signed(difference: float) -> str:
    return ("+" if difference > 0 else "−") + formatting.value(abs(float(f"{difference:.3g}")))


def _mapping_rows(
    group: Group, part: str, mappings: Sequence[Mapping[str, Any]]
) -> Iterable[CompareRow]:
    names = dict.fromkeys(name for mapping in mappings for name in mapping)
    for name in names:
        values = [mapping.get(name, NO_CELL) for mapping in mappings]
        present = [value for value in values if value is not NO_CELL]
        numeric = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in present)
        cells = [NO_CELL if value is NO_CELL else value_cell(value) for value in values]
        yield CompareRow(group, name, tuple(cells), differ(values), f"{part}.{name}", numeric)


def _data_rows(store: Store, records: Sequence[RunRecord]) -> Iterable[CompareRow]:
    versions = versions_of(store, (record.inputs for record in records))
    used = [data_used(record.inputs, versions) for record in records]
    return _mapping_rows(Group.DATA, "data", used)


def value_cell(value: Any) -> CompareCell:
    """Return the cell of a param, a tag or a fact."""
    text, whole = formatting.value(value), formatting.full(value)
    return CompareCell(text, whole if whole != text else "", value=value)


def _run_rows(records: Sequence[RunRecord], baseline: int, now: int) -> Iterable[CompareRow]:
    if not records:
        return
    durations = [duration_of(record, now) for record in records]
    # How long a run took says something only if it came to its end.
    finished = [record.state is RunState.FINISHED for record in records]
    base = durations[baseline] if finished[baseline] else None
    cells = [
        duration_cell(value, base if finished[place] and place != baseline else None)
        for place, value in enumerate(durations)
    ]
    differs = any(cell.delta or cell.missing for cell in cells)
    yield CompareRow(Group.RUN, "duration", tuple(cells), differs, "duration", True, Direction.LESS)
    # Two runs never start at one moment, which tells nothing.
    started = tuple(value_cell(formatting.stamp(record.start_time)) for record in records)
    yield CompareRow(Group.RUN, "started", started, False, "start_time")
    for name, fact in RUN_FACTS:
        key = FACT_FIELDS[name]
        yield from _fact_row(Group.RUN, name, key, [fact(record) for record in records])


def duration_cell(value: float | None, base: float | None) -> CompareCell:
    """Return the cell of a duration, beside the baseline's where that says something."""
    if value is None:
        return NO_CELL
    cell = CompareCell(formatting.duration(value), f"{value:.3f} s", value=value)
    if not base or not value or abs(value - base) < max(_TIME_NOISE * base, _LEAST_SECONDS):
        return cell
    factor = formatting.value(float(f"{value / base:.2g}"))
    verdict = Verdict.BETTER if value < base else Verdict.WORSE
    return replace(cell, delta=f"×{factor}", verdict=verdict)


def _environment_rows(store: Store, records: Sequence[RunRecord]) -> Iterable[CompareRow]:
    # Runs of one session ran on the same, which may be long to read.
    known: dict[tuple[str | None, str | None], tuple[Environment | None, dict[str, Any]]] = {}
    for record in records:
        if (kept := (record.environment, record.session)) not in known:
            found = environment_of(store, record)
            known[kept] = found, {} if found is None else environment_facts(found)
    of_each = [known[record.environment, record.session] for record in records]
    facts = [told for _, told in of_each]
    flags = ["; ".join(record.flags.values()) or None for record in records]
    yield from _fact_row(Group.ENVIRONMENT, "began on", "environment.began on", flags)
    for name in ENVIRONMENT_FACTS:
        key = f"environment.{name}"
        yield from _fact_row(Group.ENVIRONMENT, name, key, [one.get(name) for one in facts])
    if len(known) < 2:
        return
    packages = [{} if env is None else env.packages for env, _ in of_each]
    # Some hundred packages that are all the same would bury the rest.
    rows = _mapping_rows(Group.ENVIRONMENT, "packages", packages)
    yield from sorted((row for row in rows if row.differs), key=lambda row: row.name)


def _fact_row(group: Group, name: str, key: str, values: Sequence[Any]) -> Iterable[CompareRow]:
    """Yield the row of a fact, unless no run has it."""
    if any(value is not None for value in values):
        cells = [NO_CELL if value is None else value_cell(value) for value in values]
        yield CompareRow(group, name, tuple(cells), differ(values), key)


def differ(values: Sequence[Any]) -> bool:
    """Whether values are not all the same."""
    # By their text: NaN is the same as NaN, and 1 is not the same as True.  Of thousands that
    # differ, the first few tell.
    texts = map(repr, values)
    first = next(texts, None)
    return any(text != first for text in texts)
