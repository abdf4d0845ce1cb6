"""Data sets: which contents there were under a name, and which run used which as what."""

from cellbook.datasets.aliases import AliasMove
from cellbook.datasets.aliases import moves as alias_moves
from cellbook.datasets.kept import kept_keys
from cellbook.datasets.room import Datasets, Tracked
from cellbook.datasets.versions import (
    dataset_versions,
    imply,
    keep_version,
    new_version,
    versions_ever,
)

__all__ = [
    "AliasMove",
    "Datasets",
    "Tracked",
    "alias_moves",
    "dataset_versions",
    "imply",
    "keep_version",
    "kept_keys",
    "new_version",
    "versions_ever",
]
