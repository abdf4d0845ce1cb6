"""Long public notebooks, cell by cell: each tenth state comes back as it was.

They come from source distributions, which also hold the library that they are about.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = {
    "mapie-1.6.0": ("notebooks/regression/tutorial_regression.ipynb", ".", 38),
    "control-0.10.2": ("examples/python-control_tutorial.ipynb", ".", 31),
    "vector-1.9.0": ("docs/src/object.ipynb", "src", 33),
}
"""Of each release: the notebook, where the library is, and how many cells of code it has."""


@pytest.mark.alone
@pytest.mark.timeout(300)
@pytest.mark.parametrize("release", NOTEBOOKS)
def test_every_tenth_state_of_a_notebook_comes_back(tmp_path: Path, release: str) -> None:
    notebook, library, cells = NOTEBOOKS[release]
    folder = _fetch(release, tmp_path)
    recorded = _play("record", tmp_path, folder / notebook, folder / library)
    assert recorded["cells"] == cells
    # A later version of a library may break a cell; the states are compared all the same.
    assert len(recorded["failed"]) <= 2, recorded["failed"]
    assert recorded["lost"] == {}
    fresh = _play("restore", tmp_path, folder / notebook, folder / library)
    for found in (recorded, fresh):
        assert found["seen"] == list(range(10, cells + 1, 10))
        assert found["wrong"] == []
        assert found["reported"] == []


def _fetch(release: str, folder: Path) -> Path:
    name, _, version = release.partition("-")
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:",
         "--dest", folder, f"{name}=={version}"],
        check=True, timeout=200,
    )  # fmt: skip
    with tarfile.open(folder / f"{release}.tar.gz") as tar:
        tar.extractall(folder, filter="data")
    return folder / release


def _play(mode: str, root: Path, notebook: Path, library: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, ROOT / "tests/checkpointing/play_notebook.py",
         mode, root, notebook, library],
        capture_output=True, text=True, timeout=200,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
