"""What labextension/ is built into for pages outside JupyterLab's own front end.

``panels.js`` are the panels of cells' outputs, ``plotly.js`` draws for them and for JupyterLab's
side; both are committed, as Node is for developers only, and the test command builds them anew.
"""

from __future__ import annotations

import functools
from pathlib import Path

NAMES = ("panels.js", "plotly.js")


def path(name: str) -> Path:
    """Return where one of :data:`NAMES` lies.

    Raises
    ------
    KeyError
        If it is none of them.
    """
    if name not in NAMES:
        raise KeyError(name)
    return Path(__file__).parent / name


@functools.cache
def content(name: str) -> bytes:
    """Return the bytes of one of :data:`NAMES`."""
    return path(name).read_bytes()
