"""Which data each of some runs used, beside one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cellbook.errors import NotFound, StoreCorrupt
from cellbook.records import RunRecord, Subset
from cellbook.store import Store
from cellbook.views.comparison import RunHead, head_of
from cellbook.views.data_used import GONE, UsedData, used_data, versions_of
from cellbook.views.rows_listed import subsets_by_run

SCORED = ("test", "validation")
"""The roles of data that results are read from, the one that counts more first."""
_NAMED = 4
"""Runs that a warning names; the rest it counts."""


@dataclass(frozen=True, slots=True)
class DataRow:
    """A data set, and what each run used of it."""

    name: str
    """``(deleted)`` for versions that are no longer in the book."""
    cells: tuple[tuple[UsedData, ...], ...]
    """What each run used of it; nothing where it used none."""
    differs: bool
    """Whether not all runs used the same of it, for the same."""


@dataclass(frozen=True, slots=True)
class DataComparison:
    """Runs beside one another, by the data that they used."""

    runs: tuple[RunHead, ...]
    baseline: int
    """The place in `runs` of the run that the others are compared with."""
    rows: tuple[DataRow, ...]
    """What differs first."""
    warnings: tuple[str, ...] = ()
    """Why results of these runs may not be comparable; sentences."""
    missing: tuple[str, ...] = ()
    """A sentence for each run that was asked for and is not there."""


def compare_data(
    store: Store, records: Sequence[RunRecord], *, baseline: int = 0
) -> DataComparison:
    """Compare runs by the data that they used.

    Parameters
    ----------
    store
        The book's memory.
    records
        The runs, in the order of the columns.
    baseline
        The place in `records` of the run to compare with.
    """
    versions = versions_of(store, (record.inputs for record in records))
    used = [used_data(record.inputs, versions) for record in records]
    names = dict.fromkeys(one.name for each in used for one in each)
    rows = [_row(name, used) for name in names]
    # What is gone comes last: nothing more can be told of it.
    rows.sort(key=lambda row: (row.name == GONE, not row.differs))
    return DataComparison(
        runs=tuple(map(head_of, records)),
        baseline=baseline,
        rows=tuple(rows),
        warnings=tuple(_warnings(store, records, used)),
    )


def _row(name: str, used: Sequence[Sequence[UsedData]]) -> DataRow:
    cells = tuple(tuple(one for one in each if one.name == name) for each in used)
    told = {tuple(sorted((one.content, one.roles) for one in cell)) for cell in cells}
    return DataRow(name or GONE, cells, len(told) > 1)


def _warnings(
    store: Store, records: Sequence[RunRecord], used: Sequence[Sequence[UsedData]]
) -> Iterable[str]:
    subsets = subsets_by_run(store, [one.run_id for one, each in _pairs(records, used) if each])
    rows = [subsets.get(one.run_id, []) for one in records]
    for role in SCORED:
        by_content: dict[frozenset[str], list[int]] = {}
        for place, each in enumerate(used):
            scored = frozenset(one.content for one in each if role in one.roles)
            by_content.setdefault(scored, []).append(place)
        silent = by_content.pop(frozenset(), [])
        if len(by_content) > 1:
            told = "; ".join(
                f"{_runs(records, places)} on {_labels(used[places[0]], role)}"
                for places in by_content.values()
            )
            yield f"These runs were scored on different {role} data: {told}."
        if by_content and silent:
            verb = "does" if len(silent) == 1 else "do"
            yield f"{_runs(records, silent)} {verb} not say which {role} data gave the scores."
        if len(by_content) == 1:
            yield from _other_rows(records, next(iter(by_content.values())), used, rows, role)
        if by_content:
            break
    for place, (record, each) in enumerate(_pairs(records, used)):
        trained = {one.content for one in each if "train" in one.roles}
        both = [
            one
            for one in each
            if one.content in trained and any(role in one.roles for role in SCORED)
        ]
        both = [one for one in both if not _told_by_rows(one, rows[place])]
        if both:
            names = ", ".join(dict.fromkeys(map(_label, both)))
            yield f"#{record.run_number} was trained and scored on the same data: {names}."
        # What was told in the run is not told again by its rows.
        if record.leaks:
            yield from (f"#{record.run_number}: {text}" for text in record.leaks.values())
        else:
            yield from _shared_rows(store, record, each, rows[place])


def _pairs(
    records: Sequence[RunRecord], used: Sequence[Sequence[UsedData]]
) -> list[tuple[RunRecord, Sequence[UsedData]]]:
    return list(zip(records, used, strict=True))


def _told_by_rows(one: UsedData, rows: Sequence[Subset]) -> bool:
    """Whether it is on record which rows a run was trained on, and which it was scored on."""
    roles = {each.role for each in rows if each.dataset_id == one.dataset_id}
    return "train" in roles and bool(roles & set(SCORED))


def _other_rows(
    records: Sequence[RunRecord],
    places: Sequence[int],
    used: Sequence[Sequence[UsedData]],
    rows: Sequence[Sequence[Subset]],
    role: str,
) -> Iterable[str]:
    """Tell of runs that were scored on different rows of the same data."""
    scored = [[one for one in rows[place] if one.role == role] for place in places]
    kinds: dict[frozenset[tuple[str, str]], list[int]] = {}
    for place, own in zip(places, scored, strict=True):
        kinds.setdefault(frozenset((one.dataset_id, one.index) for one in own), []).append(place)
    if len(kinds) > 1 and frozenset() not in kinds:
        told = "; ".join(
            f"{_runs(records, same)} on "
            f"{sum(one.distinct for one in rows[same[0]] if one.role == role):,} of them"
            for same in kinds.values()
        )
        names = _labels(used[places[0]], role)
        yield f"These runs were scored on different rows of {names}: {told}."


def _shared_rows(
    store: Store, record: RunRecord, used: Sequence[UsedData], rows: Sequence[Subset]
) -> Iterable[str]:
    """Tell of rows that a run was trained on and scored with."""
    trained = [one for one in rows if one.role == "train"]
    for role in SCORED:
        for test in (one for one in rows if one.role == role):
            seen = [one for one in trained if one.dataset_id == test.dataset_id]
            if not seen:
                continue
            # With numpy and pandas, it would be a part of what every start takes.
            from cellbook.datasets.subsets import Subsets, shared_rows  # noqa: PLC0415

            try:
                count = shared_rows(Subsets(store), seen, test)
            except (StoreCorrupt, NotFound):
                continue  # `cellbook verify` tells of it.
            if count:
                name = next((_label(one) for one in used if one.dataset_id == test.dataset_id), "")
                of = f" ({name})" if name else ""
                yield (
                    f"#{record.run_number} was trained on {count:,} of the {test.distinct:,} rows "
                    f"that it was scored with{of}."
                )
                return


def _runs(records: Sequence[RunRecord], places: Sequence[int]) -> str:
    named = [f"#{records[place].run_number}" for place in places[:_NAMED]]
    left = len(places) - len(named)
    if left:
        return f"{', '.join(named)} and {left} more"
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def _labels(used: Sequence[UsedData], role: str) -> str:
    return ", ".join(_label(one) for one in used if role in one.roles)


def _label(one: UsedData) -> str:
    return f"{one.name}@{one.version}" if one.name else f"{GONE} {one.dataset_id}"
