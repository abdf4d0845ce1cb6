"""A package index that is a folder: two small packages, each in two versions."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest


def wheel(folder: Path, name: str, version: str) -> str:
    """Write a package of one module; return the SHA-256 of its file."""
    place = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(place, "w") as made:
        made.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        made.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        made.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        made.writestr(f"{about}/RECORD", "")
    return hashlib.sha256(place.read_bytes()).hexdigest()


def offer_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Have installers look into a folder only; return the hashes of the older packages in it."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    told = {name: wheel(folder, name, "1.0") for name in ("first_one", "second_one")}
    for name in told:
        wheel(folder, name, "2.0")
    for name in [*os.environ]:
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    for tool in ("PIP", "UV"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    return told
