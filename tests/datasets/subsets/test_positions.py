"""Positions as bytes: what comes back is what was kept, and takes little room."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.datasets.subsets import decode, encode
from cellbook.errors import StoreCorrupt


@given(st.lists(st.integers(0, 2**40), max_size=200))
def test_positions_come_back_in_order_with_doubles(positions: list[int]) -> None:
    assert decode(encode(np.array(positions, np.int64))).tolist() == sorted(positions)


def test_a_split_of_a_million_rows_takes_little_room() -> None:
    rng = np.random.default_rng(0)
    split = rng.permutation(1_000_000)[:800_000]
    assert len(encode(split)) < 150_000
    assert len(encode(np.arange(500_000))) < 1_000


@pytest.mark.parametrize("damage", [lambda data: data[:-4], lambda data: b"x" + data, bytes.upper])
def test_damaged_bytes_are_refused(damage: object) -> None:
    data = encode(np.arange(100) * 3)
    with pytest.raises(StoreCorrupt, match="list of rows"):
        decode(damage(data))  # type: ignore[operator]
