from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cellbook.views.checkpoint_text import place_text
from cellbook.views.value_diff import compare_values


class Sly:
    def __eq__(self, other: object) -> bool:
        raise AssertionError("code of a value was run")

    __hash__ = None  # type: ignore[assignment]
    __repr__ = __str__ = __eq__  # type: ignore[assignment]


def changed(array: Any, places: dict[Any, Any]) -> Any:
    made = array.copy()
    for place, value in places.items():
        made[place] = value
    return made


ROWS = np.arange(12.0).reshape(3, 4)
FRAME = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None]}, index=[10, 20, 30])


@pytest.mark.parametrize(
    ("before", "after", "detail", "places"),
    [
        (ROWS, changed(ROWS, {(1, 2): -1}), "1 of 12 values (8.33 %)", ["[1, 2]  6 → -1"]),
        (np.array(1.5), np.array(2.5), "1 of 1 values (100 %)", ["[]  1.5 → 2.5"]),
        (np.array([np.nan, 1]), np.array([np.nan, 2]), "1 of 2 values (50 %)", ["[1]  1 → 2"]),
        (
            np.array(["a\x1b "]),
            np.array(["<b>"]),
            "1 of 1 values (100 %)",
            [r"[0]  'a\x1b ' → '<b>'"],
        ),
        (
            np.zeros(9),
            np.ones(9),
            "9 of 9 values (100 %)",
            [f"[{place}]  0 → 1" for place in range(4)],
        ),
        (ROWS, ROWS.T, "", []),
        (
            FRAME,
            FRAME.assign(a=[1, 9, 3]),
            "1 of 3 rows (33.3 %) in a",
            ["row 20, a  2 → 9"],
        ),
        (FRAME, FRAME.assign(new=1.5), "new columns: new", ["new  + 1.5, 1.5, 1.5"]),
        (FRAME, FRAME[["a"]], "columns gone: b", ["b  - 'x', 'y', nan"]),
        (FRAME, FRAME.iloc[:2], "-1 rows", []),
        (FRAME["a"], FRAME["a"] + 1, "3 of 3 rows (100 %) in value", None),
        ([1, 2], [1, 3, "new"], "+1 items", ["[1]  2 → 3", "[2]  + 'new'"]),
        ([1, None], [1], "-1 items", ["[1]  - None"]),
        ([Sly(), 1], [Sly(), 2], "", ["[1]  1 → 2"]),
        ([Sly()], [3], "", ["[0]  Sly object → 3"]),
        (
            {"lr": 0.1, "gone": 1},
            {"lr": 0.2, "new": [1, 2]},
            "new keys: new; keys gone: gone",
            ["['lr']  0.1 → 0.2", "['new']  + list of 2", "['gone']  - 1"],
        ),
        ({1, 2}, {2, 3}, "", ["- 1", "+ 3"]),
        ({"k\n\x1b[31m": 1}, {}, r"keys gone: 'k\n\x1b[31m'", [r"['k\n\x1b[31m']  - 1"]),
        (1, "1", "", []),
        (["y" * 500], ["x" * 500], "", None),
    ],
)
def test_first_places_are_shown(before: Any, after: Any, detail: str, places: Any) -> None:
    found = compare_values(before, after)
    assert found.detail == detail
    assert not found.same
    if places is not None:
        assert [place_text(place) for place in found.places] == places
    assert all(
        len(part) <= 32
        for place in found.places
        for part in (place.where, place.before, place.after)
    )


@pytest.mark.parametrize("value", [ROWS, FRAME, FRAME["b"], np.array([np.nan])])
def test_equal_values_are_the_same(value: Any) -> None:
    assert compare_values(value, value.copy()).same


def test_first_places_of_a_large_array_are_found_quickly() -> None:
    before = np.zeros(5_000_000, np.uint8)
    after = np.ones(5_000_000, np.uint8)
    assert [place.where for place in compare_values(before, after).places] == [
        "[0]",
        "[1]",
        "[2]",
        "[3]",
    ]
