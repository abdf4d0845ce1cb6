from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from IPython.core.error import UsageError

from cellbook.ipython.magics.line import Line, Values


def filled(query: str, **names: Any) -> str:
    return Values(Line("%runs", query), dict(names)).query(query)


@pytest.mark.parametrize(
    ("query", "names", "said"),
    [
        ("params.p = {v}", {"v": "adam"}, "params.p = 'adam'"),
        ("params.p = {v}", {"v": "x' or name != '"}, "params.p = 'x'' or name != '''"),
        ("params.p = '{v}'", {"v": "it's"}, "params.p = 'it''s'"),
        ("params.p IN {v}", {"v": ["a", "b'c"]}, "params.p IN ('a', 'b''c')"),
        ("params.n IN {v}", {"v": np.array([1, 2])}, "params.n IN (1, 2)"),
        ("metrics.acc > {v}", {"v": 0.5}, "metrics.acc > 0.5"),
        ("metrics.acc > {v:.2f}", {"v": 0.123}, "metrics.acc > 0.12"),
        ("metrics.acc > {np.float64(1e-5)}", {"np": np}, "metrics.acc > 1e-05"),
        ("metrics.{m} > {d['x']}", {"m": "val acc", "d": {"x": 2}}, "metrics.`val acc` > 2"),
        ("metrics.{m}_val > 1", {"m": "acc"}, "metrics.acc_val > 1"),
        ("archived = {v}", {"v": True}, "archived = true"),
        ("{q}", {"q": "metrics.acc > 0.9"}, "metrics.acc > 0.9"),
    ],
)
def test_value_in_a_query_is_data(query: str, names: Mapping[str, Any], said: str) -> None:
    assert filled(query, **names) == said


@pytest.mark.parametrize(
    ("query", "value", "match"),
    [
        ("params.p = {v}", None, "IS NULL"),
        ("params.p IN {v}", [], "at least one value"),
        ("params.p = run-{v}", "x' or y", "in quotes"),
    ],
)
def test_value_that_can_be_no_part_of_a_query_is_refused(
    query: str, value: object, match: str
) -> None:
    with pytest.raises(UsageError, match=match):
        filled(query, v=value)
