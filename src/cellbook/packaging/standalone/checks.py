"""The recorded tests of a bundle: each an input and what the model made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .models import Loaded, inside
from .values import decode_input, difference, read_json


def run_checks(folder: Path, loaded: Loaded) -> list[dict[str, str]]:
    """Run each recorded test; return its name and what went wrong, empty if nothing did."""
    schema = loaded.signature.get("inputs", {})
    done = []
    for test in read_json(folder / "tests.json")["tests"]:
        done.append({"name": test["name"], "problem": _run(folder, loaded, schema, test)})
    return done


def _run(folder: Path, loaded: Loaded, schema: Any, test: Any) -> str:
    try:
        made = loaded.predict(decode_input(read_json(inside(folder, test["input"])), schema))
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:500]
    told = difference(read_json(inside(folder, test["expected"])), made)
    return told and f"what it predicts is not what was recorded: {told}"
