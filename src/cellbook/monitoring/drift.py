"""Drift and skew: whether a window of rows is still what the reference was.

Skew is drift whose reference is the training data and whose window was served; the reckoning is
the same.  Each column is asked several things: how its values are spread, how many are missing,
whether categories are new, whether numbers lie beyond the reference's, whether it is of another
kind.  Each answer has a p-value; all of a report are corrected together (Holm), so that where
nothing has changed, the whole set raises a false alarm in a share of `alpha` at most.

How the answer is found depends on both sizes (`significance.py`).  If the smaller of the two has
fewer than `LARGE` rows, an exact test decides alone: a small window must be improbable by itself
to raise an alarm.  Beyond, any difference becomes significant, and an alarm also needs an effect
that matters (`effects.py`).

The tests take rows to be independent.  A window of one user's rows, or of one hour of a day, is
not like the reference even if nothing has changed; choose windows that hold what varies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from cellbook.errors import InvalidInput
from cellbook.monitoring import effects
from cellbook.monitoring.buckets import aligned
from cellbook.monitoring.effects import Thresholds
from cellbook.monitoring.significance import (
    LARGE,
    Tested,
    holm,
    homogeneity,
    ks,
    newcomers,
    outsiders,
)
from cellbook.monitoring.sketches import ColumnSketch, Sketch

Array = np.ndarray[Any, Any]

FEWEST = 30
"""Values of which a test is made, at least."""
_NAMED = 8
_DISCRETE = 32
_THRESHOLDS = Thresholds()


class DriftKind(StrEnum):
    """What a finding is about."""

    SPREAD = "spread"
    """How values are spread."""
    MISSING = "missing"
    """How many values are missing."""
    NEW = "new"
    """Categories that the reference lacks."""
    RANGE = "range"
    """Numbers beyond the reference's least and greatest."""
    SCHEMA = "schema"
    """A column that is gone, new or of another kind, or values that are not allowed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was asked of a column."""

    kind: DriftKind
    alarm: bool
    """Whether it is more than chance explains, and matters."""
    message: str
    p_value: float | None = None
    """Of this test alone; None where nothing was tested but a rule was broken."""
    p_adjusted: float | None = None
    """Corrected for all tests of the report."""
    statistic: float | None = None
    method: str = ""
    share: float | None = None
    """How many more of the window's rows it is true of, from -1 to 1; None of the spread."""


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """One column of both."""

    name: str
    findings: tuple[Finding, ...]
    numeric: bool = False
    psi: float | None = None
    """Population stability index; None, as the two below, where it was not reckoned."""
    wasserstein: float | None = None
    """Of numbers: Wasserstein's distance as a share of the reference's spread."""
    js: float | None = None
    """Of categories: Jensen and Shannon's distance."""
    missing_reference: float = 0.0
    """Share of rows, from 0 to 1."""
    missing_window: float = 0.0
    untested: str = ""
    """Why its values were not tested, if they were not."""
    tests: int = 0
    """How many tests were made of it; those that found nothing at all are in no finding."""

    @property
    def drifted(self) -> bool:
        """Whether anything about it raises an alarm."""
        return any(finding.alarm for finding in self.findings)

    @property
    def p_adjusted(self) -> float:
        """The least corrected p-value; 1 where nothing was tested."""
        told = (one.p_adjusted for one in self.findings if one.p_adjusted is not None)
        return min(told, default=1.0)


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Whether a window is what the reference was."""

    rows_reference: int
    rows_window: int
    alpha: float
    columns: tuple[ColumnDrift, ...]
    """Those that drifted first, then by p-value."""

    @property
    def drifted(self) -> bool:
        """Whether any column raises an alarm."""
        return any(column.drifted for column in self.columns)

    @property
    def share(self) -> float:
        """The share of columns that raise one."""
        return sum(column.drifted for column in self.columns) / max(1, len(self.columns))

    @property
    def p_value(self) -> float:
        """The least corrected p-value: how improbable the whole set is where nothing changed."""
        return min((column.p_adjusted for column in self.columns), default=1.0)

    @property
    def alarms(self) -> tuple[str, ...]:
        """What raises an alarm, in words, the worst first."""
        return tuple(
            f"{column.name}: {finding.message}"
            for column in self.columns
            for finding in column.findings
            if finding.alarm
        )


def drift(
    reference: Any,
    window: Any,
    *,
    alpha: float = 0.05,
    thresholds: Thresholds = _THRESHOLDS,
    columns: Iterable[str] | None = None,
    ranges: Mapping[str, tuple[float | None, float | None]] | None = None,
    allowed: Mapping[str, Collection[Any]] | None = None,
) -> DriftReport:
    """Return whether a window is what the reference was.

    Parameters
    ----------
    reference, window
        Sketches, or tables to be made ones of.
    alpha
        How often a set in which nothing has changed may raise an alarm, between 0 and 1.
    thresholds
        From where on an effect matters, where both have 1,000 rows or more.
    columns
        Names of those that are compared; None means all of the reference, and those that are new.
    ranges
        By column, the least and greatest number that a signature or contract allows; a single
        number beyond raises an alarm.
    allowed
        By column, the categories that it allows.

    Raises
    ------
    InvalidInput
        If one is no table, the reference has no rows, `alpha` is no probability, a limit is no
        number, or `ranges` or `allowed` name a column that there is not.
    """
    if not 0 < alpha < 1:
        raise InvalidInput(f"alpha is {alpha!r}; it is a probability, such as 0.05.")
    names = None if columns is None else tuple(columns)
    before, after = (_as_sketch(one, names) for one in (reference, window))
    if not before.rows:
        raise InvalidInput("The reference has no rows. Make it of the training data.")
    order = dict.fromkeys((*before.columns, *after.columns))
    _check_limits(ranges or {}, allowed or {}, order if names is None else None)
    # Fine enough that of so many tests one can still be significant.
    draws = min(200_000, max(9_999, int(20 * 4 * len(order) / alpha)))
    large = min(before.rows, after.rows) >= LARGE
    found = []
    for name in order:
        pair = before.columns.get(name), after.columns.get(name)
        if pair[0] is None or pair[1] is None:
            if after.rows:
                found.append(_one_sided(name, gone=pair[1] is None))
            continue
        column = _compared(name, pair[0], pair[1], draws)
        if large:
            column = _with_effect(column, thresholds)
        found.append(_checked(column, pair[1], (ranges or {}).get(name), (allowed or {}).get(name)))
    found = _corrected(found, alpha)
    found.sort(key=lambda column: (not column.drifted, column.p_adjusted))
    return DriftReport(before.rows, after.rows, alpha, tuple(found))


def _check_limits(
    ranges: Mapping[str, tuple[float | None, float | None]],
    allowed: Mapping[str, Collection[Any]],
    columns: Collection[str] | None,
) -> None:
    for name in (*ranges, *allowed):
        if columns is not None and name not in columns:
            raise InvalidInput(
                f"There is no column {name!r}. There are {', '.join(map(str, columns))[:200]}."
            )
    for name, limits in ranges.items():
        if any(limit is not None and limit != limit for limit in limits):
            raise InvalidInput(f"The range of {name!r} is {limits!r}. Give numbers, or None.")


def _as_sketch(data: Any, columns: tuple[str, ...] | None) -> Sketch:
    if isinstance(data, Sketch):
        return data if columns is None else data.only(columns)
    return Sketch.of(data, columns)


def _one_sided(name: str, *, gone: bool) -> ColumnDrift:
    message = "the column is gone" if gone else "the reference has no such column"
    return ColumnDrift(name, (Finding(DriftKind.SCHEMA, True, message),))


def _compared(name: str, before: ColumnSketch, after: ColumnSketch, draws: int) -> ColumnDrift:
    """Test one column; whether a finding raises an alarm is said once all p-values are known."""
    column = ColumnDrift(
        name,
        (),
        before.numeric,
        missing_reference=before.missing / max(1, before.rows),
        missing_window=after.missing / max(1, after.rows),
    )
    if after.rows < FEWEST or before.rows < FEWEST:
        few = "window" if after.rows < FEWEST else "reference"
        return replace(column, untested=f"the {few} has fewer than {FEWEST} rows")
    findings = []
    if before.missing or after.missing:
        tested = homogeneity(*_pair(before.missing, before.present, after.missing, after.present))
        shares = f"{column.missing_reference:.1%} → {column.missing_window:.1%}"
        gained = column.missing_window - column.missing_reference
        findings.append(_finding(DriftKind.MISSING, tested, f"missing values {shares}", gained))
    if min(before.present, after.present) < FEWEST:
        few = "window" if after.present < FEWEST else "reference"
        column = replace(column, untested=f"the {few} has fewer than {FEWEST} values")
        return replace(column, findings=tuple(findings), tests=len(findings))
    findings += _of_kind(before, after)
    if before.numeric and after.numbers.total:
        column, more = _numbers(column, before, after, draws)
    elif not before.numeric and after.categories.total:
        column, more = _categories(column, before, after, draws)
    else:
        more = []
    # How values are spread, and whether there are any of another sort: asked in any case, though
    # there may be nothing to tell of the answer.
    return replace(column, findings=(*findings, *more), tests=len(findings) + 2)


def _of_kind(before: ColumnSketch, after: ColumnSketch) -> list[Finding]:
    kinds = [(one.numbers.total, one.categories.total) for one in (before, after)]
    if not min(kinds[0][0] + kinds[1][0], kinds[0][1] + kinds[1][1]):
        return []
    shares = kinds[0][1] / before.present, kinds[1][1] / after.present
    message = (
        f"{shares[0]:.1%} → {shares[1]:.1%} of values are no numbers "
        f"({_dtypes(before)} → {_dtypes(after)})"
    )
    if before.numeric is not after.numeric and not any(map(min, kinds)):
        # Wholly of another kind; where both kinds occur, which one prevails is chance.
        return [Finding(DriftKind.SCHEMA, True, message)]
    tested = homogeneity(*_pair(*kinds[0], *kinds[1]))
    return [_finding(DriftKind.SCHEMA, tested, message, shares[1] - shares[0])]


def _numbers(
    column: ColumnDrift, before: ColumnSketch, after: ColumnSketch, draws: int
) -> tuple[ColumnDrift, list[Finding]]:
    (_, (first, second)), _ = aligned(before.numbers, after.numbers)
    findings = []
    width = effects.spread(before.numbers, before.moments.deviation)
    moved = effects.wasserstein(before.numbers, after.numbers)
    column = replace(
        column,
        psi=effects.number_psi(first, second),
        wasserstein=moved / width if width > 0 else None,
    )
    if len(first) > 1:
        small = min(int(first.sum()), int(second.sum())) < LARGE
        # Of few values, many times each, the usual p-value of the one is too large to be of use.
        test = ks if small or len(first) > _DISCRETE else homogeneity
        medians = f"{before.quantile(0.5):.4g} → {after.quantile(0.5):.4g}"
        message = f"numbers are spread otherwise (median {medians})"
        findings.append(_finding(DriftKind.SPREAD, test(first, second, draws), message))
    (known,) = first.nonzero()
    below, above = int(second[: known[0]].sum()), int(second[known[-1] + 1 :].sum())
    if below or above:
        tested = outsiders(below, above, int(first.sum()), int(second.sum()))
        least, greatest = before.moments.least, before.moments.greatest
        message = f"{below + above:,} values beyond {least:.4g} … {greatest:.4g}"
        share = (below + above) / int(second.sum())
        findings.append(_finding(DriftKind.RANGE, tested, message, share))
    return column, findings


def _categories(
    column: ColumnDrift, before: ColumnSketch, after: ColumnSketch, draws: int
) -> tuple[ColumnDrift, list[Finding]]:
    kept = before.categories, after.categories
    exact = kept[0].exact and kept[1].exact
    names: list[str] = []
    if exact:
        # In one order, so that what is pooled does not depend on how a sketch came about.
        names = sorted({*kept[0].counts, *kept[1].counts})
        first, second = (np.array([one.counts.get(name, 0) for name in names]) for one in kept)
    else:
        first, second = kept[0].grouped(), kept[1].grouped()
    there = first + second > 0
    column = replace(
        column,
        psi=effects.psi(first[there], second[there]),
        js=effects.js(first, second),
    )
    findings = []
    if there.sum() > 1:
        # Said of the category that gained or lost most.
        shares = second / second.sum() - first / first.sum()
        most = int(np.abs(shares).argmax())
        label = f": {names[most]!r} {first[most] / first.sum():.1%} → " if exact else ""
        label += f"{second[most] / second.sum():.1%}" if exact else ""
        message = f"categories are otherwise frequent{label}"
        tested = homogeneity(first, second, draws)
        findings.append(_finding(DriftKind.SPREAD, tested, message))
    if exact and ((first == 0) & (second > 0)).any():
        new = sorted(
            (name for name in names if name not in kept[0].counts),
            key=lambda name: -kept[1].counts[name],
        )
        more = f" and {len(new) - _NAMED:,} more" if len(new) > _NAMED else ""
        message = f"new categories: {', '.join(map(repr, new[:_NAMED]))}{more}"
        share = int(second[first == 0].sum()) / int(second.sum())
        findings.append(_finding(DriftKind.NEW, newcomers(first, second), message, share))
    return column, findings


def _with_effect(column: ColumnDrift, thresholds: Thresholds) -> ColumnDrift:
    """Say of which findings the effect is too small to matter.

    Their p-values stay as they are: other tests are corrected for them all the same.
    """
    moved = any(
        value is not None and value >= least
        for value, least in (
            (column.psi, thresholds.psi),
            (column.wasserstein, thresholds.wasserstein),
            (column.js, thresholds.js),
        )
    )
    findings = []
    for one in column.findings:
        matters = moved if one.share is None else abs(one.share) >= thresholds.share
        if one.p_value is not None and not matters:
            one = replace(one, message=f"{one.message}, by too little to matter", alarm=False)
        findings.append(one)
    return replace(column, findings=tuple(findings))


def _checked(
    column: ColumnDrift,
    after: ColumnSketch,
    limits: tuple[float | None, float | None] | None,
    allowed: Collection[Any] | None,
) -> ColumnDrift:
    """Add what breaks a rule, of which a single value is enough."""
    findings = list(column.findings)
    if limits is not None and after.moments.count:
        low, high = limits
        least, greatest = after.moments.least, after.moments.greatest
        if (low is not None and least < low) or (high is not None and greatest > high):
            told = f"{least:.4g} … {greatest:.4g} is beyond what is allowed, {low} … {high}"
            findings.append(Finding(DriftKind.SCHEMA, True, told))
    if allowed is not None:
        known = set(map(str, allowed))
        strange = sorted(name for name in after.categories.counts if name not in known)
        if strange:
            told = f"not allowed: {', '.join(map(repr, strange[:_NAMED]))}"
            findings.append(Finding(DriftKind.SCHEMA, True, told))
    return replace(column, findings=tuple(findings))


def _corrected(columns: list[ColumnDrift], alpha: float) -> list[ColumnDrift]:
    told = [one.p_value for column in columns for one in column.findings]
    p_values = [p_value for p_value in told if p_value is not None]
    # Those that found nothing count as well, else fewer findings would make each more significant.
    silent = sum(column.tests for column in columns) - len(p_values)
    adjusted = iter(holm([*p_values, *[1.0] * silent]))
    found = []
    for column in columns:
        findings = []
        for one in column.findings:
            if one.p_value is not None:
                p_adjusted = next(adjusted)
                one = replace(one, p_adjusted=p_adjusted, alarm=one.alarm and p_adjusted <= alpha)
            findings.append(one)
        found.append(replace(column, findings=tuple(findings)))
    return found


def _finding(kind: DriftKind, tested: Tested, message: str, share: float | None = None) -> Finding:
    return Finding(
        kind, True, message, tested.p_value, None, tested.statistic, tested.method, share
    )


def _pair(a: int, b: int, c: int, d: int) -> tuple[Array, Array]:
    return np.array([a, b]), np.array([c, d])


def _dtypes(column: ColumnSketch) -> str:
    return ", ".join(sorted(column.dtypes)) or "unknown"
