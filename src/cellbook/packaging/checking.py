"""Does a bundle work where only what it requires is installed?  A clean environment tells."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cellbook.errors import InvalidInput, Untrusted
from cellbook.packaging import standalone
from cellbook.packaging.bundle import Bundle, check_consent, open_bundle
from cellbook.packaging.manifest import (
    SIGNATURE_FILE,
    WHEELS,
    make_manifest,
    write_manifest,
)

_NAME = "cellbook_bundle"
_RUN = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    f"runpy.run_module({_NAME!r}, alter_sys=True, run_name='__main__')"
)
_SHOWN = 12
"""Lines of a failed command's output that are kept."""


@dataclass(frozen=True)
class BundleCheck:
    """What a check found."""

    digest: str
    """Of the bundle that was checked."""
    problem: str
    """Why it does not work; empty if it does."""
    tests: tuple[tuple[str, str], ...]
    """Each recorded test: its name, and what went wrong, empty if nothing did."""
    python: str
    """The version that was used."""
    notes: tuple[str, ...]
    duration: float
    """Seconds."""

    @property
    def passed(self) -> bool:
        """Whether all is well."""
        return not self.problem and not any(problem for _, problem in self.tests)


def check_bundle(
    folder: str | os.PathLike[str],
    *,
    trust: bool = False,
    say: Callable[[str], None] = lambda line: None,
    limit: float = 1800,
) -> BundleCheck:
    """Build a clean environment, load the model in it, run its input example and recorded tests.

    Where the bundle carries its wheels, nothing else is used: no index, no network.  pip builds it,
    not uv, which reads no pip.conf and so would pass a mirror by.  What runs is Cellbook's own
    loader, never the copy in the bundle; a pickle in it does run, which is why it needs consent.

    Parameters
    ----------
    folder
        The bundle.
    trust
        Whether code in it may run, which a pickle is, and so are wheels.  Packages that it only
        names are installed without it, from where pip is told to look.
    say
        Is told what is being done, a line each.
    limit
        Seconds after which a step has failed.

    Raises
    ------
    InvalidBundle
        If it is damaged.
    Untrusted
        If it runs code when it is loaded, or carries packages, and `trust` is not given.
    """
    start = time.monotonic()
    bundle = open_bundle(folder)
    check_consent(bundle, trust)
    if (bundle.folder / WHEELS).is_dir() and not trust:
        raise Untrusted(
            f"{bundle.folder.name} carries packages, which are code. If you know who made it and "
            "trust them: trust=True."
        )
    notes = list(_notes(bundle))
    tests: tuple[tuple[str, str], ...] = ()
    with tempfile.TemporaryDirectory(prefix="cellbook-check-") as place:
        problem = _build(bundle, Path(place), say, limit)
        if not problem:
            say("loading the model, running its tests")
            problem, tests = _run(bundle, Path(place), limit)
    if not problem and not tests:
        notes.append("It has no input example and no tests: that it loads is all that is known.")
    return BundleCheck(
        bundle.digest,
        problem,
        tests,
        platform.python_version(),
        tuple(notes),
        time.monotonic() - start,
    )


def carry_wheels(folder: str | os.PathLike[str], *, limit: float = 1800) -> Bundle:
    """Put the wheels of all that a bundle requires into it, so that it is rebuilt without network.

    They are for this platform and this Python.  The bundle's digest stays what it was.

    Raises
    ------
    InvalidInput
        If one cannot be had, or the bundle is signed.
    """
    bundle = open_bundle(folder)
    if (bundle.folder / SIGNATURE_FILE).exists():
        raise InvalidInput("The bundle is signed as it is. Carry wheels first, and sign then.")
    with tempfile.TemporaryDirectory(dir=bundle.folder.parent, prefix=".wheels-") as place:
        command = [sys.executable, "-m", "pip", "download", "--only-binary=:all:", "--no-deps"]
        command += ["-r", str(bundle.folder / "requirements.txt"), "-d", place]
        if problem := _call(command, os.environ.copy(), limit)[1]:
            raise InvalidInput(f"The wheels cannot be had. {problem}")
        shutil.rmtree(bundle.folder / WHEELS, ignore_errors=True)
        shutil.copytree(place, bundle.folder / WHEELS)
    known = {
        entry.path: entry.content.removeprefix("pickle:")
        for entry in bundle.manifest.entries
        if entry.content
    }
    write_manifest(bundle.folder, make_manifest(bundle.folder, known))
    return open_bundle(folder)


def _notes(bundle: Bundle) -> list[str]:
    notes = []
    made, here = str(bundle.about["python"]), platform.python_version()
    if made.split(".")[:2] != here.split(".")[:2]:
        notes.append(f"It was made with Python {made} and is checked with {here}.")
    compiled = sorted(one.relative_to(bundle.folder) for one in bundle.folder.rglob("__pycache__"))
    if compiled:
        notes.append(
            f"Compiled code in {compiled[0].as_posix()} is not on its list. Cellbook loads none of "
            "it; mlflow would: delete it, unless you know that your own Python wrote it."
        )
    return notes


def _build(bundle: Bundle, place: Path, say: Callable[[str], None], limit: float) -> str:
    say("making a clean environment")
    environment = _environment()
    problem = _call([sys.executable, "-m", "venv", str(place / "env")], environment, limit)[1]
    if problem:
        return f"The environment cannot be made. {problem}"
    needs = bundle.requirements
    wheels = bundle.folder / WHEELS
    command = [str(_python(place)), "-m", "pip", "install", "--no-deps", "--only-binary=:all:"]
    if wheels.is_dir():
        say(f"installing {len(needs)} packages that the bundle carries")
        command += ["--no-index", "--find-links", str(wheels)]
        environment["PIP_CONFIG_FILE"] = os.devnull
        for name in [
            name for name in environment if name.startswith("PIP_") and "CONFIG" not in name
        ]:
            del environment[name]
    else:
        say(f"installing {len(needs)} packages")
    command += ["-r", str(bundle.folder / "requirements.txt")]
    problem = _call(command, environment, limit)[1]
    return problem and f"What it requires cannot be installed. {problem}"


def _run(bundle: Bundle, place: Path, limit: float) -> tuple[str, tuple[tuple[str, str], ...]]:
    code = place / "code"
    shutil.copytree(
        Path(standalone.__file__).parent, code / _NAME, ignore=shutil.ignore_patterns("__pycache__")
    )
    command = [str(_python(place)), "-I", "-c", _RUN, str(code), str(bundle.folder.resolve())]
    output, problem = _call(command, _environment(), limit, cwd=place)
    try:
        report = json.loads(output.splitlines()[-1])
    except (ValueError, IndexError):
        return problem or "The check said nothing.", ()
    return report["problem"], tuple((one["name"], one["problem"]) for one in report["tests"])


def _call(
    command: Sequence[str], environment: dict[str, str], limit: float, cwd: Path | None = None
) -> tuple[str, str]:
    """Run a command; return what it printed and, if it failed, its last lines."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        return "", f"It took longer than {limit:.0f} s."
    if done.returncode == 0:
        return done.stdout, ""
    lines = (done.stdout + done.stderr).strip().splitlines()[-_SHOWN:]
    return done.stdout, "\n".join(lines)


def _environment() -> dict[str, str]:
    """Return the surroundings without what leads to this environment."""
    gone = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in gone}


def _python(place: Path) -> Path:
    return place / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
