from __future__ import annotations

import inspect

import pytest

from cellbook import errors
from cellbook.errors import CellbookError, QuerySyntaxError


def test_tree_in_docstring_names_every_error() -> None:
    assert errors.__doc__ is not None
    for name, value in vars(errors).items():
        if inspect.isclass(value) and issubclass(value, CellbookError):
            assert name in errors.__doc__


@pytest.mark.parametrize(
    ("query", "position", "line", "caret"),
    [
        ("a = = b", 4, "a = = b", 4),
        ("x = 1\nand ? = 2", 10, "and ? = 2", 4),
        ("a" * 100 + "!" + "b" * 100, 100, "… " + "a" * 60 + "!" + "b" * 59 + " …", 62),
        ("", 0, "", 0),
        ("a =", 3, "a =", 3),
    ],
)
def test_syntax_error_points_at_the_place(query: str, position: int, line: str, caret: int) -> None:
    error = QuerySyntaxError("Something is wrong.", query, position)
    assert str(error) == f"Something is wrong.\n  {line}\n  {' ' * caret}^"
