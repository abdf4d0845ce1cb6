"""Drift: silent where nothing changed, whatever the columns are; loud where something did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

from cellbook.errors import InvalidInput
from cellbook.monitoring.drift import ColumnDrift, DriftKind, DriftReport, drift
from cellbook.monitoring.effects import Thresholds
from cellbook.monitoring.sketches import Sketch, merge
from tests.monitoring.tables import table


# So many that a rate three times too high fails; `benchmarks/monitoring.py --alarms` takes minutes
# and tells the rate itself.
@pytest.mark.parametrize(("size", "rounds"), [(50, 60), (400, 40), (5_000, 25)])
def test_nothing_changed_raises_no_alarm(size: int, rounds: int) -> None:
    rng = np.random.default_rng(size)
    reference = Sketch.of(table(rng, 8_000))
    alarms = sum(drift(reference, table(rng, size)).drifted for _ in range(rounds))
    assert alarms <= 0.07 * rounds + 3 * (0.07 * 0.93 * rounds) ** 0.5


CHANGES: dict[str, tuple[str, DriftKind, Callable[[np.random.Generator, Any], Any]]] = {
    "mean": ("close0", DriftKind.SPREAD, lambda rng, x: x + 1),
    "width": ("close1", DriftKind.SPREAD, lambda rng, x: 3 * x),
    "unit": ("lognormal", DriftKind.SPREAD, lambda rng, x: x / 1_000),
    "counts": ("poisson1", DriftKind.SPREAD, lambda rng, x: x + rng.poisson(2, len(x))),
    "constant": ("close2", DriftKind.SPREAD, lambda rng, x: x * 0),
    "share": ("few", DriftKind.SPREAD, lambda rng, x: x.where(rng.random(len(x)) < 0.5, "c")),
    "truth": ("truth", DriftKind.SPREAD, lambda rng, x: x | (rng.random(len(x)) < 0.5)),
    "new": ("few", DriftKind.NEW, lambda rng, x: x.where(rng.random(len(x)) < 0.8, "d")),
    "missing": ("close3", DriftKind.MISSING, lambda rng, x: x.where(rng.random(len(x)) < 0.6)),
    "range": ("zeros", DriftKind.RANGE, lambda rng, x: x.where(rng.random(len(x)) < 0.8, 999.0)),
    "text": ("close4", DriftKind.SCHEMA, lambda rng, x: x.astype(str) + "m"),
    "some text": (
        "close4",
        DriftKind.SCHEMA,
        lambda rng, x: x.astype(object).where(rng.random(len(x)) < 0.7, "n/a"),
    ),
}


@pytest.mark.parametrize("size", [100, 2_000])
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_where_it_is(change: str, size: int) -> None:
    name, kind, make = CHANGES[change]
    rng = np.random.default_rng([size, 7])
    reference, window = table(rng, 5_000), table(rng, size)
    window[name] = make(rng, window[name])
    found = drift(reference, window)
    assert found.drifted
    assert found.columns[0].name == name
    assert kind in [finding.kind for finding in found.columns[0].findings if finding.alarm]
    assert all(column.name == name for column in found.columns if column.drifted)
    assert found.alarms[0].startswith(f"{name}: ")
    assert found.share == pytest.approx(1 / 30)


def cells(rng: np.random.Generator, rows: int, malignant: float) -> pd.DataFrame:
    """Return rows of the breast cancer data, 30 real columns, so many of them malignant."""
    frame, benign = load_breast_cancer(return_X_y=True, as_frame=True)
    count = round(rows * malignant)
    parts = [frame[benign == kind].sample(n, replace=True, random_state=rng)
             for kind, n in ((0, count), (1, rows - count))]  # fmt: skip
    return pd.concat(parts)


def test_real_columns_raise_no_alarm_by_chance() -> None:
    frame, _ = load_breast_cancer(return_X_y=True, as_frame=True)
    rng = np.random.default_rng(9)
    alarms = 0
    for _ in range(60):
        order = rng.permutation(len(frame))
        alarms += drift(frame.iloc[order[:469]], frame.iloc[order[469:]]).drifted
    assert alarms <= 0.07 * 60 + 3 * (0.07 * 0.93 * 60) ** 0.5


@pytest.mark.parametrize(("size", "malignant"), [(60, 0.8), (100, 0.65), (400, 0.5)])
def test_a_real_shift_is_found(size: int, malignant: float) -> None:
    rng = np.random.default_rng(size)
    reference = Sketch.of(cells(rng, 2_000, 0.37))
    found = [drift(reference, cells(rng, size, malignant)) for _ in range(20)]
    assert sum(one.drifted for one in found) >= 18
    assert found[0].share > 0.1


def test_columns_that_came_or_went_raise_an_alarm() -> None:
    before = pd.DataFrame({"a": np.arange(50), "b": np.arange(50)})
    found = drift(before, before.rename(columns={"b": "c"}))
    assert found.alarms == ("b: the column is gone", "c: the reference has no such column")
    assert drift(before, before.iloc[:0]).alarms == ()
    assert not drift(before, before.rename(columns={"b": "c"}), columns=["a"]).drifted


def test_of_large_samples_an_effect_is_asked_for() -> None:
    rng = np.random.default_rng(0)
    before = pd.DataFrame({"x": rng.normal(size=200_000), "c": rng.random(200_000) < 0.5})
    before.loc[:2_000, "x"] = np.nan
    after = before + 0.0
    after["x"] += 0.02
    after["c"] = rng.random(200_000) < 0.51
    after.loc[:2_400, "x"] = np.nan
    found = drift(before, after.astype({"c": bool}))
    assert not found.drifted
    small = [one for column in found.columns for one in column.findings]
    small = [one for one in small if one.kind in (DriftKind.SPREAD, DriftKind.MISSING)]
    assert len(small) == 3
    assert all(one.p_adjusted is not None and one.p_adjusted < 1e-3 for one in small)
    assert all("too little to matter" in one.message for one in small)
    strict = Thresholds(wasserstein=0.01, js=0.005, share=0.001)
    assert drift(before, after.astype({"c": bool}), thresholds=strict).share == 1


def column(found: DriftReport, name: str) -> ColumnDrift:
    return next(one for one in found.columns if one.name == name)


def test_few_rows_are_not_tested() -> None:
    before = pd.DataFrame({"x": np.arange(500.0), "gaps": [np.nan] * 490 + [1.0] * 10})
    found = drift(before, pd.DataFrame({"x": [1e9] * 29, "gaps": [1.0] * 29}))
    assert not found.drifted
    assert column(found, "x").untested == "the window has fewer than 30 rows"
    found = drift(before, pd.DataFrame({"x": [1e9] * 30, "gaps": [1.0] * 30}))
    assert column(found, "x").drifted
    assert column(found, "gaps").untested == "the reference has fewer than 30 values"
    assert column(found, "gaps").findings[0].kind is DriftKind.MISSING


def test_what_a_contract_forbids_needs_one_row() -> None:
    before = pd.DataFrame({"age": np.arange(100), "sex": ["f", "m"] * 50})
    after = pd.DataFrame({"age": [*range(98), -1, 200], "sex": ["f", "m"] * 49 + ["?", "m"]})
    found = drift(before, after, ranges={"age": (0, 120)}, allowed={"sex": ["f", "m"]})
    assert set(found.alarms) == {
        "age: -1 … 200 is beyond what is allowed, 0 … 120",
        "sex: not allowed: '?'",
    }
    assert not drift(before, after).drifted
    assert not drift(before, before, ranges={"age": (0, None)}).drifted


def test_merged_windows_are_as_one() -> None:
    rng = np.random.default_rng(1)
    reference, window = Sketch.of(table(rng, 3_000)), table(rng, 1_200)
    parts = merge(Sketch.of(window.iloc[start : start + 100]) for start in range(0, 1_200, 100))
    whole, merged = drift(reference, window), drift(reference, parts)
    assert [one.name for one in whole.columns] == [one.name for one in merged.columns]
    for one, other in zip(whole.columns, merged.columns, strict=True):
        assert one.p_adjusted == pytest.approx(other.p_adjusted, abs=1e-12)
        assert one.psi == pytest.approx(other.psi, abs=1e-12)


def test_odd_columns_do_not_fail() -> None:
    odd = pd.DataFrame(
        {
            "constant": [5] * 40,
            "nothing": [None] * 40,
            "infinite": [np.inf, -np.inf] * 20,
            "mixed": [1, "x", None, [1]] * 10,
            "huge": [1e308, -1e308] * 20,
            "time": pd.date_range("2026-01-01", periods=40),
        }
    )
    found = drift(odd, odd)
    assert not found.drifted
    assert found.p_value == 1
    assert drift(odd, odd.iloc[:0]).share == 0
    assert not drift(odd, pd.concat([odd] * 50)).drifted


def test_what_cannot_be_compared_is_said() -> None:
    frame = pd.DataFrame({"x": [1.0]})
    with pytest.raises(InvalidInput, match="alpha"):
        drift(frame, frame, alpha=5)
    with pytest.raises(InvalidInput, match="The reference has no rows"):
        drift(frame.iloc[:0], frame)
    for wrong in ({"ranges": {"y": (0, 1)}}, {"allowed": {"y": ["a"]}}):
        with pytest.raises(InvalidInput, match="no column 'y'"):
            drift(frame, frame, **wrong)
    with pytest.raises(InvalidInput, match="range of 'x'"):
        drift(frame, frame, ranges={"x": (float("nan"), None)})


def test_columns_of_numbers_and_texts_alike_raise_no_alarm_by_chance() -> None:
    rng = np.random.default_rng(0)

    def rows(count: int) -> pd.DataFrame:
        values = pd.Series(rng.integers(0, 9, count)).astype(object)
        texts = rng.random(count) < 0.5
        values[texts] = rng.choice(["a", "b"], int(texts.sum()))
        return pd.DataFrame({"code": values})

    reference = Sketch.of(rows(2_000))
    assert sum(drift(reference, rows(200)).drifted for _ in range(40)) <= 6
    assert drift(reference, pd.DataFrame({"code": range(200)})).drifted
