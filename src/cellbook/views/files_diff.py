"""How the files of two versions of a folder differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cellbook.datasets.listings import Entry

_NAMED = 200
"""Files that are named, at most."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is new, gone or another one."""

    path: str
    """Relative to the folder."""
    before: int | None
    """Bytes; None where it was not there."""
    after: int | None


@dataclass(frozen=True, slots=True)
class FilesDifference:
    """How many files are new, gone and changed."""

    added: int
    removed: int
    changed: int
    same: int
    examples: tuple[FileChange, ...] = ()
    """The first of them by path, those that changed before those that are new or gone."""


def files_difference(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> FilesDifference:
    """Return how two listings differ, by path."""
    both = sorted(before.keys() & after.keys())
    changed = [path for path in both if before[path] != after[path]]
    added, removed = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    examples = [
        *(FileChange(path, before[path].size, after[path].size) for path in changed[:_NAMED]),
        *(FileChange(path, None, after[path].size) for path in added[:_NAMED]),
        *(FileChange(path, before[path].size, None) for path in removed[:_NAMED]),
    ]
    return FilesDifference(
        len(added), len(removed), len(changed), len(both) - len(changed), tuple(examples[:_NAMED])
    )
