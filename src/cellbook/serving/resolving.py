"""What a model's name means now: the bundle's folder, and which version that is."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from cellbook.errors import InvalidInput, NotFound, one_line
from cellbook.packaging import unpack_bundle
from cellbook.packaging.manifest import read_manifest
from cellbook.records.shaping import read_json

if TYPE_CHECKING:
    from cellbook.serving.plans import Plan

DIGITS = 12
"""Of a digest, for the version of a bundle that is only a file."""

Resolver = Callable[[str], "tuple[str | os.PathLike[str], str] | None"]
"""Returns the bundle and the version that a name means now; None for a name that it does not know.
It is asked again and again, and another version than before means that the name has moved."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What an endpoint answers with, and where."""

    plan: Plan
    address: str
    """Its URL."""
    workers: int
    records: bool
    """Whether its predictions go somewhere."""


@runtime_checkable
class KeepsNote(Protocol):
    """A resolver that wants to know what came of its answers: who serves what, and for how long."""

    def serving(self, now: Serving) -> None:
        """Take note of what is served: at the start, when it changes, and at each look."""

    def ended(self) -> None:
        """Take note that nothing is served any more."""


@runtime_checkable
class KnowsOwn(Protocol):
    """A resolver that knows which versions the very user made who serves them."""

    def own(self, model: str, version: str) -> str:
        """Return the digest of what a name means now, if it needs no consent; else nothing."""


@dataclass(frozen=True)
class Factory:
    """A function of another module, made in the process that needs it."""

    name: str
    """``package.module:function``."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the function is called with."""

    def make(self) -> Any:
        """Return what the function returns.

        Raises
        ------
        InvalidInput
            If there is no such function, or it fails.
        """
        module, _, name = self.name.partition(":")
        try:
            return getattr(importlib.import_module(module), name)(**self.options)
        except Exception as error:
            raise InvalidInput(
                f"{self.name} cannot be used: {one_line(error)}. Name it as "
                "package.module:function."
            ) from error


@dataclass(frozen=True)
class Resolved:
    """A version of a model, on this disk."""

    folder: str
    version: str
    name: str
    """What the model is called: as it is registered, or as its bundle says."""
    own: str = ""
    """Its digest, if it may be loaded without consent."""


class Resolving:
    """Finds out what names mean, and unpacks what is packed.

    Parameters
    ----------
    scratch
        Where zips are unpacked to.
    resolver
        Asked first; what it does not know is a path.
    """

    def __init__(self, scratch: Path, resolver: Resolver | None = None) -> None:
        self._scratch = scratch
        self._resolver = resolver
        self._paths: dict[str, tuple[Any, Resolved]] = {}

    def resolve(self, model: str) -> Resolved:
        """Return what `model` means now.

        Raises
        ------
        NotFound
            If there is no such model.
        InvalidBundle
            If it is damaged.
        """
        found = self._resolver(model) if self._resolver is not None else None
        if found is None:
            return self._at_path(model)
        path, version = found
        own = self._resolver.own(model, version) if isinstance(self._resolver, KnowsOwn) else ""
        name = model.removeprefix("models:/").partition("@")[0].partition("/")[0]
        return Resolved(self._at_path(os.fspath(path)).folder, version, name, own)

    def _at_path(self, model: str) -> Resolved:
        path = Path(model)
        if not path.exists():
            raise NotFound(f"There is no bundle {model}. Give the folder or the zip of one.")
        digests = path / "digests.json" if path.is_dir() else path
        try:
            stat = digests.stat()
        except OSError:
            raise NotFound(f"{model} is no bundle: it has no {digests.name}.") from None
        stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        known = self._paths.get(model)
        if known is None or known[0] != stamp:
            known = self._paths[model] = (stamp, self._read(path))
        return known[1]

    def _read(self, path: Path) -> Resolved:
        if path.is_dir():
            # Every byte is checked when a worker loads it.
            return _found(path.resolve(), read_manifest(path).digest)
        name = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogatepass")).hexdigest()
        stat = path.stat()
        folder = self._scratch / f"{name[:16]}-{stat.st_mtime_ns}-{stat.st_size}"
        digest = (
            read_manifest(folder).digest if folder.exists() else unpack_bundle(path, folder).digest
        )
        return _found(folder, digest)


def _found(folder: Path, digest: str) -> Resolved:
    try:
        described = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
        name = str(described["name"])
    except (OSError, ValueError, KeyError, TypeError):
        name = folder.name  # Whoever loads it says what is wrong.
    return Resolved(str(folder), digest[-64:][:DIGITS], name)


def factory_doc(factory: Factory | None) -> dict[str, Any] | None:
    """Return a factory as JSON that another process is told."""
    return None if factory is None else {"name": factory.name, "options": dict(factory.options)}


def factory_of(text: str) -> Factory:
    """Return the factory that a command line names: ``module:function`` and JSON options behind it.

    Raises
    ------
    InvalidInput
        If it names none.
    """
    name, _, options = text.partition(" ")
    try:
        read = read_json(options) if options.strip() else {}
    except InvalidInput as error:
        raise InvalidInput(f"The options of {name}: {error}") from None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict) or ":" not in name:
        raise InvalidInput(
            f"{text!r} names no function. Write package.module:function, with its options as JSON "
            "behind it."
        )
    return Factory(name, read)
