"""The notebook's door: records what a shell runs, and adds the magics."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from cellbook.ipython.hooks import Extension

_extensions: WeakKeyDictionary[Any, Extension] = WeakKeyDictionary()


def load(shell: Any) -> None:
    """Begin to record what `shell` runs; a second call changes nothing."""
    if shell not in _extensions:
        _extensions[shell] = Extension(shell)
    _extensions[shell].load()


def unload(shell: Any) -> None:
    """Stop recording, and take the magics away; an open run stays open."""
    if shell in _extensions:
        _extensions[shell].unload()
