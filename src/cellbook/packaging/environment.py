"""What a model needs installed: the distributions of what it imports, and all that these need."""

from __future__ import annotations

import importlib.metadata
import platform
import re
from collections.abc import Iterable

from packaging.requirements import InvalidRequirement, Requirement

from cellbook.errors import InvalidInput
from cellbook.packaging.formats.pickling import distributions_of

_PIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?==[A-Za-z0-9.!+_-]+")

_ALWAYS = ("numpy", "pandas")
"""Modules that the checks of a bundle, and its signature, are built on."""


def requirements(modules: Iterable[str]) -> list[str]:
    """Return pinned requirements, ``name==version``, for what some modules need, sorted.

    Parameters
    ----------
    modules
        Top-level modules that a model imports.  Cellbook is not needed to load one.
    """
    wanted = distributions_of({*modules, *_ALWAYS} - {"cellbook"})
    found: dict[str, str] = {}
    ahead = [(name, frozenset[str]()) for name in wanted]
    seen: set[tuple[str, frozenset[str]]] = set()
    while ahead:
        name, extras = ahead.pop()
        key = canonical_name(name)
        if (key, extras) in seen or key == "cellbook":
            continue
        seen.add((key, extras))
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found[key] = distribution.version
        for text in distribution.requires or ():
            needed = _needed(text, extras)
            if needed is not None:
                ahead.append((needed.name, frozenset(needed.extras)))
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def check_pin(line: str) -> str:
    """Return a requirement that names a package and a version of it, and nothing else.

    Raises
    ------
    InvalidInput
        If it is an option of pip's, an address or a range: what is not one thing, or leads away.
    """
    if not _PIN.fullmatch(line):
        raise InvalidInput(f"{line!r:.80} is no requirement of a bundle. Write name==version.")
    return line


def canonical_name(name: str) -> str:
    """Return a distribution's name as an index knows it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _needed(text: str, extras: frozenset[str]) -> Requirement | None:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    marker = requirement.marker
    holds = marker is None or any(
        marker.evaluate({"extra": extra}) for extra in (extras or frozenset({""}))
    )
    return requirement if holds else None


def python_env() -> str:
    """Return mlflow's ``python_env.yaml`` for this Python."""
    return (
        f'python: "{platform.python_version()}"\n'
        "build_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n"
    )
