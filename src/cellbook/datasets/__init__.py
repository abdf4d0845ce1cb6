"""Data sets: which contents there were under a name, and which run used which as what."""

from cellbook.datasets.room import Datasets, dataset_versions, keep_version, new_version

__all__ = ["Datasets", "dataset_versions", "keep_version", "new_version"]
