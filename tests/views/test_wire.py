from __future__ import annotations

import json
import math
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.records import CellState, RunRecord, RunState
from cellbook.views.wire import encode, finite


class Way(Enum):
    UP = "up"


@dataclass(frozen=True, slots=True)
class Struct:
    way: Way
    inner: Any


def test_struct_is_an_object_of_its_fields() -> None:
    struct = Struct(Way.UP, (Struct(Way.UP, None), CellState.OK, MappingProxyType({"a": 1})))
    expected = {"way": "up", "inner": [{"way": "up", "inner": None}, "ok", {"a": 1}]}
    assert json.loads(encode(struct)) == expected
    assert finite(struct) == expected


def test_record_has_all_its_fields() -> None:
    record = RunRecord("id", "name", "default", RunState.RUNNING, 1)
    assert set(json.loads(encode(record))) == set(RunRecord.__dataclass_fields__)


@pytest.mark.parametrize(
    ("value", "text"), [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")]
)
def test_number_that_json_lacks_is_text(value: float, text: str) -> None:
    assert json.loads(encode(Struct(Way.UP, [{"a": (value, 1.5)}])))["inner"] == [
        {"a": [text, 1.5]}
    ]


def test_half_a_surrogate_pair_does_no_harm() -> None:
    assert json.loads(encode({"a": "\ud800"})) == {"a": "?"}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_json_comes_through_as_it_is(value: Any) -> None:
    assert json.loads(encode(value)) == value
