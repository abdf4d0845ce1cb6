"""Which files of other cells a cell may read: told from texts, and in doubt all of them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Names:
    """The names that files may have, as far as a text tells."""

    texts: frozenset[str] = frozenset()
    open: bool = False
    """Whether they may be others than the texts."""

    def meets(self, other: Names) -> bool:
        """Whether a file may have a name of both."""
        if self.open or other.open:
            mine, its = self.endings(), other.endings()
            return not mine or not its or not mine.isdisjoint(its)
        return any(_meet(one, another) for one in self.texts for another in other.texts)

    def endings(self) -> set[str]:
        """Return the suffixes of the texts; none if a file may have any."""
        return {end.lower() for one in self.texts if (end := posixpath.splitext(one)[1])}


def _meet(one: str, other: str) -> bool:
    one, other = posixpath.normpath(one), posixpath.normpath(other)
    return (
        one == other
        or one.startswith(f"{other}/")
        or other.startswith(f"{one}/")
        or (posixpath.basename(one) == posixpath.basename(other) != "")
    )


@dataclass(slots=True)
class Written:
    """What one execution may have written."""

    place: int
    names: Names
    handles: list[Any] = field(default_factory=list)
    """Bindings of what it opened: who writes to these, or closes them, writes the file."""
