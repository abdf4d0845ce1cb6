"""Opens an archive that anybody may have made: all of it is looked at before any of it is used.

Nothing is ever unpacked to where a name in it says.  Names that would lead elsewhere if somebody
unpacked it are refused all the same: whoever put them there meant harm.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from cellbook.errors import InvalidInput, NotFound
from cellbook.sharing.names import folded, is_safe_part
from cellbook.sharing.packing import MOST_FILES, RATIO

FORM = "cellbook-run"
FORM_VERSION = 1
MANIFEST = "cellbook/manifest.json"

T = TypeVar("T")

_FREE = 1 << 20
"""Bytes that a file may have however small it was."""
_MOST_BYTES = 1 << 40
_LISTED = 256 << 20
"""Bytes of the list of files at the end of a zip."""
_TEXT = 512 << 20
"""Bytes of a file that is read as a whole."""
_BLOCK = 1 << 20
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_LOCAL = 30
"""Bytes before the name of a file, where it stands in a zip."""
_DRIVE = re.compile(r"[A-Za-z]:")
_DIGEST = re.compile("[0-9a-f]{64}")


class Refused(InvalidInput):
    """Why an archive is not taken, in a few words; whoever opens it makes a sentence of it."""

    mend = " Ask for it to be exported anew."


class Unfit(Refused):
    """Why an archive cannot be taken here, though nothing is wrong with it; it says what mends."""

    mend = ""


class Archive:
    """An archive in which every file is listed, and small enough.

    Attributes
    ----------
    told
        What its manifest says beside its files.
    """

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened
        self._infos = _checked(opened)
        manifest = self._read_json(MANIFEST, "no file that `cellbook export` wrote")
        self.told, self._listed = _manifest(manifest, self._infos)
        self._by_digest = {digest: path for path, (_, digest) in sorted(self._listed.items())}

    def __contains__(self, path: str) -> bool:
        return path in self._listed

    def holds(self, digest: str) -> bool:
        """Whether there is a file with that SHA-256."""
        return digest in self._by_digest

    def size(self) -> int:
        """Return how many bytes all files have."""
        return sum(size for size, _ in self._listed.values())

    def size_of(self, digest: str) -> int:
        """Return how many bytes the file with that SHA-256 has."""
        return self._listed[self._by_digest[digest]][0]

    def read(self, path: str) -> bytes:
        """Return a file whose bytes are what the manifest says.

        Raises
        ------
        Refused
            If it is missing, damaged or too large to be read as a whole.
        """
        if path not in self._listed:
            raise Refused(f"it lacks {path}")
        size, _ = self._listed[path]
        if size > _TEXT:
            raise Refused(f"its {path} has {size:,} bytes")
        return b"".join(self._parts(path))

    def read_text(self, path: str) -> str:
        """Return a file as text.

        Raises
        ------
        Refused
            Also if it is no UTF-8.
        """
        try:
            return self.read(path).decode()
        except UnicodeDecodeError:
            raise Refused(f"its {path} is no text in UTF-8") from None

    def parts_of(self, digest: str) -> Iterator[bytes]:
        """Yield the bytes of the file with that SHA-256, and refuse it at their end if they are
        others."""
        if digest not in self._by_digest:
            raise Refused(f"it lacks the content {digest[:16]}…")
        yield from self._parts(self._by_digest[digest])

    def parts_at(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file, and refuse it at their end if they are others."""
        if path not in self._listed:
            raise Refused(f"it lacks {path}")
        yield from self._parts(path)

    def check(self) -> None:
        """Read all files, and refuse them if one is not what the manifest says."""
        for path in self._listed:
            for _ in self._parts(path):
                pass

    def _parts(self, path: str) -> Iterator[bytes]:
        size, digest = self._listed[path]
        hasher, left = hashlib.sha256(), size
        for part in _unpacked(self._zip, self._infos[path]):
            hasher.update(part)
            left -= len(part)
            if left < 0:
                break
            yield part
        if left or hasher.hexdigest() != digest:
            raise Refused(f"its {_shown(path)} is not what its manifest says")

    def _read_json(self, path: str, otherwise: str) -> Any:
        if path not in self._infos:
            raise Refused(f"it is {otherwise}")
        if self._infos[path].file_size > _TEXT:
            raise Refused(f"its {path} is too large")
        try:
            return json.loads(b"".join(_unpacked(self._zip, self._infos[path])).decode())
        except (ValueError, RecursionError):
            raise Refused(f"its {path} cannot be read") from None


def with_archive(file: Path, use: Callable[[Archive], T]) -> T:
    """Open an archive, let it be used, and return what that returns.

    Raises
    ------
    NotFound
        If there is no such file.
    InvalidInput
        If it is refused; the message says why, and that nothing was taken.
    """
    mend = Refused.mend
    try:
        with file.open("rb") as opened:
            _check_end(opened)
            with zipfile.ZipFile(opened) as found:
                return use(Archive(found))
    except FileNotFoundError:
        raise NotFound(f"There is no file {file}. Name one that is there.") from None
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be read ({error.strerror or error}). Mend that, or copy it anew."
        ) from None
    except Refused as error:
        why, mend = str(error).rstrip("."), error.mend
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, UnicodeError):
        why = "it is damaged"
    except (NotImplementedError, RuntimeError):
        why = "it is compressed or encrypted in a way that is not read"
    raise InvalidInput(f"Nothing of {file.name} was taken: {why}.{mend}") from None


def _check_end(file: BinaryIO) -> None:
    """Refuse what is no zip from its first byte to its last, before its list of files is read."""
    size = file.seek(0, 2)
    if size < _END.size:
        raise Refused("it is no zip")
    file.seek(size - _END.size)
    mark, *_, count, listed, start, comment = _END.unpack(file.read(_END.size))
    if mark != b"PK\5\6" or comment:
        raise Refused("it is no zip, or was cut off")
    end = size - _END.size
    at = end - _LOCATOR.size - _END_64.size
    if at >= 0:
        file.seek(end - _LOCATOR.size)
        locator, _, place, _ = _LOCATOR.unpack(file.read(_LOCATOR.size))
        if locator == b"PK\6\7":
            file.seek(at)
            mark, *_, count, listed, start = _END_64.unpack(file.read(_END_64.size))
            if mark != b"PK\6\6" or place != at:
                raise Refused("it is no zip, or was cut off")
            end = at
    if start + listed != end:
        raise Refused("it is no zip, or something stands before or behind it")
    if count > MOST_FILES:
        raise Refused(f"it has {count:,} files, more than {MOST_FILES:,}")
    if listed > _LISTED:
        raise Refused(f"its list of files has {listed:,} bytes")
    file.seek(0)


def _checked(opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the files by path, or refuse them."""
    infos = opened.infolist()
    if len(infos) > MOST_FILES:
        raise Refused(f"it has {len(infos):,} files, more than {MOST_FILES:,}")
    found: dict[str, zipfile.ZipInfo] = {}
    names: set[str] = set()
    for info in infos:
        _check_name(info)
        if folded(info.filename.rstrip("/")) in names:
            raise Refused(f"two of its files are called {_shown(info.filename)}, or nearly so")
        names.add(folded(info.filename.rstrip("/")))
        _check_kind(info)
        if not info.is_dir():
            found[info.filename] = info
    files = {folded(path) for path in found}
    for path in files:
        parts = path.split("/")
        if any("/".join(parts[:deep]) in files for deep in range(1, len(parts))):
            raise Refused(f"its {_shown(path)} lies below a file")
    _check_sizes(found)
    _check_places(infos, opened.start_dir)
    return found


def _check_name(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    parts = name.rstrip("/").split("/")
    wrong = ""
    if name != info.filename or not name.isprintable():
        wrong = "holds characters that cannot be seen"
    elif "\\" in name:
        wrong = "holds a backslash"
    elif name.startswith("/") or _DRIVE.match(name):
        wrong = "is absolute"
    elif ".." in parts:
        wrong = "leads out of its folder"
    elif any(part in ("", ".") for part in parts) or unicodedata.normalize("NFC", name) != name:
        wrong = "is written in an odd way"
    elif not all(map(is_safe_part, parts)):
        wrong = "is another one, or none, on other systems"
    if wrong:
        raise Refused(f"the name of its file {_shown(name)} {wrong}")


def _check_kind(info: zipfile.ZipInfo) -> None:
    name = _shown(info.filename)
    if info.flag_bits & 0x2041:
        raise Refused(f"its {name} is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(f"its {name} is compressed in a way that is not read")
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == 3 else 0
    wanted = stat.S_IFDIR if info.is_dir() else stat.S_IFREG
    if kind not in (0, wanted):
        raise Refused(f"its {name} is a link or a device, not a file")
    if info.is_dir() and info.file_size:
        raise Refused(f"its folder {name} holds bytes")


def _check_sizes(found: dict[str, zipfile.ZipInfo]) -> None:
    for path, info in found.items():
        if info.file_size > _FREE + 2 * RATIO * info.compress_size:
            raise Refused(
                f"its {_shown(path)} would become {info.file_size:,} bytes of "
                f"{info.compress_size:,}"
            )
    whole = sum(info.file_size for info in found.values())
    packed = sum(info.compress_size for info in found.values())
    if whole > _MOST_BYTES or whole > 64 * _FREE + 2 * RATIO * packed:
        raise Refused(f"it would become {whole:,} bytes of {packed:,}")


def _check_places(infos: list[zipfile.ZipInfo], end: int) -> None:
    """Refuse files that lie over each other, so that few bytes become many."""
    order = sorted(infos, key=lambda info: info.header_offset)
    following = [*(info.header_offset for info in order), end][1:]
    for info, limit in zip(order, following, strict=True):
        if info.header_offset + _LOCAL + info.compress_size > limit:
            raise Refused(f"its {_shown(info.filename)} lies over another file")


def _manifest(
    told: Any, infos: dict[str, zipfile.ZipInfo]
) -> tuple[dict[str, Any], dict[str, tuple[int, str]]]:
    """Return what a manifest says, and size and SHA-256 of each file that it lists."""
    if not isinstance(told, dict) or told.get("form") != FORM:
        raise Refused("it is no file that `cellbook export` wrote")
    version = told.get("version")
    if type(version) is not int or version < 1:
        raise Refused("its manifest has no version")
    if version > FORM_VERSION:
        raise Refused(f"a later Cellbook wrote it, in version {version}; update Cellbook")
    files = told.get("files")
    if not isinstance(files, dict):
        raise Refused("its manifest lists no files")
    listed = {}
    for path, about in files.items():
        if not (
            isinstance(about, list)
            and len(about) == 2
            and type(about[0]) is int
            and isinstance(about[1], str)
            and _DIGEST.fullmatch(about[1])
        ):
            raise Refused(f"its manifest is wrong about {_shown(path)}")
        if path not in infos:
            raise Refused(f"it lacks {_shown(path)}")
        if infos[path].file_size != about[0]:
            raise Refused(f"its {_shown(path)} is not what its manifest says")
        listed[path] = (about[0], about[1])
    more = infos.keys() - listed.keys() - {MANIFEST}
    if more:
        raise Refused(f"it holds {_shown(min(more))}, which its manifest does not list")
    return told, listed


def _unpacked(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with opened.open(info) as file:
        left = info.file_size
        while part := file.read(_BLOCK):
            left -= len(part)
            if left < 0:
                raise Refused(f"its {_shown(info.filename)} is larger than it says")
            yield part


def _shown(path: str) -> str:
    return ascii(path if len(path) <= 80 else f"{path[:79]}…")
