"""States of random generators go out as JSON and come back as they were."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import numpy as np

from cellbook.capture.randomness import as_json, drawn, restore_states, standing


def test_states_come_back_through_json() -> None:
    random.gauss(0, 1)
    np.random.standard_normal(3)
    kept = json.loads(json.dumps(as_json(standing())))
    first = random.random(), random.gauss(0, 1), np.random.rand(), np.random.standard_normal()
    assert restore_states(kept) == []
    assert first == (
        random.random(), random.gauss(0, 1), np.random.rand(), np.random.standard_normal()
    )  # fmt: skip


def test_who_drew_is_seen_and_looking_draws_nothing() -> None:
    before = standing()
    assert drawn(before, standing()) == ()
    np.random.rand()
    assert drawn(before, standing()) == ("numpy",)
    random.random()
    assert set(drawn(before, standing())) == {"random", "numpy"}


def test_what_cannot_be_restored_is_named() -> None:
    assert restore_states({"nothing": 1, "random": "odd"}) == ["nothing", "random"]


def test_generator_of_numpy_is_known_before_its_first_use() -> None:
    """NumPy makes it only when somebody asks for `np.random`."""
    code = (
        "import numpy as np, sys\n"
        "from cellbook.capture.randomness import as_json, restore_states, standing\n"
        "assert 'numpy' not in standing('np.mean(x)') or 'numpy.random' in sys.modules\n"
        "before = as_json(standing('x = np.random.rand()'))\n"
        "one = np.random.rand()\n"
        "restore_states(before)\n"
        "assert np.random.rand() == one"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
