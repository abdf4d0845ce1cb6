"""Data kept in the book itself, and given back as it was."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from cellbook.datasets.chunks import Chunker
from cellbook.datasets.content import Content
from cellbook.datasets.digests import digest_object
from cellbook.datasets.digests.files import SHA256, unreadable
from cellbook.datasets.digests.places import open_url
from cellbook.datasets.forms import as_bytes, from_bytes
from cellbook.datasets.kept import Kept, kept_of, read_chunks
from cellbook.datasets.listings import Entry, unpack
from cellbook.errors import CellbookError, InvalidInput, StoreCorrupt, StoreReadOnly
from cellbook.records import DatasetVersion
from cellbook.store import Key, Store

_BLOCK = 1 << 20


def keep_value(store: Store, data: Any, content: Content, place: Path) -> str:
    """Keep what was looked at; return the blob that names its chunks.

    Parameters
    ----------
    store
        The book's memory.
    data
        What was given to be tracked.
    content
        What is known of it.
    place
        Where it lies, if it is on this machine.

    Raises
    ------
    InvalidInput
        If it cannot be kept as it is, or has changed since it was looked at.
    StoreReadOnly
        If the book is open for reading only.
    StoreWriteError
        If the operating system refuses.
    """
    if content.listing is not None:
        return _keep_files(store, content, place)
    if isinstance(data, (str, os.PathLike)):
        return _keep_file(store, data, content, place)
    form, of, write = as_bytes(data)
    with _keeping(store, form, of) as (chunker, finish):
        write(chunker)
    digest = finish()
    try:
        back = _load(store, kept_of(store, digest))
        same = digest_object(back).digest == content.digest
    except CellbookError:
        raise
    except Exception:
        # Arrow's own way back has not a form for all that it takes.
        back, same = data, False
    # A map of a file is an array as soon as it is one in memory.
    if type(back) is not type(data) and type(data) is not np.memmap:
        raise InvalidInput(
            f"A {type(data).__name__} would come back as a {type(back).__name__}, so it was not "
            f"kept by value. Make a {type(back).__name__} of it before, or leave keep=True out."
        )
    if not same:
        raise InvalidInput(
            f"The {type(data).__name__} would not come back as it is, so it was not kept by value: "
            "it holds objects, missing values or names of columns that Arrow has no form for, such "
            "as None beside text. Turn them into one type, or leave keep=True out."
        )
    return digest


def _keep_file(store: Store, data: str | os.PathLike[str], content: Content, place: Path) -> str:
    opened = open_url(os.fspath(data)) if content.kind == "url" else _open(place)
    with _keeping(store, "bytes", content.kind) as (chunker, finish), opened as file:
        _copy(file, chunker)
        if f"{SHA256}:{chunker.digest()}" != content.digest:
            raise _changed(data)
    return finish()


def _keep_files(store: Store, content: Content, folder: Path) -> str:
    with _keeping(store, "files", content.kind) as (chunker, finish):
        for entry in unpack(content.listing or b""):
            path = folder / entry.path
            before, hasher = chunker.size, hashlib.sha256()
            if entry.is_link:
                text = os.fsencode(path.readlink())
                hasher.update(text)
                chunker.write(text)
            else:
                with _open(path) as file:
                    _copy(file, chunker, hasher.update)
            if (chunker.size - before, hasher.digest()) != (entry.size, entry.digest):
                raise _changed(path)
            chunker.part()
    return finish()


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from None


def _copy(file: BinaryIO, chunker: Chunker, also: Callable[[bytes], None] | None = None) -> None:
    while data := file.read(_BLOCK):
        chunker.write(data)
        if also is not None:
            also(data)


def _changed(place: object) -> InvalidInput:
    return InvalidInput(
        f"{str(place)!r} changed while it was kept. Track it again when whatever writes it is done."
    )


@contextmanager
def _keeping(store: Store, form: str, of: str) -> Iterator[tuple[Chunker, Callable[[], str]]]:
    """Hand out what bytes are written to, and what then returns the blob that lists them."""
    if store.read_only:
        raise StoreReadOnly(store.read_only)
    chunks: list[tuple[Key, int]] = []
    packs = store.packs
    with packs.turn:
        packs.refresh()
        with packs.writer(store.writer) as writer:
            chunker = Chunker(lambda chunk: chunks.append((writer.put(chunk), len(chunk))))

            def finish() -> str:
                kept = Kept(form, of, chunker.size, chunker.digest(), tuple(chunks))
                return store.blobs.put(kept.to_bytes())

            yield chunker, finish
            chunker.part()
        packs.accept(writer.entries())


# -- back --------------------------------------------------------------------------------------


def read_value(store: Store, version: DatasetVersion, to: Path | None, place: Path | None) -> Any:
    """Return data as it was, or write it to `to`.

    Parameters
    ----------
    store
        The book's memory.
    version
        Which data, as it was when.
    to
        Where files are written; None where they lie still is fine, or it was in memory.
    place
        Where its file or folder lies, or lay; None where it has none, or is not the same any more.

    Raises
    ------
    InvalidInput
        If it is not kept and not at its place; or takes a place to be written to.
    StoreCorrupt
        If the book's bytes are damaged.
    MissingDependency
        If it takes a library that is not installed.
    """
    if not version.content:
        if place is None:
            raise InvalidInput(
                f"The content of data:{version.label} is not kept in the book"
                + (f", and not at {version.source!r} any more" if version.source else "")
                + ". Track data with keep=True to have it kept."
            )
        return place if to is None else _copied(place, to)
    kept = kept_of(store, version.content)
    if kept.form not in ("bytes", "files"):
        if to is not None:
            raise InvalidInput(
                f"data:{version.label} is a {kept.of} and is given back as one. Leave `to` out."
            )
        return _load(store, kept)
    if to is None:
        if place is not None:
            return place
        raise InvalidInput(
            f"data:{version.label} is not at {version.source!r} any more. Say where it is to be "
            "written: read_data(…, to='folder or file')."
        )
    if to.exists():
        raise InvalidInput(f"There is {str(to)!r} already. Give a place where nothing is yet.")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        if kept.form == "bytes":
            _write_file(store, kept, to)
        else:
            _write_files(store, kept, list(unpack(store.blobs.get(version.manifest))), to)
    except OSError as error:
        raise InvalidInput(
            f"{str(to)!r} cannot be written ({error.strerror}). Give another place."
        ) from None
    return to


def _load(store: Store, kept: Kept) -> Any:
    return from_bytes(kept.form, kept.of, b"".join(read_chunks(store, kept)))


def _copied(place: Path, to: Path) -> Path:
    if to.exists():
        raise InvalidInput(f"There is {str(to)!r} already. Give a place where nothing is yet.")
    to.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir():
        shutil.copytree(place, to, symlinks=True, ignore=shutil.ignore_patterns(".cellbook"))
    else:
        shutil.copyfile(place, to)
    return to


def _write_file(store: Store, kept: Kept, to: Path) -> None:
    # Whole or not at all: what is damaged is found out in the end.
    new = to.with_name(f".{to.name}.new")
    try:
        with new.open("wb") as file:
            for data in read_chunks(store, kept):
                file.write(data)
        new.rename(to)
    finally:
        new.unlink(missing_ok=True)


def _write_files(store: Store, kept: Kept, entries: list[Entry], to: Path) -> None:
    new = to.with_name(f".{to.name}.new")
    try:
        chunks = read_chunks(store, kept)
        for entry in entries:
            target = _inside(new, entry.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            if entry.is_link:
                text = os.fsdecode(b"".join(_take(chunks, entry.size)))
                _inside(new, os.path.normpath(Path(entry.path).parent / text))
                target.symlink_to(text)
                continue
            with target.open("wb") as file:
                for data in _take(chunks, entry.size):
                    file.write(data)
        for _ in chunks:  # Behind the last one, the check of all bytes.
            pass
        new.rename(to)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _take(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Yield the chunks of one file: none holds bytes of two."""
    while size > 0:
        data = next(chunks, None)
        if data is None or len(data) > size:
            raise StoreCorrupt(
                "What is kept of a folder does not fit the list of its files. `cellbook verify` "
                "tells what is damaged."
            )
        size -= len(data)
        yield data


def _inside(folder: Path, path: str) -> Path:
    """Return the place of a file below `folder`: a listing that somebody wrote by hand may name
    others."""
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise StoreCorrupt(
            f"A list of files names {path!r}, which lies outside of its folder: it is not written. "
            "Bring the book's blobs/ back from a copy."
        )
    return folder / path
