from __future__ import annotations

from pathlib import Path

import pytest

from tests.checkpointing.rooms import Bench


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ("first.append('more'); first.append({'k': [1]})", {"first"}),
        ("shared.append(2)", {"shared"}),
        ("later['x'] = shared[:]", {"later"}),
        ("later['x'] = other", {"later"}),
        ("array[3] = 9", {"array"}),
        ("box[0] = 'b' * 70_000", {"box"}),
        ("pass", set()),
    ],
)
def test_only_what_changed_is_told(tmp_path: Path, change: str, changed: set[str]) -> None:
    """What stands behind a changed variable moves in the stream, and is not taken for changed."""
    bench = Bench(tmp_path)
    bench.run(
        "import numpy as np\n"
        "first = ['a', ('b', 1.5)]; shared = [1]; other = [1]\n"
        "box = ['a' * 70_000, object()]; array = np.arange(9_000.)\n"
        "later = {'x': shared, 'y': [first, 'text']}; last = [later, shared, array]\n"
        "def function(x): return later, x\n"
    )
    bench.save()
    bench.run(change)
    assert set(bench.save().changed) == changed
    bench.close()
