"""No case is silently wrong: it is exact, or the report names the variable."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checkpointing.hazard_cases import CASES
from tests.checkpointing.hazards import Case, Place, new_main, run, same_kernel, save_case

# The files of a case are closed by nobody when it is restored twice.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
ROOT = Path(__file__).resolve().parents[2]
_PARTS = 6
"""Fresh processes, each with a share of the cases: a busy machine takes long over all of them."""


@pytest.fixture(scope="module", autouse=True)
def leave_nothing_open() -> Iterator[None]:
    """Have what the cases leave open collected here, where nobody minds, not in a later test."""
    yield
    gc.collect()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.close()


def test_enough_cases_of_different_names() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 120


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_same_kernel(place: Place, case: Case) -> None:
    assert same_kernel(place, case) == ""


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("part", range(_PARTS))
def test_fresh_kernel(place: Place, part: int) -> None:
    cases = CASES[part::_PARTS]
    for case in cases:
        with new_main() as namespace:
            save_case(place, case, namespace)
            run(case.tidy, namespace, "tidy")
    program = "from tests.checkpointing.hazards import main; import sys; main(*sys.argv[1:])"
    names = json.dumps([case.name for case in cases])
    done = subprocess.run(
        [sys.executable, "-c", program, str(place.folder), names],
        capture_output=True, text=True, check=False, timeout=100, cwd=place.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found.keys() == {case.name for case in cases}
    wrong = {name: text for name, text in found.items() if text}
    assert not wrong, "\n\n".join(f"{name}: {text}" for name, text in wrong.items())
