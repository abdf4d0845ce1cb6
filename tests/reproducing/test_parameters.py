"""Values that stand for those that cells assign."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput
from cellbook.reproducing.parameters import (
    check_params,
    params_cell,
    read_param,
    settable,
    with_params,
)


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("lr = 0.1", "lr = 0.5"),
        ("lr: float = 0.1  # slow", "lr: float = 0.5  # slow"),
        ("x = 'ä'; lr = 0.1; fit(lr)", "x = 'ä'; lr = 0.5; fit(lr)"),
        ("lr = (\n    0.1\n)\nfit(lr)", "lr = (\n    0.5\n)\nfit(lr)"),
        ("%time fit()\nlr = 0.1", "%time fit()\nlr = 0.5"),
        ("%%time\nlr = 0.1\nfit(lr)", "%%time\nlr = 0.5\nfit(lr)"),
        ("lr = 0.1\nlr = lr / 2", "lr = 0.5\nlr = 0.5"),
        ("lr = 0.1\n%track_run a lr=0.1 n=3", "lr = 0.5\n%track_run a lr=0.5 n=3"),
        ("lr = 0.1\n%track_run a lr=lr", "lr = 0.5\n%track_run a lr=lr"),
        ("lr = rate(\n  's'\n)", "lr = 0.5"),
    ],
)
def test_what_a_cell_assigns_is_replaced(source: str, changed: str) -> None:
    assert with_params([source], {"lr": 0.5}) == [changed]


@pytest.mark.parametrize(
    "source",
    ["fit(lr=0.1)", "def f():\n    lr = 0.1", "x.lr = 0.1", "lr, n = 0.1, 2", "this is no Python"],
)
def test_what_is_no_assignment_at_the_top_is_left_alone(source: str) -> None:
    with pytest.raises(InvalidInput, match=r"No cell assigns 'lr' .*plain value there: path"):
        with_params([source, "path = 'a.csv'"], {"lr": 0.5})


def test_each_cell_that_assigns_it_has_it_and_others_are_as_they_were() -> None:
    cells = ["a = 1", "b = a", "a = 2"]
    assert with_params(cells, {"a": "x"}) == ["a = 'x'", "b = a", "a = 'x'"]
    assert with_params(cells, {}) == cells
    assert list(settable("a = 1\nb = f()\nc: list = [2]")) == ["a", "c"]


@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "c"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False,
            allow_infinity=False), lambda some: st.lists(some) | st.dictionaries(st.text(), some),
            max_leaves=5,
        ),
    )
)  # fmt: skip
def test_any_value_that_has_a_literal_arrives(params: dict[str, Any]) -> None:
    (changed,) = with_params(["a = 1; b = 'ü'\nc = [\n 1,\n]  # end"], check_params(params))
    found = {
        node.targets[0].id: ast.literal_eval(node.value)  # type: ignore[attr-defined]
        for node in ast.parse(changed).body
    }
    assert found == {"a": 1, "b": "ü", "c": [1], **params}
    assert changed.endswith("  # end")


def test_what_has_no_literal_is_refused() -> None:
    for value in (float("nan"), float("inf"), object(), {1, 2}.__iter__(), b"x".__len__):
        with pytest.raises(InvalidInput, match="The parameter 'a' is a "):
            check_params({"a": value})
    with pytest.raises(InvalidInput, match="as a variable is"):
        check_params({"a b": 1})


def test_params_of_a_command_line() -> None:
    assert read_param("lr=0.1") == ("lr", 0.1)
    assert read_param("path=new=1.csv") == ("path", "new=1.csv")
    assert read_param("name='7'") == ("name", "7")
    with pytest.raises(InvalidInput, match="NAME=VALUE"):
        read_param("lr")
    assert params_cell({"a": 1, "b": "x"}) == "# Parameters\na = 1\nb = 'x'"
