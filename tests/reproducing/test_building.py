"""Environments are made, and locked, of real packages: these lie in a folder, so no network is
asked."""

from __future__ import annotations

import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from cellbook.capture import capture_environment
from cellbook.records import Environment
from cellbook.reproducing.building import (
    NotBuilt,
    NotLocked,
    build_environment,
    lock_with_hashes,
)
from tests.reproducing.wheels import offer_packages


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return offer_packages(tmp_path, monkeypatch)


def recorded(**packages: str) -> Environment:
    return replace(capture_environment(), packages=packages, sources={})


OLDER = {"first-one": "1.0", "second-one": "1.0", "cellbook": "0"}


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_an_environment_has_just_what_was_recorded(
    packages: dict[str, str], tmp_path: Path
) -> None:
    said: list[str] = []
    python = build_environment(recorded(**OLDER), said.append, tmp_path / "made")
    asked = "import first_one, second_one; print(first_one.VERSION, second_one.VERSION)"
    told = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout == "1.0 1.0\n"
    assert Path(python).is_relative_to(tmp_path / "made")
    assert len(said) == 1
    assert build_environment(recorded(**OLDER), said.append, tmp_path / "made") == python
    assert len(said) == 1  # It was there already.
    with pytest.raises(NotBuilt, match=r"No environment could be made: .*third-one"):
        build_environment(recorded(**OLDER, **{"third-one": "1"}), said.append, tmp_path / "made")


def test_hashes_are_those_that_the_index_tells(packages: dict[str, str]) -> None:
    lock = tomllib.loads(lock_with_hashes(recorded(**OLDER)))
    assert lock["lock-version"] == "1.0"
    found = {
        one["name"].replace("-", "_"): (one["version"], one["wheels"][0]["hashes"]["sha256"])
        for one in lock["packages"]
    }
    assert found == {name: ("1.0", digest) for name, digest in packages.items()}


@pytest.mark.usefixtures("packages")
def test_what_the_index_has_no_more_is_told() -> None:
    with pytest.raises(NotLocked, match="not to be had"):
        lock_with_hashes(recorded(**{"first-one": "3.0"}))


@pytest.mark.usefixtures("packages")
def test_pip_locks_for_its_own_python_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # Were uv there, it would know of other Pythons.
    with pytest.raises(NotLocked, match="Install uv"):
        lock_with_hashes(replace(recorded(**OLDER), python="3.1.4"))
