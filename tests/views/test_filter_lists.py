from __future__ import annotations

import math
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.book import Book
from cellbook.views.filters import parse_filter

_NUMBERS = ["1", "1.0", "0.5", "1e0", "nan", "inf", "1" + "0" * 30]
_LOOSE = [
    *_NUMBERS, "true", "False", "abc", "'1'", "'1.0'", "'true'", "'nan'", "'inf'", "'None'",
    "'[1]'", "'{''a'': 1}'", "'[True, ''a'']'",
]  # fmt: skip
_VALUES = [
    None, True, False, 0, 1, 1.0, 0.5, math.nan, math.inf, 10**30, "1", "1.0", " 1", "1e0", "true",
    "FALSE", "nan", "inf", "abc", "[1]", [1], [True, "a"], {"a": 1},
]  # fmt: skip


@given(
    st.one_of(
        st.tuples(st.just("metrics"), st.lists(st.sampled_from(_NUMBERS), min_size=1, max_size=5)),
        st.tuples(st.just("params"), st.lists(st.sampled_from(_LOOSE), min_size=1, max_size=5)),
    ),
    st.sampled_from(_VALUES),
)
def test_in_finds_what_equality_finds(asked: tuple[str, list[str]], value: Any) -> None:
    group, items = asked
    listed = parse_filter(f"{group}.x IN ({', '.join(items)})")
    equal = parse_filter(" or ".join(f"{group}.x = {item}" for item in items))
    assert listed is not None
    assert equal is not None
    assert listed({group: {"x": value}}) == equal({group: {"x": value}})
    assert not listed({})


@pytest.mark.alone
@pytest.mark.parametrize("field", ["params.a", "metrics.m", "run_number"])
def test_a_long_list_costs_each_run_one_test(opened: Book, field: str) -> None:
    for number in range(300):
        with opened.start_run(f"no {number}", params={"a": number}) as run:
            run.log_metric("m", number)
    begin = time.perf_counter()
    found = opened.search_runs(f"{field} IN ({', '.join(map(str, range(200, 20_200)))})")
    assert len(found) == (101 if field == "run_number" else 100)
    assert time.perf_counter() - begin < 1.5
