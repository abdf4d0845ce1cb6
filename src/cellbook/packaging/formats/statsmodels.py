"""Results of statsmodels, which knows no format but a pickle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cellbook.packaging.formats import callables
from cellbook.packaging.formats.base import Saved, kind_of, roots

_NOTE = "It is a pickle, as statsmodels has no other format."


def claims(model: Any) -> bool:
    """Whether it is of statsmodels', and fitted."""
    return roots(model)[0] == "statsmodels" and hasattr(model, "predict")


def save(model: Any, folder: Path) -> Saved:
    """Pickle it, with the data that it was fitted on, as statsmodels does."""
    made = callables.save_pickle(model, folder, "predict", (_NOTE,))
    return Saved(
        about={**made.about, "kind": kind_of(model)},
        method=made.method,
        modules=made.modules | {"statsmodels"},
        canonical=made.canonical,
        sources=made.sources,
        notes=made.notes,
    )
