"""What a version consists of: kept as blobs, lent to be loaded, written out."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cellbook.checkpointing.signing import sign_text
from cellbook.errors import NotFound, StoreCorrupt, StoreReadOnly
from cellbook.packaging import Bundle, open_bundle
from cellbook.packaging.bundle import made_whole
from cellbook.packaging.manifest import FILE, SIGNATURE_FILE, hash_file
from cellbook.packaging.recorded import check_recorded
from cellbook.packaging.zips import check_name
from cellbook.records import ModelVersion
from cellbook.store import Store

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Content:
    """What is to become a version; its files are blobs already."""

    digest: str
    files: Mapping[str, str]
    size: int
    bundled: bool
    format: str
    kind: str
    safe: bool
    imports: tuple[str, ...]
    source: str = ""
    licence: str = ""


def keep_bundle(store: Store, folder: Path) -> Content:
    """Keep the files of a bundle, each read once: it is checked against its list on the way.

    Raises
    ------
    InvalidBundle
        If it is no bundle, is damaged, or has tests that cannot be run.  What was kept of it by
        then belongs to nothing.
    """
    blobs = store.blobs

    def keep(file: Path, digest: str) -> str:
        if blobs.keeps(digest, file.stat().st_size):
            return hash_file(file)
        return blobs.put_file(file)[0]

    bundle = open_bundle(folder, read=keep)
    check_recorded(bundle, folder.name)
    return _content(store, bundle)


def adopt_bundle(store: Store, bundle: Bundle) -> Content:
    """Move the files of a bundle, which lies in a workshop of the blobs and has just been checked
    against its list, to the blobs."""
    for entry in bundle.manifest.entries:
        store.blobs.adopt(bundle.folder / entry.path, entry.sha256)
    return _content(store, bundle)


def _content(store: Store, bundle: Bundle) -> Content:
    files = {entry.path: entry.sha256 for entry in bundle.manifest.entries}
    for name in (FILE, SIGNATURE_FILE):
        if (bundle.folder / name).is_file():
            files[name] = store.blobs.put((bundle.folder / name).read_bytes())
    model = bundle.about["model"]
    return Content(
        bundle.digest,
        files,
        bundle.manifest.size,
        True,
        str(model.get("format", "")),
        str(model.get("kind", "")),
        bundle.safe,
        bundle.imports,
    )


def seal_of(book_id: str, model: str, digest: str, files: Mapping[str, str]) -> str:
    """Return this user's signature of a version; empty where there is no key."""
    return sign_text(json.dumps([book_id, model, digest, sorted(files.items())]).encode())


def is_own(store: Store, version: ModelVersion) -> bool:
    """Whether this very user made the model in this book, so that loading it needs no consent."""
    if not version.seal:
        return False
    return version.seal == seal_of(store.book_id, version.model, version.digest, version.files)


@contextmanager
def lent(store: Store, version: ModelVersion) -> Iterator[Path]:
    """Give a folder with the files of a version, to be read; it is gone afterwards.

    Raises
    ------
    NotFound
        If some of its content is missing from the book.
    """
    with _place(store) as place:
        name = version.label.replace("/", "-")
        # A folder's name has less room than a model's.
        folder = place / (name if len(os.fsencode(name)) <= _LONGEST else f"model-{version.name}")
        for path, digest in _members(version):
            _lend(store, version, digest, folder / path)
        yield folder


def write_out(store: Store, version: ModelVersion, target: Path) -> None:
    """Write the files of a version into a new folder, and check every byte of them.

    Nothing is there until all of it is.

    Raises
    ------
    NotFound
        If some of its content is missing from the book.
    StoreCorrupt
        If it is not what it was.
    """
    with made_whole(target) as partial:
        for path, digest in _members(version):
            file = partial / path
            try:
                store.blobs.copy_to(digest, file)
            except NotFound:
                raise _missing(version) from None
            if hash_file(file) != digest:
                raise StoreCorrupt(
                    f"{path} of {version.label} is damaged in the book. `cellbook verify` tells "
                    "what else is; bring its blobs/ back from a copy."
                )


@contextmanager
def _place(store: Store) -> Iterator[Path]:
    if not store.read_only:
        try:
            with store.blobs.workshop() as place:
                yield place
                return
        except StoreReadOnly:
            pass
    with tempfile.TemporaryDirectory(prefix="cellbook-model-") as folder:
        yield Path(folder)


def _lend(store: Store, version: ModelVersion, digest: str, target: Path) -> None:
    try:
        store.blobs.lend(digest, target)
    except NotFound:
        raise _missing(version) from None


def _members(version: ModelVersion) -> Iterator[tuple[str, str]]:
    # A book may have come from anywhere.
    for path, digest in version.files.items():
        check_name(path)
        yield path, digest


def _missing(version: ModelVersion) -> NotFound:
    return NotFound(
        f"Some of {version.label} is missing from the book. Copy the files under blobs/ from where "
        "it was registered."
    )
