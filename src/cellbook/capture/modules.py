"""The local modules that a process has imported: code that no package and no commit tells of."""

from __future__ import annotations

import sysconfig
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

_LARGEST = 2 * 2**20
"""Bytes of a module that is kept."""
_MOST = 500
_MAIN = ("__main__", "__mp_main__")


def local_modules(modules: Mapping[str, ModuleType], home: Path) -> dict[str, bytes]:
    """Return the texts of modules that lie below a folder and belong to no installed package.

    Parameters
    ----------
    modules
        ``sys.modules``.
    home
        The folder.

    Returns
    -------
    dict
        The place below `home`, with forward slashes, to the text: as it was loaded where the loader
        knows that, else as it is there.
    """
    top = home.resolve()
    installed = tuple(
        {str(Path(path).resolve()) for path in sysconfig.get_paths().values() if path}
    )
    found: dict[str, bytes] = {}
    for called, module in list(modules.items()):
        name = getattr(module, "__file__", None)
        if not isinstance(name, str) or not name.endswith(".py") or not name.startswith(str(home)):
            continue
        place = Path(name).resolve()
        inside = place.is_relative_to(top) and not str(place).startswith(installed)
        if called in _MAIN or "site-packages" in place.parts or not inside or len(found) >= _MOST:
            continue
        text = getattr(getattr(module, "__loader__", None), "recorded_text", None)
        try:
            if not isinstance(text, bytes) and place.stat().st_size <= _LARGEST:
                text = place.read_bytes()
        except OSError:
            continue
        if isinstance(text, bytes):
            found[place.relative_to(top).as_posix()] = text
    return found
