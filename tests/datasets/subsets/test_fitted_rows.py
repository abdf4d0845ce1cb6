"""The law: what is on record are the rows that were fitted, whatever was done on the way."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from cellbook.datasets.subsets import Registry
from cellbook.records import DatasetVersion

STEPS = ("filter", "sample", "again", "split", "columns", "sort", "reset", "values")


@st.composite
def frames(draw: Any) -> pd.DataFrame:
    rows = draw(st.integers(2, 30))
    few = st.lists(st.integers(0, 3), min_size=rows, max_size=rows)
    frame = pd.DataFrame(
        {
            "a": draw(few),
            "b": [one / 3 for one in draw(few)],
            "c": ["xyz"[one % 3] for one in draw(few)],
        }
    )
    if draw(st.booleans()):
        frame["id"] = np.arange(rows)[::-1]
    index = draw(st.sampled_from(["count", "unique", "doubles"]))
    if index == "unique":
        frame.index = pd.Index([f"r{one}" for one in range(rows)])
    elif index == "doubles":
        frame.index = pd.Index(draw(few))
    return frame


def walk(frame: pd.DataFrame, steps: list[tuple[str, int]]) -> tuple[Any, np.ndarray[Any, Any]]:
    """Return what becomes of a frame, and the true positions of its rows."""
    data: Any = frame
    rows = np.arange(len(frame))
    for step, seed in steps:
        rng = np.random.default_rng(seed)
        count = len(rows)
        if isinstance(data, np.ndarray) and step in ("columns", "sort", "reset", "values"):
            continue
        picked = np.arange(count)
        if step == "filter":
            picked = np.flatnonzero(rng.random(count) < 0.7)
        elif step == "sample":
            picked = rng.permutation(count)[: max(1, count // 2)]
        elif step == "again":
            picked = rng.integers(0, count, count)
        elif step == "split" and count > 3:
            # What it does with positions it does with the data.
            data, _, picked, _ = train_test_split(data, picked, random_state=seed)
            rows = rows[picked]
            continue
        elif step == "sort":
            picked = np.argsort(data[data.columns[0]].to_numpy(), kind="stable")
        elif step == "columns" and data.shape[1] > 1:
            data = data[list(rng.permutation(data.columns)[: max(2, data.shape[1] - 1)])]
            continue
        elif step == "reset":
            data = data.reset_index(drop=True)
            continue
        elif step == "values":
            data = data.to_numpy()
            continue
        if not len(picked):
            continue
        data = data.iloc[picked] if isinstance(data, pd.DataFrame) else data[picked]
        rows = rows[picked]
    return data, rows


@settings(max_examples=150)
@given(
    frames(),
    st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 99)), max_size=5),
)
def test_the_rows_on_record_are_those_that_were_fitted(
    frame: pd.DataFrame, steps: list[tuple[str, int]]
) -> None:
    registry = Registry()
    registry.note(frame, DatasetVersion("d", "d", "sha256:0", 0, version=1, rows=len(frame)))
    data, rows = walk(frame, steps)
    found = registry.find(data)
    if found is None:
        # Some columns only, in which no row is like no other: that could be any data.
        assert data.shape[1] < frame.shape[1]
        part = frame[columns_of(frame, data, rows)]
        seen = Counter(values_at(part, np.arange(len(frame))))
        assert all(seen[one] > 1 for one in values_at(part, rows))
        return
    if found.doubtful:
        # Which of the rows of the same values went in cannot be known: as many did.
        part = frame[columns_of(frame, data, rows)]
        told, true = (Counter(values_at(part, one)) for one in (found.positions, rows))
        assert told == true
    else:
        assert sorted(found.positions.tolist()) == sorted(rows.tolist())


def columns_of(frame: pd.DataFrame, data: Any, rows: np.ndarray[Any, Any]) -> list[Any]:
    """Return which columns went in; an array tells that by its values only."""
    if isinstance(data, pd.DataFrame):
        return list(data.columns)
    return next(
        list(some)
        for some in permutations(frame.columns, data.shape[1])
        if (frame[list(some)].iloc[rows].to_numpy() == data).all()
    )


def values_at(frame: pd.DataFrame, rows: np.ndarray[Any, Any]) -> list[tuple[Any, ...]]:
    return list(frame.iloc[rows].itertuples(index=False, name=None))
