"""Zip files that are the same, byte by byte, wherever they are made; and are read with care."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from cellbook.errors import InvalidBundle

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can tell."""
_MODE = stat.S_IFREG | 0o644
_BLOCK = 1 << 20

_NAMED = ("utf-8", "surrogatepass")
_LONGEST, _DEEPEST = 255, 12
"""Bytes of a file's name that all systems have room for; folders in folders."""

MOST_FILES = 100_000
MOST_TIMES = 200
"""What a file may grow by when it is unpacked: deflate makes at most about a thousandth, but of
nothing else than zeros."""
SMALL = 64 << 20
"""Bytes up to which a file may grow by any number of times."""


def write_zip(
    target: Path | BinaryIO, members: Iterable[tuple[str, Path | bytes]], *, pack: bool
) -> None:
    """Write a zip file of members in the order given, without times, owners and rights.

    Parameters
    ----------
    target
        The file to make, or to write into.
    members
        Names and contents.
    pack
        Whether to compress.
    """
    method = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = method
            info.create_system = 3  # Unix, wherever it is made.
            info.external_attr = _MODE << 16
            if isinstance(content, bytes):
                archive.writestr(info, content)
                continue
            info.file_size = content.stat().st_size
            with archive.open(info, "w") as packed, content.open("rb") as file:
                while block := file.read(_BLOCK):
                    packed.write(block)


def unpack_zip(source: Path, folder: Path, *, limit: int) -> None:
    """Unpack a zip file into an empty folder, and nothing but below it.

    Parameters
    ----------
    source
        The file.
    folder
        Where to; it exists.
    limit
        The most bytes that may come out.

    Raises
    ------
    InvalidBundle
        If it is damaged, names a place outside of the folder or one twice, holds links or devices,
        or is a bomb.  What has been unpacked until then is left to the caller.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            _check(infos, limit)
            for info in infos:
                target = folder.joinpath(*PurePosixPath(info.filename).parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                # What a header says of its size, another tool may believe; here, reading stops.
                with archive.open(info) as packed, target.open("xb") as file:
                    for block in _blocks(packed, info.file_size):
                        file.write(block)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InvalidBundle(
            f"{source.name} is damaged, or no zip file ({error}). Get it once more."
        ) from error
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise InvalidBundle(
            f"{source.name} names {error.filename} twice, or a file and a folder alike. Do not use "
            "it."
        ) from error


def _check(infos: list[zipfile.ZipInfo], limit: int) -> None:
    if len(infos) > MOST_FILES:
        raise InvalidBundle(f"It holds {len(infos)} files. A bundle has at most {MOST_FILES}.")
    total = packed = 0
    for info in infos:
        check_name(info.filename)
        if "__pycache__" in PurePosixPath(info.filename).parts:
            # Python would run it in place of the source beside it, and no list of ours has it.
            raise InvalidBundle(f"{info.filename!r:.200} is compiled code. Do not unpack it.")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise InvalidBundle(f"{info.filename!r} is a link or a device. Do not unpack it.")
        total += info.file_size
        packed += info.compress_size
        if info.file_size > SMALL and info.file_size > MOST_TIMES * max(info.compress_size, 1):
            raise InvalidBundle(
                f"{info.filename!r} would grow from {info.compress_size} to {info.file_size} "
                "bytes, as a zip bomb does. Do not unpack it."
            )
    if total > SMALL and total > MOST_TIMES * max(packed, 1):
        raise InvalidBundle(
            f"It would grow from {packed} to {total} bytes, as a zip bomb does. Do not unpack it."
        )
    if total > limit:
        raise InvalidBundle(
            f"It would unpack to {total} bytes, more than the {limit} that are allowed. Give a "
            "higher limit, if you trust it."
        )


def check_name(name: str) -> None:
    """Refuse the name of a member that does not stay below its folder, on any system.

    Raises
    ------
    InvalidBundle
        If it does not.
    """
    parts = PurePosixPath(name).parts
    if (
        not parts
        or name.startswith("/")
        or "\\" in name
        or "\0" in name
        or ".." in parts
        or ":" in parts[0]
    ):
        raise InvalidBundle(f"{name!r:.200} is a place outside of the bundle. Do not unpack it.")
    if len(parts) > _DEEPEST or any(len(part.encode(*_NAMED)) > _LONGEST for part in parts):
        raise InvalidBundle(f"{name!r:.80} is too long to be the name of a file. Do not unpack it.")


def _blocks(packed: object, size: int) -> Iterator[bytes]:
    left = size
    while block := packed.read(_BLOCK):  # type: ignore[attr-defined]
        left -= len(block)
        if left < 0:
            raise zipfile.BadZipFile("it holds more than it says")
        yield block
