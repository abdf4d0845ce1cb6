"""Data kept by value: in chunks, each content of which the book has once.

What a version names is a blob: a line of JSON (form, class, size and SHA-256 of the bytes), then
for each chunk its hash (16 bytes) and length (4 bytes).  Of a folder the chunks of all its files
follow each other, as its listing has them.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from cellbook.errors import StoreCorrupt
from cellbook.store import Key, Store

_HEAD = b"cellbook-kept-1\n"
_CHUNK = struct.Struct("<16sI")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one content."""

    form: str
    """``bytes`` of a file, ``files``, ``arrow``, ``npy`` or ``npz``."""
    of: str
    """The class that it is loaded as, such as ``pandas.DataFrame``."""
    size: int
    sha256: str
    chunks: tuple[tuple[Key, int], ...]

    def to_bytes(self) -> bytes:
        """Return it as a blob."""
        head = {"form": self.form, "of": self.of, "size": self.size, "sha256": self.sha256}
        listed = b"".join(_CHUNK.pack(*chunk) for chunk in self.chunks)
        return _HEAD + json.dumps(head).encode() + b"\n" + listed

    @classmethod
    def from_bytes(cls, data: bytes) -> Kept:
        """Return what :meth:`to_bytes` made bytes of.

        Raises
        ------
        StoreCorrupt
            If it is none of these.
        """
        try:
            if not data.startswith(_HEAD):
                raise ValueError("it is of another form")
            head, _, listed = data[len(_HEAD) :].partition(b"\n")
            return cls(**json.loads(head), chunks=tuple(_CHUNK.iter_unpack(listed)))
        except (ValueError, TypeError, struct.error) as error:
            raise StoreCorrupt(
                f"A list of chunks in the book is damaged ({error}). `cellbook verify` tells what "
                "else is."
            ) from None


def kept_of(store: Store, content: str) -> Kept:
    """Return what a version's `content` names."""
    return Kept.from_bytes(store.blobs.get(content))


def read_chunks(store: Store, kept: Kept) -> Iterator[bytes]:
    """Yield the bytes that are kept, chunk by chunk.

    Raises
    ------
    StoreCorrupt
        If a chunk is missing or damaged, or the whole is not what was kept.
    """
    store.packs.refresh()
    hasher = hashlib.sha256()
    for key, _ in kept.chunks:
        data = store.packs.get(key)
        hasher.update(data)
        yield data
    if hasher.hexdigest() != kept.sha256:
        raise StoreCorrupt(
            "What is kept of a data set is not what was tracked: bytes were changed. Bring the "
            "book's packs/ back from a copy."
        )


def kept_keys(store: Store) -> set[Key]:
    """Return the hashes of all chunks that versions name."""
    wanted: set[Key] = set()
    for content in {doc["content"] for _, _, doc in store.select("datasets") if "content" in doc}:
        if store.blobs.path(content).exists():
            wanted.update(key for key, _ in kept_of(store, content).chunks)
    return wanted
