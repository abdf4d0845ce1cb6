"""Builds the wheel and the source distribution, once for all tests of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Dist(NamedTuple):
    """The two files that a release uploads."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory, note: Callable[[str], None]) -> Dist:
    """Build as ``pip install .`` does: the source distribution, and the wheel from it."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--outdir", folder, ROOT],
        # Nothing can be found on this path: no Node, no git, no compiler.
        env={**os.environ, "PATH": str(tmp_path_factory.mktemp("empty"))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    for file in (wheel, sdist):
        note(f"{file.name}: {file.stat().st_size / 1000:.1f} kB")
    return Dist(wheel, sdist)
