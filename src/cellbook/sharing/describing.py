"""Versions of data sets described for others, and their content as files."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from cellbook.book import Book
from cellbook.datasets.kept import Kept, kept_of, read_chunks
from cellbook.datasets.listings import Entry, unpack
from cellbook.errors import CellbookError
from cellbook.interop.croissant import DataColumn, DataFile, croissant
from cellbook.records import DatasetVersion
from cellbook.tracking.media import media_type_of

_SHA256 = "sha256:"
_ROWS = 1000
"""Rows that are looked at for the types of columns."""
_SAMPLE = 32
"""Chunks of what is kept that are looked at."""
_ENDINGS = {"arrow": ".arrows", "npy": ".npy", "npz": ".npz"}
_NAMELESS = ("array", "sparse")
"""Kinds whose columns have no names of their own."""
_TYPES = {
    "bool": "sc:Boolean",
    "int": "sc:Integer",
    "uint": "sc:Integer",
    "float": "sc:Float",
    "datetime": "sc:DateTime",
}
"""What types of pandas and Arrow begin with, and their names in Croissant."""


def describe(
    book: Book,
    version: DatasetVersion,
    files: Sequence[DataFile] | None = None,
    *,
    below: Path | None = None,
    license: str = "",  # noqa: A002
) -> dict[str, Any]:
    """Return a version as Croissant.

    Parameters
    ----------
    book
        The book.
    version
        Of a data set in it.
    files
        Where its content lies; None means where it lay when it was tracked.
    below
        The folder in which the description is to lie: places are relative to it.
    license
        A URL, or words; empty where nobody said.
    """
    known = book.datasets.by_id()
    parents = [known[one] for one in version.made_of if one in known]
    if files is None:
        files = list(_files_there(book, version, below))
    return croissant(version, files, columns_of(book, version), parents, license)


def _files_there(book: Book, version: DatasetVersion, below: Path | None) -> Iterator[DataFile]:
    digest = version.digest.removeprefix(_SHA256)
    if version.kind == "url" and version.digest.startswith(_SHA256):
        yield DataFile(version.source, digest, version.size, media_type_of(version.source))
    elif version.kind == "file" and version.digest.startswith(_SHA256):
        place = _relative(book.datasets.place_of(version), below)
        yield DataFile(place, digest, version.size, media_type_of(place))
    elif version.kind in ("folder", "glob") and version.manifest:
        folder = book.datasets.place_of(version)
        for entry in unpack(book.store.blobs.get(version.manifest)):
            if not entry.is_link:
                place = _relative(folder / entry.path, below)
                yield DataFile(place, entry.digest.hex(), entry.size, media_type_of(place))


def _relative(place: Path, below: Path | None) -> str:
    if below is None:
        return place.name
    return Path(os.path.relpath(place.absolute(), below.absolute())).as_posix()


# -- columns -----------------------------------------------------------------------------------


def columns_of(book: Book, version: DatasetVersion) -> list[DataColumn]:
    """Return the columns of a table: as its content tells them, else as its profile does; none of
    whatever else."""
    return _columns_at_hand(book, version) or _columns_profiled(book, version)


def _columns_profiled(book: Book, version: DatasetVersion) -> list[DataColumn]:
    if version.kind in _NAMELESS:
        return []
    try:
        profile = book.datasets.profile(version)
    except CellbookError:  # Without it the rest is true, too; `cellbook verify` tells of damage.
        return []
    columns = () if profile is None else profile.columns
    return [DataColumn(one.name, _type_of(one.dtype)) for one in columns]


def _columns_at_hand(book: Book, version: DatasetVersion) -> list[DataColumn]:
    try:
        if version.content:
            return _columns_kept(book, version, kept_of(book.store, version.content))
        if version.kind == "file":
            place = book.datasets.place_of(version)
            if place.is_file() and book.datasets.look_at(place).digest == version.digest:
                return _columns_in(place, place.name)
    except (CellbookError, ValueError, TypeError, OSError, ImportError):
        # Whatever is no table after all, or cannot be read here, is described without columns.
        return []
    return []


def _columns_kept(book: Book, version: DatasetVersion, kept: Kept) -> list[DataColumn]:
    beginning = b"".join(islice(read_chunks(book.store, kept), _SAMPLE))
    if kept.form == "arrow":
        import pyarrow as pa  # noqa: PLC0415 - optional, and heavy

        with pa.ipc.open_stream(pa.BufferReader(beginning)) as reader:
            return [
                DataColumn(one.name, _type_of(str(one.type)))
                for one in reader.schema
                if not one.name.startswith("__index_level_")
            ]
    if kept.form == "bytes" and PurePosixPath(version.source).suffix.lower() in (".csv", ".tsv"):
        return _columns_in(io.BytesIO(beginning), version.source)
    return []


def _columns_in(file: Any, name: str) -> list[DataColumn]:
    import pandas as pd  # noqa: PLC0415 - heavy

    ending = PurePosixPath(name).suffix.lower()
    if ending == ".parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415 - optional, and heavy

        schema = pq.read_schema(file)
        return [DataColumn(one.name, _type_of(str(one.type))) for one in schema]
    if ending not in (".csv", ".tsv"):
        return []
    frame = pd.read_csv(file, sep="\t" if ending == ".tsv" else ",", nrows=_ROWS)
    return [DataColumn(str(one), _type_of(str(frame[one].dtype))) for one in frame.columns]


def _type_of(text: str) -> str:
    plain = text.lower().replace("timestamp", "datetime").replace("double", "float")
    return next((told for name, told in _TYPES.items() if plain.startswith(name)), "sc:Text")


# -- content -----------------------------------------------------------------------------------


def files_kept(
    book: Book, version: DatasetVersion
) -> Iterator[tuple[str, Entry | None, int, Iterator[bytes]]]:
    """Yield path, entry of a folder, size and bytes of each file that a kept content consists of.

    They are to be read in this order, each to its end.
    """
    kept = kept_of(book.store, version.content)
    chunks = read_chunks(book.store, kept)
    if kept.form != "files":
        name = PurePosixPath(version.source).name if kept.form == "bytes" else ""
        name = name or f"{version.name}{_ENDINGS.get(kept.form, '')}"
        yield name, None, kept.size, chunks
        return
    for entry in unpack(book.store.blobs.get(version.manifest)):
        yield entry.path, entry, entry.size, _take(chunks, entry.size)
    for _ in chunks:  # Behind the last one, the check of all bytes.
        pass


def _take(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    while size > 0:
        data = next(chunks, b"")
        if not data:
            return
        size -= len(data)
        yield data
