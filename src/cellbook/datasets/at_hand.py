"""Data that was tracked in this process and is still in its memory."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from typing import Any

from cellbook.records import DatasetVersion

_MOST = 100


class AtHand:
    """Finds tracked data again, as long as somebody else holds it.

    Nothing is kept alive by it.  Whoever takes data from here looks at its content anew: it may
    have been changed in place.
    """

    def __init__(self) -> None:
        self._refs: dict[str, weakref.ref[Any]] = {}
        self.told: Callable[[DatasetVersion, Any], None] = lambda version, data: None
        """Hears of what is tracked, as it is; set by whoever knows what the data is called."""

    def note(self, version: DatasetVersion, data: Any) -> None:
        """Remember what a version was made of."""
        self.told(version, data)
        if isinstance(data, (str, os.PathLike)):
            return
        try:
            reference = weakref.ref(data)
        except TypeError:  # What is written in C, as Arrow's tables, may know no weak references.
            return
        self._refs.pop(version.dataset_id, None)
        self._refs[version.dataset_id] = reference
        while len(self._refs) > _MOST:
            del self._refs[next(iter(self._refs))]

    def get(self, version: DatasetVersion) -> Any:
        """Return the data of a version as it is now; None where it is gone."""
        reference = self._refs.get(version.dataset_id)
        return None if reference is None else reference()
