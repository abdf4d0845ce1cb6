"""What holds for every test: private folders, hypothesis profiles, and no process left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.leftovers import Leftover, end_leftovers, mark_session
from tests.private import UNSET, private_environment

ROOT = Path(__file__).resolve().parent.parent

# These three start servers, build packages or run the documentation, each in a session of nox's;
# Playwright's event loop would also stop every later test that calls asyncio.run.
ON_REQUEST = tuple(ROOT / "tests" / room for room in ("browser", "distribution", "docs"))

settings.register_profile(
    "dev", deadline=None, database=DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples")
)
settings.register_profile(
    "ci", deadline=None, max_examples=40, derandomize=True, print_blob=True, database=None
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))

_folder = pytest.StashKey[str]()
_notes = pytest.StashKey[list[str]]()
_leftovers = pytest.StashKey[list[Leftover]]()


def pytest_configure(config: pytest.Config) -> None:
    mark_session()
    config.stash[_folder] = tempfile.mkdtemp(prefix="cellbook-tests-")
    config.stash[_notes] = []
    config.stash[_leftovers] = []
    for name in UNSET:
        os.environ.pop(name, None)
    os.environ.update(private_environment(Path(config.stash[_folder])))
    if hasattr(config.option, "output"):
        # pytest-playwright takes it from the working directory, which is each test's own here.
        config.option.output = str(ROOT / "test-results")


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[_folder], ignore_errors=True)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the rooms of `ON_REQUEST` unless the command line names something in them."""
    named = [(config.invocation_params.dir / arg.split("::")[0]).resolve() for arg in config.args]
    for room in ON_REQUEST:
        if collection_path == room and not any(path.is_relative_to(room) for path in named):
            return True
    return None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        return  # the controller of pytest-xdist looks when its workers have ended
    left = end_leftovers()
    session.config.stash[_leftovers] = left
    if left and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.stash[_notes]:
        terminalreporter.write_sep("=", "notes")
        for line in config.stash[_notes]:
            terminalreporter.write_line(line)
    if config.stash[_leftovers]:
        terminalreporter.write_sep("=", "processes left behind: this run has failed", red=True)
        for leftover in config.stash[_leftovers]:
            terminalreporter.write_line(f"killed {leftover}")


@pytest.fixture(scope="session")
def note(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Give a function that adds a line to pytest's closing words (not under pytest-xdist)."""
    return pytestconfig.stash[_notes].append


@pytest.fixture(autouse=True)
def private_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run every test in a folder of its own, with caches and settings of its own."""
    # Not below tmp_path itself: a test may look at what lies in its folder.
    folder = tmp_path.parent / f"{tmp_path.name}-private"
    for name, value in private_environment(folder).items():
        monkeypatch.setenv(name, value)
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return folder
