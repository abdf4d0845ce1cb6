"""What code changes of its process that no name tells: working folder, environment, settings."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from typing import Any

FIGURES = "figures"
"""Figures that pyplot would go on drawing in."""


def process_now() -> dict[str, Any]:
    """Return where the process stands; some 10 µs.  Only what is imported already is asked."""
    found: dict[str, Any] = {"path": tuple(sys.path)}
    with contextlib.suppress(OSError):
        found["folder"] = os.getcwd()  # noqa: PTH109  (a third of its time)
    with contextlib.suppress(Exception):
        found["environ"] = dict(os.environ._data)  # type: ignore[attr-defined]
    with contextlib.suppress(Exception):
        found["numpy"] = sys.modules["numpy"].geterr()
    with contextlib.suppress(Exception):
        found["sklearn"] = sys.modules["sklearn"].get_config()
    with contextlib.suppress(Exception):
        found[FIGURES] = tuple(sys.modules["matplotlib._pylab_helpers"].Gcf.figs)
    return found


def process_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what differs between two moments, and `FIGURES` if some are open at the second."""
    changed = []
    for name, state in after.items():
        if name == FIGURES:
            if state:
                changed.append(name)
        elif name in before:
            with contextlib.suppress(Exception):
                if before[name] != state:
                    changed.append(name)
    return tuple(changed)
