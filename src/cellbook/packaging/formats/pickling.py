"""The format of last resort: cloudpickle, by value what a fresh environment would not have."""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import inspect
import io
import sys
import sysconfig
import types
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import cloudpickle

from cellbook.errors import InvalidInput, one_line
from cellbook.packaging.pickles import PickleContent, dump, read_pickle

_ROUNDS = 8
"""Local modules may use local modules, and these others."""


def pickle_model(
    model: Any, write: Callable[[Any, Any], None] = dump
) -> tuple[bytes, PickleContent, dict[str, str]]:
    """Pickle a model, with all of it that is not installed.

    Functions and classes of the notebook, and of modules that lie beside it, travel by value; the
    source of these is returned too, so that a person can read it.

    Parameters
    ----------
    model
        The model.
    write
        What pickles an object into a file.

    Returns
    -------
    tuple
        The pickle, what it says, and sources by file name.

    Raises
    ------
    InvalidInput
        If it cannot be pickled.
    """
    taken: list[types.ModuleType] = []
    try:
        for _ in range(_ROUNDS):
            file = io.BytesIO()
            try:
                write(model, file)
            except Exception as error:
                raise InvalidInput(
                    f"The model cannot be saved: {one_line(error)}. Files, connections, locks and "
                    "generators cannot be: make them where they are used, or leave them out in "
                    "__getstate__."
                ) from error
            content = read_pickle(file.getvalue())
            local = [one for one in _local_modules(content.imports) if one not in taken]
            if not local:
                break
            for module in local:
                cloudpickle.register_pickle_by_value(module)
                taken.append(module)
        return file.getvalue(), content, _sources(model, taken)
    finally:
        for module in taken:
            cloudpickle.unregister_pickle_by_value(module)


def modules_of(imports: Iterable[str]) -> frozenset[str]:
    """Return the top-level modules of names."""
    return frozenset(name.partition(".")[0] for name in imports) - {"?", "builtins"}


def is_installed(root: str) -> bool:
    """Whether a top-level module comes with Python or with an installed distribution."""
    if root in sys.stdlib_module_names or root in ("builtins", "cellbook"):
        return True
    module = sys.modules.get(root)
    origin = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)
    if root == "__main__" or origin is None:
        return root != "__main__"
    place = Path(origin).resolve()
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {
        entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")
    }
    return any(place.is_relative_to(Path(folder).resolve()) for folder in folders if folder)


def _local_modules(imports: Iterable[str]) -> list[types.ModuleType]:
    local = []
    for root in sorted(modules_of(imports)):
        if root != "__main__" and not is_installed(root):
            local.append(sys.modules[root])
    return local


def _sources(model: Any, modules: list[types.ModuleType]) -> dict[str, str]:
    found = {}
    own = model if isinstance(model, types.FunctionType) else type(model)
    if own.__module__ == "__main__":
        # Where it was typed may be gone; the pickle has the code itself.
        with contextlib.suppress(OSError, TypeError):
            found["model.py"] = inspect.getsource(own)
    for module in modules:
        files = {name: one for name, one in sys.modules.items() if _below(name, module.__name__)}
        for name, one in sorted(files.items()):
            with contextlib.suppress(OSError, TypeError):
                found[f"{name}.py"] = inspect.getsource(one)
    return found


def _below(name: str, root: str) -> bool:
    return name == root or name.startswith(f"{root}.")


def distributions_of(modules: Iterable[str]) -> dict[str, str]:
    """Return the installed distributions that bring top-level modules: name to version."""
    known = _distributions(tuple((entry, _changed(entry)) for entry in sys.path))
    names = {name for module in modules for name in known.get(module, ())}
    return {name: importlib.metadata.version(name) for name in sorted(names)}


@functools.lru_cache(maxsize=1)
def _distributions(place: tuple[tuple[str, int], ...]) -> Mapping[str, list[str]]:
    """Return which distributions bring which modules, while nothing is installed or taken away: to
    find out takes half a second."""
    return importlib.metadata.packages_distributions()


def _changed(entry: str) -> int:
    try:
        return Path(entry or ".").stat().st_mtime_ns
    except OSError:
        return 0
