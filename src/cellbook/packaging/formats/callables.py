"""Whatever predicts or can be called: functions of a notebook, of local modules, own classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cellbook.errors import InvalidInput
from cellbook.packaging.formats.base import Saved, kind_of
from cellbook.packaging.formats.pickling import modules_of, pickle_model

FILE = "model.pkl"


def claims(model: Any) -> bool:
    """Whether this format is for it: it is for all that no other is for."""
    return True


def save(model: Any, folder: Path) -> Saved:
    """Pickle it.

    Raises
    ------
    InvalidInput
        If it neither predicts nor can be called, or cannot be pickled.
    """
    if isinstance(model, type) or not (hasattr(model, "predict") or callable(model)):
        raise InvalidInput(
            f"A {kind_of(model)} is no model: it has no predict and cannot be called. Give a "
            "fitted model, or a function of its input."
        )
    return save_pickle(model, folder, "predict" if hasattr(model, "predict") else "")


def save_pickle(model: Any, folder: Path, method: str, notes: tuple[str, ...] = ()) -> Saved:
    """Pickle a model of any kind."""
    data, content, sources = pickle_model(model)
    (folder / FILE).write_bytes(data)
    return Saved(
        about={
            "format": "pickle",
            "kind": kind_of(model),
            "file": FILE,
            "imports": list(content.imports),
        },
        method=method,
        modules=modules_of(content.imports) | {"cloudpickle"},
        canonical={FILE: content.digest},
        sources=sources,
        notes=notes,
    )
