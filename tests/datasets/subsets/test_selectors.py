"""The statements that made some data: the last that assigned it, and what that was made of."""

from __future__ import annotations

import linecache
import sys
from typing import Any

import numpy as np
import pytest

from cellbook.datasets.subsets.selectors import selector_of, user_frame

_TOLD: list[str] = []


class Model:
    def __init__(self, whole: Any = None, earlier: tuple[str, ...] = ()) -> None:
        self.whole, self.earlier = whole, earlier

    def fit(self, data: Any) -> None:
        frame = user_frame(sys._getframe(1))
        _TOLD.append(selector_of(frame, data, self.earlier, lambda one: one is self.whole))


def run(source: str, **names: Any) -> str:
    """Run a cell as a kernel does, with its source where tracebacks look for it."""
    file = f"<cell {len(_TOLD)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), {"np": np, **names})
    return _TOLD[-1]


WHOLE = np.arange(20)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = data[data > 3]\nmodel.fit(a)\na = 1", "a = data[data > 3]"),
        ("model.fit(data[2:4])", "model.fit(data[2:4])"),
        (
            "mask = data > 2\na = data[mask]\nb, c = a[:3], a[3:]\nmodel.fit(c)",
            "mask = data > 2\na = data[mask]\nb, c = a[:3], a[3:]",
        ),
        ("def go():\n    a = data[5:]\n    model.fit(a)\na = 0\ngo()", "a = data[5:]"),
        ("a = data[1:]\nfor one in (1, 2):\n    model.fit(a)", "a = data[1:]"),
        ("model.fit(data)", ""),
    ],
)
def test_statements_are_told_in_their_order(source: str, expected: str) -> None:
    assert run(source, data=WHOLE, model=Model(WHOLE)) == expected


def test_earlier_cells_are_looked_through_the_newest_first() -> None:
    earlier = ("%matplotlib inline\npart = whole[4:]", "part = whole[:2]", "this is no Python")
    names = {"whole": WHOLE, "part": WHOLE[4:], "model": Model(WHOLE, earlier)}
    assert run("model.fit(part)", **names) == "part = whole[4:]"


def test_long_texts_are_cut() -> None:
    source = f"a = data[[{', '.join(['1'] * 2000)}]]\nmodel.fit(a)"
    assert len(run(source, data=WHOLE, model=Model(WHOLE))) == 2_000
