"""The script that writes the server's structs as TypeScript."""

from __future__ import annotations

import dataclasses
import importlib.util
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "labextension" / "generate_types.py"


def writer() -> Any:
    spec = importlib.util.spec_from_file_location("generate_types", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Writer()


def struct(module: str) -> type:
    made = dataclasses.make_dataclass("Shown", [("text", str)])
    made.__module__ = module  # From Python 3.13 on a namespace does not say it.
    return made


def test_a_struct_is_written_once() -> None:
    one, shown = writer(), struct("views.one")
    assert one.reference(shown) == one.reference(tuple[shown, shown]).split(",")[0][1:] == "Shown"


def test_two_structs_of_one_name_are_refused() -> None:
    one = writer()
    one.reference(struct("views.one"))
    with pytest.raises(TypeError, match=r"views\.two and views\.one both have a struct Shown"):
        one.reference(struct("views.two"))
