"""How each library's models are written into files: safe formats first.

Each module has ``claims(model)`` and ``save(model, folder)``.  What reads them is
:mod:`..standalone.models`, which bundles carry along.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cellbook.packaging.formats import (
    callables,
    keras,
    lightgbm,
    scikit_learn,
    statsmodels,
    torch,
    xgboost,
)
from cellbook.packaging.formats.base import Saved

__all__ = ["Saved", "save_model"]

# Keras' models may be modules of PyTorch, too; whatever predicts is claimed by the last.
_FORMATS = (keras, torch, xgboost, lightgbm, statsmodels, scikit_learn, callables)


def save_model(model: Any, folder: Path) -> Saved:
    """Write a model into an existing, empty folder, in the first format that can hold it.

    Raises
    ------
    InvalidInput
        If it is no model: it neither predicts nor can be called, or it cannot be written.
    MissingDependency
        If its format needs a library that is not installed.
    """
    claimed = next(one for one in _FORMATS if one.claims(model))
    save: Callable[[Any, Path], Saved] = claimed.save
    return save(model, folder)
