"""How two versions of a data set differ: schema, rows, and how each column is spread.

Rows are paired by a key where one is named or the index is one, else whole rows are counted as
members of two heaps.  The spread of numbers is compared by the two-sample Kolmogorov-Smirnov test,
that of everything else by the chi-squared test of homogeneity (both SciPy's), and either by the
population stability index over the bins of the first version: PSI = Σ (b - a) ln(b / a) over the
shares a and b of bins, with half an observation added to each bin, as an empty one has no
logarithm.  Where only profiles are at hand, their bins and quantiles are compared, without a test.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cellbook.datasets import Datasets
from cellbook.errors import InvalidInput
from cellbook.records import ColumnProfile, DataProfile, DatasetVersion
from cellbook.views.files_diff import FilesDifference, files_difference
from cellbook.views.rows_diff import RowsDifference, rows_difference

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from cellbook.datasets.listings import Entry

_BINS = 10
_ROWS = 2_000_000
"""Rows of which a test is made, at most; of more, evenly spaced ones."""
_LABELS = 30


@dataclass(frozen=True, slots=True)
class DataSide:
    """One of the two."""

    label: str
    """``data:digits@3``, or what it is in memory."""
    kind: str
    """``file``, ``folder``, ``frame`` …"""
    digest: str
    rows: int | None
    columns: int | None
    size: int
    created: int


@dataclass(frozen=True, slots=True)
class ColumnShift:
    """How one column of both is spread in each."""

    name: str
    before: ColumnProfile
    after: ColumnProfile
    psi: float | None
    """Population stability index; None where there is nothing to compare."""
    statistic: float | None
    """Of the Kolmogorov-Smirnov or the chi-squared test, whichever `test` says."""
    p_value: float | None
    test: str
    """``KS``, ``χ²`` or nothing."""
    edges: tuple[float, ...] = ()
    """Of the bins of numbers; else `labels` names them."""
    labels: tuple[str, ...] = ()
    counts_before: tuple[int, ...] = ()
    counts_after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DataDiff:
    """How two versions differ."""

    before: DataSide
    after: DataSide
    same: bool
    """Whether they are the same content."""
    added: tuple[str, ...]
    """Columns that only the later has."""
    removed: tuple[str, ...]
    retyped: Mapping[str, tuple[str, ...]]
    """Column to its dtype before and after."""
    reordered: bool
    """Whether the columns of both stand in another order."""
    rows: RowsDifference | None
    columns: tuple[ColumnShift, ...]
    """Those of both, the ones that shifted most first."""
    notes: tuple[str, ...]
    """What could not be compared, and what mends it."""
    files: FilesDifference | None = None
    """How the files of two folders differ; None for all else."""


def data_diff(
    datasets: Datasets,
    before: Any,
    after: Any,
    key: str | Sequence[str] | None = None,
) -> DataDiff:
    """Return how two versions differ.

    Parameters
    ----------
    datasets
        The room that has them.
    before, after
        The two: versions, or tables in memory.
    key
        The column, or columns, that tell rows apart; None takes the index where it tells each row
        of both apart and is no mere count, else whole rows are compared.

    Raises
    ------
    InvalidInput
        If there is no such column, or it does not tell rows apart; or one is no table.
    """
    wanted = [key] if isinstance(key, str) else list(key or ())
    pair = before, after
    sides = [_side(datasets, one) for one in pair]
    same = sides[0].digest == sides[1].digest
    bare = DataDiff(sides[0], sides[1], same, (), (), {}, False, None, (), ())
    files = [_files(datasets, one) for one in pair]
    if files[0] is not None and files[1] is not None and not same:
        if wanted:
            raise InvalidInput("Folders are compared by their files, which need no key.")
        return replace(bare, files=files_difference(files[0], files[1]))
    tables = [None if same else _table(datasets, one) for one in pair]
    if tables[0] is not None and tables[1] is not None:
        return _of_tables(bare, tables[0], tables[1], wanted)
    lost = [
        (one, side.label)
        for one, side, table in zip(pair, sides, tables, strict=True)
        if table is None
    ]
    if wanted and not same:
        raise InvalidInput(f"{_why_lost(*lost[0])} So no key can pair them.")
    profiles = [_profile(datasets, one, table) for one, table in zip(pair, tables, strict=True)]
    notes = []
    if not same and (profiles[0] is not None or profiles[1] is not None):
        notes += [*(_why_lost(*one) for one in lost), "So profiles are compared."]
    if profiles[0] is None or profiles[1] is None:
        if not same:
            notes.append("There are not two tables to look into, so no more can be told.")
        return replace(bare, notes=tuple(notes))
    return replace(_of_profiles(bare, profiles[0], profiles[1]), notes=tuple(notes))


def _side(datasets: Datasets, one: Any) -> DataSide:
    is_version = isinstance(one, DatasetVersion)
    content = one if is_version else datasets.look_at(one)
    return DataSide(
        label=f"data:{one.label}" if is_version else f"{type(one).__name__} in memory",
        kind=content.kind,
        digest=content.digest,
        rows=content.rows,
        columns=content.columns,
        size=content.size,
        created=one.created if is_version else time.time_ns() // 1_000_000,
    )


def _files(datasets: Datasets, one: Any) -> Mapping[str, Entry] | None:
    return datasets.files_of(one) if isinstance(one, DatasetVersion) else None


def _why_lost(one: Any, label: str) -> str:
    """Return why there is no table of one of two."""
    if isinstance(one, DatasetVersion) and not one.content:
        return (
            f"The rows of {label} are not at hand any more: `keep=True` keeps those of what is "
            "tracked."
        )
    return f"{label} is no table that can be looked into, or too large a file."


def _table(datasets: Datasets, one: Any) -> pd.DataFrame | None:
    from cellbook.datasets.profiles import as_frame  # noqa: PLC0415 - heavy

    return datasets.table_of(one) if isinstance(one, DatasetVersion) else as_frame(one)


def _profile(datasets: Datasets, one: Any, table: pd.DataFrame | None) -> DataProfile | None:
    from cellbook.datasets.profiles import profile_of  # noqa: PLC0415 - heavy

    known = datasets.profile(one) if isinstance(one, DatasetVersion) else None
    return known if known is not None or table is None else profile_of(table)


def _schema(
    bare: DataDiff, before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[DataDiff, list[str]]:
    """Return what differs in the schema, and the names of the columns of both."""
    both = [name for name in before if name in after]
    kept_order = [name for name in after if name in before]
    found = replace(
        bare,
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        retyped={name: (before[name], after[name]) for name in both if before[name] != after[name]},
        reordered=both != kept_order,
    )
    return found, both


# -- from profiles -----------------------------------------------------------------------------


def _of_profiles(bare: DataDiff, before: DataProfile, after: DataProfile) -> DataDiff:
    first = {column.name: column for column in before.columns}
    second = {column.name: column for column in after.columns}
    found, both = _schema(
        bare,
        {name: column.dtype for name, column in first.items()},
        {name: column.dtype for name, column in second.items()},
    )
    shifts = [_profile_shift(first[name], second[name]) for name in both]
    return replace(found, columns=tuple(sorted(shifts, key=_by_shift)))


def _profile_shift(before: ColumnProfile, after: ColumnProfile) -> ColumnShift:
    bare = ColumnShift(before.name, before, after, None, None, None, "")
    if before.quantiles and after.quantiles:
        return replace(bare, psi=_quantile_psi(before.quantiles, after.quantiles))
    if before.top and after.top:
        labels = tuple(dict.fromkeys([*before.top, *after.top]))[:_LABELS]
        counts = [tuple(one.top.get(label, 0) for label in labels) for one in (before, after)]
        return replace(
            bare, labels=labels, counts_before=counts[0], counts_after=counts[1], psi=_psi(*counts)
        )
    return bare


def _quantile_psi(before: Sequence[float], after: Sequence[float]) -> float:
    """Return the index over ten bins of the first, by the distribution functions of both."""
    import numpy as np  # noqa: PLC0415 - heavy

    share = np.linspace(0, 1, len(before))
    edges = np.unique(np.interp(np.linspace(0, 1, _BINS + 1), share, before))[1:-1]
    shares = []
    for quantiles in (before, after):
        below = np.interp(edges, quantiles, np.linspace(0, 1, len(quantiles)))
        shares.append(np.diff([0, *below, 1]) * 1_000)
    return _psi(*shares)


# -- from tables -------------------------------------------------------------------------------


def _of_tables(
    bare: DataDiff, before: pd.DataFrame, after: pd.DataFrame, key: list[str]
) -> DataDiff:
    from cellbook.datasets.profiles import COLUMNS, profile_of  # noqa: PLC0415 - heavy

    names = [[str(label) for label in frame.columns] for frame in (before, after)]
    for frame_names in names:
        for one in key:
            if frame_names.count(one) != 1:
                raise InvalidInput(f"There is no one column {one!r} in both to be the key.")
    twice = sorted({name for labels in names for name in labels if labels.count(name) > 1})
    names = [_apart(labels) for labels in names]
    dtypes = [
        dict(zip(labels, map(str, frame.dtypes), strict=True))
        for labels, frame in zip(names, (before, after), strict=True)
    ]
    found, both = _schema(bare, *dtypes)
    notes = [] if both else ["No column is in both, so there are no rows to compare."]
    if twice:
        notes.append(
            f"More than one column is called {', '.join(twice[:5])}: they are compared in their "
            "order."
        )
    picked = [
        frame.set_axis(labels, axis=1)[both]
        for labels, frame in zip(names, (before, after), strict=True)
    ]
    profiles = [profile_of(frame) for frame in picked]
    shifts = []
    for place, name in enumerate(both[:COLUMNS]):
        if profiles[0] is not None and profiles[1] is not None:
            pair = profiles[0].columns[place], profiles[1].columns[place]
            shifts.append(_shift(name, *pair, *(frame[name] for frame in picked)))
    return replace(
        found,
        rows=rows_difference(picked[0], picked[1], key) if both else None,
        columns=tuple(sorted(shifts, key=_by_shift)),
        notes=tuple(notes),
    )


def _apart(labels: list[str]) -> list[str]:
    """Return names of columns, each once: the second ``a`` is ``a (2)``."""
    taken = set(labels)
    found: list[str] = []
    for place, label in enumerate(labels):
        name, count = label, labels[:place].count(label) + 1
        while count > 1 and name in taken:
            name = f"{label} ({count})"
            count += 1
        taken.add(name)
        found.append(name)
    return found


def _shift(
    name: str,
    before: ColumnProfile,
    after: ColumnProfile,
    first: pd.Series[Any],
    second: pd.Series[Any],
) -> ColumnShift:
    from cellbook.datasets.profiles import numbers_of  # noqa: PLC0415 - heavy

    bare = ColumnShift(name, before, after, None, None, None, "")
    numbers = numbers_of(first), numbers_of(second)
    if numbers[0] is not None and numbers[1] is not None:
        return _number_shift(bare, numbers[0], numbers[1])
    if numbers[0] is None and numbers[1] is None:
        return _label_shift(bare, first, second)
    return bare


def _number_shift(
    bare: ColumnShift, first: np.ndarray[Any, Any], second: np.ndarray[Any, Any]
) -> ColumnShift:
    import numpy as np  # noqa: PLC0415 - heavy
    from scipy.stats import ks_2samp  # noqa: PLC0415 - heavy

    from cellbook.datasets.profiles import BINS, can_be_binned  # noqa: PLC0415 - heavy

    pair = []
    for values in (first, second):
        finite = values[np.isfinite(values)]
        pair.append(finite[:: max(1, -(-len(finite) // _ROWS))])
    if not len(pair[0]) or not len(pair[1]):
        return bare
    tested = ks_2samp(*pair, method="auto")
    inner = np.unique(np.quantile(pair[0], np.linspace(0, 1, _BINS + 1)))[1:-1]
    binned = [
        np.bincount(np.searchsorted(inner, one, "right"), minlength=len(inner) + 1) for one in pair
    ]
    low, high = (float(function([function(one) for one in pair])) for function in (np.min, np.max))
    edges: tuple[float, ...] = ()
    counts: list[tuple[int, ...]] = [(), ()]
    if can_be_binned(low, high):
        edges = tuple(float(edge) for edge in np.linspace(low, high, BINS + 1))
        counts = [tuple(int(n) for n in np.histogram(one, BINS, (low, high))[0]) for one in pair]
    return replace(
        bare,
        psi=_psi(*binned),
        statistic=float(tested.statistic),
        p_value=float(tested.pvalue),
        test="KS",
        edges=edges,
        counts_before=counts[0],
        counts_after=counts[1],
    )


def _label_shift(bare: ColumnShift, first: pd.Series[Any], second: pd.Series[Any]) -> ColumnShift:
    from scipy.stats import chi2_contingency  # noqa: PLC0415 - heavy

    try:
        counted = [series.dropna().astype(str).value_counts() for series in (first, second)]
    except Exception:
        # Whatever a column holds may fail to say what it is.
        return bare
    total = counted[0].add(counted[1], fill_value=0).sort_values(ascending=False, kind="stable")
    if total.empty:
        return bare
    labels = [str(label) for label in total.index[:_LABELS]]
    table = [[int(one.get(label, 0)) for label in labels] for one in counted]
    for row, one in zip(table, counted, strict=True):
        rest = int(one.sum()) - sum(row)
        if len(total) > _LABELS:
            row.append(rest)
    tested = None
    if all(map(sum, table)) and len(table[0]) > 1:
        tested = chi2_contingency(table, correction=False)
    named = [*labels, *(["(other)"] if len(total) > _LABELS else [])]
    return replace(
        bare,
        psi=_psi(*table),
        statistic=None if tested is None else float(tested.statistic),
        p_value=None if tested is None else float(tested.pvalue),
        test="" if tested is None else "χ²",
        labels=tuple(text if len(text) <= 60 else text[:59] + "…" for text in named),
        counts_before=tuple(table[0]),
        counts_after=tuple(table[1]),
    )


def _psi(before: Any, after: Any) -> float:
    import numpy as np  # noqa: PLC0415 - heavy

    shares = [np.asarray(counts, float) + 0.5 for counts in (before, after)]
    a, b = (counts / counts.sum() for counts in shares)
    return float(((b - a) * np.log(b / a)).sum())


def _by_shift(shift: ColumnShift) -> tuple[float, str]:
    return (-(shift.psi if shift.psi is not None else -1.0), shift.name)
