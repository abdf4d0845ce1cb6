"""LightGBM's boosters as its own text; its models in scikit-learn's manner are skops'."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cellbook.packaging.formats.base import Saved, kind_of, version_of

FILE = "model.txt"


def claims(model: Any) -> bool:
    """Whether it is a booster."""
    return kind_of(model) == "lightgbm.basic.Booster"


def save(model: Any, folder: Path) -> Saved:
    """Write it as LightGBM does."""
    (folder / FILE).write_text(model.model_to_string(), encoding="utf-8", newline="\n")
    return Saved(
        about={"format": "lightgbm", "kind": kind_of(model), "file": FILE, "imports": []},
        method="predict",
        modules=frozenset({"lightgbm", "pandas"}),
        flavors={
            "lightgbm": {
                "data": f"model/{FILE}",
                "model_class": kind_of(model),
                "lgb_version": version_of("lightgbm"),
                "code": "code",
            }
        },
    )
