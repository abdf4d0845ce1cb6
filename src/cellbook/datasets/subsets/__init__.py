"""Subsets: which rows of tracked data went into what.

What is known of data in memory is kept by weak references (:mod:`registry`); rows are told by the
object itself, by its index, or by their values (:mod:`matching`).
"""

from cellbook.datasets.subsets.matching import same_rows
from cellbook.datasets.subsets.positions import decode, distinct, encode
from cellbook.datasets.subsets.registry import Found, Registry
from cellbook.datasets.subsets.room import Overlap, SubsetDifference, Subsets, UsedRows, shared_rows

__all__ = [
    "Found",
    "Overlap",
    "Registry",
    "SubsetDifference",
    "Subsets",
    "UsedRows",
    "decode",
    "distinct",
    "encode",
    "same_rows",
    "shared_rows",
]
