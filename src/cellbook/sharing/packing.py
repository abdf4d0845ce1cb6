"""Writes an archive: one zip that is the same, byte for byte, for the same content.

Nothing in it tells when it was written, or where.  What is compressed is never so much smaller that
it could be taken for a bomb (see :mod:`cellbook.sharing.opening`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from cellbook.errors import StoreCorrupt, StoreWriteError
from cellbook.sharing.names import Names

MOST_FILES = 200_000
"""Files of one archive."""
RATIO = 100
"""By how much a file may be compressed."""
_IN_MEMORY = 32 << 20
"""Bytes of a file that is compressed; larger ones are stored as they are."""
_BLOCK = 1 << 20
_FIRST_YEAR = 1980


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of the archive."""

    path: str
    size: int
    sha256: str


class Packer:
    """Writes an archive; at the end of the context it is in its place, whole or not at all.

    Parameters
    ----------
    place
        Where to; a file that is there is replaced.
    moment
        What all files have for their time, in milliseconds since 1970.
    """

    def __init__(self, place: Path, moment: int) -> None:
        self._place = place
        self._time = _zip_time(moment)
        self._names = Names()
        self.files: list[Packed] = []
        self._by_digest: dict[str, Packed] = {}

    def __enter__(self) -> Packer:
        try:
            handle, name = tempfile.mkstemp(prefix=".cellbook-", dir=self._place.parent)
        except OSError as error:
            raise self._refused(error) from None
        self._new = Path(name)
        self._file = os.fdopen(handle, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", allowZip64=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._zip.close()
                self._file.flush()
                os.fsync(self._file.fileno())
                umask = os.umask(0)
                os.umask(umask)
                self._new.chmod(0o666 & ~umask)
                self._new.replace(self._place)
            elif isinstance(error, OSError) and not isinstance(error, StoreWriteError):
                raise self._refused(error) from None
        except OSError as refused:
            if isinstance(refused, StoreWriteError):
                raise
            raise self._refused(refused) from None
        finally:
            with contextlib.suppress(OSError):
                self._zip.close()
            self._file.close()
            self._new.unlink(missing_ok=True)

    def _refused(self, error: OSError) -> StoreWriteError:
        return StoreWriteError(
            error.errno,
            f"{self._place} cannot be written ({error.strerror or error}). Name another place.",
        )

    def name(self, *parts: str) -> str:
        """Return a safe path, for a file that is called so, that no other file has."""
        return self._names.take(*parts)

    def find(self, digest: str) -> Packed | None:
        """Return a file with that SHA-256, if there is one already."""
        return self._by_digest.get(digest)

    def add(self, path: str, content: bytes | str) -> Packed:
        """Write a file under a path that :meth:`name` returned."""
        data = content.encode("utf-8", "replace") if isinstance(content, str) else content
        info = self._info(path)
        small = len(zlib.compress(data, 6)) if 64 < len(data) <= _IN_MEMORY else len(data)
        if small < 0.9 * len(data) and len(data) < RATIO * small:
            info.compress_type = zipfile.ZIP_DEFLATED
        self._zip.writestr(info, data, compresslevel=6)
        return self._note(path, len(data), hashlib.sha256(data).hexdigest())

    def add_file(self, path: str, source: Path, digest: str) -> Packed:
        """Write a copy of a file whose SHA-256 is known.

        Raises
        ------
        StoreCorrupt
            If it has another.
        """
        size = source.stat().st_size
        if size <= _IN_MEMORY:
            packed = self.add(path, source.read_bytes())
        else:
            with source.open("rb") as file:
                packed = self.add_parts(path, iter(lambda: file.read(_BLOCK), b""), size)
        if packed.sha256 != digest:
            raise StoreCorrupt(
                f"What the book keeps as {digest} is damaged, so nothing was exported. `cellbook "
                "verify` tells what else is; bring it back from a copy of the book."
            )
        return packed

    def add_parts(self, path: str, parts: Iterable[bytes], size: int) -> Packed:
        """Write a file of `size` bytes, part after part, as it is."""
        hasher, written = hashlib.sha256(), 0
        with self._zip.open(self._info(path), "w", force_zip64=size >= 1 << 31) as target:
            for part in parts:
                hasher.update(part)
                written += len(part)
                target.write(part)
        return self._note(path, written, hasher.hexdigest())

    def _note(self, path: str, size: int, digest: str) -> Packed:
        packed = Packed(path, size, digest)
        self.files.append(packed)
        self._by_digest.setdefault(digest, packed)
        return packed

    def _info(self, path: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, self._time)
        info.create_system = 3  # Unix, wherever it is written.
        info.external_attr = (stat.S_IFREG | 0o644) << 16
        return info


def _zip_time(moment: int) -> tuple[int, int, int, int, int, int]:
    told = time.gmtime(moment / 1000)
    if told.tm_year < _FIRST_YEAR:
        return (_FIRST_YEAR, 1, 1, 0, 0, 0)
    return (
        told.tm_year,
        told.tm_mon,
        told.tm_mday,
        told.tm_hour,
        told.tm_min,
        told.tm_sec // 2 * 2,
    )
