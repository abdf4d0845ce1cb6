"""Models that others made: looked at as files, never loaded, kept with source and licence."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cellbook.errors import InvalidBundle, InvalidInput
from cellbook.packaging.pickles import imports_in
from cellbook.packaging.zips import MOST_FILES, check_name
from cellbook.registry.content import Content
from cellbook.store import Store

_FORMATS = (
    (".safetensors", "safetensors"),
    (".onnx", "onnx"),
    (".gguf", "gguf"),
    (".keras", "keras"),
    (".h5", "hdf5"),
    (".ubj", "xgboost"),
    (".tflite", "tflite"),
    (".pt", "pytorch"),
    (".pth", "pytorch"),
    (".ckpt", "pytorch"),
    (".bin", "pytorch"),
    (".pkl", "pickle"),
    (".pickle", "pickle"),
    (".joblib", "pickle"),
    (".dill", "pickle"),
)
"""By how a name ends, the format; of several the first one is the model's."""
_COMPRESSED = (".gz", ".bz2", ".xz", ".z", ".lzma", ".zst", ".lz4")
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
"""What pickles begin with, whatever their name is; those of the oldest protocols do not."""
_RUN = frozenset({"pytorch", "pickle", "keras", "hdf5"})
"""Formats whose reader may run code that is in the file."""
_POINTER = b"version https://git-lfs.github.com/spec/"
_REVISION = re.compile(r"[0-9a-f]{40}")
_CACHED = re.compile(r"models--(.+)")
_LICENCE = re.compile(r"^licen[sc]e:[ \t]*[\"']?([^\"'\n#]{1,100})", re.MULTILINE)
_SMALL = 4 << 20
"""Bytes of a description that are read."""


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at a place."""

    root: Path
    files: Mapping[str, Path]
    source: str


def keep_files(store: Store, source: Path, *, origin: str = "", licence: str = "") -> Content:
    """Keep a model's files as they are: one file, a folder, or what Hugging Face's tools left.

    Nothing in them is run.

    Parameters
    ----------
    store
        The book's memory.
    source
        The file or folder; of a cache of Hugging Face's the folder ``models--…``, or a snapshot.
    origin
        Where it came from; empty for what the place tells.
    licence
        Under which it may be used; empty for what its README tells.

    Raises
    ------
    InvalidInput
        If there is nothing, a link leads out of it, or a file only stands for another.
    """
    found = _look(source)
    digests, size = {}, 0
    for path, file in found.files.items():
        _check_whole(path, file)
        digests[path], length = store.blobs.put_file(file)
        size += length
    form, risky = _format(found.files)
    config = _config(found.files)
    return Content(
        _digest(digests),
        digests,
        size,
        False,
        form,
        _kind(config),
        not risky,
        tuple(sorted(_imports(found.files, risky))),
        origin or found.source,
        licence or _licence(found.files),
    )


def _look(source: Path) -> Found:
    if source.is_file():
        return Found(source.parent, {source.name: source}, str(source))
    if not source.is_dir():
        raise InvalidInput(f"There is no file or folder {source}. Name one that a model lies in.")
    root, told = _snapshot(source)
    # Files of a cache are links to others of it.
    bounds = _cache_of(root) or root
    files = {}
    for path, file in _walk(root, bounds.resolve()):
        files[path] = file
        if len(files) > MOST_FILES:
            raise InvalidInput(f"{source} holds more than {MOST_FILES:,} files. Name the model's.")
    if not files:
        raise InvalidInput(f"There is no file in {source}. Name the folder that a model lies in.")
    return Found(root, dict(sorted(files.items())), told)


def _snapshot(folder: Path) -> tuple[Path, str]:
    """Return the folder with the files, and where they came from."""
    cached = _CACHED.fullmatch(folder.name)
    if cached and (folder / "snapshots").is_dir():
        known = folder / "refs" / "main"
        revision = _text(known).strip() if known.is_file() else ""
        there = sorted(one.name for one in (folder / "snapshots").iterdir() if one.is_dir())
        if revision not in there:
            if len(there) != 1:
                raise InvalidInput(
                    f"{folder} holds {len(there)} snapshots. Name one: {folder}/snapshots/…"
                )
            revision = there[0]
        return folder / "snapshots" / revision, _hub(cached[1], revision)
    cache = _cache_of(folder)
    if cache is not None:
        named = _CACHED.fullmatch(cache.name)
        return folder, _hub(named[1] if named else cache.name, folder.name)
    return folder, str(folder)


def _cache_of(snapshot: Path) -> Path | None:
    """Return the cache that a snapshot is of, whose files its links lead to."""
    cache = snapshot.parent.parent
    in_cache = snapshot.parent.name == "snapshots" and _CACHED.fullmatch(cache.name)
    return cache if in_cache else None


def _hub(name: str, revision: str) -> str:
    at = f"@{revision}" if _REVISION.fullmatch(revision) else ""
    return f"hf:{name.replace('--', '/')}{at}"


def _walk(root: Path, bounds: Path) -> Iterator[tuple[str, Path]]:
    for parent, folders, names in os.walk(root):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name != "__pycache__"
        )
        for name in (*folders, *names):
            file = Path(parent, name)
            path = file.relative_to(root).as_posix()
            if file.is_symlink():
                where = file.resolve()
                if not where.is_relative_to(bounds) or not where.is_file():
                    raise InvalidInput(
                        f"{path} is a link to {where}, which is no file of the model. Put the file "
                        "in its place."
                    )
            elif name in folders:
                continue
            if name.startswith("."):
                continue
            if not stat.S_ISREG(file.stat().st_mode):
                raise InvalidInput(f"{path} is no file. A model consists of files; take it away.")
            try:
                check_name(path)
            except InvalidBundle:
                raise InvalidInput(
                    f"{path!r} cannot be the name of a file on every system. Rename it."
                ) from None
            yield path, file


def _check_whole(path: str, file: Path) -> None:
    with file.open("rb") as opened:
        if opened.read(len(_POINTER)) == _POINTER:
            raise InvalidInput(
                f"{path} only stands for a file that git has elsewhere. `git lfs pull` brings it."
            )


def _digest(digests: Mapping[str, str]) -> str:
    text = json.dumps([[path, one] for path, one in sorted(digests.items())], ensure_ascii=True)
    return f"cellbook-files-1:{hashlib.sha256(text.encode()).hexdigest()}"


def _format(files: Mapping[str, Path]) -> tuple[str, list[str]]:
    """Return the format of a model, and which of its files may run code when they are read."""
    by_path = {path: _ending(path) or _by_content(file) for path, file in files.items()}
    there = set(by_path.values())
    form = next((one for _, one in _FORMATS if one in there), "files")
    risky = [path for path, one in by_path.items() if one in _RUN or path.endswith(".py")]
    return form, risky


def _ending(path: str) -> str:
    name = path.lower()
    for ending in _COMPRESSED:
        name = name.removesuffix(ending)
    return next((one for ending, one in _FORMATS if name.endswith(ending)), "")


def _by_content(file: Path) -> str:
    """Return the format of a file whose name tells none, if readers would run code in it."""
    with file.open("rb") as opened:
        start = opened.read(4)
    if _PICKLE.match(start):
        return "pickle"
    if start.startswith(b"PK"):
        try:
            with zipfile.ZipFile(file) as archive:
                if any(name.endswith(".pkl") for name in archive.namelist()):
                    return "pytorch"
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            pass
    return ""


def _config(files: Mapping[str, Path]) -> Mapping[str, Any]:
    try:
        doc = json.loads(_text(files["config.json"]))
    except (KeyError, ValueError, RecursionError):
        return {}
    return doc if isinstance(doc, dict) else {}


def _kind(config: Mapping[str, Any]) -> str:
    named = config.get("architectures")
    name = named[0] if isinstance(named, list) and named else config.get("model_type")
    return f"transformers.{name[:100]}" if isinstance(name, str) and name.isidentifier() else ""


def _licence(files: Mapping[str, Path]) -> str:
    readme = next((file for path, file in files.items() if path.lower() == "readme.md"), None)
    text = _text(readme) if readme is not None else ""
    # Only what stands between the two lines of dashes is said to programs.
    head = text.split("\n---", 1)[0] if text.startswith("---") else ""
    told = _LICENCE.search(head)
    return told[1].strip() if told else ""


def _imports(files: Mapping[str, Path], risky: list[str]) -> set[str]:
    """Return what pickles would import, and the programs that came along."""
    found = {path for path in risky if path.endswith(".py")}
    for path in risky:
        if (_ending(path) or _by_content(files[path])) in ("pytorch", "pickle"):
            try:
                with files[path].open("rb") as opened:
                    found |= imports_in(opened)
            except (InvalidBundle, OSError):
                found.add(f"{path} (cannot be looked into)")
    return found


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(_SMALL).decode("utf-8", "replace")
