"""Makes an environment of the packages that a run had: with uv where it is found, else with pip."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import cellbook
from cellbook.errors import CellbookError, NotFound
from cellbook.records import Environment

_OURS = "cellbook"


class NotBuilt(CellbookError):
    """No environment could be made."""


class NotLocked(CellbookError):
    """No hashes of packages were to be had."""


def build_environment(
    environment: Environment | None, tell: Callable[[str], None], folder: Path | None = None
) -> str:
    """Return the Python of an environment with the recorded packages, made if it is not there.

    Cellbook itself is that which runs now, so that the new run is recorded as this one knows it.

    Parameters
    ----------
    environment
        What the run ran on.
    tell
        Hears what is being done.
    folder
        Where environments are kept; None means the user's cache.

    Raises
    ------
    NotFound
        If the run's environment is not on record.
    NotBuilt
        If an installer refuses; the message holds its last line.
    """
    if environment is None:
        raise NotFound("The run's environment is not on record, so none can be made like it.")
    wanted = requirements(environment)
    mark = hashlib.sha256("\n".join([environment.python, *wanted]).encode()).hexdigest()[:16]
    place = (folder or _cache()) / mark
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = place / "complete"
    if done.exists():
        return str(python)
    shutil.rmtree(place, ignore_errors=True)
    uv = shutil.which("uv")
    tell(f"an environment of {len(wanted)} packages is made with {'uv' if uv else 'pip'}")
    listing = place.with_suffix(".txt")
    listing.parent.mkdir(parents=True, exist_ok=True)
    listing.write_text("\n".join(wanted) + "\n", encoding="utf-8")
    if uv:
        _build([uv, "venv", "--python", environment.python, str(place)])
        install = [uv, "pip", "install", "--python", str(python), "--no-deps"]
    else:
        here = ".".join(map(str, sys.version_info[:2]))
        if not environment.python.startswith(f"{here}."):
            raise NotBuilt(
                f"The run had Python {environment.python}, this is {here}. Install uv, which "
                "brings other Pythons, or start this from that Python."
            )
        _build([sys.executable, "-m", "venv", str(place)])
        install = [str(python), "-m", "pip", "install", "--no-deps", "--quiet"]
    _build([*install, "-r", str(listing)])
    packages = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    shutil.copytree(Path(cellbook.__file__).parent, Path(packages, _OURS), dirs_exist_ok=True)
    done.touch()
    return str(python)


def requirements(environment: Environment) -> list[str]:
    """Return the packages of an environment as pip takes them, without Cellbook itself."""
    found = []
    for name, version in environment.packages.items():
        told = environment.sources.get(name)
        vcs = told.get("vcs_info") if isinstance(told, dict) else None
        if name in (_OURS, "pip"):
            continue
        if isinstance(told, dict) and isinstance(vcs, dict):
            found.append(f"{name} @ git+{told['url']}@{vcs.get('commit_id', '')}")
        elif isinstance(told, dict) and "dir_info" in told:
            found.append(f"{name} @ {told['url']}")
        else:
            found.append(f"{name}=={version}")
    return found


def lock_with_hashes(environment: Environment) -> str:
    """Return an environment's packages as ``pylock.toml``, with what the package index says of
    each: its files and their hashes.

    It asks the index that uv, or else pip, is set up to use.  Of pip the file is for this Python
    and system only, and pip fetches each package to look at it.

    Raises
    ------
    NotLocked
        If the index has one of the packages no more, or there is no fitting installer.
    """
    uv = shutil.which("uv")
    here = ".".join(map(str, sys.version_info[:2]))
    python = ".".join(environment.python.split(".")[:2])
    listing = "requirements.txt"
    if uv:
        command = [uv, "pip", "compile", "--quiet", "--no-header", "--no-deps"]
        command += ["--format", "pylock.toml", "--generate-hashes", "--python-version", python]
        command += [listing]
    elif python == here:
        command = [sys.executable, "-m", "pip", "lock", "--quiet", "--no-deps", "-o", "-"]
        command += ["-r", listing]
    else:
        raise NotLocked(
            f"The run had Python {python}, this is {here}. Install uv, which knows of other "
            "Pythons, or leave the hashes out."
        )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, listing).write_text("\n".join(requirements(environment)) + "\n", "utf-8")
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotLocked(
            f"The hashes of the packages were not to be had: {_last_line(done)}. Without them the "
            "lock file says the exact versions."
        )
    return done.stdout


def _build(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotBuilt(
            f"No environment could be made: {_last_line(done)}. Without --build the run is "
            "reproduced with what is installed here."
        )


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1].strip().rstrip(".") if lines else str(done.args[0])


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "cellbook" / "environments"
