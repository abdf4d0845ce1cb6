"""The libraries that Cellbook can use but does not bring: asked for here and nowhere else."""

from __future__ import annotations

import importlib
from types import ModuleType

from cellbook.errors import MissingDependency

_PROJECTS = {"PIL": "Pillow", "yaml": "PyYAML"}
"""What a module's project is called, where the two differ."""


def require(name: str, extra: str, what_for: str) -> ModuleType:
    """Import an optional module, or say what brings it.

    Parameters
    ----------
    name
        The module's full name, such as ``PIL.Image``.
    extra
        The extra of Cellbook that installs it, such as ``media``.
    what_for
        What needs it, as the start of a sentence: ``Writing a table as .parquet``.

    Raises
    ------
    MissingDependency
        If it is not installed, or is and fails while it is imported.
    """
    try:
        return importlib.import_module(name)
    except Exception as error:
        root = name.partition(".")[0]
        project = _PROJECTS.get(root, root)
        if isinstance(error, ModuleNotFoundError) and error.name in (name, root):
            trouble = "which is not installed"
        else:
            trouble = f"which could not be imported ({type(error).__name__}: {error})"
        raise MissingDependency(
            f'{what_for} needs {project}, {trouble}. Mend it with: pip install "cellbook[{extra}]"',
            name=name,
        ) from error
