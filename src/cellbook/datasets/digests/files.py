"""Digests of single files: the SHA-256 of their bytes, as ``sha256sum`` has it."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from cellbook.datasets.content import Content
from cellbook.errors import InvalidInput

SHA256 = "sha256"

_BLOCK = 1 << 21
_SMALL = 1 << 22


def digest_file(path: Path) -> Content:
    """Return what is known of a file.

    Raises
    ------
    InvalidInput
        If it cannot be read, or changes meanwhile.
    """
    try:
        modified = path.stat().st_mtime_ns // 1000
    except OSError as error:
        raise unreadable(path, error) from None
    digest, size = hash_file(path)
    text = f"{SHA256}:{digest.hex()}"
    return Content("file", text, size, source=str(path), modified=modified)


def hash_file(path: str | Path) -> tuple[bytes, int]:
    """Return the SHA-256 of a file, and its size in bytes.

    Raises
    ------
    InvalidInput
        If it cannot be read, or changes meanwhile.
    """
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - quicker, of 100,000 files
            before = os.fstat(file.fileno())
            digest, size = hash_stream(file, before.st_size)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise unreadable(path, error) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise InvalidInput(
            f"The file {str(path)!r} changed while it was read. Track it again when whatever "
            "writes it is done."
        )
    return digest, size


def hash_stream(file: BinaryIO, size: int = _BLOCK) -> tuple[bytes, int]:
    """Return the SHA-256 of what is left of an open file, and how many bytes that is; `size` is
    about how many are expected."""
    hasher = hashlib.sha256()
    total = 0
    if size <= _SMALL:
        while data := file.read(_SMALL):
            hasher.update(data)
            total += len(data)
        return hasher.digest(), total
    # While one buffer is hashed, the other is filled; neither holds the interpreter's lock.
    buffers = bytearray(_BLOCK), bytearray(_BLOCK)
    with ThreadPoolExecutor(1, "cellbook-reading") as pool:
        turn = 0
        reading = pool.submit(file.readinto, buffers[turn])  # type: ignore[attr-defined]
        while count := reading.result():
            full, turn = buffers[turn], 1 - turn
            reading = pool.submit(file.readinto, buffers[turn])  # type: ignore[attr-defined]
            hasher.update(memoryview(full)[:count])
            total += count
    return hasher.digest(), total


def unreadable(path: str | Path, error: OSError) -> InvalidInput:
    """Return what is said of a file or folder that cannot be read."""
    return InvalidInput(
        f"{str(path)!r} cannot be read ({error.strerror or error}). Make it readable, then track "
        "it again."
    )
