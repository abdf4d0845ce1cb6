"""Imports local modules as they were when a run was recorded, whatever lies there by now.

Called in the fresh process, before anything of the run is.  A module keeps its place, so that it
finds the files beside it; only its text is the one on record.  It needs nothing but the standard
library: a script is to find its process as empty as it was.
"""

from __future__ import annotations

import base64
import json
import linecache
import os
import posixpath
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

TEXT = "recorded_text"
"""The attribute of a loader that has the text which was loaded."""


class RecordedLoader(SourceFileLoader):
    """Loads one module from the text on record."""

    def __init__(self, name: str, path: str, content: bytes) -> None:
        super().__init__(name, path)
        self.recorded_text = content

    def get_data(self, path: str | bytes | os.PathLike[str]) -> bytes:
        """Return the text on record; of other files what is there."""
        return self.recorded_text if path == self.path else super().get_data(os.fsdecode(path))

    def path_stats(self, path: str) -> Mapping[str, object]:
        """Know no times, so that no compiled text of another time is used, or written."""
        raise OSError(path)

    def exec_module(self, module: ModuleType) -> None:
        """Run it; tracebacks and ``inspect`` show the text that ran."""
        lines = self.recorded_text.decode("utf-8", "replace").splitlines(keepends=True)
        linecache.cache[self.path] = (len(self.recorded_text), None, lines, self.path)
        super().exec_module(module)


class RecordedModules(MetaPathFinder):
    """Finds the modules on record, in the order in which the search path has their folders.

    Parameters
    ----------
    contents
        The text of each by its place below the home, with forward slashes.
    home
        The folder that these places are below.
    """

    def __init__(self, contents: Mapping[str, bytes], home: Path) -> None:
        self._contents = contents
        self._home = os.path.realpath(home)
        self._names = {
            part.removesuffix(".py") for place in contents for part in place.split("/")
        } - {"__init__"}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return how a module is loaded that is on record; None for all others."""
        name = fullname.rpartition(".")[2]
        if name not in self._names:
            return None
        folders: list[str] = []
        for entry in sys.path if path is None else path:
            place = self._place(entry)
            if place is not None:
                found = self._found(fullname, name, place)
                if found is not None:
                    return found
            there = PathFinder.find_spec(fullname, [entry])
            if there is not None and there.loader is not None:
                return None  # Another one comes first.
            below = posixpath.join(place or "", name)
            if place is not None and any(one.startswith(f"{below}/") for one in self._contents):
                folders.append(self._full(below))
        if not folders:
            return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = folders
        return spec

    def _place(self, entry: str) -> str | None:
        """Return where a folder of the search path lies below the home; None if elsewhere."""
        full = os.path.realpath(entry or ".")
        if full != self._home and not full.startswith(self._home.rstrip(os.sep) + os.sep):
            return None
        below = os.path.relpath(full, self._home).replace(os.sep, "/")
        return "" if below == "." else below

    def _found(self, fullname: str, name: str, place: str) -> ModuleSpec | None:
        for ending in (f"{name}/__init__.py", f"{name}.py"):
            where = posixpath.join(place, ending)
            if where in self._contents:
                file = self._full(where)
                loader = RecordedLoader(fullname, file, self._contents[where])
                inside = [os.path.dirname(file)] if ending.endswith("/__init__.py") else None  # noqa: PTH120
                return spec_from_file_location(
                    fullname, file, loader=loader, submodule_search_locations=inside
                )
        return None

    def _full(self, place: str) -> str:
        return os.path.join(self._home, *place.split("/"))  # noqa: PTH118


def write(place: Path, home: Path, contents: Mapping[str, bytes]) -> None:
    """Write down for a fresh process which modules are on record."""
    texts = {name: base64.b64encode(content).decode() for name, content in contents.items()}
    place.write_text(json.dumps({"home": os.fspath(home), "modules": texts}), encoding="utf-8")


def use(place: str) -> None:
    """Import from now on what :func:`write` wrote down as it was."""
    told = json.loads(Path(place).read_text(encoding="utf-8"))
    contents = {name: base64.b64decode(text) for name, text in told["modules"].items()}
    if contents:
        sys.meta_path.insert(0, RecordedModules(contents, Path(told["home"])))
