"""The test command: ``nox`` runs every check, in the order in which the sessions stand here.

All default sessions share one environment, made by `env`: it takes the longest of them, and once
is enough.  ``nox -R`` leaves out the installation when nothing in pyproject.toml has changed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
# pip, not uv: uv reads no pip.conf, so that where packages come from a mirror it would pass it by.
nox.options.default_venv_backend = "virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

# Only the browser tests want Playwright, which clears the folder of screenshots at each start.
PYTEST = ("python", "-m", "pytest", "-p", "no:playwright")
TWO_AT_A_TIME = ("-m", "not alone", "-n", "2", "--dist", "loadfile")
# Many tests wait for real kernels and servers, and a machine that is shared may stall for seconds:
# what fails is tried once more.  The closing line counts these, and the summary names them.
ONCE_MORE = ("--reruns=1", "-rR")
NOTHING_COLLECTED = 5
# The same examples each time: a failure is of the change at hand, and is there again when looked
# into.  HYPOTHESIS_PROFILE=dev draws other ones, and more.
EXAMPLES = {"HYPOTHESIS_PROFILE": os.environ.get("HYPOTHESIS_PROFILE", "ci")}

scripts = Path()


def group(name: str) -> tuple[str, ...]:
    """Return the requirements of a dependency group of pyproject.toml."""
    return nox.project.dependency_groups(PYPROJECT, name)


def run(session: nox.Session, *command: str, success_codes: tuple[int, ...] = (0,)) -> None:
    """Run a command of the shared environment, as if that were activated."""
    session.run(
        str(scripts / command[0]),
        *command[1:],
        env={
            **EXAMPLES,
            "PATH": os.pathsep.join((str(scripts), os.environ["PATH"])),
            "VIRTUAL_ENV": str(scripts.parent),
        },
        external=True,
        success_codes=success_codes,
    )


@nox.session(reuse_venv=True, default=False)
def env(session: nox.Session) -> None:
    """Make the environment that the other sessions share."""
    global scripts
    scripts = Path(session.bin).resolve()
    session.install("-e", ".", *group("dev"))


@nox.session(requires=["env"], venv_backend="none")
def lint(session: nox.Session) -> None:
    """Look for mistakes and unformatted code (ruff)."""
    run(session, "ruff", "check")
    run(session, "ruff", "format", "--check")


@nox.session(requires=["env"], venv_backend="none")
def types(session: nox.Session) -> None:
    """Check the types of the package (mypy, strict)."""
    run(session, "mypy")


@nox.session(requires=["env"], venv_backend="none")
def imports(session: nox.Session) -> None:
    """Check that imports point only down, as setup.cfg has it (import-linter)."""
    run(session, "lint-imports")


@nox.session(requires=["env"], venv_backend="none")
def frontend(session: nox.Session) -> None:
    """Check and test the front end; build it anew and compare it with the committed bundle."""
    run(session, "python", "labextension/check.py")


@nox.session(requires=["env"], venv_backend="none")
def tests(session: nox.Session) -> None:
    """Run the unit, contract and property tests; arguments after ``--`` go to pytest."""
    if session.posargs:
        run(session, *PYTEST, *session.posargs)
        return
    run(session, *PYTEST, *TWO_AT_A_TIME, *ONCE_MORE)
    run(session, *PYTEST, "-m", "alone", *ONCE_MORE, success_codes=(0, NOTHING_COLLECTED))


@nox.session(requires=["env"], venv_backend="none")
def notebooks(session: nox.Session) -> None:
    """Execute the tutorials in a real kernel; compare the outputs they mark for it (nbval)."""
    with tempfile.TemporaryDirectory() as folder:
        # A copy, because a tutorial writes a book beside itself.
        copy = Path(folder) / "notebooks"
        unwanted = shutil.ignore_patterns(".*", "__pycache__")
        shutil.copytree(ROOT / "notebooks", copy, ignore=unwanted)
        run(
            session,
            *(*PYTEST, "-p", "tests.conftest", "-c", "pyproject.toml", "--timeout=900"),
            *("--nbval-lax", "--nbval-cell-timeout=600", str(copy)),
        )


@nox.session(requires=["env"], venv_backend="none")
def browser(session: nox.Session) -> None:
    """Drive a real JupyterLab in a real Chromium, which is installed where there is none.

    To see what a test did, add ``-- --tracing=retain-on-failure FILE``: a trace takes a third more
    time, so that none is kept else.
    """
    run(session, "python", "tests/browser/chromium.py")
    run(
        session,
        *("python", "-m", "pytest", *(session.posargs or ("tests/browser",))),
        *("--screenshot=only-on-failure", *ONCE_MORE),
    )


@nox.session(requires=["env"], venv_backend="none")
def docs(session: nox.Session) -> None:
    """Run the code that README.md and docs/ show."""
    run(session, *PYTEST, "tests/docs")


@nox.session(requires=["env"], venv_backend="none")
def build(session: nox.Session) -> None:
    """Build the wheel and the source distribution; look into them, install the wheel."""
    run(session, *PYTEST, "tests/distribution")


@nox.session(requires=["env"], venv_backend="none", default=False)
def coverage(session: nox.Session) -> None:
    """Run the tests and show which lines of the package they leave out."""
    run(session, *PYTEST, *TWO_AT_A_TIME, "--cov", "--cov-report=term-missing")


@nox.session(python=PYTHONS, reuse_venv=True, default=False)
def py(session: nox.Session) -> None:
    """Run the tests under each Python that there is: ``nox -s py``, ``nox -s py-3.13``."""
    session.install("-e", ".", *group("test"))
    session.run(*PYTEST, *TWO_AT_A_TIME, *session.posargs)
    session.run(*PYTEST, "-m", "alone", success_codes=(0, NOTHING_COLLECTED))


@nox.session(reuse_venv=True, default=False)
def bench(session: nox.Session) -> None:
    """Measure, with the peers beside us in the same run; name files after ``--`` to choose."""
    session.install("-e", ".", *group("bench"))
    files = session.posargs or sorted(map(str, Path("benchmarks").glob("[!_]*.py")))
    for file in files:
        session.run("python", file)
