"""Books in which a real kernel has recorded cells."""

from __future__ import annotations

from pathlib import Path

from cellbook.book import Book
from tests.ipython.kernels import kernel, open_book


def record(folder: Path, *sources: str) -> Book:
    """Run cells in a kernel that records; return the book."""
    with kernel(folder) as k:
        k.run("%load_ext cellbook", "c0")
        for number, source in enumerate(sources, 1):
            k.run(source, f"c{number}")
        k.close(gently=True)
    return open_book(folder)
