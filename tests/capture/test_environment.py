from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import textwrap
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from cellbook.capture.environment import (
    capture_environment,
    environment_id,
    gpus,
    installed_packages,
)
from cellbook.capture.secrets import MASK
from cellbook.records import Environment, from_doc, to_doc


def test_capture_environment_tells_what_it_runs_on(tmp_path: Path) -> None:
    environment = capture_environment(tmp_path, ["python", "train.py", "--password=hunter"])
    assert environment.python == ".".join(map(str, sys.version_info[:3]))
    assert environment.implementation == "CPython"
    assert environment.executable == sys.executable
    assert environment.packages["pandas"] == importlib.metadata.version("pandas")
    assert environment.cpu
    assert environment.cpu_count >= 1
    assert environment.memory > 2**28
    assert environment.os
    assert environment.platform
    assert environment.hostname
    assert environment.cwd == str(tmp_path)
    assert environment.command == ("python", "train.py", f"--password={MASK}")
    assert environment.git is None
    assert from_doc(Environment, to_doc(environment)) == environment


def test_capture_environment_takes_this_process_by_default(tmp_path: Path) -> None:
    environment = capture_environment()
    assert environment.cwd == str(tmp_path)
    assert len(environment.command) == len(sys.orig_argv)


def test_capture_environment_asks_git(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "-b", "trunk", str(tmp_path)], check=True)
    (tmp_path / "a.py").write_text("x = 1\n")
    git = capture_environment(tmp_path).git
    assert git is not None
    assert git.branch == "trunk"
    assert "+x = 1" in git.patch


def test_environment_id_is_of_the_content(tmp_path: Path) -> None:
    first = capture_environment(tmp_path, ["python", "train.py"])
    assert re.fullmatch("[0-9a-f]{32}", first.environment_id)
    assert capture_environment(tmp_path, ["python", "train.py"]) == first
    elsewhere = replace(first, hostname="other", memory=first.memory + 4096)
    assert environment_id(elsewhere) == first.environment_id
    for other in (
        replace(first, packages={**first.packages, "pandas": "0"}),
        replace(first, command=("python", "other.py")),
        replace(first, cwd="/elsewhere"),
        replace(first, gpus=("NVIDIA H200",)),
    ):
        assert environment_id(other) != first.environment_id


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python -m ipykernel_launcher -f /a/kernel-1.json", "… -f kernel.json"),
        ("python -m ipykernel_launcher --f=/a/v3-1.json", "… --f=kernel.json"),
        ("python train.py -f config.json", "python train.py -f config.json"),
    ],
)
def test_capture_environment_forgets_connection_files(
    tmp_path: Path, command: str, expected: str
) -> None:
    kept = " ".join(capture_environment(tmp_path, command.split()).command)
    assert kept == expected.replace("…", "python -m ipykernel_launcher")


def test_installed_packages_agrees_with_importlib() -> None:
    expected: dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        name = re.sub(r"[-_.]+", "-", distribution.name).lower()
        expected.setdefault(name, distribution.version)
    assert installed_packages(sys.path) == expected


@pytest.mark.parametrize("finder", ["importlib.metadata", "importlib_metadata"])
def test_installed_packages_takes_odd_metadata(tmp_path: Path, finder: str) -> None:
    # The second, once imported, answers for the first, for the rest of the process.
    importlib.import_module(finder)

    def install(folder: str, name: str, metadata: str = "") -> None:
        path = tmp_path / folder / name
        path.mkdir(parents=True)
        (path / "METADATA").write_text(metadata)
        (path / "PKG-INFO").write_text(metadata)

    install("one", "Some_Thing-1.0+cpu.dist-info")
    install("one", "older-0.9-py3.11.egg-info")
    install("one", "developed.egg-info", "Metadata-Version: 2.1\nName: developed\nVersion: 3\n")
    install("one", "~ome_Thing-0.5.dist-info")
    install("one", "nameless.dist-info")
    install("two", "some.thing-2.0.dist-info")
    install("two", "second-2.0.dist-info")
    with zipfile.ZipFile(tmp_path / "three.zip", "w") as archive:
        archive.writestr("zipped-4.dist-info/METADATA", "Name: zipped\nVersion: 4\n")
    (tmp_path / "four").write_text("no folder")
    path = [str(tmp_path / name) for name in ("one", "two", "three.zip", "four", "gone")]
    assert installed_packages(path) == {
        "developed": "3",
        "older": "0.9",
        "second": "2.0",
        "some-thing": "1.0+cpu",
        "zipped": "4",
    }


def test_capture_environment_tolerates_a_bare_machine(tmp_path: Path) -> None:
    """No git, no procfs, no package metadata, no home: what is missing is left empty."""
    program = textwrap.dedent(
        """
        import os, platform, sys
        from cellbook.capture import environment
        sys.path[:] = ["/nowhere"]
        def fail(*_, **__):
            raise OSError("not on this machine")
        platform.platform = platform.node = platform.freedesktop_os_release = fail
        os.sysconf = os.cpu_count = lambda *_: None
        environment.Path = fail
        found = environment.capture_environment("/", ["x"])
        assert (found.platform, found.os, found.hostname, found.cpu) == ("", "", "", ""), found
        assert (found.packages, found.gpus, found.git) == ({}, (), None), found
        assert found.cpu_count == 0 and found.python and found.environment_id
        """
    )
    subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PATH": ""}, cwd=tmp_path, check=True, timeout=60,
    )  # fmt: skip


def test_gpus_of_a_machine_without_a_driver(tmp_path: Path) -> None:
    assert gpus(str(tmp_path), str(tmp_path)) == ()


def test_gpus_from_the_drivers_files(tmp_path: Path) -> None:
    (tmp_path / "nvidiactl").touch()
    for number, model in enumerate(("NVIDIA H200", "NVIDIA A100-SXM4-80GB")):
        card = tmp_path / "gpus" / f"0000:0{number}:00.0"
        card.mkdir(parents=True)
        (card / "information").write_text(f"Model: \t\t {model}\nIRQ:   \t\t 16\n")
    assert gpus(str(tmp_path), str(tmp_path)) == ("NVIDIA H200", "NVIDIA A100-SXM4-80GB")
