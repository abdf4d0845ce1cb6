"""Whether what a bundle says of itself has the shape that whoever reads it relies upon."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PICKLED = ("pickle", "torch")
"""Formats of which a part is a pickle."""

_FORMATS = ("keras", "lightgbm", "skops", "xgboost", *PICKLED)
_PYTHON = re.compile(r"\d{1,3}(\.\d{1,3}){1,2}[A-Za-z0-9+.]{0,20}")
"""It is told to pip, and stands in Dockerfiles."""


def check_about(about: Any) -> Mapping[str, Any]:
    """Return the description of a bundle, as ``bundle.json`` has it.

    Raises
    ------
    ValueError
        If it lacks something, or has something of another kind.
    KeyError, TypeError
        Likewise.
    """
    model = about["model"]
    texts = {
        "name": about["name"], "description": about["description"], "python": about["python"],
        "model.format": model["format"], "model.kind": model["kind"],
        "model.method": model["method"], "model.file": model["file"],
        "model.weights": model.get("weights", ""), "model.backend": model.get("backend", ""),
    }  # fmt: skip
    for name, text in texts.items():
        if not isinstance(text, str):
            raise TypeError(f"{name} is no text")
    for name in ("imports", "types"):
        listed = model["types"] if model["format"] == "skops" else model.get(name, [])
        listed = model["imports"] if name == "imports" else listed
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise TypeError(f"model.{name} is no list of texts")
    if not isinstance(about["facts"], dict):
        raise TypeError("facts is no object")
    if model["format"] not in _FORMATS:
        raise ValueError(f"the format {model['format']!r:.40} is known to a newer Cellbook only")
    if not _PYTHON.fullmatch(about["python"]):
        raise ValueError(f"{about['python']!r:.40} is no version of Python")
    return dict(about)
