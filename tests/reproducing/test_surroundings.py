"""Environments: the lock file, what is asked of installers, and how two differ."""

from __future__ import annotations

import tomllib
from dataclasses import replace

from cellbook.capture.surroundings import variables
from cellbook.records import Environment, GitState
from cellbook.reproducing.building import requirements
from cellbook.reproducing.locking import lock_text
from cellbook.reproducing.surroundings import environment_differences

ENVIRONMENT = Environment(
    environment_id="e",
    python="3.12.1",
    packages={"cellbook": "0.1", "mine": "0.3", "numpy": "2.1.0", "torch-odd": "1"},
    sources={
        "mine": {"url": "file:///home/ada/mine", "dir_info": {"editable": True}},
        "torch-odd": {
            "url": "https://example.org/odd.git",
            "vcs_info": {"vcs": "git", "commit_id": "abc"},
        },
    },
    git=GitState("c0ffee", patch="+x"),
)


def test_lock_is_a_pylock_of_exact_versions() -> None:
    lock = tomllib.loads(lock_text(ENVIRONMENT))
    assert lock["lock-version"] == "1.0"
    assert lock["requires-python"] == "==3.12.1"
    packages = {one["name"]: one for one in lock["packages"]}
    assert packages["numpy"] == {"name": "numpy", "version": "2.1.0"}
    assert packages["mine"]["directory"] == {"path": "/home/ada/mine", "editable": True}
    assert packages["torch-odd"]["vcs"]["commit-id"] == "abc"
    assert tomllib.loads(lock_text(replace(ENVIRONMENT, packages={})))["packages"] == []


def test_installers_are_asked_for_what_was_there() -> None:
    assert requirements(ENVIRONMENT) == [
        "mine @ file:///home/ada/mine",
        "numpy==2.1.0",
        "torch-odd @ git+https://example.org/odd.git@abc",
    ]


def test_differences_of_environments_are_sentences() -> None:
    now = replace(
        ENVIRONMENT,
        python="3.12.2",
        packages={"cellbook": "0.1", "numpy": "2.2.0", "new": "1"},
        git=GitState("c0ffee", patch="+y"),
    )
    assert environment_differences(ENVIRONMENT, now) == (
        "Python: CPython 3.12.1 before, CPython 3.12.2 now",
        "numpy 2.1.0 before, 2.2.0 now",
        "not installed now: mine 0.3, torch-odd 1",
        "the code: other uncommitted changes now",
    )
    assert environment_differences(ENVIRONMENT, ENVIRONMENT) == ()


def test_only_variables_that_change_numbers_are_recorded() -> None:
    environ = {"OMP_NUM_THREADS": "2", "AWS_SECRET_ACCESS_KEY": "x", "HOME": "/h", "TZ": "UTC"}
    assert variables(environ) == {"OMP_NUM_THREADS": "2", "TZ": "UTC"}
