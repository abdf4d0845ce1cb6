"""The opcodes of a pickle, one by one, without holding its long byte strings."""

from __future__ import annotations

import hashlib
import io
import pickletools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from cellbook.errors import InvalidBundle

LONG = 1 << 16
"""Bytes from which a string of them is not held."""
_PIECE = 1 << 20
_OPCODES = {opcode.code.encode("latin-1"): opcode for opcode in pickletools.opcodes}
_LENGTHS = {"BINBYTES": struct.Struct("<I"), "BINBYTES8": struct.Struct("<Q")}
_LENGTHS["BYTEARRAY8"] = _LENGTHS["BINBYTES8"]


@dataclass(eq=False, slots=True)
class LongBytes:
    """A byte string that stayed where it is."""

    file: BinaryIO
    start: int
    size: int
    digest: bytes
    """Its SHA-256."""
    imports: frozenset[str] | None = None
    """What it would import if it is a pickle; None if nobody has looked."""

    def open(self) -> BinaryIO:
        """Open it as a file, which moves the one that it lies in."""
        return io.BufferedReader(_Window(self.file, self.start, self.size))


class _Window(io.RawIOBase):
    """A part of a file."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if origin + offset < 0:
            raise OSError("before its beginning")
        self._at = origin + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._start + self._at)
        found = self._file.read(max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


def read_opcodes(file: BinaryIO, most: int | None = None) -> Iterator[tuple[str, Any]]:
    """Yield names and arguments as `pickletools.genops` does; a long byte string as `LongBytes`.

    Parameters
    ----------
    file
        Can be moved in; where it was left is where the next opcode is read.
    most
        Bytes that may be held in memory; None for any number.

    Raises
    ------
    InvalidBundle
        If there are more.
    ValueError
        If it is no pickle, or ends too soon.
    """
    skipped, begin = 0, file.tell()
    while True:
        code = file.read(1)
        opcode = _OPCODES.get(code)
        if opcode is None:
            raise ValueError(f"it holds {code!r}" if code else "it has no end")
        argument: Any = None
        if opcode.name in _LENGTHS:
            argument = _read_bytes(file, _LENGTHS[opcode.name])
            if isinstance(argument, LongBytes):
                skipped += argument.size
        elif opcode.arg is not None:
            argument = opcode.arg.reader(file)
        if most is not None and file.tell() - begin - skipped > most:
            raise InvalidBundle(f"A pickle says more than {most:,} bytes. Nobody looks into that.")
        yield opcode.name, argument
        if opcode.name == "STOP":
            return


def _read_bytes(file: BinaryIO, length: struct.Struct) -> bytes | LongBytes:
    told = file.read(length.size)
    if len(told) < length.size:
        raise ValueError("it has no end")
    (size,) = length.unpack(told)
    if size < LONG:
        found = file.read(size)
        if len(found) < size:
            raise ValueError("it has no end")
        return found
    start, left, digest = file.tell(), size, hashlib.sha256()
    while left:
        piece = file.read(min(left, _PIECE))
        if not piece:
            raise ValueError("it has no end")
        digest.update(piece)
        left -= len(piece)
    return LongBytes(file, start, size, digest.digest())
