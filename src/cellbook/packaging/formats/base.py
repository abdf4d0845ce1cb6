"""What formats share: what was saved, and whose library a model is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Saved:
    """A model on disk, and what is to be known of it."""

    about: Mapping[str, Any]
    """What a reader needs: ``format``, ``kind`` and names of files, relative to the model's folder
    as ``file`` and ``weights``."""
    method: str
    """What predicts: the name of a method, or empty if the model itself is called."""
    modules: frozenset[str]
    """Modules that reading and predicting import: what is required is found by these."""
    flavors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What mlflow calls it, for those that want the model itself of it."""
    canonical: Mapping[str, str] = field(default_factory=dict)
    """By file, the digest of what it says, where its bytes differ from process to process."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Source of functions, classes and modules that travel by value, by file name: to be read."""
    notes: tuple[str, ...] = ()
    """What is to be said to whoever saves it."""


def kind_of(model: Any) -> str:
    """Return the full name of a model's class."""
    kind = type(model)
    return f"{kind.__module__}.{kind.__qualname__}"


def roots(model: Any) -> list[str]:
    """Return the top-level modules of a model's class and its ancestors', nearest first."""
    return [kind.__module__.partition(".")[0] for kind in type(model).__mro__]


def version_of(module: str) -> str:
    """Return the version of a module that has been imported."""
    import sys  # noqa: PLC0415

    return str(getattr(sys.modules[module], "__version__", ""))


def size_of(path: Path) -> int:
    """Return the bytes of a file."""
    return path.stat().st_size
