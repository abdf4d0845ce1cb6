"""A kernel's state as chunks: the stream, the buffers beside it, and a table that names both.

The table is itself kept in chunks, so that a state in which nothing changed costs nothing, and
its hash is the state's.  It is the JSON of what :class:`StateTable` holds, compressed.  A buffer
of more than one chunk is named by a list of its chunks' hashes, which is a chunk of its own kind:
an array of which one number changed costs one chunk and one list.
"""

from __future__ import annotations

import base64
import bisect
import hashlib
import io
import itertools
import json
import math
import pickle
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from cellbook.checkpointing.digests import SectionDigests
from cellbook.checkpointing.sections import Encoded, LostThing, Section
from cellbook.errors import StoreCorrupt
from cellbook.store import CHUNK, Key, Packs, PackWriter, split

_KEY = 16
_WORTH_A_CHUNK = 16 * 1024
_NAN = pickle.BINFLOAT + struct.pack(">d", math.nan)
"""How pickle writes a float that is not a number."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sequence of bytes in chunks.

    Attributes
    ----------
    length
        Bytes.
    key
        Hash of the one chunk, or of the list of hashes if `length` is more than a chunk.
    """

    length: int
    key: Key


@dataclass(slots=True)
class StateTable:
    """What a state consists of."""

    stream: list[tuple[Key, int]]
    """Chunks of the stream, and their lengths in bytes."""
    buffers: list[Piece]
    in_order: list[int]
    """The buffers that pickle asks for one after the other."""
    sections: list[Section]
    lost: dict[str, list[LostThing]]
    live: dict[str, str]
    notes: dict[str, list[str]]
    modules: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Variables that code looks at which runs while others are decoded."""
    rehash: bool = False
    """Whether sets and dictionaries are to be looked at again when all is decoded."""
    about: dict[str, dict[str, Any]] = field(default_factory=dict)
    """For each variable: its type, shape, size in bytes …, for those who look."""
    path: list[str] = field(default_factory=list)
    """``sys.path``: where the modules that the stream names were found."""
    folder: str | None = None
    """The working folder."""
    sums: list[str] = field(default_factory=list)
    """SHA-256, in hex, of each chunk of the stream.

    The stream can run code, and the hash that names a chunk can be forged.
    """

    def to_bytes(self) -> bytes:
        """Return the table as it is kept."""
        doc = {
            "stream": [
                _text(b"".join(key for key, _ in self.stream)),
                [length for _, length in self.stream],
            ],
            "buffers": [
                _text(b"".join(piece.key for piece in self.buffers)),
                [piece.length for piece in self.buffers],
            ],
            "in_order": self.in_order,
            "sections": [list(asdict(section).values()) for section in self.sections],
            "lost": {name: [asdict(one) for one in lost] for name, lost in self.lost.items()},
            "live": self.live,
            "notes": self.notes,
            "modules": self.modules,
            "asked": self.asked,
            "rehash": self.rehash,
            "about": self.about,
            "sums": self.sums,
            "path": self.path,
            "folder": self.folder,
        }
        return zlib.compress(json.dumps(doc, separators=(",", ":")).encode(), 1)

    @classmethod
    def from_bytes(cls, data: bytes) -> StateTable:
        """Return the table that :meth:`to_bytes` made bytes of."""
        doc = json.loads(zlib.decompress(data))
        return cls(
            stream=list(zip(_keys(doc["stream"][0]), doc["stream"][1], strict=True)),
            buffers=[
                Piece(length, key)
                for key, length in zip(_keys(doc["buffers"][0]), doc["buffers"][1], strict=True)
            ],
            in_order=doc["in_order"],
            sections=[Section(*values) for values in doc["sections"]],
            lost={name: [LostThing(**one) for one in lost] for name, lost in doc["lost"].items()},
            live=doc["live"],
            notes=doc["notes"],
            modules=doc.get("modules", {}),
            asked=doc.get("asked", []),
            rehash=doc.get("rehash", False),
            about=doc["about"],
            sums=doc.get("sums", []),
            path=doc.get("path", []),
            folder=doc.get("folder"),
        )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _keys(text: str) -> list[Key]:
    data = base64.b64decode(text)
    return [data[at : at + _KEY] for at in range(0, len(data), _KEY)]


# -- writing -----------------------------------------------------------------------------------


class ChunkSink:
    """Takes what an encoder writes, and keeps it in chunks."""

    def __init__(self, writer: PackWriter) -> None:
        self._writer = writer
        self._gathered = bytearray()
        self.position = 0
        self.stream: list[tuple[Key, int]] = []
        self.sums: list[str] = []
        self.buffers: list[Piece] = []
        self.in_order: list[int] = []
        self.nan_seen = False
        self.digests = SectionDigests()

    def write(self, data: Any) -> int:
        """Append to the stream."""
        length = len(data) if isinstance(data, (bytes, bytearray)) else memoryview(data).nbytes
        if type(data) is bytes and _NAN in data:
            self.nan_seen = True
        self._gathered += data
        self.digests.update(data, length)
        self.position += length
        if len(self._gathered) >= CHUNK:
            self._cut()
        return length

    def _cut(self) -> None:
        with memoryview(bytes(self._gathered)) as whole:
            full = len(whole) // CHUNK * CHUNK
            for chunk in split(whole[:full]):
                self._put(chunk)
            rest = bytes(whole[full:])
        self._gathered = bytearray(rest)

    def end_section(self) -> None:
        """Begin a new chunk if what has gathered is worth one."""
        if len(self._gathered) >= _WORTH_A_CHUNK:
            self.end()

    def end(self) -> None:
        """Keep what has gathered."""
        if self._gathered:
            self._put(bytes(self._gathered))
            self._gathered = bytearray()

    def _put(self, chunk: bytes | memoryview) -> None:
        self.stream.append((self._writer.put(chunk), len(chunk)))
        self.sums.append(hashlib.sha256(chunk).hexdigest())

    def take(self, memory: memoryview) -> int:
        """Keep a buffer; return its number."""
        piece = keep(self._writer, memory)
        self.digests.add_buffer(piece.key)
        self.buffers.append(piece)
        return len(self.buffers) - 1

    def take_next(self, memory: memoryview) -> None:
        """Keep a buffer that pickle will ask for in turn."""
        self.in_order.append(self.take(memory))

    def table(self, encoded: Encoded, about: dict[str, dict[str, Any]]) -> StateTable:
        """Return the table of all that was kept."""
        self.end()
        return StateTable(
            self.stream,
            self.buffers,
            self.in_order,
            encoded.sections,
            encoded.lost,
            encoded.live,
            encoded.notes,
            encoded.modules,
            encoded.asked,
            encoded.rehash,
            about,
            sums=self.sums,
        )


def keep(writer: PackWriter, memory: memoryview | bytes) -> Piece:
    """Keep a sequence of bytes in chunks."""
    view = memoryview(memory)
    if view.nbytes <= CHUNK:
        return Piece(view.nbytes, writer.put(view))
    keys = [writer.put(chunk) for chunk in split(view)]
    lists = b"".join(keys)
    if len(lists) <= CHUNK:
        return Piece(view.nbytes, writer.put(lists))
    return Piece(view.nbytes, keep(writer, lists).key)


# -- reading -----------------------------------------------------------------------------------


def keys_of(packs: Packs, piece: Piece) -> list[Key]:
    """Return the hashes of a piece's chunks."""
    if piece.length <= CHUNK:
        return [piece.key]
    size = -(-piece.length // CHUNK) * _KEY
    whole = size <= CHUNK
    lists = packs.get(piece.key) if whole else bytes(read(packs, Piece(size, piece.key)))
    if len(lists) != size:
        raise StoreCorrupt(
            f"The list of chunks {piece.key.hex()} has another length than it should. `cellbook "
            "verify` tells what else is damaged."
        )
    return [lists[at : at + _KEY] for at in range(0, size, _KEY)]


def read(packs: Packs, piece: Piece) -> bytearray:
    """Return the bytes of a piece."""
    made = bytearray(piece.length)
    read_into(packs, piece, memoryview(made))
    return made


def read_into(packs: Packs, piece: Piece, target: memoryview) -> None:
    """Fill `target` with the bytes of a piece."""
    packs.read_into(keys_of(packs, piece), target)


def check_sum(data: bytes | bytearray, expected: str) -> None:
    """Refuse bytes that have not the SHA-256 that they should have, if that is known.

    Raises
    ------
    StoreCorrupt
        If they are others.
    """
    if expected and hashlib.sha256(data).hexdigest() != expected:
        raise StoreCorrupt(
            "The checkpoint is not what was saved: its bytes were changed, by damage or by "
            "somebody. It is not restored. Restore another one, or bring the book's folder back "
            "from a backup."
        )


class StoredBuffers:
    """The buffers of a state, as decoding asks for them."""

    def __init__(self, packs: Packs, table: StateTable) -> None:
        self._packs = packs
        self._table = table

    def read_into(self, index: int, target: memoryview) -> None:
        """Fill `target` with the bytes of a buffer."""
        read_into(self._packs, self._table.buffers[index], target)

    def read(self, index: int) -> bytearray:
        """Return the bytes of a buffer."""
        return read(self._packs, self._table.buffers[index])


class StreamReader(io.RawIOBase):
    """The stream of a state as a file."""

    def __init__(
        self, get: Callable[[Key], bytes], chunks: Sequence[tuple[Key, int]], sums: Sequence[str]
    ) -> None:
        self._get = get
        self._chunks = chunks
        self._sums = sums
        self._starts = [0, *itertools.accumulate(length for _, length in chunks)]
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to an offset from the beginning (only)."""
        if whence == io.SEEK_CUR:
            offset += self._at
        self._at = offset
        return offset

    def tell(self) -> int:
        """Return the offset."""
        return self._at

    def readinto(self, target: Any) -> int:
        """Fill `target` as far as the chunk goes."""
        place = bisect.bisect_right(self._starts, self._at) - 1
        if place >= len(self._chunks):
            return 0
        if self._held[0] != place:
            data = self._get(self._chunks[place][0])
            check_sum(data, self._sums[place] if self._sums else "")
            self._held = (place, data)
        start = self._at - self._starts[place]
        data = self._held[1][start : start + len(target)]
        target[: len(data)] = data
        self._at += len(data)
        return len(data)
