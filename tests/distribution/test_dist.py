"""The wheel and the source distribution: what they hold, and that the wheel installs."""

from __future__ import annotations

import email
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from email.message import Message
from pathlib import Path

import pytest

import cellbook
from tests.distribution.conftest import ROOT, Dist

WHEEL_LIMIT = 2_500_000
"""Bytes: plotly.js is a third of them; a second thing of its kind is not to slip in unseen."""

pytestmark = pytest.mark.timeout(600)


def metadata(dist: Dist) -> Message:
    with zipfile.ZipFile(dist.wheel) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(wheel.read(name))


def test_wheel_is_small(dist: Dist) -> None:
    assert dist.wheel.stat().st_size < WHEEL_LIMIT


def test_wheel_holds_every_source_file_and_nothing_else(dist: Dist) -> None:
    with zipfile.ZipFile(dist.wheel) as wheel:
        packed = {name for name in wheel.namelist() if name.startswith("cellbook/")}
    sources = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "cellbook").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == sources
    assert "cellbook/py.typed" in packed


def test_wheel_brings_the_front_end(dist: Dist) -> None:
    """JupyterLab finds the bundle, and the server its extension, with nothing to enable."""
    with zipfile.ZipFile(dist.wheel) as wheel:
        names = [name.partition(".data/data/")[2] for name in wheel.namelist()]
        places = sorted(name for name in names if name)
    bundle = ROOT / "labextension" / "bundle"
    front_end = "share/jupyter/labextensions/cellbook-labextension"
    assert places == sorted(
        [
            "etc/jupyter/jupyter_server_config.d/cellbook.json",
            f"{front_end}/install.json",
            *(
                f"{front_end}/{path.relative_to(bundle).as_posix()}"
                for path in bundle.rglob("*")
                if path.is_file()
            ),
        ]
    )
    assert any(name.startswith(f"{front_end}/static/remoteEntry.") for name in places)


def test_wheel_runs_on_any_machine(dist: Dist) -> None:
    assert dist.wheel.name == f"cellbook-{cellbook.__version__}-py3-none-any.whl"


def test_metadata_says_what_pyproject_says(dist: Dist) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    meta = metadata(dist)
    assert meta["Name"] == "cellbook"
    assert meta["Version"] == cellbook.__version__
    assert meta["License-Expression"] == "BSD-3-Clause"
    assert meta["Requires-Python"] == project["requires-python"]
    assert len(meta.get_all("Requires-Dist", [])) >= len(project["dependencies"])
    assert meta["Description-Content-Type"] == "text/markdown"


def test_version_is_semantic() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?", cellbook.__version__)


def test_sdist_holds_what_a_packager_needs(dist: Dist) -> None:
    with tarfile.open(dist.sdist) as sdist:
        names = {name.split("/", 1)[1] for name in sdist.getnames()}
    assert {
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "noxfile.py",
        "pyproject.toml",
        "labextension/bundle/package.json",
        "labextension/src/index.ts",
        "labextension/yarn.lock",
        "setup.cfg",
        "src/cellbook/__init__.py",
        "tests/conftest.py",
    } <= names


def test_sdist_holds_nothing_of_a_working_copy(dist: Dist) -> None:
    with tarfile.open(dist.sdist) as sdist:
        parts = {part for name in sdist.getnames() for part in name.split("/")}
    assert parts.isdisjoint(
        {
            ".git",
            ".venv",
            ".nox",
            ".cellbook",
            "__pycache__",
            "node_modules",
            ".yarn",
            "dist",
            "lib",
        }
    )


def test_wheel_imports_without_any_dependency(dist: Dist, tmp_path: Path) -> None:
    """`import cellbook` is lazy: it needs nothing but the standard library."""
    venv.create(tmp_path / "fresh", with_pip=False)
    python = tmp_path / "fresh" / "bin" / "python"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", python, "install"),
            *("--quiet", "--no-deps", "--no-index", dist.wheel),
        ],
        check=True,
    )
    done = subprocess.run(
        [python, "-W", "error", "-c", "import cellbook; print(cellbook.__version__)"],
        capture_output=True,
        text=True,
    )
    assert (done.stdout.strip(), done.stderr) == (cellbook.__version__, "")


def test_jupyterlab_takes_the_front_end_as_fitting() -> None:
    """JupyterLab compares what the front end was built for with what it has itself."""
    listing = Path(sys.executable).with_name("jupyter-labextension")
    done = subprocess.run([listing, "list"], capture_output=True, text=True, timeout=120)
    listed = re.sub(r"\x1b\[\d*m", "", done.stdout + done.stderr)
    (line,) = [line for line in listed.splitlines() if "cellbook-labextension" in line]
    assert "enabled OK" in " ".join(line.split())
