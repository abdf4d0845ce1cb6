"""The columns that a table of many runs can have, and which of them tell the runs apart."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cellbook.records import (
    DatasetVersion,
    Direction,
    Environment,
    MetricRules,
    RunRecord,
    from_doc,
)
from cellbook.store import Store
from cellbook.tracking import metric_rules
from cellbook.tracking.reading import RUN_FIELDS, are_readable, is_readable
from cellbook.views.comparison import FACT_FIELDS, RUN_FACTS, Group, differ
from cellbook.views.data_used import data_used, versions_of
from cellbook.views.environments import ENVIRONMENT_FACTS, environment_facts
from cellbook.views.runs_table import find_records, spread, visible

SPARK = "spark"
"""The column that shows the curve of the main metric."""
SHOWN = 60
"""Columns that are shown at first, at most; others are chosen by name."""

_MOST = {
    Group.METRICS: 16,
    Group.PARAMS: 24,
    Group.DATA: 8,
    Group.RUN: 8,
    Group.TAGS: 8,
    Group.ENVIRONMENT: 8,
}
"""Of each group at first, at most."""
_PLAIN = (str, int, float, bool)
_LOOKED_AT = 30
"""Newest runs among which the main metric is found."""

_ALWAYS = ("duration", "start_time", "state")
"""What is shown of runs although it may not differ."""


@dataclass(frozen=True, slots=True)
class GridColumn:
    """One column: a param, metric, tag or fact of runs."""

    key: str
    """Its identity: ``metrics.acc``, ``params.lr``, ``duration``, ``environment.python`` …"""
    field: str
    """What an order calls it; empty where runs cannot be put in order by it."""
    group: Group
    name: str
    numeric: bool
    """Whether its values are numbers, to be set flush right."""
    direction: Direction | None
    differs: bool
    """Whether the runs differ here in a way that tells something."""
    count: int
    """How many of the runs have it."""


@dataclass(frozen=True, slots=True)
class FoundRuns:
    """The runs that a query finds, and the columns that they have."""

    ids: frozenset[str]
    columns: tuple[GridColumn, ...]
    """In the order in which they are shown, those first that tell the most."""
    by_key: Mapping[str, GridColumn]
    spark_metric: str | None
    """The first of the metrics that has curves."""
    rules: MetricRules
    """What the metrics' definitions say."""
    environments: Mapping[str, str]
    """The environment's id of each run that has one."""
    facts: Mapping[str, Mapping[str, Any]]
    """By environment, the values of the columns that are about it, by key."""
    versions: Mapping[str, DatasetVersion]
    """The data sets that they may have used, by id."""
    unreadable: tuple[int, ...] = ()
    """Numbers of the runs that are left out as they cannot be read."""

    def facts_of(self, run_id: str) -> Mapping[str, Any]:
        """Return the values of a run's columns about its environment."""
        return self.facts.get(self.environments.get(run_id, ""), {})


def find_runs(store: Store, query: Any, *, hidden: bool = False) -> FoundRuns:
    """Return the runs that a query finds, of TinyDB's language (None for all), and their columns.

    Runs in the trash and in the archive are left out unless the query speaks of them, or `hidden`
    wants them: for who named them.  Those that cannot be read are left out.
    """
    rules = metric_rules(store)
    fields = [*_READ, *(["stats"] if rules else [])]
    if query is None:
        read = _read_all(store, fields)
    else:
        read = _read_some(store, query if hidden else visible(query), fields)
    read, unreadable = _readable(read)
    if rules:
        read["metrics"] = [
            rules.values(last or {}, of or {})
            for last, of in zip(read["metrics"], read["stats"], strict=True)
        ]
    ids: Sequence[str] = read["run_id"]
    environments = _environments(store, ids, read["environment"], read["session"])
    facts = {
        one: _facts(store, one) for one in dict.fromkeys(environments.values()) if one is not None
    }
    versions = versions_of(store, read["inputs"])
    data = [data_used(inputs, versions) if inputs else None for inputs in read["inputs"]]
    groups = (
        _metric_columns(read["metrics"], len(ids), rules),
        _param_columns(read["params"], len(ids)),
        _text_columns("data", Group.DATA, data, len(ids)),
        _run_columns(read, len(ids)),
        _text_columns("tags", Group.TAGS, read["tags"], len(ids)),
        _environment_columns([facts.get(environments.get(one, ""), {}) for one in ids]),
    )
    columns = tuple(itertools.chain.from_iterable(groups))
    spark_metric = _spark_metric(store, query, columns)
    return FoundRuns(
        frozenset(ids),
        columns,
        {column.key: column for column in columns},
        spark_metric,
        rules,
        environments,
        facts,
        versions,
        unreadable,
    )


def shown_columns(
    found: FoundRuns, keys: Sequence[str] = (), *, everything: bool = False
) -> tuple[GridColumn, ...]:
    """Return the columns that are shown.

    Parameters
    ----------
    found
        The runs.
    keys
        Those that somebody chose, in their order; one that no run has stays, and is empty.
    everything
        Without such: whether to show what is the same in all runs, too.
    """
    if keys:
        return tuple(column_of(found, key) for key in dict.fromkeys(keys))
    everything = everything or len(found.ids) < 2
    left = dict(_MOST)
    chosen = [column_of(found, SPARK)] if found.spark_metric else []
    for column in found.columns:
        wanted = everything or column.differs or column.key in _ALWAYS
        if wanted and column.count and left[column.group] > 0:
            left[column.group] -= 1
            chosen.append(column)
    return tuple(chosen[:SHOWN])


_GROUPS = {
    "metrics": Group.METRICS,
    "params": Group.PARAMS,
    "data": Group.DATA,
    "tags": Group.TAGS,
}


def column_of(found: FoundRuns, key: str) -> GridColumn:
    """Return the column of a key, whether or not the runs have it."""
    if key == SPARK:
        name = found.spark_metric or ""
        return GridColumn(SPARK, "", Group.METRICS, name, False, None, False, len(found.ids))
    if key in found.by_key:
        return found.by_key[key]
    part, _, name = key.partition(".")
    group = _GROUPS.get(part)
    if group is None:
        return GridColumn(key, "", Group.ENVIRONMENT, name or key, False, None, False, 0)
    return GridColumn(key, "", group, name, group is Group.METRICS, None, False, 0)


def search_columns(found: FoundRuns, text: str, limit: int) -> tuple[list[GridColumn], int]:
    """Return the first columns whose names hold all words of `text`, and how many there are."""
    words = text.lower().split()
    columns = [column_of(found, SPARK)] if found.spark_metric else []
    columns += [column for column in found.columns if column.count]
    hits = [one for one in columns if all(word in _wording(one) for word in words)]
    return hits[:limit], len(hits)


def _wording(column: GridColumn) -> str:
    return f"{column.group.value} {column.key} {column.name}".lower()


# -- reading -----------------------------------------------------------------------------------

_READ = (*RUN_FIELDS, "session", "environment", "error", "notebook", "description", "inputs")
_NUMBER = "run_number"


def _read_all(store: Store, fields: Sequence[str]) -> dict[str, Sequence[Any]]:
    hidden = ("trashed", "archived")
    numbers, values = store.columns("runs", [*fields, *hidden])
    columns: dict[str, Sequence[Any]] = dict(zip((*fields, *hidden), values, strict=True))
    columns[_NUMBER] = numbers
    flags = [any(flags) for flags in zip(*(columns.pop(name) for name in hidden), strict=True)]
    if any(flags):
        shown = [place for place, flag in enumerate(flags) if not flag]
        return _rows(columns, shown)
    return columns


def _read_some(store: Store, query: Any, fields: Sequence[str]) -> dict[str, Sequence[Any]]:
    found = [(number, doc) for _, number, doc in store.select("runs", query)]
    columns: dict[str, Sequence[Any]] = {
        name: [doc.get(name) for _, doc in found] for name in fields
    }
    columns[_NUMBER] = [number for number, _ in found]
    return columns


def _readable(
    columns: dict[str, Sequence[Any]],
) -> tuple[dict[str, Sequence[Any]], tuple[int, ...]]:
    """Return the rows that are runs, and the numbers of the others."""
    bad = {
        place
        for field in RUN_FIELDS
        if not are_readable(field, columns[field])
        for place, value in enumerate(columns[field])
        if not is_readable(field, value)
    }
    if not bad:
        return columns, ()
    numbers = columns[_NUMBER]
    good = [place for place in range(len(numbers)) if place not in bad]
    return _rows(columns, good), tuple(numbers[place] for place in sorted(bad))


def _rows(columns: dict[str, Sequence[Any]], places: Sequence[int]) -> dict[str, Sequence[Any]]:
    return {name: [column[place] for place in places] for name, column in columns.items()}


def _environments(
    store: Store, ids: Sequence[str], own: Sequence[Any], sessions: Sequence[Any]
) -> dict[str, str]:
    """Return the environment of each run that has one: its own, or that of its session."""
    wanted = {session for session, one in zip(sessions, own, strict=True) if session and not one}
    of_session: dict[Any, Any] = {}
    if wanted:
        _, (names, values) = store.columns("sessions", ["session_id", "environment"])
        of_session = dict(zip(names, values, strict=True))
    found = (
        (run, one or of_session.get(session))
        for run, one, session in zip(ids, own, sessions, strict=True)
    )
    return {run: one for run, one in found if one}


def _facts(store: Store, environment_id: str) -> dict[str, Any]:
    doc = store.get("environments", environment_id)
    if doc is None:
        return {}
    environment = from_doc(Environment, doc)
    facts = {f"environment.{name}": v for name, v in environment_facts(environment).items()}
    packages = {f"packages.{name}": version for name, version in environment.packages.items()}
    return {key: value for key, value in {**facts, **packages}.items() if value is not None}


def _spark_metric(store: Store, query: Any, columns: Iterable[GridColumn]) -> str | None:
    names = [column.name for column in columns if column.group is Group.METRICS]
    if not names:
        return None
    newest = find_records(
        store, "" if query is None else query, order_by=None, max_results=_LOOKED_AT
    )
    return next((name for name in names if any(_has_curve(one, name) for one in newest)), None)


def _has_curve(record: RunRecord, name: str) -> bool:
    stats = record.stats.get(name)
    # How many points there are is known when a run has ended.
    return (stats is not None and stats.count > 1) or (
        not record.state.is_final and name in record.metrics
    )


# -- columns -----------------------------------------------------------------------------------


def field_of(part: str, name: str) -> str:
    """Return what a query calls a param, metric or tag, whatever its name holds."""
    return f"{part}.`{name.replace('`', '``')}`"


def _metric_columns(mappings: Sequence[Any], runs: int, rules: MetricRules) -> list[GridColumn]:
    def column(name: str, values: Sequence[Any]) -> GridColumn:
        differs = len(values) < runs or not _same(values)
        direction = rules.direction(name)
        return GridColumn(
            *(f"metrics.{name}", field_of("metrics", name), Group.METRICS, name),
            *(True, direction, differs, len(values)),
        )

    found = _per_name(mappings, column)
    return sorted(
        found,
        key=lambda one: (-one.count, rules.get(one.name) is None, one.direction is None),
    )


def _param_columns(mappings: Sequence[Any], runs: int) -> list[GridColumn]:
    nested: set[str] = set()

    def column(name: str, values: Sequence[Any]) -> GridColumn:
        kinds = set(map(type, values))
        if kinds & {list, dict}:
            nested.add(name)
        differs = len(values) < runs or not _same(values)
        return GridColumn(
            *(f"params.{name}", field_of("params", name), Group.PARAMS, name),
            *(kinds <= {int, float}, None, differs, len(values)),
        )

    found = _per_name(mappings, column)
    return sorted(found, key=lambda one: (not one.differs, one.name in nested, -one.count))


def _text_columns(part: str, group: Group, mappings: Sequence[Any], runs: int) -> list[GridColumn]:
    def column(name: str, values: Sequence[Any]) -> GridColumn:
        differs = len(values) < runs or not _same(values)
        # Queries know nothing of the data that runs used.
        field = "" if group is Group.DATA else field_of(part, name)
        return GridColumn(
            *(f"{part}.{name}", field, group, name),
            *(False, None, differs, len(values)),
        )

    return sorted(_per_name(mappings, column), key=lambda one: (not one.differs, -one.count))


def _run_columns(read: Mapping[str, Sequence[Any]], runs: int) -> Iterator[GridColumn]:
    assert set(FACT_FIELDS) == {"duration", "started", *(name for name, _ in RUN_FACTS)}
    for name, field in FACT_FIELDS.items():
        if field not in read:
            # Two runs never start at one moment, nor end so, which tells nothing.
            numeric = field == "duration"
            direction = Direction.LESS if numeric else None
            yield GridColumn(field, field, Group.RUN, name, numeric, direction, False, runs)
            continue
        values = [value for value in read[field] if value]
        differs = bool(values) and (len(values) < runs or not _same(values))
        yield GridColumn(field, field, Group.RUN, name, False, None, differs, len(values))


def _environment_columns(facts: Sequence[Mapping[str, Any]]) -> Iterator[GridColumn]:
    # There are far fewer environments than runs.
    counts: dict[int, int] = {}
    for one in facts:
        counts[id(one)] = counts.get(id(one), 0) + 1
    distinct = list({id(one): one for one in facts if one}.values())
    names = dict.fromkeys(f"environment.{name}" for name in ENVIRONMENT_FACTS)
    names |= dict.fromkeys(sorted({key for one in distinct for key in one} - names.keys()))
    for key in names:
        values = [one[key] for one in distinct if key in one]
        count = sum(counts[id(one)] for one in distinct if key in one)
        differs = bool(values) and (count < len(facts) or not _same(values))
        # Some hundred packages that are all the same would bury the rest.
        if values and (differs or key.startswith("environment.")):
            name = key.partition(".")[2]
            yield GridColumn(key, key, Group.ENVIRONMENT, name, False, None, differs, count)


def _per_name(
    mappings: Sequence[Any], column: Callable[[str, Sequence[Any]], GridColumn]
) -> list[GridColumn]:
    return [column(name, values) for name, (_, values) in spread(mappings).items()]


def _same(values: Sequence[Any]) -> bool:
    """Whether all values are one, by the rule of a comparison of them."""
    first = values[0]
    if type(first) in _PLAIN and values.count(first) == len(values):
        # The quick way to the same answer, but for nought, which has two signs as a float.
        kinds = set(map(type, values))
        if len(kinds) == 1 and (first or kinds != {float}):
            return True
    return not differ(values)
