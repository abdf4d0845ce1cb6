"""Bytes by their digest: artifacts, large outputs, patches."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from cellbook.errors import NotFound, StoreReadOnly, StoreWriteError

_CHUNK = 1 << 20
_NEW = ".new-"
_ASIDE = ".aside-"
_DIGEST = re.compile("[0-9a-f]{64}")


def digests_in(value: Any) -> Iterator[str]:
    """Yield every digest that occurs in a document, whatever its field."""
    if isinstance(value, str):
        if len(value) == 64 and _DIGEST.fullmatch(value):
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from digests_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from digests_in(item)


class Blobs:
    """Content-addressed files below ``blobs/sha256/``.

    A blob is written to a temporary file, brought to the disk and renamed: it is there whole or
    not at all.  The same bytes are stored once.

    Parameters
    ----------
    root
        The book's folder.
    read_only
        Tells why nothing can be kept now; empty where it can.
    """

    def __init__(self, root: Path, read_only: Callable[[], str] = str) -> None:
        self._root = root / "blobs" / "sha256"
        self._read_only = read_only

    def put(self, data: bytes, *, durable: bool = True) -> str:
        """Keep `data`; return its SHA-256 in hex.

        With `durable` false it outlives this process but not a power cut in the next seconds.

        Raises
        ------
        StoreReadOnly
            If the book is open for reading only.
        StoreWriteError
            If the operating system refuses.
        """
        self._check_open()
        digest = hashlib.sha256(data).hexdigest()
        if not self.keeps(digest, len(data)):
            with self._settling(durable=durable) as (file, keep):
                file.write(data)
                keep(digest)
        return digest

    def keeps(self, digest: str, size: int) -> bool:
        """Whether the blob is there; if so it is marked as wanted now, for :meth:`discard`."""
        path = self.path(digest)
        try:
            # The size tells a whole blob from one that a power cut left empty.
            if path.stat().st_size != size:
                return False
            os.utime(path)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return False  # Another user's file cannot be marked; it is replaced by a like one.
        return True

    def put_file(self, source: Path) -> tuple[str, int]:
        """Keep a copy of a file; return its SHA-256 in hex and its size in bytes.

        The digest is that of the bytes copied, also where the file changes meanwhile.

        Raises
        ------
        StoreReadOnly
            If the book is open for reading only.
        StoreWriteError
            If the operating system refuses to write the copy.
        OSError
            If `source` cannot be read.
        """
        self._check_open()
        with source.open("rb") as reader:
            return self.put_parts(iter(lambda: reader.read(_CHUNK), b""))

    def put_parts(self, parts: Iterable[bytes]) -> tuple[str, int]:
        """Keep bytes that come part after part; return their SHA-256 in hex and their number.

        Whatever goes wrong on the way, nothing of them stays.

        Raises
        ------
        StoreReadOnly
            If the book is open for reading only.
        StoreWriteError
            If the operating system refuses.
        """
        self._check_open()
        hasher = hashlib.sha256()
        size = 0
        with self._settling() as (file, keep):
            for part in parts:
                hasher.update(part)
                size += len(part)
                file.write(part)
            keep(hasher.hexdigest())
        return hasher.hexdigest(), size

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """Give a folder on the blobs' disk, for files that :meth:`adopt` takes; it is gone after.

        Raises
        ------
        StoreReadOnly
            If the book is open for reading only.
        StoreWriteError
            If the operating system refuses.
        """
        self._check_open()
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=_NEW, dir=self._root))
        except OSError as error:
            raise self._refused(error) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def adopt(self, file: Path, digest: str) -> None:
        """Make a file of a workshop a blob, without copying it.

        Whoever calls this has just found `digest` to be that of its bytes.

        Raises
        ------
        StoreWriteError
            If the operating system refuses.
        """
        try:
            if self.keeps(digest, file.stat().st_size):
                return
            with file.open("rb") as opened:
                os.fsync(opened.fileno())
            target = self.path(digest)
            target.parent.mkdir(exist_ok=True)
            file.chmod(0o444)
            file.replace(target)
        except OSError as error:
            raise self._refused(error) from error

    def lend(self, digest: str, target: Path) -> None:
        """Put a blob at a place to be read, never written: a second name of it where that can be.

        Raises
        ------
        NotFound
            If the book has no such blob.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(self.path(digest), target)
        except OSError:
            # Another disk, or one that knows no second names.
            self.copy_to(digest, target)

    def get(self, digest: str) -> bytes:
        """Return the bytes of a blob.

        Raises
        ------
        NotFound
            If the book has no such blob.
        """
        try:
            return self.path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound(
                f"The book holds no content with SHA-256 {digest}. "
                "`cellbook verify` tells what else is missing."
            ) from None

    def path(self, digest: str) -> Path:
        """Return where the blob lies, or would lie."""
        return self._root / digest[:2] / digest[2:]

    def copy_to(self, digest: str, target: Path) -> None:
        """Write a blob to a file of the user's."""
        if not self.path(digest).exists():
            self.get(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.path(digest), target)

    def all(self) -> Iterator[tuple[str, Path]]:
        """Yield digest and file of each blob."""
        for folder in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(folder.iterdir()):
                if not path.name.startswith("."):
                    yield folder.name + path.name, path

    def discard(self, digest: str, *, unless_since: float) -> int:
        """Remove a blob that no document names; return how many bytes that frees.

        It stays, and 0 is returned, if somebody kept the same bytes again at or after
        `unless_since` (seconds since 1970): the document that will name it may be on its way.
        """
        path = self.path(digest)
        aside = path.with_name(_ASIDE + path.name)
        try:
            path.rename(aside)
        except FileNotFoundError:
            return 0
        # Whoever keeps these bytes from here on writes them anew; who did before, left a mark.
        found = aside.stat()
        if found.st_mtime >= unless_since:
            aside.rename(path)
            return 0
        aside.unlink()
        return found.st_size

    def leftovers(self, *, before: float) -> dict[str, int]:
        """Return what killed processes left half written before `before` (seconds since 1970): the
        name of each temporary file or folder, and its size in bytes."""
        found = {}
        for path in self._root.glob(f"{_NEW}*"):
            with suppress(FileNotFoundError):  # Whoever writes it may be done meanwhile.
                stat = path.stat()
                if stat.st_mtime < before:
                    found[path.name] = _size_below(path) if path.is_dir() else stat.st_size
        return found

    def tidy(self, leftovers: Mapping[str, int]) -> int:
        """Put back what a killed :meth:`discard` set aside, remove what :meth:`leftovers` found;
        return how many bytes that frees."""
        for aside in self._root.glob(f"[0-9a-f][0-9a-f]/{_ASIDE}*"):
            aside.rename(aside.with_name(aside.name.removeprefix(_ASIDE)))
        freed = 0
        for name, size in leftovers.items():
            path = self._root / name
            try:
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            except FileNotFoundError:
                continue
            freed += size
        return freed

    def _check_open(self) -> None:
        if reason := self._read_only():
            raise StoreReadOnly(reason)

    @contextmanager
    def _settling(
        self, *, durable: bool = True
    ) -> Iterator[tuple[BinaryIO, Callable[[str], None]]]:
        """Open a temporary file and hand out what brings it to its place under a digest."""
        name = ""
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=_NEW, dir=self._root)
            with os.fdopen(descriptor, "wb") as file:

                def keep(digest: str) -> None:
                    file.flush()
                    if durable:
                        os.fsync(file.fileno())
                    target = self.path(digest)
                    target.parent.mkdir(exist_ok=True)
                    Path(name).chmod(0o444)
                    Path(name).replace(target)

                yield file, keep
        except BaseException as error:
            if name:
                Path(name).unlink(missing_ok=True)
            if not isinstance(error, OSError):
                raise
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> StoreWriteError:
        return StoreWriteError(
            error.errno,
            f"The book at {self._root.parents[1]} could not keep a file ({error.strerror}). "
            "Free some space or make the folder writable, then log it again.",
        )


def _size_below(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file())
