"""Loads a bundle and lets it predict, with nothing of Cellbook but this folder.

A copy of it lies in each bundle as ``code/cellbook_bundle``: so mlflow reads the bundle, and a
clean environment checks it (``python -m cellbook_bundle FOLDER``), where Cellbook is not installed.
Cellbook itself never runs the copy in a bundle; it runs this.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .conforming import SignatureError, conform
from .models import ConsentNeeded, Loaded, load

__all__ = ["ConsentNeeded", "Loaded", "SignatureError", "conform", "load"]


class _PyFunc:
    """What mlflow asks to predict."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded

    def predict(self, data: Any, params: Any = None) -> Any:
        """Return what the model predicts for `data`; the bundle takes no parameters."""
        return self._loaded.predict(data)


def _load_pyfunc(path: str) -> _PyFunc:
    """Load the bundle in `path`, as mlflow asks for it.

    Whoever calls mlflow has agreed to pickles, unless MLFLOW_ALLOW_PICKLE_DESERIALIZATION says no.
    """
    said = os.environ.get("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "true").lower()
    return _PyFunc(load(Path(path), trust=said in ("true", "1")))
