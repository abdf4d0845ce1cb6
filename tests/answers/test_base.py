from __future__ import annotations

from typing import Any

import pytest

from cellbook.answers import ComparisonQuery, LinesQuery, read_struct
from cellbook.errors import InvalidInput


def deep(levels: int) -> list[Any]:
    """Return lists in lists."""
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


def test_a_question_is_read_from_json() -> None:
    given = {"runs": ["a", "b"], "metric": "acc", "smoothing": 0, "low": 3}
    found = read_struct(LinesQuery, given)
    assert found == LinesQuery(runs=("a", "b"), metric="acc", smoothing=0.0, low=3.0)
    assert type(found.smoothing) is float


@pytest.mark.parametrize(
    ("kind", "given", "told"),
    [
        (ComparisonQuery, {"baseline": -1}, "at least 0"),
        (ComparisonQuery, {"baseline": True}, "cannot be True"),
        (ComparisonQuery, {"runs": "ab"}, "cannot be 'ab'"),
        (ComparisonQuery, {"runs": [1]}, r"cannot be \[1\]"),
        (ComparisonQuery, {"run": []}, "no 'run' to ask for, but runs, baseline"),
        (LinesQuery, {"runs": []}, "has no 'metric'"),
        (LinesQuery, {"runs": [], "metric": "a", "points": 10**6}, "at most 10000"),
        (LinesQuery, {"runs": [], "metric": "a", "points": 10**5000}, "not that int"),
        (LinesQuery, {"runs": [], "metric": "a", "low": 10**400}, "so large a number"),
        (LinesQuery, {"runs": [], "metric": 10**5000}, "cannot be that int"),
        (LinesQuery, {"runs": [], "metric": deep(100_000)}, "cannot be that list"),
        (LinesQuery, {"runs": [], "metric": "x", "low": "y" * 10_000}, "cannot be 'yyy.{,90}$"),
    ],
)
def test_what_is_no_question_is_told(kind: type, given: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read_struct(kind, given)
