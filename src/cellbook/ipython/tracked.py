"""What a cell puts on record as data, and what it is called there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cellbook.capture import TrackedData
from cellbook.datasets import Datasets
from cellbook.records import DatasetVersion

_PLACES = ("file", "folder", "glob")


class Noticed:
    """Notes what is tracked while a cell runs.

    Parameters
    ----------
    namespace
        Gives the variables of the user.
    """

    def __init__(self, namespace: Callable[[], Mapping[str, Any]]) -> None:
        self._namespace = namespace
        self._found: list[tuple[DatasetVersion, int, tuple[str, ...]]] = []

    def note(self, version: DatasetVersion, data: Any) -> None:
        """Take note of data as it is tracked, in the thread that does."""
        variables = self._namespace()
        line, frame = 0, sys._getframe(1)
        while frame is not None:
            if frame.f_globals is variables and frame.f_code.co_name == "<module>":
                line = frame.f_lineno
                break
            frame = frame.f_back  # type: ignore[assignment]
        names = [
            name
            for name, value in list(variables.items())
            if value is data and not name.startswith("_")
        ]
        self._found.append((version, line, tuple(names)))

    def taken(self, folder: Path) -> list[TrackedData]:
        """Return what was tracked since the last time; `folder` is that of the book."""
        found, self._found = self._found, []
        return [
            TrackedData(
                version.dataset_id,
                line,
                names,
                str((folder / version.source).resolve()) if version.kind in _PLACES else "",
            )
            for version, line, names in found
        ]


def versions_at(datasets: Datasets, folder: Path) -> Callable[[str], str | None]:
    """Return what gives the version that a file is, by its path; None where it is none.

    A file that was changed since it was tracked last is no version that is known.
    """
    known: dict[str, DatasetVersion] = {}

    def find(path: str) -> str | None:
        if not known:
            placed = [one for one in datasets.all() if one.kind in ("file", "folder")]
            for one in sorted(placed, key=lambda one: one.tracked):
                known[str((folder / one.source).resolve())] = one
        place = Path(path)
        for at in (place, *place.parents) if known else ():
            version = known.get(str(at))
            if version is not None and version.kind == ("file" if at == place else "folder"):
                try:
                    changed = place.stat().st_mtime_ns // 1_000_000
                except OSError:
                    return None
                return version.dataset_id if changed <= version.tracked else None
        return None

    return find
