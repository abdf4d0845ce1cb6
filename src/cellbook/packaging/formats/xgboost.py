"""XGBoost's models in its own binary JSON (UBJSON)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cellbook.packaging.formats.base import Saved, kind_of, roots, version_of

FILE = "model.ubj"


def claims(model: Any) -> bool:
    """Whether it is a model of xgboost's own; heirs of these are pickled."""
    kind = type(model)
    return roots(model)[0] == "xgboost" and bool(re.fullmatch(r"Booster|XGB\w+", kind.__name__))


def save(model: Any, folder: Path) -> Saved:
    """Write it as XGBoost does."""
    model.save_model(folder / FILE)
    return Saved(
        about={"format": "xgboost", "kind": _kind(model), "file": FILE, "imports": []},
        method="predict",
        modules=frozenset(
            {"xgboost", "pandas"} | ({"sklearn"} if hasattr(model, "fit") else set())
        ),
        flavors={
            "xgboost": {
                "data": f"model/{FILE}",
                "model_class": kind_of(model),
                "model_format": "ubj",
                "xgb_version": version_of("xgboost"),
                "code": "code",
            }
        },
    )


def _kind(model: Any) -> str:
    return f"xgboost.{type(model).__name__}"
