"""Rows are found again: by the object, its memory, its index, its values; no others are."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from cellbook.datasets.subsets import Registry
from cellbook.records import DatasetVersion


def version(rows: int, name: str = "digits") -> DatasetVersion:
    return DatasetVersion(name, name, f"sha256:{name}", 0, version=1, rows=rows)


def people(rows: int = 50) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "age": rng.integers(18, 90, rows),
            "height": rng.normal(1.7, 0.1, rows),
            "city": rng.choice(np.array(["Oslo", "Bergen", None]), rows),
            "born": pd.Timestamp("1990-01-01") + pd.to_timedelta(rng.integers(0, 9999, rows), "D"),
            "seen": rng.random(rows) > 0.5,
        }
    )


def tracked(data: Any) -> Registry:
    registry = Registry()
    registry.note(data, version(data.shape[0]))
    return registry


WAYS: dict[str, tuple[Any, Any, str]] = {
    "itself": (lambda df: df, range(50), "identity"),
    "filter": (lambda df: df[df.age > 50], None, "index"),
    "columns": (lambda df: df.loc[10:20, ["height", "city"]], range(10, 21), "index"),
    "series": (lambda df: df.height.iloc[::-1], range(49, -1, -1), "index"),
    "new column": (lambda df: df.iloc[5:].assign(old=1), range(5, 50), "index"),
    "gaps filled": (lambda df: df.iloc[3:].assign(city="Oslo"), range(3, 50), "index"),
    "index dropped": (lambda df: df.iloc[7:30].reset_index(drop=True), range(7, 30), "values"),
    "numbers": (
        lambda df: df.loc[4:9, ["height", "age"]].to_numpy(), range(4, 10), "values"
    ),
    "short floats": (
        lambda df: df[["age", "height"]].to_numpy(np.float32)[::2], range(0, 50, 2), "values"
    ),
    "objects": (lambda df: df.iloc[2:8].to_numpy(), range(2, 8), "values"),
    "labels moved": (lambda df: df.iloc[2:8].set_index("city"), range(2, 8), "values"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_rows_are_found_through(way: str) -> None:
    frame = people()
    make, expected, how = WAYS[way]
    registry = tracked(frame)
    made = make(frame)
    found = registry.find(made)
    assert found is not None
    assert found.how == how
    wanted = np.flatnonzero(frame.age > 50) if expected is None else list(expected)
    assert found.positions.tolist() == list(wanted)
    again = registry.find(made)
    assert again is not None
    assert again.positions.tolist() == list(wanted)


@pytest.mark.parametrize(
    "make",
    [
        lambda df: people().assign(age=0, height=0.0, city="x", born=None, seen=None),
        lambda df: pd.DataFrame({"other": range(50)}),
        lambda df: pd.DataFrame({"seen": [True] * 10}),
        lambda df: df[["height"]].to_numpy() + 1,
        lambda df: np.zeros((3, 9)),
        lambda df: pd.concat([df.iloc[:3], df.iloc[:1].assign(age=1)], ignore_index=True),
        lambda df: "text",
        lambda df: [],
        lambda df: None,
    ],
)
def test_other_data_is_not_taken_for_it(make: Any) -> None:
    frame = people()
    assert tracked(frame).find(make(frame)) is None


def test_rows_are_found_when_the_frame_is_gone_or_changed() -> None:
    frame = people()
    registry = tracked(frame)
    part = frame.iloc[10:20].copy()
    frame["height"] = 0.0
    frame.iloc[12, 0] = -1
    frame = frame.dropna()
    left = frame.index
    assert registry.find(frame).positions.tolist() == left.tolist()  # type: ignore[union-attr]
    del frame
    gc.collect()
    found = registry.find(part)
    assert found is not None
    assert found.positions.tolist() == list(range(10, 20))


def test_what_is_tracked_is_not_held_when_it_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cellbook.datasets.subsets.registry._HELD", 100)
    frame = people()
    registry = tracked(frame)
    part = frame.iloc[3:]
    assert registry.find(part) is not None
    del frame
    gc.collect()
    assert registry.find(part.copy()).how == "index"  # type: ignore[union-attr]
    del part
    gc.collect()
    assert not registry


def test_an_array_that_looks_at_known_memory_is_told_without_values() -> None:
    array = np.zeros((30, 4))
    registry = tracked(array)
    for part, expected in (
        (array[5:9], range(5, 9)),
        (array[::-3], range(29, -1, -3)),
        (array[4:6, 1:3], range(4, 6)),
        (array[:, 2], range(30)),
    ):
        found = registry.find(part)
        if part.ndim == 1:
            continue  # One column of many is told by its values.
        assert found is not None
        assert (found.how, found.positions.tolist()) == ("identity", list(expected))


def test_rows_of_the_same_values_count_as_often_as_they_went_in() -> None:
    array = np.array([[1, 2], [3, 4], [1, 2], [5, 6], [1, 2]])
    registry = tracked(array)
    two = registry.find(np.array([[1, 2], [5, 6], [1, 2]]))
    assert two is not None
    assert (sorted(two.positions), two.doubtful) == ([0, 2, 3], 2)
    rest = registry.find(np.array([[1, 2], [3, 4]]), {"digits": two.positions})
    assert rest is not None
    assert sorted(rest.positions) == [1, 4]
    every = registry.find(array[[4, 3, 2, 1, 0]])
    assert every is not None
    assert (sorted(every.positions), every.doubtful) == ([0, 1, 2, 3, 4], 3)


def test_what_was_made_of_rows_leads_back_to_them() -> None:
    frame = people()
    registry = tracked(frame)
    part = frame.loc[frame.age > 40, ["age", "height"]]
    found = registry.find(part)
    assert found is not None
    scaled = (part.to_numpy() - 3) / 7
    registry.derive(scaled, found)
    shuffled = scaled[::-1][:5].copy()
    again = registry.find(shuffled)
    assert again is not None
    assert again.positions.tolist() == found.positions[::-1][:5].tolist()
    assert again.how == "values"


def test_polars_sparse_and_plain_lists() -> None:
    frame = pl.DataFrame({"a": range(20), "b": [str(one) for one in range(20)]})
    found = tracked(frame).find(frame.filter(pl.col("a") > 15))
    assert found is not None
    assert found.positions.tolist() == [16, 17, 18, 19]
    matrix = sparse.random_array((40, 30), density=0.3, format="csr", rng=np.random.default_rng(0))
    registry = tracked(matrix)
    found = registry.find(matrix[[3, 30, 7]])
    assert found is not None
    assert found.positions.tolist() == [3, 30, 7]
    assert registry.find(matrix[:5].toarray()) is None
    array = np.arange(12).reshape(6, 2)
    found = tracked(array).find([[4, 5], [0, 1]])
    assert found is not None
    assert found.positions.tolist() == [2, 0]


def test_lists_of_texts_and_what_is_no_table() -> None:
    texts = pd.Series([f"text {one}" * 3 for one in range(20)], name="text")
    found = tracked(texts).find(texts.tolist()[4:7])
    assert found is not None
    assert found.positions.tolist() == [4, 5, 6]
    for odd in ([{"a": 1}], [[1, 2], [3]], [object()], [None], {"a": [1]}, iter([1]), b"x", 3):
        assert tracked(texts).find(odd) is None


def test_objects_may_go_while_rows_are_looked_for() -> None:
    frame = people()
    registry = tracked(frame)
    for start in range(0, 40, 2):
        part = frame.iloc[start:]
        object.__setattr__(part, "own", part)  # Only the collector frees it.
        assert registry.find(part) is not None
    del part
    gc.collect()
    assert registry.find(frame.iloc[7:].copy()) is not None
    assert len(registry._entries) <= 3


def test_patience_ends_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cellbook.datasets.subsets.registry._PATIENCE", 0.0)
    array = np.random.default_rng(0).random((100, 3))
    registry = tracked(array)
    assert registry.find(np.zeros((4, 3))) is None
    assert registry.find(array[[1, 2]].copy()) is None
    registry.renew()
    assert registry.find(array[[1, 2]].copy()) is not None
