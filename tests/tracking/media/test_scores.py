from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput
from cellbook.tracking.media import decode_scores, encode_scores


@given(st.lists(st.floats(), min_size=1))
def test_round_trip_gives_the_same_numbers(values: list[float]) -> None:
    numbers, ids = decode_scores(encode_scores("acc", values).data)
    assert np.array_equal(numbers, values, equal_nan=True)
    assert ids is None


def test_encode_says_what_it_is() -> None:
    encoded = encode_scores("acc", pd.Series([1, 0], index=["a", "b"]), ids=["a", "b"])
    assert (encoded.kind, encoded.path) == ("scores", "scores/acc.json")
    assert encoded.meta == {"metric": "acc", "examples": 2}
    assert json.loads(encoded.data) == {"metric": "acc", "values": [1.0, 0.0], "ids": ["a", "b"]}
    assert json.loads(encode_scores("acc", [math.nan]).data)["values"] == [None]


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ("high", None),
        (["a"], None),
        ([], None),
        (0.5, None),
        ([[1.0]], None),
        ([1.0, 2.0], ["a"]),
        ([1.0, 2.0], ["a", "a"]),
    ],
)
def test_encode_refuses_what_is_no_number_an_example(values: Any, ids: Any) -> None:
    with pytest.raises(InvalidInput):
        encode_scores("acc", values, ids)
